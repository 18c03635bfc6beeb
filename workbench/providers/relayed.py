"""Replies by litellm's own streams, of providers whose formats are not read here.

litellm builds the request and reads the answer; the request is carried by the provider's own connection, with its
headers, its proxy and its key, which litellm never has. What can be told apart from litellm's word is: a status, a
connection that breaks, and whether the provider gave a reason for its end. A server that ends a cut reply in good
order is not, so all of these replies count as not verified.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from typing import Any, Literal, TypeVar

import httpx
import msgspec

import workbench
from workbench.errors import ProviderError, StreamStalledError
from workbench.providers import faults, library, routes
from workbench.providers.deadline import Deadline
from workbench.providers.endpoints import Endpoint, Limits
from workbench.providers.faults import Asked
from workbench.providers.records import ChatRequest, Finished, ReasoningDelta, StreamEvent, TextDelta, ToolCall
from workbench.providers.requests import cannot_build, messages, sent_temperature
from workbench.providers.wire import cut, malformed

_Kind = TypeVar("_Kind")
Send = Callable[[httpx.Request], Awaitable[httpx.Response]]
_ERROR_LIMIT_BYTES = 64 << 10
_TURN_S = 0.005
_STREAM_LIMIT_BYTES = 256 << 20
_REASONS: dict[str, Literal["stop", "length", "refused", "other"]] = {
    "stop": "stop",
    "length": "length",
    "content_filter": "refused",
}


async def relayed(
    litellm: Any,  # noqa: ANN401  (a module without types)
    endpoint: Endpoint,
    request: ChatRequest,
    asked: Asked,
    client: httpx.AsyncClient,
    send: Send,
    limits: Limits,
) -> AsyncGenerator[StreamEvent]:
    """The reply, piece by piece, and `Finished` last. Raises what is below ProviderError."""
    route = routes.named(endpoint.route or "")
    if route.needs_key and endpoint.api_key is None:
        raise faults.from_answer(asked, httpx.codes.UNAUTHORIZED, {}, b"")
    way = _Way(endpoint, route, asked, client, send, limits)
    try:
        pieces = await way.wait(_asked(litellm, endpoint, route, request))
        reply = _Reply(pieces, request.model.name)
        while not reply.ended and (piece := await way.wait(anext(pieces, None))) is not None:
            for event in (events := reply.take(piece)):
                yield event
            if events:
                way.wait_again(limits.between_tokens_s)
            await way.give_way()
        for call in reply.calls:
            yield call
        if not reply.is_whole:
            raise cut(asked)
        way.wait_again(limits.after_end_s)
        with contextlib.suppress(ProviderError):
            await way.wait(reply.read_rest())
        yield reply.finished()
    finally:
        await way.close()


async def _asked(
    litellm: Any,  # noqa: ANN401  (as above)
    endpoint: Endpoint,
    route: routes.Route,
    request: ChatRequest,
) -> AsyncIterator[Any]:
    """Litellm's stream; the request leaves here, or when the first piece is read."""
    prefix = route.key_prefix if (endpoint.api_key or "").startswith(route.key_prefix) else ""
    options: dict[str, object] = {"max_tokens": request.max_output_tokens, "temperature": sent_temperature(request)}
    if route.name == "bedrock":
        options["aws_region_name"] = routes.region(endpoint.base_url)
    pieces: AsyncIterator[Any] = await litellm.acompletion(
        model=f"{route.name}/{route.model_prefix}{request.model.name}",
        messages=[dict(message) for message in messages(request, prefill=False)],
        api_base=f"{endpoint.base_url}{route.path}",
        api_key=f"{prefix}{library.NOT_THE_KEY}",
        stream=True,
        stream_options={"include_usage": True},
        drop_params=True,
        num_retries=0,
        max_retries=0,
        **{name: value for name, value in options.items() if value is not None},
    )
    return pieces


class _Way:
    """How one request of litellm's goes out, what comes back, and how long that is waited for."""

    def __init__(
        self,
        endpoint: Endpoint,
        route: routes.Route,
        asked: Asked,
        client: httpx.AsyncClient,
        send: Send,
        limits: Limits,
    ) -> None:
        self.route_name = route.name
        self._endpoint = endpoint
        self._route = route
        self._asked = asked
        self._client = client
        self._send = send
        self._limits = limits
        self._limit_s = limits.first_token_s
        self._loop = asyncio.get_running_loop()
        self._deadline = Deadline(self._loop.time() + self._limit_s)
        self._gave_way_at = self._loop.time()
        self._answers: list[httpx.Response] = []
        self._received_bytes = 0
        self._is_sent = False
        self._fault: ProviderError | None = None
        """What a status or a connection said, in our words; litellm's own are not passed on."""

    async def wait(self, awaited: Awaitable[_Kind]) -> _Kind:
        """What litellm gives, waited for no longer than the limits say. Raises ProviderError."""
        try:
            with library.carried_by(self._carry), self._deadline:
                return await awaited
        except TimeoutError:
            raise StreamStalledError(
                f"Nothing came from {self._asked.provider!r} for {self._limit_s:.0f} s.",
                remedy="Continue the reply, or try again.",
            ) from None
        except Exception as error:  # noqa: BLE001  (each provider's part of litellm raises what it likes)
            # Not as its cause: what litellm says may hold the question.
            raise self._meant(error) from None

    def wait_again(self, limit_s: float) -> None:
        """Something came: wait for what is next."""
        self._limit_s = limit_s
        self._deadline.move(limit_s)

    async def give_way(self) -> None:
        """Let others have their turn: litellm reads what came at once without waiting, 0.3 ms of a core a piece."""
        now = self._loop.time()
        if now - self._gave_way_at > _TURN_S:
            await asyncio.sleep(0)
            self._gave_way_at = self._loop.time()

    async def close(self) -> None:
        """Close every answer, which makes the provider stop; nothing is waited for any more."""
        self._deadline.close()
        for answer in self._answers:
            await answer.aclose()

    async def _carry(self, request: httpx.Request) -> httpx.Response:
        """Send it as the provider's requests are sent. Raises what is wrong with the answer as ProviderError."""
        try:
            return await self._carried(request)
        except ProviderError as error:
            self._fault = error
            raise

    async def _carried(self, request: httpx.Request) -> httpx.Response:
        sent = self._client.build_request(
            request.method,
            self._placed(request.url),
            content=await request.aread(),
            headers=self._headers(request.headers),
            timeout=httpx.Timeout(None, connect=self._limits.connect_s),
        )
        self._is_sent = True
        try:
            answer = await self._send(sent)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise faults.from_connection(self._asked, error) from error
        self._answers.append(answer)
        if not answer.is_success or faults.is_html(answer.headers, b""):
            start = await self._start(answer)
            raise faults.from_answer(self._asked, answer.status_code, answer.headers, start)
        return httpx.Response(answer.status_code, headers=answer.headers, stream=_Body(self, answer), request=request)

    def _placed(self, url: httpx.URL) -> httpx.URL:
        """Where it goes: to no other server than the provider's."""
        if _place(url) != _place(httpx.URL(self._endpoint.base_url)):
            raise faults.wrong_address(self._asked, "leads to another server, which is not asked")
        return url

    def _headers(self, given: httpx.Headers) -> dict[str, str]:
        """Those of litellm, with the key in its place, and those that are set for the provider."""
        key = self._endpoint.api_key
        headers = {name: value for name, value in given.items() if name not in _OURS}
        if key is None:
            headers = {name: value for name, value in headers.items() if library.NOT_THE_KEY not in value}
        else:
            key = key.removeprefix(self._route.key_prefix)
            headers = {name: value.replace(library.NOT_THE_KEY, key) for name, value in headers.items()}
        ours = {"accept-encoding": "identity", "user-agent": f"llm-workbench/{workbench.__version__}"}
        return headers | ours | dict(self._endpoint.headers)

    async def _start(self, answer: httpx.Response) -> bytes:
        """The start of an answer that is an error, or what came of it in time."""
        body = bytearray()
        with contextlib.suppress(TimeoutError, httpx.HTTPError, httpx.StreamError):
            async with asyncio.timeout(self._limits.connect_s):
                async for data in answer.aiter_bytes():
                    body += data
                    if len(body) >= _ERROR_LIMIT_BYTES:
                        break
        return bytes(body)

    def received(self, count: int) -> None:
        """So many bytes came. Raises StreamMalformedError where they have no end."""
        self._received_bytes += count
        if self._received_bytes > _STREAM_LIMIT_BYTES:
            self._fault = malformed("the reply has no end")
            raise self._fault

    def broke(self) -> None:
        """The connection broke before the end of the answer."""
        self._fault = cut(self._asked)

    def _meant(self, error: Exception) -> ProviderError:
        """What an error of litellm's stands for."""
        if self._fault is not None:
            return self._fault
        if not self._is_sent:
            return cannot_build(self._asked.model)
        if any(isinstance(cause, (ValueError, LookupError, TypeError)) for cause in faults.causes(error)):
            return malformed("it is not of the format that the provider has")
        return faults.from_stream(self._asked, str(error).partition("\n")[0].encode())


_OURS = frozenset({"accept-encoding", "connection", "content-length", "host", "transfer-encoding", "user-agent"})


def _place(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


class _Body(httpx.AsyncByteStream):
    """The body of an answer, on its way to litellm."""

    def __init__(self, way: _Way, answer: httpx.Response) -> None:
        self._way = way
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for data in self._mended():
                yield data
        except (httpx.HTTPError, httpx.StreamError):
            self._way.broke()
            raise

    async def aclose(self) -> None:
        await self._answer.aclose()

    async def _mended(self) -> AsyncIterator[bytes]:
        mend = _MENDED.get(self._way.route_name)
        line = b""
        async for data in self._answer.aiter_raw():
            self._way.received(len(data))
            if mend is None:
                yield data
            else:
                *lines, line = (line + data).split(b"\n")
                yield b"".join(map(mend, lines))
        if mend is not None:
            yield mend(line)


def _mended_cohere(line: bytes) -> bytes:
    """A line of Cohere's as litellm 1.106.2 reads it: bare JSON, and the end of the message where it is looked for."""
    text = line.strip().removeprefix(b"data:").strip()
    if not text.startswith(b"{"):
        return b""
    if b"message-end" in text:
        with contextlib.suppress(msgspec.DecodeError):
            event = msgspec.json.decode(text)
            if event.get("type") == "message-end":
                text = msgspec.json.encode({"event": "message-end", "data": event})
    return text + b"\n"


_MENDED: dict[str, Callable[[bytes], bytes]] = {"cohere_chat": _mended_cohere}
"""What is put right of the lines that some providers send; else litellm loses the end of their messages."""


class _Reply:
    """What litellm's pieces come to."""

    def __init__(self, pieces: Any, model_name: str) -> None:  # noqa: ANN401  (litellm's)
        self.ended = False
        """Its last piece has come; litellm makes one also where the provider gave no reason for the end."""
        self._pieces = pieces
        self._model_name = model_name
        self._reason = ""
        self._calls: dict[int, ToolCall] = {}
        self._usage: Any = None

    @property
    def is_whole(self) -> bool:
        """Whether the provider gave a reason for the end; litellm's word for it is not taken."""
        return self.ended and bool(
            getattr(self._pieces, "received_finish_reason", None)
            or getattr(self._pieces, "intermittent_finish_reason", None)
        )

    @property
    def calls(self) -> tuple[ToolCall, ...]:
        """What the model wants to have done."""
        return tuple(self._calls.values())

    def take(self, piece: Any) -> list[StreamEvent]:  # noqa: ANN401  (litellm's)
        """What a piece adds."""
        self._count(piece)
        self._model_name = getattr(piece, "model", None) or self._model_name
        events: list[StreamEvent] = []
        for choice in getattr(piece, "choices", None) or ():
            if reasoning := getattr(choice.delta, "reasoning_content", None):
                events.append(ReasoningDelta(text=reasoning))
            if text := getattr(choice.delta, "content", None):
                events.append(TextDelta(text=text))
            for call in getattr(choice.delta, "tool_calls", None) or ():
                self._add(call)
            if choice.finish_reason:
                self.ended, self._reason = True, choice.finish_reason
        return events

    async def read_rest(self) -> None:
        """Read what follows the end: the token counts of some.

        Past litellm's own reading, which would count tokens by itself where nobody has said them.
        """
        for piece in getattr(self._pieces, "chunks", ()):
            self._count(piece)
        rest: Any = getattr(self._pieces, "completion_stream", None)
        if hasattr(rest, "__aiter__"):
            async for piece in rest:
                self._count(piece)

    def finished(self) -> Finished:
        """How it ended."""
        usage = self._usage
        details = getattr(usage, "prompt_tokens_details", None)
        return Finished(
            reason=_REASONS.get(self._reason, "other"),
            model_name=self._model_name,
            input_tokens=getattr(usage, "prompt_tokens", None),
            output_tokens=getattr(usage, "completion_tokens", None),
            cached_tokens=getattr(details, "cached_tokens", None),
        )

    def _add(self, call: Any) -> None:  # noqa: ANN401  (litellm's)
        before = self._calls.get(call.index) or ToolCall(name="")
        name = getattr(call.function, "name", None) or ""
        arguments = getattr(call.function, "arguments", None) or ""
        self._calls[call.index] = ToolCall(name=before.name or name, arguments=before.arguments + arguments)

    def _count(self, piece: Any) -> None:  # noqa: ANN401  (litellm's)
        usage = piece.get("usage") if isinstance(piece, dict) else getattr(piece, "usage", None)
        if getattr(usage, "prompt_tokens", None) or getattr(usage, "completion_tokens", None):
            self._usage = usage
