"""Who gets in: every route, tried from outside."""

import http.client
import json
import socket

import pytest

from workbench.client import owner
from workbench.server.api import describe

ROUTES = [(method.upper(), path) for path, methods in describe().openapi()["paths"].items() for method in methods]


def ask(home, method, path, headers, body=None, *, host="localhost"):
    found = owner.find(home)
    connection = http.client.HTTPConnection("localhost", timeout=10)
    connection.sock = owner.connect(found, timeout_s=10)
    connection.putrequest(method, path, skip_host=True)
    for name, value in ({"Host": host} | headers).items():
        connection.putheader(name, value)
    if body is not None:
        connection.putheader("Content-Length", str(len(body)))
        connection.putheader("Content-Type", "application/json")
    connection.endheaders(body)
    response = connection.getresponse()
    answer = response.read()
    connection.close()
    return response.status, json.loads(answer) if answer else None


@pytest.fixture
def token(home, bench):
    bench.status()
    return owner.find(home).token


def filled(path):
    return path.replace("{", "").replace("}", "")


@pytest.mark.parametrize(("method", "path"), [*ROUTES, ("GET", "/api/v1/openapi.json"), ("GET", "/"), ("GET", "/docs")])
def test_no_route_answers_without_the_token(home, token, method, path):
    refused = [
        ask(home, method, filled(path), headers)
        for headers in (
            {},
            {"Authorization": "Bearer wrong"},
            {"Authorization": f"Bearer {token}x"},
            {"Authorization": f"Basic {token}"},
            {"Authorization": token},
            {"Cookie": f"token={token}"},
        )
    ]
    assert {(status, answer["code"]) for status, answer in refused} == {(401, "token_unknown")}


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_no_route_answers_another_host_or_a_web_page(home, token, method, path):
    good = {"Authorization": f"Bearer {token}"}
    refused = [
        ask(home, method, filled(path), good, host="evil.example"),
        ask(home, method, filled(path), good, host="localhost.evil.example"),
        ask(home, method, filled(path), good | {"Origin": "https://evil.example"}),
        ask(home, method, filled(path), good | {"Origin": "null"}),
    ]
    assert {(status, answer["code"]) for status, answer in refused} == {(403, "access_denied")}


def test_a_token_in_the_address_does_not_count(home, token):
    assert ask(home, "GET", f"/api/v1/status?token={token}", {})[0] == 401


def test_a_second_authorization_header_is_refused(home, token):
    found = owner.find(home)
    with owner.connect(found, timeout_s=10) as connection:
        head = f"GET /api/v1/status HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
        connection.sendall(f"{head}Authorization: Bearer wrong\r\n\r\n".encode())
        assert b" 401 " in connection.recv(1000)


@pytest.mark.parametrize(
    "raw",
    [
        b"\x00\x01\x02\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /api/v1/status HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
        b"GET /api/v1/status HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999\r\n\r\n",
        b"POST /api/v1/experiences HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n",
        b"GET " + b"/" * 100_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /%ff%fe%00 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer TOKEN\r\n\r\n",
        b"GET /api/v1/experiences/%00 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer TOKEN\r\n\r\n",
        b"GET /api/v1/messages/%f0%28%8c/stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer TOKEN\r\n\r\n",
    ],
)
def test_a_malformed_request_does_not_end_the_process(home, bench, token, raw):
    before = bench.status().pid
    with owner.connect(owner.find(home), timeout_s=10) as connection:
        connection.sendall(raw.replace(b"TOKEN", token.encode()))
        connection.shutdown(socket.SHUT_WR)
        connection.recv(10_000)
    assert bench.status().pid == before


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"null",
        b"{}",
        b'{"name": 5}',
        b'{"name": "x", "surprise": 1}',
        b'{"name": "x", "id": "not an id"}',
        b'{"name": "x", "privacy": "secret"}',
        b"\xff\xfe",
        b"[" * 50_000,
    ],
)
def test_a_body_that_does_not_fit_gets_a_sentence_and_changes_nothing(home, bench, token, body):
    before = bench.experiences.list(None)
    status, answer = ask(home, "POST", "/api/v1/experiences", {"Authorization": f"Bearer {token}"}, body)
    assert (status, answer["code"]) == (422, "invalid_input")
    assert answer["message"].endswith(".")
    assert answer["remedy"]
    assert bench.experiences.list(None) == before


def test_a_lone_surrogate_in_a_name_is_kept_out(home, bench, token):
    status, _ = ask(home, "POST", "/api/v1/experiences", {"Authorization": f"Bearer {token}"}, b'{"name": "a\\ud800b"}')
    assert status in (201, 422)
    for made in bench.experiences.list():
        assert "\ud800" not in made.name


def test_a_body_over_the_limit_is_refused(home, bench, token):
    before = bench.experiences.list(None)
    big = b'{"name": "' + b"x" * 17_000_000 + b'"}'
    found = owner.find(home)
    with owner.connect(found, timeout_s=10) as connection:
        head = f"POST /api/v1/experiences HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
        connection.sendall(f"{head}Content-Type: application/json\r\nContent-Length: {len(big)}\r\n\r\n".encode())
        assert b" 422 " in connection.recv(1000)
    assert bench.experiences.list(None) == before


def test_an_unknown_address_and_a_wrong_method_get_sentences(home, token):
    good = {"Authorization": f"Bearer {token}"}
    assert ask(home, "GET", "/api/v1/nothing", good)[1]["code"] == "not_found"
    assert ask(home, "PUT", "/api/v1/experiences", good)[1]["code"] == "invalid_input"
