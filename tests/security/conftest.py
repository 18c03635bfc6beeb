import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked


class MemoryKeyring(KeyringBackend):
    """A keyring that keeps secrets in memory, and can be locked."""

    priority = 1

    def __init__(self):
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service, username):
        self._refuse_if_locked()
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self._refuse_if_locked()
        self.kept[service, username] = password

    def delete_password(self, service, username):
        self._refuse_if_locked()
        del self.kept[service, username]

    def _refuse_if_locked(self):
        if self.locked:
            raise KeyringLocked


@pytest.fixture
def system_keyring():
    """A system with a keyring."""
    before, backend = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


@pytest.fixture
def no_keyring():
    """A system without one."""
    before = keyring.get_keyring()
    keyring.set_keyring(keyring.backends.fail.Keyring())
    yield
    keyring.set_keyring(before)
