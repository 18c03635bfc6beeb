"""What the way through Jupyter adds to a stream's first byte, and what it costs while many streams run.

Run with `python -m tests.bench.passage`. The owner is a stand-in that answers at once.
"""

import asyncio
import os
import statistics
import tempfile
import time
from pathlib import Path

from tornado.testing import bind_unused_port

from tests.bench.figures import cpu_s
from tests.jupyter.browser import Browser, chunks, read_head
from tests.jupyter.fake_owner import FakeOwner, Reader, Seen, Writer, chunk
from tests.jupyter.jupyter_process import jupyter, memory_mb, publish

ROUNDS = 300
STREAMS = 64
EVENTS = 100
PACE_S = 0.05
BUDGET_ADDED_MS = 20


async def at_once(_owner: FakeOwner, _seen: Seen, _reader: Reader, writer: Writer) -> None:
    """One event, and the end."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
    await chunk(writer, b'event: delta\ndata: {"text":"word"}\n\n')
    await chunk(writer, b"")


async def paced(_owner: FakeOwner, _seen: Seen, _reader: Reader, writer: Writer) -> None:
    """A reply at 20 tokens/s."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(EVENTS):
        await chunk(writer, b'event: delta\ndata: {"text":"word"}\n\n')
        await asyncio.sleep(PACE_S)
    await chunk(writer, b"")


async def first_byte_ms(opening) -> float:
    """From before the connection is made to the first event."""
    began = time.perf_counter()
    reader, writer = await opening
    await read_head(reader)
    await anext(chunks(reader))
    took = time.perf_counter() - began
    writer.close()
    return took * 1000


async def direct(owner: FakeOwner, path: str):
    """A stream asked for at the owner's own socket."""
    reader, writer = await asyncio.open_unix_connection(owner.owner.socket)
    head = f"GET /api/v1/{path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {owner.token}\r\n\r\n"
    writer.write(head.encode())
    return reader, writer


async def drain(opening) -> int:
    """How many events a whole stream gave."""
    reader, writer = await opening
    await read_head(reader)
    count = sum([piece.count(b"event:") async for piece in chunks(reader)])
    writer.close()
    return count


def line(name: str, taken: list[float]) -> str:
    """Median and 95th percentile."""
    return f"{name:<34} p50 {statistics.median(taken):6.2f} ms   p95 {statistics.quantiles(taken, n=20)[-1]:6.2f} ms"


async def measure(owner: FakeOwner, browser: Browser, pid: int) -> None:
    """Print the figures."""
    for _ in range(20):
        await first_byte_ms(browser.open("GET", browser.api("once"), browser.by_token))
    through, straight = [], []
    for _ in range(ROUNDS):
        straight.append(await first_byte_ms(direct(owner, "once")))
        through.append(await first_byte_ms(browser.open("GET", browser.api("once"), browser.by_token)))
    added = statistics.median(through) - statistics.median(straight)
    print(line("first byte, owner's socket", straight))
    print(line("first byte, through Jupyter", through))
    print(f"{'added (p50)':<34}     {added:6.2f} ms   budget {BUDGET_ADDED_MS} ms")

    burst = await asyncio.gather(
        *(first_byte_ms(browser.open("GET", browser.api("once"), browser.by_token)) for _ in range(STREAMS))
    )
    print(line(f"first byte, burst of {STREAMS}", list(burst)))

    before_s, before_mb = cpu_s(pid), memory_mb(pid)
    counts = await asyncio.gather(
        *(drain(browser.open("GET", browser.api("paced"), browser.by_token)) for _ in range(STREAMS))
    )
    used_ms = (cpu_s(pid) - before_s) * 1000
    print(
        f"{STREAMS} streams at {1 / PACE_S:.0f} events/s: {sum(counts)} of {STREAMS * EVENTS} events, "
        f"{used_ms / sum(counts) * 1000:.0f} ms CPU per 1,000 in Jupyter, {memory_mb(pid) - before_mb:+.1f} MB"
    )


def main() -> None:
    """Start both sides and measure."""
    listening, port = bind_unused_port()
    listening.close()
    owner = FakeOwner()
    owner.routes |= {"once": at_once, "paced": paced}
    owner.start()
    with tempfile.TemporaryDirectory() as folder:
        publish(owner, Path(folder) / "home")
        with jupyter(Path(folder), port) as (process, browser):
            asyncio.run(measure(owner, browser, process.pid))
    owner.close()
    print("load", *(f"{load:.1f}" for load in os.getloadavg()))


if __name__ == "__main__":
    main()
