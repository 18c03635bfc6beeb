"""Personalities in the database: rows in, records out."""

from dataclasses import dataclass, fields
from typing import Any

import msgspec

from workbench.errors import NotFoundError
from workbench.personalities.instruction import render
from workbench.personalities.records import Character, Personality, PersonalityVersion, State
from workbench.personalities.schema import VERSIONS
from workbench.storage import versions
from workbench.storage.database import Reader, Row, Transaction
from workbench.storage.register import OWNER_ID

_FIELDS = tuple(field.name for field in fields(Personality) if field.name != "instruction")
_COLUMNS = ", ".join("id::VARCHAR" if field == "id" else field for field in _FIELDS)


@dataclass(frozen=True, slots=True)
class _Content:
    """What a version holds."""

    name: str
    description: str
    character: Character


def get(read: Reader, id: str) -> Personality:
    """The personality. Raises NotFoundError."""
    found = find(read, id)
    if found is None:
        raise NotFoundError(
            f"There is no personality {id[:60]!r}.", remedy="`workbench personalities list` shows those there are."
        )
    return found


def find(read: Reader, id: str) -> Personality | None:
    """The personality; None if there is none."""
    rows = read(f"SELECT {_COLUMNS} FROM personalities WHERE id = TRY_CAST(? AS UUID)", (id,))  # noqa: S608
    return _record(rows[0]) if rows else None


def list_all(read: Reader, state: State | None) -> tuple[Personality, ...]:
    """The personalities in that state (None: every one), by name."""
    query = f"SELECT {_COLUMNS} FROM personalities WHERE state = ? OR ?"  # noqa: S608
    found = (_record(row) for row in read(query, (state or "", state is None)))
    return tuple(sorted(found, key=lambda each: (each.name.casefold(), each.id)))


def insert(tx: Transaction, personality: Personality, note: str) -> None:
    """Add a new personality and its version."""
    values = (OWNER_ID, *_values(personality))
    tx.execute(
        f"INSERT INTO personalities (owner_id, {', '.join(_FIELDS)}) VALUES ({', '.join('?' * len(values))})",  # noqa: S608
        values,
    )
    add_version(tx, personality, note)


def replace(tx: Transaction, personality: Personality) -> None:
    """Write a personality that is there already."""
    settings = ", ".join(f"{field} = ?" for field in _FIELDS[1:])
    values = (*_values(personality)[1:], personality.id)
    tx.execute(f"UPDATE personalities SET {settings} WHERE id = ?", values)  # noqa: S608


def add_version(tx: Transaction, personality: Personality, note: str) -> None:
    """Keep it as it is now under the number of its version."""
    content = _Content(personality.name, personality.description, personality.character)
    number = personality.version
    versions.add(tx, VERSIONS, personality.id, number, content, note=note, created_at=personality.updated_at)


def all_versions(read: Reader, id: str) -> tuple[PersonalityVersion, ...]:
    """Every version, the latest first."""
    return tuple(_version(kept) for kept in versions.all_of(read, VERSIONS, id))


def version(read: Reader, id: str, number: int) -> PersonalityVersion:
    """One version. Raises NotFoundError."""
    kept = versions.find(read, VERSIONS, id, number)
    if kept is None:
        raise NotFoundError(
            f"This personality has no version {number}.", remedy="`workbench personalities versions` shows them."
        )
    return _version(kept)


def _values(personality: Personality) -> tuple[object, ...]:
    character = msgspec.json.encode(personality.character).decode()
    return tuple(character if field == "character" else getattr(personality, field) for field in _FIELDS)


def _record(row: Row) -> Personality:
    values: dict[str, Any] = dict(zip(_FIELDS, row, strict=True))
    character = msgspec.json.decode(values.pop("character"), type=Character)
    return Personality(**values, character=character, instruction=render(character))


def _version(kept: versions.Kept) -> PersonalityVersion:
    content = msgspec.json.decode(kept.content, type=_Content)
    return PersonalityVersion(
        number=kept.number,
        created_at=kept.created_at,
        note=kept.note,
        name=content.name,
        description=content.description,
        character=content.character,
        instruction=render(content.character),
    )
