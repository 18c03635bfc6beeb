"""What we add to a provider's own time, and what a token costs.

The provider, the owner and the client are three processes. The client is one loop that reads raw bytes (see `light`),
so that what is measured is not its own work; beside it, in the same loop, runs the peer: httpx asking the provider
straight, for the same replies.
"""

import asyncio
import os
import tempfile
import time
from collections.abc import Coroutine, Iterator
from pathlib import Path

import uvloop

from tests.bench import peer
from tests.bench.figures import Figure, added, cpu_s, median, p95, spread
from tests.bench.light import Followed, Light
from tests.conftest import add_model, kill_owner
from tests.stand_in import StandIn
from workbench.client import connect, owner

BURST = 64
ROUNDS = 5
"""Of bursts and of paced streams, ours and the peer's by turns."""
TOKENS = 100
RATE_PER_S = 20


def figures(provider: StandIn) -> Iterator[Figure]:
    """First token, bursts, saves beside them, CPU."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        with connect(home) as bench:
            experience = bench.experiences.create("Bench").id
            for name in ("paced-20-0", f"paced-20-{RATE_PER_S}", f"paced-{TOKENS}-{RATE_PER_S}"):
                add_model(bench, provider, name)
        found = owner.find(home)
        assert found is not None
        light = Light(found)
        uvloop.run(_asked(light, experience, "paced-20-0"))  # litellm is loaded for the first
        yield from uvloop.run(_single(provider, light, experience))
        yield from uvloop.run(_burst(provider, light, experience, found.pid))
        yield from uvloop.run(_cpu(provider, light, experience, found.pid))
        kill_owner(home)


async def _single(provider: StandIn, light: Light, experience: str) -> list[Figure]:
    bare, ours = [], []
    async with peer.client() as client:
        await peer.ask(client, provider, "paced-20-0")
        for _ in range(30):
            bare.append((await peer.ask(client, provider, "paced-20-0")).first_ms)
            ours.append((await _asked(light, experience, "paced-20-0")).first_ms)
    return [Figure("first token added over bare httpx, one stream (p50)", *added(ours, bare, 20))]


async def _burst(provider: StandIn, light: Light, experience: str, pid: int) -> list[Figure]:
    """Bursts, each on connections that are not open yet; another client saves as long as ours run."""
    model = f"paced-20-{RATE_PER_S}"
    bare: list[float] = []
    replies: list[Followed] = []
    used: list[float] = []
    others: list[float] = []
    for _ in range(ROUNDS):
        async with peer.client() as client:
            took = await asyncio.gather(*(peer.ask(client, provider, model) for _ in range(BURST)))
        bare += [one.first_ms for one in took]
        conversations = await asyncio.gather(*(light.create(experience) for _ in range(BURST)))
        saving = asyncio.create_task(_keep_saving(light, experience, others))
        before = cpu_s(pid)
        replies += await asyncio.gather(*(light.ask(one, f"standin/{model}") for one in conversations))
        used.append(cpu_s(pid) - before)
        saving.cancel()
    failed = sum(reply.status != "complete" for reply in replies)
    ours = [reply.first_ms for reply in replies]
    more_ms, budget_ms, unit, note = added(ours, bare, 400)
    note += f"; owner's CPU a burst {median(used):.2f} s"
    return [
        Figure(f"first token added over bare httpx, burst of {BURST} (p50)", more_ms, budget_ms, unit, note),
        Figure(f"{BURST} sends at once: failures", failed, 0, ""),
        Figure(f"{BURST} sends at once: another client's saves (p95)", p95(others), 100, "ms", spread(others)),
    ]


async def _cpu(provider: StandIn, light: Light, experience: str, pid: int) -> list[Figure]:
    """Whole replies: the send, the stream to one reader, and the saving are in it.

    They begin one after the other over a second. In step, 64 tokens would be read in one wake-up, which no set of
    conversations does.
    """
    model = f"paced-{TOKENS}-{RATE_PER_S}"
    ours, bare = [], []
    for _ in range(ROUNDS):
        conversations = await asyncio.gather(*(light.create(experience) for _ in range(BURST)))
        before = cpu_s(pid)
        await _spread(light.ask(one, f"standin/{model}") for one in conversations)
        ours.append((cpu_s(pid) - before) / (BURST * TOKENS / 1000))
        before = cpu_s(os.getpid())
        async with peer.client() as client:
            await _spread(peer.ask(client, provider, model) for _ in range(BURST))
        bare.append((cpu_s(os.getpid()) - before) / (BURST * TOKENS / 1000))
    what = f"owner's CPU per 1,000 saved tokens, {BURST} streams at {RATE_PER_S} tokens/s"
    return [Figure(what, median(ours), 0.3, "s", f"{min(ours):.2f}-{max(ours):.2f} s, bare httpx {median(bare):.2f} s")]


async def _spread(asking: Iterator[Coroutine[None, None, object]]) -> None:
    async with asyncio.TaskGroup() as group:
        for one in asking:
            group.create_task(one)
            await asyncio.sleep(1 / BURST)


async def _asked(light: Light, experience: str, model: str) -> Followed:
    return await light.ask(await light.create(experience), f"standin/{model}")


async def _keep_saving(light: Light, experience: str, took: list[float]) -> None:
    while True:
        await asyncio.sleep(0.02)
        before = time.perf_counter()
        await light.create(experience)
        took.append((time.perf_counter() - before) * 1000)
