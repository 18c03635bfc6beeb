"""Secrets of the person's own: keys for providers.

Each lies in the system's keyring; where there is none, in the store, encrypted a second time under the master key.
None is ever shown again: callers outside the owner get at most the last four characters.
"""

from workbench.clock import utc_now
from workbench.security import audit, keychain
from workbench.security.vault import seal, unseal
from workbench.storage.database import Database, Transaction
from workbench.storage.migrations import Migration
from workbench.storage.register import Table

MIGRATIONS = (
    Migration(
        slice="secrets",
        number=1,
        statements=(
            """CREATE TABLE secrets (
                name VARCHAR PRIMARY KEY, updated_at TIMESTAMP NOT NULL, hint VARCHAR NOT NULL, sealed BLOB)""",
        ),
    ),
)
TABLES = (
    Table(
        name="secrets",
        slice="secrets",
        key=("name",),
        exported=False,
        personal=("name",),
        secret=("sealed", "hint"),
        reason="A key stays on the machine it was given to.",
    ),
)

HINT_LENGTH = 4
SHORTEST_HINTED = 12
"""A secret shorter than this shows nothing of itself."""


class Secrets:
    """The secrets of one home."""

    def __init__(self, database: Database, master: bytes, home: str) -> None:
        """`home` names this home in the keyring, which all homes of a person share."""
        self._database = database
        self._master = master
        self._home = home

    def set(self, name: str, value: str) -> None:
        """Keep `value` under `name`, in place of what was there."""
        in_keyring = keychain.usable()
        if in_keyring:
            keychain.set(self._entry(name), value)
        sealed = None if in_keyring else seal(self._master, value.encode(), f"secret {name}")

        def keep(tx: Transaction) -> None:
            tx.execute("INSERT OR REPLACE INTO secrets VALUES (?, ?, ?, ?)", (name, utc_now(), _hint(value), sealed))
            audit.record(tx, "secrets.set", name)

        self._database.write(keep)

    def get(self, name: str) -> str | None:
        """The secret kept under `name`; None if there is none. Raises KeyringUnavailableError."""
        rows = self._database.read("SELECT sealed FROM secrets WHERE name = ?", (name,))
        if not rows:
            return None
        sealed = rows[0][0]
        return (
            keychain.get(self._entry(name))
            if sealed is None
            else unseal(self._master, sealed, f"secret {name}").decode()
        )

    def hint(self, name: str) -> str | None:
        """The last four characters of a long secret, nothing of a short one; None if there is no secret."""
        rows = self._database.read("SELECT hint FROM secrets WHERE name = ?", (name,))
        return rows[0][0] if rows else None

    def delete(self, name: str) -> None:
        """Forget the secret kept under `name`."""
        rows = self._database.read("SELECT sealed IS NULL FROM secrets WHERE name = ?", (name,))
        if not rows:
            return
        if rows[0][0]:
            keychain.delete(self._entry(name))

        def forget(tx: Transaction) -> None:
            tx.execute("DELETE FROM secrets WHERE name = ?", (name,))
            audit.record(tx, "secrets.delete", name)

        self._database.write(forget)

    def _entry(self, name: str) -> str:
        return f"{self._home}/{name}"


def _hint(value: str) -> str:
    return value[-HINT_LENGTH:] if len(value) >= SHORTEST_HINTED else ""
