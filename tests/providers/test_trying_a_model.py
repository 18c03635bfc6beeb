"""Trying a model: every way in which it can fail is told apart, in each format."""

import asyncio
import errno
import json
from collections.abc import Iterator
from typing import get_args

import pytest
from llmock.scenarios import Delay, Reply
from llmock.testing import LLMockServer

from tests.providers.asking import KEY, REMOTE, gateway_to, whole
from tests.providers.raw_server import SSE, RawServer, answer, chunk
from tests.providers.scripted import NoBudgets
from tests.providers.test_llmock import base_url, each_format
from workbench.errors import KeyMissingError, ProviderError, StreamCutError, StreamStalledError
from workbench.providers import faults
from workbench.providers.checks import check
from workbench.providers.formats import WireFormat
from workbench.providers.ledger import Ledger
from workbench.providers.records import ChatRequest, Pdf, Picture, Turn


@pytest.fixture(scope="module")
def server() -> Iterator[LLMockServer]:
    with LLMockServer() as server:
        yield server


@each_format
async def test_a_model_that_works_says_how_fast(server, wire, database):
    server.state.scenarios.clear()
    server.state.scenarios.add(Reply(text="OK", times=None), Delay(0.2))
    async with gateway_to(base_url(server, wire), wire=wire) as gateway:
        await gateway.warm()
        found = await check(Ledger(gateway, database, NoBudgets()), REMOTE)
    assert found.model == REMOTE.id
    assert 200 <= found.first_token_ms < 20_000


OPENAI, ANTHROPIC, GEMINI = get_args(WireFormat)
KEY_REFUSED = "The provider 'somewhere' does not accept the key."
ANOTHER_KEY = "Give it a valid one: `workbench keys set somewhere`, or under Models in JupyterLab."
FORBIDDEN = "The key for 'somewhere' has no right to use 'a-model'."
ALLOW_IT = "Allow it in your account there, or choose another model."
NO_CREDIT = "The account at 'somewhere' has no credit or quota left."
ADD_CREDIT = "Add credit or raise its limits there, or choose another model."
UNKNOWN = "The provider 'somewhere' does not know the model 'a-model', or no longer has it."
ITS_MODELS = "Check its name, or choose another model: `workbench providers models somewhere` lists those it has."
BASE_URL = "Correct its base URL: `workbench providers set somewhere --base-url URL`; most end in `/v1`."
NO_API = "The address of 'somewhere' answers, but not as a chat API (HTTP 404)."
WEB_PAGE = "The address of 'somewhere' leads to a web page (HTTP 200), not to a chat API."
WAIT = "The provider 'somewhere' asks to wait for 7 s: too many requests."
ITS_FAULT = "The provider 'somewhere' has a fault of its own (HTTP 503)."
LATER = "Try again in a moment, or choose another model."


def refusal(status_line: str, /, *headers: str, **error: object) -> bytes:
    """An error as all three formats wrap it; it repeats the key, as some do."""
    body = {"error": {"message": f"Refused: {KEY}"} | error}
    return answer(status_line, json.dumps(body).encode(), "application/json", f"x-your-key: {KEY}", *headers)


REFUSALS = [
    ("key_rejected", OPENAI, refusal("401 Unauthorized", code="invalid_api_key"), KEY_REFUSED, ANOTHER_KEY),
    ("key_rejected", ANTHROPIC, refusal("401 Unauthorized", type="authentication_error"), KEY_REFUSED, ANOTHER_KEY),
    (
        "key_rejected", GEMINI,
        refusal("400 Bad Request", status="INVALID_ARGUMENT", details=[{"reason": "API_KEY_INVALID"}]),
        KEY_REFUSED, ANOTHER_KEY,
    ),
    (
        "key_rejected", GEMINI,
        refusal("403 Forbidden", status="PERMISSION_DENIED", message="Your API key was reported as leaked."),
        KEY_REFUSED, ANOTHER_KEY,
    ),
    ("model_forbidden", OPENAI, refusal("403 Forbidden", code="model_not_allowed"), FORBIDDEN, ALLOW_IT),
    (
        "model_forbidden", OPENAI,
        refusal("401 Unauthorized", message="You have insufficient permissions. Missing scopes: model.request"),
        FORBIDDEN, ALLOW_IT,
    ),
    ("model_forbidden", ANTHROPIC, refusal("403 Forbidden", type="permission_error"), FORBIDDEN, ALLOW_IT),
    ("model_forbidden", GEMINI, refusal("403 Forbidden", status="PERMISSION_DENIED"), FORBIDDEN, ALLOW_IT),
    ("quota_exceeded", OPENAI, refusal("402 Payment Required"), NO_CREDIT, ADD_CREDIT),
    ("quota_exceeded", OPENAI, refusal("429 Too Many Requests", code="insufficient_quota"), NO_CREDIT, ADD_CREDIT),
    (
        "quota_exceeded", ANTHROPIC,
        refusal("400 Bad Request", message="Your credit balance is too low to access the API."), NO_CREDIT, ADD_CREDIT,
    ),
    (
        "quota_exceeded", GEMINI,
        refusal("429 Too Many Requests", status="RESOURCE_EXHAUSTED", message="You exceeded your current quota."),
        NO_CREDIT, ADD_CREDIT,
    ),
    (
        "quota_exceeded", GEMINI,
        refusal(
            "429 Too Many Requests", status="RESOURCE_EXHAUSTED", message="You exceeded your current quota.",
            details=[{"quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier"}, {"retryDelay": "34s"}],
        ),
        NO_CREDIT, ADD_CREDIT,
    ),
    ("model_unknown", OPENAI, refusal("404 Not Found", code="model_not_found"), UNKNOWN, ITS_MODELS),
    ("model_unknown", OPENAI, refusal("400 Bad Request", code="model_decommissioned"), UNKNOWN, ITS_MODELS),
    (
        "model_unknown", ANTHROPIC,
        refusal("404 Not Found", type="not_found_error", message="model: a-model"), UNKNOWN, ITS_MODELS,
    ),
    (
        "model_unknown", GEMINI,
        refusal("404 Not Found", status="NOT_FOUND", message="models/a-model is not found for API version v1beta"),
        UNKNOWN, ITS_MODELS,
    ),
    *(
        case
        for wire in (OPENAI, ANTHROPIC, GEMINI)
        for case in (
            ("address_wrong", wire, answer("404 Not Found", b"{}"), NO_API, BASE_URL),
            ("address_wrong", wire, answer("200 OK", b"<!doctype html>Welcome", "text/html"), WEB_PAGE, BASE_URL),
            ("rate_limited", wire, refusal("429 Too Many Requests", "retry-after: 7"), WAIT, "Try again then."),
            ("provider_unavailable", wire, refusal("503 Service Unavailable"), ITS_FAULT, LATER),
        )
    ),
]  # fmt: skip


@pytest.mark.parametrize(("code", "wire", "sent", "message", "remedy"), REFUSALS)
async def test_every_refusal_has_its_own_code_sentence_and_remedy(code, wire, sent, message, remedy, database):
    async with RawServer(sent).running() as server, gateway_to(server.base_url, wire=wire) as gateway:
        with pytest.raises(ProviderError) as raised:
            await check(Ledger(gateway, database, NoBudgets()), REMOTE)
    assert (raised.value.code, raised.value.message, raised.value.remedy) == (code, message, remedy)


@pytest.mark.parametrize(
    ("sent", "key", "expected"),
    [(answer("401 Unauthorized", b"{}"), None, KeyMissingError), (SSE, KEY, StreamCutError)],
)
async def test_a_missing_key_and_an_empty_answer_are_told_apart(sent, key, expected, database):
    async with RawServer(sent).running() as server, gateway_to(server.base_url, api_key=key) as gateway:
        with pytest.raises(expected):
            await check(Ledger(gateway, database, NoBudgets()), REMOTE)


@each_format
@pytest.mark.parametrize(
    ("base_url", "code", "message", "remedy"),
    [
        (
            "http://127.0.0.1:1/v1", "address_wrong",
            "Nothing answers at the address of 'somewhere': the connection was refused.",
            "Start the server there, or correct its address and port.",
        ),
        (
            "http://no-such-host.invalid/v1", "network_missing",
            "The address of 'somewhere' cannot be found: there is no network, or no server of that name.",
            "Check the network connection, then the address.",
        ),
    ],
)  # fmt: skip
async def test_no_network_is_told_from_a_wrong_address(base_url, code, message, remedy, wire, database):
    async with gateway_to(base_url, wire=wire) as gateway:
        with pytest.raises(ProviderError) as raised:
            await check(Ledger(gateway, database, NoBudgets()), REMOTE)
    assert (raised.value.code, raised.value.message, raised.value.remedy) == (code, message, remedy)


@pytest.mark.parametrize("number", [errno.ENETUNREACH, errno.EHOSTUNREACH])
def test_where_no_way_leads_is_no_network(number):
    lost = ConnectionError("All connection attempts failed")
    lost.__cause__ = OSError(number, "unreachable")
    error = faults.from_connection(faults.Asked(provider="p", model="m"), lost)
    assert (error.code, error.retryable) == ("network_missing", True)


ATTACHED = Turn(
    role="user",
    text="What is this?",
    pictures=(Picture(message_id="m", number=0, media_type="image/png", name="cat.png", data=b"x" * 3_500_000),),
    pdfs=(Pdf(message_id="m", number=1, name="paper.pdf", data=b"x" * 5_000),),
)
TOO_LARGE = [
    (OPENAI, refusal("413 Payload Too Large")),
    (ANTHROPIC, refusal("413 Payload Too Large", type="request_too_large")),
    (ANTHROPIC, refusal("400 Bad Request", message="messages.0.content.1.image: image exceeds 5 MB maximum")),
    (GEMINI, refusal("400 Bad Request", message="Request payload size exceeds the limit: 20971520 bytes.")),
]


@pytest.mark.parametrize(("wire", "sent"), TOO_LARGE)
async def test_what_is_attached_and_too_large_is_named(wire, sent):
    async with RawServer(sent).running() as server, gateway_to(server.base_url, wire=wire) as gateway:
        reply = await whole(gateway, ChatRequest(model=REMOTE, turns=(ATTACHED,)))
    assert (reply.error.code, reply.error.message, reply.error.remedy) == (
        "attachment_too_large",
        "What is attached is too large for 'somewhere': 'cat.png' (3.3 MB), 'paper.pdf' (5 KB).",
        "Attach a smaller picture or fewer pages, or choose a model of another provider.",
    )


@pytest.mark.parametrize(("wire", "sent"), TOO_LARGE[:2])
async def test_without_attachments_it_is_the_conversation_that_is_too_long(wire, sent):
    async with RawServer(sent).running() as server, gateway_to(server.base_url, wire=wire) as gateway:
        reply = await whole(gateway)
    assert (reply.error.code, reply.error.message) == (
        "context_too_long", "The conversation is too long for 'a-model'."
    )  # fmt: skip


async def test_a_long_conversation_with_a_picture_is_still_too_long():
    sent = refusal("400 Bad Request", message="prompt is too long: 210000 tokens > 200000 maximum")
    async with RawServer(sent).running() as server, gateway_to(server.base_url, wire=ANTHROPIC) as gateway:
        reply = await whole(gateway, ChatRequest(model=REMOTE, turns=(ATTACHED,)))
    assert reply.error.code == "context_too_long"


async def test_silence_is_told_from_an_address_where_nobody_is(database):
    async with RawServer(SSE, 30.0).running() as server, gateway_to(server.base_url) as gateway:
        await gateway.warm()
        with pytest.raises(StreamStalledError):
            await check(Ledger(gateway, database, NoBudgets()), REMOTE, within_s=0.5)


async def test_a_check_leaves_at_the_first_piece(database):
    async with RawServer(SSE, chunk("O"), 30.0).running() as server, gateway_to(server.base_url) as gateway:
        assert (await check(Ledger(gateway, database, NoBudgets()), REMOTE)).model == REMOTE.id
        async with asyncio.timeout(2):
            await server.left.wait()
