import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.plain import PlainStream, one_line, plain

OBEYED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
pieces = st.lists(
    st.one_of(
        st.sampled_from(
            ["\x1b", "[", "]", "31", "m", "\x07", "\x9b", "\x9d", "\x9c", "\\", "P", "0;t", "\r", "\n", "é"]
        ),
        st.text(max_size=4),
    ),
    max_size=12,
)


@pytest.mark.parametrize(
    ("given_text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x9b2Jgone", "gone"),
        ("\x1b]0;a title\x07text", "text"),
        ("\x1b]52;c;c3RvbGVu\x1b\\text", "text"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bPq#0;2\x1b\\text", "text"),
        ("\x1bctext", "text"),
        ("over\rwritten\b\x7f", "overwritten"),
        ("one\r\ntwo\tthree", "one\ntwo\tthree"),
        ("ann\u202egpj.exe", "anngpj.exe"),
        ("\u2066isolated\u2069", "isolated"),
        ("שלום\u200f مرحبا 👩‍💻", "שלום\u200f مرحبا 👩‍💻"),
        ("\x1b]never ended", "never ended"),
    ],
)
def test_control_sequences_are_removed_and_the_text_stays(given_text: str, shown: str):
    assert plain(given_text) == shown


@given(pieces)
def test_nothing_that_a_terminal_obeys_is_left(parts: list[str]):
    shown = plain("".join(parts))
    assert not OBEYED.search(shown)
    assert plain(shown) == shown


@given(pieces)
def test_a_stream_shows_the_same_wherever_it_is_cut(parts: list[str]):
    stream = PlainStream()
    assert "".join([*(stream.feed(part) for part in parts), stream.end()]) == plain("".join(parts))


def test_a_sequence_that_never_ends_does_not_hold_the_reply_back():
    stream = PlainStream()
    shown = (
        "".join(stream.feed("word ") for _ in range(5))
        + stream.feed("\x1b]")
        + "".join(stream.feed("word ") for _ in range(1000))
    )
    assert len(shown) > 4000


def test_a_cell_is_one_line():
    assert one_line("a\n\tb \x1b[1mc") == "a b c"
