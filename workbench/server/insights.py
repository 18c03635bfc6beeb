"""`/history`, `/calls`, `/sql` and `/usage`: rows as Arrow streams."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from workbench.server import schemas
from workbench.server.answers import ROWS, Rows
from workbench.server.opened import OpenServices
from workbench.server.scopes import within

router = APIRouter(tags=["insights"])

Moment = Annotated[str | None, Query(max_length=100)]
"""A date, a time or how long ago (`7d`); without a zone, UTC is taken."""
Chosen = Annotated[list[UUID], Query(max_length=1000)]


@router.get("/history", response_class=Response, responses=ROWS)
def history(open_: OpenServices, experience: Chosen = [], since: Moment = None, until: Moment = None) -> Response:  # noqa: B006  (FastAPI copies it)
    """The messages of these Experiences (none: of all) from `since` to before `until`, as they lie: by their times."""
    chosen = [open_.experiences.get(within(str(id)) or "").id for id in experience]
    own = within(None)
    return Rows(lambda: open_.insights.history(chosen, since=since, until=until, experience_id=own))


@router.get("/calls", response_class=Response, responses=ROWS)
def calls(open_: OpenServices, experience: Chosen = [], since: Moment = None, until: Moment = None) -> Response:  # noqa: B006  (FastAPI copies it)
    """The requests sent to models from `since` to before `until`, as they lie: in the order of their ends."""
    chosen = [open_.experiences.get(within(str(id)) or "").id for id in experience]
    own = within(None)
    return Rows(lambda: open_.insights.calls(chosen, since=since, until=until, experience_id=own))


@router.post("/sql", response_class=Response, responses=ROWS)
def sql(open_: OpenServices, body: schemas.Query) -> Response:
    """What one SELECT over the views gives; it changes nothing."""
    own = within(None)
    return Rows(lambda: open_.insights.sql(body.query, seconds=body.timeout_s, experience_id=own))


@router.get("/usage", response_class=Response, responses=ROWS)
def usage(open_: OpenServices, experience: Chosen = [], since: Moment = None, until: Moment = None) -> Response:  # noqa: B006  (FastAPI copies it)
    """Messages, tokens, cost and response times for each day, Experience and model."""
    chosen = [open_.experiences.get(within(str(id)) or "").id for id in experience]
    own = within(None)
    return Rows(lambda: open_.insights.usage(chosen, since=since, until=until, experience_id=own))
