import os

import keyring
import pytest

from workbench.errors import KeyringUnavailableError
from workbench.security import keychain
from workbench.security.secrets import Secrets


class Crash(BaseException):
    """The process ended here."""


@pytest.fixture
def secrets(database):
    return Secrets(database, os.urandom(32), "a-home")


def leftovers(database):
    return database.read("SELECT name FROM keyring_leftovers")


def test_a_secret_lies_in_the_keyring_and_nothing_waits_to_be_forgotten(secrets, system_keyring, database):
    secrets.set("provider/one", "sk-12345678")
    assert list(system_keyring.kept.values()) == ["sk-12345678"]
    assert secrets.get("provider/one") == "sk-12345678"
    assert leftovers(database) == []


def test_a_secret_that_moves_into_the_store_is_taken_out_of_the_keyring_once_it_answers(
    secrets, system_keyring, database
):
    secrets.set("provider/one", "sk-old-45678")
    keyring.set_keyring(keyring.backends.fail.Keyring())
    secrets.set("provider/one", "sk-new-45678")
    assert list(system_keyring.kept.values()) == ["sk-old-45678"]
    secrets.tidy()
    assert leftovers(database) == [("provider/one",)]
    keyring.set_keyring(system_keyring)
    secrets.tidy()
    assert system_keyring.kept == {}
    assert leftovers(database) == []
    assert secrets.get("provider/one") == "sk-new-45678"


def test_a_secret_that_a_crash_left_in_the_keyring_is_forgotten_at_the_next_start(
    secrets, system_keyring, database, monkeypatch
):
    keep = keychain.set

    def keep_and_crash(name, secret):
        keep(name, secret)
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(keychain, "set", keep_and_crash)
        with pytest.raises(Crash):
            secrets.set("provider/one", "sk-12345678")
    assert len(system_keyring.kept) == 1
    secrets.tidy()
    assert system_keyring.kept == {}
    assert secrets.get("provider/one") is None


def test_a_crash_in_replacing_a_secret_keeps_one_that_works(secrets, system_keyring, database, monkeypatch):
    secrets.set("provider/one", "sk-old-45678")

    def crash(*_):
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(keychain, "set", crash)
        with pytest.raises(Crash):
            secrets.set("provider/one", "sk-new-45678")
    secrets.tidy()
    assert secrets.get("provider/one") == "sk-old-45678"
    assert leftovers(database) == []


def test_a_secret_can_be_forgotten_while_the_keyring_is_locked(secrets, system_keyring, database):
    secrets.set("provider/one", "sk-12345678")
    system_keyring.locked = True
    secrets.delete("provider/one")
    assert secrets.get("provider/one") is None
    with pytest.raises(KeyringUnavailableError):
        secrets.set("provider/one", "sk-87654321")
    system_keyring.locked = False
    secrets.tidy()
    assert system_keyring.kept == {}


def test_what_is_given_again_before_the_keyring_forgot_it_stays(secrets, system_keyring):
    secrets.set("provider/one", "sk-12345678")
    system_keyring.locked = True
    secrets.delete("provider/one")
    system_keyring.locked = False
    secrets.set("provider/one", "sk-87654321")
    secrets.tidy()
    assert secrets.get("provider/one") == "sk-87654321"
