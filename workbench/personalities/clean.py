"""What a personality may hold, within which limits. Nothing here reads or writes."""

from dataclasses import replace

from workbench import written
from workbench.errors import InvalidInputError
from workbench.personalities.records import Character, CharacterChanges, Exchange

LONGEST_NAME = 100
LONGEST_DESCRIPTION = 1_000
LONGEST_NOTE = 500
LONGEST_ROLE = 4_000
LONGEST_STYLE = 2_000
LONGEST_LINE = 300
LONGEST_TRAIT = 60
LONGEST_LANGUAGE = 60
LONGEST_EXAMPLE = 4_000
MOST_TRAITS = 20
MOST_ENTRIES = 30
MOST_EXAMPLES = 10


def name(text: str) -> str:
    """A name as it is kept. Raises InvalidInputError if nothing is left of it, or it is too long."""
    kept = written.line(text, longest=LONGEST_NAME, what="name")
    if not written.is_readable(kept):
        raise InvalidInputError("A personality needs a name.", remedy="Give it a word or two, like “Patient tutor”.")
    if kept.casefold() == "none":
        raise InvalidInputError(
            "A personality cannot be called “none”: that means no personality.", remedy="Choose another name."
        )
    return kept


def description(text: str) -> str:
    """A description as it is kept. Raises InvalidInputError."""
    return written.line(text, longest=LONGEST_DESCRIPTION, what="description")


def note(text: str) -> str:
    """What is said of a version. Raises InvalidInputError."""
    return written.line(text, longest=LONGEST_NOTE, what="note")


def character(before: Character, changes: CharacterChanges) -> Character:
    """The character with these fields changed. Raises InvalidInputError."""
    wanted = replace(before, **changes)
    return Character(
        role=written.lines(wanted.role, longest=LONGEST_ROLE, what="role"),
        traits=written.items(wanted.traits, most=MOST_TRAITS, longest=LONGEST_TRAIT, what="traits"),
        tone=written.line(wanted.tone, longest=LONGEST_LINE, what="tone"),
        style=written.lines(wanted.style, longest=LONGEST_STYLE, what="style"),
        formality=wanted.formality,
        audience=written.line(wanted.audience, longest=LONGEST_LINE, what="audience"),
        do=written.items(wanted.do, most=MOST_ENTRIES, longest=LONGEST_LINE, what="list of what to do"),
        dont=written.items(wanted.dont, most=MOST_ENTRIES, longest=LONGEST_LINE, what="list of what not to do"),
        examples=_examples(tuple(wanted.examples)),
        language=written.line(wanted.language, longest=LONGEST_LANGUAGE, what="language"),
        emoji=wanted.emoji,
        length=wanted.length,
    )


def _examples(given: tuple[Exchange, ...]) -> tuple[Exchange, ...]:
    kept = tuple(
        Exchange(
            question=written.lines(each.question, longest=LONGEST_EXAMPLE, what="question of an example"),
            answer=written.lines(each.answer, longest=LONGEST_EXAMPLE, what="answer of an example"),
        )
        for each in given
    )
    kept = tuple(each for each in kept if each.question or each.answer)
    if any(not each.question or not each.answer for each in kept):
        raise InvalidInputError(
            "An example needs both: what is asked, and how it is answered.",
            remedy="Fill in the other half, or remove it.",
        )
    if len(kept) > MOST_EXAMPLES:
        raise InvalidInputError(
            f"There are {len(kept)} examples; the most allowed is {MOST_EXAMPLES}.", remedy="Keep those that show most."
        )
    return kept
