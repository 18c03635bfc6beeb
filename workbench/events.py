"""What changed, for screens that want to stay current."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass

_WAITING = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One record changed; whoever shows it reads it again."""

    noun: str
    """The slice: `experiences`, `conversations`, `messages`, `models`, `downloads`; `owner`: the store was opened."""
    id: str
    action: str
    experience_id: str | None = None


class Changes:
    """Hands each change to everyone who listens. Publishing never waits; safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: dict[asyncio.Queue[Change], asyncio.AbstractEventLoop] = {}

    def publish(self, noun: str, id: str, action: str, *, experience_id: str | None = None) -> None:
        """Tell everyone; one who has stopped listening to a thousand changes misses the rest."""
        change = Change(noun=noun, id=id, action=action, experience_id=experience_id)
        with self._lock:
            for waiting, loop in self._listeners.items():
                with contextlib.suppress(RuntimeError):  # a loop that has just closed
                    loop.call_soon_threadsafe(_offer, waiting, change)

    @contextlib.contextmanager
    def listen(self) -> "Iterator[asyncio.Queue[Change]]":
        """A queue of what changes from now on. Call it on the event loop that reads the queue."""
        waiting: asyncio.Queue[Change] = asyncio.Queue(_WAITING)
        with self._lock:
            self._listeners[waiting] = asyncio.get_running_loop()
        try:
            yield waiting
        finally:
            with self._lock:
                del self._listeners[waiting]


def _offer(waiting: "asyncio.Queue[Change]", change: Change) -> None:
    with contextlib.suppress(asyncio.QueueFull):
        waiting.put_nowait(change)
