"""Versions of what a person writes and changes: each is kept whole, numbered from 1, and never altered.

A slice that has them has a table of its own for them (`statement`), whose `content` is JSON.
"""

from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from workbench.storage.database import Reader, Transaction
from workbench.storage.register import OWNER_ID, Table


class Kept(NamedTuple):
    """A version as it is kept."""

    number: int
    created_at: datetime
    note: str
    content: bytes
    """JSON."""


def statement(table: str) -> str:
    """What makes a table of versions."""
    return (
        f"CREATE TABLE {table} (item_id UUID NOT NULL, owner_id VARCHAR NOT NULL, number INTEGER NOT NULL, "
        "content VARCHAR NOT NULL, note VARCHAR NOT NULL, created_at TIMESTAMP NOT NULL)"
    )


def declared(table: str, *, slice: str) -> Table:  # noqa: A002  (what the register calls it)
    """What the register is told of a table of versions."""
    return Table(
        name=table,
        slice=slice,
        key=("item_id", "number"),
        personal=("content", "note"),
        audited=False,
        reason="A version is written with the change that made it, which is audited.",
    )


def add(
    tx: Transaction, table: str, item_id: str, number: int, content: object, *, note: str, created_at: datetime
) -> None:
    """Keep a version."""
    tx.execute(
        f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608  (the name of a table of ours)
        (item_id, OWNER_ID, number, msgspec.json.encode(content).decode(), note, created_at),
    )


def all_of(read: Reader, table: str, item_id: str) -> tuple[Kept, ...]:
    """Every version of an item, the latest first."""
    rows = read(
        f"SELECT number, created_at, note, content FROM {table} "  # noqa: S608  (the name of a table of ours)
        "WHERE item_id = TRY_CAST(? AS UUID) ORDER BY number DESC",
        (item_id,),
    )
    return tuple(_kept(row) for row in rows)


def find(read: Reader, table: str, item_id: str, number: int) -> Kept | None:
    """One version of an item; None if there is none of that number."""
    rows = read(
        f"SELECT number, created_at, note, content FROM {table} "  # noqa: S608  (the name of a table of ours)
        "WHERE item_id = TRY_CAST(? AS UUID) AND number = ?",
        (item_id, number),
    )
    return _kept(rows[0]) if rows else None


def _kept(row: tuple[Any, ...]) -> Kept:
    number, created_at, note, content = row
    return Kept(number, created_at, note, content.encode())
