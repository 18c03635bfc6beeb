"""Deleted branches in the database: which messages are hidden, and by which one they come back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from workbench.storage.database import Reader, Transaction


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message stands, deleted or not."""

    conversation_id: str
    parent_id: str | None
    deleted_with: str | None
    """The first message of the branch that it was deleted with; None: it is there."""


@dataclass(frozen=True, slots=True)
class Deletion:
    """One branch that is hidden."""

    first_id: str
    messages: int
    deleted_at: datetime


def place(read: Reader, id: str) -> Place | None:
    """Where a message stands; None if there is none."""
    rows = read(
        "SELECT conversation_id::VARCHAR, parent_id::VARCHAR, deleted_with::VARCHAR FROM messages "
        "WHERE id = TRY_CAST(? AS UUID)",
        (id,),
    )
    return Place(*rows[0]) if rows else None


def all_of(read: Reader, conversation_id: str) -> tuple[Deletion, ...]:
    """A conversation's hidden branches, the one deleted last first."""
    rows = read(
        "SELECT deleted_with::VARCHAR, count(*), max(deleted_at) FROM messages "
        "WHERE conversation_id = TRY_CAST(? AS UUID) AND deleted_with IS NOT NULL GROUP BY ALL",
        (conversation_id,),
    )
    return tuple(Deletion(*row) for row in sorted(rows, key=lambda row: (row[2], row[0]), reverse=True))


def hide(tx: Transaction, ids: Sequence[str], *, conversation_id: str, head_id: str | None, at: datetime) -> None:
    """Hide messages, the first of which brings them back; `head_id` is what was shown last of the conversation."""
    tx.execute(
        """UPDATE messages SET deleted_at = ?, deleted_with = ?, was_head = (id = TRY_CAST(? AS UUID)),
           revision = revision + 1 WHERE conversation_id = ? AND id IN (SELECT unnest(?::UUID[]))""",
        (at, ids[0], head_id, conversation_id, list(ids)),
    )


def head_of(read: Reader, first_id: str, conversation_id: str) -> str | None:
    """Which message of a hidden branch was shown last when it was deleted; None: another branch was shown."""
    rows = read(
        "SELECT id::VARCHAR FROM messages WHERE conversation_id = ? AND deleted_with = ? AND was_head",
        (conversation_id, first_id),
    )
    return rows[0][0] if rows else None


def bring_back(tx: Transaction, first_id: str, conversation_id: str) -> int:
    """Show a hidden branch again; how many messages it holds."""
    changed = tx.execute(
        """UPDATE messages SET deleted_at = NULL, deleted_with = NULL, was_head = NULL, revision = revision + 1
           WHERE conversation_id = ? AND deleted_with = ?""",
        (conversation_id, first_id),
    )
    return int(changed[0][0])
