"""A deadline for many waits in a row."""

import asyncio


class Deadline:
    """What `asyncio.timeout_at` is, for many waits in a row: `with deadline:` around each raises TimeoutError.

    A timer set and cut short for each token would be a tenth of what a token costs, so one sleeps through many.
    """

    def __init__(self, at: float) -> None:
        self._at = at
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._waiting: asyncio.Task[object] | None = None
        self._cancelling = 0
        """How often the one who waits had been cancelled before."""
        self._passed = False

    def move(self, seconds: float) -> None:
        """Begin anew, from now."""
        self._at = self._loop.time() + seconds
        if self._timer is not None and self._at < self._timer.when():
            self.close()

    def close(self) -> None:
        """Let go of the timer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def __enter__(self) -> None:
        self._waiting = asyncio.current_task()
        self._cancelling = self._waiting.cancelling() if self._waiting else 0
        if self._timer is None:
            self._timer = self._loop.call_at(self._at, self._look)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        waiting, self._waiting = self._waiting, None
        if self._passed and waiting is not None:
            self._passed = False
            if waiting.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
                raise TimeoutError from error

    def _look(self) -> None:
        self._timer = None
        if self._waiting is None:
            return
        if self._loop.time() < self._at:
            self._timer = self._loop.call_at(self._at, self._look)
        else:
            self._passed = True
            self._waiting.cancel()
