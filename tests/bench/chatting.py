"""What we add to a provider's own time, and what a token costs."""

import asyncio
import json
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from tests.bench.figures import Figure, median, p95, spread
from tests.conftest import add_model, kill_owner
from tests.stand_in import StandIn
from workbench.client import Workbench, connect, owner
from workbench.client.records import Delta, Done, Snapshot

BURST = 64
TOKENS = 100
RATE_PER_S = 20


def figures(provider: StandIn) -> Iterator[Figure]:
    """First token, bursts, saves beside them, CPU."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        bench = connect(home)
        experience = bench.experiences.create("Bench").id
        quick = add_model(bench, provider, "paced-20-0").id
        paced = add_model(bench, provider, f"paced-{TOKENS}-{RATE_PER_S}").id
        _first_token_ms(bench, experience, quick)
        yield from _single(bench, provider, experience, quick)
        yield from _burst(home, bench, provider, experience, paced)
        yield _cpu(home, bench, experience, paced)
        kill_owner(home)


def _single(bench: Workbench, provider: StandIn, experience: str, model: str) -> Iterator[Figure]:
    bare = asyncio.run(_bare(provider, 1, 30, "paced-20-0"))
    ours = [_first_token_ms(bench, experience, model) for _ in range(30)]
    added = median(ours) - median(bare)
    yield Figure("first token added over bare httpx, one stream (p50)", added, 20, "ms", spread(ours))


def _burst(home: Path, bench: Workbench, provider: StandIn, experience: str, model: str) -> Iterator[Figure]:
    name = model.partition("/")[2]
    bare = asyncio.run(_bare(provider, BURST, 1, name))
    stop = threading.Event()
    other: list[float] = []
    saver = threading.Thread(target=_keep_saving, args=(home, experience, other, stop))
    saver.start()
    with ThreadPoolExecutor(BURST) as pool:
        results = list(pool.map(lambda _: _one_of_many(bench, experience, model), range(BURST)))
    stop.set()
    saver.join()
    firsts = [first for first, _ in results]
    failed = sum(status != "complete" for _, status in results)
    yield Figure(
        "first token added over bare httpx, burst of 64 (p50)", median(firsts) - median(bare), 400, "ms", spread(firsts)
    )
    yield Figure("64 sends at once: failures", failed, 0, "")
    yield Figure("64 sends at once: another client's saves (p95)", p95(other), 100, "ms", spread(other))


def _cpu(home: Path, bench: Workbench, experience: str, model: str) -> Figure:
    found = owner.find(home)
    assert found is not None
    before = _cpu_s(found.pid)
    with ThreadPoolExecutor(BURST) as pool:
        list(pool.map(lambda _: _one_of_many(bench, experience, model), range(BURST)))
    used = _cpu_s(found.pid) - before
    per_thousand = used / (BURST * TOKENS / 1000)
    return Figure("owner's CPU per 1,000 saved tokens, 64 streams at 20 tokens/s", per_thousand, 0.3, "s")


def _first_token_ms(bench: Workbench, experience: str, model: str) -> float:
    conversation = bench.conversations.create(experience)
    before = time.perf_counter()
    turn = bench.conversations.send(conversation.id, "Count", model=model)
    first = 0.0
    for event in bench.conversations.stream(turn.reply.id):
        if not first and (
            (isinstance(event, Snapshot) and event.message.text) or (isinstance(event, Delta) and event.text)
        ):
            first = (time.perf_counter() - before) * 1000
    return first


def _one_of_many(bench: Workbench, experience: str, model: str) -> tuple[float, str]:
    conversation = bench.conversations.create(experience)
    before = time.perf_counter()
    turn = bench.conversations.send(conversation.id, "Count", model=model)
    first, status = 0.0, "nothing"
    for event in bench.conversations.stream(turn.reply.id):
        if not first and not isinstance(event, Done):
            first = (time.perf_counter() - before) * 1000
        if isinstance(event, Done):
            status = event.message.status
    return first, status


def _keep_saving(home: Path, experience: str, took: list[float], stop: threading.Event) -> None:
    with connect(home) as bench:
        while not stop.wait(0.02):
            before = time.perf_counter()
            bench.conversations.create(experience)
            took.append((time.perf_counter() - before) * 1000)


async def _bare(provider: StandIn, at_once: int, rounds: int, model: str) -> list[float]:
    """The time to the first token with httpx alone, in ms."""
    body = json.dumps({"model": model, "stream": True, "messages": [{"role": "user", "content": "Count"}]})
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=None), timeout=60) as client:

        async def one() -> float:
            before = time.perf_counter()
            first = 0.0
            async with client.stream("POST", f"{provider.base_url}/chat/completions", content=body) as response:
                async for line in response.aiter_lines():
                    if not first and line.startswith("data:"):
                        first = (time.perf_counter() - before) * 1000
            return first

        await one() if at_once == 1 else None
        return [took for _ in range(rounds) for took in await asyncio.gather(*(one() for _ in range(at_once)))]


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100
