"""Where this person's work is kept, the limits the owner works under, and where what is shipped lies."""

import contextlib
import errno
import os
import shutil
import stat
import sys
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal

from workbench.errors import DiskFullError, HomeNotWritableError, StoreError

SOCKET_PATH_LIMIT_BYTES = 100
"""A Unix socket's path may hold 107 bytes on Linux and 103 on macOS."""

AGENT_DOOR = "WORKBENCH_AGENT_DOOR"
"""The variable that names, inside an agent's notebook, the file with its narrow token."""
SCRATCH_BYTES = 64 * 1024**2
"""Memory with less room than this is not used for what is run."""

Shipped = Literal["chat", "notebooks", "dashboards", "data"]
"""`chat` is the chat component, bundled for pages without JupyterLab's own build of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What one owner process is started with. Nothing here changes while it runs."""

    home: Path
    idle_exit_s: float = 30 * 60
    """The owner leaves after so long without a client, a running reply or a schedule."""
    memory_limit_mb: int = 1024
    """For DuckDB."""
    threads: int = 2
    """For DuckDB; more make single queries faster and everything else slower."""

    @property
    def store(self) -> Path:
        """The folder of the encrypted database."""
        return self.home / "store"

    @property
    def database(self) -> Path:
        """The encrypted DuckDB file."""
        return self.store / "workbench.duckdb"

    @property
    def key_file(self) -> Path:
        """The wrapped keys; useless without the master key."""
        return self.home / "keys.json"

    @property
    def models(self) -> Path:
        """The folder of local models."""
        return self.home / "models"

    @property
    def logs(self) -> Path:
        """The folder of the owner's log, which holds no message text and no secret."""
        return self.home / "logs"

    @property
    def run(self) -> Path:
        """The folder that says which process owns this home, and how to reach it."""
        return self.home / "run"


def home_folder(home: Path | str | None = None) -> Path:
    """The home folder: as given, else `WORKBENCH_HOME`, else the platform's folder for a user's data."""
    chosen = home or os.environ.get("WORKBENCH_HOME")
    return Path(chosen).expanduser().absolute() if chosen else _user_data_folder() / "workbench"


def _user_data_folder() -> Path:
    """The folder for a user's data (XDG base directory specification 0.8; Apple's and Microsoft's conventions)."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")


def shipped(part: Shipped) -> Path:
    """The folder that travels with the package: inside it where it is installed, in the checkout where that is used."""
    package = Path(__file__).parent
    installed = package / "shipped" / part
    in_checkout = {"chat": "extension/dist"}.get(part, part)
    return installed if installed.is_dir() else package.parent / in_checkout


def private_folder(folder: Path) -> Path:
    """Make `folder`, readable by its owner alone, and give it back.

    Raises HomeNotWritableError.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.stat().st_uid == os.getuid():
            folder.chmod(0o700)
        writable = os.access(folder, os.W_OK | os.X_OK)
    except OSError as error:
        raise not_written(folder, error) from error
    if not writable:
        raise HomeNotWritableError(
            f"The folder {str(folder)!r} cannot be written.",
            remedy="Make it writable, or set WORKBENCH_HOME to a folder that is.",
        )
    return folder


def write_privately(path: Path, data: bytes) -> None:
    """Replace the file as a whole, readable by its owner alone, and see it to the disk.

    Raises DiskFullError, HomeNotWritableError; the file is then as it was.
    """
    new = unfinished(path)
    try:
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        with contextlib.suppress(OSError):
            new.unlink(missing_ok=True)
        raise not_written(path, error) from error


def unfinished(path: Path) -> Path:
    """The file while `write_privately` writes it: it may hold the same, so it may not stay either."""
    return path.with_name(f"{path.name}.new")


def not_written(path: Path, error: OSError) -> StoreError:
    """What it means to the user that `path` could not be made or written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFullError(
            f"The disk is full: there is no room for {str(path)!r}. What was saved before is safe.",
            remedy="Free some space and try again.",
        )
    return HomeNotWritableError(
        f"{str(path)!r} cannot be made or written: {error.strerror}.",
        remedy="Set WORKBENCH_HOME to a folder that you can write.",
    )


def socket_paths(settings: Settings) -> tuple[Path, ...]:
    """Where the owner's socket may lie, best first: in the home, else in a short folder of the user's own."""
    name = sha256(os.fsencode(settings.home)).hexdigest()[:16]
    inside = settings.run / "owner.sock"
    outside = runtime_folder() / f"{name}.sock"
    return tuple(p for p in (inside, outside) if len(os.fsencode(p)) <= SOCKET_PATH_LIMIT_BYTES)


def runtime_folder() -> Path:
    """A folder of the user's own for sockets: XDG_RUNTIME_DIR, else one below the temporary folder."""
    given = os.environ.get("XDG_RUNTIME_DIR")
    if given and os.access(given, os.W_OK):
        return Path(given) / "workbench"
    return Path(tempfile.gettempdir()) / f"workbench-{os.getuid()}"


def scratch_folder(home: Path) -> Path:
    """Where what is shown or run for a while lies in the clear: in memory where the system offers that (Linux).

    Elsewhere it is below the temporary folder, on a disk. Nothing here outlives the owner that made it.
    """
    name = f"workbench-{os.getuid()}-{sha256(os.fsencode(home)).hexdigest()[:16]}"
    memory = Path("/dev/shm")  # noqa: S108  (a private folder is made in it)
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= SCRATCH_BYTES
    return (memory if roomy else Path(tempfile.gettempdir())) / name


def own_scratch_folder(home: Path) -> Path:
    """That folder, made if it is not there. Raises HomeNotWritableError, also if somebody else has made it."""
    folder = private_folder(scratch_folder(home))
    if not is_private(folder):
        raise HomeNotWritableError(f"The folder {str(folder)!r} belongs to somebody else.", remedy="Remove it.")
    return folder


def is_private(folder: Path) -> bool:
    """Whether `folder` is a real folder of this user's that nobody else can enter."""
    found = folder.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077
