"""Counts tokens as OpenAI's models read them, on this machine: the only door to tiktoken.

The encodings lie inside litellm's package, and nothing is ever fetched. They are loaded when first asked for: half a
second to a second of a core, 35 or 75 MB.
"""

import functools
import hashlib
import importlib.util
import os
import threading
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.providers.counting import Encoding

if TYPE_CHECKING:
    import tiktoken

_FILES: dict[Encoding, tuple[str, str]] = {
    "o200k_base": (
        "fb374d419588a4632f3f557e76b4b70aebbca790",
        "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    ),
    "cl100k_base": (
        "9b5ad71b2ce5302211f9c61530b329a4922fc6a4",
        "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    ),
}
"""The name and the SHA-256 of each encoding's file, as tiktoken 0.14 expects them: with others it would fetch one."""
_MOST_COUNTS = 20_000
"""So many counts are remembered, each under the digest of its text: some 3 MB."""
_PIECE = 20_000
"""Characters that are counted at once: of a million spaces or `^` tiktoken's stack overflows, or takes a second."""


class Tokens:
    """Counts texts, and remembers the counts. Safe to use from any thread."""

    def __init__(self) -> None:
        self._counts: OrderedDict[tuple[str, bytes], int] = OrderedDict()
        self._changing = threading.Lock()

    def count(self, text: str, encoding: Encoding) -> int | None:
        """How many tokens a text has; None where the encoding is not to be had here."""
        found = _encoding(encoding)
        if found is None:
            return None
        key = (encoding, hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).digest())
        with self._changing:
            known = self._counts.get(key)
            if known is not None:
                self._counts.move_to_end(key)
                return known
        counted = sum(len(found.encode_ordinary(piece)) for piece in _pieces(text))
        with self._changing:
            self._counts[key] = counted
            while len(self._counts) > _MOST_COUNTS:
                self._counts.popitem(last=False)
        return counted


def _pieces(text: str) -> Iterator[str]:
    """A text in pieces, cut before a space between two words, where every encoding begins another token."""
    begin = 0
    while len(text) - begin > _PIECE:
        end = _cut(text, begin, begin + _PIECE)
        yield text[begin:end]
        begin = end
    yield text[begin:]


def _cut(text: str, begin: int, end: int) -> int:
    """Where to cut; at `end` in what has no words, whose count may then be one token too high."""
    at = end
    while (at := text.rfind(" ", begin + 1, at)) > 0:
        if text[at - 1].isalnum() and text[at + 1].isalnum():
            return at
    return end


_loading = threading.Lock()


def _encoding(name: Encoding) -> "tiktoken.Encoding | None":
    with _loading:
        return _loaded(name)


@functools.cache
def _loaded(name: Encoding) -> "tiktoken.Encoding | None":
    folder, (file, digest) = _folder(), _FILES[name]
    try:
        if folder is None or hashlib.sha256((folder / file).read_bytes()).hexdigest() != digest:
            return None
    except OSError:
        return None
    os.environ["TIKTOKEN_CACHE_DIR"] = str(folder)  # as litellm sets it
    import tiktoken  # noqa: PLC0415  (loaded when first used)

    return tiktoken.get_encoding(name)


def _folder() -> Path | None:
    package = importlib.util.find_spec("litellm")
    if package is None or package.origin is None:
        return None
    return Path(package.origin).parent / "litellm_core_utils" / "tokenizers"
