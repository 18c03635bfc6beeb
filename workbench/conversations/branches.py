"""Deleting a branch of a conversation, and bringing it back.

Nothing is erased: what is deleted is hidden from conversations, from what models are sent and from the history's
views. What was spent on it stays in the ledger of calls and in the usage.
"""

from dataclasses import replace

from workbench.clock import utc_now
from workbench.conversations import deletions, store, tree
from workbench.conversations.deletions import Place
from workbench.conversations.records import BranchChange, DeletedBranch
from workbench.errors import ConflictError, ReplyRunningError
from workbench.events import Changes
from workbench.security import audit
from workbench.storage.database import Database, Reader, Transaction


class Branches:
    """The branches of a home's conversations."""

    def __init__(self, database: Database, changes: Changes) -> None:
        self._database = database
        self._changes = changes

    def deleted(self, conversation_id: str) -> tuple[DeletedBranch, ...]:
        """The branches of a conversation that were deleted, the latest first. Raises NotFoundError."""
        read = self._database.read
        found = deletions.all_of(read, store.get(read, conversation_id).id)
        firsts = ((one, store.find_message(read, one.first_id)) for one in found)
        return tuple(
            DeletedBranch(message=first, messages=one.messages, deleted_at=one.deleted_at)
            for one, first in firsts
            if first is not None
        )

    def delete(self, id: str) -> BranchChange:
        """Hide a message and all that follows it, on every branch; repeating it changes nothing.

        If what is shown goes, the end of the nearest branch beside it is shown, else what it followed; a conversation
        may be left empty. Raises ReplyRunningError if a reply in it is still being written, NotFoundError.
        """

        def hide(tx: Transaction) -> BranchChange:
            known = _place(tx.execute, id)
            if known.deleted_with == id:
                return _as_deleted(tx.execute, id, known)
            first = store.message(tx.execute, id)
            messages = store.messages(tx.execute, first.conversation_id)
            gone = tree.below(messages, id)
            if any(message.status == "running" for message in gone):
                raise ReplyRunningError("A reply in this branch is still being written.", remedy="Stop it first.")
            before = store.get(tx.execute, first.conversation_id)
            ids = [message.id for message in gone]
            now = utc_now()
            deletions.hide(tx, ids, conversation_id=before.id, head_id=before.head_id, at=now)
            after = replace(
                before,
                head_id=tree.nearest(messages, first) if before.head_id in ids else before.head_id,
                message_count=before.message_count - len(ids),
                updated_at=now,
                revision=before.revision + 1,
            )
            store.replace(tx, after)
            audit.record(tx, "messages.delete", id, {"messages": len(ids)})
            return BranchChange(message_id=id, messages=len(ids), conversation=after)

        return self._announced("delete", self._database.write(hide, returns=BranchChange))

    def restore(self, id: str) -> BranchChange:
        """Bring back what was deleted with the message, and no more; one that is there already stays as it is.

        If it was shown when it was deleted, it is shown again. Raises ConflictError if the message went with an
        earlier one, or follows one that is deleted; NotFoundError.
        """

        def bring_back(tx: Transaction) -> BranchChange:
            known = _place(tx.execute, id)
            before = store.get(tx.execute, known.conversation_id)
            if known.deleted_with is None:
                return BranchChange(message_id=id, messages=0, conversation=before)
            _refuse_without_parent(tx.execute, id, known)
            head_id = deletions.head_of(tx.execute, id, before.id)
            count = deletions.bring_back(tx, id, before.id)
            if before.head_id is None and head_id is None:
                head_id = tree.newest_leaf(store.messages(tx.execute, before.id), id)
            after = replace(
                before,
                head_id=head_id or before.head_id,
                message_count=before.message_count + count,
                updated_at=utc_now(),
                revision=before.revision + 1,
            )
            store.replace(tx, after)
            audit.record(tx, "messages.restore", id, {"messages": count})
            return BranchChange(message_id=id, messages=count, conversation=after)

        return self._announced("restore", self._database.write(bring_back, returns=BranchChange))

    def _announced(self, action: str, change: BranchChange) -> BranchChange:
        experience_id = change.conversation.experience_id
        self._changes.publish("messages", change.message_id, action, experience_id=experience_id)
        self._changes.publish("conversations", change.conversation.id, action, experience_id=experience_id)
        return change


def _place(read: Reader, id: str) -> Place:
    found = deletions.place(read, id)
    if found is None:
        raise store.no_message(id)
    return found


def _as_deleted(read: Reader, id: str, known: Place) -> BranchChange:
    """What a deletion that comes again has done already."""
    found = {each.first_id: each.messages for each in deletions.all_of(read, known.conversation_id)}
    return BranchChange(message_id=id, messages=found[id], conversation=store.get(read, known.conversation_id))


def _refuse_without_parent(read: Reader, id: str, known: Place) -> None:
    """Raise ConflictError if a message went with an earlier one, or what it follows is not there."""
    if known.deleted_with != id:
        raise ConflictError(
            "This message was deleted together with one before it.",
            remedy=f"Restore that one: `workbench branches restore {known.deleted_with}`.",
        )
    parent = known.parent_id and deletions.place(read, known.parent_id)
    if parent and parent.deleted_with is not None:
        raise ConflictError(
            "What this message follows is deleted too.",
            remedy=f"Restore that first: `workbench branches restore {parent.deleted_with}`.",
        )
