"""What an altair chart shows, in words."""

from collections.abc import Iterator, Mapping
from typing import Any

from workbench.client.given.values import cell

_PARTS = ("layer", "hconcat", "vconcat", "concat")
_LONGEST_LABEL = 200

Spec = Mapping[str, Any]
"""A Vega-Lite specification, or a part of one."""


def words(spec: Spec) -> str:
    """Titles, marks, encodings and rows of a Vega-Lite specification."""
    rows = [len(rows) for rows in spec.get("datasets", {}).values()]
    data = [f"Rows of data: {', '.join(f'{count:,}' for count in rows)}"] if rows else []
    return "\n".join(["An altair chart.", *_lines(spec, ""), *data])


def _lines(spec: Spec, indent: str) -> Iterator[str]:
    if title := _text(spec.get("title")):
        yield f"{indent}Title: {title}"
    if mark := spec.get("mark"):
        yield f"{indent}Mark: {cell(mark['type'] if isinstance(mark, dict) else mark)}"
    for channel, encoding in spec.get("encoding", {}).items():
        for one in encoding if isinstance(encoding, list) else [encoding]:
            yield f"{indent}- {channel}: {_encoding(one)}"
    if "facet" in spec:
        yield f"{indent}Facet: {_encoding(spec['facet'])}"
    for name in _PARTS:
        for number, part in enumerate(spec.get(name, ()), 1):
            yield f"{indent}Part {number} ({name}):"
            yield from _lines(part, f"{indent}  ")
    if isinstance(spec.get("spec"), dict):
        yield from _lines(spec["spec"], indent)


def _encoding(encoding: Spec) -> str:
    """`mean of price (quantitative), titled "Price"`."""
    what = _text(encoding.get("field")) or _text(encoding.get("value")) or _text(encoding.get("datum"))
    how = _text(encoding.get("aggregate")) or _text(encoding.get("timeUnit"))
    named = " of ".join(filter(None, [how, what])) or cell(dict(encoding), _LONGEST_LABEL)
    kind = f" ({_text(encoding['type'])})" if "type" in encoding else ""
    binned = ", binned" if encoding.get("bin") else ""
    title = f', titled "{_text(encoding["title"])}"' if encoding.get("title") else ""
    return f"{named}{kind}{binned}{title}"


def _text(value: object) -> str:
    """A title or a name, which may be a text, several lines, or an object with a text."""
    match value:
        case None:
            return ""
        case {"text": text}:
            return _text(text)
        case list():
            return " ".join(map(_text, value))
        case _:
            return cell(value, _LONGEST_LABEL)
