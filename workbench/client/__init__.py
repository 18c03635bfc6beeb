"""What everyone outside the owner imports: one resource per slice over the HTTP API.

It needs the standard library and msgspec, nothing heavier.
"""

import functools
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from workbench.client import agent_door, notebook
from workbench.client.agents import Agents
from workbench.client.alerts import Alerts
from workbench.client.branches import Branches
from workbench.client.budgets import Budgets
from workbench.client.comparison import Comparison
from workbench.client.conversations import Conversations
from workbench.client.experiences import Experiences
from workbench.client.insights import Insights, Moment
from workbench.client.models import Models
from workbench.client.opened import OpenExperience
from workbench.client.personalities import Personalities
from workbench.client.prompts import Prompts
from workbench.client.providers import Providers
from workbench.client.reply import Reply
from workbench.client.rules import Rules
from workbench.client.transport import Transport
from workbench.client.trials import Trials
from workbench.config import home_folder
from workbench.errors import NotFoundError
from workbench.insights.records import BudgetState
from workbench.status import Status

if TYPE_CHECKING:
    import polars as pl

__all__ = ["BudgetState", "Comparison", "OpenExperience", "Reply", "Workbench", "connect", "here", "shared"]


class Workbench:
    """One person's Workbench. Safe to use from any thread."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.experiences = Experiences(transport, self)
        self.conversations = Conversations(transport)
        self.branches = Branches(transport)
        self.personalities = Personalities(transport, self.experiences)
        self.models = Models(transport)
        self.providers = Providers(transport)
        self.prompts = Prompts(transport, self.experiences)
        self.agents = Agents(transport, self.experiences)
        self.alerts = Alerts(transport)
        self.budgets = Budgets(transport, self.experiences)
        self.rules = Rules(transport, self.experiences)
        self.trials = Trials(transport, self.experiences, self.personalities)
        self._insights = Insights(transport, self.experiences)
        self.asked_in: dict[str, str] = {}
        """For each Experience's id the conversation in which its questions go on."""

    def history(
        self, experience: str | None = None, *, since: Moment | None = None, until: Moment | None = None
    ) -> "pl.DataFrame":
        """Every message from `since` to before `until`, of one Experience (its name or id) or of all, in order.

        Dates and times without a zone are taken to be in UTC. docs/guides/history.md says what the columns are.
        """
        return self._insights.history(experience, since=since, until=until)

    def calls(
        self, experience: str | None = None, *, since: Moment | None = None, until: Moment | None = None
    ) -> "pl.DataFrame":
        """Every request sent to a model from `since` to before `until`, for one Experience or for all, in order.

        Those that failed are among them, and those that gave no reply: a model that was tried, an agent's summary.
        """
        return self._insights.calls(experience, since=since, until=until)

    def sql(self, query: str, *, timeout_s: float | None = None) -> "pl.DataFrame":
        """What one SELECT over `messages`, `calls`, `conversations`, `experiences` and others gives.

        docs/guides/history.md says what they hold. Raises QueryRefusedError, QueryFailedError, QueryTooLargeError.
        """
        return self._insights.sql(query, timeout_s=timeout_s)

    def usage(
        self, since: Moment | None = None, until: Moment | None = None, experiences: Sequence[str] = ()
    ) -> "pl.DataFrame":
        """Messages, tokens, cost and response times: a row for each day (in UTC), Experience and model."""
        return self._insights.usage(since, until, experiences)

    @property
    def transport(self) -> Transport:
        """The way to the owner, for doors that pass on what others ask."""
        return self._transport

    def status(self) -> Status:
        """How the owner is: version, keys, rows, models, memory."""
        return self._transport.get("/status", Status)

    def unlock(self, passphrase: str | None = None) -> Status:
        """Open a locked store. Raises WrongPassphraseError, KeyringUnavailableError."""
        return self._transport.post("/unlock", Status, {"passphrase": passphrase})

    def set_passphrase(self, passphrase: str) -> Status:
        """Protect the store with a passphrase from the next start on, or with another one. Rewrites no data."""
        return self._transport.call("PUT", "/passphrase", Status, body={"passphrase": passphrase})

    def remove_passphrase(self) -> Status:
        """Keep the master key in the system's keyring again, or in a file where there is none."""
        return self._transport.call("DELETE", "/passphrase", Status)

    def stop(self) -> None:
        """End the owner. Running replies keep what they have; the next client starts it again."""
        self._transport.post("/stop", dict[str, str], {"when_idle": False})

    def close(self) -> None:
        """Let go of this thread's connection."""
        self._transport.close()

    def __enter__(self) -> "Workbench":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def connect(home: Path | str | None = None, *, start: bool = True, door: str = "python") -> Workbench:
    """The Workbench of a home folder: `home`, else `WORKBENCH_HOME`, else the platform's folder for a user's data.

    Its owner is started on first use where none runs, unless `start` is false: then OwnerUnreachableError is raised.
    Inside an agent's notebook it is what the agent may use, whichever home is named.
    """
    return Workbench(Transport(home_folder(home), start=start, door=door, only=agent_door.owner()))


def here() -> OpenExperience:
    """The Experience of the notebook that this is called in.

    Raises InvalidInputError outside of a notebook of Jupyter's, or in one that belongs to no Experience, and
    NotFoundError where the notebook has been moved since its kernel started, or comes from another home.
    """
    id_ = notebook.experience_id()
    bench = shared()
    try:
        return OpenExperience(bench.experiences.get(id_), bench)
    except NotFoundError as error:
        raise notebook.unknown(id_) from error


def shared() -> Workbench:
    """The connection of `here` and of the magics, so that the questions of cells go on in one conversation."""
    return _shared(home_folder(None))


@functools.cache
def _shared(home: Path) -> Workbench:
    return connect(home)
