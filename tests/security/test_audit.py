import os

import pytest

from workbench.security import audit
from workbench.storage.caller import Caller, caller
from workbench.storage.database import Database


@pytest.fixture
def database(tmp_path):
    database = Database(tmp_path / "a.duckdb", key=os.urandom(32), spill=tmp_path / "spill")
    database.migrate(audit.MIGRATIONS)
    yield database
    database.close()


def write(database: Database, count: int) -> None:
    for number in range(count):
        database.write(lambda tx, number=number: audit.record(tx, "notes.add", str(number), {"number": number}))


def test_each_row_follows_from_the_one_before(database):
    write(database, 5)
    assert audit.verify(database) is None


@pytest.mark.parametrize(
    ("tampering", "found_at"),
    [
        ("UPDATE audit SET detail = '{}' WHERE number = 3", 3),
        ("UPDATE audit SET actor = 'nobody' WHERE number = 1", 1),
        ("UPDATE audit SET created_at = created_at + INTERVAL 1 MICROSECOND WHERE number = 4", 4),
        ("DELETE FROM audit WHERE number = 2", 2),
        ("UPDATE audit SET number = 9 WHERE number = 5", 5),
    ],
)
def test_a_row_that_was_altered_or_taken_out_is_found(database, tampering, found_at):
    write(database, 5)
    database.write(lambda tx: tx.execute(tampering))
    assert audit.verify(database) == found_at


def test_a_row_names_the_door_the_change_came_through(database):
    token = caller.set(Caller(actor="cli"))
    write(database, 1)
    caller.reset(token)
    write(database, 1)
    assert database.read("SELECT actor FROM audit ORDER BY number") == [("cli",), ("owner",)]


def test_a_change_that_was_undone_leaves_no_gap_in_the_chain(database):
    def fail(tx):
        audit.record(tx, "notes.add", "never")
        raise ValueError

    write(database, 1)
    futures = [database.submit(fail if n % 2 else lambda tx: audit.record(tx, "notes.add", "kept")) for n in range(10)]
    assert sum(future.exception() is None for future in futures) == 5
    write(database, 1)
    assert database.tables()["audit"] == 7
    assert audit.verify(database) is None
