"""A run as a child process: started with little, watched, and ended with everything that it has started.

It runs in a folder in memory (`workbench.config.scratch_folder`), with an environment that holds no secret and no
keyring, under a limit of time and one of memory.
"""

import contextlib
import json
import os
import select
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from workbench.agents import processes
from workbench.config import AGENT_DOOR, not_written, private_folder
from workbench.conversations.records import Fault

KERNEL = "workbench-agent"
_PASSED_ON = ("PATH", "HOME", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "TZ", "LD_LIBRARY_PATH")
_LOOK_EVERY_S = 0.5
_LAST_WORDS_S = 10.0
"""How long a runner that has said how it went may take to end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one run may take."""

    seconds: float = 30 * 60
    memory_mb: int = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to run, and with what."""

    folder: Path
    """A private folder of its own, which is removed afterwards."""
    notebook: Path
    parameters: Mapping[str, str]
    door: Mapping[str, object]
    """How its kernel reaches the owner: where that listens, and the narrow token."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The cell that has begun."""

    cell: int
    cells: int
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a run ended."""

    fault: Fault | None = None
    cell: int | None = None
    """The cell that failed."""
    line: str = ""
    notebook: bytes | None = None
    """As far as it was executed; None where nothing was."""


def execute(
    order: Order,
    limits: Limits,
    *,
    on_started: Callable[[int], None],
    on_progress: Callable[[Progress], None],
    stopped: threading.Event,
) -> Outcome:
    """Run the notebook and wait for its end; `stopped` ends it before. Raises DiskFullError, HomeNotWritableError."""
    executed = order.folder / "report.ipynb"
    _prepare(order)
    reading, writing = os.pipe()
    try:
        process = _spawn(order, executed, writing)
    except OSError as error:
        os.close(reading)
        raise not_written(order.folder, error) from error
    finally:
        os.close(writing)
    try:
        on_started(process.pid)
        said = _watch(process, reading, limits, on_progress, stopped)
    finally:
        os.close(reading)
        processes.end(process.pid)
        process.wait()
        if process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()
    notebook = executed.read_bytes() if executed.is_file() else None
    cell = said.get("cell")
    return Outcome(
        fault=_fault(said, limits),
        cell=cell if isinstance(cell, int) else None,
        line=str(said.get("line", "")),
        notebook=notebook,
    )


def _prepare(order: Order) -> None:
    """The folder, with the kernel's description and the way to the owner in it."""
    kernel = {
        "argv": [sys.executable, "-m", "workbench.agents.kernel", "-f", "{connection_file}"],
        "display_name": "Agent",
        "language": "python",
    }
    files = {
        order.folder / "jupyter" / "kernels" / KERNEL / "kernel.json": kernel,
        order.folder / "door.json": dict(order.door),
    }
    for path, content in files.items():
        private_folder(path.parent)
        try:
            path.touch(0o600)
            path.write_text(json.dumps(content), "utf-8")
        except OSError as error:
            raise not_written(path, error) from error


def _spawn(order: Order, executed: Path, writing: int) -> "subprocess.Popen[bytes]":
    process = subprocess.Popen(  # noqa: S603  (our own interpreter and module)
        [sys.executable, "-m", "workbench.agents.runner", str(writing)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=(writing,),
        start_new_session=True,
        cwd=order.folder,
        env=_environment(order.folder),
    )
    ordered = {
        "folder": str(order.folder),
        "notebook": str(order.notebook),
        "report": str(executed),
        "parameters": dict(order.parameters),
    }
    if process.stdin is not None:  # it stays open: its end is how the runner learns of ours
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(json.dumps(ordered).encode() + b"\n")
            process.stdin.flush()
    return process


def _environment(folder: Path) -> dict[str, str]:
    """What a notebook needs and nothing that is a secret; a keyring is not to be found through it."""
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    inside = {
        "TMPDIR": "tmp",
        "IPYTHONDIR": "ipython",
        "JUPYTER_PATH": "jupyter",
        "JUPYTER_DATA_DIR": "jupyter",
        "JUPYTER_CONFIG_DIR": "jupyter",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "MPLCONFIGDIR": "matplotlib",
        "XDG_CACHE_HOME": "cache",
    }
    made = {name: str(private_folder(folder / place)) for name, place in inside.items()}
    return (
        kept
        | made
        | {
            AGENT_DOOR: str(folder / "door.json"),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            "PYTHONUNBUFFERED": "1",
        }
    )


def _watch(
    process: "subprocess.Popen[bytes]",
    reading: int,
    limits: Limits,
    on_progress: Callable[[Progress], None],
    stopped: threading.Event,
) -> dict[str, object]:
    """Follow what the runner says, to its end or to that of its limits; the last it said, and how it ended."""
    deadline = time.monotonic() + limits.seconds
    at: dict[str, object] = {}
    for said in _lines(reading):
        if said is None:
            if stopped.is_set():
                return at | {"ended": "stopped"}
            if time.monotonic() > deadline:
                return at | {"ended": "time"}
            if processes.memory_mb(process.pid) > limits.memory_mb:
                return at | {"ended": "memory"}
        elif "ended" in said:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_LAST_WORDS_S)
            return at | said
        else:
            at = said
            on_progress(Progress(cell=_number(said, "cell"), cells=_number(said, "cells"), line=str(said.get("line"))))
    return at | {"ended": "runner died"}


def _lines(reading: int) -> Iterator[dict[str, object] | None]:
    """What is said, line by line; None where there was nothing for a moment."""
    held = b""
    while True:
        if not select.select([reading], [], [], _LOOK_EVERY_S)[0]:
            yield None
            continue
        piece = os.read(reading, 65536)
        if not piece:
            return
        *lines, held = (held + piece).split(b"\n")
        for line in lines:
            yield json.loads(line)
        yield None


def _number(said: Mapping[str, object], name: str) -> int:
    value = said.get(name)
    return value if isinstance(value, int) else 0


def _fault(said: Mapping[str, object], limits: Limits) -> Fault | None:
    """Why a run did not succeed; None if it did. For one that was stopped the one who stopped it knows."""
    place = f"cell {said['cell']}" if said.get("cell") else "the beginning"
    match said["ended"]:
        case "succeeded" | "stopped":
            return None
        case "failed":
            words = " ".join(str(said.get("words", "")).split())
            return Fault(
                code="cell_failed",
                message=f"It failed in {place}: {said.get('name')}: {words}".rstrip(": ") + ".",
                remedy="Look at the report for the whole error.",
            )
        case "kernel died":
            return Fault(
                code="kernel_died",
                message=f"The notebook's kernel died in {place}.",
                remedy="Run it again; if it dies again, that cell needs too much memory or crashes.",
            )
        case "time":
            return Fault(
                code="out_of_time",
                message=f"It took longer than {limits.seconds:.0f} s and was ended in {place}.",
                remedy="Let it report on less, with --since.",
            )
        case "memory":
            return Fault(
                code="out_of_memory",
                message=f"It took more than {limits.memory_mb} MB of memory and was ended in {place}.",
                remedy="Let it report on less, with --since.",
            )
        case _:
            return Fault(
                code="runner_failed",
                message=f"What runs the notebook failed in {place}"
                + (f" ({said['name']})." if said.get("name") else "."),
                remedy="Run it again; if that does not help, look whether the memory or the disk is full.",
            )


def remove(folder: Path) -> None:
    """Remove a run's folder and whatever it holds."""
    shutil.rmtree(folder, ignore_errors=True)
