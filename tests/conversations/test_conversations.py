from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.clock import new_id, utc_now
from workbench.conversations import store, tree
from workbench.conversations.records import Fault, Message
from workbench.conversations.service import Conversations, clean_text
from workbench.conversations.store import Part
from workbench.errors import ConflictError, InvalidInputError, NotFoundError, ReplyRunningError
from workbench.events import Changes
from workbench.storage.caller import Caller, caller


@pytest.fixture
def conversations(database):
    return Conversations(database, Changes())


@pytest.fixture
def conversation(conversations):
    return conversations.create(new_id())


def question(conversation, text="Why is the sky blue?", parent_id=None) -> Message:
    now = utc_now()
    return Message(
        id=new_id(),
        conversation_id=conversation.id,
        experience_id=conversation.experience_id,
        parent_id=parent_id,
        author="user",
        text=text,
        created_at=now,
        updated_at=now,
    )


def pending(asked: Message) -> Message:
    return replace(
        asked,
        id=new_id(),
        parent_id=asked.id,
        author="assistant",
        text="",
        status="running",
        model="local/test",
        created_at=asked.created_at + timedelta(microseconds=1),
    )


def asked_and_running(conversations, conversation, **given) -> tuple[Message, Message]:
    asked = question(conversation, **given)
    turn = conversations.ask(asked, pending(asked))
    return turn.message, turn.reply


def test_a_question_and_its_pending_reply_are_saved_together(conversations, conversation):
    asked, reply = asked_and_running(conversations, conversation)
    found = conversations.tree(conversation.id)
    assert found.messages == (asked, reply)
    assert (found.conversation.head_id, found.conversation.message_count) == (reply.id, 2)
    assert found.conversation.title == "Why is the sky blue?"


def test_parts_show_while_a_reply_runs_and_are_folded_once(conversations, conversation, database):
    _, reply = asked_and_running(conversations, conversation)
    conversations.append_parts([Part(reply.id, reply.experience_id, 0, "Because ", "hm")])
    conversations.append_parts([Part(reply.id, reply.experience_id, 1, "of scattering", "")])
    assert conversations.message(reply.id).text == "Because of scattering"
    assert conversations.tree(conversation.id).messages[1].reasoning == "hm"
    ended = replace(reply, text="Because of scattering.", status="complete", cost_usd=Decimal("0.000000123"))
    saved = conversations.finish(ended)
    assert conversations.message(reply.id) == saved
    assert saved.cost_usd == Decimal("0.000000123")
    assert database.tables()["message_parts"] == 0


def test_what_ran_when_the_owner_was_killed_is_interrupted_with_all_that_was_saved(
    conversations, conversation, database
):
    _, reply = asked_and_running(conversations, conversation)
    conversations.append_parts([Part(reply.id, reply.experience_id, 0, "Half an ans", "")])
    assert Conversations(database, Changes()).recover() == 1
    found = conversations.message(reply.id)
    assert (found.status, found.text) == ("interrupted", "Half an ans")
    assert found.fault is not None
    assert conversations.recover() == 0
    calls = database.read("SELECT message_id::VARCHAR, model, ended, total_ms FROM calls")
    assert calls == [(reply.id, reply.model or "", "interrupted", None)]


def test_an_interrupted_reply_goes_on_with_its_text_kept(conversations, conversation):
    _, reply = asked_and_running(conversations, conversation)
    conversations.append_parts([Part(reply.id, reply.experience_id, 0, "Half", "")])
    conversations.recover()
    resumed = conversations.resume(reply.id, model="local/b", model_name="b", provider="local")
    assert (resumed.status, resumed.text, resumed.fault, resumed.model) == ("running", "Half", None, "local/b")
    with pytest.raises(ReplyRunningError):
        conversations.resume(reply.id, model="local/b", model_name="b", provider="local")


def test_a_complete_reply_is_not_continued(conversations, conversation):
    _, reply = asked_and_running(conversations, conversation)
    conversations.finish(replace(reply, text="Done.", status="complete"))
    with pytest.raises(InvalidInputError):
        conversations.resume(reply.id, model="m", model_name="m", provider="p")


def test_a_question_cannot_follow_a_reply_that_is_still_written(conversations, conversation):
    _, reply = asked_and_running(conversations, conversation)
    asked = question(conversation, parent_id=reply.id)
    with pytest.raises(ReplyRunningError):
        conversations.ask(asked, pending(asked))
    assert len(conversations.tree(conversation.id).messages) == 2


def test_a_question_cannot_follow_a_message_of_another_conversation(conversations, conversation):
    other = conversations.create(conversation.experience_id)
    _, reply = asked_and_running(conversations, other)
    asked = question(conversation, parent_id=reply.id)
    with pytest.raises(NotFoundError):
        conversations.ask(asked, pending(asked))


def test_trying_again_makes_a_sibling_that_is_shown(conversations, conversation):
    asked, reply = asked_and_running(conversations, conversation)
    conversations.finish(replace(reply, text="First.", status="complete"))
    second = conversations.begin_sibling(pending(asked))
    found = conversations.tree(conversation.id)
    assert {m.parent_id for m in found.messages[1:]} == {asked.id}
    assert (found.conversation.head_id, found.conversation.message_count) == (second.id, 3)


def test_a_request_that_is_repeated_changes_nothing(conversations, conversation):
    asked = question(conversation)
    reply = pending(asked)
    first = conversations.ask(asked, reply)
    assert conversations.ask(asked, reply) == first
    assert conversations.tree(conversation.id).conversation.message_count == 2
    token = caller.set(Caller(request_key="again"))
    changed = [conversations.update(conversation.id, {"title": t}) for t in ("One", "Two")]
    caller.reset(token)
    assert [c.title for c in changed] == ["One", "One"]


def test_an_id_that_another_message_has_is_refused(conversations, conversation):
    asked, reply = asked_and_running(conversations, conversation)
    other = question(conversations.create(new_id()))
    for message, answer in (
        (asked, pending(asked)),
        (replace(question(conversation), id=reply.id), pending(asked)),
        (other, replace(pending(other), id=reply.id)),
        (other, replace(pending(other), id=other.id)),
        (replace(other, id=asked.id), replace(pending(other), id=reply.id)),
    ):
        with pytest.raises(ConflictError):
            conversations.ask(message, answer)
    with pytest.raises(ConflictError):
        conversations.begin_sibling(replace(pending(asked), id=asked.id))
    assert [m.id for m in conversations.messages(conversation.id)] == [asked.id, reply.id]


@pytest.mark.parametrize("hours", [0, 5, -5])
def test_a_part_that_is_saved_again_takes_the_place_of_the_first_whatever_the_clock_says(
    conversations, conversation, hours, monkeypatch
):
    _, reply = asked_and_running(conversations, conversation)
    conversations.append_parts([Part(reply.id, reply.experience_id, 0, "One ", "")])
    conversations.append_parts([Part(reply.id, reply.experience_id, 1, "two ", "")])
    monkeypatch.setattr("workbench.conversations.service.utc_now", lambda: utc_now() + timedelta(hours=hours))
    conversations.append_parts([Part(reply.id, reply.experience_id, 1, "two three", "")])
    assert conversations.message(reply.id).text == "One two three"


def test_showing_another_branch_and_renaming(conversations, conversation):
    asked, reply = asked_and_running(conversations, conversation)
    changed = conversations.update(conversation.id, {"head_id": asked.id, "title": "  Sky\n colour "})
    assert (changed.head_id, changed.title) == (asked.id, "Sky colour")
    with pytest.raises(NotFoundError):
        conversations.update(conversation.id, {"head_id": new_id()})
    with pytest.raises(ConflictError):
        conversations.update(conversation.id, {"title": "x"}, revision=1)
    del reply


def test_an_empty_title_gives_way_to_the_first_question(conversations, conversation):
    assert conversations.update(conversation.id, {"title": " "}).title == ""
    asked, reply = asked_and_running(conversations, conversation)
    conversations.finish(replace(reply, status="complete"))
    asked_and_running(conversations, conversation, text="And at night?", parent_id=reply.id)
    assert conversations.update(conversation.id, {"title": "Sky"}).title == "Sky"
    assert conversations.update(conversation.id, {"title": "\n"}).title == asked.text


def test_pages_hold_every_conversation_once_latest_first(conversations):
    experience, other = new_id(), new_id()
    made = [conversations.create(experience).id for _ in range(25)]
    conversations.create(other)
    seen, cursor = [], None
    while True:
        page = conversations.page(experience, limit=10, cursor=cursor)
        seen += [c.id for c in page.conversations]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == made[::-1]
    assert page.total == 25
    assert conversations.page().total == 26


def test_a_conversation_that_changes_while_a_page_is_read_is_in_it(conversations, conversation, database):
    titles = iter(("Stars", "Planets", "Moons", "Comets", "Dust", "Gas"))

    def read_beside_a_writer(query, parameters=()):
        rows = database.read(query, parameters)
        conversations.update(conversation.id, {"title": next(titles)})
        return rows

    page = store.page(read_beside_a_writer, conversation.experience_id, 10, None)
    assert [each.id for each in page.conversations] == [conversation.id]


@pytest.mark.parametrize("cursor", ["nonsense", "bm9uc2Vuc2U=", "////"])
def test_a_cursor_that_is_none_is_refused(conversations, cursor):
    with pytest.raises(InvalidInputError, match="cursor"):
        conversations.page(cursor=cursor)


def test_a_fault_is_kept_with_its_remedy(conversations, conversation):
    _, reply = asked_and_running(conversations, conversation)
    fault = Fault(code="stream_cut", message="It was “cut”.", remedy="Continue it.")
    conversations.finish(replace(reply, status="failed", fault=fault))
    assert conversations.message(reply.id).fault == fault


@given(st.text(st.characters(codec=None), max_size=200))
def test_any_text_is_kept_as_it_is_or_refused_as_empty(text):
    try:
        kept = clean_text(text)
    except InvalidInputError:
        assert not text.strip() or text.strip("\x00 ") == ""
    else:
        kept.encode()


@given(st.text())
def test_a_title_is_one_short_line(text):
    title = tree.title_of(text)
    assert "\n" not in title
    assert len(title) <= tree.TITLE_LENGTH + 1


def test_a_branch_reads_from_its_beginning(conversations, conversation):
    asked, reply = asked_and_running(conversations, conversation)
    conversations.finish(replace(reply, text="First.", status="complete"))
    later, last = asked_and_running(conversations, conversation, text="And red?", parent_id=reply.id)
    messages = tree.by_id(conversations.tree(conversation.id).messages)
    assert [m.id for m in tree.branch(messages, last.id)] == [asked.id, reply.id, later.id, last.id]
