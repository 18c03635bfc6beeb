"""Agents, from outside the owner."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import msgspec

from workbench.agents.records import Agent, Digest, Report, Run, Summary
from workbench.client.experiences import Experiences
from workbench.client.insights import Moment, written
from workbench.client.transport import Transport
from workbench.clock import new_id
from workbench.jobs.records import Preview, Schedule
from workbench.shown import Records

DAILY = "0 8 * * *"
WEEKLY = "0 8 * * 1"
"""Mondays at eight."""
ENDED = frozenset({"succeeded", "failed", "cancelled", "interrupted"})


class Agents:
    """A home's agents: notebooks that run by themselves, each for one Experience at a time."""

    def __init__(self, transport: Transport, experiences: Experiences) -> None:
        self._transport = transport
        self._experiences = experiences

    def list(self) -> Records[Agent]:
        """The agents there are."""
        found = self._transport.get("/agents", tuple[Agent, ...])
        return Records(found, "Agents", ("name", "title", "description"))

    # Runs

    def run(self, agent: str, experience: str, *, since: Moment | None = None, until: Moment | None = None) -> Run:
        """Ask for a run for an Experience (its name or id), over the last seven days if nothing else is said.

        It runs in the owner, whatever becomes of this process; `watch` follows it.
        """
        body = {
            "id": new_id(),
            "agent": agent,
            "experience_id": self._experiences.find(experience).id,
            "since": written(since),
            "until": written(until),
        }
        return self._transport.post("/agents/runs", Run, body)

    def runs(self, experience: str | None = None, *, limit: int = 50) -> Records[Run]:
        """The latest runs, the last one first."""
        only = self._experiences.find(experience).id if experience else None
        found = self._transport.get("/agents/runs", tuple[Run, ...], {"experience": only, "limit": limit})
        return Records(found, "Runs", ("agent", "state", "since", "until", "line", "created_at", "id"))

    def get(self, run_id: str) -> Run:
        """One run, as it is now. Raises NotFoundError."""
        return self._transport.get(f"/agents/runs/{run_id}", Run)

    def watch(self, run_id: str) -> Iterator[Run]:
        """A run as it is now, and whenever that changes, until it has ended."""
        for event in self._transport.events(f"/agents/runs/{run_id}/stream"):
            yield msgspec.json.decode(event.data, type=Run)

    def cancel(self, run_id: str) -> Run:
        """End a run that is under way or waits; what it has found so far is not kept."""
        return self._transport.post(f"/agents/runs/{run_id}/cancel", Run)

    def report(self, run_id: str) -> Report:
        """The page that a run has left. Raises NotFoundError."""
        return self._transport.get(f"/agents/runs/{run_id}/report", Report)

    def notebook(self, run_id: str) -> dict[str, Any]:
        """The executed notebook that a run has left, as Jupyter writes it. Raises NotFoundError."""
        return self._transport.get(f"/agents/runs/{run_id}/notebook", dict[str, Any])

    # Schedules

    def schedule(self, agent: str, experience: str, cron: str) -> Schedule:
        """Let an agent run by itself: `cron` is DAILY, WEEKLY, or a line of five fields, in this machine's time zone.

        Raises InvalidInputError, which names the field that is wrong.
        """
        experience_id = self._experiences.find(experience).id
        body = {"id": new_id(), "agent": agent, "experience_id": experience_id, "cron": cron}
        return self._transport.post("/agents/schedules", Schedule, body)

    def preview(self, cron: str) -> Preview:
        """When such a schedule would run first, if it were made now. Raises InvalidInputError."""
        return self._transport.get("/agents/schedules/preview", Preview, {"cron": cron})

    def reschedule(self, schedule_id: str, cron: str) -> Schedule:
        """Let a schedule run at other times, from now on. Raises NotFoundError, InvalidInputError."""
        return self._transport.call("PATCH", f"/agents/schedules/{schedule_id}", Schedule, body={"cron": cron})

    def schedules(self, experience: str | None = None) -> Records[Schedule]:
        """The schedules, the one due first first."""
        only = self._experiences.find(experience).id if experience else None
        found = self._transport.get("/agents/schedules", tuple[Schedule, ...], {"experience": only})
        return Records(found, "Schedules", ("agent", "cron", "time_zone", "state", "due_at", "id"))

    def pause(self, schedule_id: str) -> Schedule:
        """Let a schedule rest."""
        return self._transport.post(f"/agents/schedules/{schedule_id}/pause", Schedule)

    def resume(self, schedule_id: str) -> Schedule:
        """Let a schedule go on; what was due meanwhile is left out."""
        return self._transport.post(f"/agents/schedules/{schedule_id}/resume", Schedule)

    def unschedule(self, schedule_id: str) -> Schedule:
        """Take a schedule away; its reports stay."""
        return self._transport.call("DELETE", f"/agents/schedules/{schedule_id}", Schedule)

    # What notebooks call

    def digest(self, experience: str, *, since: Moment | None = None, until: Moment | None = None) -> Digest:
        """What was said in an Experience from `since` (a week ago) to before `until` (now), by rules."""
        found = self._transport.get("/agents/digest", Digest, self._days("experience", experience, since, until))
        return dataclasses.replace(
            found,
            discussed=Records(found.discussed, f"Conversations {found.remark}".strip(), _DISCUSSED),
            passages=Records(found.passages, "Key passages", ("text", "author", "title", "at")),
            open_questions=Records(found.open_questions, "Open questions", ("text", "reason", "title", "at")),
            expenses=Records(found.expenses, "Costs", _EXPENSES),
        )

    def summarise(self, experience: str, *, since: Moment | None = None, until: Moment | None = None) -> Summary:
        """The same in a few sentences by the Experience's model; by rules, where no model can be asked."""
        return self._transport.post("/agents/summaries", Summary, self._days("experience_id", experience, since, until))

    def _days(self, name: str, experience: str, since: Moment | None, until: Moment | None) -> dict[str, str | None]:
        return {name: self._experiences.find(experience).id, "since": written(since), "until": written(until)}


_DISCUSSED = ("title", "questions", "replies", "words", "last_at", "key_sentences")
_EXPENSES = ("day", "model", "replies", "input_tokens", "output_tokens", "cost_usd", "of_unknown_cost")
