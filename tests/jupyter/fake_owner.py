"""An owner made of raw sockets: it writes down what it was sent, and fails in the ways a real one can."""

import asyncio
import json
import os
import shutil
import socket
import tempfile
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from workbench import __version__
from workbench.client.owner import Owner

Reader = asyncio.StreamReader
Writer = asyncio.StreamWriter


@dataclass
class Seen:
    """One request as it arrived."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body_bytes: int = 0
    closed: threading.Event = field(default_factory=threading.Event)

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


Route = Callable[["FakeOwner", Seen, Reader, Writer], Awaitable[None]]


class FakeOwner:
    """Listens on a Unix socket, in a thread of its own. `routes` maps a path to what happens there."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="wb-"))
        self.token = "token-1"
        self.starts = 0
        self.start_delay_s = 0.0
        self.go_on = threading.Event()
        self.failure: Exception | None = None
        self.requests: list[Seen] = []
        self.routes: dict[str, Route] = dict(ROUTES)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server: asyncio.Server | None = None
        self._tasks: dict[asyncio.Task[None], Writer] = {}

    @property
    def owner(self) -> Owner:
        return Owner(pid=os.getpid(), version=__version__, token=self.token, socket=str(self.folder / "s"))

    @property
    def running(self) -> bool:
        return self._server is not None

    def ensure(self, home: object = None) -> Owner:
        """What `workbench.client.owner.ensure` does, for this owner."""
        if self.failure:
            raise self.failure
        if not self.running:
            threading.Event().wait(self.start_delay_s)
            self.starts += 1
            self.start()
        return self.owner

    def start(self) -> None:
        self.call(self._listen())

    def kill(self) -> None:
        """As kill -9 does it: connections break, the socket's file stays."""
        self.call(self._die())

    def close(self) -> None:
        self.kill()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        shutil.rmtree(self.folder)

    def call(self, work: Awaitable[None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> None:
        path = self.folder / "s"
        path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._serve, path, limit=64 * 1024, backlog=512)

    async def _die(self) -> None:
        if self._server is None:
            return
        server, self._server = self._server, None
        server.close()
        stale = socket.socket(socket.AF_UNIX)
        (self.folder / "s").unlink(missing_ok=True)
        stale.bind(str(self.folder / "s"))
        stale.close()
        for task, writer in list(self._tasks.items()):
            writer.transport.abort()
            task.cancel()
        others = set(self._tasks) - {asyncio.current_task()}
        if others:
            await asyncio.wait(others)

    async def _serve(self, reader: Reader, writer: Writer) -> None:
        task = asyncio.current_task()
        self._tasks[task] = writer
        try:
            await self._answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            del self._tasks[task]
            writer.close()

    async def _answer(self, reader: Reader, writer: Writer) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.strip().split("\r\n")
        method, target, _ = first.split(" ")
        seen = Seen(method, target, [tuple(line.split(": ", 1)) for line in lines])
        self.requests.append(seen)
        try:
            if seen.header("Authorization") != f"Bearer {self.token}":
                await say(writer, 403, {"code": "access_denied", "message": "Who?", "remedy": ""})
                return
            path = target.partition("?")[0].removeprefix("/api/v1/")
            await self.routes.get(path, echo)(self, seen, reader, writer)
        finally:
            seen.closed.set()


async def body_pieces(seen: Seen, reader: Reader):
    if seen.header("Transfer-Encoding") == "chunked":
        while size := int(await reader.readline(), 16):
            yield (await reader.readexactly(size + 2))[:-2]
        await reader.readline()
        return
    left = int(seen.header("Content-Length") or 0)
    while left:
        piece = await reader.read(min(left, 65536))
        if not piece:
            raise ConnectionResetError
        left -= len(piece)
        yield piece


async def say(writer: Writer, status: int, answer: object, headers: str = "") -> None:
    body = json.dumps(answer).encode()
    head = f"HTTP/1.1 {status} Said\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
    writer.write(head.encode() + body)
    await writer.drain()


async def echo(owner: FakeOwner, seen: Seen, reader: Reader, writer: Writer) -> None:
    async for piece in body_pieces(seen, reader):
        seen.body_bytes += len(piece)
    if seen.method == "HEAD":
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n")
        return
    await say(writer, 200, {"target": seen.target, "bytes": seen.body_bytes})


async def loose(owner: FakeOwner, seen: Seen, reader: Reader, writer: Writer) -> None:
    """Says more than a browser should hear."""
    await say(
        writer,
        201,
        {},
        "Set-Cookie: a=b\r\nServer: secret\r\nAccess-Control-Allow-Origin: *\r\nX-Internal: 1\r\n"
        'Location: /api/v1/x\r\nETag: "7"\r\nRetry-After: 3\r\nCache-Control: public\r\n',
    )


async def events(owner: FakeOwner, seen: Seen, reader: Reader, writer: Writer) -> None:
    """Five events, 20 ms apart; a comment line first."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
    await chunk(writer, b": here\n\n")
    for number in range(5):
        await chunk(writer, b"event: delta\ndata: %d\n\n" % number)
        await asyncio.sleep(0.02)
    await chunk(writer, b"")


async def forever(owner: FakeOwner, seen: Seen, reader: Reader, writer: Writer) -> None:
    """One event, then silence until the other side hangs up."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
    await chunk(writer, b"data: first\n\n")
    await reader.read()


async def silent(owner: FakeOwner, seen: Seen, reader: Reader, writer: Writer) -> None:
    """Says nothing until the other side hangs up."""
    async for _ in body_pieces(seen, reader):
        pass
    await reader.read()


async def download(owner: FakeOwner, seen: Seen, reader: Reader, writer: Writer) -> None:
    """50 MB, in chunks, as fast as it is taken; `body_bytes` counts what has left."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
    piece = bytes(64 * 1024)
    for _ in range(800):
        await chunk(writer, piece)
        seen.body_bytes += len(piece)
    await chunk(writer, b"")


async def slow_upload(owner: FakeOwner, seen: Seen, reader: Reader, writer: Writer) -> None:
    """Takes 256 KB, and the rest when it is told to go on."""
    await reader.readexactly(256 * 1024)
    seen.body_bytes = 256 * 1024
    await asyncio.to_thread(owner.go_on.wait, 10)
    left = int(seen.header("Content-Length") or 0) - seen.body_bytes
    while left and (piece := await reader.read(65536)):
        left -= len(piece)
        seen.body_bytes += len(piece)
    await say(writer, 200, {})


async def too_large(owner: FakeOwner, seen: Seen, reader: Reader, writer: Writer) -> None:
    """Refuses an upload after its first part."""
    await reader.read(1024)
    await say(writer, 413, {"code": "invalid_input", "message": "Too large.", "remedy": "Send less."})


async def dies(owner: FakeOwner, seen: Seen, reader: Reader, writer: Writer) -> None:
    """Ends over the request, as often as it is asked."""
    async for _ in body_pieces(seen, reader):
        pass
    await owner._die()


async def dies_once(owner: FakeOwner, seen: Seen, reader: Reader, writer: Writer) -> None:
    """Ends over the first request; the next owner knows better."""
    owner.routes["dies-once"] = echo
    await dies(owner, seen, reader, writer)


async def stops_once(owner: FakeOwner, seen: Seen, reader: Reader, writer: Writer) -> None:
    """Is on its way out."""
    owner.routes["stops-once"] = echo
    async for _ in body_pieces(seen, reader):
        pass
    await say(writer, 503, {"code": "owner_stopping", "message": "Stopping.", "remedy": "Try again."})


async def busy(owner: FakeOwner, seen: Seen, reader: Reader, writer: Writer) -> None:
    """A 503 of the owner's own."""
    await say(writer, 503, {"code": "owner", "message": "Busy.", "remedy": "Wait."})


async def cut_stream(owner: FakeOwner, seen: Seen, reader: Reader, writer: Writer) -> None:
    """Ends in the middle of a chunked answer."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
    await chunk(writer, b"data: half\n\n")


async def cut_sized(owner: FakeOwner, seen: Seen, reader: Reader, writer: Writer) -> None:
    """Ends before the length that it had stated."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
    await writer.drain()


async def until_the_end(owner: FakeOwner, seen: Seen, reader: Reader, writer: Writer) -> None:
    """An HTTP/1.0 answer: no length, the end of the connection is the end."""
    writer.write(b"HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nall of it")
    await writer.drain()


async def early(owner: FakeOwner, seen: Seen, reader: Reader, writer: Writer) -> None:
    """An interim answer before the real one."""
    writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n")
    await say(writer, 200, {"real": True})


async def nothing(owner: FakeOwner, seen: Seen, reader: Reader, writer: Writer) -> None:
    """204."""
    writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
    await writer.drain()


async def unchanged(owner: FakeOwner, seen: Seen, reader: Reader, writer: Writer) -> None:
    """304."""
    writer.write(b'HTTP/1.1 304 Not Modified\r\nETag: "7"\r\n\r\n')
    await writer.drain()


async def nonsense(owner: FakeOwner, seen: Seen, reader: Reader, writer: Writer) -> None:
    """Not HTTP."""
    writer.write(b"<html>\r\n\r\n")
    await writer.drain()


async def chunk(writer: Writer, data: bytes) -> None:
    writer.write(b"%x\r\n%b\r\n" % (len(data), data))
    await writer.drain()


ROUTES: dict[str, Route] = {
    "loose": loose,
    "events": events,
    "forever": forever,
    "silent": silent,
    "download": download,
    "slow-upload": slow_upload,
    "too-large": too_large,
    "dies": dies,
    "dies-once": dies_once,
    "stops-once": stops_once,
    "busy": busy,
    "cut-stream": cut_stream,
    "cut-sized": cut_sized,
    "until-the-end": until_the_end,
    "early": early,
    "nothing": nothing,
    "unchanged": unchanged,
    "nonsense": nonsense,
}
