"""The gateway against a stand-in that nobody here wrote, over real HTTP."""

import base64
from collections.abc import Iterator

import pytest
from llmock.scenarios import Delay, Fail, Reply, SlowFirstToken, StreamFault
from llmock.testing import LLMockServer

from tests.providers.asking import Reply as Answer
from tests.providers.asking import gateway_to, whole
from workbench.errors import (
    KeyRejectedError,
    ProviderUnavailableError,
    RateLimitedError,
    StreamCutError,
    StreamMalformedError,
    StreamStalledError,
)
from workbench.providers.endpoints import Limits
from workbench.providers.formats import WireFormat
from workbench.providers.records import ChatRequest, Model, Pdf, Picture, Turn

TEXT = "The quick brown fox jumps over the lazy dog, twice, and rests."
PNG = b"\x89PNG\r\n\x1a\n"
QUICK = Limits(connect_s=5, first_token_s=0.6, between_tokens_s=0.6)


@pytest.fixture(scope="module")
def server() -> Iterator[LLMockServer]:
    with LLMockServer() as server:
        yield server


PATHS: dict[WireFormat, str] = {"openai": "/v1", "anthropic": "", "gemini": "/v1beta"}
"""Of base URLs, below the stand-in's own."""
SILENT_CHUNKS: dict[WireFormat, int] = {"openai": 1, "anthropic": 2, "gemini": 0}
"""How many come before the first that holds text."""
each_format = pytest.mark.parametrize("wire", PATHS)


def base_url(server: LLMockServer, wire: WireFormat) -> str:
    return server.base_url(wire).rstrip("/").removesuffix(PATHS[wire]) + PATHS[wire]


async def reply_to(server: LLMockServer, *behaviours: object, wire: WireFormat, limits: Limits | None = None) -> Answer:
    server.state.scenarios.clear()
    server.state.scenarios.add(Reply(text=TEXT, times=None), *behaviours)
    async with gateway_to(base_url(server, wire), wire=wire, limits=limits) as gateway:
        await gateway.warm()
        return await whole(gateway)


@each_format
@pytest.mark.parametrize("behaviours", [(), (Delay(0.2),), (SlowFirstToken(0.2),)], ids=["normal", "late", "slow"])
async def test_a_reply_is_whole(server, wire, behaviours):
    reply = await reply_to(server, *behaviours, wire=wire)
    assert (reply.text, reply.finished.reason, reply.error) == (TEXT, "stop", None)
    assert reply.finished.input_tokens > 0
    assert reply.finished.output_tokens > 0


@pytest.mark.parametrize("name", ["a-model", "gpt-4o", "o3-mini"])
async def test_pictures_arrive_as_parts_beside_the_text(server, name):
    """`o3-mini` is one of the models whose messages litellm writes itself."""
    pictures = [Picture(message_id="m", number=n, media_type="image/png", data=PNG + bytes([n])) for n in range(2)]
    turns = (Turn(role="system", text="Be brief."), Turn(role="user", text="What is it?", pictures=tuple(pictures)))
    model = Model(id=f"somewhere/{name}", name=name, provider="somewhere", kind="openai", sees=True)
    server.state.scenarios.clear()
    server.state.scenarios.add(Reply(text=TEXT))
    server.state.journal.clear()
    async with gateway_to(server.base_url("openai")) as gateway:
        reply = await whole(gateway, ChatRequest(model=model, turns=turns))
    assert reply.text == TEXT
    (record,) = server.state.journal.records(wait=5)
    text, *parts = record.body["messages"][-1]["content"]
    assert text == {"type": "text", "text": "What is it?"}
    assert [part["type"] for part in parts] == ["image_url"] * 2
    urls = [part["image_url"]["url"].partition(",") for part in parts]
    assert [(kind, base64.b64decode(data)) for kind, _, data in urls] == [
        ("data:image/png;base64", each.data) for each in pictures
    ]


@pytest.mark.parametrize(
    ("wire", "name"), [("openai", "a-model"), ("openai", "o3-mini"), ("anthropic", "a-model"), ("gemini", "a-model")]
)
async def test_a_pdf_arrives_as_each_provider_documents_it(server, wire, name):
    pdf = Pdf(message_id="m", number=0, name="paper.pdf", data=b"%PDF-1.7\n\xff\n%%EOF\n")
    model = Model(id=f"somewhere/{name}", name=name, provider="somewhere", kind=wire, pdf=True)
    server.state.scenarios.clear()
    server.state.scenarios.add(Reply(text=TEXT))
    server.state.journal.clear()
    async with gateway_to(base_url(server, wire), wire=wire) as gateway:
        turns = (Turn(role="user", text="What is it?", pdfs=(pdf,)),)
        reply = await whole(gateway, ChatRequest(model=model, turns=turns))
    assert reply.text == TEXT
    (record,) = server.state.journal.records(wait=5)
    data = base64.b64encode(pdf.data).decode()
    source = {"type": "base64", "media_type": "application/pdf", "data": data}
    url = f"data:application/pdf;base64,{data}"
    expected = {
        "openai": {"type": "file", "file": {"filename": "paper.pdf", "file_data": url}},
        "anthropic": {"type": "document", "source": source},
        "gemini": {"inline_data": {"mime_type": "application/pdf", "data": data}},
    }
    last = record.body["contents" if wire == "gemini" else "messages"][-1]
    assert last["parts" if wire == "gemini" else "content"][-1] == expected[wire]


@pytest.mark.parametrize("wire", ["anthropic", "gemini"])
async def test_pictures_arrive_in_the_other_formats_too(server, wire):
    picture = Picture(message_id="m", number=0, media_type="image/png", data=PNG)
    turns = (Turn(role="user", text="What is it?", pictures=(picture,)),)
    model = Model(id="somewhere/a-model", name="a-model", provider="somewhere", kind=wire, sees=True)
    server.state.scenarios.clear()
    server.state.scenarios.add(Reply(text=TEXT))
    server.state.journal.clear()
    async with gateway_to(base_url(server, wire), wire=wire) as gateway:
        reply = await whole(gateway, ChatRequest(model=model, turns=turns))
    assert reply.text == TEXT
    (record,) = server.state.journal.records(wait=5)
    data = base64.b64encode(PNG).decode()
    if wire == "anthropic":
        parts = record.body["messages"][-1]["content"]
        expected = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": data}}
    else:
        parts = record.body["contents"][-1]["parts"]
        expected = {"inline_data": {"mime_type": "image/png", "data": data}}
    assert parts[-1] == expected


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        (Fail(401), KeyRejectedError),
        (Fail(429, retry_after=7), RateLimitedError),
        (Fail(500), ProviderUnavailableError),
        (Fail(503, retry_after=7), ProviderUnavailableError),
    ],
)
@each_format
async def test_a_refusal_is_named(server, wire, behaviour, expected):
    reply = await reply_to(server, behaviour, wire=wire)
    assert type(reply.error) is expected
    assert reply.text == ""
    assert reply.error.retry_after_s == behaviour.retry_after


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("disconnect", StreamCutError),
        ("truncate", StreamCutError),
        ("malformed", StreamMalformedError),
        ("stall", StreamStalledError),
    ],
)
@pytest.mark.parametrize("after", [1, 4])
@each_format
async def test_a_broken_stream_keeps_its_text_and_says_what_broke(server, wire, kind, expected, after):
    reply = await reply_to(server, StreamFault(kind, after_chunks=after, stall_seconds=3), wire=wire, limits=QUICK)
    assert type(reply.error) is expected
    assert reply.finished is None
    assert TEXT.startswith(reply.text)
    assert bool(reply.text) == (after > SILENT_CHUNKS[wire])
