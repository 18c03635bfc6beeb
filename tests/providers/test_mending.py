"""JSON that was cut, at every byte of it."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.providers.test_wire import ASKED
from workbench.providers.records import TextDelta
from workbench.providers.wire import AnthropicReader, GeminiReader, OpenAIReader
from workbench.providers.wire.mending import closed

TEXT = 'Café "quoted" \\ 🐝\nend'
ANSWERS = {
    "openai": (OpenAIReader, {"id": 1, "choices": [{"finish_reason": "stop", "message": {"content": TEXT}}], "x": 1.5}),
    "anthropic": (
        AnthropicReader,
        {"type": "message", "stop_reason": "end_turn", "content": [{"type": "text", "text": TEXT}], "usage": {}},
    ),
    "gemini": (GeminiReader, {"candidates": [{"finishReason": "STOP", "content": {"parts": [{"text": TEXT}]}}]}),
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), JSON, min_size=1), st.data(), st.booleans())
@example({"a": "\ud83d\udc1d"}, None, True)
def test_the_beginning_of_any_document_is_closed_to_a_document(document, data, ascii_only):
    body = json.dumps(document, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    cuts = range(1, len(body)) if data is None else [data.draw(st.integers(1, len(body) - 1))]
    for cut in cuts:
        assert isinstance(json.loads(closed(body[:cut])), dict)


@pytest.mark.parametrize("body", [b"", b"x", b"7", b'"text', b"{}", b'{"a": 1} more', b"]", b'{"a": 1]'])
def test_what_is_no_beginning_is_left_alone(body):
    assert closed(body) is None


@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("wire", ANSWERS)
def test_cut_at_any_byte_an_answer_keeps_its_text_and_is_never_complete(wire, ascii_only):
    reader, answer = ANSWERS[wire]
    body = json.dumps(answer, ensure_ascii=ascii_only).encode()
    texts = []
    for cut in range(len(body)):
        events = reader(ASKED).read_cut(body[:cut])
        assert all(isinstance(event, TextDelta) for event in events)
        texts.append("".join(event.text for event in events))
    assert all(TEXT.startswith(text) for text in texts)
    assert texts == sorted(texts, key=len)
    assert {*texts} == {TEXT[:length] for length in range(len(TEXT) + 1)}


def test_a_long_answer_is_closed_at_once():
    body = json.dumps({"choices": [{"message": {"content": "word " * 1_000_000}}]}).encode()
    assert len(json.loads(closed(body[:-10]))["choices"][0]["message"]["content"]) > 4_999_000
