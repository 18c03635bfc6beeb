"""The environment of a checkout: `.venv` beside the code, made from the lock files.

What has been done is stamped in `.venv/workbench.json` by the hashes of what it was made from, so that a repeat does
nothing, and needs no network. Whatever is interrupted is done again; pip's cache spares the downloads.
"""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from workbench.errors import BuildError, DiskFullError, PackagesUnreachableError, PythonUnsuitableError, SetupError
from workbench.setup.follow import follow

ROOM_BYTES = 2_500_000_000
"""What a first set-up may need: packages, their caches, the extension's build and the demo model."""

_NO_NETWORK = re.compile(
    r"Retrying \(Retry|NewConnectionError|Temporary failure in name resolution|ConnectTimeout|ReadTimeoutError"
    r"|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH"
)
_NO_ROOM = re.compile(r"No space left on device|ENOSPC|Errno 28\b|Errno 122\b|Disk quota exceeded")
_BENDING = {"PYTHONPATH", "PYTHONHOME", "PIP_USER", "PYTHONDONTWRITEBYTECODE"}
"""Variables by which another Python is found, or by which each start compiles everything again."""
_GENERATED = {"node_modules", "lib", "build", "dist", "test-results", ".yarn"}


@dataclass(frozen=True, slots=True)
class Checkout:
    """A clone of the project, and the environment inside it."""

    root: Path

    @property
    def venv(self) -> Path:
        """The environment's folder."""
        return self.root / ".venv"

    @property
    def programs(self) -> Path:
        """Where the environment's commands lie."""
        return self.venv / ("Scripts" if os.name == "nt" else "bin")

    @property
    def python(self) -> Path:
        """The environment's Python."""
        return self.programs / ("python.exe" if os.name == "nt" else "python")

    @property
    def log(self) -> Path:
        """Everything that pip and the build said."""
        return self.venv / "setup.log"

    @property
    def stamps(self) -> Path:
        """What has been done."""
        return self.venv / "workbench.json"

    def lock(self, name: str) -> Path:
        """A lock file: `run`, `test` or `build`."""
        return self.root / ".ci" / "locks" / f"{name}.txt"

    def environment(self) -> dict[str, str]:
        """The variables for programs of the environment: its commands first, and nothing that bends its Python."""
        kept = {key: value for key, value in os.environ.items() if key not in _BENDING}
        path = os.pathsep.join([str(self.programs), kept.get("PATH", os.defpath)])
        return kept | {"PATH": path, "VIRTUAL_ENV": str(self.venv)}


def read_stamps(checkout: Checkout) -> dict[str, str]:
    """What has been done to the environment; nothing, if it has been moved or damaged since."""
    try:
        found = json.loads(checkout.stamps.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and found.get("root") == str(checkout.root) else {}


def write_stamp(checkout: Checkout, name: str, value: str) -> None:
    """Remember that `name` was done from what hashes to `value`."""
    stamps = read_stamps(checkout) | {"root": str(checkout.root), name: value}
    fresh = checkout.stamps.with_suffix(".new")
    fresh.write_text(json.dumps(stamps, indent=2), encoding="utf-8")
    fresh.replace(checkout.stamps)


def make(checkout: Checkout, *, room_bytes: int = ROOM_BYTES) -> None:
    """Make the environment, unless there is one that works.

    Raises PythonUnsuitableError, DiskFullError, SetupError.
    """
    moved = checkout.stamps.exists() and not read_stamps(checkout)
    if not moved and _works(checkout):
        return
    for needed in ("venv", "ensurepip"):
        if importlib.util.find_spec(needed) is None:
            raise PythonUnsuitableError(
                f"This Python ({sys.executable}) cannot make environments: its module {needed!r} is missing.",
                remedy="Install it (Debian and Ubuntu: `sudo apt install python3-venv`), then run the command again.",
            )
    check_room(checkout.root, room_bytes)
    if checkout.venv.exists() and not (checkout.venv / "pyvenv.cfg").exists() and any(checkout.venv.iterdir()):
        raise SetupError(
            f"There is a folder {str(checkout.venv)!r} that is not a Python environment.",
            remedy="Move it away, then run the command again.",
        )
    made = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "venv", "--clear", str(checkout.venv)], capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise fault(made.stdout + made.stderr, BuildError("The environment could not be made.", remedy=_told(checkout)))


def check_room(folder: Path, needed_bytes: int) -> None:
    """Raises DiskFullError if `folder`'s disk has less than `needed_bytes` left."""
    free = shutil.disk_usage(folder).free
    if free < needed_bytes:
        raise DiskFullError(
            f"The set-up needs about {needed_bytes / 1e9:.1f} GB, and the disk of {str(folder)!r} has "
            f"{free / 1e9:.1f} GB left.",
            remedy="Make room, then run the command again.",
        )


def install(checkout: Checkout, lock: str, *, tick: Callable[[str], None]) -> None:
    """Install exactly what a lock file lists, each file checked by its hash.

    Raises PackagesUnreachableError, DiskFullError, BuildError.
    """
    path = checkout.lock(lock)
    wanted = sha256(path.read_bytes()).hexdigest()
    if read_stamps(checkout).get(lock) == wanted:
        return
    total = len(re.findall(r"^[a-z0-9]", path.read_text(encoding="utf-8"), re.MULTILINE))
    count = 0

    def on_line(line: str) -> None:
        nonlocal count
        count += line.startswith(("Collecting ", "Requirement already satisfied: ", "Ignoring "))
        detail = "unpacking" if line.startswith("Installing collected") or count >= total else f"{count} of {total}"
        tick(detail)

    options = ["--no-deps", "--require-hashes", "--progress-bar", "off", "--requirement", str(path)]
    _pip(checkout, options, on_line, PackagesUnreachableError("The packages could not be installed."))
    write_stamp(checkout, lock, wanted)


def build(checkout: Checkout, *, tick: Callable[[str], None]) -> None:
    """Build the JupyterLab extension, and install the project so that it runs from the checkout.

    Raises BuildError, PackagesUnreachableError, DiskFullError.
    """
    wanted = sources(checkout)
    if read_stamps(checkout).get("project") == wanted and (checkout.programs / "workbench").exists():
        return
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--editable", str(checkout.root)]
    _pip(checkout, options, lambda _: tick("about a minute the first time"), BuildError("The build failed."))
    write_stamp(checkout, "project", wanted)


def sources(checkout: Checkout) -> str:
    """The hash of everything that the project's build reads."""
    digest = sha256()
    for path in [checkout.root / "pyproject.toml", checkout.lock("build"), *_files(checkout.root / "extension")]:
        digest.update(f"{path.relative_to(checkout.root)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _files(folder: Path) -> list[Path]:
    """The files of `folder` that a person wrote, in order."""
    found: list[Path] = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.is_dir():
            found += [] if path.name in _GENERATED else _files(path)
        elif path.suffix != ".tsbuildinfo":
            found.append(path)
    return found


def _works(checkout: Checkout) -> bool:
    """Whether the environment's Python starts, is new enough and has pip."""
    probe = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    try:
        return subprocess.run([checkout.python, "-c", probe], capture_output=True, check=False).returncode == 0  # noqa: S603
    except OSError:
        return False


def _pip(checkout: Checkout, options: Sequence[str | Path], on_line: Callable[[str], None], failed: SetupError) -> None:
    """Run pip's `install` with the user's own configuration of pip."""
    command = [checkout.python, "-m", "pip", "install", "--no-input", "--disable-pip-version-check", *options]
    code, said = follow(
        command, log=checkout.log, cwd=checkout.root, environment=checkout.environment(), on_line=on_line
    )
    if code:
        failed.remedy = _told(checkout)
        raise fault(said, failed)


def _told(checkout: Checkout) -> str:
    return f"What went wrong is at the end of {checkout.log.relative_to(checkout.root)}; the command can be run again."


def fault(said: str, otherwise: SetupError) -> SetupError | DiskFullError:
    """What a failed program's words mean: no room, no network, a changed file, a missing package, else `otherwise`."""
    if _NO_ROOM.search(said):
        return DiskFullError("The disk is full.", remedy="Make room, then run the command again: it goes on from here.")
    if "DO NOT MATCH THE HASHES" in said:
        return PackagesUnreachableError(
            "A downloaded package is not the one that was locked.",
            remedy="Run the command again; if it stays so, the package index or a proxy hands out something else.",
        )
    if _NO_NETWORK.search(said):
        return PackagesUnreachableError(
            "The packages cannot be fetched: the package index does not answer.",
            remedy="Check the network (and `pip config list`), then run the command again: it goes on from here.",
        )
    missing = re.search(r"No matching distribution found for (\S+)", said)
    if missing:
        return PackagesUnreachableError(
            f"The package index has no {missing[1]} for this Python and system.",
            remedy="Check `pip config list`, or try with another Python (3.11 to 3.13).",
        )
    return otherwise
