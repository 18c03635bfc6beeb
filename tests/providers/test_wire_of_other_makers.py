"""Anthropic's messages and Gemini's streams: the same promises as for OpenAI's."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.reading import endings, read, reasoning_of, text_of
from tests.providers.spoken import chunk, delta, named
from workbench.errors import (
    ContextTooLongError,
    ProviderUnavailableError,
    QuotaExceededError,
    RateLimitedError,
    StreamCutError,
    StreamMalformedError,
)
from workbench.providers.faults import Asked
from workbench.providers.records import Finished, TextDelta
from workbench.providers.wire import LINE_LIMIT_BYTES, AnthropicReader, GeminiReader, Reader

ASKED = Asked(provider="somewhere", model="a-model")
TEXT = "Grüße 🐝, 世界\n\nund event: message_stop"
REASONING = "Größe? ja"


@dataclass(frozen=True)
class Format:
    """A wire format, and a message in it."""

    reader: Callable[[], Reader]
    message: bytes
    complete_from: int
    """Of so many bytes."""
    finished: Finished
    say: Callable[[str], bytes]
    fail: Callable[[object], bytes]


_STARTED = {"model": "a-model-20260101", "usage": {"input_tokens": 4, "cache_read_input_tokens": 5, "output_tokens": 1}}
_ANTHROPIC = b"".join(
    (
        named("message_start", message={"id": "m", "role": "assistant", "content": [], **_STARTED}),
        named("content_block_start", index=0, content_block={"type": "thinking", "thinking": ""}),
        named("ping"),
        delta(type="thinking_delta", thinking="Größe? "),
        delta(type="thinking_delta", thinking="ja"),
        delta(type="signature_delta", signature="c2lnbmVk"),
        named("content_block_stop", index=0),
        named("content_block_start", index=1, content_block={"type": "text", "text": ""}),
        delta(type="text_delta", text="Grüße 🐝"),
        delta(type="text_delta", text=", 世界\n\nund event: message_stop"),
        named("content_block_stop", index=1),
        named("something_new", data=[1, 2]),
        named("message_delta", delta={"stop_reason": "end_turn", "stop_sequence": None}, usage={"output_tokens": 12}),
        named("message_stop"),
    )
)
_COUNTED = {
    "promptTokenCount": 9,
    "cachedContentTokenCount": 5,
    "candidatesTokenCount": 8,
    "thoughtsTokenCount": 4,
    "totalTokenCount": 21,
}
_GEMINI = b"".join(
    (
        chunk({"text": "Größe? ", "thought": True}),
        chunk({"text": "ja", "thought": True}, {"text": "Grüße 🐝"}),
        chunk({"text": ", 世界\n\nund event: message_stop"}, usageMetadata={"promptTokenCount": 9}),
        chunk({"text": "", "thoughtSignature": "c2lnbmVk"}, finish="STOP", usageMetadata=_COUNTED),
    )
)
ANTHROPIC = Format(
    reader=lambda: AnthropicReader(ASKED),
    message=_ANTHROPIC,
    complete_from=len(_ANTHROPIC) - 2,
    finished=Finished(reason="stop", model_name="a-model-20260101", input_tokens=9, output_tokens=12, cached_tokens=5),
    say=lambda text: delta(type="text_delta", text=text),
    fail=lambda error: named("error", error=error),
)
GEMINI = Format(
    reader=lambda: GeminiReader(ASKED),
    message=_GEMINI,
    complete_from=len(_GEMINI) - 4,
    finished=Finished(reason="stop", model_name="a-model-001", input_tokens=9, output_tokens=12, cached_tokens=5),
    say=lambda text: chunk({"text": text}),
    fail=lambda error: b"data: " + json.dumps({"error": error}).encode() + b"\n\n",
)
each_format = pytest.mark.parametrize("wire", [ANTHROPIC, GEMINI], ids=["anthropic", "gemini"])


@each_format
def test_a_message_is_read_the_same_at_every_split_in_two(wire: Format) -> None:
    for message in endings(wire.message.replace(b"\r\n", b"\n")):
        for at in range(len(message) + 1):
            events, fault = read(wire.reader(), message[:at], message[at:])
            assert fault is None
            assert (text_of(events), reasoning_of(events)) == (TEXT, REASONING)
            assert [event for event in events if isinstance(event, Finished)] == [wire.finished]
            assert events[-1] == wire.finished


@each_format
def test_a_message_is_read_the_same_byte_by_byte(wire: Format) -> None:
    events, fault = read(wire.reader(), *(bytes([byte]) for byte in wire.message))
    assert fault is None
    assert (text_of(events), reasoning_of(events), events[-1]) == (TEXT, REASONING, wire.finished)


@each_format
@given(data=st.data())
def test_a_message_is_read_the_same_in_any_pieces(wire: Format, data: st.DataObject) -> None:
    size = len(wire.message)
    cuts = data.draw(st.lists(st.integers(0, size), max_size=12))
    events, fault = read(wire.reader(), *(wire.message[a:b] for a, b in pairwise([0, *sorted(cuts), size])))
    assert fault is None
    assert (text_of(events), events[-1]) == (TEXT, wire.finished)


@each_format
def test_a_message_cut_at_any_byte_is_never_called_complete(wire: Format) -> None:
    for at in range(len(wire.message) + 1):
        events, fault = read(wire.reader(), wire.message[:at])
        assert TEXT.startswith(text_of(events))
        if at < wire.complete_from:
            assert isinstance(fault, StreamCutError), at
            assert not any(isinstance(event, Finished) for event in events)
        else:
            assert fault is None, at
            assert events[-1] == wire.finished


@each_format
def test_an_empty_stream_is_a_cut_message(wire: Format) -> None:
    assert isinstance(read(wire.reader(), b"")[1], StreamCutError)


def test_only_its_last_word_ends_a_message_of_anthropic() -> None:
    reader = ANTHROPIC.reader()
    reader.feed(delta(type="text_delta", text="Hi") + named("message_delta", delta={"stop_reason": "end_turn"}))
    assert not reader.ended
    reader.feed(named("message_stop"))
    assert reader.complete


def test_text_after_an_early_reason_to_finish_is_not_lost() -> None:
    reader = GEMINI.reader()
    assert reader.feed(chunk({"text": "One"}, finish="STOP")) == [TextDelta(text="One")]
    assert (reader.ended, reader.complete) == (True, False)
    assert reader.feed(chunk({"text": ", two"}, finish="STOP")) == [TextDelta(text=", two")]
    assert reader.end() == [Finished(reason="stop", model_name="a-model-001")]


@pytest.mark.parametrize(
    ("given_", "reason"),
    [
        ("end_turn", "stop"),
        ("stop_sequence", "stop"),
        ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("refusal", "refused"),
        ("pause_turn", "other"),
        ("weird", "other"),
    ],
)
def test_reasons_of_anthropic_are_told_in_our_words(given_: str, reason: str) -> None:
    stream = named("message_delta", delta={"stop_reason": given_}) + named("message_stop")
    assert read(ANTHROPIC.reader(), stream)[0][-1].reason == reason


@pytest.mark.parametrize(
    ("given_", "reason"),
    [("STOP", "stop"), ("MAX_TOKENS", "length"), ("SAFETY", "refused"), ("SPII", "refused"), ("OTHER", "other")],
)
def test_reasons_of_gemini_are_told_in_our_words(given_: str, reason: str) -> None:
    assert read(GEMINI.reader(), chunk(finish=given_))[0][-1].reason == reason


def test_a_question_that_gemini_refuses_ends_as_refused() -> None:
    blocked = b'data: {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "modelVersion": "a-model-001"}\n\n'
    assert read(GEMINI.reader(), blocked) == ([Finished(reason="refused", model_name="a-model-001")], None)


@each_format
@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ({"type": "overloaded_error", "message": "Overloaded"}, ProviderUnavailableError),
        ({"type": "rate_limit_error", "message": "slow down"}, RateLimitedError),
        ({"code": 429, "status": "RESOURCE_EXHAUSTED", "message": "Too many requests"}, RateLimitedError),
        ({"type": "invalid_request_error", "message": "Your credit balance is too low"}, QuotaExceededError),
        ({"type": "invalid_request_error", "message": "prompt is too long"}, ContextTooLongError),
        ("plain words", ProviderUnavailableError),
    ],
)
def test_an_error_inside_the_stream_is_raised_after_the_text_before_it(
    wire: Format, error: object, expected: type[Exception]
) -> None:
    stream = wire.say("So far") + wire.fail(error) + wire.message
    for at in range(len(stream) + 1):
        events, fault = read(wire.reader(), stream[:at], stream[at:])
        assert text_of(events) == "So far"
        assert isinstance(fault, expected)
    assert "plain words" not in str(fault)
    assert "credit balance" not in str(fault)


@each_format
@pytest.mark.parametrize(
    "broken",
    [
        b"data: {not json}\n\n",
        b"data: 5\n\n",
        b'data: {"type": 5, "candidates": 5}\n\n',
        b'data: {"type": "content_block_delta", "delta": {"text": "\xff"}, "candidates": [{"content": "\xff"}]}\n\n',
        b"data: [DONE]\n\n",
        b"data: " + b"[" * 100_000 + b"\n\n",
    ],
    ids=["json", "number", "shape", "utf8", "done", "deep"],
)
def test_a_broken_event_is_malformed_and_what_came_before_is_kept(wire: Format, broken: bytes) -> None:
    events, fault = read(wire.reader(), wire.say("Before") + broken + wire.say("after"))
    assert text_of(events) == "Before"
    assert isinstance(fault, StreamMalformedError)


@each_format
def test_a_line_without_end_does_not_fill_the_memory(wire: Format) -> None:
    _, fault = read(wire.reader(), b"data: ", *(b"x" * 1000 for _ in range(LINE_LIMIT_BYTES // 1000 + 2)))
    assert isinstance(fault, StreamMalformedError)


@each_format
@pytest.mark.parametrize("told", [-1, 1 << 31, 10**30])
def test_a_count_of_tokens_that_cannot_be_one_is_unknown(wire: Format, told: int) -> None:
    stream = {
        "anthropic": named("message_start", message={"usage": {"input_tokens": told}}) + named("message_stop"),
        "gemini": chunk(finish="STOP", usageMetadata={"promptTokenCount": told}),
    }
    events, _ = read(wire.reader(), stream["anthropic" if wire is ANTHROPIC else "gemini"])
    assert events[-1].input_tokens is None


def test_an_answer_in_one_piece_is_read() -> None:
    message = {
        "type": "message",
        "model": "m",
        "content": [{"type": "thinking", "thinking": "Hm."}, {"type": "text", "text": "All."}],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 1, "output_tokens": 2},
    }
    answer = {
        "candidates": [
            {"content": {"parts": [{"text": "Hm.", "thought": True}, {"text": "All."}]}, "finishReason": "STOP"}
        ],
        "usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 2},
        "modelVersion": "m",
    }
    for reader, body in ((AnthropicReader(ASKED), message), (GeminiReader(ASKED), answer)):
        events = reader.read_whole(json.dumps(body, indent=2).encode())
        assert (reasoning_of(events), text_of(events)) == ("Hm.", "All.")
        assert events[-1] == Finished(reason="stop", model_name="m", input_tokens=1, output_tokens=2)


@each_format
@given(data=st.binary(max_size=400))
def test_any_bytes_give_text_or_a_named_fault(wire: Format, data: bytes) -> None:
    events, fault = read(wire.reader(), b"data: ", data, b"\n\n", data)
    assert fault is not None or isinstance(events[-1], Finished)


@each_format
@given(text=st.text(max_size=50).filter(str.isprintable))
def test_any_text_is_read_as_it_was_sent(wire: Format, text: str) -> None:
    assert text_of(wire.reader().feed(wire.say(text))) == text
