"""Files beside the database, encrypted: what is too large for a row.

Each Experience has a random key, kept wrapped by the master key. A file is named by the HMAC-SHA-256 of its content
under that key: the same content is kept once within an Experience, and a name tells nothing to whoever lacks the key.
docs/design/storage.md describes the format.

A file is written before the row that names it (`keep`, in the transaction of the record it belongs to). One without a
row is what a crash left between the two: `sweep` removes it.
"""

import contextlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from workbench.clock import utc_now
from workbench.config import private_folder, write_privately
from workbench.errors import NotFoundError, StoreDamagedError
from workbench.storage.database import KEY_BYTES, Database, Transaction
from workbench.storage.migrations import Migration
from workbench.storage.register import OWNER_ID, Table

CHUNK_BYTES = 1024**2
MAGIC = b"WBBLOB1\n"
SALT_BYTES = 16
_TAG_BYTES = 16

MIGRATIONS = (
    Migration(
        slice="blobs",
        number=1,
        statements=(
            """CREATE TABLE blob_keys (
                experience_id UUID NOT NULL, created_at TIMESTAMP NOT NULL, wrapped BLOB NOT NULL)""",
            """CREATE TABLE blobs (
                name VARCHAR NOT NULL, owner_id VARCHAR NOT NULL, experience_id UUID NOT NULL,
                size_bytes BIGINT NOT NULL, created_at TIMESTAMP NOT NULL)""",
        ),
    ),
)
TABLES = (
    Table(
        name="blob_keys",
        slice="blobs",
        key=("experience_id",),
        experience="experience_id",
        exported=False,
        secret=("wrapped",),
        audited=False,
        reason="It opens this home's files; an import encrypts them anew. It is made with the first of them.",
    ),
    Table(
        name="blobs",
        slice="blobs",
        key=("experience_id", "name"),
        experience="experience_id",
        personal=("name",),
        audited=False,
        reason="It is kept with the record that names it, whose change is audited. Its file is exported decrypted.",
    ),
)

Wrap = Callable[[bytes, str], bytes]
"""A key and the id of what it belongs to, wrapped by the master key; or the way back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """A file that has been written and waits for its row."""

    name: str
    experience_id: str
    size_bytes: int


class Blobs:
    """The files of one home. Safe to use from any thread."""

    def __init__(self, database: Database, folder: Path, *, wrap: Wrap, unwrap: Wrap) -> None:
        self._database = database
        self._folder = folder
        self._wrap = wrap
        self._unwrap = unwrap

    def write(self, experience_id: str, content: bytes) -> Blob:
        """Encrypt `content` into its file, unless it is there already. Raises DiskFullError, HomeNotWritableError."""
        key = self._key(experience_id)
        name = hmac.new(key, content, sha256).hexdigest()
        path = self._path(experience_id, name)
        if not path.exists():
            private_folder(path.parent.parent)
            private_folder(path.parent)
            write_privately(path, _encrypted(key, name, content))
        return Blob(name=name, experience_id=experience_id, size_bytes=len(content))

    def keep(self, tx: Transaction, blob: Blob) -> None:
        """Let a written file stay, as part of the change that names it."""
        known = tx.execute("SELECT 1 FROM blobs WHERE experience_id = ? AND name = ?", (blob.experience_id, blob.name))
        if not known:
            tx.execute(
                "INSERT INTO blobs VALUES (?, ?, ?, ?, ?)",
                (blob.name, OWNER_ID, blob.experience_id, blob.size_bytes, utc_now()),
            )

    def read(self, experience_id: str, name: str) -> bytes:
        """What a file holds. Raises NotFoundError, and StoreDamagedError if it was altered or cut."""
        known = self._database.read("SELECT 1 FROM blobs WHERE experience_id = ? AND name = ?", (experience_id, name))
        try:
            sealed = self._path(experience_id, name).read_bytes() if known else b""
        except FileNotFoundError:
            known = []
        if not known:
            raise NotFoundError("This file is not there any more.", remedy="Restore the home folder from a backup.")
        try:
            return _decrypted(self._key(experience_id), name, sealed)
        except (InvalidTag, ValueError) as error:
            raise StoreDamagedError(
                "A file of the store was altered or cut, so it is not shown.",
                remedy="Restore the home folder from a backup.",
            ) from error

    def purge(self, experience_id: str) -> None:
        """Forget everything of an Experience: its key first, without which its files are noise, then these."""

        def forget(tx: Transaction) -> None:
            tx.execute("DELETE FROM blob_keys WHERE experience_id = ?", (experience_id,))
            tx.execute("DELETE FROM blobs WHERE experience_id = ?", (experience_id,))

        self._database.write(forget)
        self.sweep()

    def sweep(self) -> None:
        """Remove the files that no row names. Nothing may be written meanwhile."""
        rows = self._database.read("SELECT experience_id::VARCHAR, name FROM blobs")
        known = {self._path(experience_id, name) for experience_id, name in rows}
        for path in list(self._folder.glob("*/*")):
            if path not in known:
                with contextlib.suppress(OSError):  # it is tried again at the next start
                    path.unlink()

    def _key(self, experience_id: str) -> bytes:
        """The Experience's key, made at its first use."""
        query = "SELECT wrapped FROM blob_keys WHERE experience_id = ?"
        rows = self._database.read(query, (experience_id,))
        if not rows:
            wrapped = self._wrap(secrets.token_bytes(KEY_BYTES), experience_id)

            def make(tx: Transaction) -> None:
                if not tx.execute(query, (experience_id,)):
                    tx.execute("INSERT INTO blob_keys VALUES (?, ?, ?)", (experience_id, utc_now(), wrapped))

            self._database.write(make)
            rows = self._database.read(query, (experience_id,))
        return self._unwrap(rows[0][0], experience_id)

    def _path(self, experience_id: str, name: str) -> Path:
        return self._folder / experience_id / name


def _encrypted(key: bytes, name: str, content: bytes) -> bytes:
    salt = secrets.token_bytes(SALT_BYTES)
    cipher = _cipher(key, salt)
    chunks = [content[at : at + CHUNK_BYTES] for at in range(0, len(content), CHUNK_BYTES)] or [b""]
    last = len(chunks) - 1
    sealed = (cipher.encrypt(_nonce(n, last=n == last), chunk, name.encode()) for n, chunk in enumerate(chunks))
    return b"".join((MAGIC, salt, *sealed))


def _decrypted(key: bytes, name: str, sealed: bytes) -> bytes:
    """Raises InvalidTag for a chunk that was altered, moved or taken away, ValueError for what is no such file."""
    head = len(MAGIC) + SALT_BYTES
    if not sealed.startswith(MAGIC) or len(sealed) < head + _TAG_BYTES:
        raise ValueError("not a blob")
    cipher = _cipher(key, sealed[len(MAGIC) : head])
    size = CHUNK_BYTES + _TAG_BYTES
    chunks = [sealed[at : at + size] for at in range(head, len(sealed), size)]
    last = len(chunks) - 1
    return b"".join(cipher.decrypt(_nonce(n, last=n == last), chunk, name.encode()) for n, chunk in enumerate(chunks))


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    """A key for one file alone, so that a chunk's number can be its nonce."""
    return AESGCM(HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=b"workbench blob").derive(key))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11) + bytes([last])
