"""On whose behalf a change is made, and which request asked for it."""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks: the door it came through, and the key that makes a repeated request harmless."""

    actor: str = "owner"
    """`owner` for what the process does by itself, else the door (`cli`, `dashboards`, …) or `agent:<name>`."""
    experience_id: str | None = None
    """The one Experience that a narrow token opens; None: every one."""
    request_key: str | None = None
    """The client's idempotency key: a change with the same key is made once."""


caller: ContextVar[Caller] = ContextVar("caller", default=Caller())  # noqa: B039  (frozen)
