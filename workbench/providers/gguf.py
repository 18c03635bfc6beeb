"""What a GGUF file says about itself, read from its header alone (GGUF version 3, ggml's docs/gguf.md).

Every count and length is checked against the file's size before it is believed.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from workbench.errors import ModelFileError

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_STRING, _ARRAY = 8, 9
_NUMBERS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_MOST_KEYS = 10_000
_LONGEST_KEPT_ARRAY = 4096
"""Longer arrays are vocabularies, which are passed over."""
_DEEPEST_ARRAY = 3
_CACHE_BYTES_PER_VALUE = 2
"""The engine keeps keys and values as 16-bit floats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The model in a file."""

    name: str
    """What the file calls it; empty if it does not."""
    architecture: str
    context_tokens: int | None
    """The context window it was trained for; None: not said."""
    has_chat_template: bool
    cache_bytes_per_token: int | None
    """What one token of context takes in memory; None: not known for this kind of model."""
    size_bytes: int


def read_header(path: Path) -> Header:
    """The header of the file at `path`. Raises ModelFileError, also if the file is shorter than its tensors need."""
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            return _header(_Reader(file, size, path.name), size)
    except OSError as error:
        raise ModelFileError(
            f"The model file {path.name!r} cannot be read: {error.strerror}.", remedy="Check its path and permissions."
        ) from error


def damaged(name: str) -> ModelFileError:
    """The file is not whole, or is something else."""
    return ModelFileError(
        f"The model file {name!r} is damaged or incomplete.", remedy="Fetch it again, then add it again."
    )


class _Reader:
    """Reads typed values; anything that does not fit into the file is damage."""

    def __init__(self, file: BinaryIO, size: int, name: str) -> None:
        self._file = file
        self._size = size
        self._name = name

    def bytes(self, count: int) -> bytes:
        data = self._file.read(count) if count <= self.left() else b""
        if len(data) != count:
            raise self.damaged()
        return data

    def skip(self, count: int) -> None:
        if count > self.left():
            raise self.damaged()
        self._file.seek(count, 1)

    def left(self) -> int:
        return self._size - self._file.tell()

    def position(self) -> int:
        return self._file.tell()

    def number(self, form: str) -> int | float:
        value: int | float = struct.unpack(form, self.bytes(struct.calcsize(form)))[0]
        return value

    def count(self, form: str = "<Q") -> int:
        return int(self.number(form))

    def string(self) -> str:
        return self.bytes(self.count()).decode("utf-8", "replace")

    def damaged(self) -> ModelFileError:
        return damaged(self._name)


def _header(reader: _Reader, size: int) -> Header:
    if reader.left() < len(_MAGIC) or reader.bytes(len(_MAGIC)) != _MAGIC:
        raise ModelFileError("This file is not a GGUF model.", remedy="Choose a file that ends in .gguf.")
    if reader.count("<I") not in _VERSIONS:
        raise ModelFileError(
            "This GGUF file is of a version that the local engine does not know.",
            remedy="Choose a file of GGUF version 3.",
        )
    tensors, keys = reader.count(), reader.count()
    if keys > _MOST_KEYS or not 0 < tensors <= size:
        raise reader.damaged()
    values = {reader.string(): _value(reader, reader.count("<I")) for _ in range(keys)}
    architecture = _text(values.get("general.architecture"))
    if not architecture or "" in values:
        raise reader.damaged()
    _check_tensors(reader, tensors, values)
    return Header(
        name=_text(values.get("general.name")),
        architecture=architecture,
        context_tokens=_count(values.get(f"{architecture}.context_length")),
        has_chat_template=bool(values.get("tokenizer.chat_template")),
        cache_bytes_per_token=_cache_bytes(lambda key: values.get(f"{architecture}.{key}")),
        size_bytes=size,
    )


def _check_tensors(reader: _Reader, tensors: int, values: dict[str, object]) -> None:
    """Every tensor must begin inside the file; a download that broke off does not reach that far."""
    last = 0
    for _ in range(tensors):
        reader.skip(reader.count())
        reader.skip(8 * reader.count("<I"))
        reader.skip(4)
        last = max(last, reader.count())
    alignment = _count(values.get("general.alignment")) or 32
    data_at = -(-reader.position() // alignment) * alignment
    if data_at + last >= reader.position() + reader.left():
        raise reader.damaged()


def _value(reader: _Reader, kind: int, depth: int = 0) -> object:
    if kind in _NUMBERS:
        return reader.number(_NUMBERS[kind])
    if kind == _STRING:
        return reader.string()
    if kind != _ARRAY or depth > _DEEPEST_ARRAY:
        raise reader.damaged()
    item, count = reader.count("<I"), reader.count()
    if count > reader.left():
        raise reader.damaged()
    if item in _NUMBERS and count > _LONGEST_KEPT_ARRAY:
        reader.skip(count * struct.calcsize(_NUMBERS[item]))
        return None
    if item == _STRING and count > _LONGEST_KEPT_ARRAY:
        for _ in range(count):
            reader.skip(reader.count())
        return None
    return [_value(reader, item, depth + 1) for _ in range(count)]


def _cache_bytes(value: Callable[[str], object]) -> int | None:
    """Keys and values of every layer, for one token."""
    layers, width, heads = (_count(value(key)) for key in ("block_count", "embedding_length", "attention.head_count"))
    if not (layers and width and heads):
        return None
    given = value("attention.head_count_kv")
    kv_heads = sum(map(int, given)) if isinstance(given, list) else layers * (_count(given) or heads)
    key = _count(value("attention.key_length")) or width // heads
    val = _count(value("attention.value_length")) or width // heads
    return kv_heads * (key + val) * _CACHE_BYTES_PER_VALUE


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and value > 0 else None
