"""Every check of the project, in one run: linters, types, layers, the extension's own, then pytest."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from workbench.setup.browser import installed_chromium
from workbench.setup.environment import Checkout
from workbench.setup.screen import Screen, spoken

NO_CHROMIUM = (
    "The browser tests were not run: there is no Chromium on this machine, and Playwright's own cannot be had. "
    "Install one (Debian: `sudo apt install chromium-headless-shell`), then run this command again."
)
_EXPECTED_PTH = re.compile(
    r"distutils-precedence\.pth"  # setuptools'
    r"|_editable_impl_llm_workbench\.pth"  # this checkout's, by hatchling
)


@dataclass(frozen=True, slots=True)
class Step:
    """One check: a command that succeeds or fails."""

    name: str
    command: tuple[str, ...]
    folder: str = "."


STEPS = (
    Step("ruff check", ("ruff", "check", "--quiet", ".")),
    Step("ruff format", ("ruff", "format", "--quiet", "--check", ".")),
    Step("mypy", ("mypy",)),
    Step("layers", ("lint-imports", "--no-logo")),
    Step("packages", ("python", "-m", "pip", "check", "--disable-pip-version-check")),
    Step("extension: lint", ("npm", "run", "--silent", "lint"), "extension"),
    Step("extension: types", ("npm", "run", "--silent", "typecheck"), "extension"),
    Step("extension: tests", ("npm", "run", "--silent", "test"), "extension"),
)
"""What is run before pytest."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a check ended."""

    name: str
    code: int
    seconds: float
    note: str = ""


def run(checkout: Checkout, screen: Screen, *, pytest_arguments: Sequence[str] = ()) -> int:
    """Run everything, whatever fails; give the worst exit code. What is printed ends with pytest's closing line."""
    outcomes = [_unexpected_pth(checkout)]
    for step in STEPS:
        screen.say(f"── {step.name}")
        outcomes.append(_run(checkout, step))
    chromium = installed_chromium()
    has_browser = bool(chromium) or _playwright_chromium(checkout)
    if not has_browser:
        outcomes.append(Outcome("chromium", int(os.environ.get("CI") == "true"), 0, NO_CHROMIUM))
    screen.say("── pytest")
    pytest, kinds, closing = _pytest(checkout, chromium, pytest_arguments, has_browser=has_browser)
    sys.stdout.write("\n".join(["", *report([*outcomes, pytest, *kinds]), closing]) + "\n")
    return max(outcome.code for outcome in [*outcomes, pytest])


def report(outcomes: Sequence[Outcome]) -> list[str]:
    """The lines of the closing table, and below it what has to be said about single checks."""
    width = max(len(outcome.name) for outcome in outcomes)
    marks = {True: "ok    ", False: "FAILED"}
    table = [f"{o.name:<{width}}  {marks[o.code == 0]}  {spoken(o.seconds)}" for o in outcomes]
    return table + [outcome.note for outcome in outcomes if outcome.note]


def unexpected_pth(folder: Path) -> list[str]:
    """The `.pth` files of a site-packages folder that nothing in the lock files should have put there.

    Such a file may hold code that runs whenever Python starts; two stolen releases of litellm came with one.
    """
    return sorted(path.name for path in folder.glob("*.pth") if not _EXPECTED_PTH.fullmatch(path.name))


def kinds_of(report_xml: Path) -> list[Outcome]:
    """The minutes of each kind of test, from pytest's JUnit report: the folder below `tests/` says the kind."""
    seconds: dict[str, float] = {}
    failed: set[str] = set()
    for case in ET.parse(report_xml).iter("testcase"):  # noqa: S314  (pytest has just written it)
        folder = case.get("classname", "").split(".")[1:2]
        kind = folder[0] if folder and folder[0] in {"browser", "contracts", "faults"} else "unit"
        seconds[kind] = seconds.get(kind, 0) + float(case.get("time", 0))
        if case.find("failure") is not None or case.find("error") is not None:
            failed.add(kind)
    return [Outcome(f"  {kind}", int(kind in failed), seconds[kind]) for kind in sorted(seconds)]


def _run(checkout: Checkout, step: Step) -> Outcome:
    began = time.monotonic()
    code = subprocess.run(  # noqa: S603
        _found(checkout, step.command), cwd=checkout.root / step.folder, env=checkout.environment(), check=False
    ).returncode
    return Outcome(step.name, code, time.monotonic() - began)


def _pytest(
    checkout: Checkout, chromium: Path | None, arguments: Sequence[str], *, has_browser: bool
) -> tuple[Outcome, list[Outcome], str]:
    """Run pytest, its words passed on as they come; its outcome, that of each kind, and its closing line."""
    results = checkout.venv / "tests.xml"
    results.unlink(missing_ok=True)
    command = [checkout.python, "-m", "pytest", f"--junitxml={results}", "--durations=10"]
    command += ["--numprocesses=2", "--dist=loadscope", "--no-loadscope-reorder"]  # in order: the browser's stay last
    command += ["--color=yes"] if sys.stdout.isatty() else []
    command += [] if has_browser else ["-m", "not browser"]
    variables = checkout.environment() | {"PYTHONUNBUFFERED": "1"}
    variables |= {"WORKBENCH_CHROMIUM": str(chromium)} if chromium else {}
    began = time.monotonic()
    closing = ""
    with subprocess.Popen(  # noqa: S603
        [*map(str, command), *arguments],
        cwd=checkout.root,
        env=variables,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            sys.stdout.write(line)
            sys.stdout.flush()
            closing = line.rstrip("\n") or closing
    outcome = Outcome("pytest", process.returncode, time.monotonic() - began)
    return outcome, kinds_of(results) if results.exists() else [], closing


def _unexpected_pth(checkout: Checkout) -> Outcome:
    found = [name for folder in checkout.venv.glob("lib/python*/site-packages") for name in unexpected_pth(folder)]
    note = f"Unexpected .pth files, which run at each start of Python: {', '.join(found)}." if found else ""
    return Outcome(".pth files", int(bool(found)), 0, note)


def _playwright_chromium(checkout: Checkout) -> bool:
    """Whether Playwright has a Chromium of its own, or can fetch it."""
    command = _found(checkout, ("playwright", "install", "chromium"))
    fetched = subprocess.run(command, env=checkout.environment(), capture_output=True, check=False)  # noqa: S603
    return fetched.returncode == 0


def _found(checkout: Checkout, command: tuple[str, ...]) -> list[str]:
    """The command with its program taken from the environment, wherever the shell would look."""
    return [str(checkout.programs / command[0]), *command[1:]]
