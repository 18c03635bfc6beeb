"""Trials, from outside the owner."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import msgspec

from workbench.client.experiences import Experiences
from workbench.client.personalities import Personalities
from workbench.client.transport import Transport
from workbench.clock import new_id
from workbench.personalities.records import Personality
from workbench.shown import Records
from workbench.trials.records import (
    Assertion,
    Case,
    CaseSet,
    CaseTurn,
    Choice,
    Configuration,
    Outcome,
    Pair,
    Result,
    Stopping,
    Trial,
    TrialEstimate,
    TrialReport,
)

if TYPE_CHECKING:
    import polars as pl

_COLUMNS = ("name", "state", "asked", "planned", "outcome", "cost_usd", "created_at", "id")


class Trials:
    """Configurations tried on the same cases, by rules that are fixed before the first reply."""

    def __init__(self, transport: Transport, experiences: Experiences, personalities: Personalities) -> None:
        self._transport = transport
        self._experiences = experiences
        self._personalities = personalities

    def list(self, experience: str | None = None, *, limit: int = 50) -> Records[Trial]:
        """The latest trials, the last one first."""
        only = self._experiences.find(experience).id if experience else None
        found = self._transport.get("/trials", tuple[Trial, ...], {"experience": only, "limit": limit})
        return Records(found, "Trials", _COLUMNS)

    def sets(self) -> Records[CaseSet]:
        """The sets of cases that come with the Workbench."""
        found = self._transport.get("/trials/sets", tuple[CaseSet, ...])
        return Records(found, "Sets of cases", ("name", "title", "description"))

    def case(
        self, question: str, *assertions: Assertion, name: str = "", before: Sequence[CaseTurn] = (), rubric: str = ""
    ) -> Case:
        """A case of one's own: a question, what must hold of its reply, and what was said `before`."""
        line = " ".join(question.split())[:60]
        turns = (*before, CaseTurn(role="user", text=question))
        return Case(name=name or line, turns=turns, assertions=assertions, rubric=rubric)

    def cases_of(self, conversation_id: str) -> Records[Case]:
        """The questions of a conversation as cases, each after what was said before it."""
        found = self._transport.get("/trials/cases", tuple[Case, ...], {"conversation": conversation_id})
        return Records(found, "Cases", ("name", "turns"))

    def create(
        self,
        name: str,
        configurations: Sequence[Configuration],
        *,
        cases: Sequence[Case] = (),
        case_set: str | None = None,
        experience: str | None = None,
        repetitions: int = 1,
        outcome: Outcome = "passes",
        judge: str | None = None,
        rubric: str = "",
        smallest_effect: float = 0.75,
        stopping: Stopping = "fixed",
        looks: int = 1,
        seed: int = 0,
        id: str | None = None,
    ) -> Trial:
        """Plan a trial on these cases, or on those of a shipped set; nothing is asked before `run`.

        A configuration's personality and prompt are names or ids.
        Raises InvalidInputError, which names what is wrong, NotFoundError, ModelMissingError.
        """
        body = self._body(locals())
        return self._transport.post("/trials", Trial, body)

    def estimate(
        self,
        configurations: Sequence[Configuration],
        *,
        cases: Sequence[Case] = (),
        case_set: str | None = None,
        experience: str | None = None,
        repetitions: int = 1,
        outcome: Outcome = "passes",
        judge: str | None = None,
        rubric: str = "",
        smallest_effect: float = 0.75,
        stopping: Stopping = "fixed",
        looks: int = 1,
    ) -> TrialEstimate:
        """What such a trial would take and cost, run to its end; nothing is sent."""
        body = self._body({**locals(), "name": "Estimate", "seed": 0, "id": None})
        return self._transport.post("/trials/estimate", TrialEstimate, body)

    def run(self, trial_id: str) -> Trial:
        """Let a trial run, or go on: what has been answered is not asked again. `watch` follows it."""
        return self._transport.post(f"/trials/{trial_id}/run", Trial)

    def watch(self, trial_id: str) -> Iterator[Trial]:
        """A trial as it is now, and whenever that changes, while it runs."""
        for event in self._transport.events(f"/trials/{trial_id}/stream"):
            yield msgspec.json.decode(event.data, type=Trial)

    def finish(self, trial_id: str) -> TrialReport:
        """Run a trial, wait while it runs, and give what it shows."""
        self.run(trial_id)
        for _ in self.watch(trial_id):
            pass
        return self.report(trial_id)

    def pause(self, trial_id: str) -> Trial:
        """Let a trial rest; `run` goes on with it."""
        return self._transport.post(f"/trials/{trial_id}/pause", Trial)

    def stop(self, trial_id: str) -> Trial:
        """End a trial before its planned end; it says so from then on."""
        return self._transport.post(f"/trials/{trial_id}/stop", Trial)

    def get(self, trial_id: str) -> Trial:
        """One trial, as it is now. Raises NotFoundError."""
        return self._transport.get(f"/trials/{trial_id}", Trial)

    def remove(self, trial_id: str) -> None:
        """Take a trial away, with its replies and ratings."""
        self._transport.call("DELETE", f"/trials/{trial_id}", dict[str, str])

    # What it shows

    def report(self, trial_id: str) -> TrialReport:
        """What a trial shows by now."""
        return self._transport.get(f"/trials/{trial_id}/report", TrialReport)

    def accept(self, trial_id: str, number: int) -> Personality:
        """Change a personality as suggestion `number` of the report (from 1) says; it becomes its next version.

        Raises InvalidInputError for a configuration without a personality, ConflictError for one changed since.
        """
        return self._transport.post(f"/trials/{trial_id}/edits/{number}/accept", Personality)

    def results(self, trial_id: str) -> Records[Result]:
        """The replies of a trial. Raises ConflictError until they were rated blindly."""
        found = self._transport.get(f"/trials/{trial_id}/results", tuple[Result, ...])
        return Records(found, "Results", ("case", "configuration", "repetition", "passed", "score", "text"))

    def frame(self, trial_id: str) -> "pl.DataFrame":
        """The same as a DataFrame, a row for each reply, with its measures as columns."""
        from workbench.client import frames  # noqa: PLC0415  (the door to polars: loaded when a DataFrame is asked for)

        return frames.frame(self._transport.rows("GET", f"/trials/{trial_id}/rows"))

    def notebook(self, trial_id: str) -> dict[str, Any]:
        """A notebook that repeats the trial, in Jupyter or by papermill, as Jupyter writes it."""
        return self._transport.get(f"/trials/{trial_id}/notebook", dict[str, Any])

    # Rating

    def pair(self, trial_id: str) -> Pair:
        """The next pair to rate, without saying whose its replies are. Raises NotFoundError where none is left."""
        return self._transport.get(f"/trials/{trial_id}/pair", Pair)

    def rate(self, trial_id: str, number: int, choice: Choice) -> Trial:
        """Say which reply of pair `number` is better: `left`, `right`, or `tie`."""
        return self._transport.call("PUT", f"/trials/{trial_id}/ratings/{number}", Trial, body={"choice": choice})

    def undo(self, trial_id: str) -> Trial:
        """Take the last rating back."""
        return self._transport.call("DELETE", f"/trials/{trial_id}/ratings/last", Trial)

    def _body(self, given: dict[str, object]) -> dict[str, object]:
        """What was given, as the API takes it."""
        body = {name: value for name, value in given.items() if name not in {"self", "experience"}}
        experience = given["experience"]
        body["experience_id"] = self._experiences.find(str(experience)).id if experience else None
        body["configurations"] = [
            one if one.personality is None else replace(one, personality=self._personalities.find(one.personality).id)
            for one in cast("Sequence[Configuration]", given["configurations"])
        ]
        body["id"] = given["id"] or new_id()
        return body
