"""Runs one notebook with papermill, in a process of its own: `python -m workbench.agents.runner FD`.

The only door to papermill. The owner writes an `Order` to its standard input, and keeps that open as long as it lives:
where it ends, this process ends everything it has started, and itself. What happens is said on the file descriptor FD,
a JSON object to a line (`workbench.agents.child` reads it).
"""

import json
import os
import sys
import threading
from typing import Any

# Neither has types.
import papermill  # type: ignore[import-untyped]
from nbclient.exceptions import DeadKernelError
from papermill.engines import NBClientEngine, papermill_engines  # type: ignore[import-untyped]
from papermill.exceptions import PapermillExecutionError  # type: ignore[import-untyped]

from workbench.agents import processes

KERNEL = "workbench-agent"
_ENGINE = "workbench"
_START_S = 60
_LONGEST = 50_000
"""Far more than is shown: the owner takes out secrets first, then cuts, so that none is cut before it is known."""


class _Engine(NBClientEngine):  # type: ignore[misc]  # it has no types
    """Says which cell begins."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **more: Any) -> None:  # noqa: ANN401
        """Run the cells."""
        begin = nb_man.cell_start

        def cell_start(cell: Any, cell_index: int, **rest: Any) -> None:  # noqa: ANN401
            _say({"cell": cell_index + 1, "cells": len(nb_man.nb.cells), "line": _first_line(cell.source)})
            begin(cell, cell_index, **rest)

        nb_man.cell_start = cell_start
        super().execute_managed_notebook(nb_man, kernel_name, **more)


def main() -> None:
    """Do as ordered, and say how it went."""
    processes.adopt_descendants()
    order = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_owner, daemon=True).start()
    papermill_engines.register(_ENGINE, _Engine)
    try:
        papermill.execute_notebook(
            order["notebook"],
            order["report"],
            parameters=order["parameters"],
            engine_name=_ENGINE,
            kernel_name=KERNEL,
            progress_bar=False,
            start_timeout=_START_S,
            cwd=order["folder"],
        )
        _say({"ended": "succeeded"})
    except PapermillExecutionError as error:
        failed = {"cell": error.cell_index + 1, "line": _first_line(error.source)}
        _say({"ended": "failed", "name": error.ename, "words": str(error.evalue)[:_LONGEST], **failed})
    except DeadKernelError:
        _say({"ended": "kernel died"})
    except Exception as error:  # noqa: BLE001  (the owner is told, and says it)
        _say({"ended": "broken", "name": type(error).__name__})
    finally:
        processes.end_descendants(os.getpid())


def _end_with_owner() -> None:
    """Wait for the owner's end, which closes our standard input, however it ends."""
    sys.stdin.buffer.read()
    processes.end_descendants(os.getpid())
    os._exit(1)


def _say(what: dict[str, object]) -> None:
    os.write(int(sys.argv[1]), json.dumps(what).encode() + b"\n")


def _first_line(source: str) -> str:
    return next((line.strip() for line in source.splitlines() if line.strip()), "")[:_LONGEST]


if __name__ == "__main__":
    main()
