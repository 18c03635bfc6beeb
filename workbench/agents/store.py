"""Runs in the database: rows in, records out."""

from dataclasses import fields
from datetime import datetime
from typing import Any

import msgspec

from workbench.agents.records import Run
from workbench.clock import utc_now
from workbench.conversations.records import Fault
from workbench.errors import NotFoundError
from workbench.storage.database import Reader, Row, Transaction
from workbench.storage.register import OWNER_ID

_FIELDS = tuple(field.name for field in fields(Run) if field.name != "has_report")
_IDS = {"id", "experience_id", "schedule_id"}
_COLUMNS = ", ".join(
    [*(f"{field}::VARCHAR" if field in _IDS else field for field in _FIELDS), "report IS NOT NULL AS has_report"]
)


def latest(read: Reader, experience_id: str | None, limit: int) -> tuple[Run, ...]:
    """The latest runs for an Experience (None: for all), the last one first."""
    rows = read(
        f"SELECT {_COLUMNS} FROM agent_runs WHERE ? OR experience_id = TRY_CAST(? AS UUID) "  # noqa: S608
        "ORDER BY created_at DESC, id DESC LIMIT ?",
        (experience_id is None, experience_id, limit),
    )
    return tuple(_record(row) for row in rows)


def get(read: Reader, id: str) -> Run:
    """The run. Raises NotFoundError."""
    found = find(read, id)
    if found is None:
        raise NotFoundError(f"There is no run {id!r}.", remedy="`workbench agents runs` shows those there are.")
    return found


def find(read: Reader, id: str) -> Run | None:
    """The run; None if there is none."""
    rows = read(f"SELECT {_COLUMNS} FROM agent_runs WHERE id = TRY_CAST(? AS UUID)", (id,))  # noqa: S608
    return _record(rows[0]) if rows else None


def in_state(read: Reader, *states: str) -> tuple[Run, ...]:
    """The runs in one of these states, the first one first."""
    places = ", ".join("?" * len(states))
    query = f"SELECT {_COLUMNS} FROM agent_runs WHERE state IN ({places}) ORDER BY created_at, id"  # noqa: S608
    return tuple(_record(row) for row in read(query, states))


def of_schedule(read: Reader, schedule_id: str) -> tuple[tuple[datetime, datetime, str], ...]:
    """For each run of a schedule the time it ran for, the end of what it reports on, and its state."""
    rows = read("SELECT due_at, until, state FROM agent_runs WHERE schedule_id = ?", (schedule_id,))
    return tuple((due, until, state) for due, until, state in rows)


def files(read: Reader, id: str) -> tuple[str | None, str | None]:
    """The names of the files that hold a run's report and its notebook."""
    rows = read("SELECT report, notebook FROM agent_runs WHERE id = TRY_CAST(? AS UUID)", (id,))
    return (rows[0][0], rows[0][1]) if rows else (None, None)


def insert(tx: Transaction, run: Run) -> None:
    """Add a new run."""
    values = {"owner_id": OWNER_ID, "updated_at": utc_now(), "revision": 1, **_values(run)}
    places = ", ".join("?" * len(values))
    tx.execute(f"INSERT INTO agent_runs ({', '.join(values)}) VALUES ({places})", tuple(values.values()))  # noqa: S608


def replace(tx: Transaction, run: Run) -> None:
    """Write a run that is there already; its files stay as they are."""
    values = {name: value for name, value in _values(run).items() if name != "id"}
    settings = ", ".join(f"{name} = ?" for name in values)
    tx.execute(
        f"UPDATE agent_runs SET {settings}, updated_at = ?, revision = revision + 1 WHERE id = ?",  # noqa: S608
        (*values.values(), utc_now(), run.id),
    )


def name_files(tx: Transaction, id: str, *, report: str, notebook: str) -> None:
    """Say which files hold a run's report and its notebook."""
    tx.execute("UPDATE agent_runs SET report = ?, notebook = ? WHERE id = ?", (report, notebook, id))


def _values(run: Run) -> dict[str, object]:
    values: dict[str, object] = {name: getattr(run, name) for name in _FIELDS}
    if run.fault is not None:
        values["fault"] = msgspec.json.encode(run.fault).decode()
    return values


def _record(row: Row) -> Run:
    values: dict[str, Any] = dict(zip((*_FIELDS, "has_report"), row, strict=True))
    if values["fault"] is not None:
        values["fault"] = msgspec.json.decode(values["fault"], type=Fault)
    return Run(**values)
