"""`workbench budgets`, and `workbench ask --over-budget`, over a real owner."""

import json

from tests.cli.conftest import Run
from workbench.client import Workbench


def test_budgets_are_set_shown_and_deleted(bench: Workbench, model, run: Run):
    bench.experiences.create("Physics")
    assert "There are no budgets." in run("budgets", "list").stderr
    said = run("budgets", "set", "20")
    assert said.output.startswith("This month's budget is $20.00: $0.00 of $20.00 is spent until 20")
    assert (said.exit_code, said.stderr) == (0, "")
    run("budgets", "set", "$0.50", "--per", "day", "-e", "Physics", "--warn", "50")
    made = json.loads(run("budgets", "set", "5", "-p", model.provider, "--off", "--json").output)
    assert (made["amount_usd"], made["warn_percent"], made["enabled"]) == ("5", 80, False)
    shown = run("budgets", "list")
    lines = shown.output.splitlines()
    assert lines[0].split() == ["ID", "BUDGET", "AMOUNT", "LEFT", "SPENT"]
    assert [line.split()[1:5] for line in lines[1:]] == [
        ["this", "month's", "budget", "$20.00"],
        ["today's", "budget", "of", "'Physics'"],
        ["this", "month's", "budget", "for"],
    ]
    assert f"'{model.provider}' (off)" in lines[3]
    assert run("budgets", "delete", lines[2].split()[0]).output == "Removed today's budget of 'Physics'.\n"
    left = json.loads(run("budgets", "list", "--json").output)
    assert [each["budget"]["provider"] for each in left] == [None, model.provider]


def test_a_question_over_budget_is_stopped_unless_it_is_asked_anyway(bench: Workbench, model, run: Run):
    bench.experiences.create("Physics", model=model.id)
    bench.models.correct(model.id, input_usd_per_million=0, output_usd_per_million=1000)
    run("ask", "Why?", "-e", "Physics")
    run("budgets", "set", "0.01")
    stopped = run("ask", "Why?", "-e", "Physics")
    assert stopped.exit_code == 15
    assert "This month's budget is reached: $0.020 of $0.010 is spent until" in stopped.stderr
    anyway = run("ask", "Why?", "-e", "Physics", "--over-budget")
    assert (anyway.exit_code, anyway.stderr) == (0, "")
    assert "w19" in anyway.output
    said = "400 % of this month's budget is spent ($0.040 of $0.010).\n"
    assert run("ask", "Why?", "-e", "Physics", "--estimate").output.endswith(said)
    assert run("alerts", "list").output == said


def test_mistakes_are_named_and_change_nothing(bench: Workbench, run: Run):
    for mistaken, said in (
        (("set", "much"), "'much' is not an amount."),
        (("set", "0"), "above 0"),
        (("set", "1", "--per", "year"), "year"),
        (("set", "1", "-e", "Nowhere"), "Nowhere"),
        (("set", "1", "-p", "nobody"), "nobody"),
        (("set", "1", "--warn", "101"), "from 1 to 100"),
        (("delete", "12345"), "No budget's id ends in '12345'."),
    ):
        result = run("budgets", *mistaken)
        assert result.exit_code != 0
        assert said in result.stderr
    assert len(bench.budgets.list()) == 0
