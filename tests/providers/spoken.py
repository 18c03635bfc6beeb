"""A short reply in each wire format, as its maker's servers send it: its pieces, and the event that ends it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.providers import raw_server
from workbench.providers.formats import WireFormat


def named(kind: str, **rest: object) -> bytes:
    """An event of Anthropic's."""
    data = json.dumps({"type": kind, **rest}, ensure_ascii=False)
    return f"event: {kind}\ndata: {data}\n\n".encode()


def delta(**rest: str) -> bytes:
    """A piece of a content block of Anthropic's."""
    return named("content_block_delta", index=0, delta=rest)


def chunk(*parts: dict[str, object], finish: str | None = None, **rest: object) -> bytes:
    """A piece of Gemini's stream."""
    candidate = {"content": {"parts": list(parts), "role": "model"}, "index": 0}
    candidate |= {"finishReason": finish} if finish else {}
    body = {"candidates": [candidate], "modelVersion": "a-model-001", **rest}
    return b"data: " + json.dumps(body, ensure_ascii=False).encode() + b"\r\n\r\n"


@dataclass(frozen=True)
class Spoken:
    """A wire format, and how a reply is said in it."""

    wire: WireFormat
    say: Callable[[str], bytes]
    """Text, as an event."""
    begin: bytes
    mark: bytes
    """The event that makes the message complete."""
    after: bytes = field(default=b"")
    """What still comes then."""

    @property
    def last(self) -> bytes:
        """All that ends a message."""
        return self.mark + self.after

    def message(self, *texts: str) -> bytes:
        """A whole message."""
        return self.begin + b"".join(map(self.say, texts)) + self.last


OPENAI = Spoken(
    wire="openai",
    say=raw_server.chunk,
    begin=b"",
    mark=raw_server.chunk(finish="stop"),
    after=raw_server.DONE,
)
ANTHROPIC = Spoken(
    wire="anthropic",
    say=lambda text: delta(type="text_delta", text=text),
    begin=named("message_start", message={"model": "raw", "usage": {"input_tokens": 4}})
    + named("content_block_start", index=0, content_block={"type": "text", "text": ""}),
    mark=named("message_delta", delta={"stop_reason": "end_turn"}) + named("message_stop"),
)
GEMINI = Spoken(
    wire="gemini",
    say=lambda text: chunk({"text": text}),
    begin=b"",
    mark=chunk({"text": ""}, finish="STOP"),
)
FORMATS = (OPENAI, ANTHROPIC, GEMINI)
