"""Whatever a stream's cuts are, what is shown is the same, and what is taken out never was."""

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.corpus import ITEMS
from tests.rules.made import rule
from workbench.rules.streams import ASKED, INCOMING, SENT, StreamFilter, watch

RULES = [
    rule("words", words=("Ångström", "théâtre", "New York", "aa", "e\u0301t\u00e9"), id="1"),
    rule("pattern", text="(?:ab){1,4}c|b[ac]{2,9}|[^x]\\bz{1,3}$", id="2"),
    rule("pattern", "warn", text="ca{1,5}(?:b|$)", id="3"),
    rule("topic", words=("gambl", "ж"), id="4"),
    rule("pattern", "ask", text="a\\P{L}{0,3}\\x{1F600}", id="5"),
    rule("personal", id="6"),
    rule("secrets", id="7"),
]
BLOCKING = [*RULES, rule("pattern", "block", text="cab{2,30}\\b", id="8")]
FRAGMENTS = st.sampled_from(
    (
        *"abcxz \n@.+-/0123456789",
        "ab",
        "abc",
        "caab",
        "A\u030angstro\u0308m",
        "Ångström",
        "ångström",
        "\u0301",
        "\u0308",
        "théâtre",
        "the\u0301a\u0302tre",
        "New  York",
        "new york",
        "\ud800",
        "\udc00",
        "😀",
        "gambling",
        "жук",
        "jane@example.org",
        "+44 20 7946 0958",
        "4111 1111 1111 1111",
        "sk-",
        "password: ",
        "Tr0ub4dor&3x",
        "my name is ",
        "Jane",
        "x",
        "cabbb",
        "-----BEGIN PRIVATE KEY-----",
        "-----END PRIVATE KEY-----",
        "GB29 NWBK 6016 1331 9268 19",
        "\u200d",
        "été",
    )
)
TEXTS = st.lists(FRAGMENTS, max_size=40).map("".join)
WATCH, BLOCKS = watch(RULES, INCOMING), watch(BLOCKING, INCOMING)


def cut(text: str, cuts: list[int]) -> list[str]:
    places = sorted({0, len(text), *(at % (len(text) + 1) for at in cuts)})
    return [text[a:b] for a, b in itertools.pairwise(places)]


def through(pieces, by=WATCH):
    shown = StreamFilter(by)
    text = "".join(shown.feed(piece) for piece in pieces) + shown.finish()
    return text, shown.found, shown.is_stopped


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.lists(st.integers(0, 2_000), max_size=30), st.booleans())
def test_any_cut_of_a_stream_gives_the_same_as_the_whole(text, cuts, blocks):
    by = BLOCKS if blocks else WATCH

    assert through(cut(text, cuts), by) == through([text], by) == through(text, by)


@settings(max_examples=60, deadline=None)
@given(TEXTS)
def test_what_has_been_shown_is_a_beginning_of_what_is_shown_in_the_end(text):
    shown, whole, most = StreamFilter(WATCH), through([text])[0], max(one.pattern.longest for one in WATCH.finders)
    so_far = ""
    for piece in text:
        so_far += shown.feed(piece)
        assert whole.startswith(so_far)
        assert shown.held <= most


@pytest.mark.parametrize("size", [1, 2, 7, 16])
def test_no_cut_lets_anything_of_the_corpus_through(size):
    for item in ITEMS[::3]:
        text, found, _ = through([item.text[at : at + size] for at in range(0, len(item.text), size)])

        assert (text, found) == through([item.text])[:2]


def test_a_secret_split_over_pieces_is_never_shown_in_part():
    shown = StreamFilter(watch([rule("personal")], INCOMING))

    pieces = [shown.feed(piece) for piece in ("mail jane", ".doe@exa", "mple.org", " now")]

    assert pieces == ["mail ", "", "", "[removed: e-mail address] "]
    assert shown.finish() == "now"
    assert shown.found[0].taken == "jane.doe@example.org"


def test_a_match_is_the_longest_of_those_that_begin_first():
    by = watch([rule("pattern", text="cat|cat-fish|fish-hook")], INCOMING)

    assert through(["a cat-fi", "sh-hook"], by)[0] == "a [removed: text]-hook"


def test_overlapping_matches_of_several_rules_are_taken_out_as_one():
    by = watch([rule("words", words=("New York",), id="1"), rule("words", words=("York City",), id="2")], INCOMING)

    text, found, _ = through(["in New York", " City now"], by)

    assert text == "in [removed: word] now"
    assert [(one.rule_id, one.taken) for one in found] == [("1", "New York City"), ("2", "York City")]


def test_the_strongest_action_is_taken_where_several_find_the_same():
    by = watch([rule("words", "warn", words=("cat",), id="1"), rule("words", words=("cat",), id="2")], INCOMING)

    assert through(["a cat"], by)[0] == "a [removed: word]"


def test_a_block_ends_the_text_before_what_was_found():
    by = watch([rule("words", "block", words=("stop",))], INCOMING)

    text, found, is_stopped = through(["go on, st", "op here, secret"], by)

    assert (text, is_stopped, found[0].taken) == ("go on, ", True, "stop")


def test_a_warning_and_what_the_sender_is_asked_about_leave_the_text_as_it_is():
    text, found, _ = through(["a cat and a dog"], watch([rule("words", "ask", words=("cat",))], ASKED))

    assert text == "a cat and a dog"
    assert [one.action for one in found] == ["ask"]


def test_what_was_said_before_is_sent_without_what_a_rule_blocks():
    assert through(["a cat"], watch([rule("words", "block", words=("cat",))], SENT))[0] == "a [removed: word]"


def test_what_a_person_has_allowed_stays():
    by = watch([rule("words", "block", words=("cat",))], SENT, allowed=["words-block"])

    assert through(["a cat"], by)[0] == "a cat"


@pytest.mark.parametrize("text", ["concatenate", "cats", "caté", "cat\u0301", "_cat"])
def test_a_word_that_is_part_of_a_longer_one_is_not_found(text):
    assert through([text, "!"], watch([rule("words", words=("cat",))], INCOMING))[0] == f"{text}!"


def test_a_topic_finds_what_its_words_begin():
    by = watch([rule("topic", words=("gambl",))], INCOMING)

    assert through(["Gambling and a gam", "bler's luck"], by)[0] == "[removed: topic] and a [removed: topic] luck"


def test_an_address_of_another_host_than_those_allowed_is_taken_out():
    by = watch([rule("sources", words=("example.org",))], INCOMING)

    text, *_ = through(["See https://docs.example.org/a and https://evil-example.org/b and www.other.test"], by)

    assert text == "See https://docs.example.org/a and [removed: address] and [removed: address]"


def test_prose_is_hardly_held_back():
    words = (word + " " for word in ("the quick brown fox jumps over a lazy dog and reads its mail " * 20).split())
    shown, held = StreamFilter(WATCH), []
    for word in words:
        shown.feed(word)
        held.append(shown.held)

    assert sum(held) / len(held) < 3


def test_a_rule_that_forbids_everything_leaves_nothing_and_ends():
    text = "".join(random.Random(1).choices("abc \n😀", k=500))

    assert through(text, watch([rule("pattern", text="(?s:.)")], INCOMING))[0] == "[removed: text]" * 500
    assert through(text, watch([rule("pattern", "block", text="(?s:.)")], INCOMING))[0] == ""
