"""Secrets of the person's own: keys for providers.

Each lies in the system's keyring; where there is none, in the store, encrypted a second time under the master key.
None is ever shown again: callers outside the owner get at most the last four characters.
"""

import contextlib

from workbench.clock import utc_now
from workbench.errors import KeyringUnavailableError
from workbench.security import audit, keychain
from workbench.security.vault import seal, unseal
from workbench.storage.database import Database, Reader, Transaction
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
    Migration(
        slice="secrets",
        number=2,
        statements=("CREATE TABLE keyring_leftovers (name VARCHAR NOT NULL, created_at TIMESTAMP NOT NULL)",),
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
    Table(
        name="keyring_leftovers",
        slice="secrets",
        key=("name",),
        exported=False,
        personal=("name",),
        audited=False,
        reason="What this machine's keyring is still to forget; forgetting it was audited when it was asked for.",
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
        sealed = None if in_keyring else seal(self._master, value.encode(), f"secret {name}")

        def keep(tx: Transaction) -> None:
            if not in_keyring and self._is_in_keyring(tx.execute, name):
                _leave(tx, name)
            if in_keyring:
                tx.execute("DELETE FROM keyring_leftovers WHERE name = ?", (name,))
            tx.execute("INSERT OR REPLACE INTO secrets VALUES (?, ?, ?, ?)", (name, utc_now(), _hint(value), sealed))
            audit.record(tx, "secrets.set", name)

        if in_keyring:
            self._database.write(lambda tx: _leave(tx, name))  # it is none only once it is known to be there
            keychain.set(self._entry(name), value)
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

    def values(self) -> tuple[str, ...]:
        """Every secret, for what must not show any. Raises KeyringUnavailableError."""
        names = [name for (name,) in self._database.read("SELECT name FROM secrets")]
        return tuple(value for value in map(self.get, names) if value is not None)

    def hint(self, name: str) -> str | None:
        """The last four characters of a long secret, nothing of a short one; None if there is no secret."""
        rows = self._database.read("SELECT hint FROM secrets WHERE name = ?", (name,))
        return rows[0][0] if rows else None

    def delete(self, name: str) -> None:
        """Forget the secret kept under `name`; a keyring that does not answer now forgets it at a later start."""

        def forget(tx: Transaction) -> bool:
            if not tx.execute("SELECT 1 FROM secrets WHERE name = ?", (name,)):
                return False
            if self._is_in_keyring(tx.execute, name):
                _leave(tx, name)
            tx.execute("DELETE FROM secrets WHERE name = ?", (name,))
            audit.record(tx, "secrets.delete", name)
            return True

        if self._database.write(forget):
            self.tidy()

    def tidy(self) -> None:
        """Let the keyring forget what it was still to forget, if it answers."""
        waiting = self._database.read("SELECT DISTINCT name FROM keyring_leftovers")
        with contextlib.suppress(KeyringUnavailableError):
            for (name,) in waiting if waiting and keychain.usable() else ():
                if not self._is_in_keyring(self._database.read, name):
                    keychain.delete(self._entry(name))
                self._database.write(
                    lambda tx, name=name: tx.execute("DELETE FROM keyring_leftovers WHERE name = ?", (name,))  # type: ignore[misc]  # mypy cannot type a default
                )

    def _is_in_keyring(self, read: Reader, name: str) -> bool:
        return bool(read("SELECT 1 FROM secrets WHERE name = ? AND sealed IS NULL", (name,)))

    def _entry(self, name: str) -> str:
        return f"{self._home}/{name}"


def _leave(tx: Transaction, name: str) -> None:
    """Remember that the keyring may hold a secret that is no longer, or not yet, kept there."""
    tx.execute("INSERT INTO keyring_leftovers VALUES (?, ?)", (name, utc_now()))


def _hint(value: str) -> str:
    return value[-HINT_LENGTH:] if len(value) >= SHORTEST_HINTED else ""
