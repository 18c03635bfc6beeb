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
    """A content block, or the beginning of one."""

    type: str | None = None
    text: str | None = None
    thinking: str | None = None
    name: str | None = None
    input: Any = None


class _Message(msgspec.Struct):
    model: str | None = None
    usage: _Usage | None = None


class _Change(msgspec.Struct):
    """A piece of a content block in `content_block_delta`, of the message itself in `message_delta`."""

    text: str | None = None
    thinking: str | None = None
    partial_json: str | None = None
    stop_reason: str | None = None


class _Event(msgspec.Struct):
    type: str
    index: int | None = None
    message: _Message | None = None
    content_block: _Part | None = None
    delta: _Change | None = None
    usage: _Usage | None = None
    error: Any = None
    # An answer in one piece is a message by itself.
    content: list[_Part] | None = None
    model: str | None = None
    stop_reason: str | None = None


_TOOLS = ("tool_use", "server_tool_use", "mcp_tool_use")
_REASONS: dict[str, Literal["stop", "length", "refused", "other"]] = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "refusal": "refused",
}


class AnthropicReader(Reader):
    """Reads the stream of Anthropic's messages: only `message_stop` makes a message complete.

    Signatures of thoughts and kinds of events that are not known are passed over.
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
            case "content_block_start" | "content_block_delta":
                self._read_block(event, pieces)
            case "content_block_stop":
                self._called(pieces, event.index)
            case "message_start" if event.message is not None:
                self._note(event.message.model, event.message.usage)
            case "message_delta":
                self._note(None, event.usage)
                self._reason = (event.delta.stop_reason if event.delta else None) or self._reason
            case "message_stop":
                self._stopped = self._done = True
            case "message":
                for place, part in enumerate(event.content or ()):
                    self._begin(place, part, pieces)
                self._note(event.model, event.usage)
                self._reason, self._stopped = event.stop_reason, event.stop_reason is not None

    def _read_block(self, event: _Event, pieces: Pieces) -> None:
        if event.content_block is not None:
            self._begin(event.index, event.content_block, pieces)
        if event.delta is not None:
            _give(event.delta, pieces)
            if event.delta.partial_json:
                self._call(event.index, None, event.delta.partial_json)

    def _begin(self, key: int | None, part: _Part, pieces: Pieces) -> None:
        _give(part, pieces)
        if part.type in _TOOLS:
            self._call(key, part.name, msgspec.json.encode(part.input).decode() if part.input else None)

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
