"""`/trials`: configurations tried on the same cases."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse

from workbench.app import App
from workbench.clock import new_id, utc_now
from workbench.personalities.records import Personality
from workbench.server.answers import EVENTS, HEARTBEAT, ROWS, Rows, event, record, stream
from workbench.server.opened import OpenApp, OpenServices
from workbench.server.schemas import NewChoice, NewTrial, text_id
from workbench.trials import sets
from workbench.trials.records import Case, CaseSet, Pair, Result, Trial, TrialEstimate, TrialReport

QUIET_S = 15.0

router = APIRouter(prefix="/trials", tags=["trials"])


@router.get("", response_model=list[Trial])
def list_trials(
    open_: OpenServices, experience: UUID | None = None, limit: Annotated[int, Query(ge=1, le=500)] = 50
) -> Response:
    """The latest trials, of one Experience or of all, the last one first."""
    return record(open_.trials.list(text_id(experience), limit=limit))


@router.post("", response_model=Trial, status_code=201)
def create(open_: OpenServices, body: NewTrial) -> Response:
    """Plan a trial; nothing is asked before it is run. Repeating it with the same id changes nothing."""
    return record(open_.trials.create(_trial(body)), status=201)


@router.post("/estimate", response_model=TrialEstimate)
def estimate(open_: OpenServices, body: NewTrial) -> Response:
    """What such a trial would take and cost; nothing is sent, and nothing is kept."""
    return record(open_.trials.estimate(_trial(body)))


@router.get("/sets", response_model=list[CaseSet])
def list_sets(open_: OpenServices) -> Response:
    """The sets of cases that come with the Workbench."""
    return record(open_.trials.sets())


@router.get("/cases", response_model=list[Case])
def cases(open_: OpenServices, conversation: UUID) -> Response:
    """The questions of a conversation as cases, each after what was said before it."""
    return record(open_.trials.cases_of(str(conversation)))


@router.get("/{trial_id}", response_model=Trial)
def get(open_: OpenServices, trial_id: str) -> Response:
    """One trial, as it is now."""
    return record(open_.trials.get(trial_id))


@router.delete("/{trial_id}", response_model=dict[str, str])
def remove(open_: OpenServices, trial_id: str) -> Response:
    """Take a trial away, with its replies and ratings."""
    open_.trials.remove(trial_id)
    return record({"id": trial_id})


@router.post("/{trial_id}/run", response_model=Trial)
async def run(open_: OpenServices, trial_id: str) -> Response:
    """Let a trial run, or go on: what has been answered is not asked again."""
    return record(await open_.trials.run(trial_id))


@router.post("/{trial_id}/pause", response_model=Trial)
async def pause(open_: OpenServices, trial_id: str) -> Response:
    """Let a trial rest."""
    return record(await open_.trials.pause(trial_id))


@router.post("/{trial_id}/stop", response_model=Trial)
async def stop(open_: OpenServices, trial_id: str) -> Response:
    """End a trial before its planned end; it says so from then on."""
    return record(await open_.trials.stop(trial_id))


@router.get("/{trial_id}/stream", responses=EVENTS, response_class=StreamingResponse)
async def follow(app: OpenApp, open_: OpenServices, trial_id: str) -> Response:
    """A trial as it is, and whenever that changes: `trial`, while it runs."""
    await asyncio.to_thread(open_.trials.get, trial_id)
    return stream(_changes(app, trial_id))


@router.get("/{trial_id}/report", response_model=TrialReport)
def report(open_: OpenServices, trial_id: str) -> Response:
    """What a trial shows by now."""
    return record(open_.trials.report(trial_id))


@router.post("/{trial_id}/edits/{number}/accept", response_model=Personality)
def accept(open_: OpenServices, trial_id: str, number: int) -> Response:
    """Change a personality as a suggestion of the report (from 1) says."""
    return record(open_.trials.accept(trial_id, number))


@router.get("/{trial_id}/results", response_model=list[Result])
def results(open_: OpenServices, trial_id: str) -> Response:
    """The replies of a trial; none until they were rated blindly, where that decides."""
    return record(open_.trials.results(trial_id))


@router.get("/{trial_id}/rows", response_class=Response, responses=ROWS)
def rows(open_: OpenServices, trial_id: str) -> Response:
    """The same as rows."""
    return Rows(lambda: open_.trials.rows(trial_id))


@router.get("/{trial_id}/notebook", response_model=dict[str, Any])
def notebook(open_: OpenServices, trial_id: str) -> Response:
    """A notebook that repeats the trial, as Jupyter writes it."""
    return record(open_.trials.notebook(trial_id))


@router.get("/{trial_id}/pair", response_model=Pair)
def pair(open_: OpenServices, trial_id: str) -> Response:
    """The next pair to rate, without saying whose its replies are."""
    return record(open_.trials.pair(trial_id))


@router.put("/{trial_id}/ratings/{number}", response_model=Trial)
def rate(open_: OpenServices, trial_id: str, number: int, body: NewChoice) -> Response:
    """Say which reply of the next pair is better."""
    return record(open_.trials.rate(trial_id, number, body.choice))


@router.delete("/{trial_id}/ratings/last", response_model=Trial)
def undo(open_: OpenServices, trial_id: str) -> Response:
    """Take the last rating back."""
    return record(open_.trials.undo(trial_id))


def _trial(body: NewTrial) -> Trial:
    """The trial that is asked for. Raises NotFoundError for a set that is not there."""
    chosen = sets.find(body.case_set) if body.case_set else None
    return Trial(
        id=text_id(body.id) or new_id(),
        name=body.name,
        experience_id=text_id(body.experience_id),
        cases=(*(chosen.cases if chosen else ()), *body.cases),
        configurations=body.configurations,
        repetitions=body.repetitions,
        outcome=body.outcome,
        judge=body.judge,
        rubric=body.rubric or (chosen.rubric if chosen else ""),
        smallest_effect=body.smallest_effect,
        stopping=body.stopping,
        looks=body.looks,
        seed=body.seed,
        created_at=utc_now(),
    )


async def _changes(app: App, trial_id: str) -> AsyncIterator[bytes]:
    trials = app.services().trials
    with app.changes.listen() as changing:
        said: Trial | None = None
        while not app.leaving.is_set():
            now = await asyncio.to_thread(trials.get, trial_id)
            if now != said:
                yield event("trial", now)
                said = now
            if now.state != "running":
                return
            try:
                async with asyncio.timeout(QUIET_S):
                    while (await changing.get()).id != trial_id:
                        pass
            except TimeoutError:
                yield HEARTBEAT
