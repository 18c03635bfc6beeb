"""A client of the owner that costs next to nothing: HTTP by hand over its socket, all requests on one loop."""

import asyncio
import json
import time
from dataclasses import dataclass

from tests.jupyter.browser import chunks, read_head
from workbench.client.owner import Owner
from workbench.clock import new_id


@dataclass(frozen=True)
class Followed:
    """A reply as one client saw it."""

    first_ms: float
    """From before the question was sent to the first text of its reply."""
    total_ms: float
    """To the end of its stream."""
    status: str


class Light:
    """Sends what the doors send, on a new connection for each request, as JupyterLab's way through does."""

    def __init__(self, owner: Owner) -> None:
        self._owner = owner

    async def create(self, experience: str) -> str:
        """A new conversation; its id."""
        return str((await self._post("conversations", {"id": new_id(), "experience_id": experience}))["id"])

    async def ask(self, conversation: str, model: str) -> Followed:
        """Send a question and follow its reply to the end."""
        before = time.perf_counter()
        body = {"id": new_id(), "reply_id": new_id(), "text": "Count", "model": model}
        turn = await self._post(f"conversations/{conversation}/messages", body)
        reader, writer = await self._open("GET", f"messages/{turn['reply']['id']}/stream")
        status, _ = await read_head(reader)
        assert status == 200
        first, last = 0.0, b""
        async for last in chunks(reader):
            if not first and b'"text":""' not in last:
                first = (time.perf_counter() - before) * 1000
        total = (time.perf_counter() - before) * 1000
        writer.close()
        return Followed(first, total, json.loads(last.partition(b"data: ")[2])["status"])

    async def _post(self, path: str, body: dict[str, str]) -> dict:
        reader, writer = await self._open("POST", path, json.dumps(body).encode())
        status, headers = await read_head(reader)
        answer = await reader.readexactly(int(headers["content-length"]))
        writer.close()
        assert status == 201, answer
        return json.loads(answer)

    async def _open(
        self, method: str, path: str, body: bytes = b""
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_unix_connection(self._owner.socket)
        lines = [
            f"{method} /api/v1/{path} HTTP/1.1",
            "Host: localhost",
            f"Authorization: Bearer {self._owner.token}",
            *([f"Content-Type: application/json\r\nContent-Length: {len(body)}"] if body else []),
            *([f"Idempotency-Key: {new_id()}"] if method == "POST" else []),
        ]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        return reader, writer
