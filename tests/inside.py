"""An owner in the test's own process: for what only its services can show or be given."""

import contextlib
import logging
import os
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from workbench.client import Workbench, owner
from workbench.client.transport import Transport
from workbench.config import Settings
from workbench.server import process


@dataclass
class Inside:
    """An owner that runs in this process, so that a test can hand out tokens as a run of an agent would."""

    home: Path
    app: process.App

    def bench(self, token: str | None = None) -> Workbench:
        """A client with the full token or a narrow one."""
        full = owner.find(self.home)
        narrow = full if token is None else owner.Owner(pid=full.pid, version="1", token=token, socket=full.socket)
        return Workbench(Transport(self.home, start=False, only=narrow))


@contextlib.contextmanager
def owner_inside(home: Path) -> Iterator[Inside]:
    """An owner of `home` in a thread of this process, until left."""
    made = []

    class Kept(process.App):
        def __init__(self, *given):
            super().__init__(*given)
            made.append(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
        patch.setattr(process, "App", Kept)
        patch.setattr(process._Server, "capture_signals", contextlib.nullcontext)
        patch.setitem(sys.modules, "pandas", None)
        patch.setattr("logging.lastResort", logging.lastResort)
        umask = os.umask(0o022)
        thread = threading.Thread(target=process.main, args=(Settings(home=home),))
        thread.start()
        while owner.find(home) is None:
            assert thread.is_alive()
            time.sleep(0.05)
        inside = Inside(home, made[0])
        yield inside
        inside.bench().stop()
        thread.join(20)
        os.umask(umask)
