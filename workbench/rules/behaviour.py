"""What rules ask of a reply: lines of the instruction that a model is given, and how long it may write."""

from collections.abc import Iterable

from workbench.errors import InvalidInputError
from workbench.rules.records import Rule

TOKENS_PER_WORD = 2.5
"""More than prose takes in the languages that models' vocabularies are made for (English about 1.3, Finnish and Turkish
up to 2.5), so that a reply which keeps to the words is not cut."""
SPARE_TOKENS = 32
MOST_WORDS = 100_000


def instruction(rules: Iterable[Rule]) -> str:
    """What the rules ask of a reply, a line for each; empty: nothing."""
    lines = [line for rule in rules if (line := _line(rule))]
    return "\n".join(["Keep to these rules in every reply:", *(f"- {line}" for line in lines)]) if lines else ""


def most_output_tokens(rules: Iterable[Rule]) -> int | None:
    """How many tokens a reply may have that keeps to the shortest of the limits; None: there is none."""
    limits = [rule.most_words for rule in rules if rule.kind == "length" and rule.most_words is not None]
    return round(min(limits) * TOKENS_PER_WORD) + SPARE_TOKENS if limits else None


def refuse_unusable(rule: Rule) -> None:
    """Raise InvalidInputError for a rule that asks nothing."""
    if rule.kind == "length" and (rule.most_words is None or not 1 <= rule.most_words <= MOST_WORDS):
        raise InvalidInputError(
            f"A reply may have from 1 to {MOST_WORDS:,} words.", remedy="Say how many, as in `--most-words 200`."
        )
    if rule.kind != "length" and not rule.text:
        raise InvalidInputError(
            f"A rule of the kind {rule.kind!r} needs a text.", remedy="Say what is asked of a reply, or the language."
        )


def _line(rule: Rule) -> str:
    text = " ".join(rule.text.split())
    match rule.kind:
        case "require":
            return f"Always: {text}"
        case "forbid":
            return f"Never: {text}"
        case "language":
            return f"Answer in {text}, whatever language the question is in."
        case "length":
            return f"Answer in at most {rule.most_words:,} words."
        case "tools":
            return f"Call no other tools than: {', '.join(rule.words) or 'none at all'}."
        case "sources":
            return f"Name and link to no other sources than: {', '.join(rule.words)}."
        case _:
            return ""
