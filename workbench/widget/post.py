"""What goes from the kernel to the page: letters, gathered for a moment and sent from one thread, in their order.

Jupyter's server lets a kernel send 1,000 messages a second and drops what is above; a quick model writes more tokens.
"""

import math
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue

PACE_S = 0.02
AT_ONCE = 8
"""So many may go without a pause after a quiet time: a question, the way to its reply and its first words."""

Letter = dict[str, object]
Send = Callable[[list[Letter], list[bytes]], None]
"""Takes letters and their enclosures: `enclosed` in a letter is the place of its own among these."""


class Pace:
    """How long to rest between messages: not at all for the first `AT_ONCE`, and in the long run `PACE_S` for each."""

    def __init__(self) -> None:
        self._next = -math.inf

    def rest_s(self, now: float) -> float:
        """How long to rest after the message that has gone `now`, in seconds of one clock."""
        self._next = max(self._next, now - AT_ONCE * PACE_S) + PACE_S
        return max(0.0, self._next - now)


class Post:
    """Sends letters; the first ones at once, those that follow at the pace above."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._waiting: SimpleQueue[tuple[Letter, bytes | None] | None] = SimpleQueue()
        self._starting = threading.Lock()
        self._started = False

    def put(self, letter: Letter, enclosure: bytes | None = None) -> None:
        """Send a letter. From any thread."""
        with self._starting:
            if not self._started:
                self._started = True
                threading.Thread(target=self._run, name="workbench-post", daemon=True).start()
        self._waiting.put((letter, enclosure))

    def close(self) -> None:
        """Send what waits, and no more."""
        self._waiting.put(None)

    def _run(self) -> None:
        pace = Pace()
        while (first := self._waiting.get()) is not None:
            gathered = [first, *self._gathered()]
            letters: list[Letter] = []
            enclosures: list[bytes] = []
            for letter, enclosure in gathered:
                if enclosure is None:
                    letters.append(letter)
                else:
                    letters.append({**letter, "enclosed": len(enclosures)})
                    enclosures.append(enclosure)
            self._send(letters, enclosures)
            time.sleep(pace.rest_s(time.monotonic()))

    def _gathered(self) -> list[tuple[Letter, bytes | None]]:
        gathered: list[tuple[Letter, bytes | None]] = []
        while True:
            try:
                next_one = self._waiting.get_nowait()
            except Empty:
                return gathered
            if next_one is None:
                self._waiting.put(None)
                return gathered
            gathered.append(next_one)
