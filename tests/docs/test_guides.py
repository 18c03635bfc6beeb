"""The guides, done as they say, over a real owner and a stand-in for a model."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.client import Workbench
from workbench.providers.records import Model

GUIDES = Path(__file__).parents[2] / "docs" / "guides"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
EXPERIENCES_BEFORE = {
    "command-line": [],
    "experiences": [],
    "conversations": ["Physics"],
    "costs": ["Physics"],
    "history": ["Physics"],
    "notebooks": ["Physics"],
    "prompts": ["Physics"],
    "rules": ["Geology"],
    "widget": ["Physics"],
}


@pytest.fixture
def desk(tmp_path: Path, bench: Workbench, model: Model) -> Path:
    """A folder to work in, where `workbench` is a command and a model answers."""
    bench.models.set_default(model.id)
    desk = tmp_path / "desk"
    desk.mkdir()
    (desk / "setup.cfg").write_text("[metadata]\nname = example\n", encoding="utf-8")
    (desk / "notes.md").write_text("It fell for two seconds.", encoding="utf-8")
    (desk / "plot.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    command = desk / "workbench"
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m workbench "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    return desk


@pytest.mark.parametrize("guide", EXPERIENCES_BEFORE)
def test_what_a_guide_says_can_be_done(guide: str, desk: Path, bench: Workbench):
    for name in EXPERIENCES_BEFORE[guide]:
        bench.experiences.create(name)
    path = os.pathsep.join([str(desk), os.environ["PATH"]])
    for language, text in FENCE.findall((GUIDES / f"{guide}.md").read_text(encoding="utf-8")):
        if language == "text":
            continue
        command = ["bash", "-euc", text] if language == "sh" else [sys.executable, "-c", text]
        done = subprocess.run(
            command, cwd=desk, env=os.environ | {"PATH": path}, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, f"{text}\n{done.stderr}"
