"""What one process of pytest is given of the tests."""

import subprocess
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHARED_OUT = """
from tests.sharing_out import put_in_order, pytest_xdist_make_scheduler

def pytest_configure(config):
    config.addinivalue_line("markers", "browser: drives one")

def pytest_collection_modifyitems(items):
    put_in_order(items)
"""
MIXED = """
import pytest

def test_alone():
    pass

@pytest.mark.browser
def test_in_a_browser():
    pass
"""
SAYS_WHERE = """
import os, pytest

pytestmark = pytest.mark.browser

@pytest.mark.parametrize("host_name", ["bare_page", "cell_page", "cell_page_over_the_kernel", "lab_page"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it(request, host_name, scheme):
    with open(os.environ["SAID"], "a") as said:
        print(request.node.nodeid, host_name, os.environ["PYTEST_XDIST_WORKER"], file=said)
"""


def run(folder: Path, *options: str, said: Path) -> str:
    """What pytest prints of the tests in a folder."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "-p", "no:cacheprovider", "-c", "/dev/null", "--rootdir", folder],
        cwd=folder,
        env={"PATH": "", "PYTHONPATH": str(ROOT), "SAID": str(said)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_module_with_a_browser_test_comes_after_all_others_whole(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(SHARED_OUT, "utf-8")
    (tmp_path / "test_a.py").write_text(MIXED, "utf-8")
    (tmp_path / "test_b.py").write_text("def test_alone(): pass", "utf-8")
    printed = run(tmp_path, "--collect-only", "-q", said=tmp_path / "said")
    found = [line for line in printed.splitlines() if "::" in line]
    assert found == ["test_b.py::test_alone", "test_a.py::test_alone", "test_a.py::test_in_a_browser"]


def test_tests_of_one_module_or_of_one_host_run_in_one_process(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(SHARED_OUT, "utf-8")
    hosts, lab = (tmp_path / "tests" / "browser" / name for name in ("hosts", "lab"))
    for folder in (hosts, lab):
        folder.mkdir(parents=True)
    for file in (hosts / "test_one_in_hosts.py", hosts / "test_two_in_hosts.py", lab / "test_a.py", lab / "test_b.py"):
        file.write_text(SAYS_WHERE, "utf-8")
    said = tmp_path / "said"
    run(tmp_path, "-n2", "--dist=loadscope", "--no-loadscope-reorder", said=said)
    processes = defaultdict(set)
    for line in said.read_text("utf-8").splitlines():
        test, host, process = line.split()
        processes[host if "hosts/" in test else test.partition("::")[0]].add(process)
    assert len(processes) == 4 + 2
    assert all(len(each) == 1 for each in processes.values()), processes
    assert set.union(*processes.values()) == {"gw0", "gw1"}
