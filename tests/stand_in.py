"""A server that speaks OpenAI's chat completions and does what the model's name says.

`paced-200-50`: 200 tokens, 50 a second (0: as fast as they can be read); `stall-5`: five tokens, then silence;
`cut-5`: five tokens, then the connection is closed; `truncated-5`: five tokens, then a well-formed end of the response
without the end of the message; asked to go on from there, these three send as many again, and end well. `echo`: the
question; `told`: what of the request is no message, as JSON; `judge`: a score for each reply of a trial, 5 for one that
is kind, else 2; `scold`: 400, quoting the question and the key; `html`: a web page; `piece-5`: an answer in one piece,
cut after five tokens; `limited`: 429 with a Retry-After that nobody waits for. `paced` models answer in
Anthropic's and in Gemini's format too.

    python -m tests.stand_in        prints its port and serves until its standard input ends
"""

import asyncio
import contextlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from workbench.providers.requests import GO_ON

ROOT = Path(__file__).parent.parent


def token(number: int) -> str:
    """The text of a reply's token: numbered, so that a test sees what is missing or doubled."""
    return f"w{number} "


@dataclass(frozen=True)
class StandIn:
    """A running stand-in."""

    port: int

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"


@contextlib.contextmanager
def running() -> Iterator[StandIn]:
    """The stand-in in a process of its own."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.stand_in"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        try:
            yield StandIn(int(process.stdout.readline()))
        finally:
            process.stdin.close()
            process.wait(10)


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
        while head := await reader.readuntil(b"\r\n\r\n"):
            length = next(
                (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
            )
            body = json.loads(await reader.readexactly(length) or b"{}")
            path = head.split(b" ", 2)[1].decode("latin-1")
            if path == "/v1/models":
                await _whole(writer, "200 OK", "application/json", _LIST)
            elif path == "/v1/messages":
                await _paced(writer, str(body["model"]), _AnthropicWords())
            elif found := re.fullmatch(r"/v1/models/([^:]+):streamGenerateContent\?alt=sse", path):
                await _paced(writer, found[1], _GeminiWords())
            else:
                await _answer(_Asked.of(head, body), writer)
    writer.close()


_STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
_LISTED = [{"id": "paced-20-0"}, {"id": "echo", "max_model_len": 32_768}, {"id": "limited"}]
_LIST = json.dumps({"object": "list", "data": _LISTED}).encode()


@dataclass(frozen=True)
class _Asked:
    model: str
    question: str
    begun: str
    """The beginning of the reply, where it is to be continued."""
    key: str
    turns: str
    """All that was said, by whom."""
    options: str
    """What else was sent, as JSON."""

    @classmethod
    def of(cls, head: bytes, body: dict[str, object]) -> "_Asked":
        said = [(str(turn["role"]), _text(turn["content"])) for turn in body.get("messages", ())]
        bearer = b"authorization: bearer "
        keys = [line[len(bearer) :] for line in head.split(b"\r\n") if line.lower().startswith(bearer)]
        return cls(
            model=str(body.get("model", "paced-20-0")),
            question=next((text for role, text in reversed(said) if role == "user"), ""),
            begun=said[-2][1] if said and said[-1] == ("user", GO_ON) else "",
            key=keys[0].decode("latin-1") if keys else "",
            options=json.dumps({name: value for name, value in body.items() if name != "messages"}),
            turns=" ".join(f"{role}: {text}" for role, text in said),
        )


def _text(content: object) -> str:
    """The text of a message; of a picture, its media type and how many bytes of base64 came; of a PDF, all of it."""
    return content if isinstance(content, str) else "".join(map(_part, content))


def _part(part: dict[str, object]) -> str:
    if part["type"] == "text":
        return str(part["text"])
    if part["type"] == "file":
        return f" [{part['file']['filename']} {part['file']['file_data'].replace(';base64,', ' ')}]"
    kind, _, data = part["image_url"]["url"].partition(";base64,")
    return f" [{kind} {len(data)}]"


async def _answer(asked: _Asked, writer: asyncio.StreamWriter) -> None:
    model = asked.model
    kind, *numbers = model.split("-")
    if kind == "html":
        await _whole(writer, "200 OK", "text/html", b"<!doctype html><title>Sign in</title>")
        return
    if kind == "limited":
        await _whole(
            writer, "429 Too Many Requests", "application/json", b'{"error":{"message":"slow"}}', "Retry-After: 70"
        )
        return
    if kind == "scold":
        said = {"error": {"message": f"{asked.key} may not ask: {asked.question}", "code": asked.question}}
        await _whole(writer, "400 Bad Request", "application/json", json.dumps(said).encode(), f"X-Key: {asked.key}")
        return
    if kind == "piece":
        body = json.dumps({"choices": [{"message": {"content": "".join(map(token, range(20)))}}]}).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        writer.write(head + body[: body.index(token(int(numbers[0])).encode())])
        await writer.drain()
        raise ConnectionError
    writer.write(_STREAM)
    count, rate = int(numbers[0]) if numbers else 20, int(numbers[1]) if len(numbers) > 1 else 0
    start = asyncio.get_running_loop().time()
    first = len(asked.begun.split())
    words = [f"{word} " for word in (asked.turns if kind == "recall" else asked.question).split(" ")]
    tokens = (
        [asked.options]
        if kind == "told"
        else [_scores(asked.question)]
        if kind == "judge"
        else words
        if kind in {"echo", "recall"}
        else [token(first + n) for n in range(count)]
    )
    for sent, text in enumerate(tokens, 1):
        await _event(writer, _delta(model, {"content": text}))
        await _until(start, sent, rate)
    goes_on = bool(asked.begun)
    if kind == "stall" and not goes_on:
        await asyncio.sleep(3600)
    if kind == "cut" and not goes_on:
        raise ConnectionError
    if kind != "truncated" or goes_on:
        await _event(writer, _delta(model, {}, "stop"))
        usage = {"prompt_tokens": 10, "completion_tokens": count, "total_tokens": count + 10}
        await _event(
            writer, {"id": "1", "object": "chat.completion.chunk", "model": model, "choices": [], "usage": usage}
        )
        await _chunk(writer, b"data: [DONE]\n\n")
    writer.write(b"0\r\n\r\n")
    await writer.drain()


def _scores(question: str) -> str:
    replies = re.findall(r"^<<\w+>> reply (\d+)\n(.*?)^<<", question, re.MULTILINE | re.DOTALL)
    return json.dumps([{"reply": int(n), "score": 5 if "kind" in text else 2, "reason": "So."} for n, text in replies])


class _AnthropicWords:
    """How Anthropic says a reply."""

    def begin(self, model: str) -> list[dict[str, object]]:
        usage = {"input_tokens": 10, "output_tokens": 1}
        about = {"id": "1", "type": "message", "role": "assistant", "model": model, "content": [], "usage": usage}
        block = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
        return [{"type": "message_start", "message": about}, block]

    def token(self, text: str) -> dict[str, object]:
        return {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}}

    def end(self, count: int) -> list[dict[str, object]]:
        said = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": count}}
        return [{"type": "content_block_stop", "index": 0}, said, {"type": "message_stop"}]


class _GeminiWords:
    """How Gemini does."""

    def begin(self, model: str) -> list[dict[str, object]]:
        return []

    def token(self, text: str) -> dict[str, object]:
        return {"candidates": [{"content": {"role": "model", "parts": [{"text": text}]}, "index": 0}]}

    def end(self, count: int) -> list[dict[str, object]]:
        usage = {"promptTokenCount": 10, "candidatesTokenCount": count, "totalTokenCount": count + 10}
        last = {"content": {"role": "model", "parts": [{"text": ""}]}, "finishReason": "STOP", "index": 0}
        return [{"candidates": [last], "usageMetadata": usage}]


async def _paced(writer: asyncio.StreamWriter, model: str, words: _AnthropicWords | _GeminiWords) -> None:
    """A `paced` reply in another maker's words."""
    _, count, rate = model.split("-")
    writer.write(_STREAM)
    for data in words.begin(model):
        await _typed(writer, data)
    start = asyncio.get_running_loop().time()
    for sent in range(1, int(count) + 1):
        await _typed(writer, words.token(token(sent - 1)))
        await _until(start, sent, int(rate))
    for data in words.end(int(count)):
        await _typed(writer, data)
    writer.write(b"0\r\n\r\n")
    await writer.drain()


async def _until(start: float, sent: int, rate: int) -> None:
    """Wait for the time of the next token."""
    if rate:
        await asyncio.sleep(max(0.0, start + sent / rate - asyncio.get_running_loop().time()))


async def _typed(writer: asyncio.StreamWriter, data: dict[str, object]) -> None:
    kind = f"event: {data['type']}\n".encode() if "type" in data else b""
    await _chunk(writer, kind + b"data: " + json.dumps(data).encode() + b"\n\n")


def _delta(model: str, delta: dict[str, str], finish: str | None = None) -> dict[str, object]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": model, "choices": [choice]}


async def _event(writer: asyncio.StreamWriter, data: dict[str, object]) -> None:
    await _chunk(writer, b"data: " + json.dumps(data).encode() + b"\n\n")


async def _chunk(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(b"%x\r\n%s\r\n" % (len(data), data))
    await writer.drain()


async def _whole(writer: asyncio.StreamWriter, status: str, kind: str, body: bytes, *headers: str) -> None:
    head = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(body)}", *headers]
    writer.write("\r\n".join(head).encode() + b"\r\n\r\n" + body)
    await writer.drain()


async def _main() -> None:
    server = await asyncio.start_server(_serve, "127.0.0.1", 0, backlog=256)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_main())
