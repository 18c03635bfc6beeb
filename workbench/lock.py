"""A lock file that one process holds at a time; the system lets go of it when that process ends, however it ends."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

_LOOK_EVERY_S = 0.02


@contextlib.contextmanager
def held(file: Path, *, limit_s: float) -> Iterator[None]:
    """Hold `file`. Raises TimeoutError if another process still holds it after `limit_s`."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        deadline = time.monotonic() + limit_s
        while not _taken(descriptor):
            if time.monotonic() > deadline:
                raise TimeoutError(str(file))
            time.sleep(_LOOK_EVERY_S)
        yield
    finally:
        os.close(descriptor)


def is_held(file: Path) -> bool:
    """Whether a process holds `file`."""
    try:
        with held(file, limit_s=0):
            return False
    except TimeoutError:
        return True
    except OSError:
        return False


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
