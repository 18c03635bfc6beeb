"""Deleting branches and bringing them back: what is hidden, what is shown then, and what is refused."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.clock import new_id, utc_now
from workbench.conversations import tree
from workbench.conversations.branches import Branches
from workbench.conversations.records import Given, Message
from workbench.conversations.service import Conversations
from workbench.errors import ConflictError, NotFoundError, ReplyRunningError
from workbench.events import Changes
from workbench.security import audit


class Talk:
    """One conversation, and a way to have more of it."""

    def __init__(self, database):
        self.database = database
        self.changes = Changes()
        self.all = Conversations(database, self.changes)
        self.branches = Branches(database, self.changes)
        self.id = self.all.create(new_id()).id

    @property
    def now(self):
        return self.all.get(self.id)

    @property
    def ids(self):
        return [message.id for message in self.all.messages(self.id)]

    def message(self, parent_id=None, **fields) -> Message:
        now = utc_now()
        known = {"id": new_id(), "conversation_id": self.id, "experience_id": self.now.experience_id}
        return Message(**known, parent_id=parent_id, text="Why?", created_at=now, updated_at=now, **fields)

    def ask(self, parent_id=None, *, ends=True, attachments=(), **fields) -> tuple[str, str]:
        """The ids of a question and of its reply."""
        asked = self.message(parent_id, author="user")
        reply = replace(self.message(asked.id, author="assistant", status="running", **fields), text="")
        turn = self.all.ask(asked, replace(reply, created_at=asked.created_at + timedelta(microseconds=1)), attachments)
        if ends:
            self.all.finish(replace(turn.reply, text="So.", status="complete"))
        return asked.id, reply.id

    def again(self, question_id) -> str:
        """The id of another reply to a question."""
        reply = self.all.begin_sibling(self.message(question_id, author="assistant", status="running"))
        self.all.finish(replace(reply, status="complete"))
        return reply.id


@pytest.fixture
def talk(database):
    return Talk(database)


def test_a_message_goes_with_all_that_follows_it_on_every_branch(talk):
    question, reply = talk.ask()
    second, answer = talk.ask(reply)
    other = talk.again(second)
    edited, _ = talk.ask(reply)
    deleted = talk.branches.delete(second)
    assert (deleted.message_id, deleted.messages, deleted.conversation) == (second, 3, talk.now)
    assert {second, answer, other}.isdisjoint(talk.ids)
    assert talk.now.message_count == len(talk.ids) == 4
    assert {question, reply, edited} < set(talk.ids)


def test_what_is_restored_is_what_was_deleted_and_is_shown_as_before(talk):
    _, reply = talk.ask()
    second, answer = talk.ask(reply)
    talk.again(second)
    edited, _ = talk.ask(reply)
    talk.all.update(talk.id, {"head_id": answer})
    before = talk.all.tree(talk.id)
    talk.branches.delete(answer)
    talk.branches.delete(reply)
    assert talk.ids == [before.messages[0].id]
    assert [one.messages for one in talk.branches.deleted(talk.id)] == [5, 1]
    assert talk.branches.restore(reply).messages == 5
    assert answer not in talk.ids
    assert edited in talk.ids
    talk.branches.restore(answer)
    after = talk.all.tree(talk.id)
    assert after.messages == before.messages
    assert (after.conversation.head_id, after.conversation.message_count) == (answer, 7)
    assert talk.branches.deleted(talk.id) == ()


def test_the_nearest_branch_beside_it_is_shown_then_else_what_it_followed(talk):
    question, first = talk.ask()
    _, end = talk.ask(first)
    second = talk.again(question)
    third = talk.again(question)
    assert talk.branches.delete(third).conversation.head_id == second
    assert talk.branches.delete(second).conversation.head_id == end
    talk.branches.restore(third)
    assert talk.now.head_id == third
    assert talk.branches.delete(first).conversation.head_id == third
    assert talk.branches.delete(third).conversation.head_id == question


def test_what_is_shown_stays_if_another_branch_goes(talk):
    _, reply = talk.ask()
    other, _ = talk.ask(reply)
    _, shown = talk.ask(reply)
    assert talk.branches.delete(other).conversation.head_id == shown
    assert talk.branches.restore(other).conversation.head_id == shown


def test_the_last_branch_leaves_an_empty_conversation_that_goes_on_and_comes_back(talk):
    question, reply = talk.ask()
    emptied = talk.branches.delete(question).conversation
    assert (emptied.head_id, emptied.message_count, emptied.title) == (None, 0, "Why?")
    assert talk.all.update(talk.id, {"title": ""}).title == ""
    talk.ask()
    talk.branches.delete(talk.ids[0])
    assert talk.branches.restore(question).conversation.head_id == reply


def test_a_branch_in_which_a_reply_is_written_is_not_deleted(talk):
    question, reply = talk.ask()
    _, running = talk.ask(reply, ends=False)
    with pytest.raises(ReplyRunningError, match=r"still being written. Stop it first"):
        talk.branches.delete(question)
    assert len(talk.ids) == 4
    other = talk.again(question)
    assert talk.branches.delete(other).messages == 1
    talk.all.stop(running)
    assert talk.branches.delete(question).messages == 4


def test_nothing_follows_what_is_deleted(talk):
    question, reply = talk.ask()
    talk.branches.delete(reply)
    with pytest.raises(NotFoundError, match=f"branches restore {reply}"):
        talk.ask(reply)
    with pytest.raises(NotFoundError):
        talk.all.update(talk.id, {"head_id": reply})
    with pytest.raises(NotFoundError):
        talk.all.resume(reply, model="m", model_name="m", provider="p")
    talk.branches.delete(question)
    with pytest.raises(NotFoundError):
        talk.again(question)
    assert talk.ids == []


def test_what_was_given_with_a_deleted_question_is_not_given_again(talk):
    question, _ = talk.ask(attachments=[Given(kind="text", name="a.md", text="A")])
    assert talk.all.attachment(question, 0).text == "A"
    talk.branches.delete(question)
    with pytest.raises(NotFoundError):
        talk.all.attachment(question, 0)
    with pytest.raises(NotFoundError):
        talk.all.given(question, within=talk.id)
    talk.branches.restore(question)
    assert talk.all.attachment(question, 0).text == "A"


def test_both_can_be_repeated_and_change_nothing_then(talk):
    question, _ = talk.ask()
    first = talk.branches.delete(question)
    assert talk.branches.delete(question) == first
    restored = talk.branches.restore(question)
    assert talk.branches.restore(question) == replace(restored, messages=0)
    assert talk.now == restored.conversation


def test_what_went_with_an_earlier_message_comes_back_with_it_alone(talk):
    question, reply = talk.ask()
    talk.branches.delete(reply)
    talk.branches.delete(question)
    with pytest.raises(NotFoundError):
        talk.branches.delete(new_id())
    with pytest.raises(ConflictError, match=f"branches restore {question}"):
        talk.branches.restore(reply)
    other, answer = talk.ask()
    talk.branches.delete(other)
    with pytest.raises(ConflictError, match=f"branches restore {other}"):
        talk.branches.restore(answer)


def test_a_message_that_there_never_was_is_not_found(talk):
    for change in (talk.branches.delete, talk.branches.restore, talk.branches.deleted):
        with pytest.raises(NotFoundError):
            change(new_id())
        with pytest.raises(NotFoundError):
            change("no id")


def test_a_branch_of_thousands_in_one_line_goes_and_comes_back(talk, database):
    question, reply = talk.ask()
    parents = [reply, *(new_id() for _ in range(5000))]
    rows = ", ".join(
        f"('{id}', 'me', '{talk.id}', '{talk.now.experience_id}', '{parent}', 'user', 'x', '', 'complete', "
        f"now() + INTERVAL {at} MICROSECOND, now(), 1)"
        for at, (parent, id) in enumerate(pairwise(parents))
    )
    columns = "id, owner_id, conversation_id, experience_id, parent_id, author, text, reasoning, status"
    database.write(
        lambda tx: tx.execute(f"INSERT INTO messages ({columns}, created_at, updated_at, revision) VALUES {rows}")
    )
    talk.all.update(talk.id, {"head_id": parents[-1]})
    assert talk.branches.delete(parents[1]).messages == 5000
    assert (talk.ids, talk.now.head_id) == ([question, reply], reply)
    assert talk.branches.restore(parents[1]).conversation.head_id == parents[-1]


async def test_everyone_is_told_and_the_log_says_how_much(talk, database):
    question, _ = talk.ask()
    with talk.changes.listen() as waiting:
        talk.branches.delete(question)
        talk.branches.restore(question)
        told = [await waiting.get() for _ in range(4)]
    assert [(one.noun, one.action) for one in told] == [
        ("messages", "delete"),
        ("conversations", "delete"),
        ("messages", "restore"),
        ("conversations", "restore"),
    ]
    assert {one.experience_id for one in told} == {talk.now.experience_id}
    rows = database.read("SELECT action, record_id FROM audit ORDER BY number DESC LIMIT 2")
    assert rows == [("messages.restore", question), ("messages.delete", question)]
    assert audit.verify(database) is None


def hung(parents) -> list[Message]:
    """Messages of which each follows the one at that place, or none."""
    now = utc_now()
    ids = [new_id() for _ in parents]
    return [
        Message(
            id=id,
            conversation_id="",
            experience_id="",
            parent_id=None if at is None else ids[at],
            author="user",
            text="",
            created_at=now,
            updated_at=now,
        )
        for id, at in zip(ids, parents, strict=True)
    ]


shapes = st.integers(1, 12).flatmap(
    lambda size: st.tuples(*(st.none() if at == 0 else st.none() | st.integers(0, at - 1) for at in range(size)))
)


@given(shapes, st.data())
def test_what_is_shown_after_a_deletion_is_the_end_of_a_branch_that_is_left(parents, data):
    messages = hung(parents)
    gone = data.draw(st.sampled_from(messages))
    below = {message.id for message in tree.below(messages, gone.id)}
    left = [message for message in messages if message.id not in below]
    assert all(message.parent_id not in below for message in left)
    head = tree.nearest(messages, gone)
    beside = [message for message in left if message.parent_id == gone.parent_id]
    if beside:
        assert head in {message.id for message in left}
        assert head not in {message.parent_id for message in left}
    else:
        assert head == gone.parent_id
