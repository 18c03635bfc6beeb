"""The server of the dashboards, from outside: what it is started with, and starting it for a door that passes on to it.

It is a process of its own, `python -m workbench.dashboards`: Panel is heavy, and no door waits for it.
"""

import contextlib
import json
import os
import secrets
import select
import socket
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass
from typing import Any

from workbench.client.owner import Owner, to_error
from workbench.config import SOCKET_PATH_LIMIT_BYTES, Settings, home_folder, private_folder, runtime_folder
from workbench.errors import OwnerUnreachableError

START_LIMIT_S = 60.0
_END_LIMIT_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosting:
    """What a server of dashboards is started with. Its one secret is for a door, which hands it over unseen."""

    home: str
    """The home folder whose Workbench it shows."""
    prefix: str = ""
    """What comes before each path of its own: `/user/me/workbench/dashboards`."""
    address: str = "127.0.0.1"
    port: int | None = None
    """None: the first that is free."""
    origins: tuple[str, ...] = ()
    """`host` or `host:port` under which browsers reach it, where that is not its own address."""
    basic_auth: str | None = None
    """A file of names and passwords, as Panel reads it."""
    oauth_provider: str | None = None
    """A provider by Panel's name; the rest is in Panel's own variables, PANEL_OAUTH_…"""
    users: tuple[str, ...] = ()
    """Whom the provider's sign-in lets in."""
    opens_browser: bool = False
    socket: str | None = None
    """For a door: where it listens, instead of a port."""
    token: str | None = None
    """For a door: whoever sends it is let in, and nobody else."""


class Pages:
    """A server of dashboards behind a door, started when it is first asked for. It ends with this process."""

    def __init__(self, prefix: str) -> None:
        """`prefix` is the door's own address for it."""
        self._prefix = prefix
        self._one_at_a_time = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._found: Owner | None = None

    def running(self) -> Owner:
        """The one that runs, started if there is none: it speaks HTTP as an owner does.

        Blocks for as long as a start takes. Raises OwnerUnreachableError, or what kept it from starting.
        """
        with self._one_at_a_time:
            if self._found is None or self._process is None or self._process.poll() is not None:
                self._found = self._start()
            return self._found

    def end(self) -> None:
        """End it, if it runs."""
        with self._one_at_a_time:
            if self._process is not None:
                _end(self._process)
                self._process = None

    def _start(self) -> Owner:
        settings = Settings(home=home_folder())
        private_folder(settings.home)
        private_folder(settings.logs)
        token = secrets.token_urlsafe(32)
        where = _socket_path(settings)
        hosting = Hosting(
            home=str(settings.home), prefix=self._prefix, socket=where, token=token, port=None if where else 0
        )
        file = settings.logs / "dashboards.log"
        with file.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "workbench.dashboards", "-"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=settings.home,
            )
        try:
            said = _told(process, json.dumps(asdict(hosting)))
        except BaseException:
            _end(process)
            raise
        if "error" in said:
            _end(process)
            raise to_error(said["error"])
        if "port" not in said:
            _end(process)
            raise OwnerUnreachableError(
                "The server of the dashboards did not start.",
                remedy=f"Run `workbench dashboards` to see why, or look at {str(file)!r}.",
            )
        self._process = process
        reached = {"socket": where} if where else {"host": hosting.address, "port": said["port"]}
        return Owner(pid=process.pid, version="", token=token, **reached)


def _told(process: "subprocess.Popen[bytes]", options: str) -> dict[str, Any]:
    """What the server said once it was ready, or could not become so; nothing if it said nothing in time."""
    assert process.stdin is not None  # noqa: S101  (both are pipes, for mypy)
    assert process.stdout is not None  # noqa: S101
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write(f"{options}\n".encode())
        process.stdin.flush()
    said = process.stdout.readline() if select.select([process.stdout], [], [], START_LIMIT_S)[0] else b""
    with contextlib.suppress(ValueError):
        told = json.loads(said)
        if isinstance(told, dict):
            return told
    return {}


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Close what it waits on; end it if it takes too long."""
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    try:
        process.wait(_END_LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _socket_path(settings: Settings) -> str | None:
    """Where it listens: in the home, else in a short folder of the user's own; None where there are no sockets."""
    if not hasattr(socket, "AF_UNIX"):
        return None
    name = f"dashboards-{os.getpid()}-{secrets.token_hex(3)}.sock"
    inside = private_folder(settings.run) / name
    if len(os.fsencode(inside)) <= SOCKET_PATH_LIMIT_BYTES:
        return str(inside)
    return str(private_folder(runtime_folder()) / name)
