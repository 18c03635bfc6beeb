"""Conversations and messages in the database: rows in, records out."""

import base64
import binascii
import dataclasses
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

import msgspec

from workbench.conversations.records import (
    Attachment,
    Conversation,
    ConversationPage,
    Fault,
    Given,
    Message,
    Rating,
    ShapedBy,
    Tried,
)
from workbench.errors import InvalidInputError, NotFoundError
from workbench.storage.database import Reader, Row, Transaction
from workbench.storage.register import OWNER_ID

_IDS = ("id", "conversation_id", "experience_id", "parent_id", "head_id", "personality_id", "prompt_id")
_AS_TEXT = {**dict.fromkeys(_IDS, "::VARCHAR"), "merged_from": "::VARCHAR[]"}
_CONVERSATION = tuple(field.name for field in fields(Conversation))
_SHAPES = ("personality", "prompt")
_SHAPE = tuple(field.name for field in fields(ShapedBy))
_MESSAGE = (
    *(field.name for field in fields(Message) if field.name not in ("attachments", *_SHAPES)),
    *(f"{shape}_{part}" for shape in _SHAPES for part in _SHAPE),
)
_GIVEN = tuple(field.name for field in fields(Given))
_ATTACHMENT = tuple(field.name for field in fields(Attachment))
_FIXED = {"id", "conversation_id", "experience_id", "parent_id", "author", "merged_from", "created_at"}
_LISTS = {"merged_from", "unsent"}
_RATED = {"rating", "rating_note"}
_CHANGING = tuple(name for name in _MESSAGE if name not in _FIXED | _RATED)
"""What a reply's end or its going on writes: never the rating, which is the reader's."""


def _columns(names: tuple[str, ...]) -> str:
    return ", ".join(f"{name}{_AS_TEXT.get(name, '')}" for name in names)


_WITH_COUNT = f"{_columns(_MESSAGE)}, attachment_count"
_WIDENING = (timedelta(days=2), timedelta(days=30), timedelta(days=400), None)
_BEFORE_ALL = datetime(1, 1, 1, tzinfo=UTC)
_AFTER_ALL = (datetime(9999, 1, 1, tzinfo=UTC), "ffffffff-ffff-ffff-ffff-ffffffffffff")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a running reply, as it is kept until the reply ends."""

    message_id: str
    experience_id: str
    number: int
    text: str
    reasoning: str


def get(read: Reader, id: str) -> Conversation:
    """The conversation. Raises NotFoundError."""
    found = find(read, id)
    if found is None:
        raise _no_conversation(id)
    return found


def find(read: Reader, id: str) -> Conversation | None:
    """The conversation; None if there is none."""
    query = f"SELECT {_columns(_CONVERSATION)} FROM conversations WHERE id = TRY_CAST(? AS UUID)"  # noqa: S608
    rows = read(query, (id,))
    return _conversation(rows[0]) if rows else None


def page(read: Reader, experience_id: str | None, limit: int, cursor: str | None) -> ConversationPage:
    """The conversations after `cursor`, the one changed last first."""
    where, everywhere = ("experience_id = TRY_CAST(? AS UUID)", (experience_id,)) if experience_id else ("true", ())
    after = _decode(cursor) if cursor else None
    total, newest = read(f"SELECT count(*), max(updated_at) FROM conversations WHERE {where}", everywhere)[0]  # noqa: S608
    rows: list[Row] = []
    if total:
        rows = _latest(read, where, everywhere, after or _AFTER_ALL, limit + 1, begin=after[0] if after else newest)
    found = tuple(_conversation(row) for row in rows[:limit])
    return ConversationPage(
        conversations=found, next_cursor=_encode(found[-1]) if len(rows) > limit else None, total=total
    )


def _latest(
    read: Reader, where: str, everywhere: tuple[object, ...], last: tuple[datetime, str], count: int, *, begin: datetime
) -> list[Row]:
    """The latest rows up to `last`, of which the latest was changed at `begin`, or since.

    Rows lie in the order of their times, which is the worst for finding the latest of many: each one is better than
    all before it. So the search begins with what is recent and widens until it has enough.
    """
    query = (
        f"SELECT {_columns(_CONVERSATION)} FROM conversations "  # noqa: S608
        f"WHERE {where} AND updated_at >= ? AND updated_at <= ? AND (updated_at < ? OR id < ?::UUID) "
        "ORDER BY updated_at DESC, id DESC LIMIT ?"
    )
    rows: list[Row] = []
    for width in _WIDENING:
        since = begin - width if width else _BEFORE_ALL
        rows = read(query, (*everywhere, since, last[0], *last, count))
        if len(rows) == count:
            break
    return rows


def insert(tx: Transaction, conversation: Conversation) -> None:
    """Add a new conversation."""
    _insert(tx, "conversations", {"owner_id": OWNER_ID, **_values(conversation, _CONVERSATION)})


def replace(tx: Transaction, conversation: Conversation) -> None:
    """Write a conversation that is there already."""
    values = _values(conversation, _CONVERSATION[1:])
    settings = ", ".join(f"{name} = ?" for name in values)
    tx.execute(f"UPDATE conversations SET {settings} WHERE id = ?", (*values.values(), conversation.id))  # noqa: S608


def messages(read: Reader, conversation_id: str) -> tuple[Message, ...]:
    """All of a conversation's messages in the order they were written; a running one with what has been saved of it.

    What was deleted is not among them.
    """
    query = f"SELECT {_WITH_COUNT} FROM messages WHERE conversation_id = TRY_CAST(? AS UUID) AND deleted_at IS NULL"  # noqa: S608
    # Sorted here: DuckDB takes half a millisecond for sorting however few there are.
    found = sorted(_with_attachments(read, read(query, (conversation_id,))), key=lambda m: (m.created_at, m.id))
    return tuple(with_parts(read, m) if m.status == "running" else m for m in found)


def latest_time(read: Reader, conversation_id: str) -> datetime | None:
    """When the last message of a conversation was written; None if it has none."""
    ((latest,),) = read("SELECT max(created_at) FROM messages WHERE conversation_id = ?", (conversation_id,))
    return cast(datetime | None, latest)


def advance(tx: Transaction, id: str, head_id: str, *, added: int, title: str, at: datetime) -> None:
    """Show a conversation's new messages, up to `head_id`; its first title is `title`. Raises NotFoundError."""
    changed = tx.execute(
        """UPDATE conversations SET title = CASE title WHEN '' THEN ? ELSE title END, head_id = ?,
           message_count = message_count + ?, updated_at = ?, revision = revision + 1 WHERE id = ?""",
        (title, head_id, added, at, id),
    )
    _refuse_none(changed, id)


def touch(tx: Transaction, id: str, at: datetime) -> None:
    """Note that something in a conversation changed. Raises NotFoundError."""
    changed = tx.execute("UPDATE conversations SET updated_at = ?, revision = revision + 1 WHERE id = ?", (at, id))
    _refuse_none(changed, id)


def first_question(read: Reader, conversation_id: str) -> str | None:
    """What was asked first in a conversation; None if nothing was."""
    rows = read(
        "SELECT text FROM messages WHERE conversation_id = TRY_CAST(? AS UUID) AND author = 'user' "
        "AND deleted_at IS NULL ORDER BY created_at, id LIMIT 1",
        (conversation_id,),
    )
    return str(rows[0][0]) if rows else None


def between(
    read: Reader, experience_id: str, since: datetime, until: datetime, limit: int
) -> tuple[tuple[Message, ...], int]:
    """The latest `limit` messages of an Experience from `since` to before `until`, in order; and how many there are.

    They come without their attachments.
    """
    where = "experience_id = ? AND created_at >= ? AND created_at < ? AND deleted_at IS NULL"
    values = (experience_id, since, until)
    total: int = read(f"SELECT count(*) FROM messages WHERE {where}", values)[0][0]  # noqa: S608
    rows = read(
        f"SELECT {_columns(_MESSAGE)} FROM messages WHERE {where} ORDER BY created_at DESC, id DESC LIMIT ?",  # noqa: S608
        (*values, limit),
    )
    return tuple(_message(row) for row in reversed(rows)), total


def reply_lengths(
    read: Reader, model: str, *, conversation_id: str | None = None, experience_id: str | None = None
) -> tuple[int, int, int]:
    """How many replies of a model there were, and the 10th and 90th percentile of their tokens; of the latest 200."""
    rows = read(
        """SELECT count(*), quantile_disc(output_tokens, 0.1), quantile_disc(output_tokens, 0.9)
           FROM (SELECT output_tokens FROM messages
                 WHERE model = ? AND status = 'complete' AND output_tokens IS NOT NULL
                 AND conversation_id = coalesce(TRY_CAST(? AS UUID), conversation_id)
                 AND experience_id = coalesce(TRY_CAST(? AS UUID), experience_id)
                 ORDER BY created_at DESC LIMIT 200)""",
        (model, conversation_id, experience_id),
    )
    count, low, high = rows[0]
    return int(count), int(low or 0), int(high or 0)


def titles(read: Reader, experience_id: str, since: datetime) -> dict[str, str]:
    """The titles of an Experience's conversations that were changed since, under their ids."""
    query = "SELECT id::VARCHAR, title FROM conversations WHERE experience_id = ? AND updated_at >= ?"
    return dict(read(query, (experience_id, since)))


def message(read: Reader, id: str) -> Message:
    """The message. Raises NotFoundError, also where it was deleted."""
    query = f"SELECT {_WITH_COUNT}, deleted_with::VARCHAR FROM messages WHERE id = TRY_CAST(? AS UUID)"  # noqa: S608
    rows = read(query, (id,))
    if not rows:
        raise no_message(id)
    *found, deleted_with = rows[0]
    if deleted_with is not None:
        raise NotFoundError(
            "This message was deleted.", remedy=f"`workbench branches restore {deleted_with}` undoes it."
        )
    return _with_attachments(read, [tuple(found)])[0]


def no_message(id: str) -> NotFoundError:
    """What to say where no message has that id."""
    return NotFoundError(f"There is no message {id!r}.", remedy="It may be in another home folder.")


def find_message(read: Reader, id: str) -> Message | None:
    """The message, also if it was deleted; None if there is none."""
    rows = read(f"SELECT {_WITH_COUNT} FROM messages WHERE id = TRY_CAST(? AS UUID)", (id,))  # noqa: S608
    return _with_attachments(read, rows)[0] if rows else None


def known(read: Reader, *ids: str) -> bool:
    """Whether there is any message with these ids. Quick if they are of one time: what lies between is read too."""
    places = ", ".join(["TRY_CAST(? AS UUID)"] * len(ids))
    return bool(read(f"SELECT id FROM messages WHERE id IN ({places})", ids))  # noqa: S608


def running(read: Reader) -> tuple[Message, ...]:
    """Every reply that the store takes to be running."""
    rows = read(f"SELECT {_columns(_MESSAGE)} FROM messages WHERE status = 'running'")  # noqa: S608
    return tuple(_message(row) for row in rows)


def insert_messages(tx: Transaction, *messages: Message) -> None:
    """Add new messages."""
    _insert(tx, "messages", *(_new_message(m) for m in messages))


def _new_message(message: Message) -> dict[str, object]:
    count = len(message.attachments) or None
    return {"owner_id": OWNER_ID, "revision": 1, "attachment_count": count, **_values(message, _MESSAGE)}


def insert_given(tx: Transaction, message: Message, given: Iterable[Given]) -> None:
    """Add what was given with a question; its `attachments` say so already."""
    rows = [
        {
            "message_id": message.id,
            "owner_id": OWNER_ID,
            "experience_id": message.experience_id,
            "number": number,
            "size_bytes": len(each.data),
            "created_at": message.created_at,
            **{name: getattr(each, name) for name in _GIVEN},
        }
        for number, each in enumerate(given)
    ]
    if rows:
        _insert(tx, "message_attachments", *rows)


def given(read: Reader, message_id: str) -> tuple[Given, ...]:
    """What was given with a question, with the data of pictures and PDFs."""
    query = f"SELECT number, {', '.join(_GIVEN)} FROM message_attachments WHERE message_id = TRY_CAST(? AS UUID)"  # noqa: S608
    rows = sorted(read(query, (message_id,)), key=lambda row: row[0])
    return tuple(Given(**dict(zip(_GIVEN, row[1:], strict=True))) for row in rows)


def replace_message(tx: Transaction, message: Message) -> None:
    """Write a message that is there already, and drop its parts: the message holds them."""
    values = _values(message, _CHANGING)
    settings = ", ".join(f"{name} = ?" for name in values)
    tx.execute(
        f"UPDATE messages SET {settings}, revision = revision + 1 WHERE id = ?",  # noqa: S608
        (*values.values(), message.id),
    )
    tx.execute("DELETE FROM message_parts WHERE message_id = ?", (message.id,))


def rate_message(tx: Transaction, id: str, rating: Rating | None, note: str) -> None:
    """Write what is thought of a reply; neither its `updated_at` nor its conversation's changes."""
    tx.execute(
        "UPDATE messages SET rating = ?, rating_note = ?, revision = revision + 1 WHERE id = ?",
        (rating, note or None, id),
    )


def set_text(tx: Transaction, message: Message, **parts: str) -> None:
    """Write what a reply that has ended says: its `text` or its `reasoning`, or both."""
    after = dataclasses.replace(message, **parts)  # type: ignore[arg-type]  # these are text
    tx.execute(
        "UPDATE messages SET text = ?, reasoning = ?, revision = revision + 1 WHERE id = ?",
        (after.text, after.reasoning, after.id),
    )


def append_parts(tx: Transaction, parts: Iterable[Part], created_at: datetime) -> None:
    """Keep what has arrived of running replies."""
    rows = [(p.message_id, p.experience_id, p.number, p.text, p.reasoning, created_at) for p in parts]
    places = ", ".join(["(?, ?, ?, ?, ?, ?)"] * len(rows))
    tx.execute(f"INSERT INTO message_parts VALUES {places}", tuple(v for row in rows for v in row))  # noqa: S608


def with_parts(read: Reader, message: Message) -> Message:
    """A running reply with what has been saved of it so far.

    A part comes again under its number, and may then hold more, where it was not known whether it had been saved.
    """
    rows = read("SELECT number, text, reasoning FROM message_parts WHERE message_id = ?", (message.id,))
    rows = sorted(rows, key=lambda row: (row[0], len(row[1]) + len(row[2])))
    parts = {number: (text, reasoning) for number, text, reasoning in rows}.values()
    return dataclasses.replace(
        message,
        text=message.text + "".join(text for text, _ in parts),
        reasoning=message.reasoning + "".join(reasoning for _, reasoning in parts),
    )


def _values(record: Conversation | Message, names: tuple[str, ...]) -> dict[str, object]:
    values: dict[str, object] = _shaped(record) if isinstance(record, Message) else {}
    values |= {name: getattr(record, name) for name in names if hasattr(record, name)}
    if values.get("fault") is not None:
        values["fault"] = msgspec.json.encode(values["fault"]).decode()
    if "tried" in values:
        values["tried"] = msgspec.json.encode(values["tried"]).decode() if values["tried"] else None
    if "prompt_values" in values:
        values["prompt_values"] = json.dumps(values["prompt_values"]) if values["prompt_values"] else None
    for name in _LISTS.intersection(values):
        values[name] = values[name] or None
    if "rating_note" in values:
        values["rating_note"] = values["rating_note"] or None
    return values


def _shaped(message: Message) -> dict[str, object]:
    """What shaped a reply, in columns."""
    shapes = {shape: getattr(message, shape) for shape in _SHAPES}
    return {
        f"{shape}_{part}": None if by is None else getattr(by, part) for shape, by in shapes.items() for part in _SHAPE
    }


def _insert(tx: Transaction, table: str, *rows: dict[str, object]) -> None:
    names = [name for name in rows[0] if any(row[name] is not None for row in rows)]
    places = ", ".join([f"({', '.join('?' * len(names))})"] * len(rows))
    values = tuple(row[name] for row in rows for name in names)
    tx.execute(f"INSERT INTO {table} ({', '.join(names)}) VALUES {places}", values)  # noqa: S608


def _refuse_none(changed: list[Row], id: str) -> None:
    """Raise NotFoundError if a statement changed no conversation; DuckDB says how many it changed."""
    if changed == [(0,)]:
        raise _no_conversation(id)


def _no_conversation(id: str) -> NotFoundError:
    return NotFoundError(
        f"There is no conversation {id!r}.", remedy="`workbench conversations list` shows those there are."
    )


def _conversation(row: Row) -> Conversation:
    values: dict[str, Any] = dict(zip(_CONVERSATION, row, strict=True))
    values["prompt_values"] = json.loads(values["prompt_values"] or "{}")
    return Conversation(**values)


def _with_attachments(read: Reader, rows: Sequence[Row]) -> tuple[Message, ...]:
    """Messages of rows that say how many attachments they have; where none has any, nobody looks for them."""
    found = tuple(_message(row[:-1]) for row in rows)
    holders = [message.id for message, row in zip(found, rows, strict=True) if row[-1]]
    if not holders:
        return found
    attachments = _attachments(read, holders)
    return tuple(dataclasses.replace(m, attachments=attachments[m.id]) if m.id in attachments else m for m in found)


def _attachments(read: Reader, message_ids: Sequence[str]) -> dict[str, tuple[Attachment, ...]]:
    """What was given with these questions, under their ids, without the data of pictures and PDFs."""
    places = ", ".join("?" * len(message_ids))
    rows = read(
        f"SELECT message_id::VARCHAR, number, {', '.join(_ATTACHMENT)} FROM message_attachments "  # noqa: S608
        f"WHERE message_id IN ({places})",
        message_ids,
    )
    found: dict[str, list[Attachment]] = {}
    for message_id, _, *values in sorted(rows, key=lambda row: row[:2]):
        found.setdefault(message_id, []).append(Attachment(**dict(zip(_ATTACHMENT, values, strict=True))))
    return {message_id: tuple(each) for message_id, each in found.items()}


def _message(row: Row) -> Message:
    values: dict[str, Any] = dict(zip(_MESSAGE, row, strict=True))
    if values["fault"] is not None:
        values["fault"] = msgspec.json.decode(values["fault"], type=Fault)
    values["tried"] = msgspec.json.decode(values["tried"], type=tuple[Tried, ...]) if values["tried"] else ()
    for name in _LISTS:
        values[name] = tuple(values[name] or ())
    values["rating_note"] = values["rating_note"] or ""
    values["verified"] = values["verified"] is not False
    for shape in _SHAPES:
        parts = {part: values.pop(f"{shape}_{part}") for part in _SHAPE}
        values[shape] = None if parts["id"] is None else ShapedBy(**parts)
    return Message(**values)


def _encode(last: Conversation) -> str:
    return base64.urlsafe_b64encode(f"{last.updated_at.isoformat()} {last.id}".encode()).decode()


def _decode(cursor: str) -> tuple[datetime, str]:
    try:
        at, _, id_ = base64.urlsafe_b64decode(cursor).decode().partition(" ")
        return datetime.fromisoformat(at).astimezone(UTC), str(UUID(id_))
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise InvalidInputError("This is not a cursor of a page.", remedy="Read from the first page.") from error
