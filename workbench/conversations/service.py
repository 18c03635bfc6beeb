"""Conversations: the tree of messages as it is read, and every change that can be made to it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from workbench.clock import new_id, utc_now
from workbench.conversations import attachments, store, tree
from workbench.conversations.records import (
    Conversation,
    ConversationChanges,
    ConversationPage,
    ConversationTree,
    Fault,
    Given,
    Message,
    Rating,
    ShapedBy,
    Tried,
    Turn,
)
from workbench.conversations.store import Part
from workbench.errors import ConflictError, InvalidInputError, NotFoundError, ReplyRunningError
from workbench.events import Changes
from workbench.providers import ledger
from workbench.providers.ledger import About, Call
from workbench.providers.records import Parameter
from workbench.security import audit
from workbench.storage.database import Database, Reader, Transaction

LONGEST_TEXT = 1_000_000
LONGEST_TITLE = 200
LONGEST_NOTE = 2_000
LARGEST_PAGE = 500
INTERRUPTED = Fault(
    code="interrupted",
    message="The Workbench was stopped while this was being written.",
    remedy="Continue it, or try again.",
)

Note = Callable[[Transaction], None]
"""Writes down what belongs to a change, in its own transaction."""


class Conversations:
    """All of a home's conversations."""

    def __init__(self, database: Database, changes: Changes) -> None:
        self._database = database
        self._changes = changes

    def page(self, experience_id: str | None = None, *, limit: int = 50, cursor: str | None = None) -> ConversationPage:
        """A page of conversations, the one changed last first. `limit` is held to 1…500."""
        return store.page(self._database.read, experience_id, max(1, min(limit, LARGEST_PAGE)), cursor)

    def get(self, id: str) -> Conversation:
        """One conversation. Raises NotFoundError."""
        return store.get(self._database.read, id)

    def tree(self, id: str) -> ConversationTree:
        """A conversation with every branch. Raises NotFoundError."""
        return ConversationTree(conversation=store.get(self._database.read, id), messages=self.messages(id))

    def messages(self, conversation_id: str) -> tuple[Message, ...]:
        """A conversation's messages, every branch, in the order they were written."""
        return store.messages(self._database.read, conversation_id)

    def message(self, id: str) -> Message:
        """One message; a running one with what has been saved of it. Raises NotFoundError."""
        found = store.message(self._database.read, id)
        return store.with_parts(self._database.read, found) if found.status == "running" else found

    def is_known(self, id: str) -> bool:
        """Whether a message has that id."""
        return store.known(self._database.read, id)

    def between(
        self, experience_id: str, since: datetime, until: datetime, *, limit: int
    ) -> tuple[tuple[Message, ...], int]:
        """The latest `limit` messages of an Experience from `since` to before `until`, in order; how many there are."""
        return store.between(self._database.read, experience_id, since, until, limit)

    def titles(self, experience_id: str, since: datetime) -> dict[str, str]:
        """The titles of an Experience's conversations that were changed since, under their ids."""
        return store.titles(self._database.read, experience_id, since)

    def reply_lengths(
        self, model: str, *, conversation_id: str | None = None, experience_id: str | None = None
    ) -> tuple[int, int, int]:
        """How many complete replies of a model there were, and the 10th and 90th percentile of their tokens.

        Of the latest 200 in the conversation, in the Experience, or in both.
        """
        return store.reply_lengths(
            self._database.read, model, conversation_id=conversation_id, experience_id=experience_id
        )

    def create(self, experience_id: str, *, title: str = "", id: str | None = None) -> Conversation:
        """A new, empty conversation; one already made under the same `id` is given back as it is."""
        now = utc_now()
        conversation = Conversation(
            id=id or new_id(),
            experience_id=experience_id,
            title=_title(title),
            created_at=now,
            updated_at=now,
            revision=1,
        )

        def insert(tx: Transaction) -> Conversation:
            known = store.find(tx.execute, conversation.id)
            if known is not None:
                return known
            store.insert(tx, conversation)
            audit.record(tx, "conversations.create", conversation.id)
            return conversation

        made = self._database.write(insert, returns=Conversation)
        self._changes.publish("conversations", made.id, "create", experience_id=made.experience_id)
        return made

    def update(self, id: str, changes: ConversationChanges, *, revision: int | None = None) -> Conversation:
        """The conversation with those fields changed; an empty title: the first question names it.

        Raises ConflictError if `revision` is given and is not the present one, NotFoundError for a head that is not
        in the conversation.
        """

        def change(tx: Transaction) -> Conversation:
            before = store.get(tx.execute, id)
            if revision is not None and revision != before.revision:
                raise ConflictError(
                    "This conversation was changed elsewhere in the meantime.", remedy="Look again, then repeat it."
                )
            cleaned = changes.copy()
            if "title" in changes:
                cleaned["title"] = _title(changes["title"]) or _own_title(tx, id)
            if "head_id" in changes:
                _message_of(tx.execute, before.id, changes["head_id"])
            after = replace(before, **cleaned)
            if after == before:
                return before
            after = replace(after, revision=before.revision + 1)
            store.replace(tx, after)
            audit.record(tx, "conversations.update", id, {"revision": after.revision})
            return after

        changed = self._database.write(change, returns=Conversation)
        self._changes.publish("conversations", id, "update", experience_id=changed.experience_id)
        return changed

    def attachment(self, message_id: str, number: int) -> Given:
        """What was given with a question, counted from 0, with its data. Raises NotFoundError."""
        store.message(self._database.read, message_id)
        given = store.given(self._database.read, message_id)
        if not 0 <= number < len(given):
            raise NotFoundError("Nothing of that number was given with this message.", remedy="Open the chat again.")
        return given[number]

    def given(self, message_id: str, *, within: str | None = None) -> tuple[Given, ...]:
        """All that was given with a question. Raises NotFoundError if it is not in the conversation `within`."""
        if within is not None:
            _message_of(self._database.read, within, message_id)
        return store.given(self._database.read, message_id)

    def ask(
        self,
        question: Message,
        reply: Message,
        given: Sequence[Given] = (),
        *,
        beside: Sequence[Message] = (),
        note: Note = lambda _: None,
    ) -> Turn:
        """Save a question, what is given with it and the running reply, in one step, and in it what `note` writes.

        `beside` are the replies of other models that are asked at once; the branch that is shown ends with `reply`.
        A repeated one is given back as it is. What is given has been through `attachments.clean`.
        `question.parent_id` is the message it follows. Raises ReplyRunningError if that one is still being written,
        ConflictError if an id is that of another message.
        """
        asked = replace(question, attachments=tuple(attachments.attachment(each) for each in given))
        replies = (reply, *beside)
        ids = [question.id, *(each.id for each in replies)]

        def insert(tx: Transaction) -> Turn:
            if len(set(ids)) < len(ids):
                raise _id_taken()
            if store.known(tx.execute, *ids):
                return _same_turn(tx, question, replies)
            if question.parent_id is not None:
                _refuse_running(_message_of(tx.execute, question.conversation_id, question.parent_id))
            first, *others = _in_order(tx, asked, *replies)
            store.insert_messages(tx, first, *others)
            store.insert_given(tx, first, given)
            title = tree.title_of(question.text)
            at = others[0].updated_at
            store.advance(tx, question.conversation_id, reply.id, added=len(ids), title=title, at=at)
            beside_them = {"beside": " ".join(ids[2:])} if beside else {}
            audit.record(tx, "messages.send", question.id, {"reply": reply.id, **beside_them})
            note(tx)
            return Turn(message=first, reply=others[0], beside=tuple(others[1:]))

        turn = self._database.write(insert, returns=Turn)
        for each in turn.replies:
            self._announce(each, "send")
        return turn

    def begin_sibling(self, reply: Message, *, note: Note = lambda _: None) -> Message:
        """Save a running reply beside an earlier one, whose `parent_id` it shares; a repeated one is given back.

        With `merged_from` it merges others. `note` writes in the same step.

        Raises ConflictError if its id is that of another message, NotFoundError if the question is gone.
        """
        action = "merge" if reply.merged_from else "retry"

        def insert(tx: Transaction) -> Message:
            known = store.find_message(tx.execute, reply.id)
            if known is not None and known.parent_id == reply.parent_id:
                return known
            if known is not None:
                raise _id_taken()
            _message_of(tx.execute, reply.conversation_id, reply.parent_id or "")
            (begun,) = _in_order(tx, reply)
            store.insert_messages(tx, begun)
            store.advance(tx, begun.conversation_id, begun.id, added=1, title="", at=begun.updated_at)
            merged = {"of": " ".join(reply.merged_from)} if reply.merged_from else {}
            audit.record(tx, f"messages.{action}", reply.id, {**merged})
            note(tx)
            return begun

        saved = self._database.write(insert, returns=Message)
        self._announce(saved, action)
        return saved

    def resume(
        self,
        id: str,
        *,
        model: str,
        model_name: str,
        provider: str,
        unsent: tuple[Parameter, ...] = (),
        verified: bool = True,
        personality: ShapedBy | None = None,
        prompt: ShapedBy | None = None,
        note: Note = lambda _: None,
    ) -> Message:
        """Set a reply that did not end well running again, its text kept, by the same model or by another.

        `unsent` is what this model is not sent, `personality` and `prompt` what shapes the rest. `note` writes in the
        same step.

        Raises ReplyRunningError if it runs, InvalidInputError if it is complete or not a reply.
        """

        def restart(tx: Transaction) -> Message:
            before = store.message(tx.execute, id)
            if before.author != "assistant" or before.status == "complete":
                raise InvalidInputError(
                    "Only a reply that was stopped or interrupted can be continued.", remedy="Try again instead."
                )
            _refuse_running(before)
            after = replace(
                before,
                status="running",
                fault=None,
                model=model,
                model_name=model_name,
                provider=provider,
                unsent=unsent,
                verified=verified,
                personality=personality,
                prompt=prompt,
                tried=before.tried if before.model in (None, model) else (*before.tried, _left(before)),
                updated_at=_now_after(before),
            )
            store.replace_message(tx, after)
            audit.record(tx, "messages.continue", id)
            note(tx)
            return after

        resumed = self._database.write(restart, returns=Message)
        self._announce(resumed, "continue")
        return resumed

    def append_parts(self, parts: Sequence[Part], calls: Sequence[Call] = ()) -> None:
        """Keep what has arrived of running replies, and the calls that have ended."""
        now = utc_now()

        def append(tx: Transaction) -> None:
            if parts:
                store.append_parts(tx, parts, now)
            ledger.add(tx, calls)

        self._database.write(append)

    def finish(self, reply: Message, calls: Sequence[Call] = ()) -> Message:
        """Fold a reply that has ended into its message, and write down the calls that it took."""
        ended = replace(reply, updated_at=_now_after(reply))

        def fold(tx: Transaction) -> None:
            store.replace_message(tx, ended)
            store.touch(tx, ended.conversation_id, ended.updated_at)
            ledger.add(tx, calls)
            audit.record(tx, "messages.finish", ended.id, {"status": ended.status})

        self._database.write(fold)
        self._announce(ended, "finish")
        return ended

    def stop(self, id: str) -> Message:
        """End a reply that was saved as running and that nobody writes; one that has ended is given back as it is."""

        def end(tx: Transaction) -> Message:
            before = store.message(tx.execute, id)
            if before.status != "running":
                return before
            after = replace(store.with_parts(tx.execute, before), status="stopped", updated_at=_now_after(before))
            store.replace_message(tx, after)
            audit.record(tx, "messages.stop", id)
            return after

        stopped = self._database.write(end)
        self._announce(stopped, "stop")
        return stopped

    def rate(self, id: str, rating: Rating | None = None, *, note: str | None = None) -> Message:
        """A reply with your thumb and your note; of either, None leaves what is there, and an empty note is none.

        Raises InvalidInputError for a question, a note that is too long, or one without a thumb; ReplyRunningError.
        """
        cleaned = None if note is None else _note(note)

        def rated(before: Message) -> tuple[Rating | None, str]:
            thumb = rating or before.rating
            if thumb is None:
                raise InvalidInputError(
                    "A note goes with a thumb, and this reply has none.", remedy="Give one with it."
                )
            return thumb, before.rating_note if cleaned is None else cleaned

        return self._rated(id, rated, "rate")

    def remove_rating(self, id: str) -> Message:
        """A reply without thumb and note. Raises InvalidInputError, ReplyRunningError, NotFoundError."""
        return self._rated(id, lambda _: (None, ""), "remove_rating")

    def _rated(self, id: str, rated: Callable[[Message], tuple[Rating | None, str]], action: str) -> Message:
        """A reply with the thumb and the note that come of what it was; what changes nothing is not written."""

        def write(tx: Transaction) -> Message:
            before = store.message(tx.execute, id)
            if before.author != "assistant":
                raise InvalidInputError("Only a reply can be rated, and this is a question.", remedy="Rate its reply.")
            _refuse_running(before)
            rating, note = rated(before)
            after = replace(before, rating=rating, rating_note=note)
            if after != before:
                store.rate_message(tx, id, rating, note)
                audit.record(tx, f"messages.{action}", id, {"rating": rating, "has_note": bool(note)})
            return after

        after = self._database.write(write, returns=Message)
        self._changes.publish("messages", id, "rate", experience_id=after.experience_id)
        return after

    def put_back(
        self, tx: Transaction, id: str, *, part: Literal["text", "reasoning"], marker: str, place: int, taken: str
    ) -> None:
        """Let `taken` stand again in a reply where the `place`th marker of its kind stands, from 0.

        Raises InvalidInputError where it does not, ReplyRunningError, NotFoundError.
        """
        before = store.message(tx.execute, id)
        _refuse_running(before)
        pieces = str(getattr(before, part)).split(marker)
        if not 0 <= place < len(pieces) - 1:
            raise InvalidInputError("The reply no longer holds it.", remedy="Look at the reply again.")
        whole = f"{marker.join(pieces[: place + 1])}{taken}{marker.join(pieces[place + 1 :])}"
        store.set_text(tx, before, **{part: whole})

    def recover(self) -> int:
        """Mark what was running when the last owner ended as interrupted, with all that was saved of it; how many.

        Their calls are written down: that they had been sent is likely, and what they took nobody knows.
        """

        def interrupt(tx: Transaction) -> int:
            found = store.running(tx.execute)
            for reply in found:
                kept = store.with_parts(tx.execute, reply)
                store.replace_message(tx, replace(kept, status="interrupted", fault=INTERRUPTED))
                audit.record(tx, "messages.interrupt", reply.id)
                ledger.add(tx, (_lost_call(reply),))
            return len(found)

        return self._database.write(interrupt)

    def _announce(self, message: Message, action: str) -> None:
        self._changes.publish("messages", message.id, action, experience_id=message.experience_id)
        self._changes.publish("conversations", message.conversation_id, action, experience_id=message.experience_id)


def _left(reply: Message) -> Tried:
    """The model that a reply goes on without, and why it ended there."""
    return Tried(model=reply.model or "", code=reply.fault.code if reply.fault else reply.status)


def _lost_call(reply: Message) -> Call:
    """The call of a reply whose owner ended."""
    return Call(
        id=new_id(),
        about=About(
            purpose="continue" if reply.text else "merge" if reply.merged_from else "question",
            experience_id=reply.experience_id,
            message_id=reply.id,
        ),
        provider=reply.provider or "",
        model=reply.model or "",
        attempt=1,
        ended="interrupted",
        created_at=reply.updated_at,
    )


def clean_text(text: str) -> str:
    """A question as it is kept. Raises InvalidInputError if it is empty or longer than a million characters."""
    cleaned = text.encode("utf-8", "replace").decode().replace("\x00", "�")
    if not cleaned.strip():
        raise InvalidInputError("The message is empty.", remedy="Write something first.")
    if len(cleaned) > LONGEST_TEXT:
        raise InvalidInputError(
            f"The message has {len(cleaned):,} characters; the longest allowed has {LONGEST_TEXT:,}.",
            remedy="Send it in pieces.",
        )
    return cleaned


def _note(note: str) -> str:
    cleaned = note.encode("utf-8", "replace").decode().replace("\x00", "�").strip()
    if len(cleaned) > LONGEST_NOTE:
        raise InvalidInputError(
            f"A note has at most {LONGEST_NOTE:,} characters; this one has {len(cleaned):,}.", remedy="Shorten it."
        )
    return cleaned


def _title(title: str) -> str:
    cleaned = " ".join(title.encode("utf-8", "replace").decode().replace("\x00", " ").split())
    if len(cleaned) > LONGEST_TITLE:
        raise InvalidInputError(
            f"A title has at most {LONGEST_TITLE} characters; this one has {len(cleaned):,}.", remedy="Shorten it."
        )
    return cleaned


def _own_title(tx: Transaction, id: str) -> str:
    asked = store.first_question(tx.execute, id)
    return "" if asked is None else tree.title_of(asked)


def _message_of(read: Reader, conversation_id: str, id: str) -> Message:
    found = store.message(read, id)
    if found.conversation_id != conversation_id:
        raise NotFoundError("That message is not in this conversation.", remedy="Open the conversation again.")
    return found


def _same_turn(tx: Transaction, question: Message, replies: Sequence[Message]) -> Turn:
    """The turn as it was saved when it came before. Raises ConflictError if an id is that of another message."""
    asked = store.find_message(tx.execute, question.id)
    found = [store.find_message(tx.execute, reply.id) for reply in replies]
    answers = tuple(each for each in found if each is not None and each.parent_id == question.id)
    if asked is None or len(answers) < len(replies) or asked.conversation_id != question.conversation_id:
        raise _id_taken()
    return Turn(message=asked, reply=answers[0], beside=answers[1:])


def _id_taken() -> ConflictError:
    return ConflictError("Another message has this id.", remedy="Send it under an id of its own.")


def _in_order(tx: Transaction, *messages: Message) -> tuple[Message, ...]:
    """New messages, the first one first, with times after all of their conversation, though the clock was set back."""
    latest = store.latest_time(tx.execute, messages[0].conversation_id)
    behind = timedelta() if latest is None else latest + timedelta(microseconds=1) - messages[0].created_at
    if behind <= timedelta():
        return messages
    return tuple(replace(m, created_at=m.created_at + behind, updated_at=m.updated_at + behind) for m in messages)


def _now_after(message: Message) -> datetime:
    """The time at which a message changes: never before it was written."""
    return max(utc_now(), message.created_at)


def _refuse_running(message: Message) -> None:
    if message.status == "running":
        raise ReplyRunningError("The reply is still being written.", remedy="Wait for it, or stop it first.")
