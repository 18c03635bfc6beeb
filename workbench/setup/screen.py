"""What the set-up says while it works: numbered phases, each a line that counts up until it is done."""

import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

_QUIET_S = 30
"""Without a terminal, a phase that takes long says so this often."""


class Screen:
    """Writes phases to `out`, else to stderr; on a terminal each is one line, redrawn."""

    def __init__(
        self, out: TextIO | None = None, *, phases: int = 0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._out = out or sys.stderr
        self._clock = clock
        self._phases = phases
        self._number = 0
        self._live = self._out.isatty()
        self._title = ""
        self._began = self._said = clock()

    @contextmanager
    def phase(self, title: str) -> "Iterator[Screen]":
        """Open the next phase; leaving it says how long it took."""
        self._number += 1
        self._title = f"{self._number}/{self._phases} {title}…" if self._phases else f"{title}…"
        self._began = self._said = self._clock()
        self._out.write(self._title if self._live else f"{self._title}\n")
        self._out.flush()
        try:
            yield self
        except BaseException:
            self._close("")
            raise
        self._close(f"done in {spoken(self._clock() - self._began)}")

    def tick(self, detail: str = "") -> None:
        """Show that the phase goes on, and how far it is."""
        now = self._clock()
        text = " ".join(part for part in (self._title, detail, f"({spoken(now - self._began)})") if part)
        if self._live:
            self._draw(text)
        elif now - self._said >= _QUIET_S:
            self._said = now
            self._out.write(f"{text}\n")
            self._out.flush()

    def say(self, text: str) -> None:
        """One line, between phases."""
        self._out.write(f"{text}\n")
        self._out.flush()

    def _draw(self, text: str) -> None:
        width = shutil.get_terminal_size().columns - 1
        self._out.write(f"\r{text[:width]}\x1b[K")
        self._out.flush()

    def _close(self, end: str) -> None:
        if self._live:
            self._draw(f"{self._title} {end}")
            self._out.write("\n")
        elif end:
            self._out.write(f"{self._title} {end}\n")
        self._out.flush()


def spoken(seconds: float) -> str:
    """A duration for people: `0.4 s`, `12 s`, `3 min 05 s`."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
