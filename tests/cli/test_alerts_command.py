"""`workbench alerts`, over a real owner."""

import json

from tests.cli.conftest import Run
from workbench.client import Workbench


def test_thresholds_are_set_shown_and_removed(bench: Workbench, model, run: Run):
    assert "There are no thresholds." in run("alerts", "thresholds").stderr
    assert "No threshold is passed." in run("alerts", "list").stderr
    said = run("alerts", "set", "first_token_s", "2.50")
    assert said.output == "An alert is raised where first_token_s of any model is above 2.5 s.\n"
    assert (said.exit_code, said.stderr) == (0, "")
    run("alerts", "set", "cost_usd", "1", "--model", model.id)
    lines = run("alerts", "thresholds").output.splitlines()
    assert lines[0].split() == ["ID", "MEASURE", "MODEL", "AT", "MOST"]
    assert [" ".join(line.split()[1:]) for line in lines[1:]] == [
        "first_token_s every model 2.5 s",
        f"cost_usd {model.id} 1 US dollars",
    ]
    assert run("alerts", "remove", lines[1].split()[0]).output == "Removed the threshold for first_token_s.\n"
    (left,) = json.loads(run("alerts", "thresholds", "--json").output)
    assert (left["measure"], left["most"], left["model"]) == ("cost_usd", "1", model.id)


def test_an_alert_is_one_line(bench: Workbench, model, run: Run):
    bench.alerts.set("reply_s", 0.000001)
    physics = bench.experiences.open(bench.experiences.create("Physics").name)
    for _ in range(5):
        physics.ask("Why?", model=model.id)
    (line,) = run("alerts", "list").output.splitlines()
    assert line.startswith(f"{model.id}: ")
    assert "for a reply, the median of 5 requests in 24 hours" in line


def test_mistakes_are_named_and_change_nothing(bench: Workbench, run: Run):
    for mistaken, said in (
        (("set", "reply_s", "2s"), "'2s' is not a number."),
        (("set", "reply_s", "0"), "above 0"),
        (("set", "speed", "2"), "speed"),
        (("set", "reply_s", "2", "--model", "nobody/knows"), "nobody/knows"),
        (("remove", "12345"), "No threshold's id ends in '12345'."),
    ):
        result = run("alerts", *mistaken)
        assert result.exit_code != 0
        assert said in result.stderr
    assert len(bench.alerts.thresholds()) == 0
