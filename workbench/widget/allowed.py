"""What a chat in a cell may ask of the owner through the kernel: what its component asks, of its own Experience."""

import re
from typing import TypeGuard

from workbench.errors import AccessError, InvalidInputError

LONGEST_PATH = 600
LONGEST_TEXT = 8_000_000
"""Characters in one value of a request: over 10 MB at once, and Jupyter's server closes the connection."""
_MOST_VALUES = 50
"""In one list, or in one thing of a list."""

Value = str | int | float | bool | None
Body = dict[str, Value | dict[str, Value] | list[Value] | list[dict[str, Value]]]

_ID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_CALLS = (
    ("GET", "experiences/HERE"),
    ("PATCH", "experiences/HERE"),
    ("GET", r"conversations\?experience=HERE(?:&(?:limit|cursor)=[\w%.~+-]{1,400})*"),
    ("POST", "conversations"),
    ("GET", f"conversations/{_ID}"),
    ("PATCH", f"conversations/{_ID}"),
    ("POST", f"conversations/{_ID}/messages"),
    ("POST", f"conversations/{_ID}/estimate"),
    ("POST", "experiences/HERE/estimate"),
    ("GET", f"(?:conversations/{_ID}|experiences/HERE)/draft"),
    ("PUT", f"(?:conversations/{_ID}|experiences/HERE)/draft"),
    ("DELETE", f"(?:conversations/{_ID}|experiences/HERE)/draft"),
    ("GET", rf"messages/{_ID}/attachments/\d{{1,2}}"),
    ("GET", f"messages/{_ID}"),
    ("POST", f"messages/{_ID}/(?:stop|retry|continue|merge|restore)"),
    ("PUT", f"messages/{_ID}/rating"),
    ("DELETE", f"messages/{_ID}(?:/rating)?"),
    ("GET", "models"),
    ("GET", "models/measured"),
    ("POST", "models/suggestion"),
    ("GET", "models/default"),
    ("PUT", "models/default"),
    ("GET", "models/demo"),
    ("POST", "models/demo"),
    ("POST", "models/demo/cancel"),
    ("GET", f"prompts(?:/{_ID}/variables)?"),
    ("POST", f"prompts/{_ID}/render"),
)
_STREAMS = ("events", f"messages/{_ID}/stream")


def check_call(experience_id: str, method: object, path: object, body: object) -> tuple[str, str, Body | None]:
    """The request, if the chat of that Experience may make it. Raises AccessError, InvalidInputError."""
    if not isinstance(method, str) or not _matches(path, _patterns(experience_id, method)):
        raise _refused()
    if body is not None and not _is_body(body):
        raise InvalidInputError("The chat sent something that cannot be used.", remedy="Run the cell again.")
    given = body or {}
    if (method, path) == ("POST", "conversations") and given.get("experience_id") != experience_id:
        raise _refused()
    if method == "PATCH" and path == f"experiences/{experience_id}" and set(given) != {"model"}:
        raise _refused()
    return method, str(path), body


def check_stream(path: object) -> str:
    """The path of a stream, if a chat may follow it. Raises AccessError."""
    if not _matches(path, _STREAMS):
        raise _refused()
    return str(path)


def _patterns(experience_id: str, method: str) -> tuple[str, ...]:
    return tuple(pattern.replace("HERE", re.escape(experience_id)) for verb, pattern in _CALLS if verb == method)


def _matches(path: object, patterns: tuple[str, ...]) -> bool:
    if not isinstance(path, str) or len(path) > LONGEST_PATH:
        return False
    return any(re.fullmatch(pattern, path, re.ASCII) for pattern in patterns)


def _is_body(body: object) -> TypeGuard[Body]:
    """Whether it is flat, but for lists and what a prompt's variables are given."""
    return isinstance(body, dict) and all(
        _is_value(value) or _is_list(value) or (name == "values" and _is_flat(value)) for name, value in body.items()
    )


def _is_list(value: object) -> bool:
    """Whether it is a list of ids, or of what is given with a question."""
    return isinstance(value, list) and len(value) <= _MOST_VALUES and all(_is_value(v) or _is_flat(v) for v in value)


def _is_flat(value: object) -> bool:
    return isinstance(value, dict) and len(value) <= _MOST_VALUES and all(map(_is_value, value.values()))


def _is_value(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= LONGEST_TEXT
    return value is None or isinstance(value, (int, float))


def _refused() -> AccessError:
    return AccessError("A chat in a cell may not ask for that.", remedy="Use JupyterLab's own chat.")
