"""The way through, over real HTTP, against an owner that fails on demand."""

import asyncio
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.jupyter.browser import chunks, read_head, read_reply
from workbench.errors import HomeNotWritableError, NotFoundError, OwnerUnreachableError
from workbench.jupyter.notebook import NotebookHandler
from workbench.jupyter.passage import PassageHandler
from workbench.passage.exchange import ChunkedBody
from workbench.passage.handler import owner_target

JSON = {"Content-Type": "application/json"}


async def until(condition, within_s=2.0):
    """The seconds until `condition` holds; fails after `within_s`."""
    began = time.perf_counter()
    while not condition():
        assert time.perf_counter() - began < within_s
        await asyncio.sleep(0.002)
    return time.perf_counter() - began


class Authorizer:
    """Says yes to reading only, and remembers what it was asked."""

    def __init__(self):
        self.asked = []

    async def is_authorized(self, handler, user, action, resource):
        self.asked.append((action, resource))
        return action == "read"


# Who may pass


async def test_a_signed_in_request_reaches_the_owner(owner, browser):
    reply = await browser.ask("GET", browser.api("experiences?state=all"), browser.by_token)
    assert (reply.status, reply.json()["target"]) == (200, "/api/v1/experiences?state=all")


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("wrong", [{}, {"Authorization": "token wrong"}, {"Cookie": "username=wrong"}])
async def test_without_sign_in_nothing_passes(owner, browser, method, wrong):
    reply = await browser.ask(method, browser.api("status"), wrong, b"{}")
    assert reply.status == 403
    assert owner.requests == []


async def test_a_refusal_says_what_to_do(owner, browser):
    reply = await browser.ask("GET", browser.api("status"), {})
    assert reply.json().keys() == {"code", "message", "remedy"}
    assert reply.json()["code"] == "access_denied"
    assert reply.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_a_change_by_cookie_needs_the_xsrf_token(owner, browser, method):
    cookie = await browser.by_cookie()
    refused = await browser.ask(method, browser.api("experiences"), cookie | JSON, b"{}")
    wrong = await browser.ask(method, browser.api("experiences"), cookie | {"X-XSRFToken": "fedcba9876543210"}, b"{}")
    allowed = await browser.ask(
        method, browser.api("experiences"), cookie | JSON | {"X-XSRFToken": "0123456789abcdef"}, b"{}"
    )
    assert [refused.status, wrong.status, allowed.status] == [403, 403, 200]
    assert len(owner.requests) == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_foreign_origin_is_refused(owner, browser, method):
    cookie = await browser.by_cookie() | {"X-XSRFToken": "0123456789abcdef"}
    foreign = cookie | {"Origin": "https://evil.example"}
    own = cookie | {"Origin": f"http://{browser.host}"}
    assert (await browser.ask(method, browser.api("status"), foreign, b"{}")).status == 404
    assert owner.requests == []
    assert (await browser.ask(method, browser.api("status"), own, b"{}")).status == 200


async def test_a_foreign_host_is_refused(owner, browser):
    reply = await browser.ask("GET", browser.api("status"), browser.by_token | {"Host": "evil.example"})
    assert reply.status == 403
    assert owner.requests == []


async def test_jupyters_authorizer_decides(owner, browser, jp_serverapp):
    authorizer = jp_serverapp.web_app.settings["authorizer"] = Authorizer()
    read = await browser.ask("GET", browser.api("status"), browser.by_token)
    write = await browser.ask("POST", browser.api("stop"), browser.by_token, b"x" * 200_000)
    assert [read.status, write.status] == [200, 403]
    assert authorizer.asked == [("read", "workbench"), ("write", "workbench")]
    assert [seen.method for seen in owner.requests] == ["GET"]


@pytest.mark.parametrize("handler", [PassageHandler, NotebookHandler])
def test_no_route_is_open_where_jupyter_forbids_open_routes(jp_serverapp, handler):
    assert jp_serverapp.web_app._check_handler_auth("x", handler) == []


async def test_a_preflight_is_answered_by_jupyter(owner, browser):
    reply = await browser.ask("OPTIONS", browser.api("status"), {"Origin": "https://evil.example"})
    assert reply.body == b""
    assert "access-control-allow-methods" in reply.headers
    assert owner.requests == []


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND"])
async def test_an_unknown_method_is_refused(owner, browser, method):
    assert (await browser.ask(method, browser.api("status"), browser.by_token)).status == 405
    assert owner.requests == []


# What is handed on


async def test_the_owner_hears_nothing_of_jupyters(owner, browser):
    cookie = await browser.by_cookie()
    sent = {
        **cookie,
        **browser.by_token,
        "X-XSRFToken": "0123456789abcdef",
        "Origin": f"http://{browser.host}",
        "Referer": f"http://{browser.host}/lab",
        "X-Forwarded-For": "203.0.113.9",
        "X-Secret": "s",
        "Connection": "keep-alive, X-Secret",
        "Upgrade": "h2c",
        "TE": "trailers",
        "Proxy-Authorization": "Basic eA==",
        "Accept": "application/json",
        "Content-Type": "application/json",
        "Idempotency-Key": "key-1",
        "If-Match": '"7"',
        "If-None-Match": '"8"',
        "Range": "bytes=0-9",
        "Last-Event-ID": "4",
    }
    reply = await browser.ask(
        "POST",
        browser.api(f"things?a=1&token={browser.token}&_xsrf=0123456789abcdef&%74oken=&b="),
        sent,
        b"{}",
    )
    seen = owner.requests[0]
    assert reply.status == 200
    assert dict(seen.headers) == {
        "Host": "localhost",
        "Authorization": "Bearer token-1",
        "Connection": "close",
        "Workbench-Door": "jupyter",
        "Content-Type": "application/json",
        "Accept": "application/json",
        "Idempotency-Key": "key-1",
        "Range": "bytes=0-9",
        "Last-Event-ID": "4",
        "If-Match": '"7"',
        "If-None-Match": '"8"',
        "Content-Length": "2",
    }
    assert len(seen.headers) == 12
    assert seen.target == "/api/v1/things?a=1&b="


async def test_the_browser_hears_only_what_is_safe(owner, browser):
    cookie = await browser.by_cookie()
    reply = await browser.ask("GET", browser.api("loose"), cookie)
    assert reply.status == 201
    assert {"set-cookie", "access-control-allow-origin", "x-internal", "location"}.isdisjoint(reply.headers)
    assert "secret" not in reply.headers["server"]
    assert (reply.headers["etag"], reply.headers["retry-after"]) == ('"7"', "3")
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in reply.headers["content-security-policy"]


async def test_each_method_arrives_as_it_was_sent(owner, browser):
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
        reply = await browser.ask(method, browser.api("x"), browser.by_token, b"{}" if method != "GET" else None)
        assert reply.status == 200
    assert [seen.method for seen in owner.requests] == ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


@pytest.mark.parametrize(("route", "status"), [("nothing", 204), ("unchanged", 304)])
async def test_an_answer_without_a_body_stays_one(owner, browser, route, status):
    reply = await browser.ask("GET", browser.api(route), browser.by_token)
    assert reply.status == status
    assert "content-type" not in reply.headers


async def test_an_interim_answer_is_not_taken_for_the_answer(owner, browser):
    assert (await browser.ask("GET", browser.api("early"), browser.by_token)).json() == {"real": True}


async def test_an_answer_without_a_length_ends_with_its_connection(owner, browser):
    reply = await browser.ask("GET", browser.api("until-the-end"), browser.by_token)
    assert (reply.body, reply.whole) == (b"all of it", True)


# Paths


@pytest.mark.parametrize(
    "path",
    [
        "..",
        "../admin",
        "a/../../admin",
        "%2e%2e/admin",
        ".%2E/admin",
        "a/%2e%2e%2f%2e%2e/admin",
        "..%5cadmin",
        "a/./b",
        "/etc/passwd",
        "a//b",
        "a/",
        "",
        "%00",
        "a%0d%0aX-Evil:%201",
        "a%0aGET%20/%20HTTP/1.1",
        "a%20HTTP/1.1%0d%0aHost:%20evil",
    ],
)
async def test_no_path_leads_out_of_the_api(owner, browser, path):
    reply = await browser.ask("GET", browser.api(path), browser.by_token)
    assert reply.status == 404
    assert owner.requests == []


@pytest.mark.parametrize("target", ["http://evil.example/a%40b/workbench/api/v1/status", "//evil.example/status", "*"])
async def test_an_address_that_is_no_path_is_refused(owner, browser, target):
    assert (await browser.ask("GET", target, browser.by_token)).status in {302, 400, 403, 404}
    assert owner.requests == []


async def test_a_bare_line_break_in_a_header_reaches_nobody(owner, browser):
    reply = await browser.ask("GET", browser.api("x"), browser.by_token | {"If-Match": "1\rX-Evil: 1"})
    assert reply.status == 400
    assert owner.requests == []


@given(st.text())
def test_a_path_that_passes_stays_below_the_api_and_on_one_line(path):
    try:
        target = owner_target(path, "")
    except NotFoundError:
        return
    assert target.startswith("/api/v1/")
    assert target.isascii()
    assert target.isprintable()
    assert " " not in target
    assert not {"", ".", ".."} & set(target.removeprefix("/api/v1/").split("/"))


def test_an_escaped_sign_arrives_as_the_same_sign():
    assert owner_target("models/hf/a b?ü%2e", "") == "/api/v1/models/hf/a%20b%3F%C3%BC%252e"


# Streams


async def test_events_come_one_by_one_and_in_order(owner, browser):
    began = time.perf_counter()
    reader, writer = await browser.open("GET", browser.api("events"), browser.by_token)
    status, headers = await read_head(reader)
    pieces, at = [], []
    async for piece in chunks(reader):
        pieces.append(piece)
        at.append((time.perf_counter() - began) * 1000)
    writer.close()
    print(f"\nfirst byte {at[0]:.1f} ms, then at", *(f"{moment:.0f}" for moment in at[1:]))
    assert (status, headers["content-type"]) == (200, "text/event-stream")
    assert b"".join(pieces) == b": here\n\n" + b"".join(b"event: delta\ndata: %d\n\n" % n for n in range(5))
    assert at[-1] - at[0] > 60


async def test_a_browser_that_leaves_is_missed_at_once(owner, browser):
    reader, writer = await browser.open("GET", browser.api("forever"), browser.by_token)
    await read_head(reader)
    assert await anext(chunks(reader)) == b"data: first\n\n"
    writer.transport.abort()
    waited_s = await until(owner.requests[0].closed.is_set)
    print(f"\nseen after {waited_s * 1000:.1f} ms")


@pytest.mark.parametrize("size", [0, 10, 200_000])
async def test_a_browser_that_leaves_before_the_answer_is_missed_at_once(owner, browser, size):
    _, writer = await browser.open("POST", browser.api("silent"), browser.by_token, bytes(size))
    await until(lambda: owner.requests)
    await asyncio.sleep(0.05)
    writer.transport.abort()
    await until(owner.requests[0].closed.is_set)
    assert owner.starts == 0
    assert len(owner.requests) == 1


async def test_a_browser_that_leaves_in_mid_upload_is_missed_at_once(owner, browser):
    headers = browser.by_token | {"Content-Length": "1000000"}
    _, writer = await browser.open("POST", browser.api("x"), headers, bytes(200_000))
    await until(lambda: owner.requests)
    writer.transport.abort()
    await until(owner.requests[0].closed.is_set)


async def test_64_streams_run_at_once_and_others_are_not_held_up(owner, browser):
    async def watch():
        reader, writer = await browser.open("GET", browser.api("events"), browser.by_token)
        reply = await read_reply(reader)
        writer.close()
        return reply

    async with asyncio.TaskGroup() as group:
        watching = [group.create_task(watch()) for _ in range(64)]
        await asyncio.sleep(0.05)
        began = time.perf_counter()
        assert (await browser.ask("GET", browser.api("status"), browser.by_token)).status == 200
        beside_ms = (time.perf_counter() - began) * 1000
    print(f"\na request beside 64 streams: {beside_ms:.0f} ms")
    assert all(task.result().whole and task.result().body.count(b"delta") == 5 for task in watching)


async def test_what_the_browser_does_not_take_the_owner_is_not_asked_for(owner, browser):
    reader, writer = await browser.open("GET", browser.api("download"), browser.by_token)
    await read_head(reader)
    await asyncio.sleep(0.5)
    held = owner.requests[0].body_bytes
    assert held < 16 * 1024 * 1024
    size = 0
    async for piece in chunks(reader):
        size += len(piece)
    writer.close()
    assert size == 800 * 64 * 1024


async def test_what_the_owner_does_not_take_the_browser_is_not_asked_for(owner, browser):
    size = 50_000_000
    reader, writer = await browser.open(
        "POST", browser.api("slow-upload"), browser.by_token | {"Content-Length": str(size)}
    )
    writer.transport.set_write_buffer_limits(high=64 * 1024)
    sent = 0

    async def upload():
        nonlocal sent
        while sent < size:
            writer.write(bytes(min(100_000, size - sent)))
            sent += min(100_000, size - sent)
            await writer.drain()

    async with asyncio.TaskGroup() as group:
        group.create_task(upload())
        await until(lambda: owner.requests and owner.requests[0].body_bytes)
        await asyncio.sleep(0.5)
        assert sent < 16 * 1024 * 1024
        owner.go_on.set()
    reply = await read_reply(reader)
    writer.close()
    assert reply.status == 200
    assert owner.requests[0].body_bytes == size


async def test_an_owner_that_takes_nothing_is_given_up(owner, browser, monkeypatch):
    monkeypatch.setattr("workbench.passage.exchange.SEND_TIMEOUT_S", 0.3)
    reply = await browser.ask("POST", browser.api("slow-upload"), browser.by_token, bytes(5_000_000))
    assert (reply.status, reply.json()["code"]) == (502, "owner_lost")
    owner.go_on.set()


async def test_an_owner_that_says_nothing_is_given_up(owner, browser, monkeypatch):
    monkeypatch.setattr("workbench.passage.exchange.ANSWER_TIMEOUT_S", 0.3)
    reply = await browser.ask("GET", browser.api("silent"), browser.by_token)
    assert (reply.status, reply.json()["code"]) == (503, "owner_unreachable")
    assert owner.requests[0].closed.wait(2)


async def test_an_upload_of_unknown_length_arrives_whole(owner, browser):
    headers = browser.by_token | {"Transfer-Encoding": "chunked"}
    body = b"".join(b"%x\r\n%b\r\n" % (100_000, bytes(100_000)) for _ in range(10)) + b"0\r\n\r\n"
    reply = await browser.ask("POST", browser.api("x"), headers, body)
    assert reply.json()["bytes"] == 1_000_000


async def test_a_refusal_in_mid_upload_reaches_the_browser(owner, browser):
    reply = await browser.ask("POST", browser.api("too-large"), browser.by_token, bytes(5_000_000))
    assert (reply.status, reply.json()["remedy"]) == (413, "Send less.")


@pytest.mark.parametrize("length", ["abc", "-1", "1_0", "5,6", " "])
async def test_a_length_that_is_no_number_is_refused(owner, browser, length):
    reply = await browser.ask("POST", browser.api("x"), browser.by_token | {"Content-Length": length}, b"{}")
    assert (reply.status, reply.json()["code"]) == (422, "invalid_input")
    assert owner.requests == []


# Owners that are not there, end, or go


async def test_a_missing_owner_is_started_once_for_all_who_ask(owner, browser):
    owner.kill()
    owner.start_delay_s = 0.3
    asked = [browser.ask("GET", browser.api("status"), browser.by_token) for _ in range(20)]
    gathering = asyncio.gather(*asked)
    await asyncio.sleep(0.1)
    began = time.perf_counter()
    assert (await browser.ask("GET", browser.base_url + "api/status", browser.by_token)).status == 200
    assert time.perf_counter() - began < 0.15
    assert [reply.status for reply in await gathering] == [200] * 20
    assert owner.starts == 1


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (OwnerUnreachableError("It did not start.", remedy="Run `workbench serve`."), 503),
        (HomeNotWritableError("The folder cannot be written.", remedy="Make it writable."), 500),
    ],
)
@pytest.mark.parametrize("size", [0, 200_000])
async def test_an_owner_that_does_not_start_is_told_with_its_remedy(owner, browser, failure, status, size):
    owner.kill()
    owner.failure = failure
    reply = await browser.ask("POST", browser.api("x"), browser.by_token, bytes(size))
    assert reply.status == status
    assert reply.json() == {"code": failure.code, "message": failure.message, "remedy": failure.remedy}
    owner.failure = None
    assert (await browser.ask("POST", browser.api("x"), browser.by_token, b"{}")).status == 200


@pytest.mark.parametrize("size", [2, 200_000])
async def test_a_refused_connection_costs_no_request(owner, browser, size):
    assert (await browser.ask("GET", browser.api("status"), browser.by_token)).status == 200
    owner.kill()
    reply = await browser.ask("POST", browser.api("x"), browser.by_token, bytes(size))
    assert (reply.status, reply.json()["bytes"], owner.starts) == (200, size, 1)


async def test_an_owner_that_ends_over_a_change_is_told_and_the_next_request_starts_it(owner, browser):
    reply = await browser.ask("POST", browser.api("dies"), browser.by_token, b"{}")
    assert (reply.status, reply.json()["code"]) == (502, "owner_lost")
    assert reply.json()["remedy"]
    assert owner.starts == 0
    assert (await browser.ask("GET", browser.api("status"), browser.by_token)).status == 200
    assert owner.starts == 1


@pytest.mark.parametrize(("method", "headers"), [("GET", {}), ("POST", {"Idempotency-Key": "k"})])
async def test_what_is_safe_to_repeat_is_sent_to_the_next_owner(owner, browser, method, headers):
    reply = await browser.ask(method, browser.api("dies-once"), browser.by_token | headers, b"{}")
    assert (reply.status, reply.json()["bytes"], owner.starts) == (200, 2, 1)


async def test_a_request_that_ends_each_owner_it_meets_is_given_up_after_the_fifth(owner, browser):
    reply = await browser.ask("GET", browser.api("dies"), browser.by_token)
    assert (reply.status, owner.starts, len(owner.requests)) == (502, 4, 5)


async def test_an_upload_that_was_not_kept_is_not_repeated(owner, browser):
    headers = browser.by_token | {"Idempotency-Key": "k"}
    reply = await browser.ask("POST", browser.api("dies"), headers, bytes(200_000))
    assert (reply.status, owner.starts, len(owner.requests)) == (502, 0, 1)


async def test_an_owner_on_its_way_out_gives_way_to_the_next(owner, browser):
    reply = await browser.ask("POST", browser.api("stops-once"), browser.by_token, b"{}")
    assert (reply.status, reply.json()["bytes"]) == (200, 2)


async def test_another_503_is_passed_on_as_it_is(owner, browser):
    reply = await browser.ask("GET", browser.api("busy"), browser.by_token)
    assert (reply.status, reply.json()["message"], len(owner.requests)) == (503, "Busy.", 1)


async def test_an_owner_with_another_token_is_looked_up_again(owner, browser):
    await browser.ask("GET", browser.api("status"), browser.by_token)
    owner.token = "token-2"
    reply = await browser.ask("POST", browser.api("x"), browser.by_token, b"{}")
    assert reply.status == 200
    owner.token = "token-3"
    assert (await browser.ask("POST", browser.api("x"), browser.by_token, bytes(200_000))).status == 503
    assert (await browser.ask("POST", browser.api("x"), browser.by_token, bytes(200_000))).status == 200


@pytest.mark.parametrize("route", ["cut-stream", "cut-sized"])
async def test_an_answer_that_was_cut_is_not_taken_for_whole(owner, browser, route):
    reply = await browser.ask("GET", browser.api(route), browser.by_token)
    assert (reply.status, reply.whole) == (200, False)


async def test_a_stream_ends_broken_when_its_owner_is_killed(owner, browser):
    reader, writer = await browser.open("GET", browser.api("forever"), browser.by_token)
    await read_head(reader)
    await anext(chunks(reader))
    owner.kill()
    with pytest.raises(asyncio.IncompleteReadError):
        async for _ in chunks(reader):
            pass
    writer.close()


async def test_an_answer_that_is_not_http_is_named(owner, browser):
    reply = await browser.ask("POST", browser.api("nonsense"), browser.by_token, b"{}")
    assert (reply.status, reply.json()["code"]) == (502, "owner_lost")


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=6), st.data())
def test_chunks_are_read_alike_however_they_are_split(payloads, data):
    wire = b"".join(b"%x;a=b\r\n%b\r\n" % (len(p), p) for p in payloads) + b"0\r\nTrailer: x\r\n\r\n"
    cuts = sorted(data.draw(st.lists(st.integers(0, len(wire)), max_size=8)))
    body, read = ChunkedBody(), b""
    for start, end in zip([0, *cuts], [*cuts, len(wire)], strict=True):
        assert not body.ended or start == len(wire) or start == end
        read += body.feed(wire[start:end])
    assert body.ended
    assert read == b"".join(payloads)
    cut = ChunkedBody()
    cut.feed(wire[:-1])
    assert not cut.ended
