"""Text, tables and charts as parts of a page. What users and providers wrote is escaped here."""

from collections.abc import Sequence
from html import escape
from typing import Literal

import panel as pn

_LOOK = """
:host { font: 15px/1.5 system-ui, sans-serif; max-width: 100% }
h1 { font: 600 26px/1.3 system-ui, sans-serif; margin: 8px 0 }
h2 { font: 600 18px/1.3 system-ui, sans-serif; margin: 20px 0 4px }
p { margin: 0 0 4px }
a { color: var(--mui-palette-primary-main) }
dl { display: flex; flex-wrap: wrap; gap: 16px 40px; margin: 0 }
dt { color: var(--mui-palette-text-secondary) }
dd { margin: 0; font-size: 22px; font-weight: 600 }
summary { display: inline-flex; align-items: center; min-height: 44px; cursor: pointer;
          color: var(--mui-palette-primary-main) }
summary::before { content: '▸'; margin-right: 6px }
details[open] > summary::before { content: '▾' }
summary:focus-visible { outline: 2px solid; outline-offset: 2px }
.meters { list-style: none; margin: 0; padding: 0 }
.meters li { margin: 0 0 12px }
.meters meter { display: block; width: min(100%, 480px); height: 16px }
.scroll { overflow: auto; max-height: 400px }
.scroll:focus-visible { outline: 2px solid var(--mui-palette-primary-main) }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { padding: 4px 16px 4px 0; text-align: right; white-space: nowrap; border-bottom: 1px solid
         var(--mui-palette-divider) }
th:first-child, td:first-child { text-align: left }
tbody th { font-weight: normal }
.notice { padding: 10px 14px; border-left: 4px solid #c77700; background: #c777001f }
.notice.error { border-color: #d32f2f; background: #d32f2f1f }
thead th { position: sticky; top: 0; background: var(--mui-palette-background-default) }
"""


def text(html: str) -> pn.pane.HTML:
    """HTML of ours."""
    return pn.pane.HTML(html, stylesheets=[_LOOK], sizing_mode="stretch_width", margin=(12, 0, 0, 0))


def notice(message: str, *, kind: Literal["warning", "error"] = "warning") -> pn.pane.HTML:
    """What is to be seen, and to be heard at once. Panel's own alert takes escaped text for HTML."""
    return text(f'<p class="notice {kind}" role="alert">{escape(message)}</p>')


def drawn(chart: object) -> pn.pane.Vega:
    """A chart."""
    return pn.pane.Vega(chart, sizing_mode="stretch_width", margin=(8, 0, 0, 0))


def heading(title: str, sentence: str) -> str:
    """A heading, and what the part under it says in a sentence."""
    return f"<h2>{escape(title)}</h2><p>{escape(sentence)}</p>"


def meters(found: Sequence[tuple[str, int, str]]) -> str:
    """Shares in percent, each with its name above and a sentence below."""
    parts = "".join(
        f'<li>{escape(name)}<meter min="0" max="100" value="{min(percent, 100)}" aria-label="{escape(name)}">'
        f"{percent} %</meter>{escape(sentence)}</li>"
        for name, percent, sentence in found
    )
    return f'<ul class="meters">{parts}</ul>'


def facts(named: dict[str, str]) -> str:
    """Large numbers with their names."""
    parts = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in named.items())
    return f"<dl>{parts}</dl>"


def table(title: str, columns: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A table that scrolls by itself."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in columns)
    body = "".join(
        f'<tr><th scope="row">{escape(first)}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in rest)}</tr>'
        for first, *rest in lines
    )
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(title)}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def table_beside(title: str, columns: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A table behind a disclosure: what a chart shows, in numbers."""
    label = f"{title}, as a table"
    return f"<details><summary>{escape(label)}</summary>{table(label, columns, lines)}</details>"
