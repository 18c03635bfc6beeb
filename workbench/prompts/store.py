"""Prompts in the database: rows in, records out."""

from dataclasses import dataclass, fields
from typing import Any

import msgspec

from workbench.errors import NotFoundError
from workbench.prompts.records import Prompt, PromptVersion, State, Use, Variable
from workbench.prompts.schema import VERSIONS
from workbench.storage import versions
from workbench.storage.database import Reader, Row, Transaction
from workbench.storage.register import OWNER_ID

_FIELDS = tuple(field.name for field in fields(Prompt))
_COLUMNS = ", ".join("id::VARCHAR" if field == "id" else field for field in _FIELDS)
_JSON: dict[str, Any] = {"tags": tuple[str, ...], "variables": tuple[Variable, ...]}


@dataclass(frozen=True, slots=True)
class _Content:
    """What a version holds."""

    title: str
    description: str
    text: str
    variables: tuple[Variable, ...]
    use: Use


def get(read: Reader, id: str) -> Prompt:
    """The prompt. Raises NotFoundError."""
    found = find(read, id)
    if found is None:
        raise NotFoundError(
            f"There is no prompt {id[:60]!r}.", remedy="`workbench prompts list` shows those there are."
        )
    return found


def find(read: Reader, id: str) -> Prompt | None:
    """The prompt; None if there is none."""
    rows = read(f"SELECT {_COLUMNS} FROM prompts WHERE id = TRY_CAST(? AS UUID)", (id,))  # noqa: S608
    return _record(rows[0]) if rows else None


def list_all(read: Reader, state: State | None) -> tuple[Prompt, ...]:
    """The prompts in that state (None: every one), by folder and title."""
    query = f"SELECT {_COLUMNS} FROM prompts WHERE state = ? OR ?"  # noqa: S608
    found = (_record(row) for row in read(query, (state or "", state is None)))
    return tuple(sorted(found, key=lambda each: (each.folder.casefold(), each.title.casefold(), each.id)))


def insert(tx: Transaction, prompt: Prompt, note: str) -> None:
    """Add a new prompt and its version."""
    values = (OWNER_ID, *_values(prompt))
    tx.execute(
        f"INSERT INTO prompts (owner_id, {', '.join(_FIELDS)}) VALUES ({', '.join('?' * len(values))})",  # noqa: S608
        values,
    )
    add_version(tx, prompt, note)


def replace(tx: Transaction, prompt: Prompt) -> None:
    """Write a prompt that is there already."""
    settings = ", ".join(f"{field} = ?" for field in _FIELDS[1:])
    tx.execute(f"UPDATE prompts SET {settings} WHERE id = ?", (*_values(prompt)[1:], prompt.id))  # noqa: S608


def add_version(tx: Transaction, prompt: Prompt, note: str) -> None:
    """Keep it as it is now under the number of its version."""
    content = _Content(prompt.title, prompt.description, prompt.text, prompt.variables, prompt.use)
    versions.add(tx, VERSIONS, prompt.id, prompt.version, content, note=note, created_at=prompt.updated_at)


def all_versions(read: Reader, id: str) -> tuple[PromptVersion, ...]:
    """Every version, the latest first."""
    return tuple(_version(kept) for kept in versions.all_of(read, VERSIONS, id))


def version(read: Reader, id: str, number: int) -> PromptVersion:
    """One version. Raises NotFoundError."""
    kept = versions.find(read, VERSIONS, id, number)
    if kept is None:
        raise NotFoundError(
            f"This prompt has no version {number}.", remedy="`workbench prompts versions` shows those there are."
        )
    return _version(kept)


def _values(prompt: Prompt) -> tuple[object, ...]:
    values = ((field, getattr(prompt, field)) for field in _FIELDS)
    return tuple(msgspec.json.encode(value).decode() if field in _JSON else value for field, value in values)


def _record(row: Row) -> Prompt:
    values: dict[str, Any] = dict(zip(_FIELDS, row, strict=True))
    for field, kind in _JSON.items():
        values[field] = msgspec.json.decode(values[field], type=kind)
    return Prompt(**values)


def _version(kept: versions.Kept) -> PromptVersion:
    content = msgspec.json.decode(kept.content, type=_Content)
    return PromptVersion(
        number=kept.number,
        created_at=kept.created_at,
        note=kept.note,
        title=content.title,
        description=content.description,
        text=content.text,
        variables=content.variables,
        use=content.use,
    )
