"""`/agents`: runs, schedules, and what the notebooks call."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse

from workbench.agents.records import Agent, Digest, Report, Run, Summary
from workbench.app import App
from workbench.jobs.records import Preview, Schedule
from workbench.server.answers import EVENTS, HEARTBEAT, event, record, stream
from workbench.server.opened import OpenApp, OpenServices
from workbench.server.schemas import Days, NewRun, NewSchedule, ScheduleChange, text_id
from workbench.server.scopes import within
from workbench.storage.caller import caller

QUIET_S = 15.0
Moment = Annotated[str | None, Query(max_length=100)]
"""A date, a time or how long ago (`7d`); without a zone, UTC is taken."""

router = APIRouter(prefix="/agents", tags=["agents"])


@router.get("", response_model=list[Agent])
def list_agents(open_: OpenServices) -> Response:
    """The agents there are."""
    return record(open_.agents.list())


@router.get("/runs", response_model=list[Run])
def list_runs(
    open_: OpenServices, experience: UUID | None = None, limit: Annotated[int, Query(ge=1, le=500)] = 50
) -> Response:
    """The latest runs, for one Experience or for all, the last one first."""
    return record(open_.agents.runs(text_id(experience), limit=limit))


@router.post("/runs", response_model=Run, status_code=201)
def run(open_: OpenServices, body: NewRun) -> Response:
    """Ask for a run; repeating it with the same id changes nothing."""
    asked = open_.agents.run(
        body.agent, str(body.experience_id), since=body.since, until=body.until, id=text_id(body.id)
    )
    return record(asked, status=201)


@router.get("/runs/{run_id}", response_model=Run)
def get(open_: OpenServices, run_id: str) -> Response:
    """One run, as it is now."""
    return record(open_.agents.get(run_id))


@router.get("/runs/{run_id}/stream", responses=EVENTS, response_class=StreamingResponse)
async def follow(app: OpenApp, open_: OpenServices, run_id: str) -> Response:
    """A run as it is, and whenever that changes: `run`, until it has ended."""
    await asyncio.to_thread(open_.agents.get, run_id)
    return stream(_changes(app, run_id))


@router.post("/runs/{run_id}/cancel", response_model=Run)
def cancel(open_: OpenServices, run_id: str) -> Response:
    """End a run that is under way or waits."""
    return record(open_.agents.cancel(run_id))


@router.get("/runs/{run_id}/report", response_model=Report)
def report(open_: OpenServices, run_id: str) -> Response:
    """The page that a run has left. It holds what a model wrote: show it in a sandboxed frame alone."""
    return record(open_.agents.report(run_id))


@router.get("/runs/{run_id}/notebook", response_model=dict[str, Any])
def notebook(open_: OpenServices, run_id: str) -> Response:
    """The executed notebook that a run has left."""
    return record(open_.agents.notebook(run_id))


@router.get("/schedules", response_model=list[Schedule])
def list_schedules(open_: OpenServices, experience: UUID | None = None) -> Response:
    """The schedules, for one Experience or for all, the one due first first."""
    return record(open_.schedules.list(text_id(experience)))


@router.post("/schedules", response_model=Schedule, status_code=201)
def schedule(open_: OpenServices, body: NewSchedule) -> Response:
    """Let an agent run by itself; repeating it with the same id changes nothing."""
    experience_id = open_.agents.usable(str(body.experience_id))
    name = open_.agents.check(body.agent).agent.name
    return record(open_.schedules.create(name, experience_id, body.cron, id=text_id(body.id)), status=201)


@router.get("/schedules/preview", response_model=Preview)
def preview(open_: OpenServices, cron: Annotated[str, Query(max_length=1000)]) -> Response:
    """When a schedule of this cron line would run first, if it were made now."""
    return record(open_.schedules.preview(cron))


@router.patch("/schedules/{schedule_id}", response_model=Schedule)
def reschedule(open_: OpenServices, schedule_id: str, body: ScheduleChange) -> Response:
    """Let a schedule run at other times, from now on."""
    return record(open_.schedules.reschedule(schedule_id, body.cron))


@router.post("/schedules/{schedule_id}/pause", response_model=Schedule)
def pause(open_: OpenServices, schedule_id: str) -> Response:
    """Let a schedule rest."""
    return record(open_.schedules.pause(schedule_id))


@router.post("/schedules/{schedule_id}/resume", response_model=Schedule)
def resume(open_: OpenServices, schedule_id: str) -> Response:
    """Let a schedule go on; what was due meanwhile is left out."""
    return record(open_.schedules.resume(schedule_id))


@router.delete("/schedules/{schedule_id}", response_model=Schedule)
def unschedule(open_: OpenServices, schedule_id: str) -> Response:
    """Take a schedule away; its reports stay."""
    return record(open_.schedules.remove(schedule_id))


@router.get("/digest", response_model=Digest)
def digest(open_: OpenServices, experience: UUID, since: Moment = None, until: Moment = None) -> Response:
    """What was said in an Experience from `since` (a week ago) to before `until` (now), by rules."""
    return record(open_.thinking.digest(within(str(experience)) or "", since=since, until=until))


@router.post("/summaries", response_model=Summary)
async def summarise(open_: OpenServices, body: Days) -> Response:
    """The same in a few sentences, by the Experience's model where one can be asked."""
    own = within(str(body.experience_id)) or ""
    found = await open_.thinking.summarise(own, since=body.since, until=body.until)
    if caller.get().experience_id is not None:
        open_.agents.charge(found)
    return record(found)


async def _changes(app: App, run_id: str) -> AsyncIterator[bytes]:
    agents = app.services().agents
    with app.changes.listen() as changing:
        said: Run | None = None
        while not app.leaving.is_set():
            now = await asyncio.to_thread(agents.get, run_id)
            if now != said:
                yield event("run", now)
                said = now
            if now.ended_at is not None:
                return
            try:
                async with asyncio.timeout(QUIET_S):
                    while (await changing.get()).id != run_id:
                        pass
            except TimeoutError:
                yield HEARTBEAT
