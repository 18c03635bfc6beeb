"""Reads what providers stream, one reader per wire format. Pure: bytes in, records out, no network.

A reader gives the same records wherever the bytes were split, and knows whether the provider said that its message is
complete. Each format is a `Reader`; what they share, the framing of server-sent events, is `Events`.
"""

from collections.abc import Iterator
from typing import Any, Literal, Protocol

import msgspec

from workbench.errors import ProviderError, ProviderUnavailableError, StreamCutError, StreamMalformedError
from workbench.providers.faults import Asked, from_stream
from workbench.providers.records import Finished, ReasoningDelta, StreamEvent, TextDelta

EndMark = Literal["finish_reason", "done", "both"]
"""What ends a message at an endpoint: the reason in its last piece, the closing `[DONE]`, or nothing less than both."""

LINE_LIMIT_BYTES = 1 << 20
_NOT_OF_ITS_FORM = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What msgspec raises on foreign bytes."""
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Reader(Protocol):
    """Reads one message of one wire format."""

    complete: bool
    """`Finished` has been given out."""
    ended: bool
    """The provider has said enough to call the message complete, but may have more to say about it."""

    def feed(self, data: bytes) -> list[StreamEvent]:
        """The records that `data` completes; text that came together is given together.

        A fault of the stream is raised when what came before it has been given out: at once if that is nothing, else
        by the next call. After `Finished`, data is ignored.
        """
        ...

    def end(self) -> list[StreamEvent]:
        """The rest, now that the stream is closed. Raises StreamCutError if the message is not complete."""
        ...


class Events:
    """The data of server-sent events (WHATWG HTML, section 9.2.6), from bytes in any pieces.

    Two deviations for servers that are careless with blank lines: an event that is complete JSON is ended by the next
    `data` line too, and the last one by the end of the stream. An `error` field, which llama.cpp uses, is data.
    """

    __slots__ = ("_after_cr", "_data", "_data_bytes", "_open", "_open_bytes", "_started")

    def __init__(self) -> None:
        self._open: list[bytes] = []
        self._open_bytes = 0
        self._after_cr = False
        self._started = False
        self._data: list[bytes] = []
        self._data_bytes = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The data of each event that is now complete. Raises StreamMalformedError past the limit of a line."""
        first, newline, others = self._newlines(data).partition(b"\n")
        self._keep(first)
        if newline:
            *lines, last = others.split(b"\n")
            for line in (self._kept(), *lines):
                event = self._line(line)
                if event is not None:
                    yield event
            self._keep(last)

    def end(self) -> Iterator[bytes]:
        """The data of the last event, if only its closing blank line is missing."""
        before = self._line(self._kept())
        if before is not None:
            yield before
        last = self._joined()
        if _is_whole(last):
            yield last

    def _keep(self, part: bytes) -> None:
        """Add to the line that is still open."""
        self._open.append(part)
        self._open_bytes += len(part)
        if self._open_bytes > LINE_LIMIT_BYTES:
            raise malformed("a line has no end")

    def _kept(self) -> bytes:
        line = b"".join(self._open)
        self._open.clear()
        self._open_bytes = 0
        if self._started:
            return line
        self._started = True
        return line.removeprefix(_BYTE_ORDER_MARK)

    def _newlines(self, data: bytes) -> bytes:
        """`data` with each line's end, of whatever kind, as one newline."""
        if self._after_cr and data:
            self._after_cr = False
            data = data.removeprefix(b"\n")
        if b"\r" not in data:
            return data
        self._after_cr = data.endswith(b"\r")
        return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    def _line(self, line: bytes) -> bytes | None:
        """The data of the event that this line ends, if it ends one."""
        if not line:
            return self._joined() if self._data else None
        field, _, value = line.partition(b":")
        if field not in (b"data", b"error"):
            return None
        before = self._joined() if self._data and _is_whole(b"\n".join(self._data)) else None
        self._data_bytes += len(value)
        if self._data_bytes > LINE_LIMIT_BYTES:
            raise malformed("an event has no end")
        value = value.removeprefix(b" ")
        self._data.append(value if field == b"data" else b'{"error":' + value + b"}")
        return before

    def _joined(self) -> bytes:
        data = self._data[0] if len(self._data) == 1 else b"\n".join(self._data)
        self._data.clear()
        self._data_bytes = 0
        return data


class _Delta(msgspec.Struct):
    content: str | list[dict[str, Any]] | None = None
    reasoning_content: str | None = None
    reasoning: str | dict[str, Any] | None = None
    refusal: str | None = None


class _Choice(msgspec.Struct):
    index: int | None = 0
    delta: _Delta | None = None
    message: _Delta | None = None
    finish_reason: str | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class _Chunk(msgspec.Struct):
    choices: list[_Choice] | None = None
    usage: _Usage | None = None
    model: str | None = None
    error: Any = None


_REASONS: dict[str, Literal["stop", "length", "refused", "other"]] = {
    "stop": "stop",
    "eos": "stop",
    "end_turn": "stop",
    "length": "length",
    "max_tokens": "length",
    "content_filter": "refused",
}


class OpenAIReader:
    """Reads OpenAI's chat completions stream and that of the servers which speak it."""

    def __init__(self, asked: Asked, *, end_mark: EndMark = "finish_reason") -> None:
        self.complete = False
        self._asked = asked
        self._end_mark = end_mark
        self._events = Events()
        self._decoder = msgspec.json.Decoder(_Chunk)
        self._fault: ProviderError | None = None
        self._done = False
        self._reason: str | None = None
        self._refused = False
        self._usage = _Usage()
        self._model_name: str | None = None

    @property
    def ended(self) -> bool:
        """The end mark of this endpoint has been seen; token counts may still come."""
        if self._end_mark == "finish_reason":
            return self._reason is not None
        return self._done and (self._end_mark == "done" or self._reason is not None)

    def feed(self, data: bytes) -> list[StreamEvent]:
        """See `Reader.feed`."""
        if self._fault is not None:
            raise self._fault
        if self.complete:
            return []
        pieces = _Pieces()
        try:
            for event in self._events.feed(data):
                self._read(event, pieces)
        except ProviderError as error:
            self._fault = error
            if not pieces.events:
                raise
        return self._given(pieces)

    def end(self) -> list[StreamEvent]:
        """See `Reader.end`."""
        if self._fault is not None:
            raise self._fault
        pieces = _Pieces()
        for event in () if self.complete else self._events.end():
            self._read(event, pieces)
        self._done = self._done or self.ended
        events = self._given(pieces)
        if not self.complete:
            self._fault = cut(self._asked)
            if not events:
                raise self._fault
        return events

    def read_whole(self, body: bytes) -> list[StreamEvent]:
        """The records of an answer that came in one piece, from a server that does not stream."""
        pieces = _Pieces()
        self._read(body, pieces)
        self._done = True
        return self._given(pieces)

    def _read(self, data: bytes, pieces: "_Pieces") -> None:
        if self._done:
            return
        if data == b"[DONE]":
            self._done = True
            return
        try:
            chunk = self._decoder.decode(data)
        except _NOT_OF_ITS_FORM as error:
            raise malformed("an event is not of its format") from error
        if chunk.error:
            raise from_stream(self._asked, msgspec.json.encode(chunk.error))
        self._model_name = chunk.model or self._model_name
        self._usage = chunk.usage or self._usage
        for choice in chunk.choices or ():
            if not choice.index:
                self._read_choice(choice, pieces)

    def _read_choice(self, choice: _Choice, pieces: "_Pieces") -> None:
        delta = choice.delta or choice.message
        if delta is not None:
            pieces.reason(delta.reasoning_content or (delta.reasoning if isinstance(delta.reasoning, str) else None))
            if isinstance(delta.content, list):
                _read_parts(delta.content, pieces)
            else:
                pieces.say(delta.content)
            if delta.refusal:
                self._refused = True
                pieces.say(delta.refusal)
        if choice.finish_reason == "error":
            raise ProviderUnavailableError(
                f"The provider {self._asked.provider!r} failed in the middle of the reply.",
                remedy="Continue the reply, or try again.",
            )
        self._reason = choice.finish_reason or self._reason

    def _given(self, pieces: "_Pieces") -> list[StreamEvent]:
        if self._fault is None and self._done and self.ended and not self.complete:
            self.complete = True
            pieces.events.append(
                Finished(
                    reason="refused" if self._refused else _REASONS.get(self._reason or "stop", "other"),
                    model_name=self._model_name,
                    input_tokens=_count(self._usage.prompt_tokens),
                    output_tokens=_count(self._usage.completion_tokens),
                )
            )
        elif self._fault is None and self._done and not self.ended:
            self._fault = cut(self._asked)
            if not pieces.events:
                raise self._fault
        return pieces.events


class _Pieces:
    """Collects what one read brought; neighbours of a kind become one record, which saves everyone after us work."""

    __slots__ = ("events",)

    def __init__(self) -> None:
        self.events: list[StreamEvent] = []

    def say(self, text: str | None) -> None:
        if text:
            last = self.events[-1] if self.events else None
            if isinstance(last, TextDelta):
                self.events[-1] = TextDelta(text=last.text + text)
            else:
                self.events.append(TextDelta(text=text))

    def reason(self, text: str | None) -> None:
        if text:
            last = self.events[-1] if self.events else None
            if isinstance(last, ReasoningDelta):
                self.events[-1] = ReasoningDelta(text=last.text + text)
            else:
                self.events.append(ReasoningDelta(text=text))


def _read_parts(parts: list[dict[str, Any]], pieces: _Pieces) -> None:
    """Content as a list of typed parts, as Mistral's reasoning models send it."""
    for part in parts:
        if part.get("type") == "text":
            pieces.say(_text(part))
        elif part.get("type") == "thinking":
            for thought in part.get("thinking") or ():
                pieces.reason(_text(thought))


def _text(part: object) -> str | None:
    text = part.get("text") if isinstance(part, dict) else None
    return text if isinstance(text, str) else None


def _count(told: int | None) -> int | None:
    """A count of tokens as it was told; None if it cannot be one: it would not fit where it is kept."""
    return told if told is not None and 0 <= told < 1 << 31 else None


def _is_whole(data: bytes) -> bool:
    if not data.endswith((b"}", b"]")):
        return False
    try:
        msgspec.json.decode(data, type=msgspec.Raw)
    except _NOT_OF_ITS_FORM:
        return data == b"[DONE]"
    return True


def malformed(what: str) -> StreamMalformedError:
    """The stream is not of its format; `what` says where."""
    return StreamMalformedError(f"The reply came in a broken form: {what}.", remedy="Continue it, or try again.")


def cut(asked: Asked) -> StreamCutError:
    """The stream is over and the message is not complete."""
    return StreamCutError(
        f"The reply from {asked.provider!r} was cut off before its end.", remedy="Continue it, or try again."
    )
