"""What every request passes before a route sees it: who asks, from where, and how much it may send."""

import hmac
import json
import re
import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from workbench.errors import AccessError, InvalidInputError, OwnerStoppingError, TokenUnknownError, WorkbenchError
from workbench.security.access import Grant, Grants
from workbench.storage.caller import Caller, caller

LARGEST_BODY_BYTES = 16 * 1024 * 1024
UNIX_PEER = "unix"
"""In place of a client's address: its port is the number of its process."""
DOORS = frozenset({"cli", "dashboards", "jupyter", "python", "widget"})
_HOST = re.compile(rb"(localhost|127\.0\.0\.1|\[::1\])(:\d+)?")
_REQUEST_KEY = re.compile(rb"[\x21-\x7e]{1,200}")


class Gate:
    """Lets a request through if it carries a token and comes from this machine, and sets its `Caller`.

    A browser never speaks to the owner itself, so whatever carries an Origin is refused. An agent's notebook has a
    narrow token, and whatever descends from it is refused the full one.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        token: str,
        grants: Grants,
        leaving: Callable[[], bool],
        is_agents: Callable[[int], bool],
    ) -> None:
        """`is_agents` says whether a process belongs to an agent's run."""
        self._app = app
        self._expected = f"Bearer {token}".encode()
        self._grants = grants
        self._leaving = leaving
        self._is_agents = is_agents
        self.open_requests = 0
        self.last_used = time.monotonic()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        headers: dict[bytes, bytes] = dict(scope["headers"])
        try:
            grant = self._admitted(scope, headers)
        except WorkbenchError as refusal:
            await _answer(send, refusal)
            return
        self.open_requests += 1
        try:
            caller.set(_caller(headers, grant))
            await self._app(scope, _limited(receive), send)
        except _TooLargeError:
            await _answer(send, _too_large())
        finally:
            self.open_requests -= 1
            self.last_used = time.monotonic()

    def idle_s(self) -> float:
        """How long nobody has asked anything; 0 while a request or a stream is open."""
        return 0.0 if self.open_requests else time.monotonic() - self.last_used

    def _admitted(self, scope: Scope, headers: dict[bytes, bytes]) -> Grant | None:
        """What the request's token opens; None: everything. Raises why the request is refused."""
        if sum(name in (b"authorization", b"host") for name, _ in scope["headers"]) != 2:
            raise _no_access()
        grant = self._grant(scope, headers.get(b"authorization", b""))
        if not _HOST.fullmatch(headers.get(b"host", b"")) or b"origin" in headers:
            raise AccessError(
                "Requests from other hosts or from web pages are refused.", remedy="Use a Workbench door."
            )
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length) > LARGEST_BODY_BYTES:
            raise _too_large()
        if b"idempotency-key" in headers and not _REQUEST_KEY.fullmatch(headers[b"idempotency-key"]):
            raise InvalidInputError("The idempotency key cannot be used.", remedy="Send up to 200 ASCII characters.")
        if self._leaving():
            raise OwnerStoppingError("The Workbench is stopping.", remedy="Try again in a moment.")
        return grant

    def _grant(self, scope: Scope, given: bytes) -> Grant | None:
        if hmac.compare_digest(given, self._expected):
            pid = process_of(scope)
            if pid is not None and self._is_agents(pid):
                raise AccessError(
                    "A process that an agent started may not use the owner's token.",
                    remedy="Inside an agent's notebook, `workbench.connect()` gives what it may use.",
                )
            return None
        kind, _, token = given.partition(b" ")
        grant = self._grants.find(token.decode("latin-1")) if kind == b"Bearer" else None
        if grant is None:
            raise _no_access()
        return grant


def process_of(scope: Scope) -> int | None:
    """The process at the other end of a Unix socket; None where that is not known. See `server.process.Http`."""
    kind, pid = scope.get("client") or ("", 0)
    return pid if kind == UNIX_PEER and pid > 0 else None


class _TooLargeError(Exception):
    """A body without a stated length went over the limit."""


def _limited(receive: Receive) -> Receive:
    received = 0

    async def counting() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > LARGEST_BODY_BYTES:
            raise _TooLargeError
        return message

    return counting


def _caller(headers: dict[bytes, bytes], grant: Grant | None) -> Caller:
    door = headers.get(b"workbench-door", b"").decode("latin-1")
    key = headers.get(b"idempotency-key", b"").decode("ascii")
    if grant is not None:  # a key of its own: it is never given the answer to somebody else's request
        request_key = f"{grant.actor} {grant.experience_id} {key}" if key else None
        return Caller(actor=grant.actor, experience_id=grant.experience_id, request_key=request_key)
    return Caller(actor=door if door in DOORS else "python", request_key=key or None)


def _no_access() -> TokenUnknownError:
    return TokenUnknownError(
        "This request does not carry the owner's token.", remedy="Use one of the Workbench's doors."
    )


def _too_large() -> InvalidInputError:
    return InvalidInputError(
        f"A request may hold at most {LARGEST_BODY_BYTES // 1024**2} MB.", remedy="Send it in smaller pieces."
    )


async def _answer(send: Send, error: WorkbenchError) -> None:
    body = json.dumps({"code": error.code, "message": error.message, "remedy": error.remedy}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send(
        {"type": "http.response.start", "status": error.status, "headers": [*headers, (b"connection", b"close")]}
    )
    await send({"type": "http.response.body", "body": body})
