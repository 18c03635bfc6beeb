"""Asks models: the only way to a provider.

`requests` says what to send, `wire` reads what comes back, `faults` says what went wrong; what is left to do here is
to open and close connections, and to keep the time.
"""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import httpx

import workbench
from workbench.errors import ProviderError, StreamMalformedError, StreamStalledError
from workbench.providers import faults
from workbench.providers.deadline import Deadline
from workbench.providers.endpoints import LOCAL_LIMITS, Endpoint, Limits, Places, is_this_machine
from workbench.providers.faults import Asked
from workbench.providers.local import LocalEngine
from workbench.providers.records import ChatRequest, Finished, Model, StreamEvent
from workbench.providers.relayed import relayed
from workbench.providers.requests import RemoteRequests, local_body
from workbench.providers.wire import AnthropicReader, GeminiReader, OpenAIReader, Reader, cut, malformed

_ANSWER_LIMIT_BYTES = 8 << 20
_ERROR_LIMIT_BYTES = 64 << 10
_STREAM_LIMIT_BYTES = 256 << 20
"""A piece of a few characters takes some 200 bytes on the way: this is over a million of them."""
_FREE = Decimal(0)
_LOST = (TimeoutError, httpx.HTTPError, httpx.StreamError)
"""What keeps an answer from coming to its end."""


class Gateway:
    """Streams replies. Belongs to the event loop that uses it; one connection pool for each way."""

    def __init__(
        self, places: Places, engine: LocalEngine, *, limits: Limits | None = None, local_limits: Limits | None = None
    ) -> None:
        self._places = places
        self._engine = engine
        self._limits = limits or Limits()
        self._local_limits = local_limits or LOCAL_LIMITS
        self._requests = RemoteRequests()
        self._clients: dict[tuple[str, str | None], httpx.AsyncClient] = {}
        self._tls: ssl.SSLContext | None = None

    async def stream(self, request: ChatRequest) -> AsyncGenerator[StreamEvent]:
        """The reply, piece by piece, and `Finished` last; text comes as soon as it arrives.

        Raises what is below ProviderError; whatever was given before stands. Closing the generator closes the
        connection, which makes the provider stop.
        """
        if request.model.kind == "local":
            file = await asyncio.to_thread(self._places.file, request.model)
            async with self._engine.lease(file) as endpoint, _closing(self._send_local(endpoint, request)) as events:
                async for event in events:
                    yield event
        else:
            endpoint = await asyncio.to_thread(self._places.endpoint, request.model)
            async with _closing(self._remote(endpoint, request, endpoint.limits(self._limits))) as events:
                async for event in events:
                    yield await self._priced(event, request.model) if isinstance(event, Finished) else event

    async def warm(self) -> None:
        """Load what the first remote request needs, in the background: about three seconds of one core."""
        await self._requests.warm()

    async def close(self) -> None:
        """Close every connection and end the local engine."""
        for client in self._clients.values():
            await client.aclose()
        self._clients.clear()
        await self._engine.stop()
        self._requests.close()

    async def _send_local(self, endpoint: Endpoint, request: ChatRequest) -> AsyncGenerator[StreamEvent]:
        async with _closing(self._send(endpoint, request, local_body(request), self._local_limits)) as events:
            async for event in events:
                yield replace(event, cost_usd=_FREE) if isinstance(event, Finished) else event

    async def _remote(self, endpoint: Endpoint, request: ChatRequest, limits: Limits) -> AsyncGenerator[StreamEvent]:
        if endpoint.route is None:
            streamed = self._send(endpoint, request, await self._requests.body(endpoint, request), limits)
        else:
            litellm = await self._requests.library()
            client = await self._client(endpoint.base_url, endpoint.proxy)
            carrier = partial(_send, client)
            streamed = relayed(litellm, endpoint, request, _asked(endpoint, request), client, carrier, limits)
        async with _closing(streamed) as events:
            async for event in events:
                yield event

    async def _send(
        self, endpoint: Endpoint, request: ChatRequest, body: bytes, limits: Limits
    ) -> AsyncGenerator[StreamEvent]:
        asked = _asked(endpoint, request)
        first_token_by = asyncio.get_running_loop().time() + limits.first_token_s
        response = await self._open(endpoint, asked, body, limits)
        try:
            if response.status_code != httpx.codes.OK or faults.is_html(response.headers, b""):
                start = await _read_start(response, _ERROR_LIMIT_BYTES, limits.connect_s)
                raise faults.from_answer(asked, response.status_code, response.headers, start)
            reader = _reader(endpoint, asked)
            if "json" in response.headers.get("content-type", ""):
                came, fault = await _read_whole(response, reader, asked, limits)
                for event in came:
                    yield event
                if fault is not None:
                    raise fault
                return
            arrivals = _Arrivals(response, asked, limits, first_token_by=first_token_by)
            with contextlib.closing(arrivals):
                async with _closing(_read_stream(response, reader, asked, arrivals)) as events:
                    async for event in events:
                        yield event
        finally:
            await response.aclose()

    async def _priced(self, finished: Finished, model: Model) -> Finished:
        """With what the reply cost, where its tokens and their prices are known."""
        read, written = finished.input_tokens, finished.output_tokens
        if read is None or written is None:
            return finished
        prices = await asyncio.to_thread(self._places.prices, model)
        if prices is None:
            return finished
        return replace(
            finished, cost_usd=prices.cost_usd(read=read, written=written, cached=finished.cached_tokens or 0)
        )

    async def _open(self, endpoint: Endpoint, asked: Asked, body: bytes, limits: Limits) -> httpx.Response:
        """The answer's head. Raises ProviderUnavailableError, StreamStalledError."""
        headers = {
            "accept": "text/event-stream",
            "accept-encoding": "identity",
            "content-type": "application/json",
            "user-agent": f"llm-workbench/{workbench.__version__}",
        }
        client = await self._client(endpoint.base_url, endpoint.proxy)
        sent = client.build_request(
            "POST",
            endpoint.url(asked.model),
            content=body,
            headers=headers | dict(endpoint.headers) | endpoint.key_headers,
            timeout=httpx.Timeout(None, connect=limits.connect_s),
        )
        try:
            async with asyncio.timeout(limits.first_token_s):
                return await _send(client, sent)
        except TimeoutError as error:
            raise _stalled(asked, limits.first_token_s) from error
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise faults.from_connection(asked, error) from error

    async def _client(self, base_url: str, proxy: str | None) -> httpx.AsyncClient:
        known = self._clients.get((base_url, proxy))
        if known is not None:
            return known
        parts = urlsplit(base_url)
        if self._tls is None and "https" in (parts.scheme, urlsplit(proxy or "").scheme):
            self._tls = await asyncio.to_thread(httpx.create_ssl_context)
        return self._clients.setdefault(
            (base_url, proxy),
            httpx.AsyncClient(
                verify=self._tls or False,  # False: plain http, where there is nothing to verify
                proxy=None if proxy is None else httpx.Proxy(proxy, ssl_context=_tls_of(proxy, self._tls)),
                # A proxy must never see what stays on this machine.
                trust_env=not is_this_machine(parts.hostname or ""),
                limits=httpx.Limits(
                    max_connections=None,
                    max_keepalive_connections=20,
                    # Small servers close idle connections after 5 s; a request must not meet that moment.
                    keepalive_expiry=60 if parts.scheme == "https" else 3,
                ),
            ),
        )


def _asked(endpoint: Endpoint, request: ChatRequest) -> Asked:
    return Asked(
        provider=endpoint.provider,
        model=request.model.name,
        has_key=endpoint.api_key is not None,
        has_proxy=endpoint.proxy is not None,
        attached=tuple((each.name, len(each.data)) for turn in request.turns for each in turn.shown),
    )


async def _send(client: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
    """Send it; once more where it went over a connection that its server was just closing, as it had lain idle."""
    connects = False

    async def watch(event: str, _: dict[str, Any]) -> None:
        nonlocal connects
        connects = connects or ".connect" in event

    request.extensions["trace"] = watch
    try:
        return await client.send(request, stream=True)
    except (httpx.NetworkError, httpx.RemoteProtocolError):
        if connects:
            raise
        return await client.send(request, stream=True)
    finally:
        del request.extensions["trace"]  # else it would be called for each piece of the answer


class _Arrivals:
    """The bytes of an answer as they come, waited for no longer than the limits say."""

    def __init__(self, response: httpx.Response, asked: Asked, limits: Limits, *, first_token_by: float) -> None:
        self.lost: Exception | None = None
        """What broke the connection."""
        self.chunks = response.aiter_bytes()
        self._asked = asked
        self._limits = limits
        self._limit_s = limits.first_token_s
        self._deadline = Deadline(first_token_by)
        self._ended = False

    async def next(self) -> bytes | None:
        """None at the end: it was closed, or lost, or there is silence after the message has ended.

        Raises StreamStalledError.
        """
        try:
            with self._deadline:
                return await anext(self.chunks, None)
        except TimeoutError as error:
            if not self._ended:
                raise _stalled(self._asked, self._limit_s) from error
        except (httpx.HTTPError, httpx.StreamError) as error:
            self.lost = error
        return None

    def wait_again(self, *, ended: bool) -> None:
        """Something came: wait for the next token, or, once the message has ended, for the token counts."""
        if self._ended:
            return
        self._ended = ended
        self._limit_s = self._limits.after_end_s if ended else self._limits.between_tokens_s
        self._deadline.move(self._limit_s)

    def close(self) -> None:
        """Nothing is waited for any more."""
        self._deadline.close()


def _tls_of(proxy: str, tls: ssl.SSLContext | None) -> ssl.SSLContext | None:
    """What a proxy is spoken to with; httpx takes none for one of plain http."""
    return tls if urlsplit(proxy).scheme == "https" else None


def _reader(endpoint: Endpoint, asked: Asked) -> Reader:
    match endpoint.wire:
        case "openai":
            return OpenAIReader(asked, end_mark=endpoint.end_mark)
        case "anthropic":
            return AnthropicReader(asked)
        case "gemini":
            return GeminiReader(asked)


async def _read_stream(
    response: httpx.Response, reader: Reader, asked: Asked, arrivals: _Arrivals
) -> AsyncGenerator[StreamEvent]:
    """What the reader makes of the stream; raises what ends it early."""
    came = False
    received = 0
    while not reader.complete:
        data = await arrivals.next()
        if data is None:
            break
        received += len(data)
        if received > _STREAM_LIMIT_BYTES:
            raise malformed("the reply has no end")
        for event in (events := reader.feed(data)):
            yield event
        came = came or bool(events)
        if events or reader.ended:
            arrivals.wait_again(ended=reader.ended)
    try:
        for event in reader.end():
            yield event
        reader.feed(b"")
    except ProviderError as error:
        if not came and arrivals.lost is None and "event-stream" not in response.headers.get("content-type", ""):
            raise faults.wrong_address(asked, "answers, but not as a chat API") from error
        raise error from arrivals.lost
    if arrivals.lost is None:
        await _drain(arrivals.chunks)


async def _drain(chunks: AsyncIterator[bytes]) -> None:
    """Read the end of the answer, so that its connection can be used again."""
    with contextlib.suppress(*_LOST):
        async with asyncio.timeout(0.2):
            async for _ in chunks:
                pass


async def _read_whole(
    response: httpx.Response, reader: Reader, asked: Asked, limits: Limits
) -> tuple[list[StreamEvent], ProviderError | None]:
    """The reply of a server that answers in one piece although it was asked to stream, and what is wrong with it.

    Of one that was cut, what had come.
    """
    body = bytearray()
    lost: Exception | None = None
    try:
        await _read_into(body, response, _ANSWER_LIMIT_BYTES, limits.first_token_s)
    except _LOST as error:
        lost = error
    if len(body) >= _ANSWER_LIMIT_BYTES:
        raise malformed("the answer has no end")
    try:
        return reader.read_whole(bytes(body)), None
    except StreamMalformedError as error:
        events = reader.read_cut(bytes(body))
        if lost is None and not events:
            return [], error
        fault = _stalled(asked, limits.first_token_s) if isinstance(lost, TimeoutError) else cut(asked)
        fault.__cause__ = lost
        return events, fault


async def _read_start(response: httpx.Response, limit_bytes: int, limit_s: float) -> bytes:
    """The answer's body, up to about `limit_bytes`, or what came of it in time."""
    body = bytearray()
    with contextlib.suppress(*_LOST):
        await _read_into(body, response, limit_bytes, limit_s)
    return bytes(body)


async def _read_into(body: bytearray, response: httpx.Response, limit_bytes: int, limit_s: float) -> None:
    """Read the answer, up to about `limit_bytes`; raises what is in `_LOST`, with what came before in `body`."""
    async with asyncio.timeout(limit_s):
        async for data in response.aiter_bytes():
            body += data
            if len(body) >= limit_bytes:
                break


def _stalled(asked: Asked, limit_s: float) -> StreamStalledError:
    return StreamStalledError(
        f"Nothing came from {asked.provider!r} for {limit_s:.0f} s.", remedy="Continue the reply, or try again."
    )


def _closing(events: AsyncGenerator[StreamEvent]) -> contextlib.aclosing[AsyncGenerator[StreamEvent]]:
    """`break` and errors leave an async generator open; this closes it, and the connection below it, at once."""
    return contextlib.aclosing(events)
