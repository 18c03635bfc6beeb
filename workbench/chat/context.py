"""What a model is sent: as much of the branch as fits its context window. Nothing here reads or writes."""

from collections.abc import Sequence

from workbench.chat import attached
from workbench.conversations.records import Message
from workbench.providers.records import Role, Turn

CHARACTERS_PER_TOKEN = 3.5
"""A low estimate for English prose under byte-pair encodings (about 4), so that a budget is not overrun."""
TOKENS_PER_TURN = 8
"""What a chat template puts around a turn."""
TOKENS_PER_PICTURE = 1_000
"""About what hosted models count for a picture of a page's size."""
MOST_PICTURE_BYTES = 20 * 1024**2
"""How much of pictures goes with one request: what is given with a question always does, and some of before."""
REPLY_SHARE = 0.25
"""How much of the window is kept free for the reply."""
UNKNOWN_WINDOW_TOKENS = 32_000
"""Taken where a model's window is not known: what nearly every hosted model has."""


def turns(branch: Sequence[Message], *, sees: bool = False) -> tuple[Turn, ...]:
    """A branch as turns; replies that hold nothing are left out, with the question that stayed unanswered kept.

    A model that sees has the latest pictures, whose data is not filled in yet; else their descriptions stand for them.
    """
    room_bytes = MOST_PICTURE_BYTES if sees else 0
    found: list[Turn] = []
    for message in reversed(branch):
        if message.text:
            found.append(attached.turn(message, room_bytes=room_bytes))
            room_bytes -= sum(message.attachments[each.number].size_bytes for each in found[-1].pictures)
    return tuple(reversed(found))


def fit(given: Sequence[Turn], window_tokens: int | None) -> tuple[Turn, ...]:
    """The latest turns that fit, beginning with a question; the last question is always among them."""
    return tuple(given[first([(turn.role, tokens(turn)) for turn in given], window_tokens) :])


def first(sizes: Sequence[tuple[Role, int]], window_tokens: int | None) -> int:
    """The place of the first turn that fits, of turns with so many tokens each."""
    budget = (window_tokens or UNKNOWN_WINDOW_TOKENS) * (1 - REPLY_SHARE)
    at, has_question = len(sizes), False
    while at:
        role, size = sizes[at - 1]
        budget -= size
        if budget < 0 and has_question:
            break
        at, has_question = at - 1, has_question or role == "user"
    while at < len(sizes) and sizes[at][0] != "user":
        at += 1
    return at


def tokens(turn: Turn) -> int:
    """An estimate of what a turn takes of the window."""
    text = round(len(turn.text) / CHARACTERS_PER_TOKEN)
    return text + len(turn.pictures) * TOKENS_PER_PICTURE + TOKENS_PER_TURN
