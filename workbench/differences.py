"""What is different between two versions of something that a person wrote, field by field and line by line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Mark = Literal["same", "removed", "added"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a field: in both versions, only in the earlier one, or only in the later one."""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDifference:
    """A field that is not the same in two versions."""

    field: str
    lines: tuple[Line, ...]
    """All of its lines, those removed before those added in their place."""


def between(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[FieldDifference, ...]:
    """The fields that differ, in the order of `after`, then those that are only in `before`.

    A list's entries are lines of their own; a mapping's are `name: value`; None and nothing are the same.
    """
    names = dict.fromkeys((*after, *before))
    pairs = {name: (_lines(before.get(name)), _lines(after.get(name))) for name in names}
    return tuple(
        FieldDifference(field=name, lines=_compared(earlier, later))
        for name, (earlier, later) in pairs.items()
        if earlier != later
    )


def as_text(found: Sequence[FieldDifference]) -> str:
    """For a terminal or a notebook: each field under its name, lines led by `-`, `+` or a space."""
    signs = {"same": "  ", "removed": "- ", "added": "+ "}
    return "\n".join(
        line for each in found for line in (f"{each.field}:", *(f"  {signs[it.mark]}{it.text}" for it in each.lines))
    )


def _lines(value: object) -> list[str]:
    match value:
        case None | "" | () | []:
            return []
        case str():
            return value.splitlines()
        case bool():
            return ["yes" if value else "no"]
        case Mapping():
            return [f"{name}: {line}" for name, each in value.items() for line in _lines(each)]
        case Sequence():
            return [line for each in value for line in _lines(each)]
        case _:
            return [str(value)]


def _compared(before: list[str], after: list[str]) -> tuple[Line, ...]:
    found: list[Line] = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            found += (Line(mark="same", text=text) for text in before[i1:i2])
        else:
            found += (Line(mark="removed", text=text) for text in before[i1:i2])
            found += (Line(mark="added", text=text) for text in after[j1:j2])
    return tuple(found)
