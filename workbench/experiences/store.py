"""Experiences in the database: rows in, records out."""

import json
from dataclasses import fields
from typing import Any

from workbench.errors import NotFoundError
from workbench.experiences.records import Experience, State
from workbench.storage.database import Reader, Row, Transaction
from workbench.storage.register import OWNER_ID

_FIELDS = tuple(field.name for field in fields(Experience))
_IDS = {"id", "personality", "prompt"}
_COLUMNS = ", ".join(f"{field}::VARCHAR" if field in _IDS else field for field in _FIELDS)
_JSON = {"fallbacks", "prompt_values"}


def get(read: Reader, id: str) -> Experience:
    """The Experience. Raises NotFoundError."""
    rows = read(f"SELECT {_COLUMNS} FROM experiences WHERE id = TRY_CAST(? AS UUID)", (id,))  # noqa: S608
    if not rows:
        raise NotFoundError(
            f"There is no Experience {id!r}.", remedy="`workbench experiences list --all` shows those there are."
        )
    return _record(rows[0])


def find(read: Reader, id: str) -> Experience | None:
    """The Experience; None if there is none."""
    rows = read(f"SELECT {_COLUMNS} FROM experiences WHERE id = TRY_CAST(? AS UUID)", (id,))  # noqa: S608
    return _record(rows[0]) if rows else None


def list_all(read: Reader, state: State | None) -> tuple[Experience, ...]:
    """The Experiences in that state (None: every one), the one changed last first."""
    query = f"SELECT {_COLUMNS} FROM experiences WHERE state = ? OR ? ORDER BY updated_at DESC, id DESC"  # noqa: S608
    return tuple(_record(row) for row in read(query, (state or "", state is None)))


def insert(tx: Transaction, experience: Experience) -> None:
    """Add a new Experience."""
    values = (experience.id, OWNER_ID, *_values(experience))
    tx.execute(
        f"INSERT INTO experiences (id, owner_id, {', '.join(_FIELDS[1:])}) "  # noqa: S608
        f"VALUES ({', '.join('?' * len(values))})",
        values,
    )


def replace(tx: Transaction, experience: Experience) -> None:
    """Write an Experience that is there already."""
    settings = ", ".join(f"{field} = ?" for field in _FIELDS[1:])
    values = (*_values(experience), experience.id)
    tx.execute(f"UPDATE experiences SET {settings} WHERE id = ?", values)  # noqa: S608


def _values(experience: Experience) -> tuple[object, ...]:
    """All but its id."""
    values = ((field, getattr(experience, field)) for field in _FIELDS[1:])
    return tuple((json.dumps(value) if value else None) if field in _JSON else value for field, value in values)


def _record(row: Row) -> Experience:
    values: dict[str, Any] = dict(zip(_FIELDS, row, strict=True))
    values["fallbacks"] = tuple(json.loads(values["fallbacks"])) if values["fallbacks"] else ()
    values["prompt_values"] = json.loads(values["prompt_values"] or "{}")
    return Experience(**values)
