"""A server that answers byte for byte what a test says, and sees when its client goes away."""

import asyncio
import contextlib
import itertools
import math
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence

import msgspec

SSE = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"
"""The head of a stream that ends when the connection does."""
CHUNKED = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
DONE = b"data: [DONE]\n\n"


def chunk(text: str = "", *, finish: str | None = None, **rest: object) -> bytes:
    """One event of a chat completions stream."""
    choice = {"index": 0, "delta": {"content": text} if text else {}, "finish_reason": finish}
    return b"data: " + msgspec.json.encode({"model": "raw", "choices": [choice], **rest}) + b"\n\n"


def framed(data: bytes) -> bytes:
    """`data` as one chunk of a chunked body."""
    return b"%x\r\n%s\r\n" % (len(data), data)


def answer(status: str, body: bytes, content_type: str = "application/json", *headers: str) -> bytes:
    """A whole answer."""
    lines = [f"HTTP/1.1 {status}", f"content-type: {content_type}", f"content-length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


Part = bytes | float | asyncio.Event


class RawServer:
    """Plays its `script` to every connection: bytes are sent, numbers are seconds of silence, events are waited for.

    Then it hangs up.
    """

    def __init__(self, *script: Part, stay: bool = False, asked: Mapping[str, Sequence[Part]] | None = None) -> None:
        """`asked` are scripts for requests with just this question in them."""
        self.script: Sequence[Part] = script
        self._asked = {f'"{question}"'.encode(): played for question, played in (asked or {}).items()}
        self.requests: list[tuple[bytes, dict[str, str], bytes]] = []
        """The first line, headers and body of each."""
        self.connections = 0
        self.asked = asyncio.Event()
        """A request has come."""
        self.left = asyncio.Event()
        """A client closed its connection."""
        self.left_at = 0.0
        """When one did, by the monotonic clock."""
        self._open: set[asyncio.Task[None]] = set()
        self._stay = stay
        """Answer again on the same connection instead of hanging up."""
        self.most = math.inf
        """To so many requests on one connection; at the next it hangs up."""

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["RawServer"]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for task in self._open:
                task.cancel()
            await asyncio.gather(*self._open, return_exceptions=True)

    @contextlib.contextmanager
    def apart(self) -> Iterator[Callable[[asyncio.Event], None]]:
        """Run it in a thread of its own; what is given waits for one of its events."""
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever)
        thread.start()

        def wait(awaited: Coroutine[object, object, object]) -> None:
            asyncio.run_coroutine_threadsafe(awaited, loop).result(60)

        running = self.running()
        try:
            wait(running.__aenter__())
            try:
                yield lambda event: wait(event.wait())
            finally:
                wait(running.__aexit__(None, None, None))
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._open.add(asyncio.current_task())
        try:
            await self._talk(reader, writer)
        finally:
            self._open.discard(asyncio.current_task())
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            for number in itertools.count(1):
                script = self._script(await self._take(reader))
                if number > self.most:
                    break
                async with asyncio.TaskGroup() as group:
                    watch = group.create_task(self._watch(reader)) if not self._stay else None
                    await self._play(script, writer)
                    if watch is not None:
                        watch.cancel()
                if not self._stay:
                    break

    def _script(self, body: bytes) -> Sequence[Part]:
        return next((script for question, script in self._asked.items() if question in body), self.script)

    async def _take(self, reader: asyncio.StreamReader) -> bytes:
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        self.asked.set()
        self.requests.append((first.encode(), headers, body))
        return body

    async def _watch(self, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(ConnectionError):
            await reader.read(1)
        self.left_at = time.monotonic()
        self.left.set()

    async def _play(self, script: Sequence[Part], writer: asyncio.StreamWriter) -> None:
        for part in script:
            if isinstance(part, bytes):
                writer.write(part)
                await writer.drain()
            elif isinstance(part, asyncio.Event):
                await part.wait()
            else:
                await asyncio.sleep(part)
