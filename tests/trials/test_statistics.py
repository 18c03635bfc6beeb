"""The statistics, beside scipy's and statsmodels', and on simulated trials. `tests/soak` runs 2,000 of each."""

import math
from random import Random

import numpy as np
import pytest
import scipy.stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint

from tests.trials import simulated
from workbench.trials import statistics
from workbench.trials.statistics import Counts

COUNTS = [(0, 1), (1, 1), (0, 10), (3, 10), (10, 10), (17, 40), (199, 200), (250, 1000)]


@pytest.mark.parametrize(("passed", "total"), COUNTS)
@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.99])
def test_intervals_of_shares_are_those_of_statsmodels(passed, total, confidence):
    for ours, theirs in ((statistics.wilson, "wilson"), (statistics.exact, "beta")):
        found = ours(passed, total, confidence)
        assert (found.low, found.high) == pytest.approx(
            proportion_confint(passed, total, alpha=1 - confidence, method=theirs), abs=1e-9
        )


def test_of_nothing_there_is_no_interval():
    assert statistics.wilson(0, 0) is None
    assert statistics.exact(0, 0) is None
    assert statistics.mean_interval([1.0] * 4, seed=1) is None
    assert statistics.sign_test(Counts(wins=0, losses=0, ties=9)) == 1.0


@pytest.mark.parametrize(("wins", "losses"), [(0, 1), (5, 0), (6, 0), (9, 2), (7, 7), (80, 50), (700, 640)])
def test_the_sign_test_is_mcnemars_exact_test_of_statsmodels(wins, losses):
    expected = mcnemar([[3, wins], [losses, 4]], exact=True).pvalue
    assert statistics.sign_test(Counts(wins=wins, losses=losses, ties=7)) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("total", range(1, 60))
def test_the_exact_interval_leaves_one_half_out_where_the_test_finds_a_difference(total):
    for wins in range(total + 1):
        interval = statistics.exact(wins, total)
        is_found = statistics.sign_test(Counts(wins=wins, losses=total - wins, ties=0)) < 0.05
        assert is_found == (not interval.low <= 0.5 <= interval.high)


def test_the_quantiles_of_t_are_those_of_scipy():
    for degrees in (1, 2, 3, 4, 7, 8, 29, 30, 99, 100, 499):
        for share in (0.9, 0.975, 0.995):
            assert statistics._student(share, degrees) == pytest.approx(scipy.stats.t.ppf(share, degrees), rel=1e-9)


@pytest.mark.parametrize("count", [5, 12, 40])
def test_the_interval_of_a_mean_is_scipys_percentile_bootstrap_at_the_wider_confidence(count):
    random = Random(count)
    sample = [random.gauss(0.3, 1) for _ in range(count)]
    found = statistics.mean_interval(sample, seed=1, resamples=40_000)
    theirs = scipy.stats.bootstrap(
        (np.array(sample),),
        np.mean,
        method="percentile",
        n_resamples=40_000,
        confidence_level=statistics.expanded(0.95, count),
        rng=np.random.default_rng(2),
    ).confidence_interval
    width = theirs.high - theirs.low
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), abs=0.025 * width)


def test_the_same_seed_gives_the_same_interval():
    sample = [0.0, 1.0, 1.0, -1.0, 2.0, 0.0]
    assert statistics.mean_interval(sample, seed=5) == statistics.mean_interval(sample, seed=5)
    assert statistics.mean_interval([1.0] * 9, seed=5) == statistics.Interval(low=1.0, high=1.0)


@pytest.mark.parametrize("pairs", [5, 6, 20, 37, 120])
def test_power_is_what_scipy_says_of_the_same_test(pairs):
    needed = statistics.critical(pairs)
    rejects = [k for k in range(pairs + 1) if scipy.stats.binomtest(k, pairs, 0.5).pvalue <= 0.05]
    assert ([] if needed is None else [*range(pairs - needed + 1), *range(needed, pairs + 1)]) == rejects
    assert statistics.power(pairs, 0.7) == pytest.approx(sum(scipy.stats.binom.pmf(rejects, pairs, 0.7)), abs=1e-9)


@pytest.mark.parametrize(("share", "wanted"), [(0.6, 0.8), (0.7, 0.8), (0.75, 0.9), (0.9, 0.8), (1.0, 0.8)])
def test_the_planned_size_has_the_power_and_a_smaller_one_has_not(share, wanted):
    size = statistics.sample_size(share, wanted=wanted)
    assert statistics.power(size, share) >= wanted
    assert all(statistics.power(n, share) < wanted for n in range(1, max(2, int(size * 0.8))))


def test_an_effect_too_small_to_find_is_not_planned():
    assert statistics.sample_size(0.5) is None
    assert statistics.sample_size(0.501) is None


def test_looks_spend_no_more_than_the_error_that_is_allowed():
    looks = (10, 20, 30, 40)
    needed = statistics.bounds(looks, [at / 40 for at in looks])
    random = np.random.default_rng(4)
    steps = random.choice([-1, 1], size=(200_000, 40)).cumsum(axis=1)
    crossed = np.zeros(len(steps), dtype=bool)
    for at, wins in zip(looks, needed, strict=True):
        if wins is not None:
            crossed |= np.abs(steps[:, at - 1]) >= 2 * wins - at
        assert crossed.mean() <= statistics.spent(at / 40) + 0.002
    assert crossed.mean() > 0.02


def test_early_looks_ask_for_more_than_the_last_one():
    needed = statistics.bounds((10, 20, 30, 40), (0.25, 0.5, 0.75, 1.0))
    shares = [wins / pairs for wins, pairs in zip(needed, (10, 20, 30, 40), strict=True) if wins]
    assert shares == sorted(shares, reverse=True)
    assert statistics.bounds((40,), (1.0,)) == (statistics.critical(40),)


def test_the_spending_is_that_of_lan_and_demets():
    z = scipy.stats.norm.ppf(0.975)
    for share in (0.25, 0.5, 0.8, 1.0):
        assert statistics.spent(share) == pytest.approx(2 * scipy.stats.norm.sf(z / math.sqrt(share)))
    assert statistics.spent(0.0) == 0.0


@pytest.mark.parametrize("name", simulated.KINDS)
def test_intervals_cover_what_they_promise_on_simulated_trials(name):
    # 300 trials are known to 1.3 points (one standard error) and no better; the soak's 2,000 to 0.5.
    assert abs(simulated.coverage(name, 300, resamples=400) - 0.95) < 0.045
