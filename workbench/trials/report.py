"""What a trial shows: figures of each configuration, comparisons by rules fixed before, and sentences. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from decimal import Decimal
from statistics import fmean, median

from workbench.shown import counted
from workbench.trials import design, pairs, statistics
from workbench.trials.edits import suggest
from workbench.trials.records import Comparison, Figures, Interval, Measures, Rated, Result, Trial, TrialReport
from workbench.trials.statistics import Counts

Differences = dict[int, float]
"""For each case, by how much the other configuration did better than the first."""


def report(trial: Trial, results: Sequence[Result], rated: Sequence[Rated] = ()) -> TrialReport:
    """All of it, as far as there are results."""
    summaries = tuple(_summary(trial, number, results) for number in range(len(trial.configurations)))
    comparisons = tuple(
        _comparison(trial, other, differences(trial, other, results, rated))
        for other in range(1, len(trial.configurations))
    )
    return TrialReport(
        trial=trial,
        rules=design.rules(trial),
        summaries=summaries,
        comparisons=comparisons,
        edits=suggest(summaries, trial.configurations, trial.cases, results),
        remarks=_remarks(trial, summaries),
    )


def differences(trial: Trial, other: int, results: Sequence[Result], rated: Sequence[Rated] = ()) -> Differences:
    """The mean over its repetitions for each case that both have been asked, in the outcome's own unit."""
    if trial.outcome == "rating":
        ordered = pairs.places(trial)
        chosen = [(ordered[one.number - 1], one.choice) for one in rated]
        return _means((place.case, float(pairs.preference(place, c))) for place, c in chosen if place.other == other)
    values = {(one.case, one.configuration, one.repetition): _value(trial, one) for one in results}
    found = []
    for (case, configuration, repetition), first in values.items():
        second = values.get((case, other, repetition))
        if configuration == 0 and first is not None and second is not None:
            found.append((case, second - first))
    return _means(found)


def finds(trial: Trial, results: Sequence[Result], rated: Sequence[Rated] = (), *, look: int) -> bool:
    """Whether this look at a sequential trial (from 1) finds a difference, which ends it."""
    known = differences(trial, 1, results, rated)
    ordered = [one.case for one in pairs.places(trial)] if trial.outcome == "rating" else design.order(trial)
    total = len(trial.cases)
    at = design.looks(total, trial.looks)[:look]
    seen = [statistics.counts([known[case] for case in ordered[:count] if case in known]) for count in at]
    needed = statistics.bounds([one.decided for one in seen], [count / total for count in at])[-1]
    return needed is not None and max(seen[-1].wins, seen[-1].losses) >= needed


def _value(trial: Trial, result: Result) -> float | None:
    if trial.outcome == "passes":
        return None if result.passed is None else float(result.passed)
    return None if result.score is None or result.score.score is None else float(result.score.score)


def _means(found: Iterable[tuple[int, float]]) -> Differences:
    grouped: dict[int, list[float]] = {}
    for case, value in found:
        grouped.setdefault(case, []).append(value)
    return {case: fmean(values) for case, values in sorted(grouped.items())}


def _summary(trial: Trial, number: int, results: Sequence[Result]) -> Figures:
    own = [one for one in results if one.configuration == number]
    replies = [one for one in own if one.fault is None]
    passed, checked = _cases_passed(replies)
    scores = [one.score for one in replies if one.score is not None]
    known = [one.score for one in scores if one.score is not None]
    costs = [one.cost_usd for one in replies if one.cost_usd is not None]
    times = [one.total_ms for one in replies if one.total_ms is not None]
    interval = statistics.wilson(passed, checked)
    means = {name: _mean(replies, name) for name in _MEANS}
    return Figures(
        configuration=trial.configurations[number].name,
        replies=len(replies),
        failed=len(own) - len(replies),
        cases_passed=passed,
        cases_checked=checked,
        pass_rate=None if interval is None else Interval(low=interval.low, high=interval.high),
        score=fmean(known) if known else None,
        scored=len(known),
        without_verdict=len(scores) - len(known),
        **means,
        total_ms=float(median(times)) if times else None,
        cost_usd=sum(costs, Decimal()) if costs else None,
        of_unknown_cost=len(replies) - len(costs),
    )


_MEANS = tuple(field.name for field in fields(Measures) if field.name != "sentences")


def _mean(replies: Sequence[Result], name: str) -> float | None:
    values = [getattr(one.measures, name) for one in replies if one.measures is not None]
    known = [float(value) for value in values if value is not None]
    return round(fmean(known), 3) if known else None


def _cases_passed(replies: Sequence[Result]) -> tuple[int, int]:
    """How many cases pass in more than half of their repetitions, and how many were checked."""
    by_case: dict[int, list[bool]] = {}
    for one in replies:
        if one.passed is not None:
            by_case.setdefault(one.case, []).append(one.passed)
    return sum(2 * sum(each) > len(each) for each in by_case.values()), len(by_case)


def _comparison(trial: Trial, other: int, found: Differences) -> Comparison:
    """One configuration beside the first. Of several comparisons each is allowed its part of the error (Bonferroni)."""
    values = list(found.values())
    counts = statistics.counts(values)
    confidence = 1 - (1 - statistics.CONFIDENCE) / (len(trial.configurations) - 1)
    share = statistics.exact(counts.wins, counts.decided, confidence)
    interval = statistics.mean_interval(values, seed=trial.seed + other, confidence=confidence)
    p = statistics.sign_test(counts)
    is_over = trial.state in {"done", "stopped"}
    shown = is_over and _is_shown(trial, counts, p, 1 - confidence)
    names = (trial.configurations[0].name, trial.configurations[other].name)
    return Comparison(
        first=names[0],
        other=names[1],
        wins=counts.wins,
        losses=counts.losses,
        ties=counts.ties,
        share=None if share is None else Interval(low=share.low, high=share.high),
        p_value=p,
        difference=fmean(values) if values else None,
        interval=None if interval is None else Interval(low=interval.low, high=interval.high),
        is_shown=shown,
        sentence=_sentence(names, counts, share, is_over=is_over, is_shown=shown),
    )


def _is_shown(trial: Trial, counts: Counts, p: float, alpha: float) -> bool:
    """A sequential trial shows what its looks found, which is what ended it; one that was stopped shows nothing."""
    if trial.state == "stopped":
        return False
    if trial.stopping == "sequential":
        return trial.difference_found
    return counts.decided > 0 and p <= alpha


def _sentence(
    names: tuple[str, str],
    counts: Counts,
    share: statistics.Interval | None,
    *,
    is_over: bool,
    is_shown: bool,
) -> str:
    first, other = names
    if share is None:
        said = (
            f"in all {counted(counts.ties, 'case')} both did equally well" if counts.ties else "nothing is compared yet"
        )
        return f"No difference shown between {first} and {other}: {said}."
    tally = (
        f"{other} did better in {counts.wins}, {first} in {counts.losses}, and both equally well in {counts.ties} of "
        f"{counted(counts.decided + counts.ties, 'case')}"
    )
    range_ = f"{share.low:.0%} to {share.high:.0%}"
    if not is_over:
        return f"So far {tally}. What that shows is said at the end."
    if is_shown:
        better = other if counts.wins > counts.losses else first
        return f"{better} is better: {tally}. {other} wins {range_} of the decided cases."
    return (
        f"No difference shown between {first} and {other}: {tally}. {other} may win anything from {range_} of the "
        "decided cases; that neither is better is not shown either."
    )


def _remarks(trial: Trial, summaries: Sequence[Figures]) -> tuple[str, ...]:
    found = [trial.reason] if trial.reason else []
    for one in summaries:
        if one.failed:
            found.append(f"{one.configuration}: no reply to {counted(one.failed, 'question')}; they count for nothing.")
        if one.without_verdict:
            found.append(f"{one.configuration}: the judge gave no verdict in {counted(one.without_verdict, 'case')}.")
        if one.of_unknown_cost:
            found.append(f"{one.configuration}: what {counted(one.of_unknown_cost, 'answer')} cost is unknown.")
    if trial.stopping == "sequential" and trial.difference_found:
        found.append("It ended early where one was far ahead, so the intervals are a little too far from one half.")
    if len(summaries) > 2:
        found.append(
            "Each configuration is compared with the first; the intervals are wider to make up for their number."
        )
    return tuple(found)
