import io
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from workbench.errors import BuildError, DiskFullError, PackagesUnreachableError, PythonUnsuitableError, SetupError
from workbench.setup import environment
from workbench.setup.environment import (
    Checkout,
    build,
    check_room,
    fault,
    install,
    make,
    read_stamps,
    sources,
    write_stamp,
)
from workbench.setup.follow import follow
from workbench.setup.screen import Screen, spoken

NO_PIP_NETWORK = "WARNING: Retrying (Retry(total=4, connect=None)) after connection broken by 'NewConnectionError'"


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    (tmp_path / ".ci" / "locks").mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    for name in ("run", "build"):
        (tmp_path / ".ci" / "locks" / f"{name}.txt").write_text("", encoding="utf-8")
    return Checkout(tmp_path)


@pytest.fixture(scope="module")
def new_environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    checkout = Checkout(tmp_path_factory.mktemp("checkout"))
    make(checkout, room_bytes=0)
    return checkout.venv


@pytest.fixture
def made(checkout: Checkout, new_environment: Path) -> Checkout:
    """A checkout whose environment was made and is empty."""
    shutil.copytree(new_environment, checkout.venv, symlinks=True)
    return checkout


def ignore(_: str) -> None:
    pass


def test_an_environment_is_made_once_and_kept(made: Checkout):
    marker = made.venv / "kept"
    marker.touch()
    make(made, room_bytes=0)
    assert marker.exists()


def test_a_half_made_environment_is_made_again(checkout: Checkout):
    checkout.venv.mkdir()
    (checkout.venv / "pyvenv.cfg").touch()
    make(checkout, room_bytes=0)
    assert checkout.python.exists()


def test_an_environment_that_was_moved_with_its_checkout_is_made_again(made: Checkout, tmp_path: Path):
    write_stamp(made, "run", "x")
    moved = Checkout(tmp_path.with_name(tmp_path.name + "-moved"))
    made.root.rename(moved.root)
    make(moved, room_bytes=0)
    assert read_stamps(moved) == {}
    assert str(moved.root) in (moved.programs / "activate").read_text(encoding="utf-8")


def test_a_folder_that_is_no_environment_is_left_alone(checkout: Checkout):
    checkout.venv.mkdir()
    precious = checkout.venv / "precious.txt"
    precious.touch()
    with pytest.raises(SetupError, match="not a Python environment"):
        make(checkout, room_bytes=0)
    assert precious.exists()


def test_a_python_without_venv_is_named_with_the_remedy(checkout: Checkout, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(PythonUnsuitableError, match="python3-venv"):
        make(checkout)


def test_too_little_room_is_said_before_anything_is_written(checkout: Checkout):
    with pytest.raises(DiskFullError, match="Make room"):
        make(checkout, room_bytes=10**18)
    assert not checkout.venv.exists()
    check_room(checkout.root, 0)


def test_what_a_lock_lists_is_installed_once(made: Checkout, monkeypatch: pytest.MonkeyPatch):
    install(made, "run", tick=ignore)
    monkeypatch.setattr(environment, "follow", lambda *_, **__: pytest.fail("pip was run again"))
    install(made, "run", tick=ignore)


def test_a_changed_lock_is_installed_again(made: Checkout):
    install(made, "run", tick=ignore)
    before = read_stamps(made)["run"]
    made.lock("run").write_text("# changed\n", encoding="utf-8")
    install(made, "run", tick=ignore)
    assert read_stamps(made)["run"] != before


def test_a_package_without_its_hash_is_refused(made: Checkout):
    made.lock("run").write_text("click==8.5.1\n", encoding="utf-8")
    with pytest.raises(SetupError):
        install(made, "run", tick=ignore)
    assert "run" not in read_stamps(made)
    assert "hashes" in made.log.read_text(encoding="utf-8").lower()


def test_a_failed_build_says_where_to_look(made: Checkout):
    with pytest.raises(BuildError, match=r"setup\.log"):
        build(made, tick=ignore)


def test_the_extension_is_built_again_only_when_a_source_changes(checkout: Checkout):
    source = checkout.root / "extension" / "src" / "index.ts"
    source.parent.mkdir(parents=True)
    source.write_text("1", encoding="utf-8")
    before = sources(checkout)
    generated = checkout.root / "extension" / "node_modules" / "x" / "index.js"
    generated.parent.mkdir(parents=True)
    generated.write_text("2", encoding="utf-8")
    assert sources(checkout) == before
    source.write_text("3", encoding="utf-8")
    assert sources(checkout) != before


@pytest.mark.parametrize(
    ("said", "kind", "words"),
    [
        (NO_PIP_NETWORK + "\nERROR: No matching distribution found for x==1", PackagesUnreachableError, "network"),
        ("npm error code EAI_AGAIN", PackagesUnreachableError, "network"),
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left", DiskFullError, "Make room"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM", PackagesUnreachableError, "not the one that was locked"),
        ("ERROR: No matching distribution found for x==1", PackagesUnreachableError, "no x==1"),
        ("SyntaxError", BuildError, "odd"),
    ],
)
def test_what_a_failed_program_said_becomes_a_sentence(said: str, kind: type[Exception], words: str):
    found = fault(said, BuildError("odd"))
    assert type(found) is kind
    assert words in str(found)


def test_a_program_is_read_along_and_logged(tmp_path: Path):
    heard: list[str] = []
    command = [sys.executable, "-c", "print('one'); print('two'); raise SystemExit(3)"]
    log = tmp_path / "log"
    code, said = follow(command, log=log, cwd=tmp_path, environment={}, on_line=heard.append)
    assert (code, said) == (3, "one\ntwo\n")
    assert [line for line in heard if line] == ["one", "two"]
    assert "two" in log.read_text(encoding="utf-8")


def test_an_interrupt_ends_the_program(tmp_path: Path):
    def interrupt(_: str) -> None:
        raise KeyboardInterrupt

    command = [sys.executable, "-uc", "import time; print('on'); time.sleep(60)"]
    with pytest.raises(KeyboardInterrupt):
        follow(command, log=tmp_path / "log", cwd=tmp_path, environment={}, on_line=interrupt)


@pytest.mark.parametrize(("seconds", "words"), [(0.42, "0.4 s"), (12.4, "12 s"), (185, "3 min 05 s")])
def test_durations_are_spoken_for_people(seconds: float, words: str):
    assert spoken(seconds) == words


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_a_phase_is_one_line_that_counts_up():
    out = Terminal()
    screen = Screen(out, phases=4)
    with screen.phase("Installing the packages"):
        screen.tick("3 of 9")
    shown = out.getvalue()
    assert shown.count("\n") == 1
    assert "1/4 Installing the packages… 3 of 9" in shown
    assert shown.rstrip("\n").split("\r")[-1].startswith("1/4 Installing the packages… done in")


def test_without_a_terminal_a_long_phase_speaks_every_half_minute():
    now = 0.0
    out = io.StringIO()
    screen = Screen(out, phases=4, clock=lambda: now)
    with screen.phase("Building"):
        for _ in range(90):
            now += 1
            screen.tick()
    assert out.getvalue().splitlines() == [
        "1/4 Building…",
        "1/4 Building… (30 s)",
        "1/4 Building… (1 min 00 s)",
        "1/4 Building… (1 min 30 s)",
        "1/4 Building… done in 1 min 30 s",
    ]


def test_an_old_python_is_told_which_one_is_needed(monkeypatch: pytest.MonkeyPatch):
    gate = "import sys, runpy; sys.version_info = (3, 9, 2); runpy.run_module('workbench.setup', run_name='__main__')"
    told = subprocess.run([sys.executable, "-c", gate], capture_output=True, text=True, check=False)
    assert told.returncode == 11
    assert "needs Python 3.11 or newer; this one is 3.9" in told.stderr
    assert told.stderr.count("\n") == 1
