"""What routes answer with: records as JSON, streams of events, and errors."""

import asyncio
import contextlib
import logging
import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import StreamingResponse
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from workbench.errors import InvalidInputError, NotFoundError, RuleAskError, WorkbenchError
from workbench.storage.streams import Stream

EVENTS: dict[int | str, dict[str, Any]] = {200: {"content": {"text/event-stream": {}}, "description": "Events"}}
"""How a stream of events is described."""

ARROW = "application/vnd.apache.arrow.stream"
ROWS: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {ARROW: {}},
        "description": "An Arrow IPC stream. If it fails on the way, an error as JSON stands where its end mark would.",
    }
}
"""How rows are described."""
_SLOWEST_READER_S = 60.0
"""How long a reader may take for one piece."""

_guests = ThreadPoolExecutor(max_workers=4, thread_name_prefix="guest")
"""Where queries run that may take long, so that nothing else waits for a thread."""

_FIELD = re.compile("[a-z_]{1,40}")

log = logging.getLogger(__name__)


def record(value: object, *, status: int = 200) -> Response:
    """A record, or several, as JSON."""
    return Response(msgspec.json.encode(value), status_code=status, media_type="application/json")


def event(name: str, value: object) -> bytes:
    """One server-sent event (WHATWG HTML, section 9.2)."""
    return b"event: %s\ndata: %s\n\n" % (name.encode(), msgspec.json.encode(value))


HEARTBEAT = b": still here\n\n"
"""A comment, so that a dead connection is noticed where a stream has nothing to say."""


def stream(events: AsyncIterator[bytes]) -> StreamingResponse:
    """Server-sent events."""
    return StreamingResponse(events, media_type="text/event-stream", headers={"Cache-Control": "no-store"})


class Rows(Response):
    """The rows of a stream, each piece sent as soon as it is there; whoever hangs up ends the query."""

    media_type = ARROW

    def __init__(self, make: Callable[[], Stream]) -> None:
        super().__init__()
        self._make = make

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Raises WorkbenchError for what goes wrong before the first row."""
        del scope
        failure: WorkbenchError | None = None
        async with asyncio.TaskGroup() as group:
            sending = group.create_task(self._send(send))
            leaving = group.create_task(_left(receive))
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
            leaving.cancel()
            if sending.done():
                failure = sending.result()
            else:
                sending.cancel()
        if failure is not None:
            raise failure

    async def _send(self, send: Send) -> WorkbenchError | None:
        """Send everything; what went wrong before anything was sent."""
        begun = False
        try:
            async with contextlib.aclosing(_pieces(self._make)) as pieces:
                async for piece in pieces:
                    if not begun:
                        headers = [(b"content-type", ARROW.encode()), (b"cache-control", b"no-store")]
                        await send({"type": "http.response.start", "status": HTTPStatus.OK, "headers": headers})
                        begun = True
                    async with asyncio.timeout(_SLOWEST_READER_S):
                        await send({"type": "http.response.body", "body": piece, "more_body": True})
        except WorkbenchError as error:
            if not begun:
                return error
            await send({"type": "http.response.body", "body": _failure(error).body, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
        return None


async def _pieces(make: Callable[[], Stream]) -> AsyncGenerator[bytes]:
    """A stream's pieces; its work is done in threads of its own, and ended with the reading."""
    loop = asyncio.get_running_loop()
    stream = await loop.run_in_executor(_guests, make)
    try:
        while (piece := await loop.run_in_executor(_guests, stream.read)) is not None:
            yield piece
    finally:
        stream.end("caller")


async def _left(receive: Receive) -> None:
    """Return when whoever asked has hung up."""
    while (await receive())["type"] != "http.disconnect":
        pass


def add_error_answers(api: FastAPI) -> None:
    """Answer every error as `{code, message, remedy}`."""

    async def known(_: Request, error: Exception) -> Response:
        failure = error if isinstance(error, WorkbenchError) else WorkbenchError("The Workbench failed.")
        return _failure(failure)

    async def unusable(_: Request, error: Exception) -> Response:
        problems = error.errors() if isinstance(error, RequestValidationError) else ()
        return _failure(
            InvalidInputError(_sentence(problems[0] if problems else {}), remedy="Correct it and try again.")
        )

    async def refused(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else NotFoundError.status
        failure: WorkbenchError
        if status == HTTPStatus.NOT_FOUND:
            failure = NotFoundError(
                "There is nothing at this address.", remedy="/api/v1/openapi.json says what there is."
            )
        elif status == HTTPStatus.METHOD_NOT_ALLOWED:
            failure = InvalidInputError(
                f"{request.method} is not possible here.", remedy="/api/v1/openapi.json says what is."
            )
        else:
            failure = InvalidInputError("The request's body cannot be read.", remedy="Send JSON in UTF-8.")
        return _failure(failure)

    async def unexpected(_: Request, error: Exception) -> Response:
        log.error("A request failed unexpectedly.", exc_info=error)
        return _failure(
            WorkbenchError(
                "The Workbench failed unexpectedly.", remedy="Try again; the owner's log says where it failed."
            )
        )

    api.add_exception_handler(WorkbenchError, known)
    api.add_exception_handler(RequestValidationError, unusable)
    api.add_exception_handler(HTTPException, refused)
    api.add_exception_handler(Exception, unexpected)


def _failure(error: WorkbenchError) -> Response:
    rules = {"rules": error.rules} if isinstance(error, RuleAskError) else {}
    said = {"code": error.code, "message": error.message, "remedy": error.remedy}
    return record(said | rules, status=error.status)


def _named(part: object) -> str:
    """A part of the place of a problem; a name that is none of a field's was sent, and may be a secret."""
    return str(part) if isinstance(part, int) or _FIELD.fullmatch(str(part)) else "…"


def _sentence(problem: Mapping[str, Any]) -> str:
    place = ".".join(map(_named, problem.get("loc", ())[1:]))
    reason = str(problem.get("msg", "it does not fit")).rstrip(".")
    return f"The field {place!r} cannot be used: {reason}." if place else f"The request cannot be used: {reason}."
