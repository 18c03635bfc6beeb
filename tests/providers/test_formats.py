"""The same messages in each format, beside what litellm makes of them."""

import json

import pytest

from workbench.providers import formats, library
from workbench.providers.endpoints import Endpoint
from workbench.providers.formats import Message, WireFormat
from workbench.providers.records import ChatRequest, Model, Turn
from workbench.providers.requests import _PROBE, RemoteRequests, _capture, _Shape

PICTURE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,aGk="}}
PDF = {"type": "file", "file": {"filename": "paper.pdf", "file_data": "data:application/pdf;base64,JVBERi0="}}
GEMINI = "https://generativelanguage.googleapis.com/v1beta"
SHAPES = (
    _Shape("openai", "https://api.openai.com/v1", "gpt-4o"),
    _Shape("anthropic", "https://api.anthropic.com", "claude-sonnet-4-5", 100),
    _Shape("anthropic", "https://api.anthropic.com", "no-such-model"),
    _Shape("gemini", GEMINI, "gemini-2.5-flash", 100),
)
OWN_WAY = _Shape("gemini", GEMINI, "no-such-model")
"""Litellm puts the system's words among the others for a model of Gemini's that it does not know."""
CONVERSATIONS: dict[str, list[Message]] = {
    "one question": [{"role": "user", "content": "Why? 🐝"}],
    "turns": [
        {"role": "user", "content": "One"},
        {"role": "assistant", "content": "Two"},
        {"role": "user", "content": "Three"},
    ],
    "neighbours": [
        {"role": "user", "content": "Unanswered"},
        {"role": "user", "content": "Again"},
        {"role": "assistant", "content": "Here"},
        {"role": "user", "content": "Go on"},
    ],
    "system": _PROBE,
    "pictures": [
        {"role": "user", "content": [{"type": "text", "text": "What?"}, PICTURE, PICTURE]},
        {"role": "assistant", "content": "A bee."},
        {"role": "user", "content": "Sure?"},
    ],
    "PDFs": [
        {"role": "user", "content": [{"type": "text", "text": "What?"}, PICTURE, PDF, PDF]},
        {"role": "assistant", "content": "A paper."},
        {"role": "user", "content": "Sure?"},
    ],
}


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: f"{shape.wire}-{shape.model_name}")
@pytest.mark.parametrize("messages", CONVERSATIONS.values(), ids=CONVERSATIONS)
def test_messages_are_placed_as_litellm_writes_them(shape: _Shape, messages: list[Message]) -> None:
    assert formats.place(shape.wire, _capture(shape, _PROBE), messages) == _capture(shape, messages)


async def test_a_model_whose_messages_litellm_writes_in_another_way_has_them_written_by_it() -> None:
    built = RemoteRequests()
    endpoint = Endpoint(provider="p", base_url=OWN_WAY.base_url, wire=OWN_WAY.wire)
    model = Model(id=f"p/{OWN_WAY.model_name}", name=OWN_WAY.model_name, provider="p", kind="gemini")
    turns = tuple(Turn(role=each["role"], text=each["content"]) for each in _PROBE)
    try:
        body = await built.body(endpoint, ChatRequest(model=model, turns=turns))
    finally:
        built.close()
    theirs = _capture(OWN_WAY, _PROBE)
    assert theirs["generationConfig"] == {"temperature": 1.0}  # which nobody asked for
    assert json.loads(body) == formats.with_temperature("gemini", theirs, None)
    assert json.loads(body) != formats.place("gemini", _capture(OWN_WAY, _PROBE), _PROBE)


@pytest.mark.parametrize("wire", ["openai", "anthropic", "gemini"])
def test_no_message_of_the_body_it_is_placed_in_is_left(wire: WireFormat) -> None:
    known = formats.place(wire, {"model": "m"}, _PROBE)
    again = formats.place(wire, known, CONVERSATIONS["one question"])
    assert "v" not in str(again.get("messages", again.get("contents")))
    assert "system" not in again
    assert "system_instruction" not in again


@pytest.mark.parametrize("shape", [*SHAPES, _Shape("gemini", GEMINI, "gemini-3.5-flash")], ids=lambda s: s.model_name)
def test_a_temperature_is_where_the_format_has_it_and_else_nowhere(shape: _Shape) -> None:
    body = _capture(shape, _PROBE)
    with_one = formats.with_temperature(shape.wire, body, 0.3)
    assert (with_one["generationConfig"] if shape.wire == "gemini" else with_one)["temperature"] == 0.3
    assert "temperature" not in json.dumps(formats.with_temperature(shape.wire, with_one, None))
    assert formats.with_temperature(shape.wire, with_one, None) == formats.with_temperature(shape.wire, body, None)


def test_the_key_is_never_given_to_litellm() -> None:
    for shape in SHAPES:
        assert library.NOT_THE_KEY not in str(_capture(shape, _PROBE))
