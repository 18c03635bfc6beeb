"""Trying a model: every way in which it can fail is told apart, in each format."""

import asyncio
from collections.abc import Iterator

import pytest
from llmock.scenarios import Delay, Fail, Reply
from llmock.testing import LLMockServer

from tests.providers.asking import KEY, REMOTE, gateway_to
from tests.providers.raw_server import SSE, RawServer, answer, chunk
from tests.providers.scripted import NoBudgets
from tests.providers.test_llmock import base_url, each_format
from workbench.errors import (
    KeyMissingError,
    KeyRejectedError,
    ModelUnknownError,
    ProviderUnavailableError,
    QuotaExceededError,
    RateLimitedError,
    StreamCutError,
    StreamStalledError,
)
from workbench.providers.checks import check
from workbench.providers.ledger import Ledger


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


@each_format
@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        (Fail(401), KeyRejectedError),
        (Fail(403), KeyRejectedError),
        (Fail(404), (ModelUnknownError, ProviderUnavailableError)),
        (Fail(429, retry_after=7), RateLimitedError),
        (Fail(503), ProviderUnavailableError),
    ],
)
async def test_what_is_wrong_is_named(server, wire, behaviour, expected, database):
    server.state.scenarios.clear()
    server.state.scenarios.add(behaviour)
    async with gateway_to(base_url(server, wire), wire=wire) as gateway:
        with pytest.raises(expected) as raised:
            await check(Ledger(gateway, database, NoBudgets()), REMOTE)
    assert raised.value.remedy
    assert KEY not in f"{raised.value}{raised.value.remedy}"


@pytest.mark.parametrize(
    ("sent", "key", "expected"),
    [
        (answer("401 Unauthorized", b"{}"), None, KeyMissingError),
        (answer("402 Payment Required", b"{}"), KEY, QuotaExceededError),
        (answer("404 Not Found", b'{"error": {"code": "model_not_found"}}'), KEY, ModelUnknownError),
        (answer("200 OK", b"<!doctype html><title>Welcome</title>", "text/html"), KEY, ProviderUnavailableError),
        (SSE, KEY, StreamCutError),
    ],
)
async def test_a_missing_key_no_credit_a_wrong_name_and_a_wrong_address_are_told_apart(sent, key, expected, database):
    async with RawServer(sent).running() as server, gateway_to(server.base_url, api_key=key) as gateway:
        with pytest.raises(expected):
            await check(Ledger(gateway, database, NoBudgets()), REMOTE)


async def test_an_address_where_nobody_is_is_told_from_silence(database):
    async with gateway_to("http://127.0.0.1:1/v1") as gateway:
        with pytest.raises(ProviderUnavailableError, match="refused"):
            await check(Ledger(gateway, database, NoBudgets()), REMOTE)
    async with RawServer(SSE, 30.0).running() as server, gateway_to(server.base_url) as gateway:
        await gateway.warm()
        with pytest.raises(StreamStalledError):
            await check(Ledger(gateway, database, NoBudgets()), REMOTE, within_s=0.5)


async def test_a_check_leaves_at_the_first_piece(database):
    async with RawServer(SSE, chunk("O"), 30.0).running() as server, gateway_to(server.base_url) as gateway:
        assert (await check(Ledger(gateway, database, NoBudgets()), REMOTE)).model == REMOTE.id
        async with asyncio.timeout(2):
            await server.left.wait()
