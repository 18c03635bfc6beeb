"""What a page asks of the owner through the kernel, done in threads: the kernel's own runs the user's cells.

A page sends `{call, kind, …}`, where `kind` is `ask` (one request), `follow` (a stream), `leave` (no more of it) or
`want` (the chat component). Each is answered by letters with the same `call`: `taken` at once, then `answer` or
`enclosed` (compressed), `event`s and `ended`, or a `fault`.
"""

import contextlib
import gzip
import threading
from collections.abc import Callable, Iterator
from queue import SimpleQueue
from typing import TYPE_CHECKING, TypeGuard

import msgspec

from workbench.errors import InvalidInputError, OwnerError, OwnerLostError, WorkbenchError
from workbench.widget.allowed import check_call, check_stream
from workbench.widget.post import Letter, Post, Send

if TYPE_CHECKING:
    from workbench.client.transport import Stream, Transport

LARGEST_PLAIN_BYTES = 32 * 1024
"""A longer answer is compressed: it is a conversation, and goes over a wire made for small messages."""
LARGEST_ANSWER_BYTES = 32 * 1024 * 1024
LONGEST_NAME = 200
"""Characters of a call's name, and of an idempotency key."""
MOST_STREAMS = 8
"""A page that was reloaded leaves its streams behind; above this the oldest are ended."""
MOST_WAITING = 64
_HANDS = 3


class Errands:
    """The errands of one widget, whatever number of pages shows it."""

    def __init__(
        self, transport: "Transport", experience_id: str, *, component: Callable[[], bytes], send: Send
    ) -> None:
        """`component` is the chat component, compressed; `send` takes letters to the pages."""
        self._transport = transport
        self._experience_id = experience_id
        self._component = component
        self._post = Post(send)
        self._hands = _Hands(transport.close)
        self._streams: dict[str, Stream | None] = {}
        self._lock = threading.Lock()

    def take(self, message: object) -> None:
        """Begin what a page asks for, and come back at once; what cannot be understood is left alone."""
        if not isinstance(message, dict) or not _is_name(call := message.get("call")):
            return
        kind = message.get("kind")
        if kind == "leave":
            self._leave(call)
            return
        self._post.put({"call": call, "taken": True})
        with self._faults_told(call):
            if kind == "ask":
                self._ask(call, message)
            elif kind == "follow":
                self._follow(call, check_stream(message.get("path")))
            elif kind == "want":
                self._want(call)
            else:
                raise InvalidInputError("The chat asked for something unknown.", remedy="Reload the page.")

    def close(self) -> None:
        """End all streams; what has been begun is done."""
        with self._lock:
            streams, self._streams = list(self._streams.values()), {}
        for stream in streams:
            if stream is not None:
                stream.end()
        self._hands.close()
        self._post.close()

    def _ask(self, call: str, message: dict[str, object]) -> None:
        method, path, body = check_call(
            self._experience_id, message.get("method"), message.get("path"), message.get("body")
        )
        key = message.get("key")
        if key is not None and not _is_name(key):
            raise InvalidInputError("The key of a change cannot be used.", remedy="Reload the page.")

        def carry() -> None:
            with self._faults_told(call):
                answer = bytes(self._transport.call(method, f"/{path}", msgspec.Raw, body=body, key=key))
                self._answer(call, answer)

        self._hands.do(carry)

    def _want(self, call: str) -> None:
        def fetch() -> None:
            with self._faults_told(call):
                self._post.put({"call": call}, self._component())

        self._hands.do(fetch)

    def _answer(self, call: str, answer: bytes) -> None:
        if len(answer) > LARGEST_ANSWER_BYTES:
            raise InvalidInputError(
                "That is too large to come through the kernel.", remedy="Open it in JupyterLab's own chat."
            )
        if len(answer) > LARGEST_PLAIN_BYTES:
            self._post.put({"call": call}, gzip.compress(answer, compresslevel=1))
        else:
            self._post.put({"call": call, "answer": answer.decode()})

    def _follow(self, call: str, path: str) -> None:
        with self._lock:
            self._streams[call] = None
            oldest = [name for name, stream in self._streams.items() if stream is not None]
            surplus = oldest[: max(0, len(self._streams) - MOST_STREAMS)]
        for name in surplus:
            self._leave(name)
            self._post.put({"call": name, "ended": True})
        threading.Thread(target=self._read, args=(call, path), name="workbench-stream", daemon=True).start()

    def _read(self, call: str, path: str) -> None:
        with self._faults_told(call):
            # A stream whose owner goes away ends: whoever still wants it opens it again, and starts the next owner.
            with (
                contextlib.suppress(OwnerLostError),
                contextlib.closing(self._transport.stream(f"/{path}")) as stream,
            ):
                if not self._keep(call, stream):
                    return
                for event in stream:
                    self._post.put({"call": call, "event": [event.name, event.data.decode()]})
            if self._leave(call):
                self._post.put({"call": call, "ended": True})

    def _keep(self, call: str, stream: "Stream") -> bool:
        """Note an open stream, unless nobody wants it any more."""
        with self._lock:
            if call not in self._streams:
                return False
            self._streams[call] = stream
            return True

    def _leave(self, call: str) -> bool:
        """Have no more of a stream; whether it was followed."""
        with self._lock:
            followed = call in self._streams
            stream = self._streams.pop(call, None)
        if stream is not None:
            stream.end()
        return followed

    @contextlib.contextmanager
    def _faults_told(self, call: str) -> Iterator[None]:
        """Whatever goes wrong inside ends the call with a sentence."""
        try:
            yield
        except WorkbenchError as error:
            self._fail(call, error)
        except BaseException:
            self._fail(call, OwnerError("The kernel failed to pass that on.", remedy="Run the cell again."))
            raise

    def _fail(self, call: str, error: WorkbenchError) -> None:
        with self._lock:
            self._streams.pop(call, None)
        fault: Letter = {
            "code": error.code,
            "message": error.message,
            "remedy": error.remedy,
            "status": error.status,
        }
        self._post.put({"call": call, "fault": fault})


class _Hands:
    """A few threads, each with a connection of its own, that do one piece of work after the other."""

    def __init__(self, let_go: Callable[[], None]) -> None:
        """`let_go` closes the connection of the thread that calls it."""
        self._let_go = let_go
        self._work: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._starting = threading.Lock()
        self._threads: list[threading.Thread] = []

    def do(self, work: Callable[[], None]) -> None:
        """Have `work` done soon. Raises InvalidInputError if too much waits already."""
        if self._work.qsize() >= MOST_WAITING:
            raise InvalidInputError("The chat asks for too much at once.", remedy="Wait a moment, then try again.")
        with self._starting:
            if len(self._threads) < _HANDS:
                thread = threading.Thread(target=self._run, name="workbench-errand", daemon=True)
                self._threads.append(thread)
                thread.start()
        self._work.put(work)

    def close(self) -> None:
        """End the threads, once they have done what waits."""
        for _ in self._threads:
            self._work.put(None)

    def _run(self) -> None:
        try:
            while (work := self._work.get()) is not None:
                work()
        finally:
            self._let_go()


def _is_name(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_NAME and value.isascii() and value.isprintable()
