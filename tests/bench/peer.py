"""The peer: httpx asking the provider straight, for the same replies."""

import json
import time
from dataclasses import dataclass

import httpx

from tests.stand_in import StandIn


@dataclass(frozen=True)
class Took:
    """How long a reply took, from before its question was sent."""

    first_ms: float
    """To its first text."""
    total_ms: float
    """To its end."""


def question(model: str) -> str:
    """What is asked for: a reply of that model, streamed."""
    return json.dumps({"model": model, "stream": True, "messages": [{"role": "user", "content": "Count"}]})


def client() -> httpx.AsyncClient:
    """As bare as it gets, and with no limit on connections."""
    return httpx.AsyncClient(limits=httpx.Limits(max_connections=None), timeout=60, trust_env=False, verify=False)


async def ask(peer: httpx.AsyncClient, provider: StandIn, model: str) -> Took:
    """Ask and read to the end."""
    before = time.perf_counter()
    first = 0.0
    async with peer.stream("POST", f"{provider.base_url}/chat/completions", content=question(model)) as response:
        async for line in response.aiter_lines():
            if not first and line.startswith("data:"):
                first = (time.perf_counter() - before) * 1000
    return Took(first, (time.perf_counter() - before) * 1000)
