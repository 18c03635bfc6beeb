"""What is built: as small as it says, of one version with the Python half, and in nobody's way."""

import json
import sys
from itertools import chain
from pathlib import Path

import pytest
from playwright.sync_api import expect

import workbench
from tests.browser.lab.jupyterlab import ROOT, Desk

SCHEMAS = ROOT / "extension" / "schema"
START_BUDGET_BYTES = 300_000


def test_both_halves_have_one_version() -> None:
    package = json.loads((ROOT / "extension" / "package.json").read_text("utf-8"))
    assert package["version"] == workbench.__version__


def test_no_shortcut_is_taken_from_jupyterlab() -> None:
    theirs = {
        keys for path in (Path(sys.prefix) / "share/jupyter/lab/schemas").rglob("*.json") for keys in chords(path)
    }
    ours = {keys for path in SCHEMAS.glob("*.json") for keys in chords(path)}
    assert theirs
    assert len(ours) == 3
    assert not ours & theirs


def chords(path: Path) -> chain[str]:
    """The keys of a schema's shortcuts, on all systems."""
    shortcuts = json.loads(path.read_text("utf-8")).get("jupyter.lab.shortcuts", [])
    kinds = ("keys", "winKeys", "macKeys", "linuxKeys")
    return chain.from_iterable([" ".join(each[kind])] for each in shortcuts for kind in kinds if each.get(kind))


def test_the_lock_file_names_no_registry() -> None:
    packages = json.loads((ROOT / "extension" / "package-lock.json").read_text("utf-8"))["packages"]
    assert all("resolved" not in package for package in packages.values())


@pytest.mark.browser
@pytest.mark.timeout(300)
def test_the_chat_is_fetched_when_it_is_first_seen(desk: Desk) -> None:
    script = """() => performance.getEntriesByType('resource')
        .filter(each => each.name.includes('/extensions/llm-workbench/static/'))
        .reduce((sum, each) => sum + each.decodedBodySize, 0)"""
    at_start = desk.page.evaluate(script)
    assert 0 < at_start < START_BUDGET_BYTES
    desk.page.keyboard.press("Control+Shift+Y")
    expect(desk.chat).to_be_attached()
    assert desk.page.evaluate(script) > at_start + START_BUDGET_BYTES
