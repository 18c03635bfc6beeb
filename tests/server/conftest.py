"""One owner for all that only asks it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import kill_owner
from workbench.client import Workbench, connect


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The home of this module's owner."""
    home = tmp_path_factory.mktemp("server") / "home"
    yield home
    kill_owner(home)


@pytest.fixture(scope="module")
def bench(home: Path) -> Iterator[Workbench]:
    """The Workbench of the module's home."""
    with pytest.MonkeyPatch.context() as patch, connect(home) as bench:
        patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
        bench.status()
        yield bench
