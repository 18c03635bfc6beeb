"""JSON that was cut: closed where it stands, so that what had come can be read."""

import re
from dataclasses import dataclass, field

_TOKEN = re.compile(
    rb'"[^"\\]*+(?:\\.[^"\\]*+)*"'  # a string
    rb"|[{}\[\]:,]|\s++"
    rb'|[^\s{}\[\]:,"]++(?=[\s\]},])',  # a number or a word, which may go on if nothing follows
    re.DOTALL,
)
_OPEN_STRING = re.compile(
    rb'"[^"\\]*+'
    rb"(?:\\(?:u(?![dD][89abAB][0-9a-fA-F]{2}(?:\\(?:u[0-9a-fA-F]{0,3})?)?\Z)[0-9a-fA-F]{4}|[^u])"
    rb'[^"\\]*+)*',
    re.DOTALL,
)
"""What of a string without an end can be read: no half escape at its end, and no half of a surrogate pair."""
_CLOSES = {b"{": b"}", b"[": b"]"}


def closed(body: bytes) -> bytes | None:
    """The beginning of a JSON document as a document; None: it is none, or is whole already.

    A string that was cut is a value as far as it came; a name without its value and a number that may go on are left
    out.
    """
    place = _Place()
    at = 0
    while (token := _TOKEN.match(body, at)) is not None:
        at = token.end()
        if not token[0].isspace() and not place.take(token[0], at):
            return None
    if place.awaits_value and (text := _OPEN_STRING.match(body, at)) is not None:
        return body[:at] + text[0].decode(errors="ignore").encode() + b'"' + place.ends
    return body[: place.kept] + place.kept_ends if place.open else None


@dataclass
class _Place:
    """How far a document has been read."""

    open: list[bytes] = field(default_factory=list)
    """What closes the objects and lists that are open, the innermost last."""
    before: bytes = b""
    """The last token."""
    kept: int = 0
    """Where the document can be closed as it stands, and by what."""
    kept_ends: bytes = b""

    @property
    def ends(self) -> bytes:
        """What closes all that is open."""
        return b"".join(reversed(self.open))

    @property
    def awaits_value(self) -> bool:
        """Whether a value may come next, rather than a name."""
        return self.before == b":" or self.open[-1:] == [b"]"]

    def take(self, word: bytes, at: int) -> bool:
        """Read a token that ends at a place; whether the document goes on after it."""
        is_name = word[:1] == b'"' and not self.awaits_value
        if word in _CLOSES:
            self.open.append(_CLOSES[word])
        elif word in _CLOSES.values() and (not self.open or self.open.pop() != word):
            return False
        if not is_name and word not in (b":", b","):
            self.kept, self.kept_ends = at, self.ends
        self.before = word
        return bool(self.open)
