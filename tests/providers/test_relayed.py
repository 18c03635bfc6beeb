"""Replies by litellm's own streams, from real sockets: what comes of them, and what never gets out."""

import asyncio
import contextlib
import logging
import socket
import time
from contextlib import aclosing

import pytest

from tests.providers.asking import KEY, QUESTION, ask, gateway_to, whole
from tests.providers.raw_server import RawServer, answer, framed
from tests.providers.routed import BEDROCK, COHERE, OLLAMA, SPOKEN, Spoken
from workbench.errors import (
    AddressWrongError,
    InvalidInputError,
    KeyMissingError,
    KeyRejectedError,
    ProviderError,
    ProviderUnavailableError,
    RateLimitedError,
    RequestRefusedError,
    StreamCutError,
    StreamMalformedError,
    StreamStalledError,
)
from workbench.providers import library, routes, services
from workbench.providers.endpoints import Limits, clean_base_url
from workbench.providers.gateway import Gateway
from workbench.providers.records import ReasoningDelta, TextDelta
from workbench.providers.routes import ROUTES

HASTY = Limits(connect_s=5, first_token_s=1.0, between_tokens_s=0.5)
LITTLE = (COHERE, OLLAMA, BEDROCK)
"""Three framings: events, lines, and Amazon's own."""

each = pytest.mark.parametrize("spoken", SPOKEN, ids=lambda one: f"{one.route}-{one.content_type.partition('/')[2]}")
some = pytest.mark.parametrize("spoken", LITTLE, ids=lambda one: one.route)


@contextlib.asynccontextmanager
async def asked(spoken: Spoken, *script: bytes | float, limits: Limits | None = None, **place: object):
    """A gateway to a server that plays this, and the server."""
    async with RawServer(*script).running() as server:
        base_url = f"http://127.0.0.1:{server.port}"
        async with gateway_to(base_url, route=spoken.route, limits=limits, **place) as gateway:
            yield gateway, server


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture):
    """Nothing that is logged holds the key or the question."""
    caplog.set_level(logging.DEBUG)
    yield
    assert KEY not in caplog.text
    assert QUESTION not in caplog.text


@each
async def test_a_whole_reply_has_its_text_its_end_and_what_the_provider_counted(spoken: Spoken):
    async with asked(spoken, *spoken.whole("Hello, ", "world.")) as (gateway, server):
        reply = await whole(gateway)
    assert (reply.text, reply.error) == ("Hello, world.", None)
    assert reply.finished is not None
    assert reply.finished.reason == "stop"
    assert (reply.finished.input_tokens, reply.finished.output_tokens) == spoken.tokens
    ((first, headers, body),) = server.requests
    assert first.decode() == f"POST {spoken.path} HTTP/1.1"
    assert QUESTION.encode() in body
    assert (KEY in headers.get("authorization", "") or headers.get("api-key") == KEY) is True
    assert library.NOT_THE_KEY not in str(headers)
    assert headers["user-agent"].startswith("llm-workbench/")
    assert KEY.encode() not in body


@each
async def test_a_reply_without_a_reason_for_its_end_is_cut_though_its_server_closes_it_in_good_order(spoken: Spoken):
    async with asked(spoken, *spoken.cut("Half ", "of")) as (gateway, _):
        reply = await whole(gateway)
    assert (reply.text, reply.finished) == ("Half of", None)
    assert isinstance(reply.error, StreamCutError)


@each
async def test_a_reply_whose_connection_breaks_is_cut(spoken: Spoken):
    async with asked(spoken, *spoken.cut("Half ", "of")[:-1]) as (gateway, _):
        reply = await whole(gateway)
    assert (reply.text, reply.finished) == ("Half of", None)
    assert isinstance(reply.error, StreamCutError)


@each
async def test_a_rejected_key_and_a_limit_are_told_as_of_any_provider(spoken: Spoken):
    said = f'{{"message": "invalid api key {KEY}"}}'.encode()
    async with asked(spoken, answer("401 Unauthorized", said)) as (gateway, server):
        reply = await whole(gateway)
        assert len(server.requests) == 1
    assert isinstance(reply.error, KeyRejectedError)
    assert KEY not in repr(reply.error) + str(reply.error.__cause__) + str(reply.error.__context__)
    async with asked(spoken, answer("429 Slow Down", b"{}", "application/json", "retry-after: 7")) as (gateway, server):
        reply = await whole(gateway)
        assert len(server.requests) == 1
    assert isinstance(reply.error, RateLimitedError)
    assert reply.error.retry_after_s == 7


@some
@pytest.mark.parametrize(
    ("status", "error"), [("500 No", ProviderUnavailableError), ("302 Found", AddressWrongError)], ids=str
)
async def test_a_fault_and_a_redirection_are_told_and_nothing_is_sent_again(spoken: Spoken, status: str, error: type):
    script = answer(status, b"{}", "application/json", "location: http://127.0.0.1:9/elsewhere")
    async with asked(spoken, script) as (gateway, server):
        reply = await whole(gateway)
        assert len(server.requests) == 1
    assert isinstance(reply.error, error)


@some
async def test_a_web_page_is_no_reply(spoken: Spoken):
    async with asked(spoken, answer("200 OK", b"<!doctype html><p>Hello", "text/html")) as (gateway, _):
        assert isinstance((await whole(gateway)).error, AddressWrongError)


async def test_what_is_not_of_the_format_is_an_error():
    async with asked(COHERE, COHERE.head, framed(b'data: {"type": "content-delta", "index": \n'), b"0\r\n\r\n") as (
        g,
        _,
    ):
        assert isinstance((await whole(g)).error, StreamMalformedError)


@some
async def test_a_server_that_does_not_answer_is_left_after_the_first_limit(spoken: Spoken):
    async with asked(spoken, 30.0, limits=HASTY) as (gateway, server):
        reply = await whole(gateway)
        assert isinstance(reply.error, StreamStalledError)
        async with asyncio.timeout(2):
            await server.left.wait()


@some
async def test_a_reply_that_falls_silent_is_left_after_the_second_limit(spoken: Spoken):
    script = (spoken.head, framed(spoken.piece("Begins")), 30.0)
    async with asked(spoken, *script, limits=HASTY) as (gateway, server):
        reply = await whole(gateway)
        assert (reply.text, type(reply.error)) == ("Begins", StreamStalledError)
        async with asyncio.timeout(2):
            await server.left.wait()


@some
async def test_cancelling_closes_the_connection_at_once(spoken: Spoken):
    begun = asyncio.Event()

    async def read(gateway: Gateway) -> None:
        async with aclosing(gateway.stream(ask())) as events:
            async for _ in events:
                begun.set()

    async with asked(spoken, spoken.head, framed(spoken.piece("Begins")), 30.0) as (gateway, server):
        task = asyncio.create_task(read(gateway))
        async with asyncio.timeout(20):
            await begun.wait()
        cancelled_at = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with asyncio.timeout(5):
            await server.left.wait()
        assert server.left_at - cancelled_at < 0.5


@some
async def test_leaving_early_closes_the_connection(spoken: Spoken):
    async with asked(spoken, spoken.head, framed(spoken.piece("Begins")), 30.0) as (gateway, server):
        async with aclosing(gateway.stream(ask())) as events:
            assert await anext(events) == TextDelta(text="Begins")
        async with asyncio.timeout(2):
            await server.left.wait()


@some
async def test_requests_go_through_the_proxy_with_the_headers_of_the_provider(spoken: Spoken):
    async with (
        RawServer(*spoken.whole("Hello.")).running() as proxy,
        gateway_to(
            "http://192.168.77.7:1",
            route=spoken.route,
            proxy=f"http://127.0.0.1:{proxy.port}",
            headers={"x-team": "blue"},
        ) as gateway,
    ):
        reply = await whole(gateway)
    assert (reply.text, reply.error) == ("Hello.", None)
    ((first, headers, _),) = proxy.requests
    assert first.decode() == f"POST http://192.168.77.7:1{spoken.path} HTTP/1.1"
    assert headers["x-team"] == "blue"


async def test_two_replies_at_once_each_keep_to_their_own_provider():
    async with (
        asked(OLLAMA, *OLLAMA.whole("One"), api_key="sk-first-of-two") as (first, one),
        asked(OLLAMA, *OLLAMA.whole("Two"), api_key="sk-second-of-two") as (second, two),
    ):
        replies = await asyncio.gather(whole(first), whole(second))
    assert [reply.text for reply in replies] == ["One", "Two"]
    assert [server.requests[0][1]["authorization"] for server in (one, two)] == [
        "Bearer sk-first-of-two",
        "Bearer sk-second-of-two",
    ]


async def test_without_a_key_nothing_is_sent_but_to_a_server_that_needs_none(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COHERE_API_KEY", "sk-of-the-environment")
    monkeypatch.setenv("OLLAMA_API_KEY", "sk-of-the-environment")
    async with asked(COHERE, *COHERE.whole("Hello."), api_key=None) as (gateway, server):
        assert isinstance((await whole(gateway)).error, KeyMissingError)
        assert server.requests == []
    async with asked(OLLAMA, *OLLAMA.whole("Hello."), api_key=None) as (gateway, server):
        assert (await whole(gateway)).text == "Hello."
        assert "authorization" not in server.requests[0][1]


@each
async def test_litellm_reaches_nobody_by_itself(spoken: Spoken, monkeypatch: pytest.MonkeyPatch):
    reached: list[object] = []
    connect = socket.socket.connect
    monkeypatch.setattr(socket.socket, "connect", lambda its, to: (reached.append(to), connect(its, to))[1])
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *_, **__: reached.append(host))
    async with asked(spoken, *spoken.whole("Hello.")) as (gateway, server):
        assert (await whole(gateway)).text == "Hello."
    assert reached == [("127.0.0.1", server.port)]


@some
async def test_a_reply_that_repeats_itself_is_read_to_its_end(spoken: Spoken):
    async with asked(spoken, *spoken.whole(*["tick "] * 150)) as (gateway, _):
        reply = await whole(gateway)
    assert (reply.text, reply.error) == ("tick " * 150, None)


async def test_what_a_model_thinks_is_told_from_what_it_says():
    thought = OLLAMA.piece("")[:-1].replace(b'"content": ""', b'"content": "", "thinking": "Well."') + b"\n"
    async with asked(OLLAMA, OLLAMA.head, framed(thought), *OLLAMA.whole("Yes.")[1:]) as (gateway, _):
        events = [event async for event in gateway.stream(ask())]
    assert events[:2] == [ReasoningDelta(text="Well."), TextDelta(text="Yes.")]


async def test_an_end_at_the_limit_is_told_from_a_whole_answer():
    end = OLLAMA.end.replace(b'"stop"', b'"length"')
    script = (OLLAMA.head, framed(OLLAMA.piece("Yes")), framed(end) + b"0\r\n\r\n")
    async with asked(OLLAMA, *script) as (gateway, _):
        reply = await whole(gateway)
    assert reply.finished is not None
    assert reply.finished.reason == "length"


async def test_limits_of_the_reply_are_sent_in_the_words_of_the_provider():
    async with asked(OLLAMA, *OLLAMA.whole("Yes.")) as (gateway, server):
        await whole(gateway, ask(max_output_tokens=16, temperature=0.25))
    assert b'"num_predict": 16' in server.requests[0][2]
    assert b'"temperature": 0.25' in server.requests[0][2]


async def test_a_key_of_snowflakes_is_told_by_its_beginning_which_is_not_sent():
    snowflake = next(one for one in SPOKEN if one.route == "snowflake")
    async with asked(snowflake, *snowflake.whole("Yes."), api_key="pat/sk-needle-77") as (gateway, server):
        await whole(gateway)
    headers = server.requests[0][1]
    assert headers["authorization"] == "Bearer sk-needle-77"
    assert headers["x-snowflake-authorization-token-type"] == "PROGRAMMATIC_ACCESS_TOKEN"


# The list of routes


@pytest.mark.parametrize("route", ROUTES.values(), ids=lambda route: route.name)
def test_a_route_is_known_to_litellm_and_to_everybody_and_has_a_stand_in(route: routes.Route):
    litellm = library.load()
    _, provider, _, _ = litellm.get_llm_provider(model=f"{route.name}/a-model", api_key="k")
    assert provider == route.name
    known = services.by_route(route.name)
    assert known is not None
    assert (known.kind, known.verified, known.needs_key) == ("litellm", False, route.needs_key)
    assert known.base_url or known.url_example
    assert route.name in {one.route for one in SPOKEN}


@pytest.mark.parametrize("name", ["vertex_ai", "sagemaker", "gigachat", "watsonx_text", "replicate"])
def test_a_route_that_cannot_be_used_says_why(name: str):
    assert name in library.load().LlmProviders._value2member_map_
    with pytest.raises(InvalidInputError, match="cannot be used: ") as raised:
        routes.named(name)
    assert "cohere_chat" in raised.value.remedy


def test_a_route_that_nobody_knows_says_so():
    with pytest.raises(InvalidInputError, match="There is no route 'nonsense'"):
        routes.named("nonsense")


@pytest.mark.parametrize(
    ("route", "given", "kept"),
    [
        ("cohere_chat", "https://api.cohere.com/v2/chat", "https://api.cohere.com"),
        ("cohere_chat", "https://api.cohere.com/", "https://api.cohere.com"),
        ("ollama_chat", "http://localhost:11434/api/chat", "http://localhost:11434"),
        ("databricks", "https://w.example.com/serving-endpoints/", "https://w.example.com/serving-endpoints"),
        (
            "cloudflare",
            "https://api.cloudflare.com/client/v4/accounts/a/ai/v1/chat/completions",
            "https://api.cloudflare.com/client/v4/accounts/a/ai/v1",
        ),
    ],
)
def test_what_is_pasted_along_with_an_address_is_left_out(route: str, given: str, kept: str):
    assert clean_base_url(given, route=route) == kept


def test_the_region_is_read_from_the_address():
    assert routes.region("https://bedrock-runtime.eu-central-1.amazonaws.com") == "eu-central-1"
    assert routes.region("https://vpce-1.bedrock-runtime.ap-south-1.vpce.amazonaws.com") == "ap-south-1"


async def test_a_model_that_litellm_cannot_ask_is_refused(monkeypatch: pytest.MonkeyPatch):
    async def fail(**_: object) -> None:
        raise KeyError("nothing of it is known")

    monkeypatch.setattr(library.load(), "acompletion", fail)
    async with asked(OLLAMA, *OLLAMA.whole("Yes.")) as (gateway, server):
        error = (await whole(gateway)).error
        assert server.requests == []
    assert isinstance(error, RequestRefusedError)
    assert isinstance(error, ProviderError)
