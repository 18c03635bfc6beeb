import subprocess
import sys
from pathlib import Path

import pytest

from workbench.errors import PackagesUnreachableError
from workbench.setup import command
from workbench.setup.environment import Checkout, read_stamps


class BecameLabError(Exception):
    """Stands for the moment at which the set-up turns into JupyterLab."""


class Programs:
    """Runs nothing, remembers what would have been run, and ends each with `code`."""

    def __init__(self) -> None:
        self.commands: list[list[str]] = []
        self.code = 0

    def run(self, arguments: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        self.commands.append(arguments[1:])
        return subprocess.CompletedProcess(arguments, self.code)

    def become(self, arguments: list[str], _: dict[str, str]) -> None:
        self.commands.append(arguments[1:])
        raise BecameLabError


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """A clone whose environment is there, and in which the command runs."""
    made = Checkout(tmp_path / "clone")
    made.venv.mkdir(parents=True)
    made.lock("run").parent.mkdir(parents=True)
    made.lock("run").touch()
    monkeypatch.setattr(command, "__file__", str(made.root / "workbench" / "setup" / "command.py"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path / "home"))
    for name in ("make", "install", "build"):
        monkeypatch.setattr(command, name, lambda *_, **__: None)
    monkeypatch.chdir(tmp_path)
    return made


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch) -> Programs:
    made = Programs()
    monkeypatch.setattr(command.subprocess, "run", made.run)
    monkeypatch.setattr(command, "_become", made.become)
    return made


FETCH = ["-m", "workbench", "models", "add", "demo"]
LAB = ["-m", "workbench", "lab"]


def test_the_model_is_fetched_once_and_then_jupyterlab_opens(clone: Checkout, programs: Programs):
    for _ in range(2):
        with pytest.raises(BecameLabError):
            command.main(["lab"])
    assert programs.commands == [FETCH, LAB, LAB]


def test_another_home_gets_its_own_model(clone: Checkout, programs: Programs, monkeypatch: pytest.MonkeyPatch):
    for home in ("one", "two"):
        monkeypatch.setenv("WORKBENCH_HOME", home)
        with pytest.raises(BecameLabError):
            command.main(["lab"])
    assert programs.commands == [FETCH, LAB, FETCH, LAB]


def test_without_the_model_jupyterlab_opens_all_the_same(clone: Checkout, programs: Programs, capsys):
    programs.code = 9
    with pytest.raises(BecameLabError):
        command.main(["lab"])
    assert "opens without the demo model" in capsys.readouterr().err
    assert "model" not in read_stamps(clone)


def test_ctrl_c_during_the_download_ends_the_command(clone: Checkout, programs: Programs, capsys):
    programs.code = 130
    assert command.main(["lab"]) == 130
    assert programs.commands == [FETCH]
    assert "goes on from here" in capsys.readouterr().err


def test_options_and_whatever_follows_two_dashes_reach_jupyterlab(clone: Checkout, programs: Programs, tmp_path: Path):
    with pytest.raises(BecameLabError):
        command.main(["lab", "--no-browser", "--port", "8890", "--folder", "notes", "--", "--debug"])
    assert programs.commands[-1] == [*LAB, "--no-browser", "--port=8890", "--debug"]
    assert Path.cwd() == tmp_path / "notes"


def test_notebooks_are_kept_outside_the_clone(clone: Checkout, programs: Programs, tmp_path: Path):
    with pytest.raises(BecameLabError):
        command.main(["lab"])
    assert Path.cwd() == tmp_path / "Workbench"


def test_what_goes_wrong_is_one_line_and_an_exit_code(clone: Checkout, monkeypatch: pytest.MonkeyPatch, capsys):
    def unreachable(*_: object, **__: object) -> None:
        raise PackagesUnreachableError("The packages cannot be fetched.", remedy="Check the network.")

    monkeypatch.setattr(command, "install", unreachable)
    assert command.main(["lab"]) == 12
    said = capsys.readouterr().err
    assert said.splitlines()[-1] == "workbench: The packages cannot be fetched. Check the network."


def test_a_file_system_that_refuses_is_one_line(clone: Checkout, monkeypatch: pytest.MonkeyPatch, capsys):
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(clone.venv))

    monkeypatch.setattr(command, "make", refused)
    assert command.main(["lab"]) == 10
    assert capsys.readouterr().err.splitlines()[-1] == f"workbench: Permission denied: {clone.venv}."


def test_an_installed_workbench_is_not_set_up_again(clone: Checkout, capsys):
    clone.lock("run").unlink()
    assert command.main(["lab"]) == 10
    assert "workbench lab" in capsys.readouterr().err


def test_the_set_up_needs_nothing_but_python():
    command = [sys.executable, "-S", "-c", "import workbench.setup.command"]
    subprocess.run(command, cwd=Path(__file__).parents[2], check=True)
