"""What is kept of a run: its notebook, and a page made of it. Pure.

Both hold what a model wrote, and whatever a notebook printed, so both are cleaned first: what is secret is taken out,
and so is all that could run or fetch anything. The page has no script, no link to another place for its parts, and
says so to the browser (Content Security Policy).
"""

import base64
import binascii
import json
import re
from collections.abc import Collection, Mapping
from html import escape
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

import nh3

from workbench import markdown
from workbench.agents.records import Run
from workbench.plain import one_line, plain

LARGEST_BYTES = 32 * 1024**2
"""A larger notebook is not kept."""
LONGEST_TEXT = 100_000
"""Of one output; the rest is cut off."""
REMOVED = "[removed]"
SHORTEST_SECRET = 6
_TELLING_NAME = re.compile(r"KEY|TOKEN|SECRET|PASS|CRED|AUTH|COOKIE|PRIVATE|SESSION|DSN", re.IGNORECASE)
_RANDOM = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])[^\s/]{16,}")
_MARKER_TAG = "papermill-error-cell-tag"
_PICTURES = ("image/png", "image/jpeg")
_SVG = "image/svg+xml"
_SVG_NAMESPACE = "{http://www.w3.org/2000/svg}"
_SVG_TAGS = {
    "svg", "g", "path", "text", "tspan", "rect", "line", "circle", "ellipse", "polygon", "polyline", "defs",
    "clipPath", "linearGradient", "radialGradient", "stop", "title", "desc",
}  # fmt: skip
_CLEANER = nh3.Cleaner(
    tags={
        "b", "blockquote", "br", "caption", "code", "dd", "div", "dl", "dt", "em", "h2", "h3", "h4", "h5", "h6", "hr",
        "i", "li", "ol", "p", "pre", "s", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot",
        "th", "thead", "tr", "ul",
    },
    attributes={"*": {"style"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan", "scope"}},
    filter_style_properties={"caption-side", "font-weight", "text-align", "vertical-align"},
)  # fmt: skip

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_STYLE = """
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:60rem;margin:2rem auto;padding:0 1rem;overflow-wrap:break-word}
td{white-space:pre-wrap;overflow-wrap:anywhere}
header p{margin:.2rem 0}
table{border-collapse:collapse;margin:.5rem 0;width:100%}
th,td{border:1px solid light-dark(#767676,#8c8c8c);padding:.3rem .5rem;text-align:left;vertical-align:top}
pre{white-space:pre-wrap;font-size:.875rem}
img{max-width:100%;height:auto;background:#fff}
.wb-Report-fault{border:2px solid light-dark(#b00020,#ff8a80);padding:.5rem 1rem}
"""
_STATES = {
    "succeeded": "complete",
    "running": "complete",
    "failed": "not complete: it failed",
    "cancelled": "not complete: it was cancelled",
    "interrupted": "not complete: it was interrupted",
}


def secrets_of(environment: Mapping[str, str]) -> set[str]:
    """Values of environment variables that are, or may be, secrets: by the variable's name, or by their look."""
    return {
        value
        for name, value in environment.items()
        if (_TELLING_NAME.search(name) and len(value) >= SHORTEST_SECRET)
        or _RANDOM.fullmatch(value)
        or ("://" in value and "@" in value)
    }


def cleaned(notebook: bytes, secrets: Collection[str]) -> dict[str, Any]:
    """An executed notebook without what is secret, what papermill notes down, and what runs or fetches anything.

    Raises ValueError, KeyError, TypeError, AttributeError for what is no notebook.
    """
    if len(notebook) > LARGEST_BYTES:
        raise ValueError("too large")
    pattern = _pattern(secrets)
    found = _without(_plain(json.loads(notebook)), pattern)  # before anything is cut, and with it a secret in two
    cells = [_cell(cell) for cell in found["cells"] if _MARKER_TAG not in cell.get("metadata", {}).get("tags", [])]
    metadata = {name: value for name, value in found.get("metadata", {}).items() if name in _KEPT_METADATA}
    made = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    kept: dict[str, Any] = _without(made, pattern)  # again: cleaning may have put one together
    return kept


def said_shortly(text: str, secrets: Collection[str], longest: int) -> str:
    """A text on one line, without these secrets and not too long."""
    pattern = _pattern(secrets)
    line = one_line(text)
    line = pattern.sub(REMOVED, line) if pattern else line
    return line if len(line) <= longest else f"{line[:longest]}…"


_KEPT_METADATA = ("kernelspec", "language_info")


def page(notebook: Mapping[str, Any], run: Run, *, title: str, experience: str) -> str:
    """The page of a cleaned notebook: its text and its results, without its code."""
    parts = [_drawn(cell) for cell in notebook["cells"]]
    facts = [
        f"Experience: {escape(experience)}",
        f"From {run.since:%Y-%m-%d %H:%M} to {run.until:%Y-%m-%d %H:%M} UTC",
        f"This report is {_STATES.get(run.state, run.state)}.",
    ]
    head = "".join(f"<p>{fact}</p>" for fact in facts)
    fault = (
        f'<p class="wb-Report-fault">{escape(run.fault.message)} {escape(run.fault.remedy)}</p>' if run.fault else ""
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        f"<title>{escape(title)}: {escape(experience)}</title><style>{_STYLE}{markdown.STYLE}</style></head>"
        f"<body><header>{head}{fault}</header><main>{''.join(parts)}</main></body></html>\n"
    )


# Cleaning


def _cell(cell: Mapping[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {
        "cell_type": cell["cell_type"],
        "id": str(cell.get("id", "")),
        "metadata": {name: cell["metadata"][name] for name in ("tags", "alt") if name in cell.get("metadata", {})},
        "source": _text(cell.get("source", "")),
    }
    if cell["cell_type"] == "code":
        kept |= {
            "execution_count": cell.get("execution_count"),
            "outputs": [_output(output) for output in cell.get("outputs", ())],
        }
    return kept


def _output(output: Mapping[str, Any]) -> dict[str, Any]:
    match output.get("output_type"):
        case "stream":
            return {"output_type": "stream", "name": output.get("name", "stdout"), "text": _said(output["text"])}
        case "error":
            traceback = _said(output.get("traceback", "")).splitlines()
            return {
                "output_type": "error",
                "ename": _said(output.get("ename", "")),
                "evalue": _said(output.get("evalue", "")),
                "traceback": traceback,
            }
    data = {kind: _content(kind, value) for kind, value in output.get("data", {}).items()}
    kept = {"output_type": output.get("output_type"), "metadata": {}, "data": {k: v for k, v in data.items() if v}}
    return kept | ({"execution_count": output["execution_count"]} if "execution_count" in output else {})


def _content(kind: str, value: Any) -> str:  # noqa: ANN401  (whatever a notebook gave)
    """One form of an output, made harmless; empty for a form that is not kept."""
    if kind == "text/plain":
        return _said(value)
    if kind == "text/html":
        return _CLEANER.clean(_text(value)[:LONGEST_TEXT])
    if kind == "text/markdown":
        return _CLEANER.clean(markdown.to_html(_text(value)[:LONGEST_TEXT]))
    if kind == _SVG:
        return _svg(_text(value))
    if kind in _PICTURES:
        return _base64(_text(value))
    return ""


def _text(value: Any) -> str:  # noqa: ANN401  (whatever a notebook gave)
    """Text of a notebook, which may be a list of lines."""
    return "".join(map(str, value)) if isinstance(value, list) else str(value)


def _said(value: Any) -> str:  # noqa: ANN401  (whatever a notebook gave)
    text = _text(value)
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}\n[cut off here]"


def _base64(text: str) -> str:
    """A picture's base64, if it is that."""
    try:
        return base64.b64encode(base64.b64decode("".join(text.split()), validate=True)).decode()
    except binascii.Error:
        return ""


def _svg(text: str) -> str:
    """A drawing of shapes and text alone: without scripts, styles, links, pictures and what listens to events."""
    try:
        root = ET.fromstring(text)  # noqa: S314  (expat bounds what entities grow to; a picture with any is dropped)
    except ET.ParseError:
        return ""
    if "<!" in text or root.tag != f"{_SVG_NAMESPACE}svg":
        return ""
    ET.register_namespace("", _SVG_NAMESPACE.strip("{}"))
    for element in list(root.iter()):
        for child in list(element):
            if not isinstance(child.tag, str) or child.tag.removeprefix(_SVG_NAMESPACE) not in _SVG_TAGS:
                element.remove(child)
        for name, value in list(element.attrib.items()):
            fetches = "url(" in value.casefold() and not re.fullmatch(r"\s*url\(['\"]?#[\w-]+['\"]?\)\s*", value)
            if name.startswith(("{", "on")) or name in ("href", "style", "src") or fetches:
                del element.attrib[name]
    return ET.tostring(root, encoding="unicode")


def _pattern(secrets: Collection[str]) -> re.Pattern[str] | None:
    forms = sorted({form for secret in secrets for form in _forms(secret)}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, forms))) if forms else None


def _forms(secret: str) -> set[str]:
    """A secret as it is, and as it looks in an address, in Python, in JSON, and in base64."""
    encoded = base64.b64encode(secret.encode("utf-8", "surrogateescape")).decode().rstrip("=")
    forms = {
        secret,
        quote(secret, safe="", errors="replace"),
        repr(secret)[1:-1],
        json.dumps(secret)[1:-1],
        escape(secret),
        encoded,
    }
    return {form for form in forms if len(form) >= SHORTEST_SECRET}


def _plain(value: Any) -> Any:  # noqa: ANN401  (JSON)
    """A notebook's text on one piece and without control sequences, which may be in the middle of a secret."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, list):
        whole = all(isinstance(one, str) for one in value)
        return plain("".join(value)) if value and whole else [_plain(one) for one in value]
    if isinstance(value, dict):
        return {name: value[name] if name == "tags" else _plain(one) for name, one in value.items()}
    return value


def _without(value: Any, secret: re.Pattern[str] | None) -> Any:  # noqa: ANN401  (JSON)
    if isinstance(value, str):
        return secret.sub(REMOVED, value) if secret else value
    if isinstance(value, list):
        return [_without(one, secret) for one in value]
    if isinstance(value, dict):
        return {_without(name, secret): _without(one, secret) for name, one in value.items()}
    return value


# Drawing


def _drawn(cell: Mapping[str, Any]) -> str:
    if cell["cell_type"] == "markdown":
        return markdown.to_html(cell["source"])
    alt = str(cell["metadata"].get("alt", "")) or "Chart"
    return "".join(_drawn_output(output, alt) for output in cell.get("outputs", ()))


def _drawn_output(output: Mapping[str, Any], alt: str) -> str:
    if output["output_type"] == "stream":
        return f'<pre tabindex="0">{escape(output["text"])}</pre>'
    if output["output_type"] == "error":
        traceback = escape("\n".join(output["traceback"]))
        words = f"<strong>{escape(output['ename'])}</strong>: {escape(output['evalue'])}"
        return (
            f'<div class="wb-Report-fault"><p>{words}</p>'
            f'<details><summary>Where it happened</summary><pre tabindex="0">{traceback}</pre></details></div>'
        )
    data = output["data"]
    for kind in (_SVG, *_PICTURES):
        if kind in data:
            content = base64.b64encode(data[kind].encode()).decode() if kind == _SVG else data[kind]
            return f'<p><img alt="{escape(alt)}" src="data:{kind};base64,{content}"></p>'
    for kind in ("text/html", "text/markdown"):
        if kind in data:
            return f"<div>{data[kind]}</div>"
    return f'<pre tabindex="0">{escape(data.get("text/plain", ""))}</pre>'
