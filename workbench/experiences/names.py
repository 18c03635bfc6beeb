"""What an Experience may be called, and the folder name made from it."""

import re
import unicodedata
from collections.abc import Collection

from workbench import written
from workbench.errors import InvalidInputError

LONGEST_NAME = 200
LONGEST_CATEGORY = 100
LONGEST_DESCRIPTION = 10_000
LONGEST_SLUG = 60

_WINDOWS_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))})


def clean_name(text: str) -> str:
    """A name as it is kept: composed, on one line, without control characters.

    Raises InvalidInputError if nothing is left or it is too long.
    """
    name = written.line(text, longest=LONGEST_NAME, what="name")
    if not written.is_readable(name):
        raise InvalidInputError("An Experience needs a name.", remedy="Give it a word or two, like “Physics”.")
    return name


def clean_category(text: str) -> str:
    """A category as it is kept; may be empty. Raises InvalidInputError if it is too long."""
    return written.line(text, longest=LONGEST_CATEGORY, what="category")


def clean_description(text: str) -> str:
    """A description as it is kept; may be empty, may have lines. Raises InvalidInputError if it is too long."""
    return written.lines(text, longest=LONGEST_DESCRIPTION, what="description")


def slug(name: str, taken: Collection[str]) -> str:
    """A folder name that every file system takes: `a-z`, `0-9` and `-`; not one of `taken`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_SLUG].strip("-") or "experience"
    if base in _WINDOWS_RESERVED:
        base = f"{base}-experience"
    number, candidate = 2, base
    while candidate in taken:
        candidate, number = f"{base}-{number}", number + 1
    return candidate
