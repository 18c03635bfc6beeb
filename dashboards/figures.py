"""What the usage page says: series, tables and sentences, from rows the owner summed up. Nothing is drawn here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Literal

import polars as pl

from dashboards.shown import Shown, Span, span
from dashboards.words import count, day, dollars, seconds
from workbench.client import Workbench

By = Literal["model", "experience"]

QUESTIONS = "your questions"
OTHERS = "others"
MOST_SERIES = 8
"""As many can be told apart; the smaller ones are summed up."""
_TIMES = (
    "SELECT model, count(*) AS replies, median(first_token_ms) AS first_token_ms, "
    "quantile_cont(first_token_ms, 0.95) AS first_token_ms_p95, median(total_ms) AS total_ms, "
    "quantile_cont(total_ms, 0.95) AS total_ms_p95 FROM messages "
    "WHERE author = 'assistant' AND total_ms IS NOT NULL AND {where} GROUP BY model ORDER BY replies DESC"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What was found."""

    rows: pl.DataFrame
    """A row for each day, Experience and model; questions have no model."""
    times: pl.DataFrame
    """A row for each model."""
    span: Span


def read(bench: Workbench, shown: Shown) -> Usage:
    """Ask the owner, which sums up. Raises WorkbenchError."""
    until = shown.until + timedelta(days=1) if shown.until else None
    rows = bench.usage(shown.since, until, shown.experiences)
    if shown.models:
        rows = rows.filter(pl.col("model").is_in(list(shown.models)))
    days = rows["day"].cast(pl.Date).to_list()
    return Usage(rows=rows, times=bench.sql(times_query(shown)), span=span(shown, days))


def times_query(shown: Shown) -> str:
    """The SQL for the response times: a median over days cannot be had from the days' medians."""
    return _TIMES.format(where=shown.condition())


def series(usage: Usage, value: str, by: By) -> pl.DataFrame:
    """`(when, series, value)`: the sums of a column for each step; series beyond the largest are put together."""
    rows = _with_tokens(usage.rows) if value == "tokens" else usage.rows
    named = rows.select(
        pl.col("day").cast(pl.Date).dt.truncate(usage.span.step).alias("when"),
        pl.col(by).fill_null(_missing(by)).alias("series"),
        pl.col(value).cast(pl.Float64).alias("value"),
    ).drop_nulls("value")
    if named["series"].n_unique() > MOST_SERIES:
        largest = usage.rows.group_by(pl.col(by).fill_null(_missing(by))).agg(pl.col("messages").sum())
        kept = largest.sort("messages", by, descending=[True, False])[by].head(MOST_SERIES - 1).to_list()
        named = named.with_columns(
            pl.when(pl.col("series").is_in(kept)).then(pl.col("series")).otherwise(pl.lit(OTHERS)).alias("series")
        )
    return named.group_by("when", "series").agg(pl.col("value").sum()).sort("when", "series")


def order(usage: Usage, by: By) -> list[str]:
    """All series, those with the most messages first, the others last."""
    data = series(usage, "messages", by)
    sums = data.group_by("series").agg(pl.col("value").sum()).sort("value", "series", descending=[True, False])
    names = sums["series"].to_list()
    return [name for name in names if name != OTHERS] + [name for name in names if name == OTHERS]


def per_step(data: pl.DataFrame, order: list[str]) -> tuple[list[str], list[list[str | float | None]]]:
    """The same as a table: a line for each time, a column for each series, a sum at the end."""
    names = [name for name in order if name in set(data["series"])]
    wide = data.pivot(on="series", index="when", values="value").sort("when", descending=True)
    lines = [[day(row["when"]), *(row[name] for name in names), _sum(row, names)] for row in wide.to_dicts()]
    return ["From", *names, "Together"], lines


def total(usage: Usage, column: str) -> int:
    """The sum of a column of whole numbers."""
    return int(usage.rows[column].sum() or 0)


def cost(usage: Usage) -> str:
    """What is known of the cost, and how much is not: never a 0 for what is unknown."""
    known = usage.rows["cost_usd"].drop_nulls()
    unknown = total(usage, "cost_unknown")
    told = dollars(Decimal(str(known.sum()))) if len(known) else None
    if told is None:
        return "unknown" if unknown else dollars(Decimal(0))
    return f"{told}, and unknown for {count(unknown, 'reply', 'replies')}" if unknown else told


def messages_sentence(usage: Usage) -> str:
    """What the chart of messages shows."""
    busiest = usage.rows.group_by("day").agg(pl.col("messages").sum()).sort("messages", "day", descending=True)
    top = busiest.row(0, named=True)
    return (
        f"{count(total(usage, 'messages'), 'message', 'messages')} on {count(busiest.height, 'day', 'days')}, "
        f"questions and replies; most on {day(top['day'])}: {top['messages']:,}."
    )


def tokens_sentence(usage: Usage) -> str:
    """What the chart of tokens shows."""
    read_, written = total(usage, "input_tokens"), total(usage, "output_tokens")
    silent = usage.rows.filter((pl.col("replies") > 0) & pl.col("output_tokens").is_null())
    left_out = " Replies whose provider counted none are left out." if silent.height else ""
    return f"The models read {count(read_, 'token', 'tokens')} and wrote {count(written, 'token', 'tokens')}.{left_out}"


def cost_sentence(usage: Usage) -> str:
    """What the chart of costs shows."""
    unknown = total(usage, "cost_unknown")
    left_out = (
        f" {count(unknown, 'reply', 'replies')} of unknown cost {'is' if unknown == 1 else 'are'} not in the chart."
        if unknown
        else ""
    )
    return f"Known cost together: {_known_cost(usage)}.{left_out}"


def times_sentence(usage: Usage) -> str:
    """What the chart of response times shows."""
    fastest = usage.times.drop_nulls("first_token_ms").sort("first_token_ms")
    explained = "A dot is the median, a line ends where 95 of 100 replies had arrived."
    if not fastest.height:
        return explained
    first = fastest.row(0, named=True)
    return f"The first token came fastest from {first['model']}: after {seconds(first['first_token_ms'])}. {explained}"


def times_table(usage: Usage) -> tuple[list[str], list[list[str]]]:
    """The response times as a table."""
    figures = ("first_token_ms", "first_token_ms_p95", "total_ms", "total_ms_p95")
    lines = [
        [str(row["model"] or "unknown"), f"{row['replies']:,}", *(seconds(row[name]) for name in figures)]
        for row in usage.times.to_dicts()
    ]
    return [
        "Model",
        "Replies",
        "First token, median",
        "First token, p95",
        "Whole reply, median",
        "Whole reply, p95",
    ], lines


def _missing(by: By) -> str:
    """What questions, which have no model, and messages of Experiences that are gone are called."""
    return QUESTIONS if by == "model" else OTHERS


def _with_tokens(rows: pl.DataFrame) -> pl.DataFrame:
    """With those read and those written together; null where neither is known."""
    return rows.with_columns(
        pl.when(pl.col("input_tokens").is_not_null() | pl.col("output_tokens").is_not_null())
        .then(pl.sum_horizontal("input_tokens", "output_tokens"))
        .alias("tokens")
    )


def _known_cost(usage: Usage) -> str:
    known = usage.rows["cost_usd"].drop_nulls()
    return dollars(Decimal(str(known.sum()))) if len(known) else "none"


def _sum(row: dict[str, float | None], names: Sequence[str]) -> float:
    return sum(row[name] or 0 for name in names)
