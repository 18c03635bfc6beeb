import threading

import pytest

from workbench.storage.kept import MOST, Kept


def count(read, at_least: int = 0) -> int:
    return read("SELECT count(*) FROM notes WHERE id >= ?", (at_least,))[0][0]


class Counting:
    """A query that knows how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, read, at_least: int = 0) -> int:
        self.asked += 1
        return count(read, at_least)


@pytest.fixture
def query() -> Counting:
    return Counting()


@pytest.fixture
def kept(database, query) -> Kept[int]:
    return Kept(database, "notes", read=query)


def add(database, number: int) -> None:
    database.write(lambda tx: tx.execute("INSERT INTO notes (id) VALUES (?)", (number,)))


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO notes (id) VALUES (7)",
        "INSERT OR REPLACE INTO notes (id) VALUES (1)",
        "WITH new AS (SELECT 7 AS id)\nINSERT INTO notes (id) SELECT id FROM new",
        "UPDATE notes SET id = 8 WHERE id = 1",
        "DELETE FROM notes WHERE id = 1",
        'DELETE FROM "notes"',
        "ALTER TABLE notes ADD COLUMN more INTEGER",
        "DROP TABLE notes; CREATE TABLE notes (id INTEGER)",
    ],
)
def test_every_statement_that_changes_a_table_has_it_read_again(database, kept, query, statement):
    add(database, 1)
    assert (kept(), kept(), query.asked) == (1, 1, 1)
    database.write(lambda tx: tx.execute(statement))
    assert kept() == count(database.read)
    assert query.asked == 2


def test_rows_that_are_logged_are_a_change(database, kept):
    assert kept() == 0
    database.write(lambda tx: tx.log("notes", (1, "logged", None)))
    assert kept() == 1


def test_other_tables_and_mere_reading_are_none(database, kept, query):
    database.write(lambda tx: tx.execute("CREATE TABLE others (id INTEGER)"))
    assert kept() == 0
    database.write(lambda tx: tx.execute("INSERT INTO others VALUES (1)"))
    database.write(lambda tx: tx.execute("SELECT count(*) FROM notes"))
    assert (kept(), query.asked) == (0, 1)


def test_each_parameter_has_an_answer_of_its_own_and_not_too_many_are_kept(database, kept, query):
    for number in range(3):
        add(database, number)
    assert [kept(0), kept(1), kept(2), kept(1)] == [3, 2, 1, 2]
    assert query.asked == 3
    for number in range(MOST + 10):
        assert kept(number) == max(0, 3 - number)
    asked = query.asked
    assert kept(0) == 3
    assert query.asked == asked + 1


def test_what_is_raised_is_not_kept(database):
    def refuse(read):
        if count(read) == 0:
            raise LookupError("nothing yet")
        return "there"

    kept = Kept(database, "notes", read=refuse)
    with pytest.raises(LookupError):
        kept()
    add(database, 1)
    assert kept() == "there"


def test_a_change_that_is_undone_leaves_the_answer_as_it_is(database, kept):
    def fail(tx):
        tx.execute("INSERT INTO notes (id) VALUES (1)")
        raise ValueError("no")

    assert kept() == 0
    with pytest.raises(ValueError, match="no"):
        database.write(fail)
    assert kept() == 0


def test_what_was_acknowledged_is_seen_by_all_threads_at_once(database, kept):
    """Each writer reads its own change back, while others keep the answer fresh and stale by turns."""
    behind = []

    def write(first: int) -> None:
        for number in range(first, first + 40):
            add(database, number)
            if kept(number) < 1:
                behind.append(number)

    threads = [threading.Thread(target=write, args=(1000 * at,)) for at in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert behind == []
    assert kept() == 160
