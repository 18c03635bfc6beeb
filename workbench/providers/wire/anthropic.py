"""Anthropic's messages."""

from typing import Any, Literal

import msgspec

from workbench.providers.faults import Asked, from_stream
from workbench.providers.records import Finished
from workbench.providers.wire.events import decoded
from workbench.providers.wire.reader import Pieces, Reader, count


class _Usage(msgspec.Struct):
    input_tokens: int | None = None
    cache_creation_input_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    output_tokens: int | None = None


class _Part(msgspec.Struct):
    """A content block, or a piece of one."""

    text: str | None = None
    thinking: str | None = None


class _Message(msgspec.Struct):
    model: str | None = None
    usage: _Usage | None = None


class _Change(msgspec.Struct):
    """A piece of a content block in `content_block_delta`, of the message itself in `message_delta`."""

    text: str | None = None
    thinking: str | None = None
    stop_reason: str | None = None


class _Event(msgspec.Struct):
    type: str
    message: _Message | None = None
    content_block: _Part | None = None
    delta: _Change | None = None
    usage: _Usage | None = None
    error: Any = None
    # An answer in one piece is a message by itself.
    content: list[_Part] | None = None
    model: str | None = None
    stop_reason: str | None = None


_REASONS: dict[str, Literal["stop", "length", "refused", "other"]] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "refused",
}


class AnthropicReader(Reader):
    """Reads the stream of Anthropic's messages: only `message_stop` makes a message complete.

    Signatures of thoughts, the arguments of tools and kinds of events that are not known are passed over.
    """

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._decoder = msgspec.json.Decoder(_Event)
        self._reason: str | None = None
        self._stopped = False
        self._model_name: str | None = None
        self._usage: dict[str, int] = {}

    @property
    def ended(self) -> bool:
        """The message has been stopped; nothing comes after that."""
        return self._stopped

    def _read(self, data: bytes, pieces: Pieces) -> None:
        event = decoded(self._decoder, data)
        if event.error or event.type == "error":
            raise from_stream(self._asked, msgspec.json.encode(event.error))
        match event.type:
            case "content_block_delta" | "content_block_start":
                _give(event.delta or event.content_block, pieces)
            case "message_start" if event.message is not None:
                self._note(event.message.model, event.message.usage)
            case "message_delta":
                self._note(None, event.usage)
                self._reason = (event.delta.stop_reason if event.delta else None) or self._reason
            case "message_stop":
                self._stopped = self._done = True
            case "message":
                for part in event.content or ():
                    _give(part, pieces)
                self._note(event.model, event.usage)
                self._reason, self._stopped = event.stop_reason, event.stop_reason is not None

    def _note(self, model_name: str | None, usage: _Usage | None) -> None:
        """Keep the latest counts: each is a total so far."""
        self._model_name = model_name or self._model_name
        for name, told in (msgspec.structs.asdict(usage) if usage else {}).items():
            if told is not None:
                self._usage[name] = told

    def _finished(self) -> Finished:
        read = [told for name, told in self._usage.items() if name.endswith("input_tokens")]
        return Finished(
            reason=_REASONS.get(self._reason or "end_turn", "other"),
            model_name=self._model_name,
            input_tokens=count(sum(read)) if "input_tokens" in self._usage else None,
            output_tokens=count(self._usage.get("output_tokens")),
            cached_tokens=count(self._usage.get("cache_read_input_tokens")),
        )


def _give(part: _Part | _Change | None, pieces: Pieces) -> None:
    if part is not None:
        pieces.reason(part.thinking)
        pieces.say(part.text)
