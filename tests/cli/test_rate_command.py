"""`workbench rate`, over a real owner."""

import json

import pytest

from tests.cli.conftest import Run
from workbench.client import Workbench


@pytest.fixture
def reply(bench: Workbench, model) -> str:
    """The id of a reply."""
    conversation = bench.conversations.create(bench.experiences.create("Physics").id)
    turn = bench.conversations.send(conversation.id, "Why?", model=model.id)
    list(bench.conversations.stream(turn.reply.id))
    return turn.reply.id


def test_a_reply_is_rated_and_shown_so(bench: Workbench, run: Run, reply: str):
    conversation = bench.conversations.message(reply).conversation_id
    said = run("rate", reply[-12:], "down", "--note", "Too \x1b[31mlong.")
    assert (said.exit_code, said.stdout, said.stderr) == (0, "Rated bad: Too long.\n", "")
    shown = run("conversations", "show", conversation).stdout
    assert f" · {reply[-12:]}\n" in shown
    assert shown.rstrip().endswith("Rated bad: Too long.")
    listed = run("models", "list", "--measured").stdout.splitlines()
    assert (listed[0].split()[-1], listed[1].split()[-3:]) == ("Liked", ["0", "of", "1"])
    again = json.loads(run("rate", reply, "up", "--note", "-", "--json", stdin="Read again.\n").stdout)
    assert (again["rating"], again["rating_note"]) == ("up", "Read again.")
    assert run("rate", reply, "clear").stdout == "Thumb and note are taken back.\n"
    assert "Rated" not in run("conversations", "show", conversation).stdout


def test_what_cannot_be_rated_says_why(bench: Workbench, run: Run, reply: str):
    question = bench.conversations.message(reply).parent_id
    for arguments, code, words in (
        (("nothing", "up"), 3, "No reply's id ends in 'nothing'."),
        (("", "up"), 3, "No reply's id ends in ''."),
        (("ffffffffffff", "up"), 3, "`workbench conversations show ID` shows them."),
        ((question, "up"), 2, "Only a reply can be rated"),
        ((reply, "clear", "--note", "x"), 2, "A note goes with a thumb."),
        ((reply, "great"), 2, "'great' is not one of"),
    ):
        told = run("rate", *arguments)
        assert (told.exit_code, told.stdout) == (code, "")
        assert words in told.stderr
    assert bench.conversations.message(reply).rating is None
