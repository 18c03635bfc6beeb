"""The framing that all formats share: server-sent events."""

import re
from collections.abc import Iterator
from typing import TypeVar

import msgspec

from workbench.providers.wire.faults import malformed

Record = TypeVar("Record")

LINE_LIMIT_BYTES = 1 << 20
_NOT_OF_ITS_FORM = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What msgspec raises on foreign bytes."""
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_ESCAPE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\."
)
"""An escape in JSON; the group is half of a surrogate pair without the other half."""


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


def decoded(decoder: msgspec.json.Decoder[Record], data: bytes) -> Record:
    """The JSON of an event, half a surrogate pair read as U+FFFD. Raises StreamMalformedError."""
    try:
        return decoder.decode(data)
    except _NOT_OF_ITS_FORM as error:
        if (mended := _mended(data)) != data:
            return decoded(decoder, mended)
        raise malformed("an event is not of its format") from error


def _mended(data: bytes) -> bytes:
    """JSON without halves of surrogate pairs, as servers send them that cut a character in two."""
    return _ESCAPE.sub(lambda found: rb"\ufffd" if found[1] else found[0], data)


def _is_whole(data: bytes) -> bool:
    if not data.endswith((b"}", b"]")):
        return False
    try:
        msgspec.json.decode(data, type=msgspec.Raw)
    except _NOT_OF_ITS_FORM:
        mended = _mended(data)
        return data == b"[DONE]" if mended == data else _is_whole(mended)
    return True
