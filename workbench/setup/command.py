"""The two commands of the README."""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from workbench.errors import SetupError, WorkbenchError
from workbench.setup import checks
from workbench.setup.environment import Checkout, build, install, make, read_stamps, write_stamp
from workbench.setup.screen import Screen

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `python3 -m workbench.setup …`, and give its exit code (docs/reference/exit-codes.md)."""
    options = _parser().parse_args(arguments)
    checkout = Checkout(Path(__file__).resolve().parents[2])
    try:
        if not checkout.lock("run").exists():
            raise SetupError(
                "This is an installed Workbench, not a clone of its repository.", remedy="Run `workbench lab` instead."
            )
        if options.command == "test":
            return test(checkout, options)
        lab(checkout, options)
    except WorkbenchError as error:
        sys.stderr.write(f"workbench: {error}\n")
        return error.exit_code
    except KeyboardInterrupt:
        sys.stderr.write("workbench: Stopped. Run the command again: it goes on from here.\n")
        return INTERRUPTED
    except OSError as error:
        sys.stderr.write(f"workbench: {error.strerror or error}: {error.filename or checkout.root}.\n")
        return SetupError.exit_code


def lab(checkout: Checkout, options: argparse.Namespace) -> NoReturn:
    """Make everything that is missing, then become JupyterLab."""
    screen = Screen(phases=4)
    _environment(checkout, screen, "run")
    _demo_model(checkout, screen)
    folder = Path(options.folder).expanduser().absolute()
    folder.mkdir(parents=True, exist_ok=True)
    passed_on = [
        *(["--no-browser"] if options.no_browser else []),
        *([f"--port={options.port}"] if options.port else []),
    ]
    screen.say(f"Opening JupyterLab in {folder}; Ctrl-C here closes it.")
    command = [str(checkout.python), "-m", "workbench", "lab", *passed_on, *options.passed_on]
    os.chdir(folder)
    _become(command, checkout.environment())


def _become(command: list[str], variables: dict[str, str]) -> NoReturn:
    if os.name == "nt":  # there, a replaced process would hand the terminal back at once
        sys.exit(subprocess.run(command, env=variables, check=False).returncode)  # noqa: S603
    os.execve(command[0], command, variables)  # noqa: S606


def test(checkout: Checkout, options: argparse.Namespace) -> int:
    """Make what is missing for the tests, then run every check."""
    screen = Screen(phases=3)
    _environment(checkout, screen, "test")
    return checks.run(checkout, screen, pytest_arguments=options.passed_on)


def _environment(checkout: Checkout, screen: Screen, lock: str) -> None:
    with screen.phase("Making the environment"):
        make(checkout)
    with screen.phase("Installing the packages"):
        install(checkout, lock, tick=screen.tick)
        install(checkout, "build", tick=screen.tick)
    with screen.phase("Building the Workbench"):
        build(checkout, tick=screen.tick)


def _demo_model(checkout: Checkout, screen: Screen) -> None:
    """Fetch the demo model, once for each home; without it JupyterLab opens all the same."""
    home = os.environ.get("WORKBENCH_HOME", "the user's own")
    with screen.phase("Fetching the demo model"):
        if read_stamps(checkout).get("model") == home:
            return
        screen.tick()
        command = [str(checkout.python), "-m", "workbench", "models", "add", "demo"]
        code = subprocess.run(command, env=checkout.environment(), cwd=checkout.root, check=False).returncode  # noqa: S603
    if code == INTERRUPTED:
        raise KeyboardInterrupt
    if code:
        screen.say("JupyterLab opens without the demo model; it can be added there with one click.")
    else:
        write_stamp(checkout, "model", home)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python3 -m workbench.setup", description="Set up this clone of the Workbench.", allow_abbrev=False
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="lab|test")
    opens = commands.add_parser("lab", help="set everything up and open JupyterLab", allow_abbrev=False)
    opens.add_argument("--no-browser", action="store_true", help="do not open a browser")
    opens.add_argument("--port", type=int, help="the port of JupyterLab")
    opens.add_argument(
        "--folder", default="~/Workbench", help="where JupyterLab keeps notebooks (default: %(default)s)"
    )
    opens.add_argument("passed_on", nargs="*", metavar="-- ARGUMENT", help="anything else for JupyterLab, after --")
    tests = commands.add_parser("test", help="set everything up and run every check", allow_abbrev=False)
    tests.add_argument("passed_on", nargs="*", metavar="-- ARGUMENT", help="anything for pytest, after --")
    return parser
