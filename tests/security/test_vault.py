import errno
import json
import threading

import keyring
import pytest
from cryptography.exceptions import InvalidTag

from workbench.errors import (
    DiskFullError,
    InvalidInputError,
    KeyLostError,
    KeyringUnavailableError,
    LockedError,
    StoreDamagedError,
    WrongPassphraseError,
)
from workbench.security import keychain
from workbench.security.vault import Vault, seal, unseal


@pytest.fixture
def vault(tmp_path):
    return Vault(tmp_path / "home" / "keys.json")


def test_the_master_key_lies_in_the_keyring_where_there_is_one(vault, system_keyring, tmp_path):
    keys = vault.create()
    assert vault.protection() == "keyring"
    assert len(system_keyring.kept) == 1
    assert [f.name for f in (tmp_path / "home").iterdir()] == ["keys.json"]
    assert vault.open() == keys


def test_without_a_keyring_it_lies_in_a_file_only_its_owner_reads(vault, no_keyring, tmp_path):
    keys = vault.create()
    assert vault.protection() == "file"
    assert (tmp_path / "home" / "master.key").stat().st_mode & 0o777 == 0o600
    assert vault.open() == keys


def test_the_key_file_holds_no_key_in_the_clear(vault, system_keyring, tmp_path):
    keys = vault.create()
    text = (tmp_path / "home" / "keys.json").read_bytes()
    for secret in (keys.master, keys.database):
        assert secret not in text
        assert json.dumps(secret.hex()).encode() not in text


def test_keys_do_not_show_in_a_repr(vault, no_keyring):
    keys = vault.create()
    assert keys.master.hex() not in repr(keys)
    assert repr(keys) == "Keys(…)"


def test_a_passphrase_locks_the_store_and_rewraps_no_data(vault, no_keyring, tmp_path):
    keys = vault.create()
    vault.set_passphrase(keys, "correct horse battery")
    assert vault.protection() == "passphrase"
    assert not (tmp_path / "home" / "master.key").exists()
    with pytest.raises(LockedError):
        vault.open()
    with pytest.raises(WrongPassphraseError):
        vault.open("correct horse batterz")
    assert vault.open("correct horse battery") == keys


def test_a_passphrase_takes_the_key_out_of_the_keyring_and_removing_it_puts_it_back(vault, system_keyring):
    keys = vault.create()
    vault.set_passphrase(keys, "correct horse battery")
    assert system_keyring.kept == {}
    vault.remove_passphrase(keys)
    assert vault.protection() == "keyring"
    assert vault.open() == keys


def test_a_key_in_the_clear_that_a_crash_left_behind_goes_with_the_next_unlocking(vault, no_keyring, tmp_path):
    keys = vault.create()
    clear = (tmp_path / "home" / "master.key").read_bytes()
    vault.set_passphrase(keys, "correct horse battery")
    (tmp_path / "home" / "master.key").write_bytes(clear)
    assert vault.open("correct horse battery") == keys
    assert not (tmp_path / "home" / "master.key").exists()


def test_a_key_in_the_clear_that_was_being_written_in_a_crash_goes_as_well(vault, no_keyring, tmp_path):
    keys = vault.create()
    clear = (tmp_path / "home" / "master.key").read_bytes()
    vault.set_passphrase(keys, "correct horse battery")
    (tmp_path / "home" / "master.key.new").write_bytes(clear)
    vault.open("correct horse battery")
    assert [file.name for file in (tmp_path / "home").iterdir()] == ["keys.json"]


def test_a_key_file_that_finds_no_room_leaves_nothing_half_written(vault, no_keyring, tmp_path, monkeypatch):
    keys = vault.create()
    vault.set_passphrase(keys, "correct horse battery")

    def no_room(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", no_room)
    with pytest.raises(DiskFullError):
        vault.remove_passphrase(keys)
    assert [file.name for file in (tmp_path / "home").iterdir()] == ["keys.json"]


def test_setting_and_removing_a_passphrase_at_once_never_loses_the_key(vault, system_keyring, monkeypatch):
    keys = vault.create()
    deleting, delete = threading.Event(), keychain.delete
    removed = threading.Event()

    def slowly(name):
        deleting.set()
        removed.wait(0.5)
        delete(name)

    monkeypatch.setattr(keychain, "delete", slowly)
    setting = threading.Thread(target=vault.set_passphrase, args=(keys, "correct horse battery"))
    setting.start()
    deleting.wait(5)
    vault.remove_passphrase(keys)
    removed.set()
    setting.join()
    assert vault.open() == keys


class Crash(BaseException):
    """The process ended here."""


def crash(*_arguments):
    raise Crash


def test_a_master_key_that_a_crash_left_in_the_keyring_goes_with_the_next_unlocking(vault, system_keyring, monkeypatch):
    keys = vault.create()
    with monkeypatch.context() as patch:
        patch.setattr(keychain, "delete", crash)
        with pytest.raises(Crash):
            vault.set_passphrase(keys, "correct horse battery")
    assert len(system_keyring.kept) == 1
    assert vault.open("correct horse battery") == keys
    assert system_keyring.kept == {}


def test_a_crash_while_a_passphrase_is_removed_leaves_no_key_in_the_keyring(vault, system_keyring, monkeypatch):
    keys = vault.create()
    vault.set_passphrase(keys, "correct horse battery")
    keep = keychain.set
    with monkeypatch.context() as patch:
        patch.setattr(keychain, "set", lambda *given: crash(keep(*given)))
        with pytest.raises(Crash):
            vault.remove_passphrase(keys)
    assert len(system_keyring.kept) == 1
    assert vault.protection() == "passphrase"
    assert vault.open("correct horse battery") == keys
    assert system_keyring.kept == {}


def test_a_keyring_that_is_locked_forgets_the_master_key_once_it_answers(vault, system_keyring):
    keys = vault.create()
    system_keyring.locked = True
    with pytest.raises(KeyringUnavailableError):
        vault.set_passphrase(keys, "correct horse battery")
    assert vault.open("correct horse battery") == keys
    system_keyring.locked = False
    assert len(system_keyring.kept) == 1
    vault.open("correct horse battery")
    assert system_keyring.kept == {}


def test_a_short_passphrase_is_refused_and_changes_nothing(vault, no_keyring):
    keys = vault.create()
    with pytest.raises(InvalidInputError, match="at least 8"):
        vault.set_passphrase(keys, "short")
    assert vault.open() == keys


def test_a_locked_keyring_is_said_and_no_new_key_is_made(vault, system_keyring):
    vault.create()
    system_keyring.locked = True
    with pytest.raises(KeyringUnavailableError, match="locked"):
        vault.open()
    system_keyring.locked = False
    vault.open()


def test_a_new_home_waits_for_a_locked_keyring_rather_than_weakening_itself(vault, system_keyring):
    system_keyring.locked = True
    with pytest.raises(KeyringUnavailableError):
        vault.create()
    assert not vault.exists()


def test_a_key_that_is_gone_from_the_keyring_is_said(vault, system_keyring):
    vault.create()
    system_keyring.kept.clear()
    with pytest.raises(KeyLostError, match="not where it was kept"):
        vault.open()


def test_a_keyring_that_went_away_is_said(vault, system_keyring, no_keyring):
    keyring.set_keyring(system_keyring)
    vault.create()
    keyring.set_keyring(keyring.backends.fail.Keyring())
    with pytest.raises(KeyringUnavailableError, match="does not answer"):
        vault.open()


@pytest.mark.parametrize("content", [b"", b"{}", b"not json", b'{"format": 1, "protection": "post-it"}'])
def test_a_damaged_key_file_is_said(vault, no_keyring, tmp_path, content):
    vault.create()
    (tmp_path / "home" / "keys.json").write_bytes(content)
    with pytest.raises(StoreDamagedError, match=r"keys\.json"):
        vault.open()


@pytest.mark.parametrize("content", [b"", b"c2hvcnQ=", b"not a key", b"\xff\xfe"])
def test_a_damaged_master_key_is_said(vault, no_keyring, tmp_path, content):
    vault.create()
    (tmp_path / "home" / "master.key").write_bytes(content)
    with pytest.raises(KeyLostError, match="damaged"):
        vault.open()


@pytest.mark.parametrize("name", ["keys.json", "master.key"])
def test_a_key_file_that_cannot_be_read_is_said(vault, no_keyring, tmp_path, name):
    vault.create()
    (tmp_path / "home" / name).unlink()
    (tmp_path / "home" / name).mkdir()
    with pytest.raises(KeyLostError, match="cannot be read"):
        vault.open()


def test_what_is_sealed_for_one_purpose_does_not_open_for_another():
    key = bytes(32)
    sealed = seal(key, b"text", "one")
    assert unseal(key, sealed, "one") == b"text"
    with pytest.raises(InvalidTag):
        unseal(key, sealed, "two")
    with pytest.raises(InvalidTag):
        unseal(key, sealed[:-1] + bytes([sealed[-1] ^ 1]), "one")
