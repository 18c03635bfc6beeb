"""What a trial may be, and what follows from it before anything is asked. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from workbench.errors import InvalidInputError
from workbench.shown import counted
from workbench.trials import assertions, statistics
from workbench.trials.records import Case, Configuration, Trial

LONGEST_NAME = 100
LONGEST_TEXT = 100_000
"""Of a turn, an instruction, a rubric, in characters."""
MOST_CASES = 200
MOST_CONFIGURATIONS = 6
MOST_REPETITIONS = 10
MOST_REPLIES = 5_000
MOST_LOOKS = 5
MOST_TURNS = 100
MOST_ASSERTIONS = 20
LETTERS = "ABCDEF"
_EFFECTS = (0.55, 1.0)


def usable(trial: Trial) -> Trial:
    """The trial as it is kept, if it can be run. Raises InvalidInputError, which says what is wrong."""
    configurations = tuple(_configuration(one, n) for n, one in enumerate(trial.configurations[:MOST_CONFIGURATIONS]))
    found = replace(
        trial,
        name=_name(trial.name, "A trial"),
        cases=tuple(_case(one, n) for n, one in enumerate(trial.cases[:MOST_CASES])),
        configurations=configurations,
        rubric=_text(trial.rubric, "The rubric"),
        needed_pairs=statistics.sample_size(trial.smallest_effect) if len(configurations) > 1 else None,
        planned=len(trial.cases) * len(trial.configurations) * trial.repetitions,
    )
    _check_sizes(trial)
    _check_names([one.name for one in configurations], "configurations")
    _check_names([one.name for one in found.cases], "cases")
    _check_outcome(found)
    return found


def order(trial: Trial) -> tuple[int, ...]:
    """In which order the cases are asked: by chance, so that what ends early has seen no chosen part of them."""
    places = list(range(len(trial.cases)))
    Random(f"cases {trial.seed}").shuffle(places)  # noqa: S311  (no secret)
    return tuple(places)


def looks(total: int, count: int) -> tuple[int, ...]:
    """After how many of all it is looked at: `count` equal parts, the last one at the end."""
    return tuple(sorted({max(1, round(total * part / count)) for part in range(1, count + 1)}))


def rules(trial: Trial) -> tuple[str, ...]:
    """What is fixed before it begins, in sentences."""
    size = (
        f"{counted(len(trial.cases), 'case')}, {counted(len(trial.configurations), 'configuration')}, each asked "
        f"{counted(trial.repetitions, 'time')}: {trial.planned:,} replies."
    )
    if len(trial.configurations) < 2:
        return (size, "With one configuration there is nothing to compare.")
    decides = {
        "passes": "whether a reply passes all of its case's assertions",
        "score": f"the score of the judge, {trial.judge}",
        "rating": "which reply you prefer without knowing whose it is",
    }
    return (size, f"What decides is {decides[trial.outcome]}.", _power(trial), _stopping(trial))


def _power(trial: Trial) -> str:
    share = f"{trial.smallest_effect:.0%}"
    if trial.needed_pairs is None:
        return f"To find that one wins {share} of the decided cases takes more than {statistics.MOST_PAIRS:,} of them."
    needs = f"To find with a probability of 80% that one wins {share} of the decided cases takes {trial.needed_pairs:,}"
    count = len(trial.cases)
    if count >= trial.needed_pairs:
        return f"{needs}; there are {count:,} cases, less those in which both do equally well."
    power = statistics.power(count, trial.smallest_effect)
    return (
        f"{needs}; there are {counted(count, 'case')}, which find it with a probability of {power:.0%} at most. "
        "Add cases: repetitions are no further cases."
    )


def _stopping(trial: Trial) -> str:
    if trial.stopping == "fixed":
        return "It ends at its planned size, whatever is seen before."
    at = looks(len(trial.cases), trial.looks)
    places = ", ".join(f"{place:,}" for place in at[:-1])
    return (
        f"It is looked at after {places} and {at[-1]:,} cases. It ends before the last look only where one is "
        "so far ahead that all looks together find what is not there in at most 5% of trials (Lan and DeMets)."
    )


def _check_sizes(trial: Trial) -> None:
    sizes = (
        (len(trial.cases), 1, MOST_CASES, "cases"),
        (len(trial.configurations), 1, MOST_CONFIGURATIONS, "configurations"),
        (trial.repetitions, 1, MOST_REPETITIONS, "repetitions"),
        (trial.planned or len(trial.cases) * len(trial.configurations) * trial.repetitions, 1, MOST_REPLIES, "replies"),
    )
    for found, least, most, what in sizes:
        if not least <= found <= most:
            raise InvalidInputError(f"A trial has {least} to {most:,} {what}, not {found:,}.", remedy="Change that.")


def _check_names(names: Sequence[str], what: str) -> None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InvalidInputError(f"Two {what} are called {twice!r}.", remedy="Give each a name of its own.")


def _check_outcome(trial: Trial) -> None:
    several = len(trial.configurations) > 1
    if trial.outcome == "passes" and several and not any(case.assertions for case in trial.cases):
        raise InvalidInputError(
            "No case has assertions, so none can pass.", remedy="Add some, or let a judge or your rating decide."
        )
    if trial.outcome == "score" and trial.judge is None:
        raise InvalidInputError("There is no judge to score the replies.", remedy="Name a model as the judge.")
    if trial.outcome == "rating" and not several:
        raise InvalidInputError("One configuration cannot be compared.", remedy="Add a second one.")
    if not _EFFECTS[0] <= trial.smallest_effect <= _EFFECTS[1]:
        raise InvalidInputError(
            f"The smallest effect is a share of wins from {_EFFECTS[0]} to {_EFFECTS[1]:.0f}, not "
            f"{trial.smallest_effect:g}.",
            remedy="0.75 says: one wins three of four decided cases.",
        )
    if trial.stopping == "fixed" and trial.looks != 1:
        raise InvalidInputError("A trial of fixed size is looked at once.", remedy="Let it be sequential.")
    fits = len(trial.configurations) == 2 and trial.repetitions == 1 and 2 <= trial.looks <= MOST_LOOKS
    if trial.stopping == "sequential" and not fits:
        raise InvalidInputError(
            f"A sequential trial has two configurations, asks each case once and has 2 to {MOST_LOOKS} looks.",
            remedy="Change that, or let its size be fixed.",
        )


def _configuration(one: Configuration, number: int) -> Configuration:
    what = f"Configuration {LETTERS[number]}"
    temperature = one.temperature
    if temperature is not None and not 0 <= temperature <= 2:
        raise InvalidInputError(f"{what} has a temperature of {temperature:g}.", remedy="Give one from 0 to 2.")
    return replace(
        one,
        name=_name(one.name or LETTERS[number], what),
        instruction=_text(one.instruction, f"{what}'s instruction"),
        told=_text(one.told, f"What {what[0].lower()}{what[1:]} tells the model"),
    )


def _case(case: Case, number: int) -> Case:
    what = f"Case {number + 1}"
    if not case.turns or case.turns[-1].role != "user" or not case.turns[-1].text.strip():
        raise InvalidInputError(f"{what} does not end with a question.", remedy="Let its last turn be the user's.")
    if len(case.turns) > MOST_TURNS or len(case.assertions) > MOST_ASSERTIONS:
        raise InvalidInputError(
            f"{what} has more than {MOST_TURNS} turns or {MOST_ASSERTIONS} assertions.", remedy="Make two cases of it."
        )
    for turn in case.turns:
        _text(turn.text, f"A turn of case {number + 1}")
    try:
        checked = tuple(map(assertions.usable, case.assertions))
    except InvalidInputError as error:
        raise InvalidInputError(f"{what}: {error.message}", remedy=error.remedy) from error
    return replace(case, name=_name(case.name or what, what), assertions=checked, rubric=_text(case.rubric, "A rubric"))


def _name(name: str, what: str) -> str:
    line = " ".join(name.split())
    if not 1 <= len(line) <= LONGEST_NAME:
        raise InvalidInputError(
            f"{what} has a name of 1 to {LONGEST_NAME} characters, not {len(line)}.", remedy="Give another one."
        )
    return line


def _text(text: str, what: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise InvalidInputError(
            f"{what} may have {LONGEST_TEXT:,} characters, not {len(text):,}.", remedy="Shorten it."
        )
    return text
