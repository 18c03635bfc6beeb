"""The owner's HTTP API, version 1."""

from collections.abc import Callable

from fastapi import APIRouter, Depends, FastAPI

from workbench import __version__
from workbench.app import App
from workbench.clock import utc_now
from workbench.server import (
    agents,
    alerts,
    budgets,
    conversations,
    experiences,
    insights,
    models,
    owner,
    personalities,
    previews,
    prompts,
    providers,
    rules,
    scopes,
    trials,
)
from workbench.server.answers import add_error_answers

PREFIX = "/api/v1"
SLICES: tuple[APIRouter, ...] = (
    owner.router,
    experiences.router,
    conversations.router,
    prompts.router,
    models.router,
    providers.router,
    insights.router,
    agents.router,
    alerts.router,
    budgets.router,
    personalities.router,
    previews.router,
    trials.router,
    rules.router,
)


def create_api(app: App, *, address: str, end: Callable[[], None]) -> FastAPI:
    """The routes over an app. `address` is where it listens; `end` ends the process in an orderly way."""
    api = describe()
    api.state.app = app
    api.state.address = address
    api.state.end = end
    api.state.started_at = utc_now()
    return api


def describe() -> FastAPI:
    """The routes alone: enough for the OpenAPI description, which docs/reference/openapi.json is written from."""
    api = FastAPI(
        title="Workbench",
        version=__version__,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    api.state.prefix = PREFIX
    for router in SLICES:
        api.include_router(router, prefix=PREFIX, dependencies=[Depends(scopes.check)])
    add_error_answers(api)
    return api
