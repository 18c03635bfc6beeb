"""What every gateway does, whatever is behind it: one suite for the scripted one and for the real one over HTTP."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass

import pytest

from tests.providers import scripted
from tests.providers.asking import ask, gateway_to, whole
from tests.providers.raw_server import CHUNKED, DONE, RawServer, answer, chunk, framed
from tests.providers.scripted import Pause, ScriptedGateway
from workbench.errors import RateLimitedError, StreamCutError
from workbench.providers.gateway import Gateway
from workbench.providers.records import Finished, TextDelta

END = framed(chunk(finish="stop")) + framed(DONE) + b"0\r\n\r\n"
Gone = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Subject:
    """A gateway that says these things."""

    complete: Gateway | ScriptedGateway
    """Hello, world."""
    cut: Gateway | ScriptedGateway
    """Half of, and no end."""
    limited: Gateway | ScriptedGateway
    """Nothing: wait 7 seconds."""
    endless: Gateway | ScriptedGateway
    """Begins and goes on."""
    gone: Gone
    """Waits until the provider of `endless` has seen its reader go."""


@pytest.fixture(params=["scripted", "http"])
async def subject(request: pytest.FixtureRequest) -> AsyncIterator[Subject]:
    async with AsyncExitStack() as stack:
        yield _scripted() if request.param == "scripted" else await _http(stack)


def _scripted() -> Subject:
    endless = ScriptedGateway(scripted.reply("Begins", Pause(30)))

    async def gone() -> None:
        assert (endless.running, endless.abandoned) == (0, 1)

    return Subject(
        complete=ScriptedGateway(scripted.reply("Hello, ", "world.")),
        cut=ScriptedGateway(scripted.cut("Half ", "of")),
        limited=ScriptedGateway(scripted.failure(RateLimitedError("Wait.", remedy="Wait.", retry_after_s=7))),
        endless=endless,
        gone=gone,
    )


async def _http(stack: AsyncExitStack) -> Subject:
    async def gateway(*script: bytes | float) -> tuple[Gateway, RawServer]:
        server = await stack.enter_async_context(RawServer(*script).running())
        return await stack.enter_async_context(gateway_to(server.base_url)), server

    endless, server = await gateway(CHUNKED, framed(chunk("Begins")), 30.0)

    async def gone() -> None:
        async with asyncio.timeout(5):
            await server.left.wait()

    return Subject(
        complete=(await gateway(CHUNKED, framed(chunk("Hello, ")), framed(chunk("world.")), END))[0],
        cut=(await gateway(CHUNKED, framed(chunk("Half ")), framed(chunk("of")), b"0\r\n\r\n"))[0],
        limited=(await gateway(answer("429 Slow Down", b"{}", "application/json", "retry-after: 7")))[0],
        endless=endless,
        gone=gone,
    )


async def test_a_complete_reply_ends_with_the_one_finished(subject: Subject):
    reply = await whole(subject.complete)
    assert reply.text == "Hello, world."
    assert reply.finished is not None
    assert reply.finished.reason == "stop"
    assert reply.finished.model_name
    assert reply.error is None


async def test_a_cut_reply_keeps_its_text_and_is_not_finished(subject: Subject):
    reply = await whole(subject.cut)
    assert reply.text == "Half of"
    assert reply.finished is None
    assert isinstance(reply.error, StreamCutError)
    assert reply.error.remedy


async def test_an_error_before_any_text_is_raised_when_the_stream_is_read(subject: Subject):
    stream = subject.limited.stream(ask())
    with pytest.raises(RateLimitedError) as raised:
        await anext(stream)
    assert raised.value.retry_after_s == 7
    assert raised.value.retryable


async def test_closing_a_stream_ends_it_at_the_provider(subject: Subject):
    async with aclosing(subject.endless.stream(ask())) as events:
        assert await anext(events) == TextDelta(text="Begins")
    await subject.gone()


async def test_cancelling_a_reader_ends_the_stream_at_the_provider(subject: Subject):
    begun = asyncio.Event()

    async def read() -> None:
        async with aclosing(subject.endless.stream(ask())) as events:
            async for _ in events:
                begun.set()

    task = asyncio.create_task(read())
    async with asyncio.timeout(20):
        await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await subject.gone()


async def test_streams_of_one_gateway_do_not_disturb_each_other(subject: Subject):
    replies = await asyncio.gather(*(whole(subject.complete) for _ in range(8)))
    assert {reply.text for reply in replies} == {"Hello, world."}
    assert all(isinstance(reply.finished, Finished) for reply in replies)


async def test_a_gateway_can_be_warmed_and_closed_more_than_once(subject: Subject):
    await subject.complete.warm()
    await subject.complete.warm()
    await subject.complete.close()
    await subject.complete.close()
