"""The audit log: one row for each change, in the change's own transaction, chained by hashes.

A row's hash covers the row before it, so that a row taken out or altered later is found by `verify`.
"""

from hashlib import sha256

import msgspec

from workbench.clock import utc_now
from workbench.storage.caller import caller
from workbench.storage.database import Database, Transaction
from workbench.storage.migrations import Migration
from workbench.storage.register import Table

FIRST_HASH = "0" * 64

MIGRATIONS = (
    Migration(
        slice="audit",
        number=1,
        statements=(
            """CREATE TABLE audit (
                number BIGINT NOT NULL, created_at TIMESTAMP NOT NULL, actor VARCHAR NOT NULL,
                action VARCHAR NOT NULL, record_id VARCHAR NOT NULL, detail VARCHAR NOT NULL,
                hash VARCHAR NOT NULL)""",
        ),
    ),
)
TABLES = (
    Table(
        name="audit",
        slice="audit",
        key=("number",),
        personal=("record_id", "detail"),
        audited=False,
        reason="It is the audit log.",
    ),
)

Detail = dict[str, str | int | bool | None]


def record(tx: Transaction, action: str, record_id: str, detail: Detail | None = None) -> None:
    """Write that `action` (`noun.verb`) was done to a record. `detail` names what changed, never a secret or a text."""
    number, before = tx.notes.get("audit") or _last(tx)
    number += 1
    row = (utc_now(), caller.get().actor, action, record_id, msgspec.json.encode(detail or {}).decode())
    hash_ = _hash(before, number, row[0].isoformat(timespec="microseconds"), *row[1:])
    tx.log("audit", (number, *row, hash_))
    tx.notes["audit"] = (number, hash_)


def verify(database: Database) -> int | None:
    """The number of the first row that does not follow from the one before it; None if the chain is whole."""
    before = FIRST_HASH
    expected = 1
    for number, at, *rest, found in database.read("SELECT * FROM audit ORDER BY number"):
        if number != expected or found != _hash(before, number, at.isoformat(timespec="microseconds"), *rest):
            return expected
        before, expected = found, expected + 1
    return None


def _last(tx: Transaction) -> tuple[int, str]:
    rows = tx.execute("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1")
    return rows[0] if rows else (0, FIRST_HASH)


def _hash(before: str, *values: object) -> str:
    return sha256(msgspec.json.encode([before, *values])).hexdigest()
