"""What a model is sent: as much of the branch as fits its context window. Nothing here reads or writes."""

from collections.abc import Sequence

from workbench.conversations.records import Message
from workbench.providers.records import Turn

CHARACTERS_PER_TOKEN = 3.5
"""A low estimate for English prose under byte-pair encodings (about 4), so that a budget is not overrun."""
TOKENS_PER_TURN = 8
"""What a chat template puts around a turn."""
REPLY_SHARE = 0.25
"""How much of the window is kept free for the reply."""
UNKNOWN_WINDOW_TOKENS = 32_000
"""Taken where a model's window is not known: what nearly every hosted model has."""


def turns(branch: Sequence[Message]) -> tuple[Turn, ...]:
    """A branch as turns; replies that hold nothing are left out, with the question that stayed unanswered kept."""
    return tuple(Turn(role=message.author, text=message.text) for message in branch if message.text)


def fit(given: Sequence[Turn], window_tokens: int | None) -> tuple[Turn, ...]:
    """The latest turns that fit, beginning with a question; the last question is always among them."""
    budget = (window_tokens or UNKNOWN_WINDOW_TOKENS) * (1 - REPLY_SHARE)
    kept: list[Turn] = []
    for turn in reversed(given):
        budget -= tokens(turn)
        if budget < 0 and any(k.role == "user" for k in kept):
            break
        kept.append(turn)
    while kept and kept[-1].role != "user":
        kept.pop()
    return tuple(reversed(kept))


def tokens(turn: Turn) -> int:
    """An estimate of what a turn takes of the window."""
    return round(len(turn.text) / CHARACTERS_PER_TOKEN) + TOKENS_PER_TURN
