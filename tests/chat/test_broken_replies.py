"""Replies whose streams go wrong over real HTTP, in each wire format: what is saved of them, and what is said."""

import asyncio
import contextlib
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.chat.test_replies import Bench
from tests.providers.asking import OnePlace
from tests.providers.raw_server import CHUNKED, SSE, RawServer, answer, framed
from tests.providers.spoken import FORMATS, Spoken
from workbench import clock
from workbench.chat.replies import Piece
from workbench.providers.gateway import Gateway
from workbench.providers.local import LocalEngine
from workbench.providers.records import Model

each_format = pytest.mark.parametrize("spoken", FORMATS, ids=lambda spoken: spoken.wire)
LATER = "Try again in a moment, or choose another model."
AGAIN = "Continue it, or try again."


def model(name="a-model") -> Model:
    return Model(id=f"far/{name}", name=name, provider="far", kind="openai")


class Anything:
    """A catalogue that has every model."""

    def resolve(self, id):
        return model(id.removeprefix("far/"))


@dataclass
class Hasty(OnePlace):
    """A place where models whose name begins so have little time."""

    def endpoint(self, model):
        short = {
            "silent": {"first_token_s": 0.6},
            "stalled": {"between_tokens_s": 0.6},
        }
        return replace(super().endpoint(model), **short.get(model.name.partition("-")[0], {}))


@contextlib.asynccontextmanager
async def chatting(database, server: RawServer, spoken: Spoken):
    gateway = Gateway(Hasty(server.base_url, wire=spoken.wire), LocalEngine())
    async with asyncio.TaskGroup() as group:
        bench = Bench(database, gateway, group, models=Anything())
        try:
            yield bench
        finally:
            bench.replies.leave()
            await gateway.close()


def scripts(spoken: Spoken) -> dict[str, tuple[bytes | float, ...]]:
    """What is answered to each question."""
    half = spoken.begin + spoken.say("Half ")
    whole = spoken.message("Grüße ", "🐝")
    # Said by a server that hangs up, lest the next request meets that moment.
    last = ("application/json", "connection: close")
    in_one_piece = answer("200 OK", b'{"id": "a", "content": "words"}')
    return {
        "drip": (CHUNKED, *(framed(bytes([byte])) for byte in whole), b"0\r\n\r\n"),
        "truncated": (CHUNKED, framed(half), framed(spoken.say("of")), b"0\r\n\r\n"),
        "cut-in-an-event": (SSE, half, spoken.say("of")[:-8]),
        "malformed": (SSE, half, b"data: {broken\n\n", spoken.message("never")),
        "not-utf8": (SSE, half, spoken.say("HERE").replace(b"HERE", b"\xff\xfe"), spoken.last),
        "bad-framing": (CHUNKED, framed(half), b"zz\r\n", framed(spoken.last)),
        "in-one-piece-cut": (in_one_piece[:-9],),
        "silent-in-one-piece": (in_one_piece[:-9], 600.0),
        "silent-before-the-head": (600.0,),
        "silent-before-the-text": (SSE, spoken.begin, 600.0),
        "stalled-in-the-middle": (SSE, half, 600.0),
        "fault-500": (answer("500 Oops", b'{"error": {"message": "Half the needle"}}', *last),),
        "fault-503": (answer("503 Busy", b"busy", *last),),
        "limited-for-7": (answer("429 Slow Down", b"{}", *last, "retry-after: 7"),),
        "limited-for-long": (answer("429 Slow Down", b"{}", *last, "retry-after: 70"),),
    }


CUT = ("stream_cut", "The reply from 'far' was cut off before its end.", AGAIN)
BROKEN = ("stream_malformed", "The reply came in a broken form: an event is not of its format.", AGAIN)
SILENT = ("stream_stalled", "Nothing came from 'far' for 1 s.", "Continue the reply, or try again.")
FAULTY = "The provider 'far' has a fault of its own (HTTP {})."
WAIT = "The provider 'far' asks to wait for {} s: too many requests."
ENDED = {
    "drip": ("complete", "Grüße 🐝", None, 1),
    "truncated": ("failed", "Half of", CUT, 1),
    "cut-in-an-event": ("failed", "Half ", CUT, 1),
    "malformed": ("failed", "Half ", BROKEN, 1),
    "not-utf8": ("failed", "Half ", BROKEN, 1),
    "bad-framing": ("failed", "Half ", CUT, 1),
    "in-one-piece-cut": ("failed", "", CUT, 4),
    "silent-in-one-piece": ("failed", "", SILENT, 1),
    "silent-before-the-head": ("failed", "", SILENT, 1),
    "silent-before-the-text": ("failed", "", SILENT, 1),
    "stalled-in-the-middle": ("failed", "Half ", SILENT, 1),
    "fault-500": ("failed", "", ("provider_unavailable", FAULTY.format(500), LATER), 4),
    "fault-503": ("failed", "", ("provider_unavailable", FAULTY.format(503), LATER), 4),
    "limited-for-7": ("failed", "", ("rate_limited", WAIT.format(7), "Try again then."), 4),
    "limited-for-long": ("failed", "", ("rate_limited", WAIT.format(70), "Try again then."), 1),
}
"""How each is saved: its status, its text, what is said of it, and how often was asked."""


@each_format
async def test_a_reply_that_broke_is_saved_with_its_text_and_says_why(database, spoken):
    async with (
        RawServer(asked=scripts(spoken)).running() as server,
        chatting(database, server, spoken) as bench,
    ):

        async def ended(question):
            conversation = bench.conversations.create(bench.conversation.experience_id)
            turn = await bench.chat.send(conversation.id, question, model=model(question).id)
            last = await bench.ended(turn.reply.id)
            saved = bench.conversations.message(turn.reply.id)
            assert saved == last
            fault = saved.fault and (saved.fault.code, saved.fault.message, saved.fault.remedy)
            times = sum(f'"{question}"'.encode() in body for _, _, body in server.requests)
            return saved.status, saved.text, fault, times

        async with asyncio.TaskGroup() as group:
            replies = {question: group.create_task(ended(question)) for question in ENDED}
    assert {question: task.result() for question, task in replies.items()} == ENDED


@pytest.fixture
def wall(monkeypatch):
    """The clock on the wall: `wall.ahead` is how far it is from the true time."""

    class Wall:
        ahead = timedelta()

        def now(self, tz):
            return datetime.fromtimestamp(time.time(), tz) + self.ahead

        def time_ns(self):
            return int(self.now(UTC).timestamp() * 1e9)

    wall = Wall()
    monkeypatch.setattr(clock, "datetime", wall)
    monkeypatch.setattr(clock, "time", wall)
    return wall


@each_format
async def test_a_clock_that_is_set_while_a_reply_streams_changes_neither_its_end_nor_the_order(database, wall, spoken):
    forward, back = asyncio.Event(), asyncio.Event()
    script = (
        SSE,
        spoken.begin,
        spoken.say("One "),
        forward,
        spoken.say("two "),
        back,
        spoken.say("three"),
        spoken.last,
    )
    began = asyncio.get_running_loop().time()
    async with RawServer(*script).running() as server, chatting(database, server, spoken) as bench:
        turn = await bench.send(model=model().id)
        text = ""
        async for event in bench.chat.follow(turn.reply.id):
            text += event.text if isinstance(event, Piece) else ""
            if text == "One ":
                wall.ahead = timedelta(hours=7)
                forward.set()
            elif text == "One two ":
                wall.ahead = timedelta(hours=-5)
                back.set()
        ended = await bench.ended(turn.reply.id)
        second = await bench.ended((await bench.send("And then?", model=model().id)).reply.id)
        beside = await bench.ended((await bench.chat.retry(second.id, model=model().id)).id)
        took_ms = (asyncio.get_running_loop().time() - began) * 1000
    messages = bench.conversations.messages(bench.conversation.id)
    assert [message.text for message in messages] == ["Why?", *["One two three"], "And then?", *["One two three"] * 2]
    assert [message.id for message in messages if message.author == "assistant"] == [
        turn.reply.id,
        second.id,
        beside.id,
    ]
    for message in (ended, second, beside):
        assert message.status == "complete"
        assert 0 <= message.first_token_ms <= message.total_ms <= took_ms
    assert all(message.created_at <= message.updated_at for message in messages)
    calls = database.read("SELECT first_token_ms, total_ms FROM calls")
    assert len(calls) == 3
    assert all(0 <= first <= total <= took_ms for first, total in calls)
