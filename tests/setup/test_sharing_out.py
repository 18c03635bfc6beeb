"""What one process of pytest is given of the tests."""

import subprocess
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHARED_OUT = "from tests.sharing_out import pytest_xdist_make_scheduler"
SAYS_WHERE = """
import os, pytest

@pytest.mark.parametrize("host_name", ["bare_page", "cell_page", "cell_page_over_the_kernel", "lab_page"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it(request, host_name, scheme):
    with open(os.environ["SAID"], "a") as said:
        print(request.node.nodeid, host_name, os.environ["PYTEST_XDIST_WORKER"], file=said)
"""


def test_tests_of_one_module_or_of_one_host_run_in_one_process(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(SHARED_OUT, "utf-8")
    hosts, lab = (tmp_path / "tests" / "browser" / name for name in ("hosts", "lab"))
    for folder in (hosts, lab):
        folder.mkdir(parents=True)
    for file in (hosts / "test_one_in_hosts.py", hosts / "test_two_in_hosts.py", lab / "test_a.py", lab / "test_b.py"):
        file.write_text(SAYS_WHERE, "utf-8")
    said = tmp_path / "said"
    command = [sys.executable, "-m", "pytest", "-q", "-n2", "--dist=loadscope", "--rootdir", str(tmp_path), "tests"]
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider", "-c", "/dev/null"],
        cwd=tmp_path,
        env={"PATH": "", "PYTHONPATH": str(ROOT), "SAID": str(said)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    processes = defaultdict(set)
    for line in said.read_text("utf-8").splitlines():
        test, host, process = line.split()
        processes[host if "hosts/" in test else test.partition("::")[0]].add(process)
    assert len(processes) == 4 + 2
    assert all(len(each) == 1 for each in processes.values()), processes
    assert set.union(*processes.values()) == {"gw0", "gw1"}
