"""Gemini's streamGenerateContent, as server-sent events."""

from typing import Any, Literal

import msgspec

from workbench.providers.faults import Asked, from_stream
from workbench.providers.records import Finished
from workbench.providers.wire.events import decoded
from workbench.providers.wire.reader import Pieces, Reader, count


class _Function(msgspec.Struct):
    name: str | None = None
    args: Any = None


class _Part(msgspec.Struct, rename="camel"):
    text: str | None = None
    thought: bool | None = None
    function_call: _Function | None = None


class _Content(msgspec.Struct):
    parts: list[_Part] | None = None


class _Candidate(msgspec.Struct, rename="camel"):
    index: int | None = 0
    content: _Content | None = None
    finish_reason: str | None = None


class _Usage(msgspec.Struct, rename="camel"):
    prompt_token_count: int | None = None
    tool_use_prompt_token_count: int | None = None
    candidates_token_count: int | None = None
    thoughts_token_count: int | None = None
    cached_content_token_count: int | None = None


class _Feedback(msgspec.Struct, rename="camel"):
    block_reason: str | None = None


class _Chunk(msgspec.Struct, rename="camel"):
    candidates: list[_Candidate] | None = None
    prompt_feedback: _Feedback | None = None
    usage_metadata: _Usage | None = None
    model_version: str | None = None
    error: Any = None


_REASONS: dict[str, Literal["stop", "length", "refused"]] = {
    "STOP": "stop",
    "MAX_TOKENS": "length",
    "SAFETY": "refused",
    "RECITATION": "refused",
    "LANGUAGE": "refused",
    "BLOCKLIST": "refused",
    "PROHIBITED_CONTENT": "refused",
    "SPII": "refused",
    "IMAGE_SAFETY": "refused",
}
_NONE = "FINISH_REASON_UNSPECIFIED"


class GeminiReader(Reader):
    """Reads Gemini's stream: a message with a reason to finish is complete once the stream is closed.

    Some models give the reason early and text after it, so it ends nothing by itself.
    """

    def __init__(self, asked: Asked) -> None:
        super().__init__(asked)
        self._decoder = msgspec.json.Decoder(_Chunk)
        self._reason: str | None = None
        self._blocked = False
        self._usage = _Usage()
        self._model_name: str | None = None

    @property
    def ended(self) -> bool:
        """A reason to finish has been given, or the question was refused; more may still come."""
        return self._blocked or self._reason is not None

    def _read(self, data: bytes, pieces: Pieces) -> None:
        chunk = decoded(self._decoder, data)
        if chunk.error:
            raise from_stream(self._asked, msgspec.json.encode(chunk.error))
        self._model_name = chunk.model_version or self._model_name
        self._usage = chunk.usage_metadata or self._usage
        self._blocked = self._blocked or bool(chunk.prompt_feedback and chunk.prompt_feedback.block_reason)
        for candidate in chunk.candidates or ():
            if not candidate.index:
                self._read_candidate(candidate, pieces)

    def _read_candidate(self, candidate: _Candidate, pieces: Pieces) -> None:
        for part in (candidate.content.parts if candidate.content else None) or ():
            if part.thought:
                pieces.reason(part.text)
            else:
                pieces.say(part.text)
            if part.function_call is not None:
                self._read_call(part.function_call, pieces)
        if candidate.finish_reason not in (None, _NONE):
            self._reason = candidate.finish_reason

    def _read_call(self, called: _Function, pieces: Pieces) -> None:
        """A call, which comes whole."""
        self._call(id(called), called.name, msgspec.json.encode(called.args).decode() if called.args else None)
        self._called(pieces, id(called))

    def _finished(self) -> Finished:
        usage = self._usage
        return Finished(
            reason="refused" if self._blocked else _REASONS.get(self._reason or "STOP", "other"),
            model_name=self._model_name,
            input_tokens=_sum(usage.prompt_token_count, usage.tool_use_prompt_token_count),
            output_tokens=_sum(usage.candidates_token_count, usage.thoughts_token_count),
            cached_tokens=count(usage.cached_content_token_count),
        )


def _sum(*told: int | None) -> int | None:
    """What was told, together; None where nothing was."""
    known = [number for number in told if number is not None]
    return count(sum(known)) if known else None
