"""What the owner says of itself."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from workbench import shown


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyProtection:
    """Where the master key is kept, and what that does and does not protect."""

    kind: Literal["keyring", "passphrase", "file"]
    explanation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why the store is not open: an error of `workbench.errors`, as data."""

    code: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How the owner of a home folder is."""

    version: str
    pid: int
    home: str
    socket: str
    started_at: datetime
    locked: bool
    problem: Problem | None = None
    key_protection: KeyProtection | None = None
    """None while there are no keys yet, or the key file cannot be read."""
    rows: dict[str, int] = field(default_factory=dict)
    models: int = 0
    default_model: str | None = None
    memory_mb: int
    running_replies: int = 0
    agent_runs: int = 0
    """Runs of agents that are under way or wait."""
    next_due_at: datetime | None = None
    """When an agent is due next; None: none is."""

    def _repr_html_(self) -> str:
        return shown.record(self)
