import errno
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta, timezone

import duckdb
import msgspec
import pytest

from workbench.errors import (
    DiskFullError,
    EncryptionMissingError,
    OwnerStoppingError,
    StoreDamagedError,
    StoreError,
    StoreInUseError,
)
from workbench.storage import database as door
from workbench.storage.caller import Caller, caller
from workbench.storage.database import MIGRATIONS, Database, forget_old_requests


class Note(msgspec.Struct):
    id: int
    text: str


def texts(database: Database) -> list[str]:
    return [text for (text,) in database.read("SELECT text FROM notes ORDER BY id")]


def add(number: int, text: str = "a note"):
    return lambda tx: tx.execute("INSERT INTO notes (id, text) VALUES (?, ?)", (number, text))


def test_what_was_written_is_there_after_opening_again(open_database, database):
    database.write(add(1, "kept"))
    database.close()
    assert texts(open_database()) == ["kept"]


def test_a_failing_write_undoes_itself_and_nothing_else(database):
    futures = [database.submit(add(number % 7)) for number in range(20)]
    failed = [future for future in futures if future.exception() is not None]
    assert len(failed) == 13
    assert all(isinstance(future.exception(), StoreError) for future in failed)
    assert len(texts(database)) == 7


def test_an_error_of_our_own_reaches_the_one_who_waits(database):
    def refuse(tx):
        tx.execute("INSERT INTO notes (id) VALUES (1)")
        raise ValueError("not this one")

    with pytest.raises(ValueError, match="not this one"):
        database.write(refuse)
    assert texts(database) == []


def test_writes_from_many_threads_all_land(database):
    def write_some(start: int) -> None:
        for number in range(start, start + 25):
            database.write(add(number))

    threads = [threading.Thread(target=write_some, args=(n * 25,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(texts(database)) == 200


def test_a_read_does_not_see_a_write_that_is_not_committed(database):
    inside, go_on = threading.Event(), threading.Event()

    def slow(tx):
        tx.execute("INSERT INTO notes (id, text) VALUES (1, 'soon')")
        inside.set()
        go_on.wait(10)

    future = database.submit(slow)
    inside.wait(10)
    assert texts(database) == []
    go_on.set()
    future.result()
    assert texts(database) == ["soon"]


def test_times_come_back_aware_and_in_utc_whatever_zone_they_went_in_with(database):
    local = datetime(2026, 3, 1, 12, 30, tzinfo=timezone(timedelta(hours=5)))
    database.write(lambda tx: tx.execute("INSERT INTO notes (id, noted) VALUES (1, ?), (2, NULL)", (local,)))
    assert database.read("SELECT noted FROM notes ORDER BY id") == [
        (datetime(2026, 3, 1, 7, 30, tzinfo=UTC),),
        (None,),
    ]


class TestRepeatedRequests:
    @pytest.fixture(autouse=True)
    def migrated(self, database):
        database.migrate(MIGRATIONS)

    def write(self, database: Database, text: str) -> Note:
        def work(tx):
            number = tx.execute("SELECT count(*) FROM notes")[0][0]
            tx.execute("INSERT INTO notes (id, text) VALUES (?, ?)", (number, text))
            return Note(number, text)

        return database.write(work, returns=Note)

    def test_the_same_key_changes_nothing_and_gives_the_first_answer(self, database):
        token = caller.set(Caller(request_key="k1"))
        assert self.write(database, "once") == self.write(database, "twice") == Note(0, "once")
        caller.reset(token)
        assert texts(database) == ["once"]

    def test_without_a_key_each_write_counts(self, database):
        self.write(database, "once")
        self.write(database, "twice")
        assert texts(database) == ["once", "twice"]

    def test_old_keys_are_forgotten(self, database):
        token = caller.set(Caller(request_key="k1"))
        self.write(database, "once")
        caller.reset(token)
        database.write(lambda tx: tx.execute("UPDATE requests SET created_at = created_at - INTERVAL 8 DAY"))
        database.write(forget_old_requests)
        assert database.tables()["requests"] == 0


class TestEncryption:
    def test_no_text_lies_in_the_clear_in_the_file_or_its_log(self, database, tmp_path):
        needle = os.urandom(24).hex()
        database.write(add(1, needle))
        before = b"".join(f.read_bytes() for f in tmp_path.rglob("*") if f.is_file())
        database.close()
        after = b"".join(f.read_bytes() for f in tmp_path.rglob("*") if f.is_file())
        assert needle.encode() not in before + after

    def test_spilled_rows_are_not_in_the_clear(self, open_database, tmp_path):
        database = open_database(memory_limit_mb=60, threads=1)
        needle = "needle-that-would-be-seen"
        seen: list[bytes] = []
        stop = threading.Event()

        def watch() -> None:
            while not stop.is_set():
                for file in (tmp_path / "spill").glob("*"):
                    try:
                        seen.append(file.read_bytes())
                    except FileNotFoundError:
                        continue

        watcher = threading.Thread(target=watch)
        watcher.start()
        database.read(
            "SELECT count(*) FROM (SELECT md5(i::VARCHAR) || ? || i::VARCHAR AS t FROM range(700000) r(i) ORDER BY t)",
            (needle,),
        )
        stop.set()
        watcher.join()
        assert seen, "nothing was spilled, so nothing was shown"
        assert all(needle.encode() not in piece for piece in seen)

    def test_the_file_is_encrypted_with_aes_gcm(self, database):
        assert database.read("SELECT encrypted, cipher FROM duckdb_databases() WHERE database_name = 'workbench'") == [
            (True, "GCM")
        ]

    def test_another_key_does_not_open_it_and_changes_nothing(self, open_database, database, tmp_path):
        database.write(add(1, "kept"))
        database.close()
        before = (tmp_path / "workbench.duckdb").read_bytes()
        with pytest.raises(StoreDamagedError, match="cannot be opened with this home's key"):
            open_database(key=os.urandom(32))
        assert (tmp_path / "workbench.duckdb").read_bytes() == before
        assert texts(open_database()) == ["kept"]

    def test_without_the_encryption_extension_nothing_is_opened_or_made(self, open_database, tmp_path, monkeypatch):
        monkeypatch.setitem(sys.modules, "duckdb_extension_httpfs", None)
        with pytest.raises(EncryptionMissingError) as failure:
            open_database()
        assert "pip install duckdb-extension-httpfs" in failure.value.remedy
        assert not (tmp_path / "workbench.duckdb").exists()

    def test_an_unencrypted_file_in_its_place_stays_closed(self, open_database, tmp_path):
        code = f"import duckdb; duckdb.connect({str(tmp_path / 'workbench.duckdb')!r}).execute('CREATE TABLE t(a INT)')"
        subprocess.run([sys.executable, "-c", code], check=True)
        with pytest.raises((EncryptionMissingError, StoreDamagedError)):
            open_database()

    def test_a_query_cannot_reach_files_or_change_the_configuration(self, database, tmp_path):
        for query in (
            "SELECT * FROM read_text('/etc/hostname')",
            f"COPY notes TO '{tmp_path}/out.csv'",
            f"ATTACH '{tmp_path}/other.duckdb'",
            "SET memory_limit='100GB'",
            "INSTALL json",
        ):
            with pytest.raises(StoreError):
                database.read(query)
        assert not (tmp_path / "out.csv").exists()


def test_a_second_process_is_refused_and_told_who_holds_the_store(database, tmp_path, key):
    code = (
        "import sys; from pathlib import Path; from workbench.storage.database import Database;"
        f"Database(Path({str(tmp_path / 'workbench.duckdb')!r}), key=bytes.fromhex({key.hex()!r}), spill=Path('x'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert StoreInUseError.__name__ in done.stderr
    assert str(os.getpid()) in done.stderr


def test_a_copy_is_whole_while_others_write(database, tmp_path, key):
    stop = threading.Event()
    written = 0

    def keep_writing() -> None:
        nonlocal written
        while not stop.is_set():
            database.write(add(written))
            written += 1

    writer = threading.Thread(target=keep_writing)
    writer.start()
    for number in range(10):
        database.copy(tmp_path / f"copy{number}.duckdb")
    stop.set()
    writer.join()
    for number in range(10):
        copy = Database(tmp_path / f"copy{number}.duckdb", key=key, spill=tmp_path / "spill2")
        count = len(texts(copy))
        assert texts(copy) == ["a note"] * count
        copy.close()


def test_a_copy_that_finds_no_room_is_said_and_leaves_nothing(database, tmp_path, monkeypatch):
    def half(_source, target):
        target.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(door.shutil, "copyfile", half)
    with pytest.raises(DiskFullError):
        database.copy(tmp_path / "copy.duckdb")
    assert not (tmp_path / "copy.duckdb").exists()


def test_after_close_writing_says_that_the_store_is_closing(database):
    database.close()
    with pytest.raises(OwnerStoppingError):
        database.write(add(1))


def test_an_error_never_quotes_what_was_written(database):
    secret = "what a person wrote"
    with pytest.raises(StoreError) as failure:
        database.write(lambda tx: tx.execute("INSERT INTO notes (id) VALUES (?)", (secret,)))
    assert secret not in str(failure.value)


def test_a_connection_that_an_error_left_in_a_transaction_is_not_used_again(database):
    with pytest.raises(StoreError):
        database.read("BEGIN; SELECT error('no')")
    assert database.read("SELECT 1") == [(1,)]
    database.write(add(1, "kept"))
    assert texts(database) == ["kept"]


@pytest.mark.parametrize(
    "said",
    [
        "Failed to commit: could not allocate block of size 256.0 KiB (57.0 MiB/57.2 MiB used)",
        "Failed to commit: failed to pin block of size 256.0 KiB (57.0 MiB/57.2 MiB used)",
    ],
)
def test_a_commit_that_finds_no_memory_is_told_from_other_faults(database, monkeypatch, said):
    """What DuckDB 1.5.5 says when another query takes all the memory there is."""
    made_room, errors = [], [duckdb.TransactionException(f"TransactionContext Error: {said}")]
    monkeypatch.setattr(database, "_make_room", lambda: made_room.append(True) or True)

    def work(tx):
        if errors:
            raise errors.pop()
        return "done"

    assert database.write(work) == "done"
    assert made_room == [True]


class ShortOfMemory:
    """A cursor whose first COMMIT ends as DuckDB's do where another query takes all the memory there is."""

    def __init__(self, cursor, *, done: bool):
        self.cursor = cursor
        self.done = done
        self.failures = 0

    def __getattr__(self, name):
        return getattr(self.cursor, name)

    def execute(self, query, *given):
        if query != "COMMIT" or self.failures:
            return self.cursor.execute(query, *given)
        self.failures += 1
        if self.done:
            self.cursor.execute("COMMIT")
            raise door.duckdb.OutOfMemoryException("Out of Memory Error: failed to allocate data of size 2.0 KiB")
        self.cursor.execute("ROLLBACK")
        raise door.duckdb.TransactionException("TransactionContext Error: Failed to commit: could not allocate block")


def short_of_memory(database, *, done: bool) -> ShortOfMemory:
    """What the next write is made with."""
    cursor = database._root.cursor()
    cursor.execute("USE workbench")
    database._idle.append(ShortOfMemory(cursor, done=done))
    return database._idle[-1]


def test_a_commit_that_was_done_before_memory_ran_out_is_not_done_again(database):
    database.write(add(1, "kept"))
    cursor = short_of_memory(database, done=True)
    database.write(add(2, "once"))
    assert cursor.failures == 1
    assert texts(database) == ["kept", "once"]


def test_after_a_commit_that_was_undone_the_store_is_opened_again_once_nobody_reads(database, monkeypatch):
    database.write(add(1, "kept"))
    root, real = database._root, door._rows
    reading, on = threading.Event(), threading.Event()

    def reads_slowly(cursor, query, parameters):
        if query == "SELECT 'slow'":
            reading.set()
            on.wait(5)
        return real(cursor, query, parameters)

    monkeypatch.setattr(door, "_rows", reads_slowly)
    slow: list[object] = []
    reader = threading.Thread(target=lambda: slow.append(database.read("SELECT 'slow'")))
    reader.start()
    assert reading.wait(5)
    cursor = short_of_memory(database, done=False)
    written = database.submit(add(2, "once"))
    with pytest.raises(TimeoutError):
        written.result(0.2)
    assert database._root is root
    on.set()
    written.result(5)
    reader.join()
    assert slow == [[("slow",)]]
    assert cursor.failures == 1
    assert database._root is not root
    assert texts(database) == ["kept", "once"]


def test_when_duckdb_gives_the_store_up_it_is_opened_again(database, monkeypatch):
    database.write(add(1, "kept"))
    real = door._rows
    broken = iter([True])

    def breaks_once(*given):
        if next(broken, False):
            raise door.duckdb.FatalException("FATAL Error: database has been invalidated")
        return real(*given)

    monkeypatch.setattr(door, "_rows", breaks_once)
    with pytest.raises(StoreError):
        database.read("SELECT 1")
    assert texts(database) == ["kept"]
    database.write(add(2, "and more"))
    assert texts(database) == ["kept", "and more"]


def test_one_who_learns_late_that_the_store_was_given_up_does_not_disturb_the_new_one(database, monkeypatch):
    real = door._rows
    reading, told, writing, learned = (threading.Event() for _ in range(4))

    def breaks(cursor, query, parameters):
        if query == "late":
            reading.set()
            told.wait(5)
        if query in {"late", "early"}:
            raise door.duckdb.FatalException("FATAL Error: database has been invalidated")
        return real(cursor, query, parameters)

    def read_late() -> None:
        with pytest.raises(StoreError):
            database.read("late")
        learned.set()

    def write_meanwhile(tx) -> None:
        add(1, "kept")(tx)
        writing.set()
        learned.wait(5)

    monkeypatch.setattr(door, "_rows", breaks)
    late = threading.Thread(target=read_late)
    late.start()
    reading.wait(5)
    with pytest.raises(StoreError):
        database.read("early")
    written = database.submit(write_meanwhile)
    writing.wait(5)
    told.set()
    written.result(5)
    late.join()
    assert texts(database) == ["kept"]


def test_a_cursor_that_cannot_be_had_is_an_error_of_our_own(database):
    database._root.close()
    database._idle.clear()
    with pytest.raises(StoreError):
        database.read("SELECT 1")
