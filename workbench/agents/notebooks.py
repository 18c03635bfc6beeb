"""The notebooks of agents: where they lie, and what they say of themselves."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from workbench.agents.records import Agent
from workbench.config import shipped
from workbench.errors import NotFoundError

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notebook:
    """An agent and its file."""

    agent: Agent
    path: Path


def shipped_agents(folder: Path | None = None) -> tuple[Notebook, ...]:
    """The notebooks in `folder` (by default those that are shipped), by name."""
    where = folder or shipped("notebooks") / "agents"
    return tuple(_read(path) for path in sorted(where.glob("*.ipynb")))


def find(name: str, folder: Path | None = None) -> Notebook:
    """The notebook of an agent. Raises NotFoundError."""
    for found in shipped_agents(folder) if _NAME.fullmatch(name) else ():
        if found.agent.name == name:
            return found
    raise NotFoundError(f"There is no agent {name[:60]!r}.", remedy="`workbench agents list` shows those there are.")


def _read(path: Path) -> Notebook:
    """A notebook's first cell: a heading, and what it does in a paragraph."""
    first = "".join(json.loads(path.read_text("utf-8"))["cells"][0]["source"])
    heading, _, rest = first.partition("\n")
    return Notebook(
        agent=Agent(
            name=path.stem.replace("_", "-"),
            title=heading.lstrip("# ").strip(),
            description=" ".join(rest.strip().split("\n\n")[0].split()),
        ),
        path=path,
    )
