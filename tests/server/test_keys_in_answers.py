"""A key, and what else is sent as secretly, is in no answer: of no route, in no error and on no line of a command."""

import http.client
import json
import secrets
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.faults.command import run
from workbench.client import Workbench, owner
from workbench.errors import ProviderError
from workbench.server.api import describe

KEY, HEADER = (f"sk-{secrets.token_hex(16)}" for _ in range(2))
API = describe().openapi()
PATHS = API["paths"]
READ = [path for path, methods in PATHS.items() if "get" in methods]
WRITTEN = [
    (method.upper(), path)
    for path, methods in PATHS.items()
    for method, described in methods.items()
    if "requestBody" in described
]


@pytest.fixture(scope="module")
def ids(bench: Workbench, provider) -> dict[str, str]:
    """What there is after a provider has repeated the key, in the body and the headers of its refusal."""
    bench.models.add_remote(provider="scolder", base_url=provider.base_url, name="scold", api_key=KEY)
    bench.providers.update("scolder", headers={"X-Team": HEADER})
    experience = bench.experiences.create("Physics")
    conversation = bench.conversations.create(experience.id)
    turn = bench.conversations.send(conversation.id, "Why?", model="scolder/scold")
    *_, last = bench.conversations.stream(turn.reply.id)
    assert (last.message.status, last.message.fault.code) == ("failed", "request_refused")
    return {
        "experience_id": experience.id,
        "experience": experience.id,
        "conversation_id": conversation.id,
        "message_id": turn.reply.id,
        "model_id": "scolder/scold",
        "name": "scolder",
    }


def answered(home, method: str, path: str, ids: dict[str, str], body: bytes | None = None) -> tuple[int, bytes]:
    """Status, and headers and body; of a stream without an end, its beginning."""
    for name, value in ids.items():
        path = path.replace("{" + name + "}", value)
    path = path.replace("{", "").replace("}", "")
    found = owner.find(home)
    headers = {"Authorization": f"Bearer {found.token}", "Content-Type": "application/json"}
    with closing(owner.Connection(found, timeout_s=60)) as connection:
        connection.request(method, path, body=body, headers=headers)
        response = connection.getresponse()
        said = str(response.headers).encode()
        return response.status, said + (b"" if path.endswith("/events") else response.read())


def leaked(said: bytes | str) -> list[str]:
    """Which secret is in it, in any form that an answer may give it."""
    text = said.encode() if isinstance(said, str) else said
    return [secret for secret in (KEY, HEADER) for form in forms(secret) if form in text]


def forms(secret: str) -> Iterator[bytes]:
    inner = secret.removeprefix("sk-")
    yield inner.encode()
    yield inner.upper().encode()
    yield inner.encode("utf-16-le")
    yield inner.encode().hex().encode()


def test_a_secret_is_found_in_every_form():
    texts = KEY, KEY.upper(), f"x {HEADER}.", HEADER.removeprefix("sk-").encode().hex()
    assert [set(leaked(text)) for text in texts] == [{KEY}, {KEY}, {HEADER}, {HEADER}]


@pytest.mark.parametrize("path", READ)
def test_no_route_that_is_read_gives_a_key(home, ids, path):
    status, said = answered(home, "GET", path, ids)
    assert status < 500 or b"provider" in said
    assert leaked(said) == []


@pytest.mark.parametrize(("method", "path"), WRITTEN)
@pytest.mark.parametrize("shape", ["wrong types", "cut off", "a list", "a text"])
def test_no_error_repeats_what_was_sent(home, ids, method, path, shape):
    schema = PATHS[path][method.lower()]["requestBody"]["content"]["application/json"]["schema"]
    names = {*fields(schema), "api_key", "passphrase", "unknown"}
    whole = json.dumps({name: {KEY: [HEADER]} for name in names}).encode()
    body = {"wrong types": whole, "cut off": whole[:-3], "a list": json.dumps([KEY, HEADER]).encode()}.get(shape)
    status, said = answered(home, method, path, ids, json.dumps(KEY).encode() if body is None else body)
    assert 400 <= status < 500
    assert b'"code"' in said
    assert leaked(said) == []


def fields(schema: dict[str, object]) -> Iterator[str]:
    """The names of what a body can hold."""
    described = API["components"]["schemas"].get(str(schema.get("$ref", "")).rpartition("/")[2], schema)
    yield from described.get("properties", {})


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(f"{KEY} {HEADER}", id="two in a line"),
        pytest.param(f"{KEY}\n{HEADER}", id="two lines"),
        pytest.param(f"{KEY}é", id="a letter no header takes"),
        pytest.param(f"sk-ant-{KEY}", id="another provider's"),
        pytest.param(KEY * 400, id="too long"),
    ],
)
def test_a_key_that_cannot_be_one_is_refused_without_its_words(home, ids, provider, key):
    body = {"provider": "openai", "name": "m", "api_key": key}
    status, said = answered(home, "POST", "/api/v1/models/remote", ids, json.dumps(body).encode())
    assert status in (400, 422)
    assert leaked(said) == []


def test_a_provider_that_repeats_the_key_is_not_repeated(home, bench, ids):
    with pytest.raises(ProviderError) as raised:
        bench.models.check(ids["model_id"])
    assert leaked(f"{raised.value!r}{raised.value}{''.join(raised.value._render_traceback_())}") == []
    status, said = answered(home, "POST", "/api/v1/models/check", ids, json.dumps({"id": ids["model_id"]}).encode())
    assert status == http.client.BAD_GATEWAY
    assert leaked(said) == []
    assert leaked(json.dumps(bench.sql("SELECT * FROM calls").rows(), default=str)) == []


@pytest.mark.parametrize(
    "command",
    [
        ("providers", "list"),
        ("providers", "list", "--json"),
        ("providers", "models", "scolder"),
        ("keys", "list"),
        ("keys", "list", "--json"),
        ("models", "list", "--json"),
        ("models", "check", "scolder/scold"),
        ("models", "check", "scolder/scold", "--json"),
        ("ask", "Why?", "-m", "scolder/scold", "-e", "Physics"),
    ],
)
def test_no_command_prints_a_key(home, ids, command, monkeypatch):
    monkeypatch.setenv("WORKBENCH_HOME", str(home))
    ended = run(*command)
    assert ended.stdout or ended.stderr
    assert leaked(ended.stdout + ended.stderr) == []
