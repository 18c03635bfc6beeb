"""The keys: a random database key, wrapped by a random master key, and where that is kept.

`keys.json` in the home holds only wrapped keys. The master key lies in the system's keyring; or it is wrapped by a
passphrase (Argon2id); or, on a machine without a keyring, in a file only its owner can read. Changing where it is kept
wraps it anew and rewrites no data.
"""

import base64
import binascii
import contextlib
import secrets
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from workbench.clock import new_id
from workbench.config import private_folder, unfinished, write_privately
from workbench.errors import (
    InvalidInputError,
    KeyLostError,
    KeyringUnavailableError,
    LockedError,
    StoreDamagedError,
    WrongPassphraseError,
)
from workbench.security import keychain
from workbench.storage.database import KEY_BYTES

Protection = Literal["keyring", "passphrase", "file"]

NONCE_BYTES = 12
SALT_BYTES = 16
SHORTEST_PASSPHRASE = 8

EXPLANATIONS: dict[Protection, str] = {
    "keyring": "The master key lies in this system's keyring: whoever signs in as you can open the store; "
    "a copied disk or home folder cannot be read.",
    "passphrase": "The master key is wrapped by your passphrase: after each start the store stays locked until you "
    "give it. If you forget it, nobody can open the store.",
    "file": "This machine has no keyring, so the master key lies in a file beside the store that only your account "
    "can read. That protects single copied files, not a copy of the whole home folder. "
    "Run `workbench passphrase set` to protect it with a passphrase.",
}


class Argon2(msgspec.Struct, frozen=True, kw_only=True):
    """The cost of turning a passphrase into a key: RFC 9106, section 4, second recommendation (memory-constrained)."""

    salt: bytes
    time_cost: int = 3
    memory_kib: int = 64 * 1024
    parallelism: int = 4


class KeyFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `keys.json` says."""

    format: int = 1
    home_id: str
    protection: Protection
    database_key: bytes
    """Wrapped by the master key."""
    master_key: bytes | None = None
    """Wrapped by the passphrase's key, with a passphrase; else it is kept elsewhere."""
    argon2: Argon2 | None = None
    leaving: Protection | None = None
    """Where the master key still lies, or may lie, that it is to be taken out of: a change that is under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """An open vault's keys. They are never written anywhere in this form."""

    master: bytes
    database: bytes

    def __repr__(self) -> str:
        return "Keys(…)"


class Vault:
    """The keys of one home folder. Safe to use from any thread."""

    def __init__(self, key_file: Path) -> None:
        self._changing = threading.Lock()
        """Two changes at once could each take away what the other has just kept."""
        self._path = key_file
        self._master_path = key_file.with_name("master.key")

    def exists(self) -> bool:
        """Whether this home has keys yet."""
        return self._path.exists()

    def protection(self) -> Protection:
        """Where the master key is kept."""
        return self._read().protection

    def home_id(self) -> str:
        """What names this home in the keyring, which all homes of a person share."""
        return self._read().home_id

    def create(self) -> Keys:
        """Make the keys of a new home; the master key goes into the keyring, else into a file of its owner's."""
        home_id = new_id()
        keys = Keys(master=secrets.token_bytes(KEY_BYTES), database=secrets.token_bytes(KEY_BYTES))
        protection: Protection = "keyring" if keychain.usable() else "file"
        private_folder(self._path.parent)
        self._keep(protection, home_id, keys.master)
        self._write(
            KeyFile(home_id=home_id, protection=protection, database_key=_wrap(keys.master, keys.database, home_id))
        )
        return keys

    def open(self, passphrase: str | None = None) -> Keys:
        """The keys of this home.

        Raises LockedError where a passphrase is needed and not given, WrongPassphraseError, KeyringUnavailableError,
        KeyLostError, and StoreDamagedError if the key file cannot be read.
        """
        file = self._read()
        master = self._master(file, passphrase)
        try:
            return Keys(master=master, database=_unwrap(master, file.database_key, file.home_id))
        except InvalidTag as error:
            raise KeyLostError(
                "The master key that was found does not belong to this home folder.",
                remedy="Restore the home folder and its key from the same backup.",
            ) from error

    def set_passphrase(self, keys: Keys, passphrase: str) -> None:
        """Wrap the master key by a passphrase from now on."""
        if len(passphrase) < SHORTEST_PASSPHRASE:
            raise InvalidInputError(
                f"A passphrase needs at least {SHORTEST_PASSPHRASE} characters.",
                remedy="Take a few words that only you would put together.",
            )
        argon2 = Argon2(salt=secrets.token_bytes(SALT_BYTES))
        derived = _derive(passphrase, argon2)
        with self._changing:
            file = self._read()
            wrapped = _wrap(derived, keys.master, file.home_id)
            leaving = file.leaving if file.protection == "passphrase" else file.protection
            protected = msgspec.structs.replace(
                file, protection="passphrase", master_key=wrapped, argon2=argon2, leaving=leaving
            )
            self._write(protected)
            self._leave(protected)

    def remove_passphrase(self, keys: Keys) -> None:
        """Keep the master key in the keyring, or else in a file, from now on."""
        with self._changing:
            file = self._read()
            protection: Protection = "keyring" if keychain.usable() else "file"
            if file.protection == "passphrase":  # until it is done, what has been kept so far is to be taken away again
                self._write(msgspec.structs.replace(file, leaving=protection))
            self._keep(protection, file.home_id, keys.master)
            self._write(
                msgspec.structs.replace(file, protection=protection, master_key=None, argon2=None, leaving=None)
            )

    def _master(self, file: KeyFile, passphrase: str | None) -> bytes:
        if file.protection == "keyring":
            return _decode(keychain.get(_entry(file.home_id)))
        if file.protection == "file":
            return _decode(_content(self._master_path) if self._master_path.exists() else None)
        if file.master_key is None or file.argon2 is None:
            raise _damaged(self._path)
        if passphrase is None:
            raise LockedError("Your Workbench is locked.", remedy="Run `workbench unlock`, or unlock it in JupyterLab.")
        try:
            master = _unwrap(_derive(passphrase, file.argon2), file.master_key, file.home_id)
        except InvalidTag as error:
            raise WrongPassphraseError("That is not the passphrase.", remedy="Try again.") from error
        self._finish_leaving()
        return master

    def _keep(self, protection: Protection, home_id: str, master: bytes) -> None:
        text = base64.b64encode(master).decode()
        if protection == "keyring":
            keychain.set(_entry(home_id), text)
        else:
            write_privately(self._master_path, text.encode())

    def _finish_leaving(self) -> None:
        """Take the key out of where a change that was cut off has left it.

        A keyring that does not answer now is asked again at the next unlocking.
        """
        self._drop_master_file()
        with self._changing, contextlib.suppress(KeyringUnavailableError):
            file = self._read()
            if file.protection == "passphrase":
                self._leave(file)

    def _leave(self, file: KeyFile) -> None:
        """Take the master key out of where it no longer belongs. Raises KeyringUnavailableError."""
        self._drop_master_file()
        if file.leaving == "keyring":
            keychain.delete(_entry(file.home_id))
        if file.leaving is not None:
            self._write(msgspec.structs.replace(file, leaving=None))

    def _drop_master_file(self) -> None:
        self._master_path.unlink(missing_ok=True)
        unfinished(self._master_path).unlink(missing_ok=True)

    def _read(self) -> KeyFile:
        try:
            return msgspec.json.decode(_content(self._path), type=KeyFile)
        except msgspec.MsgspecError as error:
            raise _damaged(self._path) from error

    def _write(self, file: KeyFile) -> None:
        write_privately(self._path, msgspec.json.format(msgspec.json.encode(file)))


def seal(key: bytes, plain: bytes, purpose: str) -> bytes:
    """`plain` encrypted with AES-256-GCM: a random nonce, then the text and its tag. `purpose` must be given again."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, purpose.encode())


def unseal(key: bytes, sealed: bytes, purpose: str) -> bytes:
    """What `seal` was given. Raises cryptography's InvalidTag for another key or purpose, or altered bytes."""
    return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], purpose.encode())


def _wrap(key: bytes, secret: bytes, home_id: str) -> bytes:
    return seal(key, secret, f"workbench key {home_id}")


def _unwrap(key: bytes, wrapped: bytes, home_id: str) -> bytes:
    return unseal(key, wrapped, f"workbench key {home_id}")


def _derive(passphrase: str, cost: Argon2) -> bytes:
    return hash_secret_raw(
        passphrase.encode(),
        cost.salt,
        time_cost=cost.time_cost,
        memory_cost=cost.memory_kib,
        parallelism=cost.parallelism,
        hash_len=KEY_BYTES,
        type=Type.ID,
    )


def _entry(home_id: str) -> str:
    return f"master-key/{home_id}"


def _decode(text: str | bytes | None) -> bytes:
    if text is None:
        raise KeyLostError(
            "The master key of this home folder is not where it was kept.",
            remedy="Sign in to the account and the keyring that it was made with, or restore the key from a backup.",
        )
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyLostError(
            "The master key of this home folder is damaged.", remedy="Restore the key from a backup of the home folder."
        )
    return key


def _content(path: Path) -> bytes:
    """What the file holds. Raises KeyLostError if it is not there or cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise KeyLostError(
            f"The key file {str(path)!r} is gone, and the store cannot be opened without it.",
            remedy=f"Restore {path.name} from a backup of the home folder.",
        ) from error
    except OSError as error:
        raise KeyLostError(
            f"The key file {str(path)!r} cannot be read: {error.strerror}.",
            remedy="Make it yours and readable again, or restore it from a backup of the home folder.",
        ) from error


def _damaged(path: Path) -> StoreDamagedError:
    return StoreDamagedError(
        f"The key file {str(path)!r} cannot be read.", remedy="Restore keys.json from a backup of the home folder."
    )
