"""One's history as DataFrames, through the client and a real owner."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import polars as pl
import pytest

from workbench.client import Workbench
from workbench.errors import InvalidInputError, NotFoundError, QueryFailedError, QueryTooLargeError


@pytest.fixture
def talked(bench: Workbench, model) -> Workbench:
    """Two Experiences, with a finished reply in each."""
    for name in ("Physics", "Cooking"):
        made = bench.experiences.create(name)
        conversation = bench.conversations.create(made.id, title=f"About {name}")
        turn = bench.conversations.send(conversation.id, f"Why {name}?", model=model.id)
        list(bench.conversations.stream(turn.reply.id))
    return bench


def test_a_history_holds_every_message_in_order_with_where_it_stands(talked: Workbench):
    found = talked.history()
    assert found["text"].to_list()[::2] == ["Why Physics?", "Why Cooking?"]
    assert found["author"].to_list() == ["user", "assistant"] * 2
    assert found["experience"].to_list() == ["Physics"] * 2 + ["Cooking"] * 2
    assert found["conversation"].to_list()[::2] == ["About Physics", "About Cooking"]
    assert found["model"].to_list()[::2] == [None, None]
    assert found["output_tokens"].to_list() == [None, 20] * 2
    assert found.schema["created_at"] == pl.Datetime("us", "UTC")
    assert found.schema["cost_usd"] == pl.Decimal(18, 9)
    assert found["created_at"].is_sorted()


def test_a_history_is_of_one_experience_and_of_one_time(talked: Workbench):
    assert set(talked.history("cooking")["experience"]) == {"Cooking"}
    assert talked.history(since="1h").height == 4
    assert talked.history(since=timedelta(hours=1)).height == 4
    assert talked.history(until="1h").height == 0
    first = talked.history()["created_at"][1]
    assert talked.history(since=first).height == 3
    assert talked.history(until=first).height == 1


def test_times_without_a_zone_are_taken_to_be_in_utc(talked: Workbench):
    when = talked.history()["created_at"][2]
    naive = when.replace(tzinfo=None)
    assert talked.history(since=naive).height == talked.history(since=when).height == 2
    assert talked.history(since=naive.isoformat()).height == 2
    assert talked.history(since=when.date(), until=when.date() + timedelta(days=1)).height == 4
    assert talked.history(since=f"{when.date()}T00:00+00:00").height == 4


def test_what_cannot_be_a_time_is_refused_and_says_which_zone_is_taken(bench: Workbench):
    with pytest.raises(InvalidInputError, match=r"'yesterday' is not a time.*UTC is taken"):
        bench.history(since="yesterday")
    with pytest.raises(InvalidInputError, match=r"`since` \(2026-02-01 00:00 UTC\) is later than `until`"):
        bench.history(since=date(2026, 2, 1), until=datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(InvalidInputError, match="is not a time"):
        bench.history(since="999999w")


def test_an_unknown_experience_is_named_with_the_nearest(talked: Workbench):
    with pytest.raises(NotFoundError, match=r"'Phisics'.*Did you mean 'Physics'"):
        talked.history("Phisics")
    with pytest.raises(NotFoundError, match="Cookin"):
        talked.usage(experiences=["Physics", "Cookin"])


def test_sql_gives_typed_columns(talked: Workbench):
    found = talked.sql("select model, sum(output_tokens) as tokens, sum(cost_usd) as cost from messages group by model")
    assert found.schema == {"model": pl.String, "tokens": pl.Int64, "cost": pl.Decimal(38, 9)}
    assert found.filter(pl.col("model").is_not_null())["tokens"].to_list() == [40]


def test_a_sum_that_does_not_fit_is_still_exact(bench: Workbench):
    found = bench.sql("select sum(n) as n from (values (9223372036854775807), (9223372036854775807)) t(n)")
    assert found["n"].to_list() == [Decimal(2 * 9223372036854775807)]


def test_a_result_without_rows_has_its_columns(bench: Workbench):
    assert bench.sql("select id, title from conversations").schema == {"id": pl.String, "title": pl.String}
    assert "created_at" in bench.history().columns


def test_columns_of_one_name_are_told_apart(bench: Workbench):
    assert bench.sql("select 1 as a, 2 as a, 3 as a_1, 4 as a").columns == ["a", "a_1", "a_1_1", "a_2"]
    assert "id_1" in bench.sql("select * from messages m join conversations c on c.id = m.conversation_id").columns


def test_a_column_that_a_dataframe_cannot_hold_is_refused_in_words(bench: Workbench):
    with pytest.raises(QueryFailedError, match=r"The column 'span' .* cannot be sent.*epoch"):
        bench.sql("select interval 1 day as span")
    with pytest.raises(QueryFailedError, match="'spans'"):
        bench.sql("select [{'x': interval 1 day}] as spans")
    assert bench.sql("select {'x': [date '2026-01-01']} as x, '{}'::json as j, 'ab'::blob as b").height == 1


def test_a_large_result_comes_whole_and_in_order(bench: Workbench):
    found = bench.sql("select i, i::varchar as s from range(300000) t(i)")
    assert found["i"].to_list() == list(range(300_000))
    assert found["s"][-1] == "299999"


def test_what_fails_after_rows_were_sent_is_an_error_and_not_a_short_result(bench: Workbench):
    with pytest.raises(QueryFailedError, match="Could not convert string 'a'"):
        bench.sql("select (case when i = 3000000 then 'a' else '1' end)::int from range(5000000) t(i)")
    with pytest.raises(QueryTooLargeError, match="more than 512 MB"):
        bench.sql("select i, repeat('x', 60) from range(100000000) t(i)")


def test_usage_counts_what_is_unknown_apart(talked: Workbench):
    found = talked.usage()
    replies = found.filter(pl.col("model").is_not_null()).sort("experience")
    assert replies["experience"].to_list() == ["Cooking", "Physics"]
    assert replies["replies"].to_list() == [1, 1]
    assert replies["output_tokens"].to_list() == [20, 20]
    assert replies["cost_usd"].to_list() == [None, None]
    assert replies["cost_unknown"].to_list() == [1, 1]
    questions = found.filter(pl.col("model").is_null())
    assert questions["cost_unknown"].to_list() == [0, 0]
    assert talked.usage(experiences=["Physics"])["messages"].sum() == 2
    assert talked.usage(until="1d").height == 0


def test_a_day_is_one_of_utc(talked: Workbench):
    days = set(talked.usage()["day"])
    assert days == set(talked.history()["created_at"].dt.date())


def test_nothing_heavy_is_loaded_before_rows_are_asked_for(bench: Workbench):
    loaded = "import sys; print([n for n in ('polars', 'pyarrow', 'duckdb') if n in sys.modules])"
    for code in (
        "import workbench; bench = workbench.connect(); bench.experiences.list()",
        "from workbench.cli import history; from workbench.client import insights, arrow",
    ):
        done = subprocess.run([sys.executable, "-c", f"{code}; {loaded}"], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "[]"


def test_a_reader_needs_no_pyarrow(talked: Workbench):
    code = "import sys; sys.modules['pyarrow'] = None; import workbench; print(workbench.connect().history().height)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "4"
