"""The messages of an Arrow IPC stream, told apart without any library.

Apache Arrow's columnar format, "Encapsulated message format" and "IPC streaming format" (arrow.apache.org/docs/format,
version 1.5): a mark, the length of the metadata, the metadata (a FlatBuffer that says how long the body is), the body.
"""

import struct
from collections.abc import Iterator
from typing import Protocol

_MARK = b"\xff\xff\xff\xff"
END = _MARK + b"\x00\x00\x00\x00"
_BODY_LENGTH = 3
"""The place of `bodyLength` among the fields of a Message."""


class Source(Protocol):
    """What can be read from."""

    def read(self, amount: int, /) -> bytes:
        """So many bytes; fewer where it ends."""
        ...


class NotArrowError(Exception):
    """What stands where a message should: nothing, where the stream was cut."""

    def __init__(self, found: bytes) -> None:
        super().__init__()
        self.found = found


def messages(source: Source) -> Iterator[bytes]:
    """Each message whole, the schema first, up to the end mark. Raises NotArrowError."""
    while True:
        head = source.read(8)
        if head == END:
            return
        if len(head) < 8 or not head.startswith(_MARK):
            raise NotArrowError(head)
        metadata = _exactly(source, struct.unpack_from("<i", head, 4)[0])
        yield b"".join((head, metadata, _exactly(source, _body_length(metadata))))


def _body_length(metadata: bytes) -> int:
    """How long the body is: a field of the FlatBuffer's root table, found through its table of offsets."""
    (root,) = struct.unpack_from("<I", metadata)
    (back,) = struct.unpack_from("<i", metadata, root)
    offsets = root - back
    (size,) = struct.unpack_from("<H", metadata, offsets)
    place = 4 + 2 * _BODY_LENGTH
    (offset,) = struct.unpack_from("<H", metadata, offsets + place) if place < size else (0,)
    length: int = struct.unpack_from("<q", metadata, root + offset)[0] if offset else 0
    return length


def _exactly(source: Source, amount: int) -> bytes:
    found = source.read(amount)
    if len(found) < amount:
        raise NotArrowError(b"")
    return found
