"""Where the owner listens."""

import tempfile
from pathlib import Path

import pytest

from tests.conftest import kill_owner
from workbench.client import connect


@pytest.fixture
def short_path():
    """A folder whose path leaves room for a socket's."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def test_a_link_in_the_place_of_the_sockets_folder_is_not_followed(tmp_path, short_path, monkeypatch):
    runtime, elsewhere = short_path / "runtime", short_path / "elsewhere"
    runtime.mkdir()
    elsewhere.mkdir(mode=0o755)
    (runtime / "workbench").symlink_to(elsewhere)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    home = tmp_path / ("long" * 30)
    try:
        with connect(home) as bench:
            assert bench.status().socket.startswith("127.0.0.1:")
    finally:
        kill_owner(home)
    assert elsewhere.stat().st_mode & 0o777 == 0o755
    assert list(elsewhere.iterdir()) == []
