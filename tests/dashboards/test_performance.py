"""What the page of models says of numbers."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from dashboards import charts, performance
from dashboards.performance import MEASURES, Performance
from dashboards.shown import Shown, Span
from tests.conftest import add_model
from workbench.client import Workbench

FIRST_TOKEN, WHOLE, SPEED, FAILED, COST, LIKED = MEASURES
PLAIN = {
    "model": "a/b",
    "requests": 4,
    "failed": 0,
    "failed_percent": 0.0,
    "first_token_ms": 500.0,
    "first_token_ms_p95": 900.0,
    "total_ms": 2000.0,
    "tokens_per_second": 40.0,
    "cost_usd": None,
    "cost_per_reply_usd": None,
    "cost_unknown": 0,
    "rated": 0,
    "liked": 0,
    "liked_percent": None,
}
SCHEMA = {name: pl.Float64 for name in PLAIN if name.endswith(("_ms", "_p95", "_percent", "_second", "_reply_usd"))}


def found(*rows: dict[str, object]) -> Performance:
    """What the owner would have summed up, all of it on one day."""
    schema = SCHEMA | {"cost_usd": pl.Decimal(38, 9)}
    frame = pl.DataFrame([PLAIN | row for row in rows], schema_overrides=schema)
    one = date(2026, 3, 1)
    over_time = frame.with_columns(pl.lit(one).alias("when"))
    return Performance(rows=frame, over_time=over_time, span=Span(first=one, last=date(2026, 3, 7)))


def test_the_best_is_named_by_what_is_better_of_a_measure() -> None:
    seen = found({}, {"model": "c/d", "first_token_ms": 400.0, "tokens_per_second": 39.0})
    assert performance.sentence(seen, FIRST_TOKEN) == "The first token came fastest from c/d: 0.40 s."
    assert performance.sentence(seen, WHOLE) == "The whole reply came fastest from a/b, as at 1 other: 2.00 s."
    assert performance.per_step(seen, WHOLE)[1] == [["1 March 2026", "2.00 s", "2.00 s"]]
    assert performance.sentence(seen, SPEED) == "The quickest to write was a/b: 40.0 tokens/s."
    assert performance.sentence(seen, FAILED) == "The fewest requests failed at a/b, as at 1 other: 0.0 %."
    assert performance.sentence(seen, COST) == "Not known of any model."
    assert performance.sentence(found({}), FIRST_TOKEN) == "a/b: 0.50 s."


def test_an_unknown_cost_is_said_and_draws_no_line() -> None:
    seen = found({"cost_unknown": 4}, {"model": "c/d", "cost_usd": Decimal("0.02"), "cost_per_reply_usd": 0.005})
    columns, lines = performance.side_by_side(seen)
    assert [dict(zip(columns, line, strict=True))["Cost"] for line in lines] == ["unknown", "$0.0200"]
    assert [dict(zip(columns, line, strict=True))["Cost of a reply"] for line in lines] == ["unknown", "$0.0050"]
    assert performance.summary(seen)["Cost"] == "$0.0200, and unknown for 4 replies"
    assert performance.series(seen, COST)["series"].to_list() == ["c/d"]


def test_a_chart_shows_what_its_table_says() -> None:
    seen = found({}, {"model": "c/d", "first_token_ms": 250.0})
    data = performance.series(seen, FIRST_TOKEN)
    assert data.rows() == [(date(2026, 3, 1), "a/b", 0.5, 4), (date(2026, 3, 1), "c/d", 0.25, 4)]
    assert performance.per_step(seen, FIRST_TOKEN) == (
        ["From", "a/b", "c/d"],
        [["1 March 2026", "0.50 s", "0.25 s"]],
    )
    drawn = charts.lines(data, seen.order, seen.span, unit="seconds", form=",.2f", sentence="Said.", dark=True)
    assert drawn["encoding"]["color"]["scale"]["domain"] == ["a/b", "c/d"]
    assert drawn["description"] == "Said."


def test_charts_show_the_models_asked_most_and_the_table_all() -> None:
    seen = found(*({"model": f"m/{n}", "requests": 100 - n} for n in range(12)))
    assert performance.series(seen, SPEED)["series"].n_unique() == performance.MOST_SERIES
    assert len(performance.side_by_side(seen)[1]) == 12


def test_the_ledger_says_how_each_model_has_done(bench: Workbench, provider, model) -> None:
    experience = bench.experiences.open(bench.experiences.create("Physics").name)
    assert experience.ask("Why?", model=model.id).status == "complete"
    bench.models.check(model.id)
    seen = performance.read(bench, Shown())
    assert seen.rows.select("model", "requests", "failed", "failed_percent").rows() == [(model.id, 1, 0, 0.0)]
    assert seen.over_time["when"].to_list() == [seen.span.first]
    assert performance.read(bench, Shown(until=date(2026, 1, 1))).rows.height == 0


def test_a_thumb_counts_once_and_for_the_model_whose_reply_it_is(bench: Workbench, provider, model) -> None:
    other = add_model(bench, provider, "paced-2-0")
    experience = bench.experiences.create("Physics")
    for rating in ("up", "up", "down"):
        experience.ask("Why?", model=model.id).rate(rating)
    experience.ask("Why?", model=other.id)
    stopped = bench.conversations.stop(
        bench.conversations.send(
            bench.conversations.create(experience.id).id, "Why?", model=add_model(bench, provider, "paced-200-1").id
        ).reply.id
    )
    continued = bench.conversations.resume(stopped.id, model=other.id)
    list(bench.conversations.stream(continued.id))
    bench.conversations.rate(continued.id, "up")
    seen = performance.read(bench, Shown())
    rated = {row["model"]: (row["rated"], row["liked"]) for row in seen.rows.to_dicts()}
    assert rated == {model.id: (3, 2), other.id: (1, 1), stopped.model: (0, 0)}
    assert performance.sentence(seen, LIKED) == f"Of what you rated, you liked most from {other.id}: 100 %."
    columns, lines = performance.side_by_side(seen)
    (line,) = [dict(zip(columns, each, strict=True)) for each in lines if each[0] == model.id]
    assert line["Liked replies"] == "67 % of 3"
    assert performance.series(seen, LIKED).select("series", "value").rows() == [
        (other.id, 100.0), (model.id, pytest.approx(200 / 3)),
    ]  # fmt: skip


def test_a_models_name_stays_a_name_in_sql(bench: Workbench) -> None:
    assert performance.read(bench, Shown(models=("it's') OR true --",))).rows.height == 0
    with pytest.raises(ValueError, match="hexadecimal"):
        performance.read(bench, Shown(experiences=("' OR true --",)))


def test_budgets_say_how_much_is_spent(bench: Workbench) -> None:
    bench.budgets.set(20)
    bench.budgets.set(1, per="day", experience=bench.experiences.create("Physics").name, enabled=False)
    everything, physics = performance.read(bench, Shown()).budgets
    assert everything[:2] == ("This month's budget", 0)
    assert everything[2].startswith("0 %: $0.00 of $20.00 is spent until")
    assert physics[0] == "Today's budget of 'Physics' (off)"
