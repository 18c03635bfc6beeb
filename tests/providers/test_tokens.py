"""Tokens counted on this machine. What is expected of the encodings are ids that OpenAI has published."""

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from workbench.providers import tokens as module
from workbench.providers.counting import counting
from workbench.providers.tokens import Tokens

WORDS = st.lists(st.text(alphabet="ab Z9é中'\n\t_.^", min_size=1, max_size=12), min_size=1, max_size=40).map(" ".join)


@pytest.mark.parametrize(
    ("encoding", "text", "count"),
    [("o200k_base", "hello world", 2), ("cl100k_base", "tiktoken is great!", 6), ("o200k_base", "", 0)],
)
def test_a_text_has_as_many_tokens_as_openai_says(encoding, text, count):
    assert Tokens().count(text, encoding) == count


@settings(deadline=None, max_examples=60)
@given(text=WORDS)
@example(text=". 99999999999. 9999  ")
def test_words_counted_in_pieces_are_as_many_as_counted_at_once(text):
    whole = module._encoding("o200k_base")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_PIECE", 20)
        pieces = list(module._pieces(text))
    assert "".join(pieces) == text
    cuts_at_words = all(
        before[-1].isalnum() and after[0] == " " and after[1:2].isalnum() for before, after in pairwise(pieces)
    )
    if cuts_at_words:
        assert sum(len(whole.encode_ordinary(piece)) for piece in pieces) == len(whole.encode_ordinary(text))


@pytest.mark.parametrize("letter", [" ", "^", "a", "\n", "\ud800"])
def test_a_million_times_the_same_letter_is_counted(letter):
    assert 0 < Tokens().count(letter * 1_000_000, "o200k_base") <= 1_000_000


def test_without_its_file_an_encoding_is_not_to_be_had_and_nothing_is_fetched(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "_folder", lambda: tmp_path)
    module._loaded.cache_clear()
    try:
        assert Tokens().count("hello", "o200k_base") is None
        file, _ = module._FILES["o200k_base"]
        (tmp_path / file).write_text("something else")
        module._loaded.cache_clear()
        assert Tokens().count("hello", "o200k_base") is None
    finally:
        module._loaded.cache_clear()


def test_counts_that_are_remembered_are_bounded(monkeypatch):
    monkeypatch.setattr(module, "_MOST_COUNTS", 3)
    tokens = Tokens()
    for number in range(10):
        tokens.count(f"text {number}", "o200k_base")
    assert len(tokens._counts) == 3


@pytest.mark.parametrize(
    ("name", "base_url", "encoding", "is_exact"),
    [
        ("gpt-4o-mini", "https://api.openai.com/v1", "o200k_base", True),
        ("gpt-4-turbo", "https://api.openai.com/v1", "cl100k_base", True),
        ("gpt-5", "https://api.openai.com/v1", "o200k_base", False),
        ("gpt-4o-mini", "https://somebody.example/v1", "o200k_base", False),
        ("claude-sonnet-4-5", "https://api.anthropic.com", "o200k_base", False),
        ("any", None, None, False),
    ],
)
def test_only_openais_own_documented_models_are_counted_exactly(name, base_url, encoding, is_exact):
    found = counting(name, base_url)
    assert (found.encoding, found.spread == 0) == (encoding, is_exact)
