"""Drafts: what is written in a conversation, or for a new one of an Experience, and not sent yet.

A draft is saved over and over while it is written: nobody is told of it, nothing of it is audited, and no answer that
holds it is kept for a request that comes again.
"""

from datetime import datetime

from workbench.clock import utc_now
from workbench.conversations.records import SavedDraft
from workbench.conversations.service import LONGEST_TEXT
from workbench.errors import InvalidInputError
from workbench.storage.database import Database, Transaction
from workbench.storage.register import OWNER_ID


class Drafts:
    """A home's drafts. `place_id` is the id of a conversation, or of an Experience: for its next new conversation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, place_id: str) -> SavedDraft:
        """What is written there; empty if nothing is."""
        rows = self._database.read("SELECT text, updated_at FROM drafts WHERE place_id = ?", (place_id,))
        return SavedDraft(text=rows[0][0], updated_at=rows[0][1]) if rows else SavedDraft()

    def save(self, place_id: str, text: str, *, experience_id: str) -> SavedDraft:
        """Keep `text` in place of what was written there; an empty one removes it.

        Raises InvalidInputError if it is longer than a question may be; what was kept then stays.
        """
        cleaned, now = _cleaned(text), utc_now()
        if not cleaned:
            self.remove(place_id)
            return SavedDraft()
        self._database.write(lambda tx: _put(tx, place_id, cleaned, experience_id=experience_id, at=now))
        return SavedDraft(text=cleaned, updated_at=now)

    def remove(self, place_id: str) -> None:
        """Keep nothing there; where nothing is, nothing changes."""
        self._database.write(lambda tx: tx.execute("DELETE FROM drafts WHERE place_id = ?", (place_id,)))


def _put(tx: Transaction, place_id: str, text: str, *, experience_id: str, at: datetime) -> None:
    changed = tx.execute("UPDATE drafts SET text = ?, updated_at = ? WHERE place_id = ?", (text, at, place_id))
    if changed == [(0,)]:
        tx.execute(
            "INSERT INTO drafts (place_id, owner_id, experience_id, text, updated_at) VALUES (?, ?, ?, ?, ?)",
            (place_id, OWNER_ID, experience_id, text, at),
        )


def _cleaned(text: str) -> str:
    cleaned = text.encode("utf-8", "replace").decode().replace("\x00", "�")
    if len(cleaned) > LONGEST_TEXT:
        raise InvalidInputError(
            f"The draft has {len(cleaned):,} characters; the longest allowed has {LONGEST_TEXT:,}.",
            remedy="Shorten it, or send it in pieces.",
        )
    return cleaned
