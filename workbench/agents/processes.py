"""The processes of agents' runs: which they are, what memory they hold, and how they end. The only door to psutil."""

import contextlib
import os
import signal
import sys
import threading
from typing import Any


class Families:
    """The processes that agents' runs have started, and all that descend from them. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._roots: set[int] = set()

    def add(self, pid: int) -> None:
        """A run has begun as this process."""
        with self._lock:
            self._roots.add(pid)

    def remove(self, pid: int) -> None:
        """The run of this process has ended, and everything it started."""
        with self._lock:
            self._roots.discard(pid)

    def hold(self, pid: int) -> bool:
        """Whether a process is one of theirs; also if it is gone, as long as an agent runs: its parents are not known.

        A process whose parent has ended is still a descendant of its run: the runner adopts it (`agents.runner`).
        """
        with self._lock:
            roots = set(self._roots)
        if not roots or pid == os.getpid():
            return False
        psutil = _psutil()
        try:
            line = [pid, *(parent.pid for parent in psutil.Process(pid).parents())]
        except psutil.NoSuchProcess:
            return True
        return not roots.isdisjoint(line)


def memory_mb(pid: int) -> int:
    """What a process and its descendants hold in memory, in MB; what two of them share counts twice."""
    psutil = _psutil()
    held = 0
    with contextlib.suppress(psutil.NoSuchProcess):
        for process in (root := psutil.Process(pid), *root.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                held += process.memory_info().rss
    return held // 1024**2


def end_descendants(pid: int) -> None:
    """Kill everything that a process has started, also what is started meanwhile."""
    psutil = _psutil()
    with contextlib.suppress(psutil.NoSuchProcess):
        root = psutil.Process(pid)
        while children := [c for c in root.children(recursive=True) if c.status() != psutil.STATUS_ZOMBIE]:
            for child in children:
                with contextlib.suppress(psutil.NoSuchProcess):
                    child.kill()
            psutil.wait_procs(children, timeout=0.1)


def end(pid: int) -> None:
    """Kill a process and everything that it has started."""
    end_descendants(pid)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def end_with_parent() -> None:
    """Have the system kill this process when the one that started it ends (prctl(2), Linux)."""
    _prctl(1, signal.SIGKILL)


def adopt_descendants() -> None:
    """Become the parent of every descendant whose own has ended, so that none is lost sight of (prctl(2), Linux)."""
    _prctl(36, 1)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415  (only the processes of a run need it)

        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def _psutil() -> Any:  # noqa: ANN401  (it has no types)
    """Psutil, which the owner needs only while an agent runs."""
    import psutil  # type: ignore[import-untyped]  # noqa: PLC0415

    return psutil
