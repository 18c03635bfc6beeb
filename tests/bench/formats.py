"""What the owner costs in each wire format, beside httpx and beside litellm's own stream, for the same replies.

All three read whole replies of one stand-in, at a pace; the owner saves them too and streams them on to a reader.
"""

import asyncio
import os
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path

import uvloop

from tests.bench import peer
from tests.bench.figures import Figure, added, cpu_s
from tests.bench.light import Light
from tests.conftest import kill_owner
from tests.jupyter.jupyter_process import memory_mb
from tests.stand_in import StandIn
from workbench.client import connect, owner
from workbench.providers.records import WireFormat

FORMATS: tuple[WireFormat, ...] = ("openai", "anthropic", "gemini")
STREAMS = (1, 16, 64)
TOKENS, RATE_PER_S = 100, 20
REPLIES = 1000
MODEL = f"paced-{TOKENS}-{RATE_PER_S}"
KEY = "sk-test-key"

Ask = Callable[[], Coroutine[None, None, float]]
"""Reads one reply to its end; milliseconds to its first text."""


def figures(provider: StandIn) -> Iterator[Figure]:
    """First token and CPU by format and number of streams; memory after many replies."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        with connect(home) as bench:
            experience = bench.experiences.create("Bench").id
            for kind in FORMATS:
                for name in (MODEL, "paced-20-0"):
                    bench.models.add_remote(
                        provider=kind, kind=kind, base_url=_address(provider, kind), name=name, api_key=KEY
                    )
        found = owner.find(home)
        assert found is not None
        light = Light(found)
        for kind in FORMATS:
            for streams in STREAMS:
                yield from uvloop.run(_measured(provider, light, experience, kind, streams, found.pid))
        yield from uvloop.run(_memory(light, experience, found.pid))
        kill_owner(home)


async def _measured(
    provider: StandIn, light: Light, experience: str, kind: WireFormat, streams: int, pid: int
) -> list[Figure]:
    async def ours() -> float:
        return (await light.ask(await light.create(experience), f"{kind}/{MODEL}")).first_ms

    async def theirs() -> float:
        return await _litellm(provider, kind)

    async with peer.client() as client:

        async def bare() -> float:
            return (await peer.ask(client, provider, MODEL, kind)).first_ms

        for ask in (ours, theirs, bare):
            await ask()  # what is loaded for the first
        first, cpu = await _round(ours, streams, pid)
        bare_first, bare_cpu = await _round(bare, streams, os.getpid())
        _, litellm_cpu = await _round(theirs, streams, os.getpid())
    what = f"{kind}, {streams} stream{'s' if streams > 1 else ''}"
    budget_ms = 20 if streams == 1 else 400
    return [
        Figure(f"{what}: first token added over bare httpx (p50)", *added(first, bare_first, budget_ms)),
        Figure(
            f"{what}: owner's CPU per 1,000 saved tokens",
            cpu,
            0.3 if streams == STREAMS[-1] else None,
            "s",
            f"bare httpx {bare_cpu:.2f} s, litellm's own stream {litellm_cpu:.2f} s, neither saves",
        ),
    ]


async def _round(ask: Ask, streams: int, pid: int) -> tuple[list[float], float]:
    """All replies, begun over a second; each one's first text, and the CPU that 1,000 tokens took."""
    before = cpu_s(pid)
    async with asyncio.TaskGroup() as group:
        tasks = []
        for _ in range(streams):
            tasks.append(group.create_task(ask()))
            await asyncio.sleep(1 / streams)
    return [task.result() for task in tasks], (cpu_s(pid) - before) / (streams * TOKENS / 1000)


async def _memory(light: Light, experience: str, pid: int) -> list[Figure]:
    """The owner's memory, after some replies and after many."""

    async def ask() -> None:
        await light.ask(await light.create(experience), "openai/paced-20-0")

    await asyncio.gather(*(ask() for _ in range(16)))
    before = memory_mb(pid)
    for _ in range(REPLIES // 16):
        await asyncio.gather(*(ask() for _ in range(16)))
    after = memory_mb(pid)
    note = f"{before:.0f} MB before, {after:.0f} MB after"
    return [Figure(f"owner's memory that {REPLIES // 16 * 16} replies took", after - before, None, "MB", note)]


def _address(provider: StandIn, kind: WireFormat) -> str:
    return provider.base_url.removesuffix("/v1") if kind == "anthropic" else provider.base_url


async def _litellm(provider: StandIn, kind: WireFormat) -> float:
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    import litellm  # it takes seconds

    litellm.suppress_debug_info = True
    before = time.perf_counter()
    first = 0.0
    stream = await litellm.acompletion(
        model=f"{kind}/{MODEL}",
        messages=[{"role": "user", "content": "Count"}],
        api_base=_address(provider, kind),
        api_key=KEY,
        stream=True,
    )
    async for part in stream:
        if not first and part.choices[0].delta.content:
            first = (time.perf_counter() - before) * 1000
    return first
