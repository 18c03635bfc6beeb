"""One HTTP/1.1 exchange with the owner, over a socket of its own.

The socket is driven without a buffering layer: what `send` has taken is gone from our memory, an answer that came
before the upload was over is still read after a write has failed, and hanging up is seen by the owner at once.
"""

import asyncio
import math
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tornado.httputil import HTTPHeaders, HTTPInputError, parse_response_start_line

from workbench.errors import OwnerLostError, OwnerUnreachableError

if TYPE_CHECKING:
    from workbench.client.owner import Owner

CONNECT_TIMEOUT_S = 10.0
SEND_TIMEOUT_S = 60.0
ANSWER_TIMEOUT_S = 600.0
"""How long the owner may think before the first byte of an answer; a body may take any time."""
PIECE_BYTES = 64 * 1024
HEAD_LIMIT_BYTES = 64 * 1024
BACKLOG_PAUSE_S = 0.01
SWITCHED = 101
"""The status of an answer that takes up another protocol."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked of the owner."""

    method: str
    target: str
    """Path and query, quoted."""
    door: str = "python"
    """What the owner's audit log calls the one who asks."""
    headers: tuple[tuple[str, str], ...] = ()
    size: int | None = 0
    """Of the body, in bytes; None: not known before it ends."""
    upgrade: str | None = None
    """Another protocol that the connection is to be used for from then on."""

    def head(self, owner: "Owner") -> bytes:
        """The bytes before the body, with the owner's token. Raises ValueError for a line break in any part."""
        host = f"{owner.host}:{owner.port}" if owner.socket is None else "localhost"
        lines = [
            f"{self.method} {self.target} HTTP/1.1",
            f"Host: {host}",
            f"Authorization: Bearer {owner.token}",
            *(["Connection: close"] if self.upgrade is None else ["Connection: Upgrade", f"Upgrade: {self.upgrade}"]),
            f"Workbench-Door: {self.door}",
            *(f"{name}: {value}" for name, value in self.headers),
        ]
        if self.size is None:
            lines.append("Transfer-Encoding: chunked")
        elif self.size or self.method not in {"GET", "HEAD"}:
            lines.append(f"Content-Length: {self.size}")
        if any("\r" in line or "\n" in line for line in lines):
            raise ValueError("A line break inside a request line or header.")
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back, before its body."""

    status: int
    headers: HTTPHeaders


class SizedBody:
    """A body of a stated number of bytes, or, with none stated, of all that comes until the end."""

    def __init__(self, size_bytes: float = math.inf) -> None:
        self._left = size_bytes

    @property
    def ended(self) -> bool:
        """Whether all of it has come."""
        return self._left <= 0

    @property
    def may_stop(self) -> bool:
        """Whether the end of the connection may be the end of the body."""
        return self._left in {0, math.inf}

    def feed(self, data: bytes) -> bytes:
        """The part of `data` that belongs to the body."""
        payload = data if len(data) <= self._left else data[: int(self._left)]
        self._left -= len(payload)
        return payload


class ChunkedBody:
    """A body in chunks (RFC 9112, section 7.1): the one form whose end cannot be mistaken for a cut."""

    LINE_LIMIT_BYTES = 4096

    may_stop = False

    def __init__(self) -> None:
        self.ended = False
        self._data = bytearray()
        self._left = 0
        self._between = False
        self._trailing = False

    def feed(self, data: bytes) -> bytes:
        """The payload in `data`, however the chunks were split. Raises ValueError for what is no chunk."""
        self._data += data
        payload = bytearray()
        while not self.ended:
            if self._left:
                taken = self._data[: self._left]
                if not taken:
                    break
                payload += taken
                del self._data[: len(taken)]
                self._left -= len(taken)
                self._between = not self._left
            else:
                line = self._line()
                if line is None:
                    break
                self._read_line(line)
        return bytes(payload)

    def _line(self) -> bytes | None:
        end = self._data.find(b"\r\n")
        if end < 0:
            if len(self._data) > self.LINE_LIMIT_BYTES:
                raise ValueError("A chunk's first line does not end.")
            return None
        line = bytes(self._data[:end])
        del self._data[: end + 2]
        return line

    def _read_line(self, line: bytes) -> None:
        if self._trailing:
            self.ended = not line
        elif self._between:
            if line:
                raise ValueError("A chunk is longer than it said.")
            self._between = False
        else:
            self._left = int(line.partition(b";")[0], 16)
            self._trailing = not self._left


class Exchange:
    """One request and its answer, on a connected socket."""

    def __init__(self, owner: "Owner", connected: socket.socket) -> None:
        self.owner = owner
        self._socket = connected
        self._loop = asyncio.get_running_loop()
        self._rest = b""
        self._body: SizedBody | ChunkedBody = SizedBody(0)

    async def send(self, data: bytes) -> None:
        """Hand `data` to the owner, waiting while it cannot take more. Raises OSError if it takes none.

        An owner that takes nothing for too long is hung up on.
        """
        try:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                await self._loop.sock_sendall(self._socket, data)
        except TimeoutError:
            self.hang_up()
            raise

    async def answer(self, *, to: str) -> Answer:
        """The head of the answer to a request of method `to`.

        Where it took up another protocol, all that comes is the body. Raises OwnerLostError if the owner hangs up
        first, OwnerUnreachableError if it is silent for too long.
        """
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT_S):
                answer = await self._read_head()
                while answer.status < 200 and answer.status != SWITCHED:
                    answer = await self._read_head()
            self._body = SizedBody() if answer.status == SWITCHED else _body_of(answer, to=to)
        except TimeoutError as error:
            raise OwnerUnreachableError(
                "The Workbench process does not answer.", remedy="Run `workbench stop`, then try again."
            ) from error
        except (HTTPInputError, ValueError) as error:
            raise _lost("answered with something that is not HTTP") from error
        return answer

    async def piece(self) -> bytes:
        """The next bytes of the body, as they come; empty at its end. Raises OwnerLostError if it was cut."""
        while not self._body.ended:
            data, self._rest = self._rest or await self._receive(), b""
            if not data:
                if self._body.may_stop:
                    break
                raise _lost("ended in the middle of its answer")
            try:
                payload = self._body.feed(data)
            except ValueError as error:
                raise _lost("sent a damaged answer") from error
            if payload:
                return payload
        return b""

    def hang_up(self) -> None:
        """Tell the owner that nobody listens; whatever waits on this exchange goes on at once."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    def close(self) -> None:
        """Give the socket back. Nothing may be waiting on it."""
        self._socket.close()

    async def _read_head(self) -> Answer:
        data = self._rest
        while (end := data.find(b"\r\n\r\n")) < 0:
            if len(data) > HEAD_LIMIT_BYTES:
                raise ValueError("The head of the answer does not end.")
            received = await self._receive()
            if not received:
                raise _lost("ended before it had answered")
            data += received
        self._rest = data[end + 4 :]
        first, _, lines = data[:end].decode("latin-1").partition("\r\n")
        return Answer(status=parse_response_start_line(first).code, headers=HTTPHeaders.parse(lines))

    async def _receive(self) -> bytes:
        try:
            return await self._loop.sock_recv(self._socket, PIECE_BYTES)
        except OSError:
            return b""


async def connect(owner: "Owner") -> Exchange:
    """A connection to `owner`. Raises OSError if nothing listens there."""
    if owner.socket is None:
        connected = socket.socket(socket.AF_INET6 if ":" in str(owner.host) else socket.AF_INET)
    else:
        connected = socket.socket(socket.AF_UNIX)
    connected.settimeout(0)
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT_S):
            await _join(connected, owner)
    except BaseException:
        connected.close()
        raise
    return Exchange(owner, connected)


async def _join(connected: socket.socket, owner: "Owner") -> None:
    """Connect without blocking.

    A Unix socket whose queue is full says EAGAIN and stays unconnected (connect(2)), which asyncio takes for success.
    """
    if owner.socket is None:
        return await asyncio.get_running_loop().sock_connect(connected, (owner.host, owner.port))
    while True:
        try:
            return connected.connect(owner.socket)
        except BlockingIOError:
            await asyncio.sleep(BACKLOG_PAUSE_S)


def _body_of(answer: Answer, *, to: str) -> SizedBody | ChunkedBody:
    """How the body of `answer` is framed (RFC 9112, section 6.3)."""
    if to == "HEAD" or answer.status in {204, 304}:
        return SizedBody(0)
    if answer.headers.get("Transfer-Encoding", "").lower() == "chunked":
        return ChunkedBody()
    length = answer.headers.get("Content-Length")
    return SizedBody() if length is None else SizedBody(int(length))


def _lost(what: str) -> OwnerLostError:
    return OwnerLostError(f"The Workbench process {what}.", remedy="Try again: it is started anew.")
