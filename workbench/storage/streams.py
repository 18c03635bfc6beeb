"""Results that are read in pieces, and that may harm nobody else.

A query that a person wrote, or one that gives a whole history, is a guest: it has a connection of its own that sees
nothing but its views, and it is ended when it takes too long or too much memory, or when somebody else needs that.
"""

import contextlib
import re
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from workbench.errors import DiskFullError, QueryFailedError, QueryTooLargeError, StoreError, WorkbenchError
from workbench.resident import resident_mb

ROWS = 8192
"""How many rows one piece holds at most."""
_LOOK_EVERY_S = 0.02
_LOOKS_FOR_A_FAULT = 3
_INTERRUPTED = "INTERRUPT Error"

Why = Literal["time", "memory", "size", "caller"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """When a guest is ended."""

    seconds: float
    size_bytes: int | None = None
    """How much it may give."""


class Cursor(Protocol):
    """What a stream needs of a connection."""

    def execute(self, query: str, parameters: list[object] = ..., /) -> Any:  # noqa: ANN401  (DuckDB's own result)
        """Run a query until its first rows are there."""
        ...

    def interrupt(self) -> None:
        """Make what runs here end soon."""
        ...


class Hosting(Protocol):
    """Lends a connection for as long as a stream needs it."""

    def __call__(self, stream: "Stream") -> AbstractContextManager[Cursor]:
        """A connection that sees no table by its name alone."""
        ...


class Stream:
    """A result as an Arrow stream, read piece by piece, from whichever thread."""

    def __init__(
        self,
        host: Hosting,
        query: str,
        parameters: Sequence[list[object]],
        *,
        views: Sequence[str] = (),
        utc: bool = False,
        limits: Limits,
        memory_mb: int,
    ) -> None:
        """`views`: the statements that make what the query may see. `utc`: mark times as being in UTC.

        `memory_mb` is how much more the process may hold while it runs.
        """
        self._host = host
        self._query = query
        self._parameters = parameters
        self._views = views
        self._utc = utc
        self._limits = limits
        self._memory_mb = memory_mb
        self._pieces = self._run()
        self._step = threading.Lock()
        self._why: Why | None = None
        self._over = threading.Event()

    def read(self) -> bytes | None:
        """The next piece; None at the end.

        Raises QueryFailedError, QueryTooLargeError, DiskFullError.
        """
        with self._step:
            piece = next(self._pieces, None)
        if piece is None and self._why is not None:
            raise self._ended()
        return piece

    def end(self, why: Why) -> None:
        """Make it end in a moment, whether it runs or waits for its reader."""
        self._why = self._why or why

    def wait(self, seconds: float) -> bool:
        """Whether it has let go of everything, waiting so long for it."""
        return self._over.wait(seconds)

    def _run(self) -> Generator[bytes]:
        size = 0
        try:
            with self._host(self) as cursor, self._watched(cursor):
                for piece in self._sent_or_failed(cursor):
                    size += len(piece)
                    if self._limits.size_bytes is not None and size > self._limits.size_bytes:
                        self._why = "size"
                        return
                    yield piece
        except WorkbenchError:
            raise
        except Exception as error:
            raise self._ended() if self._why else _failure(str(error)) from error
        finally:
            self._over.set()

    def _sent_or_failed(self, cursor: Cursor) -> Iterator[bytes]:
        """What is sent; raises what is wrong with the query.

        A thread of DuckDB's that fails interrupts the others before it says why, and one of these may be heard first.
        So where nobody here interrupted, the query runs again, and its first words of why it fails are taken.
        """
        try:
            yield from self._sent(cursor)
        except Exception as error:
            if _INTERRUPTED not in str(error):
                raise
            for _ in range(_LOOKS_FOR_A_FAULT):
                if self._why is None:
                    self._run_to_its_fault(cursor)
            raise

    def _run_to_its_fault(self, cursor: Cursor) -> None:
        cursor.execute("ROLLBACK")
        try:
            for _ in self._sent(cursor):
                pass
        except Exception as error:
            if _INTERRUPTED not in str(error):
                raise

    def _sent(self, cursor: Cursor) -> Iterator[bytes]:
        from workbench.storage import arrow  # noqa: PLC0415  (the door to pyarrow: loaded when it is first needed)

        for statement in ("BEGIN TRANSACTION", *self._views):
            cursor.execute(statement)
        readers = (cursor.execute(self._query, values).to_arrow_reader(ROWS) for values in self._parameters)
        yield from arrow.pieces(readers, utc=self._utc)

    @contextlib.contextmanager
    def _watched(self, cursor: Cursor) -> Iterator[None]:
        """While inside, somebody looks whether it is time to end."""
        done = threading.Event()
        watching = threading.Thread(target=self._watch, args=(cursor, done), name="store-guest", daemon=True)
        watching.start()
        try:
            yield
        finally:
            done.set()

    def _watch(self, cursor: Cursor, done: threading.Event) -> None:
        deadline = time.monotonic() + self._limits.seconds
        most = resident_mb() + self._memory_mb
        while not done.wait(_LOOK_EVERY_S):
            if self._why is None and time.monotonic() > deadline:
                self.end("time")
            elif self._why is None and resident_mb() > most:
                self.end("memory")
            if self._why is not None:
                self._stop(cursor)

    def _stop(self, cursor: Cursor) -> None:
        """Interrupt what runs; where nothing does, because the reader is slow, let go of everything."""
        if self._step.acquire(blocking=False):
            try:
                self._pieces.close()
            finally:
                self._step.release()
        else:
            cursor.interrupt()

    def _ended(self) -> WorkbenchError:
        return ended(self._why or "caller", self._limits)


def ended(why: Why, limits: Limits) -> QueryTooLargeError:
    """What a guest's caller is told of its end."""
    match why:
        case "time":
            return QueryTooLargeError(
                f"The query was ended after {limits.seconds:g} seconds.",
                remedy="Ask for less: fewer rows, fewer joins; or allow it more time.",
            )
        case "memory":
            return QueryTooLargeError(
                "The query was ended, as it took more memory than there is for queries.",
                remedy="Ask for less at once: leave out `text`, filter by created_at, or aggregate first.",
            )
        case "size":
            return QueryTooLargeError(
                f"The query gives more than {(limits.size_bytes or 0) // 1024**2:,} MB.",
                remedy="Ask for fewer rows or columns, or read everything with `history`.",
            )
        case "caller":
            return QueryTooLargeError("The query was ended by its caller.", remedy="Run it again.")


def sentence(message: str) -> str:
    """What DuckDB says of a query, without the lines that draw it."""
    return " ".join(message.partition("\n\nLINE ")[0].split())


def _failure(message: str) -> WorkbenchError:
    """What went wrong in a guest's query. It may quote values, which its caller could read anyway."""
    if "Out of Memory Error" in message or "std::bad_alloc" in message:
        return ended("memory", Limits(seconds=0))
    if re.search(r"No space left|disk (is )?full|Disk quota", message, re.IGNORECASE):
        return DiskFullError("The disk is full, so the query had to end.", remedy="Free some space and try again.")
    if re.match(r"(INTERNAL|FATAL) Error", message):
        return StoreError("DuckDB failed in this query.", remedy="Write it another way.")
    return QueryFailedError(
        f"{sentence(message).rstrip('.')}.", remedy="Correct the query; `describe messages` shows the columns."
    )
