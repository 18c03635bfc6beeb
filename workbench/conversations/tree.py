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


def by_id(messages: "Sequence[Message]") -> "dict[str, Message]":
    """The messages under their ids."""
    return {message.id: message for message in messages}


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
