"""What an owner leaves behind that fails in a way nobody thought of."""

import subprocess
import sys

FAILS = """
import sys
from pathlib import Path
from workbench.app import App
from workbench.config import Settings
from workbench.server.process import main

async def fails(self):
    raise ValueError("what a person wrote")

App.keep_warm = fails
main(Settings(home=Path(sys.argv[1])))
"""


def test_an_unexpected_failure_is_logged_by_its_place_and_never_by_its_words(tmp_path):
    home = tmp_path / "home"
    done = subprocess.run(
        [sys.executable, "-c", FAILS, str(home)], capture_output=True, text=True, check=False, timeout=60
    )
    log = (home / "logs" / "owner.log").read_text("utf-8")
    assert done.returncode != 0
    assert "what a person wrote" not in done.stdout + done.stderr + log
    assert "failed unexpectedly" in done.stderr
    assert "ValueError" in log
    assert " fails" in log
