"""Narrow tokens: what an agent's notebook asks with. They live in memory alone, and no longer than its run.

The full token of a running owner opens everything. A narrow one opens one Experience (`workbench.server.scopes` says
which routes), until its time is over or its run has ended.
"""

import secrets
import threading
import time
from dataclasses import dataclass
from hashlib import sha256

from workbench.errors import AccessError


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What one narrow token opens."""

    actor: str
    """What the audit log calls whoever uses it: `agent:weekly-report`."""
    experience_id: str
    ends_at: float
    """On the monotonic clock."""


class Grants:
    """The narrow tokens of one owner, kept as their hashes. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._grants: dict[str, Grant] = {}
        self._over: set[str] = set()

    def issue(self, actor: str, *, experience_id: str, limit_s: float) -> str:
        """A new token, good for `limit_s` at most."""
        token = secrets.token_urlsafe(32)
        grant = Grant(actor=actor, experience_id=experience_id, ends_at=time.monotonic() + limit_s)
        with self._lock:
            self._grants[_hash(token)] = grant
        return token

    def find(self, token: str) -> Grant | None:
        """What the token opens; None if it is no narrow token. Raises AccessError if it is over."""
        name = _hash(token)
        with self._lock:
            grant = self._grants.get(name)
            if name in self._over or (grant is not None and time.monotonic() > grant.ends_at):
                raise AccessError(
                    "The agent's run has ended, and its access with it.", remedy="Start another run of the agent."
                )
            return grant

    def end(self, token: str) -> None:
        """From now on the token opens nothing."""
        name = _hash(token)
        with self._lock:
            if self._grants.pop(name, None) is not None:
                self._over.add(name)


def _hash(token: str) -> str:
    return sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
