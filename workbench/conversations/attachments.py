"""What may be given with a question: checked before anything is saved. Nothing here reads or writes."""

import re
from collections.abc import Sequence
from dataclasses import replace

from workbench.conversations.records import Attachment, Given
from workbench.errors import InvalidInputError

MOST = 20
LONGEST_NAME = 200
LONGEST_TEXT = 60_000
LONGEST_TOGETHER = 200_000
LARGEST_PICTURE_BYTES = 5 * 1024**2
LARGEST_PDF_BYTES = 10 * 1024**2
LARGEST_TOGETHER_BYTES = 10 * 1024**2
SIGNATURES = {
    "image/png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "image/jpeg": re.compile(rb"\xff\xd8\xff"),
    "image/gif": re.compile(rb"GIF8[79]a"),
    "image/webp": re.compile(rb"RIFF.{4}WEBP", re.DOTALL),
}
"""The pictures that can be given, and how each begins."""
PDF = "application/pdf"
PDF_SIGNATURE = b"%PDF-"
_PDF_END = b"%%EOF"
_LOCKED = re.compile(rb"/Encrypt\s*(?:<<|\d+\s+\d+\s+R)")
"""How the end of a PDF says that it is encrypted, and with what (ISO 32000-1, table 15)."""
_TEXT_TYPE = re.compile(r"text/[a-z0-9.+-]{1,60}")


def clean(given: Sequence[Given]) -> tuple[Given, ...]:
    """What is given, as it is kept. Raises InvalidInputError for what cannot be."""
    if len(given) > MOST:
        raise InvalidInputError(
            f"At most {MOST} things can be given with a question; these are {len(given)}.",
            remedy="Leave some out, or ask in several steps.",
        )
    cleaned = tuple(_clean(each) for each in given)
    _refuse_too_much(cleaned)
    return cleaned


def attachment(given: Given) -> Attachment:
    """What a message says of something that was given with it."""
    return Attachment(
        kind=given.kind,
        name=given.name,
        text=given.text,
        media_type=given.media_type,
        size_bytes=len(given.data),
    )


def _clean(given: Given) -> Given:
    cleaned = replace(given, name=_name(given.name), text=_printable(given.text))
    if len(cleaned.text) > LONGEST_TEXT:
        raise InvalidInputError(
            f"{cleaned.name!r} has {len(cleaned.text):,} characters; at most {LONGEST_TEXT:,} can be given.",
            remedy="Give the part of it that matters.",
        )
    if given.kind == "picture":
        _refuse_no_picture(cleaned)
    elif given.kind == "pdf":
        _refuse_no_pdf(cleaned)
    else:
        _refuse_no_text(cleaned)
    return cleaned


def _name(name: str) -> str:
    cleaned = "".join(letter for letter in " ".join(_printable(name).split()) if letter.isprintable())
    if not cleaned:
        raise InvalidInputError("What is given with a question needs a name.", remedy="Name it, as in `notes.md`.")
    if len(cleaned) > LONGEST_NAME:
        raise InvalidInputError(
            f"The name {cleaned[:40]!r}… has {len(cleaned):,} characters; at most {LONGEST_NAME} are allowed.",
            remedy="Give it a shorter name.",
        )
    return cleaned


def _printable(text: str) -> str:
    return text.encode("utf-8", "replace").decode().replace("\x00", "\ufffd")


def _refuse_no_text(given: Given) -> None:
    if given.data or not _TEXT_TYPE.fullmatch(given.media_type):
        raise InvalidInputError(
            f"{given.name!r} is given as a {given.kind}, which is sent as text.",
            remedy="Give it as a picture or a PDF, or its text alone.",
        )
    if not given.text.strip():
        raise InvalidInputError(f"{given.name!r} is empty.", remedy="Leave it out.")


def _refuse_no_picture(given: Given) -> None:
    signature = SIGNATURES.get(given.media_type)
    if signature is None or not signature.match(given.data):
        raise InvalidInputError(
            f"{given.name!r} is no picture that can be given.", remedy="Give a PNG, JPEG, WebP or GIF picture."
        )
    if len(given.data) > LARGEST_PICTURE_BYTES:
        raise InvalidInputError(
            f"The picture {given.name!r} has {_megabytes(len(given.data))}; "
            f"the largest allowed has {_megabytes(LARGEST_PICTURE_BYTES)}.",
            remedy="Make it smaller.",
        )


def _refuse_no_pdf(given: Given) -> None:
    if given.media_type != PDF or not given.data.startswith(PDF_SIGNATURE):
        raise InvalidInputError(f"{given.name!r} is no PDF.", remedy="Give a PDF file, or a text or a picture as such.")
    if len(given.data) > LARGEST_PDF_BYTES:
        raise InvalidInputError(
            f"The PDF {given.name!r} has {_megabytes(len(given.data))}; "
            f"the largest allowed has {_megabytes(LARGEST_PDF_BYTES)}.",
            remedy="Give the pages of it that matter.",
        )
    if _PDF_END not in given.data:
        raise InvalidInputError(
            f"The PDF {given.name!r} is cut off: it has no end.", remedy="Save or download it again, and give it whole."
        )
    if _LOCKED.search(given.data):
        raise InvalidInputError(
            f"The PDF {given.name!r} is encrypted, so that no model can read it.",
            remedy="Save a copy without a password, as by printing it into a file, and give that.",
        )


def _refuse_too_much(given: Sequence[Given]) -> None:
    characters = sum(len(each.text) for each in given)
    if characters > LONGEST_TOGETHER:
        raise InvalidInputError(
            f"What is given with the question has {characters:,} characters; "
            f"together at most {LONGEST_TOGETHER:,} are allowed.",
            remedy="Leave something out, or ask in several steps.",
        )
    size_bytes = sum(len(each.data) for each in given)
    if size_bytes > LARGEST_TOGETHER_BYTES:
        raise InvalidInputError(
            f"The pictures and PDFs have {_megabytes(size_bytes)}; together at most "
            f"{_megabytes(LARGEST_TOGETHER_BYTES)} are allowed.",
            remedy="Leave one out, or make them smaller.",
        )


def _megabytes(size_bytes: int) -> str:
    return f"{size_bytes / 1024**2:.1f} MB"
