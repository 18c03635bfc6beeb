"""Results that are read in pieces, and how they make room for everybody else."""

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from workbench.app import MIGRATIONS
from workbench.errors import (
    ConflictError,
    OwnerStoppingError,
    QueryFailedError,
    QueryTooLargeError,
    StoreMemoryError,
    WorkbenchError,
)
from workbench.storage.database import MOST_GUESTS, Database, Transaction
from workbench.storage.streams import Limits, Stream

PATIENT = Limits(seconds=60)
SORTED = "select i, i::varchar || repeat('x', 80) as s from range(400000) t(i) order by hash(i)"
"""What holds 40 MB while it is read."""
HUNGRY = "with recursive r as (select range(10000) as l, 1 as i union select l, i + 1 from r) select count(*) from r"
"""What takes all the memory there is."""


def rows(stream: Stream) -> list[bytes]:
    pieces = []
    while (piece := stream.read()) is not None:
        pieces.append(piece)
    return pieces


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Database]:
    """A store that may use 64 MB, and no disk to spill on."""
    database = Database(
        tmp_path / "store.duckdb", key=os.urandom(32), spill=tmp_path / "spill", memory_limit_mb=64, spill_bytes=0
    )
    database.migrate(MIGRATIONS)
    yield database
    database.close()


def test_a_result_comes_in_pieces_and_ends(database: Database):
    stream = database.stream("select i from range(100000) t(i)", limits=PATIENT)
    pieces = rows(stream)
    assert len(pieces) > 10
    assert max(map(len, pieces)) < 200_000
    assert stream.wait(0)


def test_a_reader_that_takes_too_long_is_not_waited_for(database: Database):
    stream = database.stream("select i from range(100000) t(i)", limits=Limits(seconds=0.2))
    assert stream.read()
    assert stream.wait(5)
    with pytest.raises(QueryTooLargeError, match=r"ended after 0\.2 seconds"):
        stream.read()


def test_whoever_ends_a_result_frees_what_it_held(database: Database):
    stream = database.stream("select i from range(100000) t(i)", limits=PATIENT)
    assert stream.read()
    stream.end("caller")
    assert stream.wait(5)


def test_where_a_write_needs_memory_a_result_that_is_read_makes_room(small: Database):
    stream = small.stream(SORTED, limits=PATIENT)
    assert stream.read()
    assert stream.read()
    small.write(lambda tx: tx.execute(f"create table big as {SORTED.replace('400000', '300000')}"))
    assert small.read("select count(*) from big") == [(300_000,)]
    with pytest.raises(QueryTooLargeError, match="more memory"):
        rows(stream)


def test_where_a_read_needs_memory_a_result_that_is_read_makes_room(small: Database):
    stream = small.stream(SORTED, limits=PATIENT)
    assert stream.read()
    assert stream.read()
    assert len(small.read(f"select max(s) from ({SORTED.replace('400000', '300000')} limit 290000)")) == 1
    assert stream.wait(5)


def test_while_others_take_all_the_memory_each_write_is_there_once_or_not_at_all(small: Database):
    """The key is written twice, so that a commit that was half undone is seen."""
    small.write(lambda tx: tx.execute("create table a (key bigint primary key)"))
    small.write(lambda tx: tx.execute("create table b (key bigint primary key, text varchar)"))
    over = threading.Event()

    def take_all() -> None:
        while not over.is_set():
            with contextlib.suppress(WorkbenchError):
                rows(small.stream(HUNGRY, limits=PATIENT))

    hungry = threading.Thread(target=take_all)
    hungry.start()
    written, refused = [], []
    try:
        for key in range(300):
            try:
                small.write(lambda tx, key=key: both(tx, key))
            except StoreMemoryError:
                refused.append(key)
            else:
                written.append(key)
    finally:
        over.set()
        hungry.join()
    for table in ("a", "b"):
        assert [key for (key,) in small.read(f"select key from {table} order by key")] == written
    for key in refused:
        small.write(lambda tx, key=key: both(tx, key))
    assert small.read("select count(*) from b") == [(300,)]


def both(tx: Transaction, key: int) -> None:
    tx.execute("insert into a values (?)", (key,))
    tx.execute("insert into b values (?, repeat('x', 300))", (key,))


def test_what_needs_more_memory_than_there_is_fails_in_words(small: Database):
    with pytest.raises(StoreMemoryError, match="more memory"):
        small.read("select list(i::varchar || repeat('x', 80)) from range(4000000) t(i)")
    stream = small.stream("select list(i::varchar || repeat('x', 80)) from range(4000000) t(i)", limits=PATIENT)
    with pytest.raises(QueryTooLargeError, match="more memory"):
        stream.read()


def test_only_so_many_are_read_at_once(database: Database):
    streams = [database.stream("select i from range(100000) t(i)", limits=PATIENT) for _ in range(MOST_GUESTS + 1)]
    for stream in streams[:-1]:
        stream.read()
    with pytest.raises(ConflictError, match="running already"):
        streams[-1].read()
    streams[0].end("caller")
    assert streams[0].wait(5)
    assert database.stream("select 1", limits=PATIENT).read()


def test_a_store_that_closes_ends_what_is_being_read(database: Database):
    stream = database.stream("select i from range(100000) t(i)", limits=PATIENT)
    stream.read()
    before = time.monotonic()
    database.close()
    assert time.monotonic() - before < 5
    with pytest.raises(OwnerStoppingError):
        database.stream("select 1", limits=PATIENT).read()


def test_a_copy_can_be_taken_while_something_is_read(database: Database, tmp_path: Path):
    stream = database.stream("select * from range(1000000) t(i)", limits=PATIENT)
    stream.read()
    database.copy(tmp_path / "copy.duckdb")
    assert stream.read()


def test_times_can_be_marked_as_utc(database: Database):
    import polars as pl

    for utc, zone in ((True, "UTC"), (False, None)):
        stream = database.stream("select timestamp '2026-01-01 00:00' as t", utc=utc, limits=PATIENT)
        assert pl.read_ipc_stream(b"".join(rows(stream))).schema == {"t": pl.Datetime("us", zone)}


def test_what_is_wrong_is_said_where_another_thread_was_only_interrupted_by_it():
    cursor = _Hasty(interrupted=2)
    with pytest.raises(QueryFailedError, match="Could not convert string 'a'"):
        rows(_stream(cursor, "select (case when i = 9000 then 'a' else '1' end)::int from range(10000) t(i)"))
    assert cursor.ran == 3


def test_a_fault_that_does_not_come_again_is_still_one():
    with pytest.raises(QueryFailedError, match="Interrupted"):
        rows(_stream(_Hasty(interrupted=1), "select i from range(10000) t(i)"))


def _stream(cursor: "_Hasty", query: str) -> Stream:
    return Stream(lambda stream: contextlib.nullcontext(cursor), query, [[]], limits=PATIENT, memory_mb=1024)


class _Hasty:
    """A connection on which the first runs of a query are heard to be interrupted, and not why."""

    def __init__(self, *, interrupted: int) -> None:
        self.ran = 0
        self._interrupted = interrupted
        self._connection = duckdb.connect()

    def execute(self, query: str, parameters: list[object] | None = None) -> object:
        if query.startswith("select"):
            self.ran += 1
            if self.ran <= self._interrupted:
                return self
        return self._connection.execute(query, parameters)

    def to_arrow_reader(self, rows: int) -> object:
        raise duckdb.InterruptException("INTERRUPT Error: Interrupted!")

    def interrupt(self) -> None:
        self._connection.interrupt()
