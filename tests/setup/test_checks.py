import json
from pathlib import Path

import pytest

from workbench.setup.browser import installed_chromium
from workbench.setup.checks import STEPS, Outcome, kinds_of, report, unexpected_pth

JUNIT = """<?xml version="1.0"?><testsuites><testsuite>
<testcase classname="tests.browser.test_way" name="a" time="2.5"><failure/></testcase>
<testcase classname="tests.cli.test_ask" name="b" time="0.5"/>
<testcase classname="tests.setup.test_checks" name="c" time="0.25"><skipped/></testcase>
</testsuite></testsuites>"""


def test_a_pth_file_that_nothing_locked_brought_is_found(tmp_path: Path):
    for name in ("distutils-precedence.pth", "_editable_impl_llm_workbench.pth", "litellm_init.pth"):
        (tmp_path / name).touch()
    assert unexpected_pth(tmp_path) == ["litellm_init.pth"]


def test_the_minutes_of_each_kind_of_test_come_from_the_report(tmp_path: Path):
    results = tmp_path / "tests.xml"
    results.write_text(JUNIT, encoding="utf-8")
    assert kinds_of(results) == [Outcome("  browser", 1, 2.5), Outcome("  unit", 0, 0.75)]


def test_the_closing_table_names_what_failed_and_why():
    lines = report([Outcome("mypy", 1, 12.0), Outcome(".pth files", 0, 0.0), Outcome("chromium", 0, 0.0, "None here.")])
    assert lines[0].split() == ["mypy", "FAILED", "12", "s"]
    assert lines[-1] == "None here."


def test_every_check_of_the_extension_is_one_of_its_scripts():
    package = json.loads((Path(__file__).parents[2] / "extension" / "package.json").read_text(encoding="utf-8"))
    assert {step.command[-1] for step in STEPS if step.folder == "extension"} <= package["scripts"].keys()


def test_a_named_chromium_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    mine = tmp_path / "chromium"
    mine.touch()
    monkeypatch.setenv("WORKBENCH_CHROMIUM", str(mine))
    assert installed_chromium() == mine


def test_of_a_machines_browsers_the_lightest_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("WORKBENCH_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("chromium", "chromium-headless-shell"):
        (tmp_path / name).touch(0o755)
        assert installed_chromium() == tmp_path / name


def test_a_machine_without_chromium_has_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.delenv("WORKBENCH_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert installed_chromium() is None
