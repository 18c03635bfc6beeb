"""What models ask of tools, in each wire format."""

import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.providers.reading import read, text_of
from workbench.errors import StreamCutError, StreamMalformedError
from workbench.providers.faults import Asked
from workbench.providers.records import Finished, StreamEvent, ToolCall
from workbench.providers.wire import AnthropicReader, GeminiReader, OpenAIReader, Reader

ASKED = Asked(provider="somewhere", model="a-model")
ARGUMENTS = {"city": "Zürich", "days": 3}
WEATHER, TIME = ToolCall(name="weather", arguments=json.dumps(ARGUMENTS, ensure_ascii=False)), ToolCall(name="time")
HALF = len(WEATHER.arguments) // 2


def sent(*events: dict[str, object]) -> bytes:
    return b"".join(b"data: " + json.dumps(each, ensure_ascii=False).encode() + b"\n\n" for each in events)


def delta(finish: str | None = None, **rest: object) -> dict[str, object]:
    return {"choices": [{"index": 0, "delta": rest, "finish_reason": finish}]}


def piece(index: int | None, name: str | None, arguments: str | None) -> dict[str, object]:
    function = {"name": name, "arguments": arguments}
    return {"index": index, "function": {key: told for key, told in function.items() if told is not None}}


OPENAI = sent(
    delta(content="Let me look."),
    delta(tool_calls=[piece(0, "weather", "")]),
    delta(tool_calls=[piece(0, None, WEATHER.arguments[:HALF])]),
    delta(tool_calls=[piece(1, "time", "")]),
    delta(tool_calls=[piece(0, None, WEATHER.arguments[HALF:])]),
    delta(finish="tool_calls"),
)
ANTHROPIC = sent(
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": "Let me look."}},
    {"type": "content_block_start", "index": 1, "content_block": {"type": "tool_use", "name": "weather", "input": {}}},
    {"type": "content_block_delta", "index": 1, "delta": {"partial_json": WEATHER.arguments[:HALF]}},
    {"type": "content_block_delta", "index": 1, "delta": {"partial_json": WEATHER.arguments[HALF:]}},
    {"type": "content_block_stop", "index": 1},
    {"type": "content_block_start", "index": 2, "content_block": {"type": "server_tool_use", "name": "time"}},
    {"type": "content_block_stop", "index": 2},
    {"type": "message_delta", "delta": {"stop_reason": "tool_use"}},
    {"type": "message_stop"},
)
GEMINI = sent(
    {"candidates": [{"content": {"parts": [{"text": "Let me look."}]}}]},
    {"candidates": [{"content": {"parts": [{"functionCall": {"name": "weather", "args": ARGUMENTS}}]}}]},
    {"candidates": [{"content": {"parts": [{"functionCall": {"name": "time"}}]}, "finishReason": "STOP"}]},
)


@dataclass(frozen=True)
class Format:
    reader: Callable[[], Reader]
    message: bytes


FORMATS = {
    "openai": Format(lambda: OpenAIReader(ASKED), OPENAI),
    "anthropic": Format(lambda: AnthropicReader(ASKED), ANTHROPIC),
    "gemini": Format(lambda: GeminiReader(ASKED), GEMINI),
}
each_format = pytest.mark.parametrize("wire", FORMATS.values(), ids=FORMATS)


def calls(events: list[StreamEvent]) -> list[tuple[str, object]]:
    """What is asked of tools, with its arguments read."""
    asked = [event for event in events if isinstance(event, ToolCall)]
    return [(call.name, json.loads(call.arguments) if call.arguments else None) for call in asked]


@each_format
def test_what_is_asked_of_tools_is_read_the_same_at_every_split(wire: Format) -> None:
    for at in range(len(wire.message) + 1):
        events, fault = read(wire.reader(), wire.message[:at], wire.message[at:])
        assert fault is None
        assert text_of(events) == "Let me look."
        assert calls(events) == [("weather", ARGUMENTS), ("time", None)]
        assert isinstance(events[-1], Finished)


@each_format
def test_what_came_of_it_before_a_cut_is_given_and_the_message_is_not_complete(wire: Format) -> None:
    seen = set()
    end = wire.message.rindex(b"data: ")
    for at in range(end):
        events, fault = read(wire.reader(), wire.message[:at])
        assert isinstance(fault, StreamCutError)
        assert not any(isinstance(event, Finished) for event in events)
        seen |= {event.arguments for event in events if isinstance(event, ToolCall) and event.name == "weather"}
    assert all(json.loads(whole) == ARGUMENTS for whole in seen if whole.endswith("}"))
    assert any(whole.endswith("}") for whole in seen)


def test_servers_that_leave_out_the_index_are_understood() -> None:
    whole = {"id": "a", "function": {"name": "weather", "arguments": WEATHER.arguments}}
    other = {"id": "b", "function": {"name": "time", "arguments": {}}}
    parted = [
        {"function": {"name": "weather", "arguments": WEATHER.arguments[:HALF]}},
        {"function": {"arguments": WEATHER.arguments[HALF:]}},
        {"function": {"name": "time"}},
    ]
    for stream in (
        sent(delta(tool_calls=[whole, other]), delta(finish="tool_calls")),
        sent(*(delta(tool_calls=[each]) for each in parted), delta(finish="tool_calls")),
    ):
        events, fault = read(OpenAIReader(ASKED), stream)
        assert fault is None
        assert [name for name, _ in calls(events)] == ["weather", "time"]
        assert calls(events)[0][1] == ARGUMENTS


def test_an_answer_in_one_piece_is_read() -> None:
    whole = {
        "openai": {"choices": [{"message": {"tool_calls": [piece(0, "time", "{}")]}, "finish_reason": "tool_calls"}]},
        "anthropic": {
            "type": "message",
            "content": [{"type": "tool_use", "name": "time", "input": {}}],
            "stop_reason": "tool_use",
        },
        "gemini": {
            "candidates": [{"content": {"parts": [{"functionCall": {"name": "time"}}]}, "finishReason": "STOP"}]
        },
    }
    for name, wire in FORMATS.items():
        events = wire.reader().read_whole(json.dumps(whole[name]).encode())
        assert [name for name, _ in calls(events)] == ["time"]
        assert isinstance(events[-1], Finished)


def test_what_is_asked_of_tools_does_not_fill_the_memory() -> None:
    much = [sent(delta(tool_calls=[piece(0, None, "x" * 100_000)]))] * 12
    events, fault = read(OpenAIReader(ASKED), *much)
    assert isinstance(fault, StreamMalformedError)
    assert sum(len(event.arguments) for event in events if isinstance(event, ToolCall)) <= 1_100_000
