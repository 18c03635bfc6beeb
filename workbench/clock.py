"""The time, and identifiers made from it."""

import os
import time
from datetime import UTC, datetime
from uuid import UUID

_VERSION_7 = 0x7 << 76
_VARIANT = 0b10 << 62


def utc_now() -> datetime:
    """The current time, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251  (the one place that asks the system)


def new_id() -> str:
    """A UUIDv7 (RFC 9562, section 5.7): unique, and sorted by the millisecond it was made in."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10)) & ((1 << 62) - 1 | 0xFFF << 64)
    return str(UUID(int=milliseconds << 80 | _VERSION_7 | _VARIANT | random))
