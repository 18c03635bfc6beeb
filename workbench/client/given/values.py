"""Any value as text of a bearable size. However large a container is, only what is shown of it is looked at."""

import traceback
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from itertools import islice
from pprint import pformat
from types import SimpleNamespace
from typing import Any

from workbench.conversations.records import Given
from workbench.errors import InvalidInputError
from workbench.plain import plain

LONGEST = 4_000
LONGEST_CELL = 60
_WIDTH = 100
_MOST_ITEMS = 100
_MOST_ITEMS_OF_CELL = 5
_DEEPEST = 6

_CONTAINERS = (dict, list, tuple, set, frozenset)


def described(thing: object) -> Given:
    """A value as Python writes it; an exception with where it came from."""
    if isinstance(thing, BaseException):
        return Given(kind="value", name="", text=_end_of(plain("".join(traceback.format_exception(thing)))))
    return Given(kind="value", name="", text=f"A Python value, {type(thing).__name__}:\n\n{pretty(thing)}")


def pretty(value: object) -> str:
    """The value over several lines."""
    trimmed = _trimmed(value, LONGEST, _MOST_ITEMS, _DEEPEST)
    text = plain(_written(value, lambda: pformat(trimmed, width=_WIDTH, compact=True, sort_dicts=False)))
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…\n\n(cut after {LONGEST:,} characters)"


def cell(value: object, longest: int = LONGEST_CELL) -> str:
    """The value in a cell of a Markdown table: on one line, cut, and unable to end the cell."""
    if value is None:
        return "null"
    trimmed = value[: longest + 1] if isinstance(value, str) else _trimmed(value, longest, _MOST_ITEMS_OF_CELL, 2)
    text = plain(_written(value, lambda: str(trimmed)).replace("\n", "↵").replace("\t", "⇥"))
    cut = text if len(text) <= longest else f"{text[:longest]}…"
    return cut.replace("|", "\\|")


def table(columns: list[str], rows: list[list[str]]) -> str:
    """Cells as a Markdown table."""
    return "\n".join(f"| {' | '.join(line)} |" for line in [columns, ["---"] * len(columns), *rows])


class _Note:
    """Stands in a container for what is left out of it."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text


def _trimmed(value: object, longest: int, most: int, deepest: int) -> object:
    """The beginnings of the value's containers and texts, as something that is written like the whole."""

    def inner(part: object) -> object:
        return _trimmed(part, longest, most, deepest - 1)

    if isinstance(value, str | bytes):
        return value[: longest + 1]
    shown = _fields(value)
    if shown is not None and deepest:
        alike = type(type(value).__name__, (SimpleNamespace,), {})
        return alike(**{name: inner(part) for name, part in shown.items()})
    if shown is None and not isinstance(value, _CONTAINERS):
        return value
    return _begun(value, most, inner) if deepest else _Note("…")


def _begun(value: Any, most: int, inner: Callable[[object], object]) -> object:  # noqa: ANN401  (a container)
    note = [_Note(f"… {len(value) - most:,} more")] if len(value) > most else []
    if isinstance(value, dict):
        return {key: inner(part) for key, part in islice(value.items(), most)} | dict.fromkeys(note, _Note("…"))
    if isinstance(value, set | frozenset):
        return {*islice(value, most), *note}
    parts = [*map(inner, islice(value, most)), *note]
    return tuple(parts) if isinstance(value, tuple) else parts


def _fields(value: object) -> dict[str, object] | None:
    """The fields that a dataclass or a named tuple shows; None for what is neither, or writes itself."""
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return dict(value._asdict())
    if is_dataclass(value) and not isinstance(value, type) and hasattr(type(value).__repr__, "__wrapped__"):
        return {field.name: getattr(value, field.name) for field in fields(value) if field.repr}
    return None


def _written(value: object, write: Callable[[], str]) -> str:
    """What `write` gives. Raises InvalidInputError where the value's own class fails to write it."""
    try:
        return write()
    except Exception as error:
        raise InvalidInputError(
            f"A value of the class {type(value).__name__!r} cannot be given: "
            f"writing it as text ended in {type(error).__name__}.",
            remedy="Give a part of it, or put what you mean into a text file.",
        ) from error


def _end_of(text: str) -> str:
    """The end of a traceback is where it says what went wrong."""
    return text if len(text) <= LONGEST else f"(the beginning is left out)\n…{text[-LONGEST:]}"
