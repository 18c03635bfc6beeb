"""Speaking HTTP to the owner: JSON in and out as records, and streams of events.

Every change carries an idempotency key, so a request whose answer was lost with its owner is simply sent again to the
next one.
"""

import contextlib
import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlencode

import msgspec

from workbench.client import arrow
from workbench.client import owner as owners
from workbench.client.owner import Connection, Owner
from workbench.clock import new_id
from workbench.errors import (
    OwnerLostError,
    OwnerStoppingError,
    OwnerUnreachableError,
    TokenUnknownError,
    WorkbenchError,
)

API = "/api/v1"
ANSWER_LIMIT_S = 120.0
_TRIES = 5
_PAUSE_S = 0.2
_ANOTHER_OWNER = (OwnerStoppingError, TokenUnknownError)
"""What an owner answers that has been, or is about to be, followed by another."""

Record = TypeVar("Record")
Parameters = Mapping[str, str | int | Sequence[str] | None]


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a stream."""

    name: str
    data: bytes


class Transport:
    """A connection to the owner of one home, for each thread its own."""

    def __init__(self, home: Path, *, start: bool = True, door: str = "python", only: Owner | None = None) -> None:
        """`start`: whether to start an owner where none runs. `door`: what the audit log calls this client.

        `only`: the one owner to ask, where no other will do: an agent's notebook has access to that one alone.
        """
        self._only = only
        self._home = home
        self._start = start
        self._door = door
        self._owner: Owner | None = None
        self._local = threading.local()

    def as_door(self, door: str) -> "Transport":
        """Another way to the same home, for a client of another kind."""
        return Transport(self._home, start=self._start, door=door, only=self._only)

    def get(self, path: str, returns: type[Record], parameters: Parameters | None = None) -> Record:
        """Read a record."""
        return self.call("GET", path, returns, parameters=parameters)

    def post(self, path: str, returns: type[Record], body: object = None) -> Record:
        """Make or do something."""
        return self.call("POST", path, returns, body=body)

    def call(
        self,
        method: str,
        path: str,
        returns: type[Record],
        *,
        body: object = None,
        parameters: Parameters | None = None,
        key: str | None = None,
    ) -> Record:
        """The answer to one request. Raises what `workbench.errors` the owner answers, or OwnerError.

        `key`: a change that comes again under the same one is made once; by default each call is a change of its own.
        """
        payload = None if body is None else msgspec.json.encode(body)
        headers = {"Content-Type": "application/json"} if payload is not None else {}
        if method != "GET":
            headers["Idempotency-Key"] = key or new_id()
        for attempt in range(_TRIES):
            last = attempt == _TRIES - 1
            try:
                status, answer = self._exchange(method, _target(path, parameters), payload, headers)
            except (OSError, http.client.HTTPException) as error:
                self._forget()
                if last:
                    raise OwnerLostError(
                        "The Workbench's own process ended before it had answered.",
                        remedy="Try again; `workbench status` says whether it runs.",
                    ) from error
                time.sleep(_PAUSE_S * attempt)
                continue
            if status < 300:
                return msgspec.json.decode(answer, type=returns)
            failure = _failure(answer)
            if last or not isinstance(failure, _ANOTHER_OWNER):
                raise failure
            self._forget()  # another owner has taken over, or is about to
            time.sleep(_PAUSE_S * attempt)
        raise AssertionError

    def events(self, path: str) -> Iterator[Event]:
        """The events of a stream until it ends. Raises OwnerLostError if the owner goes away in the middle."""
        with contextlib.closing(self.stream(path)) as stream:
            yield from stream

    def stream(self, path: str) -> "Stream":
        """The same, opened and not read yet."""
        try:
            return self._open_stream(path)
        except OwnerLostError:  # the owner that was known has gone; another is found, or started
            return self._open_stream(path)

    def _open_stream(self, path: str) -> "Stream":
        owner = self._reach()
        connection = Connection(owner, timeout_s=None)
        try:
            connection.request("GET", API + path, headers=self._headers(owner) | {"Accept": "text/event-stream"})
            wire = connection.sock
            response = connection.getresponse()
            if response.status >= 300:
                failure = _failure(response.read())
                if isinstance(failure, _ANOTHER_OWNER):
                    raise ConnectionResetError
                raise failure
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            self._forget()
            raise _cut() from error
        except WorkbenchError:
            connection.close()
            raise
        return Stream(connection, wire, response, lost=self._forget)

    def rows(
        self, method: str, path: str, *, body: object = None, parameters: Parameters | None = None
    ) -> Iterator[bytes]:
        """The messages of an Arrow stream, the schema first. Raises what the owner answers, or OwnerError."""
        payload = None if body is None else msgspec.json.encode(body)
        for attempt in reversed(range(_TRIES)):
            owner = self._reach()
            connection = Connection(owner, timeout_s=None)
            begun = False
            try:
                headers = self._headers(owner) | {"Content-Type": "application/json"}
                connection.request(method, API + _target(path, parameters), body=payload, headers=headers)
                response = connection.getresponse()
                if response.status >= 300:
                    raise _failure(response.read())
                for message in arrow.messages(response):
                    begun = True
                    yield message
            except arrow.NotArrowError as error:
                if error.found:
                    raise _failure(error.found + response.read()) from None
                raise _lost() from error
            except (OSError, http.client.HTTPException, *_ANOTHER_OWNER) as error:
                self._forget()
                if begun or not attempt:
                    raise _lost() from error
                time.sleep(_PAUSE_S)
            else:
                return
            finally:
                connection.close()

    def close(self) -> None:
        """Let go of this thread's connection."""
        self._forget()

    def _exchange(self, method: str, target: str, payload: bytes | None, headers: dict[str, str]) -> tuple[int, bytes]:
        owner = self._reach()
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = Connection(owner, timeout_s=ANSWER_LIMIT_S)
        connection.request(method, API + target, body=payload, headers=headers | self._headers(owner))
        response = connection.getresponse()
        return response.status, response.read()

    def _headers(self, owner: Owner) -> dict[str, str]:
        return {"Authorization": f"Bearer {owner.token}", "Workbench-Door": self._door}

    def _reach(self) -> Owner:
        if self._only is not None:
            return self._only
        if self._owner is None:
            self._owner = owners.ensure(self._home) if self._start else owners.find(self._home)
        if self._owner is None:
            raise OwnerUnreachableError(
                "No Workbench is running for this home folder.", remedy="`workbench status` starts it."
            )
        return self._owner

    def _forget(self) -> None:
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None
        self._owner = None


class Stream:
    """The events of an open stream. Any thread may end it."""

    def __init__(
        self,
        connection: Connection,
        wire: socket.socket,
        response: http.client.HTTPResponse,
        *,
        lost: Callable[[], None],
    ) -> None:
        """`lost` is called if the owner goes away in the middle."""
        self._connection = connection
        self._wire = wire
        self._response = response
        self._lost = lost
        self._ended = False

    def __iter__(self) -> Iterator[Event]:
        """Its events as they come. Raises OwnerLostError if the owner goes away in the middle."""
        try:
            yield from _events(self._response)
        except (OSError, http.client.HTTPException) as error:
            if self._ended:
                return
            self._lost()
            raise _cut() from error

    def end(self) -> None:
        """Have no more of it: whoever reads it finds its end. For other threads than the one that reads."""
        self._ended = True
        with contextlib.suppress(OSError):  # it has ended by itself
            self._wire.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Let go of the connection."""
        self._response.close()
        self._connection.close()


def _cut() -> OwnerLostError:
    return OwnerLostError("The Workbench's own process ended in the middle of a stream.", remedy="Open it again.")


def _target(path: str, parameters: Parameters | None) -> str:
    given = {name: value for name, value in (parameters or {}).items() if value is not None}
    return f"{path}?{urlencode(given, doseq=True)}" if given else path


def _lost() -> OwnerLostError:
    return OwnerLostError("The Workbench's own process ended in the middle of an answer.", remedy="Ask again.")


def _failure(answer: bytes) -> WorkbenchError:
    try:
        return owners.to_error(json.loads(answer))
    except ValueError:
        return OwnerLostError("The Workbench's own process answered nothing that makes sense.", remedy="Try again.")


def _events(response: http.client.HTTPResponse) -> Iterator[Event]:
    name, data = "message", b""
    while line := response.readline():
        field, _, value = line.rstrip(b"\r\n").partition(b": ")
        if field == b"event":
            name = value.decode()
        elif field == b"data":
            data += value
        elif not field and data:
            yield Event(name, data)
            name, data = "message", b""
