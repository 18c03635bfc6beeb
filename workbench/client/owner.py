"""Finding the process that owns a home folder, and starting it where none runs."""

import contextlib
import http.client
import json
import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from workbench import __version__, errors
from workbench.config import Settings, home_folder, not_written, private_folder
from workbench.errors import OwnerUnreachableError, WorkbenchError
from workbench.lock import held, is_held

START_LIMIT_S = 60.0
_PROBE_LIMIT_S = 2.0
_STARTS = 3
"""An owner that somebody ends as soon as it runs is started again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """A running owner, and how to reach it: a Unix socket, or a port of the loopback interface."""

    pid: int
    version: str
    token: str
    socket: str | None = None
    host: str | None = None
    port: int | None = None

    def __repr__(self) -> str:
        return f"Owner(pid={self.pid}, version={self.version!r})"


def find(home: Path | str | None = None) -> Owner | None:
    """The running owner of `home` (see `workbench.config.home_folder`); None if none answers."""
    folder = Settings(home=home_folder(home)).run
    try:
        owner = Owner(**json.loads((folder / "owner.json").read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    if owner.socket is None and not is_held(folder / "owner.lock"):
        return None  # it was killed, and whoever listens on its port by now is somebody else
    return owner if answers(owner) else None


def ensure(home: Path | str | None = None) -> Owner:
    """The running owner of `home`, started if there is none.

    However many ask at once, one is started. An owner of an earlier release than this client is ended first, unless
    a reply runs in it: then it is used as it is. Raises OwnerUnreachableError, or what kept the owner from starting.
    """
    found = find(home)
    if found is not None and outdated(found) and _ended(found):
        found = None
    return found or _start(Settings(home=home_folder(home)))


def answers(owner: Owner) -> bool:
    """Whether something listens where this owner said it would."""
    try:
        with contextlib.closing(connect(owner, timeout_s=_PROBE_LIMIT_S)):
            return True
    except OSError:
        return False


def connect(owner: Owner, *, timeout_s: float | None) -> socket.socket:
    """A connected socket. Raises OSError."""
    if owner.socket is None:
        return socket.create_connection((owner.host, owner.port or 0), timeout=timeout_s)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(timeout_s)
        connection.connect(owner.socket)
    except OSError:
        connection.close()
        raise
    return connection


def newer(version: str, than: str) -> bool:
    """Whether one release is later than another; anything that is not numbers and dots is not."""
    with contextlib.suppress(ValueError):
        return tuple(map(int, version.split("."))) > tuple(map(int, than.split(".")))
    return False


def outdated(owner: Owner) -> bool:
    """Whether the running owner is of an earlier release than this client."""
    return newer(__version__, than=owner.version)


def _ended(owner: Owner) -> bool:
    """Whether an owner ended when asked to; it refuses while a reply runs in it."""
    with contextlib.closing(Connection(owner, timeout_s=START_LIMIT_S)) as connection:
        headers = {"Authorization": f"Bearer {owner.token}", "Content-Type": "application/json"}
        try:
            connection.request("POST", "/api/v1/stop", body=b'{"when_idle": true}', headers=headers)
            if connection.getresponse().status != http.client.OK:
                return False
        except (OSError, http.client.HTTPException):
            return not answers(owner)
    deadline = time.monotonic() + START_LIMIT_S
    while answers(owner) and time.monotonic() < deadline:
        time.sleep(0.02)
    return True


class Connection(http.client.HTTPConnection):
    """HTTP over wherever the owner listens."""

    def __init__(self, owner: Owner, *, timeout_s: float | None) -> None:
        super().__init__("localhost", timeout=timeout_s)
        self._owner = owner

    def connect(self) -> None:
        """Open the connection."""
        self.sock = connect(self._owner, timeout_s=self.timeout)


def _start(settings: Settings) -> Owner:
    private_folder(settings.home)
    private_folder(settings.run)
    for _ in range(_STARTS):
        with _starting(settings):
            running = find(settings.home)
            if running is not None:
                return running
            _spawn(settings)
        started = find(settings.home)
        if started is not None:
            return started
    raise _silent(settings)


@contextlib.contextmanager
def _starting(settings: Settings) -> Iterator[None]:
    """Hold what one client at a time starts the owner under."""
    file = settings.run / "start.lock"
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(held(file, limit_s=START_LIMIT_S))
        except TimeoutError as error:
            raise OwnerUnreachableError(
                "Another process has been starting the Workbench for a minute.", remedy="End it, then try again."
            ) from error
        except OSError as error:
            raise not_written(file, error) from error
        yield


def _spawn(settings: Settings) -> None:
    """Start the owner, detached, and wait until it is ready, or has been killed. Raises why it could not start."""
    private_folder(settings.logs)
    file = settings.logs / "start.log"
    try:
        log = file.open("wb")
    except OSError as error:
        raise not_written(file, error) from error
    reading, writing = os.pipe()
    try:
        with log:
            process = _process(settings, log, writing)
    except BaseException:
        os.close(reading)
        raise
    finally:
        os.close(writing)
    try:
        said = _read_all(reading, START_LIMIT_S)
    finally:
        os.close(reading)
    if not said:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_PROBE_LIMIT_S)
        if process.returncode is not None and process.returncode < 0:
            return
        raise _silent(settings)
    answer = json.loads(said)
    if "error" in answer:
        raise to_error(answer["error"])


def _process(settings: Settings, log: BinaryIO, ready_fd: int) -> "subprocess.Popen[bytes]":
    """The owner's process, just started; it says on `ready_fd` how that went."""
    return subprocess.Popen(  # noqa: S603  (our own interpreter and module)
        [sys.executable, "-m", "workbench.server", "--home", str(settings.home), "--ready-fd", str(ready_fd)],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        pass_fds=(ready_fd,),
        start_new_session=True,
        cwd=settings.home,
    )


def _read_all(descriptor: int, limit_s: float) -> bytes:
    deadline = time.monotonic() + limit_s
    said = b""
    while (left := deadline - time.monotonic()) > 0:
        if not select.select([descriptor], [], [], left)[0]:
            break
        piece = os.read(descriptor, 65536)
        if not piece:
            break
        said += piece
    return said


def _silent(settings: Settings) -> OwnerUnreachableError:
    return OwnerUnreachableError(
        "The Workbench's own process did not start.",
        remedy=f"Run `workbench serve` to see why, or look at {str(settings.logs / 'start.log')!r}.",
    )


def to_error(answer: object) -> WorkbenchError:
    """The error that `{code, message, remedy}` stands for."""
    fields = answer if isinstance(answer, dict) else {}
    kind = _kinds().get(str(fields.get("code")), WorkbenchError)
    message, remedy = str(fields.get("message") or "The Workbench failed."), str(fields.get("remedy") or "")
    if kind is errors.RuleAskError:
        rules = tuple(map(str, fields.get("rules", ())))
        options = " ".join(f"--allow-rule {id}" for id in rules)
        return errors.RuleAskError(message, remedy=f"{remedy} `{options}` allows it.", rules=rules)
    return kind(message, remedy=remedy)


def _kinds() -> dict[str, type[WorkbenchError]]:
    return {
        kind.code: kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, WorkbenchError)
    }
