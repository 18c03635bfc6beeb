"""The life of the owner: one process for a home folder, from its start to its end."""

import asyncio
import contextlib
import errno
import gc
import json
import logging
import logging.handlers
import os
import secrets
import signal
import socket
import struct
import sys
import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType

import uvicorn
import uvloop
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from workbench import __version__
from workbench.app import App
from workbench.config import Settings, is_private, not_written, private_folder, socket_paths
from workbench.errors import HomeNotWritableError, StoreInUseError, WorkbenchError
from workbench.lock import held
from workbench.server.api import create_api
from workbench.server.gate import UNIX_PEER, Gate

PREDECESSOR_S = 30.0
"""How long to wait for the last owner to end."""
LAST_ANSWERS_S = 3
"""How long running requests may take to end when the owner does."""
LOG_BYTES = 1_000_000
LOG_FILES = 3
_LOOK_EVERY_S = 1.0
_THREADS = 64
"""One that waits for a commit does nothing else: with Python's few, few writes would share a commit."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Listening:
    """Where the owner can be reached."""

    socket: socket.socket
    path: Path | None
    """None: on a port of the loopback interface."""

    @property
    def address(self) -> str:
        """For people to read."""
        if self.path is not None:
            return str(self.path)
        host, port = self.socket.getsockname()[:2]
        return f"{host}:{port}"


def main(settings: Settings, *, ready_fd: int | None = None) -> None:
    """Own the home folder until told to stop, or until nobody has needed it for long.

    On `ready_fd` it says `{"ready": true}` once it answers, or `{"error": …}`. Raises WorkbenchError.
    """
    # DuckDB looks for pandas at each value it is given, and a search that fails is costly: here the answer is no.
    sys.modules["pandas"] = None  # type: ignore[assignment]  # Python's own way to say so
    os.umask(0o077)
    try:
        private_folder(settings.home)
        private_folder(settings.run)
        private_folder(settings.logs)
        with _ownership(settings), _listening(settings) as listening:
            _log_to(settings.logs / "owner.log")
            token = secrets.token_urlsafe(32)
            announcement = _announcement(settings, listening, token)
            uvloop.run(_serve(settings, listening, token, announcement, ready_fd))
    except WorkbenchError as error:
        _say_why(ready_fd, error)
        raise
    except Exception:
        log.exception("The owner failed unexpectedly.")
        failure = WorkbenchError("The Workbench's own process failed unexpectedly.", remedy="Its log says where.")
        _say_why(ready_fd, failure)
        raise failure from None  # a traceback on stderr would quote what foreign errors say


async def _serve(
    settings: Settings, listening: Listening, token: str, announcement: Path, ready_fd: int | None
) -> None:
    async with asyncio.TaskGroup() as group:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_THREADS, "owner"))
        app = App(settings, group)
        server = _Server(app, listening, token)
        await asyncio.to_thread(app.open)
        gc.freeze()  # what is loaded by now stays: keep it out of every later collection
        serving = group.create_task(server.serve(sockets=[listening.socket]))
        await server.answering.wait()
        with _announced(announcement):
            log.info("The owner answers (version %s).", __version__)
            _say(ready_fd, {"ready": True})
            warming = group.create_task(app.keep_warm())
            group.create_task(app.keep_agents())
            while not app.leaving.is_set():
                if server.idle_s() > settings.idle_exit_s and not await server.stays():
                    log.info("Nobody has needed the owner for a while.")
                    server.end()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(app.leaving.wait(), _LOOK_EVERY_S)
            warming.cancel()
            await serving
    await app.close()
    log.info("The owner has ended.")


# It is one of two classes, chosen when uvicorn is imported.
class Http(AutoHTTPProtocol):  # type: ignore[valid-type, misc]
    """HTTP that knows the process at the other end of a Unix socket, where the system tells (Linux)."""

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Begin to read; the process takes the place of the address that a Unix socket's client lacks."""
        super().connection_made(transport)
        peer = transport.get_extra_info("socket")
        if peer is not None and peer.family == socket.AF_UNIX and hasattr(socket, "SO_PEERCRED"):
            credentials = struct.Struct("3i")
            pid, _, _ = credentials.unpack(peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, credentials.size))
            self.client = (UNIX_PEER, pid)


class _Server(uvicorn.Server):
    """A uvicorn server that lets streams end before it does."""

    def __init__(self, app: App, listening: Listening, token: str) -> None:
        self.answering = asyncio.Event()
        self._app = app
        self._gate = Gate(
            create_api(app, address=listening.address, end=self.end),
            token=token,
            grants=app.grants,
            leaving=app.leaving.is_set,
            is_agents=app.families.hold,
        )
        super().__init__(
            uvicorn.Config(
                self._gate,
                http=Http,
                log_config=None,
                access_log=False,
                lifespan="off",
                server_header=False,
                proxy_headers=False,
                date_header=False,
                timeout_keep_alive=120,
                timeout_graceful_shutdown=LAST_ANSWERS_S,
            )
        )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets)
        self.answering.set()

    def idle_s(self) -> float:
        """How long the owner has not been needed."""
        services = self._app.services() if self._app.is_open else None
        return 0.0 if services is not None and len(services.replies) else self._gate.idle_s()

    async def stays(self) -> bool:
        """Whether an agent needs the owner; it is asked again after as long a time as before."""
        needed = await asyncio.to_thread(self._app.is_needed)
        if needed:
            self._gate.last_used = time.monotonic()
        return needed

    def end(self) -> None:
        """Begin to end, in an orderly way."""
        self._app.leave()
        self.should_exit = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Answer a signal: a second interrupt does not wait for open requests."""
        if self.should_exit and sig == signal.SIGINT:
            self.force_exit = True
        del frame
        self.end()


@contextlib.contextmanager
def _ownership(settings: Settings) -> Iterator[None]:
    """Hold the home's lock for life; a predecessor is given time to end."""
    file = settings.run / "owner.lock"
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(held(file, limit_s=PREDECESSOR_S))
        except TimeoutError as error:
            raise StoreInUseError(
                f"Another process owns this home folder and does not end ({str(file)!r} is locked).",
                remedy="Run `workbench stop`, then try again.",
            ) from error
        except OSError as error:
            raise not_written(file, error) from error
        yield


@contextlib.contextmanager
def _listening(settings: Settings) -> Iterator[Listening]:
    """A socket that only this user reaches; what a killed owner left in its place is removed."""
    listening = _bind_first(socket_paths(settings)) or _bind_loopback()
    try:
        yield listening
    finally:
        listening.socket.close()
        if listening.path is not None:
            listening.path.unlink(missing_ok=True)


def _bind_first(paths: tuple[Path, ...]) -> Listening | None:
    for path in paths:
        bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not is_private(path.parent):  # nor made so: below a temporary folder it may be somebody's link
                raise HomeNotWritableError(  # noqa: TRY301  (the next place is tried)
                    f"The folder {str(path.parent)!r} belongs to somebody else.", remedy="Remove it."
                )
            path.unlink(missing_ok=True)
            bound.bind(str(path))
            path.chmod(0o600)
            bound.listen(256)
        except (OSError, HomeNotWritableError):
            bound.close()
            continue
        return Listening(bound, path)
    return None


def _bind_loopback() -> Listening:
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.bind(("127.0.0.1", 0))
    bound.listen(256)
    return Listening(bound, None)


def _announcement(settings: Settings, listening: Listening, token: str) -> Path:
    """A file that says how to reach this process, written before anything depends on it: a full disk shows here."""
    host, port = (None, None) if listening.path is not None else listening.socket.getsockname()[:2]
    path = None if listening.path is None else str(listening.path)
    said = {"pid": os.getpid(), "version": __version__, "token": token, "socket": path, "host": host, "port": port}
    file = settings.run / "owner.new"
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump(said, stream)
    except OSError as error:
        raise not_written(file, error) from error
    return file


@contextlib.contextmanager
def _announced(announcement: Path) -> Iterator[None]:
    """While inside, `owner.json` says how to reach this process."""
    file = announcement.replace(announcement.with_suffix(".json"))
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def _say(ready_fd: int | None, answer: object) -> None:
    if ready_fd is None:
        return
    try:
        os.write(ready_fd, json.dumps(answer).encode())
        os.close(ready_fd)
    except OSError as error:
        if error.errno not in (errno.EPIPE, errno.EBADF):  # the one who started us has left, or has heard already
            raise


def _say_why(ready_fd: int | None, error: WorkbenchError) -> None:
    _say(ready_fd, {"error": {"code": error.code, "message": error.message, "remedy": error.remedy}})


class _Formatter(logging.Formatter):
    """Says where an error came from, never what it said: foreign errors quote values, and values are private."""

    def formatException(self, ei: "_ExceptionInfo") -> str:  # noqa: N802  (logging's own name)
        """The names of the error and of the places it passed; then those of the errors it holds."""
        kind, error, trace = ei
        frames = "".join(f"\n  {f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(trace))
        held = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
        return "\n".join(
            [
                f"{kind.__name__ if kind else 'Error'}{frames}",
                *(self.formatException((type(one), one, one.__traceback__)) for one in held),
            ]
        )


_ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def _log_to(file: Path) -> None:
    try:
        handler = logging.handlers.RotatingFileHandler(
            file, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8"
        )
    except OSError as error:
        raise not_written(file, error) from error
    handler.setFormatter(_Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    ours = logging.getLogger("workbench")
    ours.setLevel(logging.INFO)
    ours.addHandler(handler)
    file.chmod(0o600)
    logging.lastResort = None  # other libraries' warnings may quote what they were given
