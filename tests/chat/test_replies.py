import asyncio
import contextlib
import statistics
import time
from decimal import Decimal
from itertools import pairwise

import pytest

from tests.providers.scripted import Hold, NoBudgets, Pause, ScriptedGateway, cut, failure, reply
from tests.rules.made import rules_of
from workbench.chat import replies as module
from workbench.chat.replies import Piece, Replies
from workbench.chat.service import Chat
from workbench.chat.shaping import Shaping
from workbench.clock import new_id
from workbench.conversations.records import Message
from workbench.conversations.service import Conversations
from workbench.errors import DiskFullError, ModelMissingError, RateLimitedError, ReplyRunningError
from workbench.events import Changes
from workbench.experiences.service import Experiences
from workbench.personalities.service import Personalities
from workbench.prompts.service import Prompts
from workbench.providers.fallback import Asker
from workbench.providers.records import Finished, Model, ReasoningDelta, ToolCall

MODEL = Model(id="local/scripted", name="scripted", provider="local", kind="local", context_tokens=2048)


OTHER = Model(id="far/other", name="other", provider="far", kind="openai")


class TwoModels:
    """A catalogue with two models in it, of which the first is the default."""

    def resolve(self, id):
        found = {None: MODEL, MODEL.id: MODEL, OTHER.id: OTHER}.get(id)
        if found is None:
            raise ModelMissingError(f"There is no model {id!r}.", remedy="Add it.")
        return found


class Bench:
    """A chat over a scripted gateway, or another one, in one conversation."""

    def __init__(self, database, gateway, group, models=None):
        changes = self.changes = Changes()
        self.gateway = gateway
        self.experiences = Experiences(database, changes)
        self.conversations = Conversations(database, changes)
        self.replies = Replies(Asker(gateway, sleep=self.sleep), self.conversations, group)
        rules = rules_of(database, self.experiences, self.conversations)
        self.chat = Chat(
            experiences=self.experiences,
            conversations=self.conversations,
            models=models or TwoModels(),
            replies=self.replies,
            purse=NoBudgets(),
            shaping=Shaping(Personalities(database, changes), Prompts(database, changes), rules),
            rules=rules,
        )
        self.conversation = self.conversations.create(self.experiences.create("Physics").id)

    async def sleep(self, seconds):
        """No time goes by."""

    async def send(self, text="Why?", **given):
        return await self.chat.send(self.conversation.id, text, **given)

    async def ended(self, message_id) -> Message:
        *_, last = [event async for event in self.chat.follow(message_id)]
        return last

    async def saved(self, message_id) -> None:
        with self.changes.listen() as waiting:
            while self.replies.is_running(message_id):
                await waiting.get()
                await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def chatting(database, *scripts):
    async with asyncio.TaskGroup() as group:
        bench = Bench(database, ScriptedGateway(*scripts), group)
        try:
            yield bench
        finally:
            bench.replies.leave()


async def test_a_reply_streams_and_is_saved_with_what_it_took(database):
    async with chatting(database, reply("Because ", "of scattering.")) as bench:
        turn = await bench.send()
        events = [event async for event in bench.chat.follow(turn.reply.id)]
    assert isinstance(events[0], Message)
    assert events[0].text + "".join(e.text for e in events if isinstance(e, Piece)) == "Because of scattering."
    saved = bench.conversations.message(turn.reply.id)
    assert events[-1] == saved
    assert (saved.status, saved.text, saved.model, saved.model_name) == (
        "complete", "Because of scattering.", MODEL.id, "scripted",
    )  # fmt: skip
    assert saved.input_tokens == 5
    assert saved.first_token_ms is not None
    assert saved.total_ms >= saved.first_token_ms


async def test_another_model_is_sent_the_turns_that_the_one_before_it_answered(database):
    async with chatting(database, reply("Scattering."), reply("Longer paths.")) as bench:
        first = await bench.ended((await bench.send("Why is the sky blue?")).reply.id)
        second = await bench.ended((await bench.send("And sunsets?", model=OTHER.id)).reply.id)
    assert (first.model, second.model, second.text) == (MODEL.id, OTHER.id, "Longer paths.")
    request = bench.gateway.requests[-1]
    assert request.model == OTHER
    assert [(turn.role, turn.text) for turn in request.turns] == [
        ("user", "Why is the sky blue?"), ("assistant", "Scattering."), ("user", "And sunsets?"),
    ]  # fmt: skip


async def test_reasoning_is_kept_apart_from_the_answer(database):
    async with chatting(database, reply(ReasoningDelta(text="Hm."), "Yes.")) as bench:
        turn = await bench.send()
        ended = await bench.ended(turn.reply.id)
    assert (ended.reasoning, ended.text) == ("Hm.", "Yes.")


async def test_stopping_keeps_what_arrived_and_closes_the_upstream(database):
    hold = Hold()
    async with chatting(database, reply("Half ", hold, "never")) as bench:
        turn = await bench.send()
        await hold.reached.wait()
        stopped = await bench.chat.stop(turn.reply.id)
        assert (stopped.status, stopped.text) == ("stopped", "Half ")
        assert bench.gateway.abandoned == 1
        assert await bench.chat.stop(turn.reply.id) == stopped


async def test_a_reply_that_was_saved_and_never_started_can_be_stopped_and_goes_on(database, monkeypatch):
    def unreadable(_conversation_id):
        raise DiskFullError("The disk is full.", remedy="Free some space.")

    reply_id = new_id()
    async with chatting(database, reply("First."), reply("At last.")) as bench:
        await bench.ended((await bench.send()).reply.id)
        with monkeypatch.context() as patch:
            patch.setattr(bench.conversations, "messages", unreadable)
            with pytest.raises(DiskFullError):
                await bench.send("And then?", reply_id=reply_id)
        assert bench.conversations.message(reply_id).status == "running"
        assert (await bench.chat.stop(reply_id)).status == "stopped"
        await bench.chat.resume(reply_id)
        assert (await bench.ended(reply_id)).text == "At last."


async def test_a_reply_can_be_stopped_before_it_has_begun(database):
    async with chatting(database, reply("never")) as bench:
        turn = await bench.send()
        async with asyncio.timeout(5):
            stopped = await bench.chat.stop(turn.reply.id)
        assert (stopped.status, stopped.text) == ("stopped", "")
        assert bench.gateway.requests == []


@pytest.mark.parametrize(
    ("script", "status", "code", "text"),
    [
        (cut("Half of"), "failed", "stream_cut", "Half of"),
        (failure(RateLimitedError("Slow down.", remedy="Wait.")), "failed", "rate_limited", ""),
        (("Text without an end",), "failed", "stream_cut", "Text without an end"),
        (("Half", RuntimeError("a bug that quotes things")), "failed", "provider", "Half"),
    ],
)
async def test_a_reply_that_did_not_end_well_is_kept_and_says_why(database, script, status, code, text):
    async with chatting(database, script) as bench:
        turn = await bench.send()
        ended = await bench.ended(turn.reply.id)
    assert (ended.status, ended.fault.code, ended.text) == (status, code, text)
    assert "quotes" not in ended.fault.message
    assert bench.conversations.message(turn.reply.id) == ended


async def test_a_reply_that_ended_at_its_longest_length_says_so_and_goes_on(database):
    full = Finished(reason="length", input_tokens=5, output_tokens=2, cost_usd=Decimal("0.25"))
    async with chatting(database, reply("One two ", finished=full), reply("three.")) as bench:
        turn = await bench.send()
        ended = await bench.ended(turn.reply.id)
        assert (ended.status, ended.fault.code, ended.text) == ("stopped", "output_limit_reached", "One two ")
        assert (ended.output_tokens, ended.cost_usd) == (2, Decimal("0.25"))
        await bench.chat.resume(turn.reply.id)
        ended = await bench.ended(turn.reply.id)
    assert (ended.status, ended.fault, ended.text) == ("complete", None, "One two three.")


async def test_a_refusal_is_named_with_what_it_took(database):
    refused = Finished(reason="refused", input_tokens=5, output_tokens=1)
    async with chatting(database, reply("I", finished=refused)) as bench:
        ended = await bench.ended((await bench.send()).reply.id)
    assert (ended.status, ended.fault.code, ended.text, ended.input_tokens) == ("failed", "request_refused", "I", 5)
    assert "refused to answer" in ended.fault.message


async def test_what_is_asked_of_a_tool_is_shown_and_kept(database):
    call = ToolCall(name="weather", arguments='{"city": "Zürich"}')
    async with chatting(database, reply("Let me look.", call)) as bench:
        turn = await bench.send()
        ended = await bench.ended(turn.reply.id)
        assert bench.conversations.message(turn.reply.id) == ended
    assert ended.status == "complete"
    assert ended.text.startswith("Let me look.\n\n*The model asked for the tool* `weather`*. Nothing was run.*\n")
    assert '"city": "Zürich"' in ended.text


async def test_a_cut_reply_goes_on_from_its_last_character(database):
    async with chatting(database, cut("One two "), reply("three four")) as bench:
        turn = await bench.send()
        await bench.ended(turn.reply.id)
        await bench.chat.resume(turn.reply.id)
        ended = await bench.ended(turn.reply.id)
    assert (ended.status, ended.text, ended.fault) == ("complete", "One two three four", None)
    asked = bench.gateway.requests[1]
    assert asked.continues
    assert [(t.role, t.text) for t in asked.turns] == [("user", "Why?"), ("assistant", "One two ")]


async def test_trying_again_asks_the_same_question_beside_the_first(database):
    async with chatting(database, reply("First."), reply("Second.")) as bench:
        turn = await bench.send()
        await bench.ended(turn.reply.id)
        sibling = await bench.chat.retry(turn.reply.id)
        await bench.ended(sibling.id)
        messages = bench.conversations.tree(bench.conversation.id).messages
    assert [(m.author, m.text) for m in messages] == [
        ("user", "Why?"),
        ("assistant", "First."),
        ("assistant", "Second."),
    ]
    assert bench.gateway.requests[0].turns == bench.gateway.requests[1].turns


async def test_a_later_question_carries_the_branch_it_follows_and_no_other(database):
    async with chatting(database, reply("First."), reply("Second."), reply("Third.")) as bench:
        turn = await bench.send()
        first = await bench.ended(turn.reply.id)
        sibling = await bench.chat.retry(first.id)
        await bench.ended(sibling.id)
        later = await bench.send("And then?", parent_id=first.id)
        await bench.ended(later.reply.id)
    assert [t.text for t in bench.gateway.requests[2].turns] == ["Why?", "First.", "And then?"]


async def test_readers_that_come_late_or_twice_see_all_of_it(database):
    hold = Hold()
    async with chatting(database, reply("Early ", hold, "late.")) as bench:
        turn = await bench.send()
        await hold.reached.wait()
        readers = [asyncio.create_task(bench.ended(turn.reply.id)) for _ in range(3)]
        await asyncio.sleep(0.01)
        hold.release()
        assert {(await reader).text for reader in readers} == {"Early late."}


async def test_a_reply_goes_on_when_its_reader_leaves(database):
    hold = Hold()
    async with chatting(database, reply("Early ", hold, "late.")) as bench:
        turn = await bench.send()
        async with contextlib.aclosing(bench.chat.follow(turn.reply.id)) as following:
            await anext(following)
        hold.release()
        assert (await bench.ended(turn.reply.id)).text == "Early late."


async def test_a_reader_hears_that_a_quiet_reply_still_runs(database, monkeypatch):
    monkeypatch.setattr(module, "QUIET_S", 0.2)
    monkeypatch.setattr(module, "SAVE_EVERY_S", 0.05)
    hold = Hold()
    async with asyncio.timeout(5), chatting(database, reply("Early ", hold, "late.")) as bench:
        turn = await bench.send()
        await hold.reached.wait()
        following = bench.chat.follow(turn.reply.id)
        assert (await anext(following)).text == "Early "
        assert [await anext(following), await anext(following)] == [None, None]
        hold.release()
        assert await anext(following) == Piece("late.", "")


async def test_what_arrives_is_saved_while_it_runs(database):
    hold = Hold()
    async with chatting(database, reply("Early ", hold, "late.")) as bench:
        turn = await bench.send()
        await hold.reached.wait()
        await asyncio.sleep(module.SAVE_EVERY_S + 0.2)
        assert database.read("SELECT text FROM message_parts") == [("Early ",)]
        hold.release()
        await bench.ended(turn.reply.id)
    assert database.read("SELECT * FROM message_parts") == []


async def test_a_slow_disk_does_not_make_saves_rarer_than_it_must(database, monkeypatch):
    monkeypatch.setattr(module, "SAVE_EVERY_S", 0.2)
    async with chatting(database, reply(*(part for _ in range(120) for part in ("w ", Pause(0.01))))) as bench:
        real, began = bench.conversations.append_parts, []

        def slowly(parts, calls):
            began.append(time.monotonic())
            time.sleep(0.15)
            real(parts, calls)

        monkeypatch.setattr(bench.conversations, "append_parts", slowly)
        await bench.ended((await bench.send()).reply.id)
    assert statistics.median(later - earlier for earlier, later in pairwise(began)) < 0.3


async def test_leaving_interrupts_what_runs_and_saves_it(database):
    hold = Hold()
    async with chatting(database, reply("Half ", hold, "never")) as bench:
        turn = await bench.send()
        await hold.reached.wait()
    kept = bench.conversations.message(turn.reply.id)
    assert (kept.status, kept.text) == ("interrupted", "Half ")


async def test_a_reply_that_starts_while_the_owner_leaves_is_interrupted_at_once(database):
    async with asyncio.timeout(5), chatting(database, reply(Hold())) as bench:
        bench.replies.leave()
        turn = await bench.send()
    assert bench.conversations.message(turn.reply.id).status == "interrupted"


async def test_a_repeated_request_starts_nothing_twice(database):
    async with chatting(database, reply("Once.", Pause(0.05))) as bench:
        ids = {"id": "01a206eb-69fc-79c3-ae7d-1c33294dbc73", "reply_id": "01a206eb-69fc-79c3-ae7d-1c33294dbc74"}
        first = await bench.send(**ids)
        await bench.send(**ids)
        await bench.ended(first.reply.id)
        await bench.send(**ids)
        assert len(bench.gateway.requests) == 1
        assert len(bench.conversations.tree(bench.conversation.id).messages) == 2


async def test_without_a_model_nothing_is_saved(database):
    async with chatting(database) as bench:
        with pytest.raises(ModelMissingError):
            await bench.send(model="gone/away")
        assert bench.conversations.tree(bench.conversation.id).messages == ()


async def test_a_question_waits_for_the_reply_before_it(database):
    hold = Hold()
    async with chatting(database, reply(hold, "late")) as bench:
        await bench.send()
        with pytest.raises(ReplyRunningError):
            await bench.send("And?")


async def test_a_reply_that_cannot_be_saved_is_shown_whole_and_saved_when_there_is_room(database, monkeypatch):
    monkeypatch.setattr(module, "KEEP_TRYING_S", 0.05)
    async with chatting(database, reply("All of it.")) as bench:
        real, full = bench.conversations.finish, [True, True]

        def finish(message, calls):
            if full:
                full.pop()
                raise DiskFullError("The disk is full.", remedy="Free some space.")
            return real(message, calls)

        monkeypatch.setattr(bench.conversations, "finish", finish)
        turn = await bench.send()
        shown = await bench.ended(turn.reply.id)
        assert (shown.status, shown.fault.code, shown.text) == ("failed", "disk_full", "All of it.")
        await bench.saved(turn.reply.id)
        assert bench.conversations.message(turn.reply.id).status == "complete"
    assert database.read("SELECT message_id::VARCHAR, ended FROM calls") == [(turn.reply.id, "complete")]


async def test_finished_is_the_only_proof_of_an_end(database):
    async with chatting(database, ("Text", Finished(reason="other"))) as bench:
        turn = await bench.send()
        assert (await bench.ended(turn.reply.id)).status == "complete"
