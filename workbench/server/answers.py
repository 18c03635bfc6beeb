"""What routes answer with: records as JSON, streams of events, and errors."""

import logging
from collections.abc import AsyncIterator, Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import StreamingResponse
from starlette.exceptions import HTTPException

from workbench.errors import InvalidInputError, NotFoundError, WorkbenchError

EVENTS: dict[int | str, dict[str, Any]] = {200: {"content": {"text/event-stream": {}}, "description": "Events"}}
"""How a stream of events is described."""

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
    return record({"code": error.code, "message": error.message, "remedy": error.remedy}, status=error.status)


def _sentence(problem: Mapping[str, Any]) -> str:
    place = ".".join(str(part) for part in problem.get("loc", ())[1:])
    reason = str(problem.get("msg", "it does not fit")).rstrip(".")
    return f"The field {place!r} cannot be used: {reason}." if place else f"The request cannot be used: {reason}."
