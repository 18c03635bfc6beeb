"""The encrypted database: the only source of truth, and the only door to DuckDB.

One process owns the file. Reads run on cursors of their own and never wait for a write. Writes queue for one thread,
which commits what has gathered as one transaction: a commit costs a few milliseconds of disk however many share it.
"""

import base64
import contextlib
import queue
import re
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextvars import copy_context
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, Protocol, TypeVar, cast

import duckdb
import msgspec

from workbench.clock import utc_now
from workbench.config import not_written
from workbench.errors import (
    ConflictError,
    DiskFullError,
    EncryptionMissingError,
    HomeNotWritableError,
    OwnerStoppingError,
    StoreDamagedError,
    StoreError,
    StoreInUseError,
    StoreMemoryError,
    WorkbenchError,
)
from workbench.storage import migrations
from workbench.storage.caller import caller
from workbench.storage.migrations import Migration
from workbench.storage.register import Table
from workbench.storage.streams import Limits, Stream, Why

Row = tuple[Any, ...]  # DuckDB decides a value's type by the query
Result = TypeVar("Result")

KEY_BYTES = 32
KEPT_COPIES = 2
"""How many copies of the store, each taken before a migration, are kept."""
REQUEST_MEMORY = timedelta(days=7)
"""How long a request that comes again is recognised."""
MOST_GUESTS = 8
"""How many results are read in pieces at once."""
MOST_SPILL_BYTES = 4 * 1024**3
"""How much of the disk the queries that run may take; never more than half of what is free when the store opens."""
_BATCH = 512
_ROOM_S = 10.0
"""How long a guest that is to make room is waited for."""
_CATALOGUE = "workbench"
_CHANGED = re.compile(
    r"\b(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM|(?:ALTER|CREATE|DROP) TABLE(?: IF (?:NOT )?EXISTS)?)\s+\"?(\w+)"
)
"""The tables that a statement of ours changes."""

MIGRATIONS = (
    Migration(
        slice="storage",
        number=1,
        statements=(
            """CREATE TABLE requests (
                key VARCHAR PRIMARY KEY, created_at TIMESTAMP NOT NULL, answer BLOB NOT NULL)""",
        ),
    ),
)
TABLES = (
    Table(
        name="schema_migrations",
        slice="storage",
        key=("slice", "number"),
        exported=False,
        audited=False,
        reason="It describes this file, not the person's work; an import lands in a store with its own.",
    ),
    Table(
        name="requests",
        slice="storage",
        key=("key",),
        exported=False,
        personal=("answer",),
        audited=False,
        reason="Answers kept for a week so that a repeated request changes nothing; the changes are audited.",
    ),
)


class Reader(Protocol):
    """`Database.read` or `Transaction.execute`: a query that only reads works on either."""

    def __call__(self, query: str, parameters: Sequence[object] = ()) -> list[Row]:
        """The rows that `query` gives."""
        ...


class Transaction:
    """What a write sees: its own changes and those committed before it."""

    __slots__ = ("_cursor", "_waiting", "changed", "notes")

    def __init__(self, cursor: duckdb.DuckDBPyConnection, notes: dict[str, Any]) -> None:
        self._cursor = cursor
        self._waiting: dict[str, list[Row]] = {}
        self.changed: set[str] = set()
        """The tables that it has changed."""
        self.notes = notes
        """What one transaction leaves for the next one, so that it need not be looked up; forgotten if undone."""

    def execute(self, query: str, parameters: Sequence[object] = ()) -> list[Row]:
        """The rows that `query` gives; times are aware, in UTC, both ways."""
        self.changed |= _changed(query)
        return _rows(self._cursor, query, parameters)

    def log(self, table: str, row: Row) -> None:
        """Add a row to a table that no work reads: all that gathers is written at the end, in one statement.

        A statement takes half a millisecond, and another row of it a tenth of that.
        """
        self._waiting.setdefault(table, []).append(row)

    def write_logged(self) -> None:
        """Write the rows that `log` was given."""
        for table, rows in self._waiting.items():
            places = ", ".join([f"({', '.join('?' * len(rows[0]))})"] * len(rows))
            self.execute(f"INSERT INTO {table} VALUES {places}", tuple(v for row in rows for v in row))  # noqa: S608


@dataclass(frozen=True, slots=True)
class _Request:
    """A request that may come again: under which key, and what it is answered with."""

    key: str
    returns: type[Any]


@dataclass(frozen=True, slots=True)
class _Job:
    work: Callable[[Transaction], Any]
    future: Future[Any]
    request: _Request | None = None


@dataclass(frozen=True, slots=True)
class _Alone:
    """Work for the writer's thread outside of any transaction."""

    work: Callable[[], None]
    future: Future[None]


class _Nothing:
    """No job waits."""


_NOTHING = _Nothing()


class Database:
    """An open store. Safe to use from any thread."""

    def __init__(
        self,
        path: Path,
        *,
        key: bytes,
        spill: Path,
        memory_limit_mb: int = 1024,
        threads: int = 2,
        spill_bytes: int = MOST_SPILL_BYTES,
    ) -> None:
        """Open the store at `path`, making it if there is none.

        Raises EncryptionMissingError, StoreInUseError, StoreDamagedError (also for a wrong key), HomeNotWritableError.
        """
        if len(key) != KEY_BYTES:
            raise ValueError(f"A database key has {KEY_BYTES} bytes.")
        self.path = path
        self._key = base64.b64encode(key).decode()
        self._memory_limit_mb = memory_limit_mb
        self._guests: set[Stream] = set()
        self._config: dict[str, str | bool | int | float | list[str]] = {
            "allow_community_extensions": "false",
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "memory_limit": f"{memory_limit_mb}MB",
            "threads": threads,
            "temp_directory": str(spill),
            "max_temp_directory_size": f"{min(spill_bytes, shutil.disk_usage(path.parent).free // 2)}B",
        }
        self._lock = threading.RLock()
        self._let_go = threading.Condition(self._lock)
        """Told when a cursor is given back, and when the store is open again."""
        self._in_use = 0
        self._renewing = False
        self._leaves_keys = False
        """Whether a commit failed: DuckDB undoes it, but for the keys in its indexes, so that it cannot be repeated."""
        self._idle: list[duckdb.DuckDBPyConnection] = []
        self._root: duckdb.DuckDBPyConnection | None = None
        self._generation = 0
        self._notes: dict[str, Any] = {}
        self._changes: Counter[str] = Counter()
        self._jobs: queue.SimpleQueue[_Job | _Alone | None] = queue.SimpleQueue()
        self._closed = False
        self._open()
        self._writer = threading.Thread(target=self._write_loop, name="store-writer", daemon=True)
        self._writer.start()

    # Reading

    def read(self, query: str, parameters: Sequence[object] = ()) -> list[Row]:
        """The rows that `query` gives, as of the last commit; times are aware, in UTC, both ways."""
        try:
            return self._read(query, parameters)
        except StoreMemoryError:
            if not self._make_room():
                raise
        return self._read(query, parameters)

    def stream(
        self,
        query: str,
        *parameters: Sequence[object],
        views: Sequence[str] = (),
        utc: bool = False,
        limits: Limits,
    ) -> Stream:
        """The rows that `query` gives, to be read in pieces as an Arrow stream, as of the last commit.

        With several sets of parameters: those it gives for each, one after the other.

        The query sees the temporary views that the statements in `views` make; it must name everything else in full.
        `utc` marks its times as being in UTC. It is a guest: see `workbench.storage.streams`.
        """
        return Stream(
            self._guest,
            query,
            [[_inward(value) for value in values] for values in parameters or ((),)],
            views=views,
            utc=utc,
            limits=limits,
            memory_mb=2 * self._memory_limit_mb,
        )

    def version(self, *tables: str) -> tuple[int, ...]:
        """A number for each of these tables, which grows before anybody is told that a change to it is committed."""
        return tuple(self._changes[table] for table in tables)

    # Writing

    def submit(self, work: Callable[[Transaction], Result]) -> "Future[Result]":
        """Queue `work`; the future is done when it is committed and on disk.

        `work` shares its transaction with others that wait, and is run again alone if one of them fails: it must do
        nothing but read and change the store. It runs in the caller's context. What it raises undoes its own changes
        and is raised by the future.
        """
        return self._submit(work, None)

    def write(self, work: Callable[[Transaction], Result], *, returns: type[Result] | None = None) -> Result:
        """Run `work` in a transaction and wait until it is on disk; see `submit`.

        With `returns`, the type of what `work` gives, a request that comes again under the same key (see
        `workbench.storage.caller`) changes nothing and is given the first one's answer.
        """
        key = caller.get().request_key
        if returns is None or key is None:
            return self.submit(work).result()
        return self._submit(work, _Request(f"{returns.__name__}:{key}", returns)).result()

    def copy(self, target: Path) -> None:
        """Write a consistent copy of the store, under the same key, while others keep reading.

        Raises DiskFullError, HomeNotWritableError; nothing is then left of the copy.
        """

        def checkpoint_and_copy() -> None:
            with self._cursor() as cursor:
                cursor.execute(f"CHECKPOINT {_CATALOGUE}")
            try:
                shutil.copyfile(self.path, target)
                target.chmod(0o600)
            except OSError as error:
                target.unlink(missing_ok=True)
                raise not_written(target, error) from error

        self._exclusively(checkpoint_and_copy)

    def migrate(self, known: Sequence[Migration]) -> int:
        """Bring the store to the present form; how many steps that took.

        A store that held anything is copied aside first. Raises HomeTooNewError before changing anything.
        """
        recorded = self.columns("schema_migrations")
        done = self.read("SELECT slice, number FROM schema_migrations") if recorded else []
        steps = migrations.missing(known, [(row[0], row[1]) for row in done])
        if not steps:
            return 0
        if done:
            self.copy(self.path.with_name(f"before-{utc_now():%Y%m%dT%H%M%S%f}.duckdb"))
            self._drop_old_copies()
        self.write(lambda tx: tx.execute(migrations.RECORD))
        for step in steps:
            self.write(lambda tx, step=step: migrations.apply(step, tx))  # type: ignore[misc]  # mypy cannot type a default
        return len(steps)

    def tables(self) -> dict[str, int]:
        """Every table with the number of its rows."""
        names = self.read(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = ? ORDER BY table_name",
            (_CATALOGUE,),
        )
        return {name: self.read(f'SELECT count(*) FROM "{name}"')[0][0] for (name,) in names}  # noqa: S608

    def columns(self, table: str) -> tuple[str, ...]:
        """The names of a table's columns."""
        found = self.read(
            "SELECT column_name FROM duckdb_columns() WHERE database_name = ? AND table_name = ?",
            (_CATALOGUE, table),
        )
        return tuple(name for (name,) in found)

    def close(self) -> None:
        """Finish what is queued, write everything into the one file and let go of it. Safe to call twice."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._jobs.put(None)
        self._writer.join()
        self._end_guests("caller")
        with self._lock:
            if self._root is not None:
                with contextlib.suppress(duckdb.Error):  # a full disk: the WAL keeps what the file lacks
                    self._root.execute(f"CHECKPOINT {_CATALOGUE}")
            self._shut()

    # Inside

    def _open(self) -> None:
        extension = _encryption_extension()
        root = duckdb.connect(":memory:", config=self._config)
        try:
            root.execute("SET temp_file_encryption = true")
            root.execute("SET GLOBAL TimeZone = 'UTC'")
            root.execute("PRAGMA disable_checkpoint_on_shutdown")  # `close` does it; what was given up must not
            root.execute(f"LOAD '{_quoted(extension)}'")
        except duckdb.Error as error:
            root.close()
            raise _encryption_missing() from error
        try:
            root.execute(f"ATTACH '{_quoted(self.path)}' AS {_CATALOGUE} (ENCRYPTION_KEY ?)", [self._key])
            root.execute("SET enable_external_access = false")
            root.execute("SET lock_configuration = true")
            root.execute(f"USE {_CATALOGUE}")
            cipher = root.execute(
                "SELECT cipher FROM duckdb_databases() WHERE database_name = ? AND encrypted", [_CATALOGUE]
            ).fetchall()
        except duckdb.Error as error:
            root.close()
            raise _opening_error(self.path, error) from error
        if cipher != [("GCM",)]:
            root.close()
            raise EncryptionMissingError(
                f"The store {str(self.path)!r} is not encrypted with AES-GCM, so it stays closed.",
                remedy="Restore it from a backup, or move it away to start an empty one.",
            )
        self.path.chmod(0o600)
        self._root = root
        self._generation += 1

    def _shut(self) -> None:
        for cursor in self._idle:
            with contextlib.suppress(duckdb.Error):
                cursor.close()
        self._idle.clear()
        if self._root is not None:
            with contextlib.suppress(duckdb.Error):
                self._root.close()
            self._root = None

    def _reopen(self, given_up: int) -> None:
        """Open the store again after DuckDB gave up that opening of it; if that fails too, the next use tries again."""
        with self._lock:
            if given_up != self._generation:
                return
            self._shut()
            with contextlib.suppress(StoreError):
                self._open()

    def _renew(self) -> bool:
        """Open the store again once nobody uses it; whether that was done. Only for the writer's thread."""
        self._make_room()
        with self._let_go:
            self._renewing = True
            try:
                if not self._let_go.wait_for(lambda: self._in_use == 0 and not self._guests, _ROOM_S):
                    return False
                self._reopen(self._generation)
                self._leaves_keys = False
                return True
            finally:
                self._renewing = False
                self._let_go.notify_all()

    def _read(self, query: str, parameters: Sequence[object]) -> list[Row]:
        with self._cursor() as cursor:
            return _rows(cursor, query, parameters)

    def _opened(self) -> tuple[duckdb.DuckDBPyConnection, int]:
        """The root of all connections, and which opening of the store it is of. The caller holds the lock."""
        if self._root is None:
            if self._closed:
                raise OwnerStoppingError("The store is closed.", remedy="Try again in a moment.")
            self._open()
        return cast(duckdb.DuckDBPyConnection, self._root), self._generation

    @contextlib.contextmanager
    def _guest(self, stream: Stream) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection of its own: where it stands there is no table, and what it makes there goes with it."""
        with self._let_go:
            self._let_go.wait_for(lambda: not self._renewing)
            if self._closed:
                raise OwnerStoppingError("The store is closing.", remedy="Try again in a moment.")
            if len(self._guests) >= MOST_GUESTS:
                raise ConflictError(
                    f"{MOST_GUESTS} queries are running already.", remedy="Try again when one of them has ended."
                )
            root, generation = self._opened()
            cursor = root.cursor()
            self._guests.add(stream)
        try:
            yield cursor
        except Exception as error:
            if _invalidated(error):
                self._reopen(generation)
            raise
        finally:
            with self._let_go, contextlib.suppress(duckdb.Error):
                self._guests.discard(stream)
                self._let_go.notify_all()
                cursor.close()

    def _end_guests(self, why: Why) -> bool:
        """End every result that is read in pieces; whether there was one."""
        with self._lock:
            guests = tuple(self._guests)
        for guest in guests:
            guest.end(why)
        for guest in guests:
            guest.wait(_ROOM_S)
        return bool(guests)

    def _make_room(self) -> bool:
        """Memory has run out: let those go first who can be asked again; whether that may have helped."""
        return self._end_guests("memory")

    @contextlib.contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection to work with; it is closed after an error, which may leave it in a transaction without end."""
        with self._let_go:
            self._let_go.wait_for(lambda: not self._renewing)
            root, generation = self._opened()
            cursor = self._idle.pop() if self._idle else None
            self._in_use += 1
        sound = True
        try:
            if cursor is None:
                cursor = root.cursor()
                cursor.execute(f"USE {_CATALOGUE}")
            yield cursor
        except duckdb.Error as error:
            sound = False
            if _invalidated(error):
                self._reopen(generation)
            raise _using_error(error) from error
        finally:
            self._give_back(cursor, generation, sound=sound)

    def _give_back(self, cursor: duckdb.DuckDBPyConnection | None, generation: int, *, sound: bool) -> None:
        with self._let_go:
            self._in_use -= 1
            self._let_go.notify_all()
            if cursor is None:
                return
            if sound and generation == self._generation and self._root is not None:
                self._idle.append(cursor)
            else:
                with contextlib.suppress(duckdb.Error):
                    cursor.close()

    def _exclusively(self, work: Callable[[], None]) -> None:
        """Run `work` on the writer's thread, outside of any transaction."""
        future: Future[None] = Future()
        self._enqueue(_Alone(work, future))
        future.result()

    def _submit(self, work: Callable[[Transaction], Result], request: _Request | None) -> "Future[Result]":
        future: Future[Result] = Future()
        context = copy_context()
        self._enqueue(_Job(lambda tx: context.run(work, tx), future, request))
        return future

    def _enqueue(self, job: "_Job | _Alone") -> None:
        with self._lock:
            if self._closed:
                raise OwnerStoppingError("The store is closing.", remedy="Try again in a moment.")
            self._jobs.put(job)

    def _write_loop(self) -> None:
        batch: list[_Job] = []
        while True:
            job: _Job | _Alone | _Nothing | None = self._jobs.get()
            while isinstance(job, _Job):
                batch.append(job)
                job = self._next_job() if len(batch) < _BATCH else _NOTHING
            if batch:
                self._commit(batch)
                batch.clear()
            if isinstance(job, _Alone):
                _settle(job)
            if job is None:
                return

    def _next_job(self) -> "_Job | _Alone | _Nothing | None":
        try:
            return self._jobs.get_nowait()
        except queue.Empty:
            return _NOTHING

    def _commit(self, batch: list[_Job], *, renewed: bool = False) -> None:
        """Commit the batch as one transaction; where a part of it fails, each part as its own."""
        try:
            results = self._transact(batch)
        except Exception as error:  # noqa: BLE001  (it is handed to the one who waits)
            lacks_memory = isinstance(error, StoreMemoryError)
            if self._leaves_keys and self._renew() and lacks_memory and not renewed:
                self._commit(batch, renewed=True)
            elif lacks_memory and self._make_room():
                self._commit(batch, renewed=renewed)
            elif len(batch) > 1:
                for job in batch:
                    self._commit([job])
            else:
                batch[0].future.set_exception(error)
            return
        for job, result in zip(batch, results, strict=True):
            job.future.set_result(result)

    def _transact(self, jobs: list[_Job]) -> list[Any]:
        with self._cursor() as cursor:
            transaction = Transaction(cursor, dict(self._notes))
            try:
                cursor.execute("BEGIN")
                answers = _answers(transaction, [job.request.key for job in jobs if job.request is not None])
                results = [_once(transaction, job, answers) for job in jobs]
                transaction.write_logged()
                self._end(cursor)
                self._notes = transaction.notes
            except BaseException:
                with contextlib.suppress(duckdb.Error):  # BEGIN or COMMIT failed: DuckDB may have rolled back
                    cursor.execute("ROLLBACK")
                raise
            finally:
                self._changes.update(transaction.changed)
            return results

    def _end(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Commit. Where memory runs out, find out whether that was before or after it was done."""
        try:
            cursor.execute("COMMIT")
        except duckdb.TransactionException as error:
            self._leaves_keys = "Failed to commit" in str(error)
            raise
        except duckdb.OutOfMemoryException:
            self._make_room()
            try:
                cursor.execute("ROLLBACK")
            except duckdb.TransactionException:
                return  # there is nothing to undo: it was done, and saying so failed
            raise

    def _drop_old_copies(self) -> None:
        copies = sorted(self.path.parent.glob("before-*.duckdb"))
        for old in copies[:-KEPT_COPIES]:
            old.unlink()


def _settle(job: _Alone) -> None:
    try:
        job.work()
    except Exception as error:  # noqa: BLE001  (it is handed to the one who waits)
        job.future.set_exception(error)
    else:
        job.future.set_result(None)


def _answers(tx: Transaction, keys: list[str]) -> dict[str, bytes]:
    """What requests that have come before were answered, by their keys."""
    if not keys:
        return {}
    return dict(tx.execute(f"SELECT key, answer FROM requests WHERE key IN ({', '.join('?' * len(keys))})", keys))  # noqa: S608


def _once(tx: Transaction, job: _Job, answers: dict[str, bytes]) -> Any:  # noqa: ANN401  (what a job's work gives)
    """What a job gives; one whose request is among the answers changes nothing, and others are added to them."""
    if job.request is None:
        return job.work(tx)
    known = answers.get(job.request.key)
    if known is not None:
        return msgspec.json.decode(known, type=job.request.returns)
    result = job.work(tx)
    answers[job.request.key] = msgspec.json.encode(result)
    tx.log("requests", (job.request.key, utc_now(), answers[job.request.key]))
    return result


def forget_old_requests(tx: Transaction) -> None:
    """Forget the requests that are too old to come again."""
    tx.execute("DELETE FROM requests WHERE created_at < ?", (utc_now() - REQUEST_MEMORY,))


@lru_cache(1024)
def _changed(query: str) -> frozenset[str]:
    return frozenset(_CHANGED.findall(query))


def _rows(cursor: duckdb.DuckDBPyConnection, query: str, parameters: Sequence[object]) -> list[Row]:
    cursor.execute(query, [_inward(value) for value in parameters])
    if cursor.description is None:
        return []
    rows: list[Row] = cursor.fetchall()
    times = [i for i, column in enumerate(cursor.description) if str(column[1]) in ("DATETIME", "TIMESTAMP")]
    return [_aware(row, times) for row in rows] if times else rows


def _inward(value: object) -> object:
    return value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) else value


def _aware(row: Row, times: list[int]) -> Row:
    values = list(row)
    for i in times:
        if values[i] is not None:
            values[i] = values[i].replace(tzinfo=UTC)
    return tuple(values)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _encryption_extension() -> Path:
    """The file of the extension that DuckDB needs to write an encrypted store, from its wheel."""
    try:
        package = resources.files("duckdb_extension_httpfs")
    except ModuleNotFoundError as error:
        raise _encryption_missing() from error
    file = Path(str(package)) / "extensions" / f"v{duckdb.__version__}" / "httpfs.duckdb_extension"
    if not file.is_file():
        raise _encryption_missing()
    return file


def _encryption_missing() -> EncryptionMissingError:
    return EncryptionMissingError(
        "The encryption extension of DuckDB cannot be loaded, so the store stays closed.",
        remedy=f"Run `pip install duckdb-extension-httpfs=={duckdb.__version__}` in the Workbench's environment.",
    )


def _invalidated(error: Exception) -> bool:
    return isinstance(error, duckdb.FatalException) or "database has been invalidated" in str(error)


_NO_MEMORY = re.compile(r"Failed to commit: (could not|failed to) (allocate|pin|load)", re.IGNORECASE)
"""Where it runs out while a transaction is committed, DuckDB's error is of another kind."""
_NO_SPACE = re.compile(r"No space left|disk (is )?full|Disk quota", re.IGNORECASE)


def _using_error(error: duckdb.Error) -> WorkbenchError:
    """What went wrong while the store was in use. DuckDB's own text may hold a row's values, so none of it is kept."""
    if _NO_SPACE.search(str(error)):
        return DiskFullError(
            "The disk is full, so this was not saved. What was saved before is safe.",
            remedy="Free some space and try again.",
        )
    if isinstance(error, duckdb.OutOfMemoryException) or _NO_MEMORY.search(str(error)):
        return StoreMemoryError("This takes more memory than the store may use.", remedy="Ask for less at once.")
    return StoreError(
        f"The store could not do this ({type(error).__name__}).",
        remedy="Try again; if it stays, look at `workbench status` and the owner's log.",
    )


def _opening_error(path: Path, error: duckdb.Error) -> StoreError:
    text = str(error)
    holder = re.search(r"Conflicting lock is held in .*\(PID (\d+)\)", text)
    if holder:
        return StoreInUseError(
            f"The store {str(path)!r} is open in another process (number {holder[1]}).",
            remedy="Stop that process (`workbench stop`), then try again.",
        )
    if _NO_SPACE.search(text):
        return DiskFullError(
            "The disk is full, so the store cannot be opened.", remedy="Free some space and try again."
        )
    if "Permission denied" in text or "Read-only file system" in text:
        return HomeNotWritableError(
            f"The store {str(path)!r} cannot be written.",
            remedy="Make its folder writable, or set WORKBENCH_HOME to one that is.",
        )
    return StoreDamagedError(
        f"The store {str(path)!r} cannot be opened with this home's key.",
        remedy="Restore the home folder as a whole from a backup: the store and keys.json belong together.",
    )
