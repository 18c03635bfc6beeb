"""What a model is sent: as much of the branch as fits its context window. Nothing here reads or writes."""

from collections.abc import Collection, Sequence

from workbench.chat import attached
from workbench.conversations.records import AttachmentKind, Message
from workbench.providers.records import Role, Turn

CHARACTERS_PER_TOKEN = 3.5
"""A low estimate for English prose under byte-pair encodings (about 4), so that a budget is not overrun."""
TOKENS_PER_TURN = 8
"""What a chat template puts around a turn."""
TOKENS_PER_PICTURE = 1_000
"""About what hosted models count for a picture of a page's size."""
TOKENS_PER_PDF = 20_000
"""About what hosted models count for ten pages of text and figures. How many a file has is not looked up: this only
says what else still fits."""
MOST_SHOWN_BYTES = 20 * 1024**2
"""How much of pictures and PDFs goes with one request: what is given with a question does, and some of before."""
REPLY_SHARE = 0.25
"""How much of the window is kept free for the reply."""
UNKNOWN_WINDOW_TOKENS = 32_000
"""Taken where a model's window is not known: what nearly every hosted model has."""


def turns(branch: Sequence[Message], *, shows: Collection[AttachmentKind] = ()) -> tuple[Turn, ...]:
    """A branch as turns; replies that hold nothing are left out, with the question that stayed unanswered kept.

    Of pictures and PDFs, the latest of the kinds in `shows` go along, whose data is not filled in yet; for the others
    their descriptions stand.
    """
    room_bytes = MOST_SHOWN_BYTES
    found: list[Turn] = []
    for message in reversed(branch):
        if message.text:
            found.append(attached.turn(message, shows=shows, room_bytes=room_bytes))
            room_bytes -= attached.size_bytes(found[-1], message)
    return tuple(reversed(found))


def fit(given: Sequence[Turn], window_tokens: int | None, *, instruction: str = "") -> tuple[Turn, ...]:
    """The instruction, if there is one, and the latest turns that fit beside it, beginning with a question.

    The last question is always among them.
    """
    before = instructed(instruction)
    sizes = [(turn.role, tokens(turn)) for turn in given]
    return (*before, *given[first(sizes, window_tokens, taken_tokens=sum(map(tokens, before))) :])


def instructed(instruction: str) -> tuple[Turn, ...]:
    """The turn that tells a model what to be, before all others; none for an empty instruction."""
    return (Turn(role="system", text=instruction),) if instruction else ()


def first(sizes: Sequence[tuple[Role, int]], window_tokens: int | None, *, taken_tokens: int = 0) -> int:
    """The place of the first turn that fits, of turns with so many tokens each, beside what is taken already."""
    budget = (window_tokens or UNKNOWN_WINDOW_TOKENS) * (1 - REPLY_SHARE) - taken_tokens
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
    shown = len(turn.pictures) * TOKENS_PER_PICTURE + len(turn.pdfs) * TOKENS_PER_PDF
    return text + shown + TOKENS_PER_TURN
