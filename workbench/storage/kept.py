"""What has been read from the store, kept in memory until a table that it was read from changes."""

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from workbench.storage.database import Database

Result = TypeVar("Result")

MOST = 256
"""How many results of one query are kept, for as many parameters."""


class Kept(Generic[Result]):
    """A query that is asked more often than its answer changes. Safe to call from any thread.

    It gives what is committed, as `Database.read` does: a statement takes a millisecond of a processor, and this none.
    What it gives is shared by all who ask: let it be a record that nobody can change.
    """

    def __init__(self, database: Database, *tables: str, read: Callable[..., Result]) -> None:
        """`read` is given `Database.read` and the parameters, and asks for nothing outside of `tables`."""
        self._database = database
        self._tables = tables
        self._read = read
        self._lock = threading.Lock()
        self._version: tuple[int, ...] = ()
        self._results: dict[Hashable, Result] = {}

    def __call__(self, *parameters: Hashable) -> Result:
        """What `read` gives for these parameters; what it raises is not kept."""
        version = self._database.version(*self._tables)  # before reading: a change meanwhile makes it out of date
        with self._lock:
            if version != self._version:
                self._results.clear()
                self._version = version
            elif parameters in self._results:
                return self._results[parameters]
        result = self._read(self._database.read, *parameters)
        with self._lock:
            if version == self._version:
                if len(self._results) >= MOST:
                    del self._results[next(iter(self._results))]
                self._results[parameters] = result
        return result
