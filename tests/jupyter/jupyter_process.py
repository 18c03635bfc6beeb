"""A Jupyter server of its own, as a user starts it."""

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import asdict
from pathlib import Path

from tests.jupyter.browser import Browser
from tests.jupyter.fake_owner import FakeOwner

TOKEN = "a-token"
ROOT = Path(__file__).parents[2]


def environment(folder: Path, home: Path | None = None) -> dict[str, str]:
    """Nothing of the user's own: neither Jupyter's settings nor a Workbench home, which is in `folder` if not given."""
    for name in ("config", "data", "runtime", "notebooks", "home"):
        (folder / name).mkdir(exist_ok=True)
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "WORKBENCH"))},
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTER_NO_CONFIG": "1",
        "WORKBENCH_HOME": str(home or folder / "home"),
        "PYTHONPATH": str(ROOT),
    }


def publish(owner: FakeOwner, home: Path) -> None:
    """Let the fake owner be found in `home`, as a real one is."""
    (home / "run").mkdir(parents=True, exist_ok=True)
    (home / "run" / "owner.json").write_text(json.dumps(asdict(owner.owner)))


@contextlib.contextmanager
def jupyter(folder: Path, port: int, *, home: Path | None = None):
    """A running server, and a browser for it."""
    command = [sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root", f"--port={port}"]
    command += ["--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}"]
    command += [f"--ServerApp.root_dir={folder / 'notebooks'}"]
    command += ["--ServerApp.jpserver_extensions={'workbench.jupyter': True}"]
    with (folder / "jupyter.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment(folder, home), cwd=folder)
    try:
        deadline = time.monotonic() + 60
        while True:
            with contextlib.suppress(urllib.error.URLError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/api", timeout=5).close()
                break
            assert process.poll() is None, (folder / "jupyter.log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield process, Browser(port, "/", TOKEN)
    finally:
        process.terminate()
        process.wait(20)


def memory_mb(pid: int, kind: str = "VmRSS") -> float:
    """Resident memory of a process, now (`VmRSS`) or at its most so far (`VmHWM`)."""
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    return int(next(line for line in status.splitlines() if line.startswith(kind)).split()[1]) / 1024
