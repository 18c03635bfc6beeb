"""What the usage page says of numbers."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import polars as pl
import pytest

from dashboards import charts, figures
from dashboards.figures import OTHERS, QUESTIONS, Usage
from dashboards.shown import Shown, Span
from workbench.clock import utc_now
from workbench.errors import WorkbenchError


def usage(*rows: dict[str, object], times: list[dict[str, object]] | None = None) -> Usage:
    """What the owner would have summed up."""
    plain = {
        "day": date(2026, 3, 1),
        "experience_id": "1",
        "experience": "Physics",
        "model": "a/b",
        "messages": 1,
        "replies": 1,
        "failed": 0,
        "input_tokens": None,
        "output_tokens": None,
        "cost_usd": None,
        "cost_unknown": 0,
    }
    schema = {"input_tokens": pl.Int64, "output_tokens": pl.Int64, "cost_usd": pl.Decimal(38, 9), "model": pl.String}
    found = pl.DataFrame([plain | row for row in rows], schema_overrides=schema)
    timed = pl.DataFrame(times or [], schema=["model", "replies", *_TIMES])
    return Usage(rows=found, times=timed, span=Span(first=found["day"].min(), last=found["day"].max()))


_TIMES = ("first_token_ms", "first_token_ms_p95", "total_ms", "total_ms_p95")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"cost_usd": None, "cost_unknown": 1}], "unknown"),
        ([{"cost_usd": Decimal(0)}], "$0.00"),
        ([{"cost_usd": Decimal("1.5")}, {"cost_unknown": 1}], "$1.50, and unknown for 1 reply"),
        ([{"cost_usd": Decimal("0.00123")}, {"cost_unknown": 12}], "$0.0012, and unknown for 12 replies"),
        ([{"cost_usd": Decimal("0.000001")}], "less than $0.0001"),
        ([{"model": None, "replies": 0}], "$0.00"),
    ],
)
def test_an_unknown_cost_is_said_and_never_counted_as_nothing(rows: list[dict[str, object]], said: str) -> None:
    assert figures.cost(usage(*rows)) == said


def test_sentences_count_in_the_right_number() -> None:
    one = usage({"messages": 1, "input_tokens": 1, "output_tokens": 1, "cost_unknown": 1})
    assert figures.messages_sentence(one).startswith("1 message on 1 day, ")
    assert figures.tokens_sentence(one) == "The models read 1 token and wrote 1 token."
    assert figures.cost_sentence(one).endswith(" 1 reply of unknown cost is not in the chart.")
    two = usage({"messages": 1200}, {"day": date(2026, 3, 4), "messages": 1, "cost_unknown": 2})
    assert figures.messages_sentence(two) == (
        "1,201 messages on 2 days, questions and replies; most on 1 March 2026: 1,200."
    )
    assert "2 replies of unknown cost are not" in figures.cost_sentence(two)
    assert "left out" in figures.tokens_sentence(two)


def test_a_unknown_cost_draws_no_bar() -> None:
    found = usage({"cost_usd": None, "cost_unknown": 3})
    assert figures.series(found, "cost_usd", "model").height == 0


def test_the_axis_shows_all_days_that_were_chosen_and_counts_in_whole_numbers() -> None:
    found = replace(usage({"messages": 2}), span=Span(first=date(2026, 2, 1), last=date(2026, 3, 2)))
    data, order = figures.series(found, "messages", "model"), figures.order(found, "model")
    drawn = charts.bars(data, order, found.span, unit="messages", form=charts.WHOLE, sentence="2 messages.", dark=False)
    days = drawn["encoding"]["x"]["scale"]["domain"]
    assert [(end["month"], end["date"]) for end in days] == [(2, 1), (3, 3)]
    assert drawn["encoding"]["y"]["axis"]["values"] == [0, 1, 2]


@pytest.mark.parametrize(
    ("shown", "first", "last"),
    [
        (Shown(since=date(2025, 1, 1), until=date(2025, 1, 31)), date(2025, 1, 1), date(2025, 1, 31)),
        (Shown(since=date(2025, 1, 1)), date(2025, 1, 1), utc_now().date()),
        (Shown(), utc_now().date(), utc_now().date()),
    ],
)
def test_what_is_looked_at_is_what_was_chosen_and_not_only_where_messages_are(
    bench, shown: Shown, first: date, last: date
) -> None:
    found = figures.read(bench, shown)
    assert (found.span.first, found.span.last) == (first, last)


def test_many_series_are_put_together_and_nothing_is_lost() -> None:
    found = usage(*({"model": f"m/{n:02}", "messages": 100 - n} for n in range(20)), {"model": None, "messages": 999})
    data = figures.series(found, "messages", "model")
    order = figures.order(found, "model")
    assert order[0] == QUESTIONS
    assert order[-1] == OTHERS
    assert len(order) == figures.MOST_SERIES
    assert data["value"].sum() == found.rows["messages"].sum()


@pytest.mark.parametrize(("days", "bars", "said"), [(30, 30, "day"), (364, 53, "week"), (1000, 34, "month")])
def test_long_times_are_drawn_in_longer_steps(days: int, bars: int, said: str) -> None:
    first = date(2026, 1, 1)
    found = usage(*({"day": first + timedelta(days=n)} for n in range(days)))
    data = figures.series(found, "messages", "model")
    assert abs(data.height - bars) <= 1
    assert data["value"].sum() == days
    assert found.span.step_name == said


def test_a_table_says_what_the_chart_shows() -> None:
    found = usage({"messages": 3}, {"messages": 4, "model": "c/d"}, {"day": date(2026, 3, 2), "messages": 5})
    columns, lines = figures.per_step(figures.series(found, "messages", "model"), figures.order(found, "model"))
    assert columns == ["From", "a/b", "c/d", "Together"]
    assert lines == [["2 March 2026", 5.0, None, 5.0], ["1 March 2026", 3.0, 4.0, 7.0]]


def test_a_models_name_stays_a_name_in_sql() -> None:
    asked = figures.times_query(Shown(models=("it's'); DROP TABLE messages --",), since=date(2026, 3, 1)))
    assert "model IN ('it''s''); DROP TABLE messages --')" in asked
    with pytest.raises(ValueError, match="hexadecimal"):
        figures.times_query(Shown(experiences=("' OR true --",)))


def test_unknown_times_are_said() -> None:
    found = usage({}, times=[{"model": None, "replies": 1} | dict.fromkeys(_TIMES)])
    _, lines = figures.times_table(found)
    assert lines == [["unknown", "1", *["unknown"] * 4]]
    assert figures.times_sentence(found).startswith("A dot")


def test_the_owner_understands_what_is_asked(bench: object) -> None:
    made = bench.experiences.create("Physics")
    until = date(2026, 3, 31)
    shown = Shown(since=date(2026, 3, 1), until=until, experiences=(made.id,), models=("it's",))
    found = figures.read(bench, shown)
    assert found.rows.height == found.times.height == 0
    with pytest.raises(WorkbenchError):
        figures.read(bench, Shown(experiences=("7b0e37ee-0000-4000-8000-000000000000",)))
