"""Files beside the database: encrypted, whole, kept once within an Experience, and gone when they should be."""

import os

import pytest

from workbench.clock import new_id
from workbench.errors import NotFoundError, StoreDamagedError
from workbench.security.vault import seal, unseal
from workbench.storage import blobs as blobs_storage
from workbench.storage.blobs import CHUNK_BYTES, Blobs

MASTER = os.urandom(32)


@pytest.fixture
def blobs(database, tmp_path):
    database.migrate(blobs_storage.MIGRATIONS)
    return Blobs(
        database,
        tmp_path / "blobs",
        wrap=lambda key, experience: seal(MASTER, key, experience),
        unwrap=lambda wrapped, experience: unseal(MASTER, wrapped, experience),
    )


def put(blobs, database, experience, content):
    blob = blobs.write(experience, content)
    database.write(lambda tx: blobs.keep(tx, blob))
    return blob.name


def files(tmp_path):
    return sorted(path for path in (tmp_path / "blobs").rglob("*") if path.is_file())


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, 2_500_000])
def test_what_was_kept_is_read_again(blobs, database, size):
    content, experience = os.urandom(size), new_id()
    assert blobs.read(experience, put(blobs, database, experience, content)) == content


def test_nothing_of_it_is_on_the_disk_in_the_clear_or_for_others_to_read(blobs, database, tmp_path):
    needle = os.urandom(16).hex().encode()
    put(blobs, database, new_id(), needle * 1000)
    (file,) = files(tmp_path)
    assert needle not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0
    assert file.parent.stat().st_mode & 0o077 == 0


def test_the_same_content_is_kept_once_in_an_experience_and_looks_like_another_in_the_next(blobs, database, tmp_path):
    one, other = new_id(), new_id()
    names = [put(blobs, database, experience, b"same") for experience in (one, one, other)]
    assert names[0] == names[1] != names[2]
    assert len(files(tmp_path)) == 2
    assert database.read("SELECT count(*) FROM blobs")[0][0] == 2


def test_a_file_that_was_altered_cut_put_in_another_order_or_exchanged_is_not_shown(blobs, database, tmp_path):
    experience = new_id()
    name = put(blobs, database, experience, os.urandom(3 * CHUNK_BYTES))
    (file,) = files(tmp_path)
    whole = file.read_bytes()
    head, size = len(whole) - 3 * (CHUNK_BYTES + 16), CHUNK_BYTES + 16
    chunks = [whole[head + n * size : head + (n + 1) * size] for n in range(3)]
    put(blobs, database, experience, b"another")
    another = next(path for path in files(tmp_path) if path != file).read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    for damaged in (
        bytes(flipped),
        whole[:-1],
        whole[:-size],
        whole[:head] + b"".join([chunks[1], chunks[0], chunks[2]]),
        whole + chunks[2],
        another,
        b"",
    ):
        file.write_bytes(damaged)
        with pytest.raises(StoreDamagedError):
            blobs.read(experience, name)
    file.write_bytes(whole)
    assert len(blobs.read(experience, name)) == 3 * CHUNK_BYTES


def test_what_a_crash_left_without_a_row_is_swept_and_nothing_else(blobs, database, tmp_path):
    experience = new_id()
    kept = put(blobs, database, experience, b"kept")
    blobs.write(experience, b"left behind")
    (tmp_path / "blobs" / experience / "half.new").write_bytes(b"x")
    blobs.sweep()
    assert [file.name for file in files(tmp_path)] == [kept]
    assert blobs.read(experience, kept) == b"kept"


def test_purging_an_experience_leaves_the_others(blobs, database, tmp_path):
    gone, stays = new_id(), new_id()
    name, kept = put(blobs, database, gone, b"gone"), put(blobs, database, stays, b"stays")
    blobs.purge(gone)
    with pytest.raises(NotFoundError):
        blobs.read(gone, name)
    assert [file.name for file in files(tmp_path)] == [kept]
    assert blobs.read(stays, kept) == b"stays"
    assert database.read("SELECT experience_id::VARCHAR FROM blob_keys") == [(stays,)]


def test_a_name_of_another_experience_or_a_path_is_not_found(blobs, database):
    one, other = new_id(), new_id()
    name = put(blobs, database, one, b"mine")
    for experience, asked in ((other, name), (one, f"../{one}/{name}"), (one, "nothing")):
        with pytest.raises(NotFoundError):
            blobs.read(experience, asked)


def test_every_file_is_encrypted_under_a_key_of_its_own():
    sealed = {blobs_storage._encrypted(MASTER, "name", b"same") for _ in range(3)}
    assert len(sealed) == 3
