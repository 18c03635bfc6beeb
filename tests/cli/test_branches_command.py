"""`workbench branches`, over a Workbench without an owner."""

import json
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from tests.cli.conftest import NOW, FakeBench, Run
from workbench.clock import new_id
from workbench.conversations.records import BranchChange, Conversation, DeletedBranch, Message


class Branches:
    def __init__(self, kept: Conversation) -> None:
        self.kept = kept
        self.hidden: list[DeletedBranch] = []
        self.asked: list[tuple[str, str]] = []

    def deleted(self, conversation_id: str) -> tuple[DeletedBranch, ...]:
        assert conversation_id == self.kept.id
        return tuple(self.hidden)

    def delete(self, message_id: str) -> BranchChange:
        self.asked.append(("delete", message_id))
        return BranchChange(message_id=message_id, messages=1200, conversation=self.kept)

    def restore(self, message_id: str) -> BranchChange:
        self.asked.append(("restore", message_id))
        return BranchChange(message_id=message_id, messages=len(self.hidden), conversation=self.kept)


class Talk:
    """A conversation of which the command line is told."""

    def __init__(self, fake: FakeBench) -> None:
        self.fake = fake
        self.id = fake.conversations.create(new_id(), title="The sky").id
        self.branches = fake.branches = Branches(self.kept)
        fake.sql = self.sql

    @property
    def kept(self) -> Conversation:
        return self.fake.conversations.kept[self.id]

    def sql(self, query: str) -> dict[str, SimpleNamespace]:
        found = [m.id for m in self.fake.conversations.messages if f"'{m.id[-12:]}'" in query]
        return {"id": SimpleNamespace(to_list=lambda: found)}

    def say(self, text: str, parent: Message | None = None, *, model: str | None = None) -> Message:
        said = Message(
            id=new_id(),
            conversation_id=self.id,
            experience_id=self.kept.experience_id,
            parent_id=parent and parent.id,
            author="assistant" if model else "user",
            text=text,
            model=model,
            created_at=NOW + timedelta(minutes=len(self.fake.conversations.messages)),
            updated_at=NOW,
        )
        self.fake.conversations.messages.append(said)
        return said

    def show(self, head: Message) -> None:
        self.fake.conversations.kept[self.id] = replace(self.kept, head_id=head.id)


@pytest.fixture
def talk(fake: FakeBench) -> Talk:
    return Talk(fake)


def test_a_conversation_is_shown_as_a_tree_with_the_branch_looked_at_marked(talk: Talk, run: Run):
    why = talk.say("Why is\nthe sky blue?")
    first = talk.say("It scatters.", why, model="demo")
    second = talk.say("Rayleigh.", why, model="far/gpt")
    dusk = talk.say("And at dusk?", first)
    talk.say("Red.", dusk, model="demo")
    other = talk.say("Another beginning")
    talk.show(second)
    shown = run("branches", talk.id[-12:])
    assert shown.stdout == run("branches", "show", talk.id).stdout
    title, *lines = shown.stdout.splitlines()
    assert (title, shown.stderr) == ("The sky", "")
    heads = [line[13:].split(" · ")[0] for line in lines]
    assert heads == ["* ├─ You", "  │  ├─ demo", "  │  │  You", "  │  │  demo", "* │  └─ far/gpt", "  └─ You"]
    assert lines[0].startswith(why.id[-12:])
    assert lines[0].endswith(" · Why is the sky blue?")
    assert lines[-1].startswith(other.id[-12:])


def test_many_forks_one_within_the_other_stay_readable(talk: Talk, run: Run):
    asked = None
    for _ in range(300):
        asked = talk.say("Why?", asked)
        talk.say("Or so?", asked)
    lines = run("branches", talk.id).stdout.splitlines()[1:]
    assert len(lines) == 600
    assert max(map(len, lines)) < 100


def test_what_a_message_holds_cannot_command_the_terminal(talk: Talk, run: Run):
    talk.say("\x1b]0;owned\x07Why?\r\nNow")
    assert "\x1b" not in run("branches", talk.id).stdout
    assert run("branches", talk.id).stdout.splitlines()[1].endswith("Why? Now")


def test_an_empty_conversation_says_so(talk: Talk, run: Run):
    assert run("branches", talk.id).stderr == "It holds no messages.\n"


def test_a_tree_as_json_is_the_conversation_with_every_branch(talk: Talk, run: Run):
    talk.say("Why?")
    assert json.loads(run("branches", talk.id, "--json").stdout)["messages"][0]["text"] == "Why?"


def test_a_branch_is_deleted_by_the_end_of_an_id_and_says_how_to_undo_it(talk: Talk, run: Run):
    why = talk.say("Why?")
    ran = run("branches", "delete", why.id[-12:].upper())
    assert ran.stdout == f"Deleted 1,200 messages. To undo: `workbench branches restore {why.id}`.\n"
    assert ran.stderr == ""
    assert run("branches", "delete", why.id, "--json").stdout.startswith("{")
    assert talk.branches.asked == [("delete", why.id)] * 2


def test_what_was_deleted_is_listed_and_restored(talk: Talk, run: Run):
    assert run("branches", "deleted", talk.id).stderr == "Nothing of this conversation is deleted.\n"
    why = talk.say("Why?")
    assert run("branches", "restore", why.id).stdout == "It is there already.\n"
    talk.branches.hidden.append(DeletedBranch(message=why, messages=3, deleted_at=NOW))
    listed = run("branches", "deleted", talk.id).stdout.splitlines()[1]
    assert listed.split()[:3] == ["You", "Why?", "3"]
    assert run("branches", "restore", listed.split()[-1]).stdout == "Restored 1 message.\n"
    assert json.loads(run("branches", "deleted", talk.id, "--json").stdout)[0]["messages"] == 3


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("delete", "abcdef"), 3, "No message's id ends in 'abcdef'."),
        (("delete", "'; --"), 3, "No message's id ends in"),
        (("0123456789ab",), 3, "There is no conversation"),
        (("shwo", "0123456789ab"), 2, "No such command 'shwo'"),
        ((), 2, ""),
    ],
)
def test_what_is_not_there_is_one_line(talk: Talk, run: Run, arguments: tuple[str, ...], code: int, said: str):
    ran = run("branches", *arguments)
    assert ran.exit_code == code
    assert said in ran.stderr
    assert talk.branches.asked == []
