"""`workbench history` and `workbench sql`, over a real owner."""

import csv
import io
import json
from pathlib import Path

import polars as pl
import pytest

from tests.cli.conftest import Run
from workbench.client import Workbench

HOSTILE = "Sky \x1b[31mred\x1b[0m, \x9b2Jgone \u202eback"


@pytest.fixture
def asked(bench: Workbench, model) -> Workbench:
    """One question that a terminal would obey, and its reply."""
    conversation = bench.conversations.create(bench.experiences.create("Physics").id)
    turn = bench.conversations.send(conversation.id, HOSTILE, model=model.id)
    list(bench.conversations.stream(turn.reply.id))
    return bench


def test_a_history_is_a_table_for_people(asked: Workbench, run: Run):
    lines = run("history", "--experience", "physics", "--since", "1h").output.splitlines()
    assert lines[0].split() == ["created_at", "experience", "conversation", "author", "text"]
    assert "Sky red, gone back" in lines[1]
    assert len(lines) == 3


def test_control_sequences_stay_out_of_the_terminal_and_are_lost_in_no_file(asked: Workbench, run: Run, tmp_path: Path):
    for form in ([], ["--json"], ["--csv"]):
        assert not set("\x1b\x9b\u202e") & set(run("history", *form).output)
    assert json.loads(run("history", "--json").output)[0]["text"] == HOSTILE
    assert next(csv.DictReader(io.StringIO(run("history", "--csv").output)))["text"] == "Sky red, gone back"
    said = run("history", "--parquet", str(tmp_path / "h.parquet"))
    assert "Wrote 2 rows" in said.output
    frame = pl.read_parquet(tmp_path / "h.parquet")
    assert frame["text"][0] == HOSTILE
    assert frame.schema["created_at"] == pl.Datetime("us", "UTC")


def test_calls_are_a_table_for_people_and_whole_for_programs(asked: Workbench, run: Run):
    head, line = run("calls", "--experience", "physics", "--since", "1h").output.splitlines()
    assert head.split()[:4] == ["created_at", "purpose", "model", "ended"]
    assert line.split()[2:5] == ["question", "standin/paced-20-0", "complete"]
    (call,) = json.loads(run("calls", "--json").output)
    assert (call["attempt"], call["output_tokens"], call["error"]) == (1, 20, None)
    assert "There are no rows." in run("calls", "--until", "1h").stderr


def test_sql_gives_what_was_asked_in_every_form(bench: Workbench, run: Run, tmp_path: Path):
    query = (
        "select 1.5::decimal(18,9) as cost, null as nothing, timestamp '2026-01-02 03:04:05' as t, "
        "[1, 2] as l, {'a': 'nan'::double} as s, 'nan'::double as n, true as yes, 'a,\"b' as text"
    )
    assert run("sql", query, "--csv").output.splitlines() == [
        "cost,nothing,t,l,s,n,yes,text",
        '1.500000000,,2026-01-02T03:04:05,"[1, 2]","{""a"": null}",nan,true,"a,""b"',
    ]
    assert json.loads(run("sql", query, "--json").output) == [
        {
            "cost": "1.500000000",
            "nothing": None,
            "t": "2026-01-02T03:04:05",
            "l": [1, 2],
            "s": {"a": None},
            "n": None,
            "yes": True,
            "text": 'a,"b',
        }
    ]
    assert run("sql", query).output.splitlines()[1].split("  ")[0] == "1.5"
    assert json.loads(run("sql", "-", "--json", stdin="select 1 as a; -- one").output) == [{"a": 1}]
    assert json.loads(run("sql", "select 1 as a where false", "--json").output) == []


def test_nothing_found_is_said_beside_the_result(bench: Workbench, run: Run):
    said = run("history")
    assert (said.exit_code, said.stdout) == (0, "")
    assert "There are no rows." in said.stderr


def test_mistakes_are_one_line_and_an_exit_code(bench: Workbench, run: Run, tmp_path: Path):
    refused = run("sql", "select * from secrets")
    assert refused.exit_code == 2
    assert refused.stderr.startswith("workbench: The table 'secrets' cannot be used in a query here. Use one of")
    assert run("sql", "selec 1").exit_code == 2
    assert "UTC is taken" in run("history", "--since", "lately").stderr
    assert run("history", "--experience", "Nothing").exit_code == 3
    both = run("history", "--json", "--csv")
    assert both.exit_code == 2
    assert "Choose one" in both.stderr
    unwritable = run("sql", "select 1 as a", "--parquet", str(tmp_path / "missing" / "x.parquet"))
    assert unwritable.exit_code == 2
    assert "cannot be written" in unwritable.stderr
