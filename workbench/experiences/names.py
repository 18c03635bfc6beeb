"""What an Experience may be called, and the folder name made from it."""

import re
import unicodedata
from collections.abc import Collection

from workbench.errors import InvalidInputError

LONGEST_NAME = 200
LONGEST_CATEGORY = 100
LONGEST_DESCRIPTION = 10_000
LONGEST_SLUG = 60

_DIRECTION_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""They make a name read as another one (Unicode TR 36, section 2.6); direction *marks* are part of some languages."""
_WINDOWS_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))})


def clean_name(text: str) -> str:
    """A name as it is kept: composed, on one line, without control characters.

    Raises InvalidInputError if nothing is left or it is too long.
    """
    name = _one_line(text)
    if not any(c.isprintable() and not c.isspace() for c in name):
        raise InvalidInputError("An Experience needs a name.", remedy="Give it a word or two, like “Physics”.")
    return _at_most(name, LONGEST_NAME, "name")


def clean_category(text: str) -> str:
    """A category as it is kept; may be empty. Raises InvalidInputError if it is too long."""
    return _at_most(_one_line(text), LONGEST_CATEGORY, "category")


def clean_description(text: str) -> str:
    """A description as it is kept; may be empty, may have lines. Raises InvalidInputError if it is too long."""
    return _at_most(
        "\n".join(_one_line(line) for line in text.splitlines()).strip(), LONGEST_DESCRIPTION, "description"
    )


def same_name(name: str) -> str:
    """Names for which this is equal are the same to a reader: case, width and invisible characters do not count."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(c for c in folded if unicodedata.category(c) != "Cf")


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


def free_name(name: str, taken: Collection[str]) -> str:
    """`name`, or with the first number behind it that makes it none of `taken` (as `same_name` gives them)."""
    number, candidate = 2, name
    while same_name(candidate) in taken:
        candidate, number = f"{name[: LONGEST_NAME - 8]} {number}", number + 1
    return candidate


def _one_line(text: str) -> str:
    composed = _DIRECTION_OVERRIDES.sub("", unicodedata.normalize("NFC", text))
    visible = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs") else c for c in composed)
    return " ".join(visible.split())


def _at_most(text: str, longest: int, what: str) -> str:
    if len(text) > longest:
        raise InvalidInputError(
            f"This {what} has {len(text):,} characters; the longest allowed has {longest:,}.",
            remedy=f"Shorten the {what}; longer text has its place in the notebook.",
        )
    return text
