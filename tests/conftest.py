"""What tests of more than one slice share: a store with every table in it, and a home with its own owner."""

import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from tests import owners, sharing_out, stand_in
from tests.sharing_out import pytest_xdist_make_scheduler
from tests.stand_in import StandIn
from workbench.app import MIGRATIONS
from workbench.client import Workbench, connect, owner
from workbench.config import Settings
from workbench.providers.records import Model
from workbench.storage.database import Database

__all__ = ["pytest_xdist_make_scheduler"]


def pytest_configure() -> None:
    """A shell starts its background jobs with interrupts ignored, and what they start inherits that: undo it here."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last."""
    sharing_out.put_in_order(items)


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    """The file of a store with every slice's tables and nothing in them, and its key."""
    folder, key = tmp_path_factory.mktemp("empty"), os.urandom(32)
    database = Database(folder / "store.duckdb", key=key, spill=folder / "spill")
    database.migrate(MIGRATIONS)
    database.close()
    return folder / "store.duckdb", key


@pytest.fixture
def database(tmp_path: Path, empty_store: tuple[Path, bytes]) -> Iterator[Database]:
    """An open store with every slice's tables."""
    empty, key = empty_store
    shutil.copy(empty, tmp_path / "store.duckdb")
    database = Database(tmp_path / "store.duckdb", key=key, spill=tmp_path / "spill")
    yield database
    database.close()


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without a keyring, for what is started here: a test must not touch its user's."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")


@pytest.fixture(autouse=True)
def no_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """A place where no home can be, for a test that names none: it must not touch its user's."""
    if "WORKBENCH_HOME" not in os.environ:
        monkeypatch.setenv("WORKBENCH_HOME", f"{os.devnull}/home")


@pytest.fixture(scope="session")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[owners.Starter]:
    """What starts owners for all tests."""
    with owners.starter(tmp_path_factory.mktemp("owners")) as starter:
        yield starter


@pytest.fixture(autouse=True)
def forked_owners(request: pytest.FixtureRequest, starter: owners.Starter, monkeypatch: pytest.MonkeyPatch) -> None:
    """An owner that the test's process starts is forked from one that has loaded everything."""
    if request.node.get_closest_marker("starts_itself"):
        return
    real = owner._process

    def start(settings: Settings, log: BinaryIO, ready_fd: int) -> owners.Forked | subprocess.Popen[bytes]:
        return (starter.start if starter.can_start() else real)(settings, log, ready_fd)

    monkeypatch.setattr(owner, "_process", start)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty home folder; what runs for it is ended with the test."""
    home = tmp_path / "home"
    monkeypatch.setenv("WORKBENCH_HOME", str(home))
    yield home
    kill_owner(home)


@pytest.fixture
def bench(home: Path) -> Iterator[Workbench]:
    """The Workbench of the test's home; its owner starts with the first use."""
    with connect(home) as bench:
        yield bench


@pytest.fixture(scope="session")
def provider() -> Iterator[StandIn]:
    """A stand-in for a provider, over real HTTP."""
    with stand_in.running() as running:
        yield running


@pytest.fixture
def model(bench: Workbench, provider: StandIn) -> Model:
    """A remote model that answers 20 tokens at once."""
    return add_model(bench, provider, "paced-20-0")


def add_model(bench: Workbench, provider: StandIn, name: str) -> Model:
    """A model of the stand-in that does what its name says."""
    return bench.models.add_remote(provider="standin", base_url=provider.base_url, name=name, api_key="sk-test-key")


def kill_owner(home: Path) -> int | None:
    """End the home's owner as a crash would, and wait for it; the number of its process, None if there was none."""
    running = owner.find(home)
    if running is None:
        return None
    with contextlib.suppress(ProcessLookupError):  # it was just ending
        end = os.pidfd_open(running.pid) if sys.platform == "linux" else None
        os.kill(running.pid, signal.SIGKILL)
        if end is not None:
            select.select([end], [], [], 30)  # until then it holds its files' locks
            os.close(end)
    return running.pid
