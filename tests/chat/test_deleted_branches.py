"""What a deleted branch is out of, and what it is not: through the service, and through the client and a real owner."""

import pytest

from tests.chat.test_comparing import merging
from tests.chat.test_replies import chatting
from tests.conftest import add_model
from tests.providers.scripted import reply
from workbench.conversations.branches import Branches
from workbench.errors import InvalidInputError, NotFoundError, ReplyRunningError


async def test_what_is_deleted_is_sent_to_no_model(database):
    async with chatting(database, reply("First."), reply("Second."), reply("Third."), reply("Fourth.")) as bench:
        branches = Branches(database, bench.changes)
        first = (await bench.send()).reply
        await bench.saved(first.id)
        second = await bench.send("And then?")
        await bench.saved(second.reply.id)
        branches.delete(second.message.id)
        third = await bench.send("What else?")
        await bench.saved(third.reply.id)
        assert third.message.parent_id == first.id
        with pytest.raises(NotFoundError):
            await bench.chat.retry(second.reply.id)
        with pytest.raises(NotFoundError):
            await bench.send("And?", parent_id=second.reply.id)
    assert [each.text for each in bench.gateway.requests[-1].turns] == ["Why?", "First.", "What else?"]


async def test_a_merged_reply_stays_and_merges_what_is_left_of_its_sources(database):
    texts = ("aaa", "bbb", "ccc", "abc", "ab", "d", "e")
    async with chatting(database, *map(reply, texts)) as bench:
        branches = Branches(database, bench.changes)
        turn = await merging(bench, "", "", "")
        merged = await bench.chat.merge(turn.message.id)
        await bench.saved(merged.id)
        a, b, c = turn.replies
        branches.delete(c.id)
        assert bench.conversations.message(merged.id).merged_from == (a.id, b.id, c.id)
        again = await bench.chat.retry(merged.id)
        await bench.saved(again.id)
        assert again.merged_from == (a.id, b.id)
        assert "ccc" not in bench.gateway.requests[-1].turns[-1].text
        branches.delete(b.id)
        plain = await bench.chat.retry(merged.id)
        await bench.saved(plain.id)
        assert plain.merged_from == ()
        assert [each.text for each in bench.gateway.requests[-1].turns] == ["Why?"]
        with pytest.raises(InvalidInputError):
            await bench.chat.merge(turn.message.id, replies=[a.id])
        with pytest.raises(NotFoundError):
            await bench.chat.merge(turn.message.id, replies=[a.id, b.id])
        later = await bench.send("And?", parent_id=merged.id)
        await bench.saved(later.reply.id)
    assert [each.text for each in bench.gateway.requests[-1].turns] == ["Why?", "abc", "And?"]


def test_a_branch_is_deleted_and_restored_and_what_was_spent_stays_true(bench, provider, model):
    experience = bench.experiences.create("Physics")
    conversation = bench.conversations.create(experience.id)
    kept = bench.conversations.send(conversation.id, "Why?", model=model.id)
    list(bench.conversations.stream(kept.reply.id))
    gone = bench.conversations.send(conversation.id, "A secret", model=model.id)
    list(bench.conversations.stream(gone.reply.id))
    calls, usage = bench.calls().rows(), bench.usage().rows()
    deleted = bench.branches.delete(gone.message.id)
    assert (deleted.messages, deleted.conversation.head_id) == (2, kept.reply.id)
    found = bench.conversations.get(conversation.id)
    assert [each.id for each in found.messages] == [kept.message.id, kept.reply.id]
    assert found.conversation == deleted.conversation == bench.conversations.list().conversations[0]
    for message in (gone.message, gone.reply):
        with pytest.raises(NotFoundError, match=f"branches restore {gone.message.id}"):
            bench.conversations.message(message.id)
    assert bench.history()["text"].to_list()[0] == "Why?"
    assert bench.history().height == 2
    assert bench.sql("select count(*) from messages").item() == 2
    assert bench.sql("select message_count from conversations").item() == 2
    assert (bench.calls().rows(), bench.usage().rows()) == (calls, usage)
    assert bench.sql("select count(*) from calls").item() == 2
    (hidden,) = bench.branches.deleted(conversation.id)
    assert (hidden.message.text, hidden.messages) == ("A secret", 2)
    restored = bench.branches.restore(gone.message.id)
    assert (restored.messages, restored.conversation.head_id) == (2, gone.reply.id)
    assert bench.history().height == 4
    assert bench.branches.deleted(conversation.id) == ()


def test_what_was_given_with_a_deleted_question_is_no_row(bench, model):
    bench.experiences.create("Physics")
    asked = bench.experiences.open("Physics").ask("What is it?", with_={"answer": 42}, model=model)
    assert bench.sql("select name from attachments").item() == "answer"
    bench.branches.delete(asked.message.parent_id)
    assert bench.sql("select name from attachments").height == 0


def test_a_branch_is_not_deleted_while_a_reply_in_it_is_written(bench, provider):
    slow = add_model(bench, provider, "paced-1000-20")
    conversation = bench.conversations.create(bench.experiences.create("Physics").id)
    turn = bench.conversations.send(conversation.id, "Why?", model=slow.id)
    with pytest.raises(ReplyRunningError, match="Stop it first"):
        bench.branches.delete(turn.message.id)
    bench.conversations.stop(turn.reply.id)
    list(bench.conversations.stream(turn.reply.id))
    emptied = bench.branches.delete(turn.message.id)
    assert (emptied.messages, emptied.conversation.head_id) == (2, None)
    assert bench.conversations.get(conversation.id).messages == ()
    again = bench.conversations.send(conversation.id, "What?", model=slow.id)
    assert again.message.parent_id is None
    bench.conversations.stop(again.reply.id)
