"""`/status`, `/unlock`, `/passphrase`, `/stop` and `/events`: the owner itself."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from workbench import __version__
from workbench.app import App
from workbench.chat.replies import QUIET_S
from workbench.errors import ModelMissingError, ReplyRunningError
from workbench.resident import resident_mb
from workbench.security.vault import EXPLANATIONS
from workbench.server.answers import EVENTS, HEARTBEAT, event, record, stream
from workbench.server.opened import OpenApp
from workbench.server.schemas import NewPassphrase, Stop, Unlock
from workbench.status import KeyProtection, Problem, Status

router = APIRouter(tags=["owner"])


@router.get("/status", response_model=Status)
def status(app: OpenApp, request: Request) -> Response:
    """How the owner is; this answers also while the store is locked."""
    app.open()
    return record(_status(app, request))


@router.post("/unlock", response_model=Status)
def unlock(app: OpenApp, request: Request, body: Unlock) -> Response:
    """Open a locked store."""
    app.unlock(body.passphrase)
    return record(_status(app, request))


@router.put("/passphrase", response_model=Status)
def set_passphrase(app: OpenApp, request: Request, body: NewPassphrase) -> Response:
    """Protect the store with a passphrase, or with another one."""
    app.set_passphrase(body.passphrase)
    return record(_status(app, request))


@router.delete("/passphrase", response_model=Status)
def remove_passphrase(app: OpenApp, request: Request) -> Response:
    """Keep the master key in the keyring again, or in a file where there is none."""
    app.remove_passphrase()
    return record(_status(app, request))


@router.post("/stop")
async def stop(app: OpenApp, request: Request, body: Stop | None = None) -> Response:
    """End the owner; with `when_idle`, only if no reply is running and no agent."""
    if body is not None and body.when_idle and app.is_open:
        services = app.services()
        if len(services.replies):
            raise ReplyRunningError("A reply is running.", remedy="Wait for it, or stop it first.")
        if await asyncio.to_thread(services.agents.is_busy):
            raise ReplyRunningError("An agent is running.", remedy="Wait for it, or cancel it first.")
    end: Callable[[], None] = request.app.state.end
    asyncio.get_running_loop().call_soon(end)
    return record({})


@router.get("/events", responses=EVENTS, response_class=StreamingResponse)
async def follow(app: OpenApp) -> Response:
    """What changes from now on: `change` with noun, id, action."""
    return stream(_changes(app))


async def _changes(app: App) -> AsyncIterator[bytes]:
    with app.changes.listen() as waiting:
        yield HEARTBEAT
        leaving = asyncio.ensure_future(app.leaving.wait())
        upcoming = asyncio.ensure_future(waiting.get())
        try:
            while not leaving.done():
                await asyncio.wait((upcoming, leaving), timeout=QUIET_S, return_when=asyncio.FIRST_COMPLETED)
                if upcoming.done():
                    yield event("change", upcoming.result())
                    upcoming = asyncio.ensure_future(waiting.get())
                elif not leaving.done():
                    yield HEARTBEAT
        finally:
            leaving.cancel()
            upcoming.cancel()


def _status(app: App, request: Request) -> Status:
    protection = app.protection()
    problem = app.problem
    known = Status(
        version=__version__,
        pid=os.getpid(),
        home=str(app.settings.home),
        socket=request.app.state.address,
        started_at=_started(request),
        locked=not app.is_open,
        problem=Problem(code=problem.code, message=problem.message, remedy=problem.remedy) if problem else None,
        key_protection=KeyProtection(kind=protection, explanation=EXPLANATIONS[protection]) if protection else None,
        memory_mb=resident_mb(),
    )
    return _with_contents(known, app) if app.is_open else known


def _with_contents(known: Status, app: App) -> Status:
    services = app.services()
    try:
        default = services.models.resolve(None).id
    except ModelMissingError:
        default = None
    return replace(
        known,
        rows=services.database.tables(),
        models=len(services.models.list()),
        default_model=default,
        running_replies=len(services.replies),
        agent_runs=services.agents.pending(),
        next_due_at=services.schedules.next_due(),
    )


def _started(request: Request) -> datetime:
    started: datetime = request.app.state.started_at
    return started
