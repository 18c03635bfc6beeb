"""Simulated trials whose truth is known: how often an interval holds it."""

import functools
from collections.abc import Callable
from random import Random

from workbench.trials import statistics
from workbench.trials.statistics import Interval

KINDS = ("shares", "preferences", "scores", "skewed")
_wilson = functools.cache(statistics.wilson)
_exact = functools.cache(statistics.exact)


def coverage(kind: str, trials: int, *, resamples: int = 1_000, seed: int = 20) -> float:
    """The share of trials whose interval holds what is true."""
    random = Random(seed)
    one: Callable[[Random, int], bool] = globals()[f"_{kind}"]
    return sum(one(random, resamples) for _ in range(trials)) / trials


def _shares(random: Random, _: int) -> bool:
    """10 to 60 cases, of which some share passes."""
    total, share = random.randint(10, 60), random.uniform(0.05, 0.95)
    return _holds(_wilson(sum(random.random() < share for _ in range(total)), total), share)


def _preferences(random: Random, _: int) -> bool:
    """40 to 120 rated pairs of configurations that are not far apart."""
    total, share = random.randint(40, 120), random.uniform(0.3, 0.7)
    return _holds(_exact(sum(random.random() < share for _ in range(total)), total), share)


def _scores(random: Random, resamples: int) -> bool:
    """8 to 40 cases with scores from 1 to 5, of which the second is a little higher."""
    first, second = (10, 20, 30, 25, 15), (5, 15, 30, 30, 20)
    count = random.randint(8, 40)
    found = [a - b for a, b in zip(*(random.choices(range(1, 6), w, k=count) for w in (first, second)), strict=True)]
    truth = sum(n * (a - b) / 100 for n, a, b in zip(range(1, 6), first, second, strict=True))
    return _holds(statistics.mean_interval(found, seed=random.getrandbits(32), resamples=resamples), truth)


def _skewed(random: Random, resamples: int) -> bool:
    """20 to 60 cases with differences in length of which few are large."""
    count = random.randint(20, 60)
    found = [random.gammavariate(4, 10) - random.gammavariate(2, 10) for _ in range(count)]
    return _holds(statistics.mean_interval(found, seed=random.getrandbits(32), resamples=resamples), 20.0)


def _holds(interval: Interval | None, truth: float) -> bool:
    assert interval is not None
    return interval.low <= truth <= interval.high
