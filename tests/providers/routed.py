"""What providers whose formats litellm reads put on the wire, each in its own framing."""

import binascii
import json
import struct
from collections.abc import Callable
from dataclasses import dataclass

from tests.providers.raw_server import DONE, chunk, framed


@dataclass(frozen=True)
class Spoken:
    """How one provider streams."""

    route: str
    content_type: str
    path: str
    """Where it is asked, of `a-model`."""
    piece: Callable[[str], bytes]
    end: bytes
    tokens: tuple[int | None, int | None]
    """What it counts in the end, read and written."""
    begin: bytes = b""

    @property
    def head(self) -> bytes:
        """The head of the answer, and what comes before the first piece."""
        lines = f"HTTP/1.1 200 OK\r\ncontent-type: {self.content_type}\r\ntransfer-encoding: chunked\r\n\r\n"
        return lines.encode() + (framed(self.begin) if self.begin else b"")

    def whole(self, *texts: str) -> tuple[bytes, ...]:
        """A reply from its head to its end."""
        return (self.head, *(framed(self.piece(text)) for text in texts), framed(self.end) + b"0\r\n\r\n")

    def cut(self, *texts: str) -> tuple[bytes, ...]:
        """A reply that its server ends in good order, and that is not whole."""
        return (self.head, *(framed(self.piece(text)) for text in texts), b"0\r\n\r\n")


def _event(kind: str, **fields: object) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **fields})}\n\n".encode()


def _line(kind: str, **fields: object) -> bytes:
    return json.dumps({"type": kind, **fields}).encode() + b"\n"


_COHERE_END = {"finish_reason": "COMPLETE", "usage": {"tokens": {"input_tokens": 71, "output_tokens": 3}}}


def _ollama(text: str = "", **fields: object) -> bytes:
    said = {"model": "a-model", "created_at": "2026-01-01T00:00:00Z", "message": {"role": "assistant", "content": text}}
    return json.dumps({**said, "done": False, **fields}).encode() + b"\n"


def _frame(event: str, payload: dict[str, object]) -> bytes:
    """A message of Amazon's event streams: lengths, headers, payload, and a checksum after each half."""
    named = ((":event-type", event), (":content-type", "application/json"), (":message-type", "event"))
    headers = b"".join(
        bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
        for name, value in named
    )
    body = json.dumps(payload).encode()
    prelude = struct.pack(">II", 16 + len(headers) + len(body), len(headers))
    message = prelude + struct.pack(">I", binascii.crc32(prelude)) + headers + body
    return message + struct.pack(">I", binascii.crc32(message))


def _chunk(text: str = "", **fields: object) -> bytes:
    return chunk(text, id="x", created=1, object="chat.completion.chunk", **fields)


_SAID = b'data: {"id":"x","created":1,"model":"raw","object":"chat.completion.chunk","choices":[],"usage":'
_CHUNK_END = _chunk(finish="stop") + _SAID + b'{"prompt_tokens":4,"completion_tokens":2,"total_tokens":6}}\n\n' + DONE

COHERE = Spoken(
    route="cohere_chat",
    content_type="text/event-stream",
    path="/v2/chat",
    begin=_event("message-start", id="x", delta={"message": {"role": "assistant", "content": []}}),
    piece=lambda text: _event("content-delta", index=0, delta={"message": {"content": {"text": text}}}),
    end=_event("message-end", delta=_COHERE_END) + b"data: [DONE]\n\n",
    tokens=(71, 3),
)
COHERE_LINES = Spoken(
    route="cohere_chat",
    content_type="application/stream+json",
    path="/v2/chat",
    piece=lambda text: _line("content-delta", index=0, delta={"message": {"content": {"text": text}}}),
    end=_line("message-end", delta=_COHERE_END),
    tokens=(71, 3),
)
OLLAMA = Spoken(
    route="ollama_chat",
    content_type="application/x-ndjson",
    path="/api/chat",
    piece=_ollama,
    end=_ollama(done=True, done_reason="stop", prompt_eval_count=7, eval_count=2),
    tokens=(7, 2),
)
BEDROCK = Spoken(
    route="bedrock",
    content_type="application/vnd.amazon.eventstream",
    path="/model/a-model/converse-stream",
    begin=_frame("messageStart", {"role": "assistant"}),
    piece=lambda text: _frame("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": text}}),
    end=_frame("contentBlockStop", {"contentBlockIndex": 0})
    + _frame("messageStop", {"stopReason": "end_turn"})
    + _frame("metadata", {"usage": {"inputTokens": 9, "outputTokens": 2, "totalTokens": 11}, "metrics": {}}),
    tokens=(9, 2),
)


def _of_chunks(route: str, path: str, tokens: tuple[int | None, int | None] = (4, 2)) -> Spoken:
    return Spoken(route=route, content_type="text/event-stream", path=path, piece=_chunk, end=_CHUNK_END, tokens=tokens)


SPOKEN = (
    COHERE,
    COHERE_LINES,
    OLLAMA,
    BEDROCK,
    _of_chunks("databricks", "/chat/completions"),
    _of_chunks("cloudflare", "/chat/completions"),
    _of_chunks("azure_ai", "/chat/completions"),
    _of_chunks("snowflake", "/api/v2/cortex/v1/chat/completions", tokens=(None, None)),
)
