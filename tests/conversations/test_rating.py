"""Thumbs and notes on replies: what is kept, what is refused, and what a thumb leaves as it was."""

import json
import os
from dataclasses import replace
from datetime import timedelta

import pytest

from workbench.app import MIGRATIONS
from workbench.clock import new_id, utc_now
from workbench.conversations.records import Message
from workbench.conversations.service import LONGEST_NOTE, Conversations
from workbench.errors import InvalidInputError, NotFoundError, ReplyRunningError
from workbench.events import Changes
from workbench.storage.caller import Caller, caller
from workbench.storage.database import Database

RATING = ("conversations", 5)
"""The step of the store that thumbs came with."""


@pytest.fixture
def conversations(database):
    return Conversations(database, Changes())


def running(conversations) -> Message:
    conversation = conversations.create(new_id())
    now = utc_now()
    where = {"conversation_id": conversation.id, "experience_id": conversation.experience_id}
    question = Message(id=new_id(), author="user", text="Why?", created_at=now, updated_at=now, **where)
    reply = replace(
        question,
        id=new_id(),
        parent_id=question.id,
        author="assistant",
        text="",
        status="running",
        model="local/test",
        created_at=now + timedelta(microseconds=1),
    )
    return conversations.ask(question, reply).reply


@pytest.fixture
def reply(conversations):
    return conversations.finish(replace(running(conversations), text="Because.", status="complete"))


def rated(conversations, reply) -> tuple[str | None, str]:
    found = conversations.message(reply.id)
    return found.rating, found.rating_note


def test_a_thumb_and_a_note_are_kept_changed_and_taken_back(conversations, reply):
    assert conversations.rate(reply.id, "up") == replace(reply, rating="up")
    assert conversations.rate(reply.id, note="  Short.\x00\ud800 ").rating_note == "Short.�?"
    conversations.rate(reply.id, "down")
    assert rated(conversations, reply) == ("down", "Short.�?")
    conversations.rate(reply.id, "down", note="Wrong.")
    assert rated(conversations, reply) == ("down", "Wrong.")
    conversations.rate(reply.id, note=" ")
    assert rated(conversations, reply) == ("down", "")
    assert conversations.remove_rating(reply.id) == conversations.remove_rating(reply.id) == reply
    assert conversations.message(reply.id) == reply


def test_a_note_needs_a_thumb_and_room_and_a_question_has_neither(conversations, reply):
    with pytest.raises(InvalidInputError, match=r"this reply has none\. Give one with it"):
        conversations.rate(reply.id, note="Good.")
    with pytest.raises(InvalidInputError, match=r"at most 2,000 characters; this one has 2,001"):
        conversations.rate(reply.id, "up", note="x" * (LONGEST_NOTE + 1))
    assert conversations.rate(reply.id, "up", note="x" * LONGEST_NOTE).rating_note == "x" * LONGEST_NOTE
    with pytest.raises(InvalidInputError, match="Only a reply can be rated"):
        conversations.rate(reply.parent_id, "up")
    with pytest.raises(NotFoundError):
        conversations.rate(new_id(), "up")


def test_a_reply_that_is_being_written_is_rated_when_it_has_ended_and_goes_on_with_its_thumb(conversations):
    reply = running(conversations)
    for rate in (lambda: conversations.rate(reply.id, "up"), lambda: conversations.remove_rating(reply.id)):
        with pytest.raises(ReplyRunningError, match="still being written"):
            rate()
    conversations.stop(reply.id)
    conversations.rate(reply.id, "up", note="So far.")
    resumed = conversations.resume(reply.id, model="local/b", model_name="b", provider="local")
    conversations.finish(replace(resumed, text="Whole.", status="complete", rating=None, rating_note=""))
    assert rated(conversations, reply) == ("up", "So far.")


def test_a_thumb_is_no_change_of_the_text_nor_of_the_conversation(conversations, reply):
    before = conversations.get(reply.conversation_id)
    conversations.rate(reply.id, "up", note="Good.")
    assert conversations.get(reply.conversation_id) == before
    assert conversations.message(reply.id).updated_at == reply.updated_at


def test_the_log_says_what_was_given_and_never_the_note(conversations, reply, database):
    conversations.rate(reply.id, "down", note="Rude to Ann.")
    conversations.rate(reply.id, "down", note="Rude to Ann.")
    conversations.remove_rating(reply.id)
    rows = database.read("SELECT action, detail FROM audit WHERE record_id = ? ORDER BY number", (reply.id,))
    assert [(action, json.loads(detail)) for action, detail in rows[-2:]] == [
        ("messages.rate", {"rating": "down", "has_note": True}),
        ("messages.remove_rating", {"rating": None, "has_note": False}),
    ]
    assert len([action for action, _ in rows if action == "messages.rate"]) == 1
    assert not [row for row in database.read("SELECT * FROM audit") if "Ann" in str(row)]


def test_a_thumb_that_comes_again_late_does_not_undo_a_later_one(conversations, reply):
    token = caller.set(Caller(request_key="first"))
    conversations.rate(reply.id, "up")
    caller.reset(token)
    conversations.rate(reply.id, "down")
    token = caller.set(Caller(request_key="first"))
    assert conversations.rate(reply.id, "up").rating == "up"
    caller.reset(token)
    assert rated(conversations, reply) == ("down", "")


def test_replies_of_an_older_store_have_no_thumb_and_can_be_given_one(tmp_path):
    database = Database(tmp_path / "store.duckdb", key=os.urandom(32), spill=tmp_path / "spill")
    database.migrate([step for step in MIGRATIONS if step.slice != RATING[0] or step.number < RATING[1]])
    now, ids = utc_now(), [new_id() for _ in range(3)]
    database.write(
        lambda tx: tx.execute(
            """INSERT INTO messages (id, owner_id, conversation_id, experience_id, author, text, reasoning, status,
               created_at, updated_at, revision) VALUES (?, 'me', ?, ?, 'assistant', 'Old.', '',
               'complete', ?, ?, 1)""",
            (*ids, now, now),
        )
    )
    database.migrate(MIGRATIONS)
    conversations = Conversations(database, Changes())
    old = conversations.message(ids[0])
    assert (old.text, old.rating, old.rating_note) == ("Old.", None, "")
    assert conversations.rate(old.id, "up").rating == "up"
    database.close()
