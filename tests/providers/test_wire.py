import json
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.reading import endings, read, reasoning_of, text_of
from workbench.errors import (
    ContextTooLongError,
    ProviderError,
    ProviderUnavailableError,
    QuotaExceededError,
    RateLimitedError,
    StreamCutError,
    StreamMalformedError,
)
from workbench.providers.faults import Asked
from workbench.providers.records import Finished, StreamEvent, TextDelta
from workbench.providers.wire import LINE_LIMIT_BYTES, EndMark, OpenAIReader

ASKED = Asked(provider="somewhere", model="a-model")
DONE = b"data: [DONE]\n\n"


def chunk(delta=None, *, finish=None, **rest) -> bytes:
    choices = [] if delta is None and finish is None else [{"index": 0, "delta": delta or {}, "finish_reason": finish}]
    body = {"id": "x", "object": "chat.completion.chunk", "model": "a-model-0613", "choices": choices, **rest}
    return b"data: " + json.dumps(body, ensure_ascii=False).encode() + b"\n\n"


MESSAGE = b"".join(
    (
        b": a comment that keeps the line open\n\n",
        chunk({"role": "assistant", "content": ""}),
        chunk({"reasoning_content": "Größe? "}),
        chunk({"reasoning": "ja"}),
        chunk({"content": "Grüße 🐝"}),
        chunk({"content": ", 世界\n\nund data: [DONE]"}),
        chunk({}, finish="stop"),
        chunk(
            usage={"prompt_tokens": 9, "completion_tokens": 12, "prompt_tokens_details": {"cached_tokens": 5}},
        ),
        DONE,
    )
)
TEXT = "Grüße 🐝, 世界\n\nund data: [DONE]"
REASONING = "Größe? ja"
FINISHED = Finished(reason="stop", model_name="a-model-0613", input_tokens=9, output_tokens=12, cached_tokens=5)


def play(*parts: bytes, end_mark: EndMark = "finish_reason") -> tuple[list[StreamEvent], ProviderError | None]:
    """What the reader of OpenAI's format gives for these parts, with the fault that ended it."""
    return read(OpenAIReader(ASKED, end_mark=end_mark), *parts)


@pytest.mark.parametrize("message", endings(MESSAGE), ids=["lf", "crlf", "cr", "bom"])
def test_a_message_is_read_the_same_at_every_split_in_two(message):
    for at in range(len(message) + 1):
        events, fault = play(message[:at], message[at:])
        assert fault is None
        assert (text_of(events), reasoning_of(events)) == (TEXT, REASONING)
        assert [event for event in events if isinstance(event, Finished)] == [FINISHED]
        assert events[-1] == FINISHED


@pytest.mark.parametrize("message", endings(MESSAGE), ids=["lf", "crlf", "cr", "bom"])
def test_a_message_is_read_the_same_byte_by_byte(message):
    events, fault = play(*(message[i : i + 1] for i in range(len(message))))
    assert fault is None
    assert (text_of(events), events[-1]) == (TEXT, FINISHED)


@given(cuts=st.lists(st.integers(0, len(MESSAGE)), max_size=12))
def test_a_message_is_read_the_same_in_any_pieces(cuts):
    marks = [0, *sorted(cuts), len(MESSAGE)]
    events, fault = play(*(MESSAGE[a:b] for a, b in pairwise(marks)))
    assert fault is None
    assert (text_of(events), events[-1]) == (TEXT, FINISHED)


@pytest.mark.parametrize("end_mark", ["finish_reason", "both", "done"])
def test_a_message_cut_at_any_byte_is_complete_only_after_its_end_mark(end_mark: EndMark):
    reason_known = MESSAGE.index(b'"finish_reason": "stop"}]}') + len(b'"finish_reason": "stop"}]}')
    done_known = len(MESSAGE) - len(b"\n\n")
    complete_from = reason_known if end_mark == "finish_reason" else done_known
    for at in range(len(MESSAGE) + 1):
        events, fault = play(MESSAGE[:at], end_mark=end_mark)
        assert TEXT.startswith(text_of(events))
        if at < complete_from:
            assert isinstance(fault, StreamCutError), at
            assert not any(isinstance(event, Finished) for event in events)
        else:
            assert fault is None, at
            assert isinstance(events[-1], Finished)


def test_done_without_a_reason_is_a_cut_message_unless_the_endpoint_is_known_to_give_none():
    stream = chunk({"content": "Half"}) + DONE
    events, fault = play(stream)
    assert text_of(events) == "Half"
    assert isinstance(fault, StreamCutError)
    events, fault = play(stream, end_mark="done")
    assert fault is None
    assert events[-1] == Finished(reason="stop", model_name="a-model-0613")


def test_an_empty_stream_is_a_cut_message():
    assert isinstance(play(b"")[1], StreamCutError)
    assert isinstance(play(DONE)[1], StreamCutError)


def test_the_reader_says_when_only_token_counts_can_still_come():
    reader = OpenAIReader(ASKED)
    reader.feed(chunk({"content": "Hi"}))
    assert not reader.ended
    reader.feed(chunk({}, finish="stop"))
    assert reader.ended
    assert not reader.complete
    reader.feed(DONE)
    assert reader.complete


@pytest.mark.parametrize("told", [-1, 1 << 31, 10**30])
def test_a_count_of_tokens_that_cannot_be_one_is_unknown(told):
    events, _ = play(chunk({"content": "Hi"}, finish="stop"), chunk(usage={"prompt_tokens": told}), DONE)
    assert events[-1].input_tokens is None


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("stop", "stop"),
        ("length", "length"),
        ("content_filter", "refused"),
        ("tool_calls", "other"),
        ("weird", "other"),
    ],
)
def test_the_reason_is_told_in_our_words(given, reason):
    assert play(chunk({"content": "x"}, finish=given) + DONE)[0][-1].reason == reason


def test_a_refusal_is_text_that_ends_as_refused():
    events, _ = play(chunk({"refusal": "I cannot "}) + chunk({"refusal": "do that."}) + chunk({}, finish="stop") + DONE)
    assert text_of(events) == "I cannot do that."
    assert events[-1].reason == "refused"


def test_text_in_typed_parts_is_read():
    parts = [
        {"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]},
        {"type": "text", "text": "Yes."},
        {"type": "reference", "reference_ids": [1]},
    ]
    events, _ = play(chunk({"content": parts}, finish="stop") + DONE)
    assert (reasoning_of(events), text_of(events)) == ("Hm.", "Yes.")


def test_only_the_first_of_several_choices_is_read():
    both = {"choices": [{"index": 1, "delta": {"content": "no"}}, {"index": 0, "delta": {"content": "yes"}}]}
    events, _ = play(b"data: " + json.dumps(both).encode() + b"\n\n" + chunk({}, finish="stop") + DONE)
    assert text_of(events) == "yes"


def test_text_that_came_together_is_given_together():
    reader = OpenAIReader(ASKED)
    assert reader.feed(b"".join(chunk({"content": word}) for word in ("a", "b", "c"))) == [TextDelta(text="abc")]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ({"message": "The server had an error", "type": "server_error"}, ProviderUnavailableError),
        ({"message": "Rate limit reached for a-model", "code": "rate_limit_exceeded"}, RateLimitedError),
        ({"message": "You exceeded your current quota", "code": "insufficient_quota"}, QuotaExceededError),
        ({"message": "too long", "code": "context_length_exceeded"}, ContextTooLongError),
        ("plain words", ProviderUnavailableError),
    ],
)
def test_an_error_inside_the_stream_is_raised_after_the_text_before_it(error, expected):
    stream = chunk({"content": "So far"}) + b"data: " + json.dumps({"error": error}).encode() + b"\n\n" + DONE
    for at in range(len(stream) + 1):
        events, fault = play(stream[:at], stream[at:])
        assert text_of(events) == "So far"
        assert isinstance(fault, expected)
    assert "plain words" not in str(fault)
    assert "current quota" not in str(fault)


def test_an_error_in_a_field_of_its_own_is_raised():
    events, fault = play(chunk({"content": "So far"}) + b'error: {"code":500,"message":"slot failed"}\n\n')
    assert text_of(events) == "So far"
    assert isinstance(fault, ProviderUnavailableError)


@pytest.mark.parametrize(
    "broken",
    [
        b"data: {not json}\n\n",
        b'data: {"choices": 5}\n\n',
        b'data: {"choices": [{"delta": {"content": "\xff\xfe"}}]}\n\n',
        b"data: \xff\n\n",
        b"data: " + b"[" * 100_000 + b"\n\n",
    ],
    ids=["json", "shape", "utf8", "bytes", "deep"],
)
def test_a_broken_event_is_malformed_and_what_came_before_is_kept(broken):
    events, fault = play(chunk({"content": "Before"}) + broken + chunk({"content": "after"}))
    assert text_of(events) == "Before"
    assert isinstance(fault, StreamMalformedError)


@pytest.mark.parametrize("start", [b"", b"data: "])
def test_a_line_without_end_does_not_fill_the_memory(start):
    parts = (b"x" * 1000 for _ in range(LINE_LIMIT_BYTES // 1000 + 2))
    _, fault = play(start, *parts)
    assert isinstance(fault, StreamMalformedError)


def test_an_event_of_endless_lines_does_not_fill_the_memory():
    parts = (b"data: " + b"x" * 1000 + b"\n" for _ in range(LINE_LIMIT_BYTES // 1000 + 2))
    _, fault = play(*parts)
    assert isinstance(fault, StreamMalformedError)


def test_events_that_are_not_set_apart_by_blank_lines_are_read():
    stream = (chunk({"content": "a"}) + chunk({"content": "b"}) + chunk({}, finish="stop") + DONE).replace(
        b"\n\n", b"\n"
    )
    events, fault = play(stream)
    assert fault is None
    assert text_of(events) == "ab"


def test_an_event_over_several_lines_is_read():
    body = json.dumps(json.loads(chunk({"content": "spread"}, finish="stop")[6:]), indent=1)
    lines = b"".join(b"data: " + line.encode() + b"\n" for line in body.splitlines())
    events, fault = play(b"event: message\nid: 1\n" + lines + b"\n")
    assert fault is None
    assert text_of(events) == "spread"


def test_data_after_the_end_is_ignored():
    events, fault = play(MESSAGE, b"data: {broken\n\n", MESSAGE)
    assert fault is None
    assert text_of(events) == TEXT


def test_an_answer_in_one_piece_is_read():
    whole = {
        "model": "m",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "All."}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 1, "completion_tokens": 2},
    }
    events = OpenAIReader(ASKED).read_whole(json.dumps(whole, indent=2).encode())
    assert events == [
        TextDelta(text="All."),
        Finished(reason="stop", model_name="m", input_tokens=1, output_tokens=2),
    ]


@given(st.binary(max_size=400))
def test_any_bytes_give_text_or_a_named_fault(data):
    events, fault = play(b"data: ", data, b"\n\n", data)
    assert fault is not None or isinstance(events[-1], Finished)


@given(st.text(max_size=50).filter(lambda text: text.isprintable()))
def test_any_text_is_read_as_it_was_sent(text):
    body = msgspec.json.encode({"choices": [{"delta": {"content": text}, "finish_reason": "stop"}]})
    events, fault = play(b"data:" + body + b"\n\n")
    assert fault is None
    assert text_of(events) == text
