import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from workbench.storage.database import Database

Open = Callable[..., Database]


@pytest.fixture
def key() -> bytes:
    return os.urandom(32)


@pytest.fixture
def open_database(tmp_path: Path, key: bytes) -> Iterator[Open]:
    """Opens the one store of the test, as often as it is closed."""
    opened: list[Database] = []

    def open_it(**given: object) -> Database:
        options = {"key": key, "spill": tmp_path / "spill", **given}
        database = Database(tmp_path / "workbench.duckdb", **options)
        opened.append(database)
        return database

    yield open_it
    for database in opened:
        database.close()


@pytest.fixture
def database(open_database: Open) -> Database:
    database = open_database()
    database.write(lambda tx: tx.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, text VARCHAR, noted TIMESTAMP)"))
    return database
