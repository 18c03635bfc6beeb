import asyncio
from contextlib import aclosing
from decimal import Decimal

import pytest

from tests.providers.scripted import Hold, NoBudgets, ScriptedGateway, cut, failure, reply
from workbench.errors import DiskFullError, RateLimitedError, StreamCutError
from workbench.providers.ledger import About, Ledger, noted
from workbench.providers.records import ChatRequest, Finished, Model, ReasoningDelta, Turn

MODEL = Model(id="far/gpt", name="gpt", provider="far", kind="openai")
REQUEST = ChatRequest(model=MODEL, turns=(Turn(role="user", text="Why?"),))
ABOUT = About(purpose="question")


async def calls_of(*script):
    """The calls that are noted where the whole of a script is read, and what was raised."""
    calls, error = [], None
    try:
        async for _ in noted(ScriptedGateway(*script), REQUEST, ABOUT, calls.append, attempt=2):
            pass
    except (RateLimitedError, StreamCutError, RuntimeError) as raised:
        error = raised
    return calls, error


async def test_a_whole_reply_is_noted_with_what_it_took():
    finished = Finished(
        reason="stop", input_tokens=7, output_tokens=3, cached_tokens=2, cost_usd=Decimal("0.000000123")
    )
    (call,), error = await calls_of(reply(ReasoningDelta(text="Hm."), "Because.", finished=finished))
    assert error is None
    assert (call.provider, call.model, call.attempt, call.ended, call.error) == ("far", "far/gpt", 2, "complete", None)
    assert (call.input_tokens, call.output_tokens, call.cached_tokens) == (7, 3, 2)
    assert call.cost_usd == Decimal("0.000000123")
    assert call.first_token_ms <= call.total_ms


@pytest.mark.parametrize(
    ("script", "code", "kind"),
    [
        (failure(RateLimitedError("Slow down.")), "rate_limited", RateLimitedError),
        (cut("Half"), "stream_cut", StreamCutError),
        (("Half, and no word of an end",), "stream_cut", StreamCutError),
        ((RuntimeError("a bug"),), "provider", RuntimeError),
    ],
)
async def test_what_failed_is_noted_with_its_code_and_no_figures(script, code, kind):
    (call,), error = await calls_of(script)
    assert type(error) is kind
    assert (call.ended, call.error, call.cost_usd, call.output_tokens) == ("failed", code, None, None)
    assert (call.first_token_ms is not None) == (script[0].__class__ is str)


async def test_what_is_left_early_is_noted_as_stopped_and_once():
    calls, hold = [], Hold()
    gateway = ScriptedGateway(reply("Half ", hold, "never"), reply("All."))

    async def read():
        async for _ in noted(gateway, REQUEST, ABOUT, calls.append):
            pass

    reading = asyncio.create_task(read())
    await hold.reached.wait()
    reading.cancel()
    await asyncio.wait({reading})
    assert [call.ended for call in calls] == ["stopped"]
    assert gateway.abandoned == 1
    async with aclosing(noted(gateway, REQUEST, ABOUT, calls.append)) as events:
        async for event in events:
            if isinstance(event, Finished):
                break
    assert [call.ended for call in calls] == ["stopped", "complete"]


async def test_what_no_reply_is_kept_of_is_written_down_at_its_end(database):
    ledger = Ledger(ScriptedGateway(reply("OK"), failure(RateLimitedError("Slow down."))), database, NoBudgets())
    assert [event.text async for event in ledger.stream(REQUEST, About(purpose="check")) if hasattr(event, "text")]
    with pytest.raises(RateLimitedError):
        async for _ in ledger.stream(REQUEST, About(purpose="check")):
            pass
    rows = database.read("SELECT purpose, model, ended, error, output_tokens, cost_usd FROM calls ORDER BY id")
    assert rows == [
        ("check", "far/gpt", "complete", None, 1, None),
        ("check", "far/gpt", "failed", "rate_limited", None, None),
    ]


async def test_an_answer_is_not_lost_where_its_call_cannot_be_written_down(database, monkeypatch, caplog):
    def full(_work):
        raise DiskFullError("The disk is full.")

    monkeypatch.setattr(database, "write", full)
    ledger = Ledger(ScriptedGateway(reply("OK")), database, NoBudgets())
    first, *_ = [event async for event in ledger.stream(REQUEST, About(purpose="check"))]
    assert first.text == "OK"
    assert "disk_full" in caplog.text
