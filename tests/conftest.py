"""What tests of more than one slice share: a store with every table in it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.app import MIGRATIONS
from workbench.storage.database import Database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """An open store with every slice's tables."""
    database = Database(tmp_path / "store.duckdb", key=os.urandom(32), spill=tmp_path / "spill")
    database.migrate(MIGRATIONS)
    yield database
    database.close()
