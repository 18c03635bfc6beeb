"""Which sentences are picked, and that nothing else is."""

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.memory import summaries

SKY = """The sky is blue because air scatters blue light more than red light. I had toast this morning.
This scattering of light by air is called Rayleigh scattering. Scattering grows with the fourth power of the
frequency, so blue light is scattered more. My cat is called Tom."""


def picked(texts, count):
    return [one.text for one in summaries.key_sentences(texts, count)]


def test_what_a_text_is_about_is_picked_before_what_it_mentions():
    found = picked([SKY], 2)
    assert len(found) == 2
    assert all("scatter" in text for text in found)


def test_nothing_is_picked_twice_in_other_words_or_out_of_order():
    texts = [
        "Blue light is scattered more than red light by air.",
        "By air, blue light is scattered more than red light.",
    ]
    assert picked(texts, 5) == texts[:1]
    found = summaries.key_sentences([SKY, "Mars has a red sky because of the dust in its thin air."], 3)
    assert [one.source for one in found] == sorted(one.source for one in found)


def test_code_headings_and_bullets_are_not_sentences():
    text = (
        "# Loops\nA loop\nrepeats.\n\n- Use a loop to add the numbers.\n\n"
        "```python\nsecret_call(1, 2, 3, 4)\n```\n1. Then print the sum."
    )
    assert summaries.sentences(text) == [
        "Loops",
        "A loop repeats.",
        "Use a loop to add the numbers.",
        "Then print the sum.",
    ]
    assert summaries.sentences("before\n```\nnever closed") == ["before"]


def test_other_scripts_have_sentences_too():
    text = "空が青いのは光が散乱されるからです。散乱は青い光で強くなります。猫はトムといいます。"
    assert len(summaries.sentences(text)) == 3
    assert "散乱" in picked([text], 1)[0]


def test_nothing_comes_of_nothing():
    assert picked([], 3) == []
    assert picked(["", "```\ncode\n```", "…"], 3) == []
    assert picked(["Yes."], 3) == ["Yes."]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=300), max_size=6), st.integers(0, 5))
def test_it_gives_at_most_what_was_asked_for_and_the_same_each_time(texts, count):
    found = summaries.key_sentences(texts, count)
    assert len(found) <= count
    assert found == summaries.key_sentences(texts, count)
    assert all(0 <= one.source < len(texts) for one in found)


def test_a_great_deal_of_text_takes_no_more_than_a_moment():
    texts = [" ".join(f"Word{n * 7 % 997} meets word{n * 13 % 991} in place {n}." for n in range(3000))] * 3
    began = time.process_time()
    assert len(picked(texts, 5)) == 5
    assert time.process_time() - began < 5
