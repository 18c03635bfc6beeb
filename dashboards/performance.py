"""What the page of models says: how those that were asked have done, side by side and over time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import polars as pl

from dashboards.shown import Shown, Span, span
from dashboards.words import count, day, dollars, seconds
from workbench.client import BudgetState, Workbench

MOST_SERIES = 8
"""As many can be told apart in a chart; the tables have all."""
_FIGURES = """count(*) AS requests, count(*) FILTER (ended = 'failed') AS failed,
    100.0 * count(*) FILTER (ended = 'failed') / count(*) AS failed_percent,
    median(first_token_ms) AS first_token_ms, quantile_cont(first_token_ms, 0.95) AS first_token_ms_p95,
    median(total_ms) FILTER (ended = 'complete') AS total_ms,
    median(output_tokens * 1000.0 / (total_ms - first_token_ms))
        FILTER (ended = 'complete' AND total_ms > first_token_ms) AS tokens_per_second,
    sum(cost_usd) AS cost_usd, avg(cost_usd)::DOUBLE AS cost_per_reply_usd,
    count(*) FILTER (cost_usd IS NULL AND ended = 'complete') AS cost_unknown,
    count(DISTINCT message_id) FILTER (rating IS NOT NULL) AS rated,
    count(DISTINCT message_id) FILTER (rating = 'up') AS liked, 100.0 * liked / nullif(rated, 0) AS liked_percent"""
_RATED = """(SELECT c.*, m.rating FROM calls AS c LEFT JOIN
    (SELECT id, model, rating FROM messages WHERE rating IS NOT NULL) AS m
    ON m.id = c.message_id AND m.model = c.model)"""
"""Each request with the thumb of its reply, where its model is the one that the reply is of."""
_QUERY = "SELECT {columns} {figures} FROM {calls} WHERE purpose != 'check' AND {where} GROUP BY ALL ORDER BY {order}"
_DAY = "date_trunc('day', created_at)::DATE"
_TRUNCATED = {"1d": "day", "1w": "week", "1mo": "month"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """Something that models are compared by."""

    column: str
    title: str
    unit: str
    form: str
    """How it is written beside a chart."""
    scale: float
    """From what the owner gives to the unit."""
    better: Literal["less", "more"]
    tell: Callable[[Any], str]
    """As people read it; unknown where it is."""
    best: str
    """What the best model is said to be, before its figure."""


def _or_unknown(tell: Callable[[Any], str]) -> Callable[[Any], str]:
    return lambda value: "unknown" if value is None else tell(value)


MEASURES = (
    Measure(
        column="first_token_ms",
        title="First token",
        unit="seconds, median",
        form=",.2f",
        scale=0.001,
        better="less",
        tell=seconds,
        best="The first token came fastest from",
    ),
    Measure(
        column="total_ms",
        title="Whole reply",
        unit="seconds, median",
        form=",.2f",
        scale=0.001,
        better="less",
        tell=seconds,
        best="The whole reply came fastest from",
    ),
    Measure(
        column="tokens_per_second",
        title="Speed",
        unit="tokens a second, median",
        form=",.0f",
        scale=1,
        better="more",
        tell=_or_unknown(lambda value: f"{value:,.1f} tokens/s"),
        best="The quickest to write was",
    ),
    Measure(
        column="failed_percent",
        title="Failed requests",
        unit="% of requests",
        form=",.1f",
        scale=1,
        better="less",
        tell=_or_unknown(lambda value: f"{value:,.1f} %"),
        best="The fewest requests failed at",
    ),
    Measure(
        column="cost_per_reply_usd",
        title="Cost of a reply",
        unit="US dollars, mean",
        form="$,.4f",
        scale=1,
        better="less",
        tell=_or_unknown(lambda value: dollars(Decimal(str(value)))),
        best="The cheapest, of those whose prices are known, was",
    ),
    Measure(
        column="liked_percent",
        title="Liked replies",
        unit="% of those you rated",
        form=",.0f",
        scale=1,
        better="more",
        tell=_or_unknown(lambda value: f"{value:,.0f} %"),
        best="Of what you rated, you liked most from",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """What was found."""

    rows: pl.DataFrame
    """A row for each model, those asked most first."""
    over_time: pl.DataFrame
    """A row for each step (`when`) and model."""
    span: Span
    alerts: tuple[str, ...] = ()
    """What is above a threshold now, whatever is looked at."""
    budgets: tuple[tuple[str, int, str], ...] = ()
    """Of each budget its name, how many percent are spent now, and that in words."""

    @property
    def order(self) -> list[str]:
        """The models that charts show."""
        return [str(name) for name in self.rows["model"].head(MOST_SERIES)]


def read(bench: Workbench, shown: Shown) -> Performance:
    """Ask the owner, which sums up. Raises WorkbenchError."""
    where = shown.condition()
    rows = _summed_up(bench, "model,", where, "requests DESC, model")
    days = bench.sql(f"SELECT min({_DAY}) AS first, max({_DAY}) AS last FROM calls WHERE {where}").row(0)  # noqa: S608
    looked_at = span(shown, [each for each in days if each is not None])
    step = f"date_trunc('{_TRUNCATED[looked_at.step]}', created_at)::DATE AS when_, model,"
    over_time = _summed_up(bench, step, where, "when_, model")
    said = tuple(alert.message for alert in bench.alerts.list())
    return Performance(
        rows=rows,
        over_time=over_time.rename({"when_": "when"}),
        span=looked_at,
        alerts=said,
        budgets=tuple(map(_budget, bench.budgets.list())),
    )


def _budget(state: BudgetState) -> tuple[str, int, str]:
    name = f"{state.name[0].upper()}{state.name[1:]}{'' if state.budget.enabled else ' (off)'}"
    return name, state.percent, f"{state.percent:,} %: {state.message}"


def _summed_up(bench: Workbench, columns: str, where: str, order: str) -> pl.DataFrame:
    return bench.sql(_QUERY.format(columns=columns, figures=_FIGURES, calls=_RATED, where=where, order=order))


def series(found: Performance, measure: Measure) -> pl.DataFrame:
    """`(when, series, value, requests)` of the models that charts show; steps without a value are left out."""
    return (
        found.over_time.filter(pl.col("model").is_in(found.order))
        .select(
            "when",
            pl.col("model").alias("series"),
            (pl.col(measure.column).cast(pl.Float64) * measure.scale).alias("value"),
            "requests",
        )
        .drop_nulls("value")
        .sort("when", "series")
    )


def sentence(found: Performance, measure: Measure) -> str:
    """Which model did best, by a measure; with one, only how it did."""
    known = found.rows.drop_nulls(measure.column)
    if not known.height:
        return "Not known of any model."
    if known.height == 1:
        only = known.row(0, named=True)
        return f"{only['model']}: {measure.tell(only[measure.column])}."
    best = known.sort(measure.column, descending=measure.better == "more", maintain_order=True).row(0, named=True)
    others = known.filter(pl.col(measure.column) == best[measure.column]).height - 1
    shared = f", as at {count(others, 'other', 'others')}" if others else ""
    return f"{measure.best} {best['model']}{shared}: {measure.tell(best[measure.column])}."


def per_step(found: Performance, measure: Measure) -> tuple[list[str], list[list[str]]]:
    """A measure over time as a table: a line for each step, a column for each model."""
    data = found.over_time.filter(pl.col("model").is_in(found.order))
    wide = data.pivot(on="model", index="when", values=measure.column).sort("when", descending=True)
    lines = [[day(row["when"]), *(measure.tell(row[name]) for name in found.order)] for row in wide.to_dicts()]
    return ["From", *found.order], lines


def side_by_side(found: Performance) -> tuple[list[str], list[list[str]]]:
    """Every model with all that is known of it."""
    columns = ["Model", "Requests", *(measure.title for measure in MEASURES), "Cost"]
    return columns, [_line(row) for row in found.rows.to_dicts()]


def summary(found: Performance) -> dict[str, str]:
    """Everything together."""
    requests, failed = (int(found.rows[name].sum()) for name in ("requests", "failed"))
    return {
        "Models": f"{found.rows.height:,}",
        "Requests": f"{requests:,}",
        "Failed requests": f"{failed:,}",
        "Cost": _cost(found.rows["cost_usd"].to_list(), int(found.rows["cost_unknown"].sum())),
    }


def _line(row: dict[str, Any]) -> list[str]:
    told = {measure.column: measure.tell(row[measure.column]) for measure in MEASURES}
    told["failed_percent"] = f"{row['failed']:,} ({told['failed_percent']})"
    told["liked_percent"] = f"{told['liked_percent']} of {row['rated']:,}" if row["rated"] else "none rated"
    return [row["model"], f"{row['requests']:,}", *told.values(), _cost([row["cost_usd"]], row["cost_unknown"])]


def _cost(amounts: Sequence[Decimal | None], unknown: int) -> str:
    """What is known of the cost, and how much is not: never a 0 for what is unknown."""
    known = [Decimal(str(amount)) for amount in amounts if amount is not None]
    if not known:
        return "unknown" if unknown else dollars(Decimal(0))
    told = dollars(sum(known, Decimal(0)))
    return f"{told}, and unknown for {count(unknown, 'reply', 'replies')}" if unknown else told
