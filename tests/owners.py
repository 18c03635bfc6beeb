"""Owners that are forked from a process which has loaded everything, so that not each of many loads it again.

From its module's `__main__` on such an owner is the product's own. What differs is that litellm is there from the
start, and what other processes see: its command line and its first environment. A test of one of these, or of how an
owner starts, is marked `starts_itself`.

    python -m tests.owners SOCKET        forks an owner for each client, and serves until its standard input ends
"""

import asyncio
import contextlib
import gc
import json
import os
import runpy
import select
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from workbench.config import Settings
from workbench.providers.requests import RemoteRequests
from workbench.server import process as loaded_for_all

ROOT = Path(__file__).parent.parent
_READ_AT_START = ("PYTHONPATH", "PYTHONHOME", "PYTHONWARNINGS", "PYTHONUTF8", "PYTHONIOENCODING")
"""Variables that bend Python itself: where a test changed one, its owner is started as a user's is."""
_LENGTH = struct.Struct("!I")


class Forked:
    """As much of `subprocess.Popen` as a client uses, of an owner that was forked."""

    def __init__(self, connection: socket.socket) -> None:
        self.returncode: int | None = None
        self._connection = connection

    def __del__(self) -> None:
        self._connection.close()

    def wait(self, timeout: float | None = None) -> int:
        """How the process ended. Raises TimeoutExpired."""
        if self.returncode is None:
            self._connection.settimeout(timeout)
            try:
                self.returncode = int(self._connection.recv(16))
            except TimeoutError as error:
                raise subprocess.TimeoutExpired("an owner", timeout) from error
        return self.returncode


class Starter:
    """Starts owners; the process that they are forked from starts with the first of them."""

    def __init__(self, folder: Path) -> None:
        self._address = str(folder / "owners")
        self._environment = dict(os.environ)
        self._process: subprocess.Popen[bytes] | None = None
        self._starting = threading.Lock()

    def can_start(self) -> bool:
        """Whether an owner that is started now would run in the Python that is loaded."""
        return all(os.environ.get(name) == self._environment.get(name) for name in _READ_AT_START)

    def start(self, settings: Settings, log: BinaryIO, ready_fd: int) -> Forked:
        """An owner that is just starting."""
        with self._starting:
            self._process = self._process or self._load()
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.connect(self._address)
        asked = json.dumps({"home": str(settings.home), "environment": dict(os.environ)}).encode()
        socket.send_fds(connection, [_LENGTH.pack(len(asked))], [log.fileno(), ready_fd])
        connection.sendall(asked)
        return Forked(connection)

    def close(self) -> None:
        """End the process; owners that it started go on."""
        if self._process is not None:
            self._process.communicate(timeout=60)

    def _load(self) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.owners", self._address],
            cwd=ROOT,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        assert process.stdout.readline() == b"loaded\n", "What owners are forked from did not start."
        return process


@contextlib.contextmanager
def starter(folder: Path) -> Iterator[Starter]:
    """A starter with a socket in this folder."""
    starter = Starter(folder)
    try:
        yield starter
    finally:
        starter.close()


@dataclass(frozen=True)
class _Asked:
    """What an owner is started with."""

    home: str
    environment: dict[str, str]
    log: int
    ready_fd: int

    @classmethod
    def read(cls, connection: socket.socket) -> "_Asked":
        length, (log, ready_fd), _, _ = socket.recv_fds(connection, _LENGTH.size, 2)
        with connection.makefile("rb") as rest:
            return cls(**json.loads(rest.read(*_LENGTH.unpack(length))), log=log, ready_fd=ready_fd)


def _load_what_remote_models_need() -> dict[str, str]:
    """Load it as an owner does; the variables that are set by that."""
    assert loaded_for_all
    before = dict(os.environ)
    sys.modules["pandas"] = None
    requests = RemoteRequests()
    asyncio.run(requests.warm())
    requests.close()
    gc.collect()
    gc.freeze()
    return {name: value for name, value in os.environ.items() if before.get(name) != value}


def _serve(listening: socket.socket) -> _Asked | None:
    """Fork until standard input ends. In each fork it returns what was asked."""
    running: dict[int, tuple[int, socket.socket]] = {}  # by the descriptor that tells of the end
    while True:
        for ready in select.select([sys.stdin, listening, *running], [], [])[0]:
            if ready is sys.stdin:
                return None
            if ready is listening:
                connection, _ = listening.accept()
                asked = _Asked.read(connection)
                pid = os.fork()
                if pid == 0:
                    for open_ in (listening, connection, *(each for _, each in running.values())):
                        open_.close()
                    for descriptor in running:
                        os.close(descriptor)
                    return asked
                os.close(asked.log)
                os.close(asked.ready_fd)
                running[os.pidfd_open(pid)] = pid, connection
            else:
                pid, connection = running.pop(ready)
                os.close(ready)
                with contextlib.suppress(OSError), connection:  # who started it need not wait for its end
                    connection.sendall(str(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])).encode())


def _own(asked: _Asked, set_by_loading: dict[str, str]) -> None:
    """Be the owner, in a process that was just forked."""
    os.setsid()
    os.chdir(asked.home)
    os.environ.clear()
    os.environ.update(asked.environment | set_by_loading)
    time.tzset()
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(asked.log, 1)
    os.dup2(asked.log, 2)
    os.close(asked.log)
    sys.argv[1:] = ["--home", asked.home, "--ready-fd", str(asked.ready_fd)]
    runpy.run_module("workbench.server", run_name="__main__", alter_sys=True)


def main(address: str) -> None:
    """Load, then fork."""
    set_by_loading = _load_what_remote_models_need()
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listening.bind(address)
    listening.listen(64)
    print("loaded", flush=True)
    asked = _serve(listening)
    if asked is not None:
        _own(asked, set_by_loading)


if __name__ == "__main__":
    main(sys.argv[1])
