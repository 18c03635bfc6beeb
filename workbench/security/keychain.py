"""The operating system's keyring: the only door to the `keyring` library."""

import keyring
from keyring.errors import KeyringError, KeyringLocked, PasswordDeleteError

from workbench.errors import KeyringUnavailableError

SERVICE = "workbench"
_UNSAFE_MODULES = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt")


def usable() -> bool:
    """Whether this system has a keyring that keeps secrets: one that answers, and is not a plain file."""
    backend = keyring.get_keyring()
    chained = getattr(backend, "backends", (backend,))
    if not any(not type(b).__module__.startswith(_UNSAFE_MODULES) for b in chained):
        return False
    try:
        keyring.get_password(SERVICE, "probe")
    except KeyringLocked as error:
        raise _locked() from error
    except KeyringError:
        return False
    return True


def get(name: str) -> str | None:
    """The secret kept under `name`; None if there is none. Raises KeyringUnavailableError."""
    try:
        return keyring.get_password(SERVICE, name)
    except KeyringLocked as error:
        raise _locked() from error
    except KeyringError as error:
        raise _gone() from error


def set(name: str, secret: str) -> None:  # noqa: A001  (read as keychain.set)
    """Keep `secret` under `name`. Raises KeyringUnavailableError."""
    try:
        keyring.set_password(SERVICE, name, secret)
    except KeyringLocked as error:
        raise _locked() from error
    except KeyringError as error:
        raise _gone() from error


def delete(name: str) -> None:
    """Forget the secret kept under `name`, if there is one. Raises KeyringUnavailableError."""
    try:
        if keyring.get_password(SERVICE, name) is not None:
            keyring.delete_password(SERVICE, name)
    except PasswordDeleteError:
        return
    except KeyringLocked as error:
        raise _locked() from error
    except KeyringError as error:
        raise _gone() from error


def _locked() -> KeyringUnavailableError:
    return KeyringUnavailableError(
        "This system's keyring is locked.", remedy="Unlock it (signing in to the desktop does), then try again."
    )


def _gone() -> KeyringUnavailableError:
    return KeyringUnavailableError(
        "This system's keyring does not answer, and a key of yours is kept in it.",
        remedy="Start the keyring (on Linux, sign in to the desktop or start gnome-keyring), then try again.",
    )
