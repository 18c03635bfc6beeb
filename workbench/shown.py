"""How records look in a notebook: small accessible tables, in the page's own colours. Text of others stays text."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from decimal import Decimal
from html import escape
from typing import Any, TypeVar

from workbench.tex import as_text

Kind = TypeVar("Kind", covariant=True)

LONGEST_TEXT = 600
"""Of a longer value the beginning is shown."""
MOST_ROWS = 100

_CELL = "text-align:left;vertical-align:top;white-space:pre-wrap;overflow-wrap:anywhere"
_CAPTION = "caption-side:top;text-align:left;font-weight:bold;color:inherit"


class Records(tuple[Kind, ...]):
    """Records as a tuple that a notebook shows as a table."""

    caption: str
    columns: tuple[str, ...]

    def __new__(cls, found: Iterable[Kind], caption: str, columns: Sequence[str]) -> "Records[Kind]":
        """`columns` are the fields that the table shows."""
        made = super().__new__(cls, tuple(found))
        made.caption, made.columns = caption, tuple(columns)
        return made

    def _repr_html_(self) -> str:
        return records(self, self.caption, self.columns)


def record(one: Any, name: str = "") -> str:  # noqa: ANN401  (any dataclass)
    """A record's fields as a table; `name` says which one it is."""
    given = {field.name: getattr(one, field.name) for field in fields(one)}
    return facts(f"{type(one).__name__} {name}".strip(), given)


def records(found: Sequence[Any], caption: str, columns: Sequence[str]) -> str:
    """Records as a table, one to a row."""
    total = len(found)
    title = f"{caption}: {total:,}" if total else f"{caption}: none"
    if total > MOST_ROWS:
        title += f", the first {MOST_ROWS} of them"
    rows = [[getattr(one, column) for column in columns] for one in found[:MOST_ROWS]]
    return table(title, columns, rows)


def facts(caption: str, given: Mapping[str, object]) -> str:
    """Names and values as a table."""
    rows = "".join(
        f'<tr><th scope="row" style="{_CELL}">{as_text(name)}</th><td style="{_CELL}">{value(content)}</td></tr>'
        for name, content in given.items()
    )
    return framed(f'<table><caption style="{_CAPTION}">{as_text(caption)}</caption><tbody>{rows}</tbody></table>')


def table(caption: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table with a caption and named columns."""
    head = "".join(f'<th scope="col" style="{_CELL}">{as_text(name)}</th>' for name in columns)
    body = "".join(
        "<tr>" + "".join(f'<td style="{_CELL}">{value(content)}</td>' for content in row) + "</tr>" for row in rows
    )
    return framed(
        f'<table><caption style="{_CAPTION}">{as_text(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def page(html: str, title: str) -> str:
    """A whole page in a frame of its own, in which no script runs whatever it holds."""
    style = "width:100%;height:600px;border:0;color-scheme:light dark;background:Canvas"
    return framed(f'<iframe sandbox="" title="{escape(title)}" style="{style}" srcdoc="{escape(html)}"></iframe>')


def framed(html: str) -> str:
    """HTML of ours, kept from the page's typesetter."""
    return f'<div class="wb-Shown mathjax_ignore tex2jax_ignore">{html}</div>'


def value(content: object) -> str:
    """A value as HTML."""
    return as_text(words(content))


def words(content: object) -> str:
    """A value as a person would write it; what is not known or not there is a dash."""
    match content:
        case None | "":
            return "—"
        case bool():
            return "yes" if content else "no"
        case datetime():
            return content.astimezone().strftime("%Y-%m-%d %H:%M")
        case Decimal():
            return money(content)
        case str():
            return content if len(content) <= LONGEST_TEXT else f"{content[:LONGEST_TEXT]}…"
        case dict():
            return "\n".join(f"{name}: {words(inner)}" for name, inner in content.items()) or "—"
        case tuple() | list():
            return "\n".join(map(words, content)) or "—"
    if is_dataclass(content):
        return words({field.name: getattr(content, field.name) for field in fields(content)})
    return f"{content}"


def money(amount_usd: Decimal) -> str:
    """An amount in US dollars, in full."""
    if not amount_usd:
        return "$0"
    text = f"{amount_usd:f}"
    whole, _, cents = text.partition(".")
    return f"${whole}.{cents.rstrip('0').ljust(2, '0')}"


def counted(number: int, noun: str) -> str:
    """`1 token`, `2 tokens`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def size(size_bytes: int) -> str:
    """`512 bytes`, `2 KB`, `3.4 MB`."""
    if size_bytes < 1024:
        return counted(size_bytes, "byte")
    if size_bytes < 1024**2:
        return f"{size_bytes / 1024:.0f} KB"
    return f"{size_bytes / 1024**2:.1f} MB"
