import asyncio
import json
import logging
import os
import ssl
import subprocess
import sys
import time
from contextlib import aclosing, asynccontextmanager
from datetime import timedelta
from decimal import Decimal

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.providers.asking import KEY, LOCAL, QUESTION, REMOTE, ask, gateway_to, whole
from tests.providers.raw_server import CHUNKED, DONE, SSE, RawServer, answer, chunk, framed
from workbench.clock import utc_now
from workbench.errors import (
    AddressWrongError,
    ContextTooLongError,
    KeyMissingError,
    KeyRejectedError,
    ModelForbiddenError,
    ModelUnknownError,
    ProviderUnavailableError,
    QuotaExceededError,
    RateLimitedError,
    RequestRefusedError,
    StreamCutError,
    StreamMalformedError,
    StreamStalledError,
)
from workbench.providers import attempts, facts, requests
from workbench.providers.endpoints import Limits
from workbench.providers.prices import Prices, Rate
from workbench.providers.records import ChatRequest, Finished, TextDelta, Turn

REPLY = (SSE, chunk("Hello "), chunk("world"), chunk(finish="stop"), DONE)
PRICE = Prices(rates=(Rate(read_usd=Decimal("1e-6"), cached_usd=Decimal("1e-7"), written_usd=Decimal("7e-6")),))
QUICK = Limits(connect_s=2, first_token_s=0.3, between_tokens_s=0.3, after_end_s=0.2)


async def reply_of(*script, limits=None, request=None, **place):
    async with RawServer(*script).running() as server, gateway_to(server.base_url, limits=limits, **place) as gateway:
        return await whole(gateway, request), server


# What is sent


async def test_the_request_goes_where_the_base_url_says_with_key_and_question():
    reply, server = await reply_of(*REPLY)
    first, headers, body = server.requests[0]
    assert first == b"POST /v1/chat/completions HTTP/1.1"
    assert headers["authorization"] == f"Bearer {KEY}"
    assert json.loads(body) == {
        "model": "a-model",
        "messages": [{"role": "user", "content": QUESTION}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    assert reply.text == "Hello world"


async def test_headers_of_the_persons_own_are_sent_beside_the_key_and_never_in_its_place():
    own = {"x-team": "blue", "user-agent": "mine/1", "authorization": "Bearer of-another"}
    _, server = await reply_of(*REPLY, headers=own)
    sent = server.requests[0][1]
    assert (sent["x-team"], sent["user-agent"], sent["authorization"]) == ("blue", "mine/1", f"Bearer {KEY}")


async def test_a_request_goes_through_the_proxy_that_is_set():
    async with RawServer(*REPLY).running() as proxy:
        through = f"http://127.0.0.1:{proxy.port}"
        async with gateway_to("http://somewhere.invalid/v1", proxy=through) as gateway:
            reply = await whole(gateway)
    assert reply.text == "Hello world"
    first, headers, _ = proxy.requests[0]
    assert first == b"POST http://somewhere.invalid/v1/chat/completions HTTP/1.1"
    assert headers["host"] == "somewhere.invalid"


async def test_a_request_over_tls_shows_the_proxy_neither_key_nor_question():
    async with RawServer(answer("403 Forbidden", b"")).running() as proxy:
        through = f"http://127.0.0.1:{proxy.port}"
        async with gateway_to("https://somewhere.invalid/v1", proxy=through, headers={"x-team": "blue"}) as gateway:
            reply = await whole(gateway)
    (request,) = proxy.requests
    assert request[0] == b"CONNECT somewhere.invalid:443 HTTP/1.1"
    assert not {"authorization", "x-team"} & request[1].keys()
    assert isinstance(reply.error, ProviderUnavailableError)
    assert "proxy" in reply.error.message
    assert "workbench providers set" in reply.error.remedy


async def test_a_proxy_that_is_not_there_is_named_and_not_gone_around():
    async with RawServer(*REPLY).running() as server:
        async with gateway_to(server.base_url, proxy="http://127.0.0.1:1") as gateway:
            reply = await whole(gateway)
        assert server.requests == []
    assert reply.error.message == "The proxy on the way to 'somewhere' cannot be reached."


async def test_a_provider_has_time_limits_of_its_own():
    reply, _ = await reply_of(SSE, chunk("Hello "), 60.0, between_tokens_s=0.3)
    assert isinstance(reply.error, StreamStalledError)
    assert reply.text == "Hello "
    reply, _ = await reply_of(60.0, first_token_s=0.3)
    assert isinstance(reply.error, StreamStalledError)
    reply, _ = await reply_of(*REPLY, limits=Limits(first_token_s=0), first_token_s=60)
    assert reply.text == "Hello world"


async def test_without_a_key_none_is_sent():
    _, server = await reply_of(*REPLY, api_key=None)
    assert "authorization" not in server.requests[0][1]


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        ("gpt-4o", {}, {"model": "gpt-4o"}),
        (
            "gpt-4o",
            {"max_output_tokens": 7, "temperature": 0.3},
            {"model": "gpt-4o", "max_tokens": 7, "temperature": 0.3},
        ),
        ("o3-mini", {"max_output_tokens": 7}, {"model": "o3-mini", "max_completion_tokens": 7}),
        ("gpt-5", {"max_output_tokens": 7, "temperature": 0.3}, {"model": "gpt-5", "max_completion_tokens": 7}),
        ("meta-llama/Llama-3:free", {"temperature": 0.0}, {"model": "meta-llama/Llama-3:free", "temperature": 0.0}),
    ],
)
async def test_requests_are_as_the_model_wants_them(name, options, expected):
    takes = facts.known(name, "http://127.0.0.1:9/v1").temperature
    model = type(REMOTE)(id=f"somewhere/{name}", name=name, provider="somewhere", kind="openai", temperature=takes)
    _, server = await reply_of(*REPLY, request=ask("Hi", model=model, **options))
    body = json.loads(server.requests[0][2])
    assert body.pop("messages") == [{"role": "user", "content": "Hi"}]
    assert body == expected | {"stream": True, "stream_options": {"include_usage": True}}


@pytest.mark.parametrize(("takes", "sent"), [(None, {"temperature": 0.3}), (True, {"temperature": 0.3}), (False, {})])
@pytest.mark.parametrize("name", ["gpt-5", "any"])
async def test_a_temperature_is_sent_unless_it_is_said_that_it_is_not(name, takes, sent):
    model = type(REMOTE)(id=f"somewhere/{name}", name=name, provider="somewhere", kind="openai", temperature=takes)
    request = ask("Hi", model=model, temperature=0.3)
    assert request.unsent == (() if sent else ("temperature",))
    _, server = await reply_of(*REPLY, request=request)
    body = json.loads(server.requests[0][2])
    assert {name: told for name, told in body.items() if name == "temperature"} == sent


async def test_a_model_that_knows_no_system_turn_gets_it_as_litellm_says():
    model = type(REMOTE)(id="somewhere/o3-mini", name="o3-mini", provider="somewhere", kind="openai")
    async with RawServer(*REPLY).running() as server, gateway_to(server.base_url) as gateway:
        for question in ("One?", "Two?"):
            turns = (Turn(role="system", text="Be brief."), Turn(role="user", text=question))
            await whole(gateway, ChatRequest(model=model, turns=turns))
    for question, (_, _, body) in zip(("One?", "Two?"), server.requests, strict=True):
        assert json.loads(body)["messages"] == [
            {"role": "user", "content": "Be brief."},
            {"role": "user", "content": question},
        ]


async def test_a_remote_reply_is_continued_by_asking_for_it():
    _, server = await reply_of(*REPLY, request=ask("Count.", "One, tw", continues=True))
    messages = json.loads(server.requests[0][2])["messages"]
    assert messages[:2] == [{"role": "user", "content": "Count."}, {"role": "assistant", "content": "One, tw"}]
    assert messages[2] == {"role": "user", "content": requests.GO_ON}
    assert len(messages) == 3


async def test_a_reply_of_which_nothing_came_is_continued_by_asking_again():
    _, server = await reply_of(*REPLY, request=ask("Count.", "", continues=True))
    assert json.loads(server.requests[0][2])["messages"] == [{"role": "user", "content": "Count."}]


def test_a_local_reply_is_continued_from_its_last_character():
    body = json.loads(requests.local_body(ask("Count.", "One, tw", model=LOCAL, continues=True)))
    assert body["messages"][-1] == {"role": "assistant", "content": "One, tw"}


def test_local_requests_do_not_load_litellm():
    code = (
        "import sys, workbench.providers.gateway, workbench.providers.service; from tests.providers import asking;"
        "from workbench.providers import requests; requests.local_body(asking.ask(model=asking.LOCAL));"
        "print([name for name in ('litellm', 'xllamacpp', 'openai') if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert shown.strip() == "[]"


async def test_litellm_never_sees_the_key_and_reads_no_settings_file(tmp_path, monkeypatch):
    (tmp_path / ".env").write_text("NEEDLE_FROM_DOTENV=1\n")
    monkeypatch.chdir(tmp_path)
    _, server = await reply_of(*REPLY)
    assert "NEEDLE_FROM_DOTENV" not in os.environ
    assert KEY not in server.requests[0][2].decode()


# What comes back


async def test_a_reply_in_pieces_of_one_byte_is_whole():
    stream = b"".join(REPLY[1:])
    reply, _ = await reply_of(CHUNKED, *(framed(bytes([byte])) for byte in stream), b"0\r\n\r\n")
    assert (reply.text, reply.finished.reason) == ("Hello world", "stop")


async def test_text_is_given_on_as_soon_as_it_arrives():
    async with (
        RawServer(SSE, chunk("now"), 30.0).running() as server,
        gateway_to(server.base_url) as gateway,
        aclosing(gateway.stream(ask())) as events,
    ):
        async with asyncio.timeout(5):
            assert await anext(events) == TextDelta(text="now")


async def test_token_counts_and_the_model_that_answered_are_told():
    usage = {"prompt_tokens": 3, "completion_tokens": 4}
    reply, _ = await reply_of(SSE, chunk("x"), chunk(finish="length"), chunk(usage=usage), DONE)
    assert reply.finished == Finished(reason="length", model_name="raw", input_tokens=3, output_tokens=4)


async def test_a_server_that_omits_done_is_believed():
    reply, _ = await reply_of(*REPLY[:-1])
    assert (reply.text, reply.error) == ("Hello world", None)
    assert reply.finished.reason == "stop"


async def test_a_server_known_to_send_done_is_not_believed_without_it():
    reply, _ = await reply_of(*REPLY[:-1], end_mark="both")
    assert reply.text == "Hello world"
    assert isinstance(reply.error, StreamCutError)


async def test_a_server_that_stays_silent_after_the_end_does_not_keep_the_reply_waiting():
    reply, _ = await reply_of(*REPLY[:-1], 30.0, limits=QUICK)
    assert reply.finished.reason == "stop"


async def test_comments_after_the_end_do_not_keep_the_reply_waiting():
    trickle = [part for _ in range(100) for part in (b": wait\n\n", 0.05)]
    start = time.monotonic()
    reply, _ = await reply_of(*REPLY[:-1], *trickle, limits=QUICK)
    assert reply.finished.reason == "stop"
    assert time.monotonic() - start < 3


async def test_an_answer_in_one_piece_is_a_reply():
    body = json.dumps({"choices": [{"message": {"content": "Whole."}, "finish_reason": "stop"}]}).encode()
    reply, _ = await reply_of(answer("200 OK", body))
    assert (reply.text, reply.finished.reason) == ("Whole.", "stop")


@pytest.mark.parametrize("content", ["Whole.", 'Quoted "\\ 🐝', "tab\t"])
@pytest.mark.parametrize("ends", ["silence", "closed", "short", "unannounced"])
async def test_an_answer_in_one_piece_that_was_cut_keeps_its_text(content, ends):
    message = {"choices": [{"finish_reason": "stop", "message": {"role": "assistant", "content": content}}]}
    body = json.dumps(message).encode()[: -len("}]}") - len('"}') + 1]
    if ends == "unannounced":
        script = (b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n" + body,)
    else:
        script = (answer("200 OK", body + b" " * 50)[:-50], *([5.0] if ends == "silence" else []))
        script = (script[0][:-2], *script[1:]) if ends == "short" else script
    reply, _ = await reply_of(*script, limits=QUICK)
    assert content.startswith(reply.text)
    assert reply.text
    assert reply.finished is None
    assert type(reply.error) is (StreamStalledError if ends == "silence" else StreamCutError)


async def test_an_answer_in_one_piece_of_which_nothing_came_is_asked_for_again_by_itself():
    reply, _ = await reply_of(answer("200 OK", b'{"choices": [{"mess' + b" " * 50)[:-50])
    assert (reply.text, type(reply.error)) == ("", StreamCutError)
    assert attempts.is_passing(reply.error)


async def test_an_answer_in_one_piece_that_is_no_json_is_not_taken_for_a_cut_one():
    reply, _ = await reply_of(answer("200 OK", b'{"choices": []} and more'))
    assert (reply.text, type(reply.error)) == ("", StreamMalformedError)


# What goes wrong


@pytest.mark.parametrize(
    "script",
    [
        (SSE, chunk("Half")),
        (SSE, chunk("Half"), b'data: {"choices": [{"del'),
        (CHUNKED, framed(chunk("Half"))),
        (CHUNKED, framed(chunk("Half")), b"0\r\n\r\n"),
        (CHUNKED, framed(chunk("Half")), b"ff\r\ndata: "),
        (SSE, chunk("Half"), DONE),
    ],
    ids=["closed", "mid-event", "no-last-chunk", "truncated", "mid-chunk", "done-alone"],
)
async def test_a_cut_stream_keeps_its_text_and_is_never_complete(script):
    reply, _ = await reply_of(*script)
    assert reply.text == "Half"
    assert reply.finished is None
    assert isinstance(reply.error, StreamCutError)


async def test_a_reply_without_end_does_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr("workbench.providers.gateway._STREAM_LIMIT_BYTES", 10_000)
    reply, _ = await reply_of(SSE, chunk("Hello "), *([chunk("x" * 1000)] * 20), chunk(finish="stop"), DONE)
    assert isinstance(reply.error, StreamMalformedError)
    assert reply.finished is None


async def test_silence_before_the_first_token_is_a_stall():
    reply, _ = await reply_of(5.0, limits=QUICK)
    assert isinstance(reply.error, StreamStalledError)


async def test_comments_do_not_hide_a_stall():
    script = [SSE, *(part for _ in range(100) for part in (b": still here\n\n", 0.05))]
    start = time.monotonic()
    reply, _ = await reply_of(*script, limits=QUICK)
    assert isinstance(reply.error, StreamStalledError)
    assert time.monotonic() - start < 3


async def test_silence_between_tokens_is_a_stall_and_the_text_is_kept():
    reply, _ = await reply_of(SSE, chunk("So far"), 5.0, limits=QUICK)
    assert reply.text == "So far"
    assert isinstance(reply.error, StreamStalledError)


async def test_a_slow_reader_is_not_a_stall():
    async with RawServer(*REPLY).running() as server, gateway_to(server.base_url, limits=QUICK) as gateway:
        texts = []
        async for event in gateway.stream(ask()):
            texts.append(event)
            await asyncio.sleep(0.5)
        assert isinstance(texts[-1], Finished)


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (answer("401 Unauthorized", b'{"error": {"code": "invalid_api_key"}}'), KeyRejectedError),
        (answer("403 Forbidden", b'{"error": {"message": "no access"}}'), ModelForbiddenError),
        (answer("402 Payment Required", b"{}"), QuotaExceededError),
        (answer("429 Too Many Requests", b'{"error": {"code": "insufficient_quota"}}'), QuotaExceededError),
        (
            answer(
                "429 Too Many Requests",
                b'{"error": {"status": "RESOURCE_EXHAUSTED", "message": "exceeded your current quota, billing",'
                b' "details": [{"retryDelay": "34s"}]}}',
            ),
            RateLimitedError,
        ),
        (answer("400 Bad Request", b'{"error": {"message": "API key not valid."}}'), KeyRejectedError),
        (
            answer("400 Bad Request", b'{"error": {"message": "The input token count (9) exceeds"}}'),
            ContextTooLongError,
        ),
        (answer("404 Not Found", b'{"error": {"code": "model_not_found"}}'), ModelUnknownError),
        (answer("404 Not Found", b'{"detail": "Not Found"}'), AddressWrongError),
        (answer("400 Bad Request", b'{"error": {"code": "context_length_exceeded"}}'), ContextTooLongError),
        (answer("400 Bad Request", b'{"error": {"type": "exceed_context_size_error"}}'), ContextTooLongError),
        (answer("400 Bad Request", b'{"error": {"code": "content_filter"}}'), RequestRefusedError),
        (answer("400 Bad Request", b'{"error": {"code": "unsupported_parameter"}}'), RequestRefusedError),
        (answer("503 Service Unavailable", b"busy", "text/plain"), ProviderUnavailableError),
        (answer("500 Oops", b'{"error": {"message": "context window of 3"}}'), ProviderUnavailableError),
        (answer("200 OK", b"<!doctype html><title>Welcome</title>", "text/html"), AddressWrongError),
        (answer("200 OK", b"<html>billing, models, content policy</html>", "text/plain"), AddressWrongError),
        (answer("404 Not Found", b"<html>no model here</html>", "text/html"), AddressWrongError),
        (answer("403 Forbidden", b"<html>blocked</html>", "text/html"), AddressWrongError),
        (answer("200 OK", b"Ollama is running", "text/plain"), AddressWrongError),
        (answer("200 OK", b'{"hello": "there"}'), StreamCutError),
        (answer("200 OK", b'{"broken', "application/json"), StreamMalformedError),
        (SSE + b"data: {broken\n\n", StreamMalformedError),
        (SSE + b'data: {"error": {"message": "overloaded"}}\n\n', ProviderUnavailableError),
        (b"SSH-2.0-OpenSSH_9.6\r\n", ProviderUnavailableError),
    ],
)
async def test_a_providers_fault_is_named_and_repeats_nothing_of_its_words(sent, expected):
    reply, _ = await reply_of(sent)
    assert type(reply.error) is expected
    assert reply.error.remedy
    assert reply.finished is None


async def test_a_missing_key_is_told_apart_from_a_wrong_one():
    reply, _ = await reply_of(answer("401 Unauthorized", b"{}"), api_key=None)
    assert type(reply.error) is KeyMissingError


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("retry-after: 7", 7),
        ("retry-after-ms: 1500", 1.5),
        ("retry-after: Wed, 21 Oct 2015 07:28:00 GMT", 0),
        ("retry-after: soon", None),
        ("x-other: 1", None),
    ],
)
@pytest.mark.parametrize(
    ("status", "error"),
    [
        ("429 Too Many Requests", RateLimitedError),
        ("503 Service Unavailable", ProviderUnavailableError),
        ("529 Overloaded", ProviderUnavailableError),
    ],
    ids=["429", "503", "529"],
)
async def test_how_long_to_wait_is_told(status, error, header, expected):
    reply, _ = await reply_of(answer(status, b"{}", "application/json", header))
    assert isinstance(reply.error, error)
    assert reply.error.retry_after_s == expected
    assert ("to wait for" in reply.error.message) == bool(expected)


async def test_a_redirection_is_not_followed_with_the_key():
    async with RawServer(*REPLY).running() as other:
        reply, _ = await reply_of(
            answer("307 Temporary Redirect", b"", "text/plain", f"location: {other.base_url}/chat/completions")
        )
        assert other.requests == []
    assert isinstance(reply.error, ProviderUnavailableError)
    assert "base URL" in reply.error.remedy


@pytest.mark.parametrize(
    ("base_url", "words"),
    [
        ("http://127.0.0.1:1/v1", "refused"),
        ("http://no-such-host.invalid/v1", "cannot be found"),
    ],
)
async def test_an_address_that_does_not_answer_is_explained(base_url, words):
    async with gateway_to(base_url) as gateway:
        reply = await whole(gateway)
    assert isinstance(reply.error, ProviderUnavailableError)
    assert words in reply.error.message


async def test_a_certificate_that_nobody_vouches_for_is_explained(tmp_path):
    async with encrypted_server(tmp_path) as port, gateway_to(f"https://127.0.0.1:{port}/v1") as gateway:
        reply = await whole(gateway)
    assert isinstance(reply.error, ProviderUnavailableError)
    assert "certificate" in reply.error.message


@asynccontextmanager
async def encrypted_server(folder):
    """A server with a certificate of its own making; its port."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(utc_now() - timedelta(days=1))
        .not_valid_after(utc_now() + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = folder / "server.pem"
    pem.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_neither_key_nor_text_is_in_an_error_or_a_log(caplog):
    caplog.set_level(logging.DEBUG)
    echo = f'{{"error": {{"message": "Incorrect API key provided: {KEY}. You asked: {QUESTION}"}}}}'.encode()
    for sent in (
        answer("401 Unauthorized", echo),
        answer("400 Bad Request", echo),
        answer("500 Oops", echo),
        SSE + b"data: " + echo + b"\n\n",
    ):
        reply, _ = await reply_of(sent)
        for secret in (KEY, QUESTION):
            assert secret not in f"{reply.error} {reply.error!r} {reply.error.__cause__!r}"
    assert KEY not in caplog.text
    assert QUESTION not in caplog.text


# Leaving early


async def test_closing_the_stream_closes_the_connection_to_the_provider():
    async with RawServer(SSE, chunk("first"), 30.0).running() as server, gateway_to(server.base_url) as gateway:
        async with aclosing(gateway.stream(ask())) as events:
            await anext(events)
        async with asyncio.timeout(2):
            await server.left.wait()


@pytest.mark.parametrize("script", [(30.0,), (SSE, 30.0), (SSE, chunk("first"), 30.0)])
async def test_cancelling_the_reader_closes_the_connection_to_the_provider(script):
    async with RawServer(*script).running() as server, gateway_to(server.base_url) as gateway:
        await gateway.warm()
        task = asyncio.create_task(whole(gateway))
        async with asyncio.timeout(5):
            await server.asked.wait()
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with asyncio.timeout(2):
            await server.left.wait()


async def test_replies_share_their_connections():
    stream = b"".join(framed(part) for part in REPLY[1:]) + b"0\r\n\r\n"
    async with RawServer(CHUNKED + stream, stay=True).running() as server, gateway_to(server.base_url) as gateway:
        for _ in range(5):
            assert (await whole(gateway)).text == "Hello world"
        assert server.connections == 1


async def test_a_connection_that_is_closed_as_it_is_taken_up_again_costs_nothing_but_a_new_one():
    stream = b"".join(framed(part) for part in REPLY[1:]) + b"0\r\n\r\n"
    async with RawServer(CHUNKED + stream, stay=True).running() as server, gateway_to(server.base_url) as gateway:
        server.most = 1
        for number in (1, 2, 3):
            assert (await whole(gateway)).text == "Hello world"
            assert (server.connections, len(server.requests)) == (number, 2 * number - 1)


async def test_a_new_connection_that_breaks_is_not_tried_again_here():
    async with RawServer(CHUNKED).running() as server, gateway_to(server.base_url) as gateway:
        server.most = 0
        assert isinstance((await whole(gateway)).error, ProviderUnavailableError)
        assert (server.connections, len(server.requests)) == (1, 1)


async def test_64_streams_at_once_are_all_whole_and_their_request_is_built_once(monkeypatch):
    built = []
    monkeypatch.setattr(
        requests, "_capture", lambda *given, real=requests._capture: built.append(given) or real(*given)
    )
    async with (
        RawServer(*REPLY).running() as server,
        gateway_to(server.base_url) as gateway,
        asyncio.TaskGroup() as group,
    ):
        tasks = [group.create_task(whole(gateway)) for _ in range(64)]
        await asyncio.wait(tasks)
    assert {task.result().text for task in tasks} == {"Hello world"}
    assert len(built) == 1


@pytest.mark.parametrize(
    ("usage", "price", "cost"),
    [
        ({"prompt_tokens": 10, "completion_tokens": 5}, PRICE, Decimal("0.0000450")),
        (
            {"prompt_tokens": 10, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 4}},
            PRICE,
            Decimal("0.0000414"),
        ),
        ({"prompt_tokens": 10}, PRICE, None),
        ({"prompt_tokens": 10, "completion_tokens": 5}, None, None),
    ],
)
async def test_a_reply_says_what_it_cost_where_that_is_known(usage, price, cost):
    stream = (SSE, chunk("Hi", finish="stop"), chunk(usage=usage), DONE)
    async with RawServer(*stream).running() as server, gateway_to(server.base_url, price=price) as gateway:
        assert (await whole(gateway)).finished.cost_usd == cost
