"""Asking again, and asking others: a chat over scripted models, with a clock of its own."""

import asyncio
import contextlib
import json

import pytest

from tests.providers.asking import gateway_to
from tests.providers.raw_server import RawServer, answer
from tests.providers.scripted import NoBudgets, Script, ScriptedGateway, cut, failure, reply
from tests.rules.made import rules_of
from workbench.chat.replies import Piece, Replies
from workbench.chat.service import Chat
from workbench.chat.shaping import Shaping
from workbench.conversations.records import Message, Tried
from workbench.conversations.service import Conversations
from workbench.errors import (
    ContextTooLongError,
    InvalidInputError,
    KeyRejectedError,
    ModelMissingError,
    ProviderUnavailableError,
    RateLimitedError,
    RequestRefusedError,
    StreamStalledError,
)
from workbench.events import Changes
from workbench.experiences.service import Experiences
from workbench.personalities.service import Personalities
from workbench.prompts.service import Prompts
from workbench.providers.fallback import Asker, Waiting
from workbench.providers.records import Model, ReasoningDelta

BUSY = failure(ProviderUnavailableError("The provider 'far' has a fault of its own (HTTP 503)."))
LIMITED = failure(
    RateLimitedError("The provider 'far' asks to wait for 70 s.", remedy="Try again then.", retry_after_s=70)
)
STALLED = failure(StreamStalledError("The provider 'far' has sent nothing for 300 s."))
WINDOWS = {"a": 8_000, "b": 8_000, "c": 128_000}
MODELS = {
    f"far/{n}": Model(id=f"far/{n}", name=n, provider="far", kind="openai", context_tokens=WINDOWS[n]) for n in "abc"
}


class Clock:
    """Time that goes by only where somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []
        self.hold: asyncio.Event | None = None
        """Where set, who sleeps sleeps until it is told so."""
        self.sleeping = asyncio.Event()

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.sleeping.set()
        if self.hold is not None:
            await self.hold.wait()
        self.now += seconds


class Gateways:
    """A script for each model: what it says the first time, the second…; the last again and again."""

    def __init__(self, scripts: dict[str, tuple[Script, ...]]) -> None:
        self.each = {f"far/{name}": ScriptedGateway(*script) for name, script in scripts.items()}
        self.asked: list[str] = []
        self.requests: list = []

    def stream(self, request):
        self.asked.append(request.model.name)
        self.requests.append(request)
        return self.each[request.model.id].stream(request)


class Catalogue:
    def __init__(self) -> None:
        self.models = dict(MODELS)

    def resolve(self, id):
        if id is None:
            return MODELS["far/a"]
        if id not in self.models:
            raise ModelMissingError(f"There is no model {id!r}.", remedy="Add it.")
        return self.models[id]


class Bench:
    def __init__(self, database, scripts, group):
        self.database = database
        self.clock = Clock()
        self.gateway = Gateways(scripts)
        self.catalogue = Catalogue()
        self.experiences = Experiences(database, Changes())
        self.conversations = Conversations(database, Changes())
        asker = Asker(self.gateway, clock=self.clock, sleep=self.clock.sleep, jitter=lambda: 0.5)
        self.replies = Replies(asker, self.conversations, group)
        rules = rules_of(database, self.experiences, self.conversations)
        self.chat = Chat(
            experiences=self.experiences,
            conversations=self.conversations,
            models=self.catalogue,
            replies=self.replies,
            purse=NoBudgets(),
            shaping=Shaping(Personalities(database, Changes()), Prompts(database, Changes()), rules),
            rules=rules,
        )
        self.experience = self.experiences.create("Physics")
        self.conversation = self.conversations.create(self.experience.id)

    def fall_back_on(self, *names, **more):
        self.experiences.update(self.experience.id, {"fallbacks": [f"far/{name}" for name in names], **more})

    async def ask(self, **given) -> Message:
        turn = await self.chat.send(self.conversation.id, "Why?", parent_id=None, **given)
        return await self.ended(turn.reply)

    async def ended(self, message) -> Message:
        *_, last = [event async for event in self.chat.follow(message.id)]
        return last

    def calls(self, *columns):
        return self.database.read(f"SELECT {', '.join(columns)} FROM calls ORDER BY created_at, id")


@contextlib.asynccontextmanager
async def chatting(database, **scripts):
    async with asyncio.TaskGroup() as group:
        bench = Bench(database, scripts, group)
        try:
            yield bench
        finally:
            bench.replies.leave()


async def test_a_model_that_is_out_of_reach_is_asked_again_and_answers(database):
    async with chatting(database, a=(BUSY, BUSY, reply("At last."))) as bench:
        ended = await bench.ask()
    assert (ended.status, ended.text, ended.tried) == ("complete", "At last.", ())
    assert bench.clock.slept == [1, 2]
    assert bench.calls("attempt", "ended", "error") == [
        (1, "failed", "provider_unavailable"), (2, "failed", "provider_unavailable"), (3, "complete", None)
    ]  # fmt: skip


async def test_it_is_not_asked_for_ever(database):
    async with chatting(database, a=(BUSY,)) as bench:
        ended = await bench.ask()
    assert (ended.status, ended.fault.code, ended.tried) == ("failed", "provider_unavailable", ())
    assert bench.gateway.asked == ["a"] * 4
    assert sum(bench.clock.slept) == 7


async def test_who_looks_is_told_why_nothing_comes_also_who_comes_later(database):
    async with chatting(database, a=(BUSY, reply("At last."))) as bench:
        bench.clock.hold = asyncio.Event()
        turn = await bench.chat.send(bench.conversation.id, "Why?")
        await bench.clock.sleeping.wait()
        following = bench.chat.follow(turn.reply.id)
        assert (await anext(following)).status == "running"
        assert await anext(following) == Waiting(
            message="The provider 'far' has a fault of its own (HTTP 503). Trying again in 1 s."
        )
        bench.clock.hold.set()
        rest = [event async for event in following]
    assert [type(event) for event in rest] == [Piece, Message]


async def test_stopping_ends_the_wait_at_once_and_nothing_more_is_sent(database):
    async with chatting(database, a=(BUSY, reply("Never."))) as bench:
        bench.clock.hold = asyncio.Event()
        turn = await bench.chat.send(bench.conversation.id, "Why?")
        await bench.clock.sleeping.wait()
        async with asyncio.timeout(5):
            stopped = await bench.chat.stop(turn.reply.id)
        assert (stopped.status, stopped.text) == ("stopped", "")
        bench.clock.hold.set()
    assert bench.gateway.asked == ["a"]
    assert bench.calls("ended") == [("failed",)]


@pytest.mark.parametrize(
    "error",
    [KeyRejectedError("No."), RequestRefusedError("No."), ProviderUnavailableError("Not here.", retryable=False)],
)
async def test_what_will_not_pass_is_not_tried_again(database, error):
    async with chatting(database, a=(failure(error),)) as bench:
        ended = await bench.ask()
    assert (ended.fault.code, bench.clock.slept) == (error.code, [])
    assert bench.gateway.asked == ["a"]


@pytest.mark.parametrize("begun", ["Half ", ReasoningDelta(text="Hm.")])
async def test_nobody_else_is_asked_once_something_was_shown(database, begun):
    async with chatting(database, a=(cut(begun),), b=(reply("Never."),)) as bench:
        bench.fall_back_on("b")
        ended = await bench.ask()
    assert (ended.status, ended.fault.code, ended.model) == ("failed", "stream_cut", "far/a")
    assert bench.gateway.asked == ["a"]


async def test_the_fallbacks_are_asked_in_their_order_and_the_reply_says_so(database):
    wrong_key = failure(KeyRejectedError("The key is not accepted."))
    async with chatting(database, a=(LIMITED,), b=(wrong_key,), c=(reply("Because."),)) as bench:
        bench.fall_back_on("b", "c")
        ended = await bench.ask()
        assert bench.conversations.message(ended.id) == ended
    assert bench.gateway.asked == ["a", "b", "c"]
    assert bench.clock.slept == []
    assert (ended.status, ended.text, ended.model, ended.provider) == ("complete", "Because.", "far/c", "far")
    assert ended.tried == (Tried(model="far/a", code="rate_limited"), Tried(model="far/b", code="key_rejected"))
    assert bench.calls("model", "error") == [("far/a", "rate_limited"), ("far/b", "key_rejected"), ("far/c", None)]


WITHDRAWN = [
    ("openai", {"code": "model_not_found", "message": "The model `a` does not exist."}),
    ("anthropic", {"type": "not_found_error", "message": "model: a"}),
    ("gemini", {"status": "NOT_FOUND", "message": "models/a is not found for API version v1beta."}),
]


@pytest.mark.parametrize(("wire", "error"), WITHDRAWN)
async def test_instead_of_a_model_that_was_withdrawn_the_next_is_asked(database, wire, error):
    sent = answer("404 Not Found", json.dumps({"error": error}).encode())
    async with (
        RawServer(sent).running() as server,
        gateway_to(server.base_url, wire=wire) as gateway,
        chatting(database, a=(), b=(reply("Because."),)) as bench,
    ):
        bench.gateway.each["far/a"] = gateway
        alone = await bench.ask()
        assert (alone.status, alone.fault.code, alone.fault.message, alone.fault.remedy) == (
            "failed",
            "model_unknown",
            "The provider 'far' does not know the model 'a', or no longer has it.",
            "Check its name, or choose another model: `workbench providers models far` lists those it has.",
        )
        bench.fall_back_on("b")
        ended = await bench.ask()
        assert bench.conversations.message(ended.id) == ended
    assert (ended.status, ended.text, ended.model) == ("complete", "Because.", "far/b")
    assert ended.tried == (Tried(model="far/a", code="model_unknown"),)


async def test_a_reply_that_nobody_gave_says_why_the_last_one_did_not(database):
    async with chatting(database, a=(LIMITED,), b=(failure(KeyRejectedError("Wrong key.")),)) as bench:
        bench.fall_back_on("b")
        ended = await bench.ask()
    assert (ended.fault.code, ended.model) == ("key_rejected", "far/b")
    assert ended.tried == (Tried(model="far/a", code="rate_limited"),)


async def test_a_request_that_was_declined_goes_to_nobody_else(database):
    async with chatting(database, a=(failure(RequestRefusedError("Its content.")),), b=(reply("Never."),)) as bench:
        bench.fall_back_on("b")
        ended = await bench.ask()
    assert (ended.fault.code, bench.gateway.asked) == ("request_refused", ["a"])


async def test_what_is_too_long_goes_to_a_larger_window(database):
    too_long = failure(ContextTooLongError("Too long."))
    async with chatting(database, a=(too_long,), b=(reply("Never."),), c=(reply("Read it."),)) as bench:
        bench.fall_back_on("b", "c")
        ended = await bench.ask()
    assert (ended.text, bench.gateway.asked) == ("Read it.", ["a", "c"])


async def test_a_fallback_that_is_gone_is_left_out_and_named(database):
    async with chatting(database, a=(LIMITED,), c=(reply("Because."),)) as bench:
        bench.fall_back_on("b", "c")
        del bench.catalogue.models["far/b"]
        ended = await bench.ask()
    assert ended.text == "Because."
    assert ended.tried == (Tried(model="far/a", code="rate_limited"), Tried(model="far/b", code="model_missing"))


async def test_a_model_that_has_been_removed_is_stood_in_for(database):
    async with chatting(database, c=(reply("Because."),)) as bench:
        bench.fall_back_on("b", "c", model="far/a")
        del bench.catalogue.models["far/a"], bench.catalogue.models["far/b"]
        ended = await bench.ask()
        assert (ended.text, ended.model) == ("Because.", "far/c")
        assert ended.tried == (Tried(model="far/a", code="model_missing"), Tried(model="far/b", code="model_missing"))
        del bench.catalogue.models["far/c"]
        with pytest.raises(ModelMissingError, match="far/a"):
            await bench.ask()


async def test_a_model_that_rests_is_left_out_for_the_next_and_asked_where_all_rest(database):
    async with chatting(database, a=(LIMITED, LIMITED, reply("Back.")), b=(reply("Here."), LIMITED, LIMITED)) as bench:
        bench.fall_back_on("b")
        first = await bench.ask()
        assert (first.text, bench.gateway.asked) == ("Here.", ["a", "b"])
        second = await bench.ask()
        assert second.fault.code == "rate_limited"
        assert bench.gateway.asked == ["a", "b", "b", "a"]
        bench.clock.now += 10
        third = await bench.ask()
        assert bench.gateway.asked[4:] == ["a"], "of those that rest, the one that has to rest least"
    assert first.tried == (Tried(model="far/a", code="rate_limited"),)
    assert (third.text, third.tried) == ("Back.", ())


async def test_who_waited_for_a_stalled_model_in_vain_does_not_wait_for_it_again(database):
    async with chatting(database, a=(STALLED, reply("Back.")), b=(reply("Here."), reply("Still here."))) as bench:
        bench.fall_back_on("b")
        first = await bench.ask()
        assert (first.text, bench.gateway.asked) == ("Here.", ["a", "b"])
        second = await bench.ask()
        assert (second.text, bench.gateway.asked[2:]) == ("Still here.", ["b"])
        assert second.tried == (Tried(model="far/a", code="stream_stalled"),)
        bench.clock.now += 30
        assert (await bench.ask()).text == "Back."


async def test_a_model_is_asked_first_again_when_its_rest_is_over(database):
    async with chatting(database, a=(LIMITED, reply("Back.")), b=(reply("Here."),)) as bench:
        bench.fall_back_on("b")
        await bench.ask()
        bench.clock.now += 70
        ended = await bench.ask()
    assert (ended.text, ended.model, ended.tried) == ("Back.", "far/a", ())


async def test_a_cut_reply_goes_on_with_another_model_and_says_who_began_it(database):
    async with chatting(database, a=(cut("One two "),), b=(reply("three."),)) as bench:
        began = await bench.ask()
        resumed = await bench.chat.resume(began.id, model="far/b")
        ended = await bench.ended(resumed)
    assert (ended.status, ended.text, ended.model, ended.model_name) == (
        "complete",
        "One two three.",
        "far/b",
        "scripted",
    )
    assert ended.tried == (Tried(model="far/a", code="stream_cut"),)
    request = bench.gateway.requests[1]
    assert request.continues
    assert [(t.role, t.text) for t in request.turns] == [("user", "Why?"), ("assistant", "One two ")]
    assert bench.calls("purpose", "model") == [("question", "far/a"), ("continue", "far/b")]


async def test_what_an_experience_says_of_its_replies_goes_with_each_request(database):
    async with chatting(database, a=(LIMITED,), b=(reply("Yes."),)) as bench:
        bench.fall_back_on("b", temperature=0.25, max_output_tokens=99)
        await bench.ask()
    assert [(r.temperature, r.max_output_tokens) for r in bench.gateway.requests] == [(0.25, 99)] * 2


@pytest.mark.parametrize(
    "changes",
    [{"temperature": 2.1}, {"temperature": -1}, {"temperature": float("nan")}, {"max_output_tokens": 0},
     {"fallbacks": [""]}, {"fallbacks": [f"far/{n}" for n in range(11)]}],
)  # fmt: skip
def test_what_no_provider_would_take_is_refused(database, changes):
    experiences = Experiences(database, Changes())
    made = experiences.create("Physics")
    with pytest.raises(InvalidInputError) as raised:
        experiences.update(made.id, changes)
    assert raised.value.remedy
    assert experiences.get(made.id) == made


def test_fallbacks_are_kept_in_order_and_each_once(database):
    experiences = Experiences(database, Changes())
    made = experiences.create("Physics", fallbacks=["b/b", "a/a"], temperature=0.0, max_output_tokens=1)
    assert experiences.get(made.id) == made
    changed = experiences.update(made.id, {"fallbacks": ["a/a", "b/b", "a/a"], "temperature": None})
    assert (changed.fallbacks, changed.temperature, changed.max_output_tokens) == (("a/a", "b/b"), None, 1)
