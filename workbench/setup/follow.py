"""Running a program and reading along."""

import queue
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

_TICK_S = 0.5


def follow(
    command: Sequence[str | Path],
    *,
    log: Path,
    cwd: Path,
    environment: Mapping[str, str],
    on_line: Callable[[str], None],
) -> tuple[int, str]:
    """Run `command` to its end, and give its exit code and all it said.

    Everything it says goes into `log` as well. `on_line` gets each line, and an empty one whenever nothing came for a
    moment. An interrupt ends the program before it is raised again.
    """
    said: list[str] = []
    with (
        log.open("a", encoding="utf-8", errors="replace") as book,
        subprocess.Popen(  # noqa: S603  (the set-up's own commands, no shell)
            [str(part) for part in command],
            cwd=cwd,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        ) as process,
    ):
        book.write("$ " + " ".join(map(str, command)) + "\n")
        try:
            for line in _lines(process):
                if line:
                    said.append(line)
                    book.write(line)
                on_line(line.rstrip("\n"))
        except BaseException:
            process.terminate()
            process.wait()
            raise
    return process.returncode, "".join(said)


def _lines(process: subprocess.Popen[str]) -> Iterator[str]:
    """The lines of a program as they come; empty ones while it is silent."""
    arriving: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def read() -> None:
        if process.stdout is not None:
            for line in process.stdout:
                arriving.put(line)
        arriving.put(None)

    threading.Thread(target=read, daemon=True).start()
    while True:
        try:
            line = arriving.get(timeout=_TICK_S)
        except queue.Empty:
            yield ""
            continue
        if line is None:
            return
        yield line
