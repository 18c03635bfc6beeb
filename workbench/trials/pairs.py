"""Which two replies are rated, in which order, and which stands on the left. Pure, and drawn from the trial's seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from workbench.trials.records import Choice, Pair, Rated, Result, Trial


@dataclass(frozen=True, slots=True)
class Place:
    """Two replies to the same question: of the first configuration, and of another."""

    case: int
    repetition: int
    other: int
    is_swapped: bool
    """Whether the other one stands on the left."""


def places(trial: Trial) -> tuple[Place, ...]:
    """All pairs there will be, in the order of rating."""
    random = Random(f"pairs {trial.seed}")  # noqa: S311  (no secret)
    found = [
        Place(case, repetition, other, random.random() < 0.5)
        for case in range(len(trial.cases))
        for repetition in range(trial.repetitions)
        for other in range(1, len(trial.configurations))
    ]
    random.shuffle(found)
    return tuple(found)


def upcoming(trial: Trial, results: Sequence[Result], rated: Sequence[Rated]) -> Pair | None:
    """The next pair to rate; None: all are."""
    number = next_number(trial, results, rated)
    if number is None:
        return None
    ordered = places(trial)
    place = ordered[number - 1]
    texts = _texts(results)
    first = texts[place.case, 0, place.repetition]
    other = texts[place.case, place.other, place.repetition]
    return Pair(
        number=number,
        total=len(ordered),
        turns=trial.cases[place.case].turns,
        left=other if place.is_swapped else first,
        right=first if place.is_swapped else other,
    )


def next_number(trial: Trial, results: Sequence[Result], rated: Sequence[Rated]) -> int | None:
    """The number of the next pair, from 1; pairs of which a reply is missing are left out."""
    texts = _texts(results)
    last = max((one.number for one in rated), default=0)
    for number, place in enumerate(places(trial), 1):
        both = ((place.case, 0, place.repetition), (place.case, place.other, place.repetition))
        if number > last and all(one in texts for one in both):
            return number
    return None


def preference(place: Place, choice: Choice) -> int:
    """1: the other configuration is preferred; -1: the first one; 0: neither."""
    if choice == "tie":
        return 0
    return 1 if (choice == "left") == place.is_swapped else -1


def _texts(results: Sequence[Result]) -> dict[tuple[int, int, int], str]:
    return {(one.case, one.configuration, one.repetition): one.text for one in results if one.fault is None}
