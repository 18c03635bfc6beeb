"""How results are printed: aligned tables for people, JSON and CSV for programs."""

import csv
import json
import math
import re
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import click
import msgspec
import wcwidth

from workbench.plain import one_line, plain

_GAP = "  "
_NARROWEST = 8
_UNSAFE_IN_JSON = re.compile(r"[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON (docs/reference/records.md).")


def say(text: str) -> None:
    """One line about what was done."""
    click.echo(one_line(text))


def note(text: str) -> None:
    """One line beside the result, on stderr."""
    click.echo(one_line(text), err=True)


def print_json(records: object) -> None:
    """Records as JSON, with the field names of the HTTP API; what a terminal might obey is escaped."""
    click.echo(_json(records, indent=2))


def print_json_rows(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Rows as a JSON list of objects, one on a line; what JSON has no number for is null."""
    click.echo("[", nl=False)
    for number, row in enumerate(rows):
        record = _finite(dict(zip(columns, row, strict=True)))
        click.echo(f"{',' if number else ''}\n  {_json(record)}", nl=False)
    click.echo("\n]")


def print_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Rows as CSV (RFC 4180, lines ended by a newline alone), without what a terminal might obey."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(map(plain, columns))
    writer.writerows([plain(written(value)) for value in row] for row in rows)


def print_facts(facts: Mapping[str, str]) -> None:
    """What is known of one thing, a line each; on a terminal long ones are wrapped beside their label."""
    limit = shutil.get_terminal_size().columns if sys.stdout.isatty() else 1_000_000
    labels = max(map(len, facts)) + len(_GAP)
    for label, value in facts.items():
        if value:
            click.echo(click.wrap_text(one_line(value), limit, f"{label:<{labels}}", " " * labels))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, whole: Sequence[str] = ()) -> None:
    """An aligned table; on a terminal its lines are cut to the width, but for the columns in `whole`."""
    limit = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for line in table(columns, rows, whole=whole, limit=limit):
        click.echo(line)


def table(
    columns: Sequence[str], rows: Iterable[Sequence[str]], *, whole: Sequence[str] = (), limit: int | None = None
) -> list[str]:
    """The lines of a table whose cells are aligned by the columns they take on a screen."""
    cells = [[one_line(cell) for cell in row] for row in [columns, *rows]]
    widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
    if limit is not None:
        widths = fitted(widths, [name in whole for name in columns], limit - len(_GAP) * (len(columns) - 1))
    return [_GAP.join(padded(cell, w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in cells]


def fitted(widths: Sequence[int], whole: Sequence[bool], limit: int) -> list[int]:
    """The widths, the widest made narrower until all fit; those that stay whole are not touched."""
    fitting = list(widths)
    while sum(fitting) > limit:
        widest = max((i for i, keep in enumerate(whole) if not keep), key=fitting.__getitem__, default=None)
        if widest is None or fitting[widest] <= _NARROWEST:
            break
        fitting[widest] -= 1
    return fitting


def padded(text: str, columns: int) -> str:
    """`text` in exactly so many columns: filled with spaces, or cut and ended by an ellipsis."""
    if width(text) > columns:
        text = wcwidth.clip(text, 0, columns - 1, control_codes="ignore") + "…"
    return text + " " * (columns - width(text))


def width(text: str) -> int:
    """How many columns a screen needs for `text`."""
    return wcwidth.width(text, control_codes="ignore")


def moment(when: datetime) -> str:
    """A time as the user's clock shows it."""
    return when.astimezone().strftime("%Y-%m-%d %H:%M")


def written(value: object) -> str:
    """A value as text that a program can read again: times in ISO 8601, nothing for null, JSON for what is nested."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case Decimal():
            return f"{value:f}"
        case datetime():
            return value.isoformat()
        case bytes():
            return value.hex()
        case list() | dict():
            return _json(_finite(value))
        case _:
            return str(value)


def cell(value: object) -> str:
    """A value as people read it: times by their clock, amounts without trailing zeros."""
    match value:
        case datetime(tzinfo=None):
            return value.strftime("%Y-%m-%d %H:%M")
        case datetime():
            return moment(value)
        case Decimal():
            return f"{value.normalize():f}"
        case float():
            return f"{value:.6g}"
        case _:
            return written(value)


def _finite(value: object) -> object:
    match value:
        case float():
            return value if math.isfinite(value) else None
        case dict():
            return {key: _finite(one) for key, one in value.items()}
        case list():
            return [_finite(one) for one in value]
        case _:
            return value


def _json(value: object, *, indent: int | None = None) -> str:
    text = json.dumps(msgspec.to_builtins(value), indent=indent, ensure_ascii=False)
    return _UNSAFE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def megabytes(size_bytes: int | None) -> str:
    """A size; empty where it is unknown."""
    return "" if size_bytes is None else f"{size_bytes / 1e6:,.0f} MB"
