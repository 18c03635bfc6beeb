"""Rules and firings in the database: rows in, records out."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from workbench.errors import NotFoundError
from workbench.rules.records import Firing, Rule
from workbench.storage.database import Reader, Transaction
from workbench.storage.register import OWNER_ID

_IDS = {"id", "experience_id", "conversation_id", "message_id", "rule_id"}
_RULE = tuple(field.name for field in fields(Rule))
_FIRING = tuple(field.name for field in fields(Firing))


def _columns(names: Iterable[str]) -> str:
    return ", ".join(f"{name}::VARCHAR" if name in _IDS else name for name in names)


def rules(read: Reader) -> tuple[Rule, ...]:
    """All that are not deleted."""
    rows = read(f"SELECT {_columns(_RULE)} FROM rules WHERE deleted_at IS NULL ORDER BY position, id")  # noqa: S608
    return tuple(map(_rule, rows))


def rule(read: Reader, id: str, *, deleted: bool = False) -> Rule:
    """One of them, or of those that are deleted. Raises NotFoundError."""
    rows = read(
        f"SELECT {_columns(_RULE)} FROM rules WHERE id = TRY_CAST(? AS UUID) AND (deleted_at IS NOT NULL) = ?",  # noqa: S608
        (id, deleted),
    )
    if not rows:
        raise NotFoundError(f"There is no rule {id!r}.", remedy="`workbench rules list` shows those there are.")
    return _rule(rows[0])


def put(tx: Transaction, made: Rule) -> None:
    """Write a rule in the place of what is known of it."""
    tx.execute("DELETE FROM rules WHERE id = ?", (made.id,))
    values = [json.dumps(made.words) if name == "words" else getattr(made, name) for name in _RULE]
    places = ", ".join("?" * len(values))
    tx.execute(f"INSERT INTO rules (owner_id, {', '.join(_RULE)}) VALUES (?, {places})", (OWNER_ID, *values))  # noqa: S608


def mark_deleted(tx: Transaction, id: str, at: datetime) -> None:
    """Let a rule be kept to no longer."""
    tx.execute("UPDATE rules SET deleted_at = ? WHERE id = ?", (at, id))


def place(tx: Transaction, ids: Sequence[str]) -> None:
    """Put the rules of one scope in this order."""
    for position, id in enumerate(ids):
        tx.execute("UPDATE rules SET position = ? WHERE id = ?", (position, id))


def firings(
    read: Reader,
    *,
    id: str | None = None,
    rule_id: str | None = None,
    conversation_id: str | None = None,
    message_id: str | None = None,
    most: int = 100,
) -> tuple[Firing, ...]:
    """What rules have found, the latest first."""
    wanted = {"id": id, "rule_id": rule_id, "conversation_id": conversation_id, "message_id": message_id}
    given = {name: value for name, value in wanted.items() if value is not None}
    where = " AND ".join(f"{name} = TRY_CAST(? AS UUID)" for name in given) or "true"
    rows = read(
        f"SELECT {_columns(_FIRING)} FROM rule_firings WHERE {where} ORDER BY created_at DESC, place DESC LIMIT ?",  # noqa: S608
        (*given.values(), most),
    )
    return tuple(Firing(**dict(zip(_FIRING, row, strict=True))) for row in rows)


def firing(read: Reader, id: str) -> Firing:
    """One of them. Raises NotFoundError."""
    for found in firings(read, id=id):
        return found
    raise NotFoundError(f"No rule has found {id!r}.", remedy="`workbench rules firings` shows what they have found.")


def add_firings(tx: Transaction, made: Sequence[Firing]) -> None:
    """Write down what was found; what was found in the same conversation before, on its way out, is not again."""
    known: set[tuple[object, ...]] = set()
    for conversation_id in {one.conversation_id for one in made if one.direction == "outgoing"} - {None}:
        before = firings(tx.execute, conversation_id=conversation_id, most=100_000)
        known |= {_sameness(one) for one in before if one.direction == "outgoing"}
    for one in made:
        if _sameness(one) in known:
            continue
        if one.direction == "outgoing" and one.conversation_id is not None:
            known.add(_sameness(one))
        values = [getattr(one, name) for name in _FIRING]
        places = ", ".join("?" * len(values))
        columns = ", ".join(_FIRING)
        tx.execute(f"INSERT INTO rule_firings (owner_id, {columns}) VALUES (?, {places})", (OWNER_ID, *values))  # noqa: S608


def undone(tx: Transaction, id: str, at: datetime) -> None:
    """Note that what was taken out has been put back."""
    tx.execute("UPDATE rule_firings SET undone_at = ? WHERE id = ?", (at, id))


def reported(tx: Transaction, id: str, why: str) -> None:
    """Note why it was wrong."""
    tx.execute("UPDATE rule_firings SET reported = ? WHERE id = ?", (why, id))


def _sameness(one: Firing) -> tuple[object, ...]:
    if one.direction != "outgoing" or one.conversation_id is None:
        return (one.id,)
    return (one.conversation_id, one.rule_id, one.rule_revision, one.outcome, one.what, one.taken)


def _rule(row: tuple[Any, ...]) -> Rule:
    values: dict[str, Any] = dict(zip(_RULE, row, strict=True))
    return Rule(**values | {"words": tuple(json.loads(values["words"]))})
