import json
import time

import pytest

from tests.conftest import add_model
from tests.providers.raw_server import SSE, RawServer, answer
from workbench.errors import (
    InvalidInputError,
    KeyMissingError,
    KeyRejectedError,
    NotFoundError,
    ProviderDisabledError,
    ProviderUnavailableError,
    RateLimitedError,
)
from workbench.providers import listing
from workbench.providers.endpoints import Endpoint
from workbench.providers.records import FoundServer, Listed, Listing, Provider

LIST = json.dumps({"object": "list", "data": [{"id": "qwen3:8b"}, {"id": "Llama"}]}).encode()
KEY = "sk-needle-4Qv7wX91aB"


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """This machine may be busy."""
    monkeypatch.setattr(listing, "LOOKING_S", 3.0)


def endpoint(server: RawServer, **others: object) -> Endpoint:
    return Endpoint(**{"provider": "p", "base_url": server.base_url, "api_key": KEY} | others)


async def found_at(*servers: RawServer, known: tuple[Provider, ...] = ()) -> tuple[FoundServer, ...]:
    ports = ",".join(str(server.port) for server in servers)
    return await listing.found(known, {listing.PORTS_VARIABLE: ports})


async def listed(*script: bytes | float, added: tuple[str, ...] = (), **others: object) -> tuple[Listing, RawServer]:
    async with RawServer(*script).running() as server:
        return await listing.models_of(endpoint(server, **others), added), server


# On this machine


async def test_a_server_that_gives_a_list_of_models_is_found_and_sent_no_key():
    async with RawServer(answer("200 OK", LIST)).running() as server:
        (it,) = await found_at(server)
        assert it == FoundServer(
            name=f"local-{server.port}", base_url=server.base_url, models=("Llama", "qwen3:8b"), provider=None
        )
        assert server.requests[0][0] == b"GET /v1/models HTTP/1.1"
        assert "authorization" not in server.requests[0][1]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
async def test_a_server_that_has_been_added_is_known_by_whatever_name_this_machine_goes(host):
    async with RawServer(answer("200 OK", LIST)).running() as server:
        known = Provider(name="mine", kind="openai", base_url=f"http://{host}:{server.port}/v1")
        elsewhere = Provider(name="far", kind="openai", base_url=f"http://192.168.1.2:{server.port}/v1")
        (it,) = await found_at(server, known=(known, elsewhere))
    assert it.provider == "mine"


async def test_an_ollama_without_models_is_found():
    async with RawServer(answer("200 OK", b'{"object":"list","data":null}')).running() as server:
        assert [each.models for each in await found_at(server)] == [()]


@pytest.mark.parametrize(
    "script",
    [
        (answer("200 OK", b"<!doctype html><title>Hello</title>", "text/html"),),
        (answer("200 OK", b'{"data": 7}'),),
        (answer("200 OK", b'{"data": [7, {"id": 8}]}'),),
        (answer("200 OK", b"[" * 100_000),),
        (answer("401 Unauthorized", LIST),),
        (b"SSH-2.0-OpenSSH_9.2\r\n",),
        (b"HTTP/1.1 200 OK\r\n\r\n", b'{"data":[', 60.0),
        (60.0,),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b" " * (6 << 20), LIST),
        (),
    ],
)
async def test_what_is_no_server_of_models_is_left_out_and_holds_up_nobody(script):
    async with RawServer(answer("200 OK", LIST)).running() as good, RawServer(*script).running() as bad:
        assert [each.base_url for each in await found_at(bad, good)] == [good.base_url]


async def test_a_redirection_is_not_followed():
    async with RawServer(answer("200 OK", LIST)).running() as other:
        to = answer("302 Found", b"", "text/plain", f"location: {other.base_url}/models")
        async with RawServer(to).running() as server:
            assert await found_at(server) == ()
        assert other.requests == []


@pytest.mark.parametrize("ports", ["0", "70000", "eleven", "1234;5", ",".join(map(str, range(1, 23)))])
async def test_ports_that_are_none_are_named_as_wrong(ports):
    with pytest.raises(InvalidInputError, match="WORKBENCH_LOCAL_PORTS"):
        await listing.found((), {listing.PORTS_VARIABLE: ports})


# Of a provider


async def test_a_providers_own_list_says_what_is_added_and_is_asked_as_everything_else_is():
    found, server = await listed(answer("200 OK", LIST), added=("Llama", "gone"), headers={"x-team": "blue"})
    assert found == Listing(provider="p", models=("Llama", "qwen3:8b"), added=("Llama",))
    sent = server.requests[0][1]
    assert (sent["authorization"], sent["x-team"]) == (f"Bearer {KEY}", "blue")


async def test_anthropics_list_and_geminis_are_read():
    found, server = await listed(answer("200 OK", LIST), wire="anthropic")
    assert (found.models, server.requests[0][0]) == (
        ("Llama", "qwen3:8b"), b"GET /v1/v1/models?limit=1000 HTTP/1.1",
    )  # fmt: skip
    assert server.requests[0][1]["x-api-key"] == KEY
    gemini = [
        {"name": "models/gemini-2.5-flash", "supportedGenerationMethods": ["generateContent", "countTokens"]},
        {"name": "models/text-embedding-004", "supportedGenerationMethods": ["embedContent"]},
    ]
    found, server = await listed(answer("200 OK", json.dumps({"models": gemini}).encode()), wire="gemini")
    assert (found.models, server.requests[0][1]["x-goog-api-key"]) == (("gemini-2.5-flash",), KEY)


@pytest.mark.parametrize(
    ("wire", "row", "context_tokens", "max_output_tokens"),
    [
        ("gemini", {"name": "models/m", "inputTokenLimit": 1_048_576, "outputTokenLimit": 65_536}, 1_048_576, 65_536),
        ("anthropic", {"id": "m", "max_input_tokens": 200_000, "max_tokens": 64_000}, 200_000, 64_000),
        ("openai", {"id": "m", "max_model_len": 32_768}, 32_768, None),
        ("openai", {"id": "m", "context_window": 131_072, "max_completion_tokens": 8192}, 131_072, 8192),
        (
            "openai",
            {"id": "m", "context_length": 128_000, "top_provider": {"max_completion_tokens": 16_384}},
            128_000,
            16_384,
        ),
    ],
)
async def test_the_limits_that_a_provider_says_are_kept(wire, row, context_tokens, max_output_tokens):
    rows = {"models" if wire == "gemini" else "data": [row]}
    found, _ = await listed(answer("200 OK", json.dumps(rows).encode()), wire=wire)
    assert found.limits == (Listed(model="m", context_tokens=context_tokens, max_output_tokens=max_output_tokens),)


@pytest.mark.parametrize("told", [0, -5, True, "128000", 1e5, 10**12, None, [1], {"a": 1}])
async def test_a_limit_that_is_none_is_not_believed(told):
    rows = {"data": [{"id": "m", "max_model_len": told, "top_provider": told}]}
    found, _ = await listed(answer("200 OK", json.dumps(rows).encode()))
    assert (found.models, found.limits) == (("m",), ())


def test_names_that_no_model_can_have_are_left_out_and_there_is_an_end():
    odd = [{"id": name} for name in ("fine", "two words", "\x1b[2J", "x" * 201, "", "fine")]
    assert listing.read("openai", json.dumps(odd).encode()) == (Listed(model="fine"),)
    many = [{"id": f"m{number}"} for number in range(5000)]
    assert len(listing.read("openai", json.dumps(many).encode())) == 1000


@pytest.mark.parametrize(
    ("script", "error", "words"),
    [
        ((answer("401 Unauthorized", b"{}"),), KeyRejectedError, "does not accept the key"),
        ((answer("429 Too Many Requests", b"{}"),), RateLimitedError, "asks to wait"),
        ((answer("404 Not Found", b'{"error": "no model"}'),), ProviderUnavailableError, "gives no list"),
        ((answer("500 Oops", b"{}"),), ProviderUnavailableError, "fault of its own"),
        ((answer("302 Found", b"", "text/plain", "location: http://127.0.0.1:1/"),), ProviderUnavailableError, "moved"),
        ((answer("200 OK", b"<html>", "text/html"),), ProviderUnavailableError, "gives no list"),
        ((answer("200 OK", f'{{"data": "{KEY}"}}'.encode()),), ProviderUnavailableError, "gives no list"),
        ((SSE + b" " * (6 << 20), 60.0), ProviderUnavailableError, "gives no list"),
    ],
)
async def test_what_is_wrong_is_said_as_a_check_says_it(script, error, words):
    with pytest.raises(error, match=words) as raised:
        await listed(*script)
    assert raised.value.remedy
    assert KEY not in str(raised.value)


async def test_a_key_that_is_missing_is_said_to_be():
    with pytest.raises(KeyMissingError, match="none is stored"):
        await listed(answer("401 Unauthorized", b"{}"), api_key=None)


async def test_a_list_that_does_not_come_is_given_up():
    async with RawServer(60.0).running() as server:
        began = time.monotonic()
        with pytest.raises(ProviderUnavailableError, match="did not give the list"):
            await listing.models_of(endpoint(server), (), within_s=0.3)
        assert time.monotonic() - began < 30


# Through the doors


def test_python_finds_servers_and_lists_models(bench, provider, monkeypatch):
    monkeypatch.setenv(listing.PORTS_VARIABLE, str(provider.port))
    while not (found := bench.providers.found()):  # this machine may be busy
        pass
    (it,) = found
    assert (it.base_url, it.models, it.provider) == (provider.base_url, ("echo", "limited", "paced-20-0"), None)
    add_model(bench, provider, "echo")
    while not (found := bench.providers.found()):
        pass
    assert [each.provider for each in found] == ["standin"]
    told = bench.providers.models("standin")
    assert told.added == ("echo",)
    assert told.limits == (Listed(model="echo", context_tokens=32_768),)
    bench.models.remove("standin/echo")
    (echo,) = bench.providers.add_models("standin", ["echo"])
    assert (echo.id, echo.context_tokens, echo.corrected) == ("standin/echo", 32_768, ())
    assert bench.models.list() == (echo,)
    with pytest.raises(InvalidInputError, match="has no model 'gone'"):
        bench.providers.add_models("standin", ["limited", "gone"])
    bench.providers.disable("standin")
    with pytest.raises(ProviderDisabledError):
        bench.providers.models("standin")
    with pytest.raises(NotFoundError):
        bench.providers.models("nobody")
