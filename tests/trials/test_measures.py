import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.trials.measures import measure, sentences, words


def test_words_and_sentences_are_counted_as_a_reader_would():
    assert words("Don't re-read it: 3.5 ≠ x_1") == ["Don't", "re-read", "it", "3", "5", "x", "1"]
    assert len(words("日本語です")) == 5
    assert sentences("Dr. Lee left, e.g. by train. Why? “No idea.” He said so!") == [
        "Dr. Lee left, e.g. by train.",
        "Why?",
        "“No idea.”",
        "He said so!",
    ]
    assert len(sentences("# Title\n- one\n- two\n\nAn end")) == 4


def test_hedges_are_counted_in_100_words():
    text = "It might perhaps work. In my opinion it is not necessarily wrong. " + "Word " * 37
    assert measure(text).hedges_per_100_words == pytest.approx(100 * 4 / 49, abs=0.01)
    assert measure("May I? The seaman, might.").hedges_per_100_words == pytest.approx(40.0)


def test_repetition_lowers_the_share_of_distinct_pairs():
    assert measure("one two three four").distinct_pairs == 1.0
    assert measure("so it is so it is so it is").distinct_pairs == pytest.approx(3 / 8, abs=0.001)
    assert measure("word").distinct_pairs == 1.0


def test_reading_ease_is_flesch_formula():
    # 6 words, 1 sentence, 6 syllables.
    assert measure("The cat sat on the mat.").reading_ease == pytest.approx(206.835 - 1.015 * 6 - 84.6, abs=0.05)
    assert measure("").reading_ease is None


def test_formatting_and_emoji_are_counted_beside_code():
    text = "# A\n\n- one\n* two\n1. three\n\n```\n# no heading\n- no item 😀\n```\n👍🏽 👩‍👩‍👧 ❤️ © 3"
    found = measure(text)
    assert (found.headings, found.list_items, found.emoji) == (1, 3, 3)


@given(st.text(max_size=500))
def test_any_text_has_measures(text):
    found = measure(text)
    assert 0 <= found.distinct_pairs <= 1
    assert found.hedges_per_100_words >= 0


def test_a_long_text_is_measured_quickly():
    assert measure("aaaa " * 40_000).words == 40_000
    assert measure("a" * 200_000).words == 1
    assert measure("`" * 100_000).words == 0
    assert measure("\n" * 100_000).sentences == 0
