"""A browser's side of HTTP, by hand: nothing is added, tidied or followed."""

import asyncio
import json
from dataclasses import dataclass


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes
    whole: bool
    """Whether the body ended as its framing promised."""

    def json(self):
        return json.loads(self.body)


class Browser:
    """Speaks to one Jupyter server, as nobody until it is told what to send."""

    def __init__(self, port: int, base_url: str, token: str) -> None:
        self.port = port
        self.base_url = base_url
        self.token = token
        self.host = f"127.0.0.1:{port}"

    @property
    def by_token(self) -> dict[str, str]:
        return {"Authorization": f"token {self.token}"}

    async def by_cookie(self) -> dict[str, str]:
        """The cookies of a browser that has signed in."""
        reply = await self.ask("GET", self.base_url + "api/status", self.by_token)
        login = reply.headers["set-cookie"].partition(";")[0]
        return {"Cookie": f"{login}; _xsrf=0123456789abcdef"}

    def api(self, path: str) -> str:
        return f"{self.base_url}workbench/api/v1/{path}"

    async def open(self, method: str, target: str, headers: dict[str, str], body: bytes | None = None):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1024 * 1024)
        sent = {"Host": self.host, **headers}
        if body is not None and "Transfer-Encoding" not in sent:
            sent.setdefault("Content-Length", str(len(body)))
        lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items()), "", ""]
        writer.write("\r\n".join(lines).encode("latin-1") + (body or b""))
        await writer.drain()
        return reader, writer

    async def ask(self, method: str, target: str, headers: dict[str, str], body: bytes | None = None) -> Reply:
        async with asyncio.timeout(30):
            reader, writer = await self.open(method, target, headers, body)
            try:
                return await read_reply(reader, head_only=method == "HEAD")
            finally:
                writer.close()


async def read_head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.strip().split("\r\n")
    return int(first.split(" ")[1]), {
        name.lower(): value for name, _, value in (line.partition(": ") for line in lines)
    }


async def read_reply(reader: asyncio.StreamReader, *, head_only: bool = False) -> Reply:
    status, headers = await read_head(reader)
    if head_only or status in {204, 304}:
        return Reply(status, headers, b"", whole=True)
    try:
        if headers.get("transfer-encoding") == "chunked":
            body = b"".join([piece async for piece in chunks(reader)])
        elif "content-length" not in headers:
            body = await reader.read()
        else:
            body = await reader.readexactly(int(headers["content-length"]))
    except (asyncio.IncompleteReadError, ConnectionError) as error:
        return Reply(status, headers, getattr(error, "partial", b""), whole=False)
    return Reply(status, headers, body, whole=True)


async def chunks(reader: asyncio.StreamReader):
    while True:
        line = await reader.readuntil(b"\r\n")
        size = int(line, 16)
        piece = (await reader.readexactly(size + 2))[:-2]
        if not size:
            return
        yield piece
