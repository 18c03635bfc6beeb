"""Conversations, from outside the owner."""

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, Unpack

import msgspec

from workbench.client.records import Delta, Done, ReplyEvent, Snapshot, Waiting
from workbench.client.transport import Event, Transport
from workbench.clock import new_id
from workbench.conversations.records import (
    Conversation,
    ConversationChanges,
    ConversationPage,
    ConversationTree,
    Given,
    Message,
    Rating,
    Turn,
)
from workbench.errors import OwnerLostError
from workbench.providers.estimate import Estimate

HEAD: Literal["head"] = "head"
"""As a parent: the last message of the branch that is shown."""

_TRIES = 5
_PAUSE_S = 0.3
"""A stream that breaks off is opened again so often, so long after: an owner that ends takes a moment."""


class Conversations:
    """A home's conversations."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self, experience: str | None = None, *, limit: int = 50, cursor: str | None = None) -> ConversationPage:
        """A page of conversations, of one Experience or of all, the one changed last first."""
        parameters = {"experience": experience, "limit": limit, "cursor": cursor}
        return self._transport.get("/conversations", ConversationPage, parameters)

    def get(self, id: str) -> ConversationTree:
        """A conversation with every branch. Raises NotFoundError."""
        return self._transport.get(f"/conversations/{id}", ConversationTree)

    def create(self, experience_id: str, *, title: str = "") -> Conversation:
        """A new, empty conversation."""
        body = {"id": new_id(), "experience_id": experience_id, "title": title}
        return self._transport.post("/conversations", Conversation, body)

    def update(self, id: str, *, revision: int | None = None, **changes: Unpack[ConversationChanges]) -> Conversation:
        """The conversation with another title or another branch shown."""
        body = {**changes, "revision": revision}
        return self._transport.call("PATCH", f"/conversations/{id}", Conversation, body=body)

    def send(
        self,
        conversation_id: str,
        text: str,
        *,
        parent_id: str | None = HEAD,
        model: str | None = None,
        models: Sequence[str] = (),
        reply_id: str | None = None,
        reply_ids: Sequence[str] = (),
        attachments: Sequence[Given] = (),
        given_of: str | None = None,
        over_budget: bool = False,
        allow_rules: Sequence[str] = (),
    ) -> Turn:
        """Save a question and start its reply, which runs in the owner whatever becomes of this process.

        `parent_id` is the message it follows: by default the last one shown, None for a new beginning. `reply_id` is
        an id that the caller has made for the reply. `attachments` are given with the question, after what was given
        with the message `given_of` of the same conversation.

        `models` asks 2 to 6 at once, instead of `model`: `replies` of the turn are theirs, in that order, and under
        `reply_ids` where the caller has made those.

        Raises BudgetReachedError where a budget is reached; with `over_budget`, here and below, it is sent all the
        same, which is written down. Raises RuleBlockedError where a rule forbids it, and RuleAskError where one asks
        before; with the `rules` of that error as `allow_rules`, here and below, it is sent.
        """
        body: dict[str, object] = {
            "id": new_id(),
            "text": text,
            "model": model,
            "attachments": attachments,
            "given_of": given_of,
            "over_budget": over_budget,
            "allow_rules": allow_rules,
        }
        if models:
            body |= {"models": models, "reply_ids": reply_ids or [new_id() for _ in models]}
        else:
            body["reply_id"] = reply_id or new_id()
        if parent_id != HEAD:
            body["parent_id"] = parent_id
        return self._transport.post(f"/conversations/{conversation_id}/messages", Turn, body)

    def estimate(
        self,
        conversation_id: str,
        text: str,
        *,
        parent_id: str | None = HEAD,
        model: str | None = None,
        attachments: Sequence[Given] = (),
        given_of: str | None = None,
    ) -> Estimate:
        """What the question would take and cost if it were sent so; nothing is sent, and nothing is saved."""
        body: dict[str, object] = {"text": text, "model": model, "attachments": attachments, "given_of": given_of}
        if parent_id != HEAD:
            body["parent_id"] = parent_id
        return self._transport.post(f"/conversations/{conversation_id}/estimate", Estimate, body)

    def message(self, id: str) -> Message:
        """One message; a running one with what has been saved of it."""
        return self._transport.get(f"/messages/{id}", Message)

    def attachment(self, message_id: str, number: int) -> Given:
        """What was given with a question, counted from 0, with its data. Raises NotFoundError."""
        return self._transport.get(f"/messages/{message_id}/attachments/{number}", Given)

    def stream(self, message_id: str) -> Iterator[ReplyEvent]:
        """A reply as it arrives: one Snapshot of what is there, Deltas, then Done.

        If the owner goes away in the middle, the next one is asked: another Snapshot then replaces what came before.
        """
        for tries_left in reversed(range(_TRIES)):
            try:
                yield from self._events(message_id)
            except OwnerLostError:
                if not tries_left:
                    raise
                time.sleep(_PAUSE_S)
            else:
                return

    def stop(self, message_id: str) -> Message:
        """End a running reply; what has arrived is kept."""
        return self._transport.post(f"/messages/{message_id}/stop", Message)

    def retry(
        self,
        message_id: str,
        *,
        model: str | None = None,
        over_budget: bool = False,
        allow_rules: Sequence[str] = (),
    ) -> Message:
        """Ask again: another reply to the same question, beside the first."""
        body = {"reply_id": new_id(), "model": model, "over_budget": over_budget, "allow_rules": allow_rules}
        return self._transport.post(f"/messages/{message_id}/retry", Message, body)

    def merge(
        self,
        question_id: str,
        *,
        model: str | None = None,
        replies: Sequence[str] = (),
        reply_id: str | None = None,
        over_budget: bool = False,
        allow_rules: Sequence[str] = (),
    ) -> Message:
        """Let a model merge the replies to a question: another reply beside them, `merged_from` of which names them.

        `replies` are the ids of those to merge, else of each model the latest with text. Raises InvalidInputError,
        ReplyRunningError, NotFoundError, ModelMissingError, BudgetReachedError before anything is asked.
        """
        id = reply_id or new_id()
        body = {
            "reply_id": id,
            "model": model,
            "replies": replies,
            "over_budget": over_budget,
            "allow_rules": allow_rules,
        }
        return self._transport.post(f"/messages/{question_id}/merge", Message, body)

    def resume(
        self,
        message_id: str,
        *,
        model: str | None = None,
        over_budget: bool = False,
        allow_rules: Sequence[str] = (),
    ) -> Message:
        """Let a reply that was stopped, interrupted or cut go on from where it ended, by its model or another."""
        body = {"model": model, "over_budget": over_budget, "allow_rules": allow_rules}
        return self._transport.post(f"/messages/{message_id}/continue", Message, body)

    def rate(self, message_id: str, rating: Rating | None = None, *, note: str | None = None) -> Message:
        """Say of a reply that has ended whether it was good: `up` or `down`, with a note of up to 2,000 characters.

        Of either, None leaves what is there; an empty note is none. Raises InvalidInputError, ReplyRunningError,
        NotFoundError.
        """
        return self._transport.call(
            "PUT", f"/messages/{message_id}/rating", Message, body={"rating": rating, "note": note}
        )

    def remove_rating(self, message_id: str) -> Message:
        """Take a reply's thumb and note back."""
        return self._transport.call("DELETE", f"/messages/{message_id}/rating", Message)

    def _events(self, message_id: str) -> Iterator[ReplyEvent]:
        yield from reply_events(self._transport.events(f"/messages/{message_id}/stream"))


def reply_events(events: Iterable[Event]) -> Iterator[ReplyEvent]:
    """What a stream says of a reply: one Snapshot, Deltas, Done. Raises OwnerLostError where it ends before that."""
    for event in events:
        if event.name == "snapshot":
            yield Snapshot(message=msgspec.json.decode(event.data, type=Message))
        elif event.name == "delta":
            yield msgspec.json.decode(event.data, type=Delta)
        elif event.name == "waiting":
            yield msgspec.json.decode(event.data, type=Waiting)
        elif event.name == "done":
            yield Done(message=msgspec.json.decode(event.data, type=Message))
            return
    raise OwnerLostError("The Workbench's own process ended in the middle of a stream.", remedy="Open it again.")
