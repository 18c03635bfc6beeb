"""`workbench rules`, over a real owner."""

import json

import pytest

from tests.cli.conftest import Run
from workbench.client import Workbench


def test_rules_are_added_tried_changed_moved_deleted_and_restored(bench: Workbench, run: Run):
    bench.experiences.create("Physics")
    assert "Risky prompts" in run("rules", "list").output

    said = run("rules", "add", "personal", "email", "--action", "redact")
    assert said.output.startswith("Added 'Personal data' (")
    run("rules", "add", "words", "basalt", "cirrus", "-e", "Physics", "--action", "ask", "--name", "Codenames")
    made = json.loads(run("rules", "add", "length", "--most-words", "50", "--json").output)
    assert (made["scope"], made["most_words"]) == ("home", 50)

    tried = run("rules", "try", "jane@example.org on basalt", "-e", "Physics")
    assert tried.stdout == "[removed: e-mail address] on basalt\n"
    assert "Asked by the rule 'Codenames': 'basalt'." in tried.stderr
    assert run("rules", "try", "on basalt").stderr == "No rule finds anything.\n"

    assert run("rules", "change", made["id"], "--most-words", "80").exit_code == 0
    assert run("rules", "disable", made["id"][-8:]).output == "'Length of replies' is off.\n"
    assert run("rules", "enable", made["id"][-8:]).output == "'Length of replies' is on.\n"
    assert run("rules", "move", made["id"], "1").output == "Moved 'Length of replies'.\n"
    assert [one["name"] for one in json.loads(run("rules", "list", "--json").output)] == [
        "Length of replies",
        "Risky prompts",
        "Personal data",
        "Codenames",
    ]
    deleted = run("rules", "delete", made["id"][-8:])
    assert f"`workbench rules restore {made['id']}`" in deleted.output
    assert run("rules", "restore", made["id"]).output == "Restored 'Length of replies'.\n"
    assert "No rule has found anything." in run("rules", "firings").stderr


@pytest.mark.usefixtures("bench")
def test_mistakes_are_named(run: Run):
    for mistaken, said in (
        (("add", "pattern", "--text", "a+"), "may repeat without end"),
        (("add", "secrets", "nobody"), "There is no detector 'nobody'"),
        (("add", "words", "a", "-e", "Nowhere"), "no Experience"),
        (("delete", "zzzz"), "No rule's id ends in 'zzzz'."),
        (("undo", "zzzz"), "No firing's id ends in 'zzzz'."),
    ):
        refused = run("rules", *mistaken)
        assert refused.exit_code in (2, 3), mistaken
        assert said in refused.stderr
        assert "Traceback" not in refused.stderr
