"""What an agent's narrow token opens: these routes, and of each only what belongs to the one Experience.

Whatever is not named here is closed to agents. Where a route names its Experience in its path, or through a
conversation or a message there, this compares; a route that is told of it in another way (query, body) asks `within`.
"""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from fastapi import Request

from workbench.app import App, Services
from workbench.errors import AccessError
from workbench.storage.caller import caller

OPEN_TO_AGENTS = frozenset(
    {
        "GET /experiences",
        "GET /experiences/{experience_id}",
        "GET /conversations",
        "POST /conversations",
        "GET /conversations/{conversation_id}",
        "POST /conversations/{conversation_id}/messages",
        "POST /conversations/{conversation_id}/estimate",
        "POST /experiences/{experience_id}/estimate",
        "GET /messages/{message_id}",
        "GET /messages/{message_id}/attachments/{number}",
        "GET /messages/{message_id}/stream",
        "POST /messages/{message_id}/stop",
        "GET /agents/digest",
        "POST /agents/summaries",
        "GET /history",
        "GET /calls",
        "GET /usage",
        "POST /sql",
    }
)


async def check(request: Request) -> None:
    """Raises AccessError where a narrow token does not open what is asked for. Every route depends on it."""
    if caller.get().experience_id is None:
        return
    path = request.scope["route"].path.removeprefix(request.app.state.prefix)
    if f"{request.method} {path}" not in OPEN_TO_AGENTS:
        raise AccessError(
            "An agent may not do this.", remedy="Do it outside of the agent's notebook, or change what it asks."
        )
    app: App = request.app.state.app
    named = await asyncio.to_thread(_experience, app.services(), request.path_params)
    within(named)


def within(experience_id: str | None) -> str | None:
    """The Experience that is asked for (None: all); with a narrow token its own one, also where none is named.

    Raises AccessError if it is another one than the token opens.
    """
    own = caller.get().experience_id
    if own is None or experience_id == own:
        return experience_id
    if experience_id is None:
        return own
    raise AccessError(
        "This agent may use one Experience only, and this belongs to another.",
        remedy="Run the agent for that Experience.",
    )


def as_person(over_budget: bool) -> bool:  # noqa: FBT001  (what is asked is the subject)
    """Whether budgets may be gone over, as is asked. Raises AccessError for an agent."""
    if over_budget and caller.get().experience_id is not None:
        raise AccessError("An agent may not go over a budget.", remedy="Raise the budget: `workbench budgets set`.")
    return over_budget


def as_asked(allow_rules: Sequence[UUID]) -> tuple[str, ...]:
    """The ids of rules that ask a person, and were answered with yes. Raises AccessError for an agent."""
    if allow_rules and caller.get().experience_id is not None:
        raise AccessError("A rule asks a person, and an agent is none.", remedy="Change the rule: `workbench rules`.")
    return tuple(map(str, allow_rules))


def _experience(services: Services, named: dict[str, str]) -> str | None:
    """The Experience that a path names; None where it names none. Raises NotFoundError."""
    if "experience_id" in named:
        return named["experience_id"]
    if "conversation_id" in named:
        return services.conversations.get(named["conversation_id"]).experience_id
    if "message_id" in named:
        return services.conversations.message(named["message_id"]).experience_id
    return None
