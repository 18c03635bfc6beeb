"""A character in words: the part of a model's instruction that says how its replies are to sound."""

from workbench.personalities.records import Character, Emoji, Exchange, Formality, Length

_FORMALITY: dict[Formality, str] = {
    "formal": "formal: full sentences, courteous, no slang and no contractions.",
    "casual": "casual: as one talks with a good colleague; contractions are welcome.",
    "technical": "technical: exact terms of the field, units and definitions, nothing rounded off for effect.",
}
_EMOJI: dict[Emoji, str] = {
    "never": "use none.",
    "sparingly": "at most one in an answer, and only where it helps.",
    "freely": "use them where they fit.",
}
_LENGTH: dict[Length, str] = {
    "brief": "brief: the answer in a few sentences, without preamble or summary.",
    "balanced": "balanced: as long as the question needs, and no longer.",
    "thorough": "thorough: work it out step by step, with examples, and say what is left open.",
}


def render(character: Character) -> str:
    """The character as an instruction, Markdown; empty where it says nothing."""
    said = (
        character.role and f"You are {_sentence(character.role)}",
        f"Your traits: {', '.join(character.traits)}." if character.traits else "",
        _named("Tone", character.tone),
        _named("Style", character.style),
        character.formality and f"Formality: {_FORMALITY[character.formality]}",
        character.audience and f"You write for {_sentence(character.audience)}",
        character.language and f"Language: always answer in {character.language}, whatever language you are asked in.",
        character.length and f"Length: {_LENGTH[character.length]}",
        character.emoji and f"Emoji: {_EMOJI[character.emoji]}",
    )
    parts = (
        "\n".join(filter(None, said)),
        _list("Do:", character.do),
        _list("Do not:", character.dont),
        _examples(character.examples),
    )
    return "\n\n".join(filter(None, parts))


def _named(name: str, text: str) -> str:
    return text and f"{name}: {_sentence(text)}"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…", ":")) else f"{text}."


def _list(heading: str, entries: tuple[str, ...]) -> str:
    return "\n".join((heading, *(f"- {entry}" for entry in entries))) if entries else ""


def _examples(examples: tuple[Exchange, ...]) -> str:
    if not examples:
        return ""
    written = (f"Asked:\n{each.question}\n\nAnswered:\n{each.answer}" for each in examples)
    return "\n\n".join(("This is how you answer. The examples show the manner, not the facts.", *written))
