"""What counts can show, and what not. Pure, exact where that is possible, and seeded where it is not.

The unit is the case: a case that is asked three times says no more than once of how other cases would end, so what its
repetitions gave is brought together before anything is counted here.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from statistics import NormalDist, fmean

CONFIDENCE = 0.95
RESAMPLES = 4_000
FEWEST_CASES = 5
"""Of fewer, no interval of a mean is given: it would not hold what it promises."""
MOST_PAIRS = 5_000
"""A trial that would need more is not planned."""
_NORMAL = NormalDist()
_STEPS = 60
"""Halvings until an end of an interval is known to a double's precision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """From where to where something lies, with a confidence of 95 % unless another was asked for."""

    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How two configurations did on the same cases."""

    wins: int
    """In how many the first did better."""
    losses: int
    ties: int

    @property
    def decided(self) -> int:
        """In how many one did better than the other."""
        return self.wins + self.losses


# Shares


def wilson(passed: int, total: int, confidence: float = CONFIDENCE) -> Interval | None:
    """The share that a count of successes speaks for; None of nothing.

    The score interval (Wilson 1927): on average it covers what it promises, also in few cases (Agresti and Coull 1998,
    The American Statistician 52, 119-126).
    """
    if not total:
        return None
    z = _NORMAL.inv_cdf((1 + confidence) / 2)
    share, weight = passed / total, z * z / total
    middle = share + weight / 2
    half = z * math.sqrt(share * (1 - share) / total + weight / (4 * total))
    low = 0.0 if passed == 0 else (middle - half) / (1 + weight)
    high = 1.0 if passed == total else (middle + half) / (1 + weight)
    return Interval(low=low, high=high)


def exact(successes: int, total: int, confidence: float = CONFIDENCE) -> Interval | None:
    """The same, never covering less than it promises; None of nothing.

    Clopper and Pearson 1934. It leaves one half out exactly where `sign_test` gives less than 1 - `confidence`.
    """
    if not total:
        return None
    tail = (1 - confidence) / 2
    low = 0.0 if successes == 0 else _where(lambda p: at_least(successes, total, p) > tail)
    high = 1.0 if successes == total else _where(lambda p: at_least(successes + 1, total, p) > 1 - tail)
    return Interval(low=low, high=high)


def at_least(successes: int, total: int, share: float) -> float:
    """How likely it is to have so many successes, or more."""
    below = math.fsum(_binomial(k, total, share) for k in range(successes)) if successes * 2 < total else None
    if below is not None:
        return max(0.0, 1 - below)
    return min(1.0, math.fsum(_binomial(k, total, share) for k in range(max(successes, 0), total + 1)))


def _binomial(successes: int, total: int, share: float) -> float:
    if share in {0.0, 1.0}:
        return float(successes == round(total * share))
    log = _log_choose(total, successes) + successes * math.log(share) + (total - successes) * math.log1p(-share)
    return math.exp(log)


def _log_choose(total: int, chosen: int) -> float:
    return math.lgamma(total + 1) - math.lgamma(chosen + 1) - math.lgamma(total - chosen + 1)


def _where(is_beyond: Callable[[float], bool]) -> float:
    """The share from which on this holds."""
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if is_beyond(middle) else (middle, high)
    return (low + high) / 2


# Two configurations


def counts(differences: Sequence[float]) -> Counts:
    """How often the first did better, by the difference in each case."""
    wins, losses = sum(d > 0 for d in differences), sum(d < 0 for d in differences)
    return Counts(wins=wins, losses=losses, ties=len(differences) - wins - losses)


def sign_test(found: Counts) -> float:
    """How likely a result as uneven as this is where neither is better (two-sided, exact); ties say nothing.

    Of passes and failures it is McNemar's exact test (McNemar 1947).
    """
    if not found.decided:
        return 1.0
    return min(1.0, 2 * at_least(max(found.wins, found.losses), found.decided, 0.5))


def mean_interval(
    differences: Sequence[float], *, seed: int, confidence: float = CONFIDENCE, resamples: int = RESAMPLES
) -> Interval | None:
    """Where the mean difference lies, from one difference for each case; None of fewer than FEWEST_CASES.

    The percentile bootstrap with the wider quantiles that make up for few cases (Hesterberg 2015, What Teachers Should
    Know About the Bootstrap, The American Statistician 69, section 3.3): those of t in place of the normal's.
    """
    count = len(differences)
    if count < FEWEST_CASES:
        return None
    tail = (1 - expanded(confidence, count)) / 2
    random = Random(seed)  # noqa: S311  (no secret)
    means = sorted(fmean(random.choices(differences, k=count)) for _ in range(resamples))
    return Interval(low=_quantile(means, tail), high=_quantile(means, 1 - tail))


def expanded(confidence: float, count: int) -> float:
    """Which confidence a plain percentile interval is asked for, to have `confidence` with so few cases."""
    return 1 - 2 * (1 - _NORMAL.cdf(math.sqrt(count / (count - 1)) * _student((1 + confidence) / 2, count - 1)))


def _quantile(ordered: Sequence[float], share: float) -> float:
    """Between two values by the straight line between them."""
    place = share * (len(ordered) - 1)
    below = min(int(place), len(ordered) - 2)
    return ordered[below] + (place - below) * (ordered[below + 1] - ordered[below])


@lru_cache(maxsize=256)
def _student(share: float, degrees: int) -> float:
    """The quantile of Student's t above one half."""
    low, high = 0.0, 1e3
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if _student_below(middle, degrees) < share else (low, middle)
    return (low + high) / 2


def _student_below(t: float, degrees: int) -> float:
    """How much of Student's t lies below `t` > 0 (Abramowitz and Stegun, 26.7.3 and 26.7.4)."""
    angle = math.atan(t / math.sqrt(degrees))
    term, total = 1.0, 1.0
    first = 2 if degrees % 2 else 1
    square = math.cos(angle) ** 2
    for step in range(first, degrees - 1, 2):
        term *= square * step / (step + 1)
        total += term
    if degrees % 2 == 0:
        inside = math.sin(angle) * total
    else:
        inside = 2 / math.pi * (angle + (math.sin(angle) * math.cos(angle) * total if degrees > 1 else 0.0))
    return 0.5 + inside / 2


# Planning


def power(pairs: int, share: float, alpha: float = 1 - CONFIDENCE) -> float:
    """How likely the sign test finds a difference in so many decided pairs, where one wins this share of them."""
    needed = critical(pairs, alpha)
    return 0.0 if needed is None else at_least(needed, pairs, share) + at_least(needed, pairs, 1 - share)


def critical(pairs: int, alpha: float = 1 - CONFIDENCE) -> int | None:
    """How many wins of so many decided pairs the sign test takes for a difference; None: not even all of them."""
    found = next((k for k in range(pairs // 2 + 1, pairs + 1) if 2 * at_least(k, pairs, 0.5) <= alpha), None)
    return found if pairs else None


@lru_cache(maxsize=256)
def sample_size(share: float, *, wanted: float = 0.8, alpha: float = 1 - CONFIDENCE) -> int | None:
    """The fewest decided pairs that find, with a probability of `wanted`, that one wins `share` of them.

    The power rises in a saw's teeth, as wins are whole: it is the first number of three in a row that have it. None
    where it takes more than MOST_PAIRS.
    """
    if not 0.5 < share <= 1:
        return None
    # Below this even the normal's rule of thumb has far too little power; the search need not begin at 1.
    rough = ((_NORMAL.inv_cdf(1 - alpha / 2) + _NORMAL.inv_cdf(wanted)) / (2 * (share - 0.5))) ** 2
    if rough > MOST_PAIRS:
        return None
    begin = max(1, int(rough * 0.5))
    in_a_row = 0
    for pairs in range(begin, MOST_PAIRS + 1):
        in_a_row = in_a_row + 1 if power(pairs, share, alpha) >= wanted else 0
        if in_a_row == 3:
            return pairs - 2
    return None


# Looking before the end


def spent(information: float, alpha: float = 1 - CONFIDENCE) -> float:
    """How much of the error that is allowed may be used up by then: little at first, all of it at 1.

    Lan and DeMets 1983 (Biometrika 70, 659-663), as O'Brien and Fleming's bounds.
    """
    if information <= 0:
        return 0.0
    return 2 - 2 * _NORMAL.cdf(_NORMAL.inv_cdf(1 - alpha / 2) / math.sqrt(min(1.0, information)))


def bounds(
    decided: Sequence[int], information: Sequence[float], alpha: float = 1 - CONFIDENCE
) -> tuple[int | None, ...]:
    """How many wins (of either) end a trial at each look; None: no number does at that one.

    `decided` are the pairs decided at each look, rising; `information` is which share of the trial was done by then.
    The bounds are exact for what was decided: the chance to cross any of them up to a look, where neither is better, is
    no more than `spent` there. Ties say nothing about who is better, so conditioning on them is fair.
    """
    alive = {0: 1.0}  # the difference of wins and losses, and how likely it is without having ended
    used, before = 0.0, 0
    found: list[int | None] = []
    for pairs, share in zip(decided, information, strict=True):
        for _ in range(pairs - before):
            alive = _one_more(alive)
        before = pairs
        allowed = spent(share, alpha)
        gap = _smallest_gap(alive, allowed - used)
        if gap is None:
            found.append(None)
            continue
        used += math.fsum(chance for lead, chance in alive.items() if abs(lead) >= gap)
        alive = {lead: chance for lead, chance in alive.items() if abs(lead) < gap}
        found.append((pairs + gap) // 2)
    return tuple(found)


def _one_more(alive: dict[int, float]) -> dict[int, float]:
    after: dict[int, float] = {}
    for lead, chance in alive.items():
        for step in (-1, 1):
            after[lead + step] = after.get(lead + step, 0.0) + chance / 2
    return after


def _smallest_gap(alive: dict[int, float], allowed: float) -> int | None:
    """The smallest lead that may end the trial now; None: none that can be reached."""
    total, gap = 0.0, None
    for lead in sorted({abs(lead) for lead in alive if lead}, reverse=True):
        total += alive.get(lead, 0.0) + alive.get(-lead, 0.0)
        if total > allowed + 1e-15:
            return gap
        gap = lead
    return gap
