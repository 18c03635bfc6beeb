"""The way to the owner from inside an agent's notebook: a narrow token, handed over once.

The file that holds it is removed as soon as it has been read, and the token is kept in this module alone.
"""

import json
import os
import threading
from pathlib import Path

from workbench.client.owner import Owner
from workbench.config import AGENT_DOOR
from workbench.errors import AccessError

_taking = threading.Lock()
_taken: list[Owner] = []


def owner() -> Owner | None:
    """The owner with the narrow token; None outside of an agent's notebook.

    Raises AccessError where the token was handed to another process.
    """
    file = os.environ.get(AGENT_DOOR)
    if file is None:
        return None
    with _taking:
        if not _taken:
            _taken.append(_take(Path(file)))
        return _taken[0]


def _take(file: Path) -> Owner:
    try:
        found = Owner(**json.loads(file.read_text("utf-8")))
        file.unlink()
    except (OSError, ValueError, TypeError) as error:
        raise AccessError(
            "The access of this agent's run has been handed out already.",
            remedy="Call `workbench.connect()` in the notebook itself, not in a process that it starts.",
        ) from error
    return found
