"""What a person writes in a field, as it is kept: composed, without characters that nobody sees, and not too long."""

import re
import unicodedata
from collections.abc import Collection, Iterable

from workbench.errors import InvalidInputError

_DIRECTION_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""They make a name read as another one (Unicode TR 36, section 2.6); direction *marks* are part of some languages."""


def line(text: str, *, longest: int, what: str) -> str:
    """Text on one line; may be empty. Raises InvalidInputError, calling it `what`, if it is too long."""
    return at_most(_one_line(text), longest, what)


def lines(text: str, *, longest: int, what: str) -> str:
    """Text that may have lines, each without its trailing white space; may be empty. Raises InvalidInputError."""
    kept = "\n".join(_visible(each).rstrip() for each in text.splitlines())
    return at_most(kept.strip("\n"), longest, what)


def items(texts: Iterable[str], *, most: int, longest: int, what: str) -> tuple[str, ...]:
    """Lines, each once and none of them empty, in the order given. Raises InvalidInputError if they are too many."""
    found = tuple(dict.fromkeys(kept for text in texts if (kept := line(text, longest=longest, what=what))))
    if len(found) > most:
        raise InvalidInputError(
            f"There are {len(found):,} entries for the {what}; the most allowed is {most}.",
            remedy="Leave out those that matter least.",
        )
    return found


def is_readable(text: str) -> bool:
    """Whether there is anything in it that a reader would see."""
    return any(c.isprintable() and not c.isspace() for c in text)


def same_name(name: str) -> str:
    """Names for which this is equal are the same to a reader: case, width and invisible characters do not count."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(c for c in folded if unicodedata.category(c) != "Cf")


def free_name(name: str, taken: Collection[str], *, longest: int) -> str:
    """`name`, or with the first number behind it that makes it none of `taken` (as `same_name` gives them)."""
    number, candidate = 2, name
    while same_name(candidate) in taken:
        candidate, number = f"{name[: longest - 8]} {number}", number + 1
    return candidate


def at_most(text: str, longest: int, what: str) -> str:
    """The text. Raises InvalidInputError, calling it `what`, if it has more characters."""
    if len(text) > longest:
        raise InvalidInputError(
            f"This {what} has {len(text):,} characters; the longest allowed has {longest:,}.",
            remedy=f"Shorten the {what}; longer text has its place in the notebook.",
        )
    return text


def _one_line(text: str) -> str:
    return " ".join(_visible(text).split())


def _visible(text: str) -> str:
    composed = _DIRECTION_OVERRIDES.sub("", unicodedata.normalize("NFC", text))
    return "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs") and c != "\t" else c for c in composed)
