"""Files as what a model reads of them: text, the cells of a notebook, a picture, a PDF. Nothing else can be given."""

import codecs
import json
from pathlib import Path
from typing import Any

from workbench import shown
from workbench.client.given.values import cell
from workbench.conversations.attachments import (
    LARGEST_PDF_BYTES,
    LARGEST_PICTURE_BYTES,
    LONGEST_TEXT,
    PDF,
    PDF_SIGNATURE,
    SIGNATURES,
)
from workbench.conversations.records import Given
from workbench.errors import InvalidInputError

LARGEST_NOTEBOOK_BYTES = 50 * 1024**2
_ROOM_FOR_NOTE = 200
_BYTES_OF_A_CHARACTER = 4
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_KNOWN = (
    (b"PK\x03\x04", "a packed file (ZIP, or one of an office program)"),
    (b"\x1f\x8b", "a packed file (gzip)"),
    (b"PAR1", "a Parquet file"),
    (b"SQLite format 3\x00", "a database"),
)


def described(thing: object) -> Given | None:
    """What a file holds, cut where it is long; None for what is no text and no path.

    Raises InvalidInputError where there is no such file, or one that no model reads.
    """
    if not isinstance(thing, str | Path):
        return None
    path = found(thing)
    if path is None:
        raise InvalidInputError(
            f"There is no file {cell(str(thing))!r}.",
            remedy="Look at its path. If you mean the text itself, put it into the question.",
        )
    if not path.is_file():
        raise InvalidInputError(
            f"{cell(str(thing))!r} is a folder, or something else that is no plain file.",
            remedy="Give files, each by its path.",
        )
    try:
        with path.open("rb") as file:
            begun = file.read(LONGEST_TEXT * _BYTES_OF_A_CHARACTER)
        size_bytes = path.stat().st_size
    except OSError as error:
        raise InvalidInputError(
            f"The file {path.name!r} cannot be read: {error.strerror or error}.", remedy="Look at who may read it."
        ) from error
    media_type = next((kind for kind, signature in SIGNATURES.items() if signature.match(begun)), None)
    if media_type is not None:
        return _picture(path, media_type, size_bytes)
    if begun.startswith(PDF_SIGNATURE):
        return _pdf(path, size_bytes)
    text = _decoded(path, begun, whole=len(begun) == size_bytes)
    if path.suffix == ".ipynb" and size_bytes <= LARGEST_NOTEBOOK_BYTES:
        text = _cells(path.read_bytes()) or text
    if not text.strip():
        raise InvalidInputError(f"The file {path.name!r} is empty.", remedy="Leave it out.")
    return Given(kind="text", name=path.name, text=_cut(text, size_bytes))


def found(named: str | Path) -> Path | None:
    """What lies at that path; None where there is nothing."""
    try:
        path = Path(named).expanduser()
        return path if path.exists() else None
    except (OSError, RuntimeError, ValueError):  # it cannot be a path, as a text of many lines
        return None


def _decoded(path: Path, begun: bytes, *, whole: bool) -> str:
    """The text that the file begins with. Raises InvalidInputError for what is no text."""
    encoding = next((encoding for mark, encoding in _MARKS if begun.startswith(mark)), "utf-8")
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(begun, final=whole)
    except UnicodeDecodeError:
        text = "\x00"
    if "\x00" in text:
        what = next((what for mark, what in _KNOWN if begun.startswith(mark)), "no text in UTF-8")
        raise InvalidInputError(
            f"The file {path.name!r} is {what}, which cannot be given.",
            remedy="Give a text file, a picture, a PDF, or a table that you have read from it.",
        )
    return text.replace("\r\n", "\n")


def _cells(content: bytes) -> str:
    """A notebook's sources, and what they wrote, without pictures; nothing where it is none."""
    try:
        cells = json.loads(content)["cells"]
        parts = [f"[{one['cell_type']} cell]\n{_joined(one['source'])}{_outputs(one)}" for one in cells]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ""
    return "\n\n".join(parts)


def _outputs(code: Any) -> str:  # noqa: ANN401  (of a notebook's JSON)
    texts = [
        _joined(output.get("text") or output.get("data", {}).get("text/plain") or output.get("evalue") or "")
        for output in code.get("outputs", ())
    ]
    return "".join(f"\n[output]\n{text.rstrip()}" for text in texts if text.strip())


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


def _cut(text: str, size_bytes: int) -> str:
    """The text, or as much of its beginning as can be given, and that it is cut."""
    if len(text) < LONGEST_TEXT:
        return text
    kept = text[: LONGEST_TEXT - _ROOM_FOR_NOTE]
    return f"{kept}\n\n(Cut: these are the first {len(kept):,} characters of a file of {shown.size(size_bytes)}.)"


def _picture(path: Path, media_type: str, size_bytes: int) -> Given:
    if size_bytes > LARGEST_PICTURE_BYTES:
        raise InvalidInputError(
            f"The picture {path.name!r} has {shown.size(size_bytes)}; "
            f"the largest allowed has {shown.size(LARGEST_PICTURE_BYTES)}.",
            remedy="Make it smaller.",
        )
    return Given(
        kind="picture",
        name=path.name,
        text=f"The picture of the file {path.name}.",
        media_type=media_type,
        data=path.read_bytes(),
    )


def _pdf(path: Path, size_bytes: int) -> Given:
    if size_bytes > LARGEST_PDF_BYTES:
        raise InvalidInputError(
            f"The PDF {path.name!r} has {shown.size(size_bytes)}; "
            f"the largest allowed has {shown.size(LARGEST_PDF_BYTES)}.",
            remedy="Give the pages of it that matter.",
        )
    return Given(kind="pdf", name=path.name, media_type=PDF, data=path.read_bytes())
