"""Suggestions: changes that figures speak for, each by a stated rule, to accept or reject. Pure; nothing is changed."""

from collections.abc import Callable, Sequence
from typing import Literal

from workbench.personalities.records import Character, CharacterChanges, Exchange
from workbench.trials.assertions import length
from workbench.trials.measures import MOST_HEDGES_PER_100_WORDS
from workbench.trials.records import Case, Configuration, Edit, Figures, Result

MUCH_EMOJI = 0.5
"""A reply, on average."""
LONG_WORDS = 250
HARD_SENTENCE_WORDS = 25.0
"""Longer sentences are hard to read (Cutts, Oxford Guide to Plain English: 15 to 20 on average)."""
REPETITIVE_PAIRS = 0.8
SHARE_OF_CASES = 0.2
"""A rule that looks at single assertions speaks from this share of the checked replies on."""


def suggest(
    summaries: Sequence[Figures],
    configurations: Sequence[Configuration],
    cases: Sequence[Case],
    results: Sequence[Result],
) -> tuple[Edit, ...]:
    """What would make each configuration better at these cases."""
    found: list[Edit] = []
    for number, summary in enumerate(summaries):
        own = [one for one in results if one.configuration == number and one.fault is None]
        edits = [_no_json(summary, cases, own), _length(summary, cases, own), *(make(summary, own) for make in _RULES)]
        instruction = configurations[number].told.casefold()
        found += [edit for edit in edits if edit is not None and edit.text.casefold() not in instruction]
    return tuple(found)


def _hedging(summary: Figures, _: Sequence[Result]) -> Edit | None:
    rate = summary.hedges_per_100_words
    if rate is None or rate <= MOST_HEDGES_PER_100_WORDS:
        return None
    return Edit(
        configuration=summary.configuration,
        field="dont",
        text="Hedge: what is known is said plainly, and what is not known is said once.",
        reason=f"It hedges {rate:.1f} times in 100 words; more than {MOST_HEDGES_PER_100_WORDS:.0f} is much.",
    )


def _length(summary: Figures, cases: Sequence[Case], results: Sequence[Result]) -> Edit | None:
    asked = [(one, a) for one in results for a in cases[one.case].assertions if a.kind == "length"]
    over = [one for one, a in asked if a.most is not None and length(one.text, a.unit) > a.most]
    under = [one for one, a in asked if a.least is not None and length(one.text, a.unit) < a.least]
    words = summary.words or 0.0
    text: Literal["brief", "thorough"] = "brief"
    if asked and max(len(over), len(under)) >= max(1, SHARE_OF_CASES * len(asked)):
        text = "brief" if len(over) >= len(under) else "thorough"
        missed = (
            f"{max(len(over), len(under))} of {len(asked)} replies are {'longer' if text == 'brief' else 'shorter'}"
        )
        reason = f"{missed} than asked for ({words:.0f} words on average)."
    elif not asked and words > LONG_WORDS:
        reason = f"Its replies have {words:.0f} words on average; above {LONG_WORDS} few are read to the end."
    else:
        return None
    return Edit(configuration=summary.configuration, field="length", text=text, reason=reason)


def _no_json(summary: Figures, cases: Sequence[Case], results: Sequence[Result]) -> Edit | None:
    checked = [one for one in results if any(v.kind in {"json", "schema"} for v in one.verdicts)]
    failed = [one for one in checked if any(v.kind in {"json", "schema"} and not v.passed for v in one.verdicts)]
    if not failed or len(failed) < SHARE_OF_CASES * len(checked):
        return None
    reason = f"{len(failed)} of {len(checked)} replies that should be JSON fail: {_why(failed[0])}"
    good = next((one for one in checked if one not in failed), None)
    if good is not None:
        return Edit(
            configuration=summary.configuration,
            field="examples",
            question=cases[good.case].turns[-1].text.strip(),
            text=good.text.strip(),
            reason=reason,
        )
    return Edit(
        configuration=summary.configuration,
        field="do",
        text="Asked for JSON, answer with JSON alone, without a word before or after it.",
        reason=reason,
    )


def _emoji(summary: Figures, _: Sequence[Result]) -> Edit | None:
    if summary.emoji is None or summary.emoji <= MUCH_EMOJI:
        return None
    return Edit(
        configuration=summary.configuration,
        field="emoji",
        text="never",
        reason=f"A reply has {summary.emoji:.1f} emoji on average. Reject this if they are wanted.",
    )


def _hard_to_read(summary: Figures, _: Sequence[Result]) -> Edit | None:
    length = summary.words_per_sentence
    if length is None or length <= HARD_SENTENCE_WORDS:
        return None
    return Edit(
        configuration=summary.configuration,
        field="do",
        text="Write short sentences, of at most 20 words.",
        reason=f"A sentence has {length:.0f} words on average; above {HARD_SENTENCE_WORDS:.0f} text is hard to read.",
    )


def _repetitive(summary: Figures, _: Sequence[Result]) -> Edit | None:
    share = summary.distinct_pairs
    if share is None or share >= REPETITIVE_PAIRS:
        return None
    return Edit(
        configuration=summary.configuration,
        field="dont",
        text="Repeat yourself, or sum up what was just said.",
        reason=f"{1 - share:.0%} of its pairs of neighbouring words were there before.",
    )


def _language(summary: Figures, results: Sequence[Result]) -> Edit | None:
    wrong = [one for one in results if any(v.kind == "language" and not v.passed for v in one.verdicts)]
    if not wrong:
        return None
    return Edit(
        configuration=summary.configuration,
        field="do",
        text="Answer in the language of the question.",
        reason=f"{len(wrong)} replies are in another language than asked for.",
    )


def _refusing(summary: Figures, results: Sequence[Result]) -> Edit | None:
    refused = [one for one in results if any(v.kind == "not_refused" and not v.passed for v in one.verdicts)]
    if not refused:
        return None
    return Edit(
        configuration=summary.configuration,
        field="do",
        text="Help with what is harmless; where something cannot be done, say what can be done instead.",
        reason=f"{len(refused)} replies refuse what should be answered.",
    )


def _why(result: Result) -> str:
    return next(v.why for v in result.verdicts if v.kind in {"json", "schema"} and not v.passed)


_RULES: tuple[Callable[[Figures, Sequence[Result]], Edit | None], ...] = (
    _hedging,
    _repetitive,
    _hard_to_read,
    _emoji,
    _language,
    _refusing,
)


def applied(character: Character, edit: Edit) -> CharacterChanges:
    """What an edit changes of a personality's character."""
    match edit.field:
        case "do":
            return {"do": (*character.do, edit.text)}
        case "dont":
            return {"dont": (*character.dont, edit.text)}
        case "examples":
            return {"examples": (*character.examples, Exchange(question=edit.question, answer=edit.text))}
        case "length":
            return {"length": "thorough" if edit.text == "thorough" else "brief"}
        case "emoji":
            return {"emoji": "never"}
