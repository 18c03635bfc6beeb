"""`workbench trials` as a person uses it."""

import json

import pytest
from click.testing import CliRunner

from tests.conftest import add_model
from workbench.cli.trials import trials
from workbench.client import connect
from workbench.errors import InvalidInputError, NotFoundError

FILE = """
name = "Kindness"
outcome = "rating"

[[cases]]
name = "One"
question = "Why?"

[[cases]]
name = "Two"
question = "How?"

[[configurations]]
name = "Curt"
model = "standin/recall"
instruction = "Be curt."

[[configurations]]
name = "Kind"
model = "standin/recall"
instruction = "Be kind."
"""


@pytest.fixture
def models(home, provider):
    with connect(home) as bench:
        add_model(bench, provider, "recall")
        add_model(bench, provider, "echo")


def invoke(*arguments: str, given: str | None = None) -> str:
    return CliRunner().invoke(trials, arguments, input=given, catch_exceptions=False, standalone_mode=False).output


def test_a_trial_is_run_shown_rated_and_deleted_on_the_command_line(models, tmp_path):
    file = tmp_path / "trial.toml"
    with connect() as bench:
        rule = bench.rules.list()[0].id
    file.write_text(FILE + f"rules = ['{rule[-12:]}']\n")
    ran = invoke("run", str(file), given="y\n")
    assert "4 requests would be sent." in ran
    assert "4 of 4 questions answered" in ran
    assert "What decides is which reply you prefer" in ran
    made = json.loads(invoke("list", "--json"))[0]
    id = made["id"]
    assert [one["rules"] for one in made["configurations"]] == [[], [rule]]
    rated = invoke("rate", id[-12:], given="1\nu\n0\n2\n")
    assert "── 1 of 2 ──" in rated
    assert "No difference shown between Curt and Kind" in rated
    assert "done" in invoke("show", id)
    assert "user: Why?" in invoke("results", id)
    notebook = tmp_path / "trial.ipynb"
    assert invoke("export", id, str(notebook)).startswith("Written to ")
    assert json.loads(notebook.read_text())["nbformat"] == 4
    with pytest.raises(InvalidInputError, match="already"):
        invoke("export", id, str(notebook))
    assert invoke("delete", id) == "'Kindness' is gone.\n"
    assert "There is no trial." in invoke("list")


def test_models_and_instructions_are_tried_on_a_shipped_set(models):
    assert "following-instructions" in invoke("sets")
    models_ = ("-m", "standin/recall", "-m", "standin/echo")
    command = ["run", "--set", "teaching", *models_, "--yes", "--json"]
    found = json.loads(CliRunner().invoke(trials, command, standalone_mode=False).stdout)
    assert [one["configuration"] for one in found["summaries"]] == ["standin/recall", "standin/echo"]
    assert found["trial"]["state"] == "done"


def test_what_cannot_be_read_is_said(home, tmp_path):
    file = tmp_path / "trial.toml"
    for text, said in (
        ("a = ", "is no TOML"),
        ("name = 'x'", "is no trial"),
        ("colour = 1\n" + FILE, "is no trial"),
        (FILE.replace("instruction", "instructions", 1), "a field is called 'instructions'"),
        (FILE.replace('"How?"', '"How?"\nassertions = [{ kind = "contains", txt = "x" }]'), "a field is called 'txt'"),
    ):
        file.write_text(text)
        with pytest.raises(InvalidInputError, match=said):
            invoke("run", str(file))
    file.write_text(FILE + "rules = ['zzz']\n")
    with pytest.raises(NotFoundError, match="No rule's id ends in 'zzz'"):
        invoke("run", str(file))
    with pytest.raises(NotFoundError, match="No trial's id ends in 'zzz'"):
        invoke("show", "zzz")
