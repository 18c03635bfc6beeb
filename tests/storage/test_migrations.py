import pytest

from workbench.errors import HomeTooNewError, StoreError
from workbench.storage.database import KEPT_COPIES, MIGRATIONS
from workbench.storage.migrations import Migration, missing

FIRST = Migration(slice="notes", number=1, statements=("CREATE TABLE letters (a INTEGER)",))
SECOND = Migration(slice="notes", number=2, statements=("ALTER TABLE letters ADD COLUMN b INTEGER",))
BROKEN = Migration(slice="notes", number=2, statements=("ALTER TABLE letters ADD COLUMN b INTEGER", "SELECT nonsense"))


def test_each_step_is_made_once(open_database):
    database = open_database()
    assert database.migrate([*MIGRATIONS, FIRST]) == 2
    assert database.migrate([*MIGRATIONS, FIRST]) == 0
    assert database.migrate([*MIGRATIONS, FIRST, SECOND]) == 1
    assert set(database.columns("letters")) == {"a", "b"}


def test_a_step_that_fails_leaves_nothing_behind_and_can_be_made_later(open_database):
    database = open_database()
    database.migrate([FIRST])
    with pytest.raises(StoreError):
        database.migrate([FIRST, BROKEN])
    assert database.columns("letters") == ("a",)
    assert database.migrate([FIRST, SECOND]) == 1


def test_a_store_of_a_newer_version_is_refused_and_unchanged(open_database):
    database = open_database()
    database.migrate([FIRST, SECOND])
    with pytest.raises(HomeTooNewError, match="newer version"):
        database.migrate([FIRST])
    assert set(database.columns("letters")) == {"a", "b"}


def test_a_store_that_holds_something_is_copied_aside_first(open_database, tmp_path):
    database = open_database()
    database.migrate([FIRST])
    assert list(tmp_path.glob("before-*")) == []
    steps = [FIRST]
    for number in range(2, 6):
        steps.append(Migration(slice="notes", number=number, statements=(f"CREATE TABLE t{number} (a INTEGER)",)))
        database.migrate(steps)
    copies = sorted(tmp_path.glob("before-*"))
    assert len(copies) == KEPT_COPIES
    assert all(copy.stat().st_mode & 0o077 == 0 for copy in copies)


def test_numbers_with_a_gap_are_a_mistake_of_the_program():
    with pytest.raises(ValueError, match="numbered"):
        missing([FIRST, Migration(slice="notes", number=3, statements=())], [])
