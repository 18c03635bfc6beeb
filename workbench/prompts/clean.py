"""What a prompt may hold, within which limits. Nothing here reads or writes."""

import re
import unicodedata

from workbench import written
from workbench.errors import InvalidInputError

LONGEST_NAME = 60
LONGEST_TITLE = 100
LONGEST_FOLDER = 200
LONGEST_DESCRIPTION = 1_000
LONGEST_NOTE = 500
LONGEST_TAG = 40
MOST_TAGS = 20
DEEPEST = 8

_NEWLINE = re.compile(r"\r\n|\r")
_FIRST_PRINTABLE = 32
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")


def name(text: str) -> str:
    """A name as it is kept: `Review my code` becomes `review-my-code`.

    Raises InvalidInputError if nothing is left of it, or it is too long.
    """
    plain = unicodedata.normalize("NFKD", text.strip().removeprefix("/")).encode("ascii", "ignore").decode().lower()
    kept = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    if not _NAME.fullmatch(kept):
        raise InvalidInputError(
            "A prompt needs a name of letters from a to z, digits and hyphens.", remedy="Name it as in review-code."
        )
    if kept == "none":
        raise InvalidInputError(
            "A prompt cannot be called “none”: that means no prompt.", remedy="Choose another name."
        )
    return written.at_most(kept, LONGEST_NAME, "name")


def title(text: str) -> str:
    """A title as it is kept. Raises InvalidInputError."""
    return written.line(text, longest=LONGEST_TITLE, what="title")


def folder(text: str) -> str:
    """Where a prompt lies, as it is kept: `Work/Reviews`; empty: in no folder. Raises InvalidInputError."""
    parts = [part for each in text.split("/") if (part := written.line(each, longest=LONGEST_FOLDER, what="folder"))]
    if any(part in (".", "..") for part in parts):
        raise InvalidInputError("A folder cannot be called “.” or “..”.", remedy="Name it by a word.")
    if len(parts) > DEEPEST:
        raise InvalidInputError(
            f"This folder lies {len(parts)} deep; the deepest allowed is {DEEPEST}.", remedy="Use fewer, or tags."
        )
    return written.at_most("/".join(parts), LONGEST_FOLDER, "folder")


def tags(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Tags as they are kept, in lower case and each once. Raises InvalidInputError."""
    lower = [text.strip().removeprefix("#").casefold() for text in texts]
    return written.items(lower, most=MOST_TAGS, longest=LONGEST_TAG, what="tags")


def description(text: str) -> str:
    """A description as it is kept. Raises InvalidInputError."""
    return written.lines(text, longest=LONGEST_DESCRIPTION, what="description")


def note(text: str) -> str:
    """What is said of a version. Raises InvalidInputError."""
    return written.line(text, longest=LONGEST_NOTE, what="note")


def text(written_text: str) -> str:
    """A prompt's text as it is kept: lines end in a newline, and there are no other control characters but tabs."""
    lines = _NEWLINE.sub("\n", written_text)
    return "".join(c for c in lines if c in "\n\t" or ord(c) >= _FIRST_PRINTABLE).strip()
