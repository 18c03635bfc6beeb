"""The shape of a conversation: branches, siblings, and what a conversation is called. Nothing here reads or writes."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.conversations.records import Message

TITLE_LENGTH = 60


def branch(messages: "Mapping[str, Message]", last_id: str | None) -> "tuple[Message, ...]":
    """The messages from the beginning to `last_id`, in reading order."""
    found: list[Message] = []
    while last_id is not None and (message := messages.get(last_id)) is not None:
        found.append(message)
        last_id = message.parent_id
    return tuple(reversed(found))


def below(messages: "Sequence[Message]", id: str) -> "tuple[Message, ...]":
    """The message and everything that follows it, on every branch."""
    children = followers(messages)
    found: list[Message] = []
    waiting = [message for message in messages if message.id == id]
    while waiting:
        message = waiting.pop()
        found.append(message)
        waiting += reversed(children.get(message.id, ()))
    return tuple(found)


def newest_leaf(messages: "Sequence[Message]", id: str) -> str:
    """The end of the branch that goes on from a message, at each fork by what was written last."""
    children = followers(messages)
    while following := children.get(id):
        id = following[-1].id
    return id


def nearest(messages: "Sequence[Message]", gone: "Message") -> str | None:
    """What is shown without `gone` and what follows it: the end of the branch beside it, else what it followed.

    Of the branches beside it the one begun before it is nearer than the one after. None: nothing is left.
    """
    beside = [message for message in messages if message.parent_id == gone.parent_id]
    at = next(place for place, message in enumerate(beside) if message.id == gone.id)
    others = (*beside[:at][::-1], *beside[at + 1 :])
    return newest_leaf(messages, others[0].id) if others else gone.parent_id


def by_id(messages: "Sequence[Message]") -> "dict[str, Message]":
    """The messages under their ids."""
    return {message.id: message for message in messages}


def followers(messages: "Sequence[Message]") -> "dict[str | None, list[Message]]":
    """What follows each message directly, in the order it was written."""
    found: dict[str | None, list[Message]] = {}
    for message in messages:
        found.setdefault(message.parent_id, []).append(message)
    return found


def latest_of_each(messages: "Sequence[Message]", question_id: str) -> "tuple[Message, ...]":
    """The replies to a question that can be compared: of each model the latest one, in the order the models came in.

    What merges replies is none of those.
    """
    replies = (m for m in messages if m.parent_id == question_id and m.author == "assistant" and not m.merged_from)
    return tuple({reply.model: reply for reply in replies}.values())  # a later one takes the earlier one's place


def title_of(question: str) -> str:
    """What a conversation is called after its first question: its first line, cut at a word."""
    line = next((line.strip() for line in question.splitlines() if line.strip()), "")
    line = " ".join(line.split())
    if len(line) <= TITLE_LENGTH:
        return line
    cut = line[:TITLE_LENGTH]
    return f"{cut[: cut.rfind(' ')] if ' ' in cut[20:] else cut}…"
