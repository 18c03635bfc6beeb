"""Schedules in the database: rows in, records out."""

from dataclasses import fields
from typing import Any

from workbench.errors import NotFoundError
from workbench.jobs.records import Schedule
from workbench.storage.database import Reader, Transaction
from workbench.storage.register import OWNER_ID

_FIELDS = tuple(field.name for field in fields(Schedule))
_IDS = {"id", "experience_id"}
_COLUMNS = ", ".join(f"{field}::VARCHAR" if field in _IDS else field for field in _FIELDS)


def every(read: Reader, experience_id: str | None = None) -> tuple[Schedule, ...]:
    """The schedules of an Experience (None: all), the one due first first."""
    rows = read(
        f"SELECT {_COLUMNS} FROM schedules WHERE ? OR experience_id = TRY_CAST(? AS UUID) ORDER BY due_at, id",  # noqa: S608
        (experience_id is None, experience_id),
    )
    return tuple(_record(row) for row in rows)


def find(read: Reader, id: str) -> Schedule | None:
    """The schedule; None if there is none."""
    rows = read(f"SELECT {_COLUMNS} FROM schedules WHERE id = TRY_CAST(? AS UUID)", (id,))  # noqa: S608
    return _record(rows[0]) if rows else None


def get(read: Reader, id: str) -> Schedule:
    """The schedule. Raises NotFoundError."""
    found = find(read, id)
    if found is None:
        raise NotFoundError(f"There is no schedule {id!r}.", remedy="`workbench agents list` shows those there are.")
    return found


def insert(tx: Transaction, schedule: Schedule) -> None:
    """Add a new schedule."""
    values = (OWNER_ID, *(getattr(schedule, field) for field in _FIELDS))
    places = ", ".join("?" * len(values))
    tx.execute(f"INSERT INTO schedules (owner_id, {', '.join(_FIELDS)}) VALUES ({places})", values)  # noqa: S608


def replace(tx: Transaction, schedule: Schedule) -> None:
    """Write a schedule that is there already."""
    settings = ", ".join(f"{field} = ?" for field in _FIELDS[1:])
    values = (*(getattr(schedule, field) for field in _FIELDS[1:]), schedule.id)
    tx.execute(f"UPDATE schedules SET {settings} WHERE id = ?", values)  # noqa: S608


def remove(tx: Transaction, id: str) -> None:
    """Take a schedule away."""
    tx.execute("DELETE FROM schedules WHERE id = TRY_CAST(? AS UUID)", (id,))


def _record(row: tuple[Any, ...]) -> Schedule:
    values: dict[str, Any] = dict(zip(_FIELDS, row, strict=True))
    return Schedule(**values)
