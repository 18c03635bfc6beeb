"""Streams that go wrong, over real sockets and in each wire format: what is kept of them, and what is said."""

from dataclasses import replace

import pytest

from tests.providers.asking import REMOTE, ask, gateway_to, whole
from tests.providers.raw_server import CHUNKED, SSE, RawServer, framed
from tests.providers.spoken import FORMATS, Spoken
from workbench.errors import ProviderUnavailableError, StreamCutError

each_format = pytest.mark.parametrize("spoken", FORMATS, ids=lambda spoken: spoken.wire)
ASKED = ask(model=replace(REMOTE, name="gemini-2.5-flash"))
"""Of a model whose requests are built once, and not each by litellm."""
TEXTS = ("Grüße 🐝, ", "世界.")
HALVES = [
    (rb"a\ud800b", "a\ufffdb"),
    (rb"a\uDFFF", "a\ufffd"),
    (rb"\ud83d", "\ufffd"),
    (rb"\ud83d\n", "\ufffd\n"),
    (rb"\ud83d\ud83d\udc1d", "\ufffd🐝"),
    (rb"\udc1d\ud83d", "\ufffd\ufffd"),
    (rb"\\ud800 \ud800", r"\ud800 " + "\ufffd"),
]
"""Escapes of half a surrogate pair, and as what they are read."""


async def reply_of(spoken: Spoken, *script, limits=None, **place):
    """What a gateway makes of an answer in this format."""
    async with (
        RawServer(*script).running() as server,
        gateway_to(server.base_url, limits=limits, wire=spoken.wire, **place) as gateway,
    ):
        return await whole(gateway, ASKED)


@each_format
async def test_half_a_surrogate_pair_is_a_replacement_character_and_the_reply_is_kept(spoken):
    for escaped, read in HALVES:
        stream = spoken.message("Before ", "HERE", " after").replace(b"HERE", escaped)
        reply = await reply_of(spoken, SSE, stream)
        assert (reply.error, reply.text) == (None, f"Before {read} after")
        assert reply.finished.reason == "stop"


@each_format
async def test_an_event_with_half_a_surrogate_pair_is_whole_without_its_blank_line(spoken):
    careless = spoken.message("One", r"\ud800").replace(rb"\\ud800", rb"\ud800").replace(b"\r\n", b"\n")
    reply = await reply_of(spoken, SSE, careless.replace(b"\n\n", b"\n"))
    assert (reply.error, reply.text) == (None, "One\ufffd")


@each_format
async def test_a_stream_cut_at_any_byte_keeps_what_came_and_is_complete_only_after_its_end_mark(spoken):
    events = [spoken.begin, *map(spoken.say, TEXTS), spoken.mark, spoken.after]
    stream = CHUNKED + b"".join(framed(event) for event in events if event) + b"0\r\n\r\n"
    marked = spoken.mark.rstrip()
    complete_from = stream.index(marked) + len(marked)
    known_from = {stream.index(event.rstrip()) + len(event.rstrip()): event for event in map(spoken.say, TEXTS)}
    async with RawServer().running() as server, gateway_to(server.base_url, wire=spoken.wire) as gateway:
        for at in range(len(stream)):
            server.script = (stream[:at],)
            reply = await whole(gateway, ASKED)
            text = "".join(text for text, end in zip(TEXTS, known_from, strict=True) if at >= end)
            assert reply.text == text, at
            if at >= complete_from:
                assert (reply.error, reply.finished.reason) == (None, "stop"), at
                continue
            assert reply.finished is None, at
            if at < len(CHUNKED):
                told = (ProviderUnavailableError, "The connection to 'somewhere' broke before an answer came.")
                remedy = "Try again in a moment."
            else:
                told = (StreamCutError, "The reply from 'somewhere' was cut off before its end.")
                remedy = "Continue it, or try again."
            assert (type(reply.error), reply.error.message, reply.error.remedy) == (*told, remedy), at
        assert server.connections == len(stream)
