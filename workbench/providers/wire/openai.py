"""OpenAI's chat completions, and what the servers that speak it make of them."""

from typing import Any, Literal

import msgspec

from workbench.errors import ProviderUnavailableError
from workbench.providers.faults import Asked, from_stream
from workbench.providers.records import Finished
from workbench.providers.wire.events import decoded
from workbench.providers.wire.reader import Pieces, Reader, count

EndMark = Literal["finish_reason", "done", "both"]
"""What ends a message at an endpoint: the reason in its last piece, the closing `[DONE]`, or nothing less than both."""


class _Function(msgspec.Struct):
    name: str | None = None
    arguments: str | dict[str, Any] | None = None


class _Tool(msgspec.Struct):
    index: int | None = None
    id: str | None = None
    function: _Function | None = None


class _Delta(msgspec.Struct):
    content: str | list[dict[str, Any]] | None = None
    reasoning_content: str | None = None
    reasoning: str | dict[str, Any] | None = None
    refusal: str | None = None
    tool_calls: list[_Tool] | None = None


class _Choice(msgspec.Struct):
    index: int | None = 0
    delta: _Delta | None = None
    message: _Delta | None = None
    finish_reason: str | None = None


class _PromptDetails(msgspec.Struct):
    cached_tokens: int | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: _PromptDetails | None = None


class _Chunk(msgspec.Struct):
    choices: list[_Choice] | None = None
    usage: _Usage | None = None
    model: str | None = None
    error: Any = None


_REASONS: dict[str, Literal["stop", "length", "refused", "other"]] = {
    "stop": "stop",
    "eos": "stop",
    "end_turn": "stop",
    "length": "length",
    "max_tokens": "length",
    "content_filter": "refused",
}


class OpenAIReader(Reader):
    """Reads OpenAI's chat completions stream and that of the servers which speak it."""

    def __init__(self, asked: Asked, *, end_mark: EndMark = "finish_reason") -> None:
        super().__init__(asked)
        self._end_mark = end_mark
        self._decoder = msgspec.json.Decoder(_Chunk)
        self._reason: str | None = None
        self._refused = False
        self._usage = _Usage()
        self._model_name: str | None = None

    @property
    def ended(self) -> bool:
        """The end mark of this endpoint has been seen; token counts may still come."""
        if self._end_mark == "finish_reason":
            return self._reason is not None
        return self._done and (self._end_mark == "done" or self._reason is not None)

    def _read(self, data: bytes, pieces: Pieces) -> None:
        if data == b"[DONE]":
            self._done = True
            return
        chunk = decoded(self._decoder, data)
        if chunk.error:
            raise from_stream(self._asked, msgspec.json.encode(chunk.error))
        self._model_name = chunk.model or self._model_name
        self._usage = chunk.usage or self._usage
        for choice in chunk.choices or ():
            if not choice.index:
                self._read_choice(choice, pieces)

    def _read_choice(self, choice: _Choice, pieces: Pieces) -> None:
        delta = choice.delta or choice.message
        if delta is not None:
            pieces.reason(delta.reasoning_content or (delta.reasoning if isinstance(delta.reasoning, str) else None))
            if isinstance(delta.content, list):
                _read_parts(delta.content, pieces)
            else:
                pieces.say(delta.content)
            if delta.refusal:
                self._refused = True
                pieces.say(delta.refusal)
            for tool in delta.tool_calls or ():
                self._read_tool(tool)
        if choice.finish_reason == "error":
            raise ProviderUnavailableError(
                f"The provider {self._asked.provider!r} failed in the middle of the reply.",
                remedy="Continue the reply, or try again.",
            )
        self._reason = choice.finish_reason or self._reason

    def _read_tool(self, tool: _Tool) -> None:
        """A piece of a call: of the one at its index, else with its id, else of the last one."""
        called = tool.function or _Function()
        told = called.arguments
        arguments = msgspec.json.encode(told).decode() if isinstance(told, dict) else told
        key: object = tool.id if tool.index is None else tool.index
        if key is None:
            key = len(self._calls) if called.name else next(reversed(self._calls), 0)
        self._call(key, called.name, arguments)

    def _finished(self) -> Finished:
        details = self._usage.prompt_tokens_details
        return Finished(
            reason="refused" if self._refused else _REASONS.get(self._reason or "stop", "other"),
            model_name=self._model_name,
            input_tokens=count(self._usage.prompt_tokens),
            output_tokens=count(self._usage.completion_tokens),
            cached_tokens=count(details.cached_tokens) if details else None,
        )


def _read_parts(parts: list[dict[str, Any]], pieces: Pieces) -> None:
    """Content as a list of typed parts, as Mistral's reasoning models send it."""
    for part in parts:
        if part.get("type") == "text":
            pieces.say(_text(part))
        elif part.get("type") == "thinking":
            for thought in part.get("thinking") or ():
                pieces.reason(_text(thought))


def _text(part: object) -> str | None:
    text = part.get("text") if isinstance(part, dict) else None
    return text if isinstance(text, str) else None
