"""The peer: httpx asking the provider straight, for the same replies."""

import json
import time
from dataclasses import dataclass

import httpx

from tests.stand_in import StandIn, token
from workbench.providers.records import WireFormat


@dataclass(frozen=True)
class Took:
    """How long a reply took, from before its question was sent."""

    first_ms: float
    """To its first text."""
    total_ms: float
    """To its end."""


def question(model: str, kind: WireFormat = "openai") -> tuple[str, str]:
    """Under which path a reply of that model is asked for, streamed, and with what."""
    turns = [{"role": "user", "content": "Count"}]
    match kind:
        case "openai":
            return "chat/completions", json.dumps({"model": model, "stream": True, "messages": turns})
        case "anthropic":
            return "messages", json.dumps({"model": model, "stream": True, "max_tokens": 1000, "messages": turns})
        case "gemini":
            contents = [{"role": "user", "parts": [{"text": "Count"}]}]
            return f"models/{model}:streamGenerateContent?alt=sse", json.dumps({"contents": contents})


def client() -> httpx.AsyncClient:
    """As bare as it gets, and with no limit on connections."""
    return httpx.AsyncClient(limits=httpx.Limits(max_connections=None), timeout=60, trust_env=False, verify=False)


async def ask(peer: httpx.AsyncClient, provider: StandIn, model: str, kind: WireFormat = "openai") -> Took:
    """Ask and read to the end."""
    path, body = question(model, kind)
    before = time.perf_counter()
    first = 0.0
    async with peer.stream("POST", f"{provider.base_url}/{path}", content=body) as response:
        async for line in response.aiter_lines():
            if not first and line.startswith("data:") and token(0) in line:
                first = (time.perf_counter() - before) * 1000
    return Took(first, (time.perf_counter() - before) * 1000)
