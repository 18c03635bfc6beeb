"""Agents: asking for runs, running them one after another, and what they leave."""

import base64
import json
import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec

from workbench.agents import child, report, store
from workbench.agents.child import Limits, Order, Outcome, Progress
from workbench.agents.notebooks import Notebook, find, shipped_agents
from workbench.agents.processes import Families
from workbench.agents.records import Agent, Report, Run, RunState, Summary
from workbench.clock import new_id, utc_now
from workbench.config import Settings, own_scratch_folder, private_folder, scratch_folder
from workbench.conversations.records import Fault
from workbench.errors import (
    InvalidInputError,
    KeyringUnavailableError,
    NotFoundError,
    WorkbenchError,
)
from workbench.events import Changes
from workbench.experiences.service import Experiences
from workbench.insights.periods import period
from workbench.jobs.records import Schedule
from workbench.providers.servers import Providers
from workbench.security import audit
from workbench.security.access import Grants
from workbench.security.secrets import Secrets
from workbench.security.vault import Keys
from workbench.storage.blobs import Blobs
from workbench.storage.database import Database, Transaction

USUAL_PERIOD = timedelta(days=7)
LARGEST_PAGE = 500
LONGEST_LINE = 120
LONGEST_FAULT = 500
KEEP_TRYING_S = 5.0
"""How long to wait between two attempts to save what could not be saved."""
INTERRUPTED = Fault(
    code="interrupted", message="The Workbench was stopped while this ran.", remedy="Run the agent again."
)
_ENDED: tuple[RunState, ...] = ("succeeded", "failed", "cancelled", "interrupted")

log = logging.getLogger(__name__)


@dataclass(eq=False)
class _Running:
    """The run that is under way."""

    run: Run
    """As it is now; the store learns of its progress at its end."""
    token: str
    hidden: frozenset[str]
    """What nothing that is kept of it may hold."""
    stopped: threading.Event = field(default_factory=threading.Event)
    stopped_as: RunState = "cancelled"
    costs: list[Decimal | None] = field(default_factory=list)
    """Of each summary that a model has written for it."""

    def shown(self, text: str, longest: int) -> str:
        """What may be shown of a text of the notebook's."""
        return report.said_shortly(text, self.hidden, longest)


class Agents:
    """All agents' runs of a home. One runs at a time."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        *,
        keys: Keys,
        secrets: Secrets,
        providers: Providers,
        blobs: Blobs,
        experiences: Experiences,
        grants: Grants,
        families: Families,
        changes: Changes,
        limits: Limits | None = None,
        folder: Path | None = None,
    ) -> None:
        """`folder`: where the notebooks lie, if not where those that are shipped do."""
        self._settings = settings
        self._database = database
        self._keys = keys
        self._secrets = secrets
        self._providers = providers
        self._blobs = blobs
        self._experiences = experiences
        self._grants = grants
        self._families = families
        self._changes = changes
        self._limits = limits or Limits()
        self._folder = folder
        self._scratch = scratch_folder(settings.home)
        self._lock = threading.Lock()
        self._running: _Running | None = None
        self._leaving = threading.Event()

    # Looking

    def list(self) -> tuple[Agent, ...]:
        """The agents there are."""
        return tuple(notebook.agent for notebook in shipped_agents(self._folder))

    def runs(self, experience_id: str | None = None, *, limit: int = 50) -> tuple[Run, ...]:
        """The latest runs, the last one first."""
        found = store.latest(self._database.read, experience_id, max(1, min(limit, LARGEST_PAGE)))
        return tuple(self._as_it_is(run) for run in found)

    def get(self, id: str) -> Run:
        """One run, as it is now. Raises NotFoundError."""
        return self._as_it_is(store.get(self._database.read, id))

    def report(self, id: str) -> Report:
        """The page that a run has left. Raises NotFoundError."""
        run = self.get(id)
        html = self._file(run, store.files(self._database.read, id)[0])
        return Report(run=run, html=html.decode())

    def notebook(self, id: str) -> dict[str, object]:
        """The executed notebook that a run has left. Raises NotFoundError."""
        found: dict[str, object] = json.loads(self._file(self.get(id), store.files(self._database.read, id)[1]))
        return found

    def is_busy(self) -> bool:
        """Whether a run is under way, or waits."""
        return self._running is not None or self.pending() > 0

    def pending(self) -> int:
        """How many runs are under way or wait."""
        return len(store.in_state(self._database.read, "running", "queued"))

    # Asking

    def check(self, agent: str) -> Notebook:
        """The notebook of an agent. Raises NotFoundError."""
        return find(agent, self._folder)

    def run(
        self,
        agent: str,
        experience_id: str,
        *,
        since: str | None = None,
        until: str | None = None,
        id: str | None = None,
    ) -> Run:
        """Ask for a run; one already asked for under the same `id` is given back as it is.

        `since` and `until` are dates, times, or how long ago (`7d`); by default it is the last seven days. Raises
        NotFoundError, InvalidInputError.
        """
        self.check(agent)
        now = utc_now()
        begin, end = period(since, until, now)
        end = end or now
        run = Run(
            id=id or new_id(),
            agent=agent,
            experience_id=self.usable(experience_id),
            since=begin or end - USUAL_PERIOD,
            until=end,
            created_at=now,
        )

        def insert(tx: Transaction) -> Run:
            return store.find(tx.execute, run.id) or _begin(tx, run)

        asked = self._database.write(insert, returns=Run)
        self._publish(asked, "queue")
        return asked

    def begin_due(self, tx: Transaction, schedule: Schedule, due: datetime) -> None:
        """Ask for the run of a schedule for a time, unless there is one already.

        It reports on what the last one has not, and on the usual days at least.
        """
        before = store.of_schedule(tx.execute, schedule.id)
        if any(when == due for when, _, _ in before):
            return
        ends = [until for _, until, state in before if state == "succeeded" and until < due]
        run = Run(
            id=new_id(),
            agent=schedule.agent,
            experience_id=schedule.experience_id,
            schedule_id=schedule.id,
            due_at=due,
            since=min([due - USUAL_PERIOD, *ends[-1:]]),
            until=due,
            created_at=utc_now(),
        )
        _begin(tx, run)

    def cancel(self, id: str) -> Run:
        """End a run; one that has ended is given back as it is. Raises NotFoundError."""

        def end(tx: Transaction) -> Run:
            before = store.get(tx.execute, id)
            if before.state != "queued":
                return before
            after = replace(before, state="cancelled", ended_at=utc_now())
            store.replace(tx, after)
            audit.record(tx, "agents.cancel", id)
            return after

        running = self._running
        if running is not None and running.run.id == id:
            self._database.write(lambda tx: audit.record(tx, "agents.cancel", id))
            running.stopped.set()
            return running.run
        ended = self._database.write(end, returns=Run)
        self._publish(ended, "cancel")
        return ended

    # Running

    def recover(self) -> int:
        """Mark what the last owner left running as interrupted, and remove what it left in the clear; how many."""

        def mark(tx: Transaction) -> int:
            left = store.in_state(tx.execute, "running")
            for run in left:
                store.replace(tx, replace(run, state="interrupted", fault=INTERRUPTED, ended_at=utc_now()))
                audit.record(tx, "agents.finish", run.id, {"state": "interrupted"})
            return len(left)

        self.clear()
        return self._database.write(mark)

    def clear(self) -> None:
        """Remove everything that lies in the clear."""
        child.remove(self._scratch)

    def work(self) -> bool:
        """Run the next run that waits, to its end; False if none does."""
        waiting = store.in_state(self._database.read, "queued")
        if not waiting or self._leaving.is_set():
            return False
        run = replace(waiting[0], state="running", started_at=utc_now())
        limit_s = self._limits.seconds + 60
        token = self._grants.issue(f"agent:{run.agent}", experience_id=run.experience_id, limit_s=limit_s)
        running = _Running(run=run, token=token, hidden=self._hidden(token))
        self._running = running
        try:
            self._execute(running)
        finally:
            self._grants.end(token)
            self._running = None
        return True

    def charge(self, summary: Summary) -> None:
        """Count what a summary cost with the run that asked for it. One runs at a time, so it is known which."""
        running = self._running
        if running is not None and summary.source == "model":
            running.costs.append(summary.cost_usd)

    def leave(self) -> None:
        """Interrupt what runs: the owner is about to end."""
        self._leaving.set()
        running = self._running
        if running is not None and not running.stopped.is_set():
            running.stopped_as = "interrupted"
            running.stopped.set()

    def _execute(self, running: _Running) -> None:
        def start(tx: Transaction) -> bool:
            if store.get(tx.execute, running.run.id).state != "queued":
                return False
            store.replace(tx, running.run)
            audit.record(tx, "agents.start", running.run.id)
            return True

        if not self._keep_trying(running, lambda: self._database.write(start)):
            return
        self._publish(running.run, "start")
        folder = self._scratch / running.run.id
        try:
            outcome = self._outcome(running, folder)
        finally:
            child.remove(folder)
        if running.stopped.is_set() and outcome.fault is None:
            outcome = replace(outcome, notebook=None)
        self._finish(running, outcome)

    def _outcome(self, running: _Running, folder: Path) -> Outcome:
        started: list[int] = []

        def on_started(pid: int) -> None:
            started.append(pid)
            self._families.add(pid)

        def on_progress(progress: Progress) -> None:
            line = running.shown(progress.line, LONGEST_LINE)
            running.run = replace(running.run, cell=progress.cell, cells=progress.cells, line=line)
            self._publish(running.run, "progress")

        try:
            own_scratch_folder(self._settings.home)
            private_folder(folder)
            order = Order(
                folder=folder,
                notebook=self.check(running.run.agent).path,
                parameters=_parameters(running.run),
                door=self._door(running.token),
            )
            return child.execute(
                order, self._limits, on_started=on_started, on_progress=on_progress, stopped=running.stopped
            )
        except WorkbenchError as error:
            return Outcome(fault=Fault.of(error))
        except Exception:
            log.exception("A run failed unexpectedly.")
            return Outcome(fault=_UNEXPECTED)
        finally:
            self._grants.end(running.token)
            for pid in started:
                self._families.remove(pid)

    def _finish(self, running: _Running, outcome: Outcome) -> None:
        """Keep how it ended and what it leaves; on a full disk, as soon as there is room."""
        ended = _ended(running, outcome)
        try:
            html, notebook = self._page(ended, outcome.notebook, running.hidden) if outcome.notebook else (b"", b"")
        except (ValueError, KeyError, TypeError, AttributeError):
            html, notebook = b"", b""
            ended = replace(ended, state="failed", fault=ended.fault or _UNREADABLE)
        running.run = replace(ended, state="running", fault=None, ended_at=None)

        def save() -> None:
            blobs = [self._blobs.write(ended.experience_id, content) for content in (html, notebook) if html]

            def keep(tx: Transaction) -> None:
                store.replace(tx, ended)
                for blob in blobs:
                    self._blobs.keep(tx, blob)
                if blobs:
                    store.name_files(tx, ended.id, report=blobs[0].name, notebook=blobs[1].name)
                audit.record(tx, "agents.finish", ended.id, {"state": ended.state})

            self._database.write(keep)

        self._keep_trying(running, save)
        self._publish(ended, "finish")

    def _page(self, run: Run, executed: bytes, hidden: frozenset[str]) -> tuple[bytes, bytes]:
        """The report and the notebook as they are kept."""
        notebook = report.cleaned(executed, hidden)
        try:
            experience = self._experiences.get(run.experience_id).name
        except NotFoundError:
            experience = ""
        html = report.page(notebook, run, title=self.check(run.agent).agent.title, experience=experience)
        return html.encode("utf-8", "replace"), json.dumps(notebook, indent=1).encode()

    def _keep_trying(self, running: _Running, save: Callable[[], object]) -> object:
        """What `save` gives, tried again until it can, or until the owner leaves; meanwhile the run says why it waits.

        Raises what keeps it from being saved if the owner leaves before.
        """
        while True:
            try:
                return save()
            except WorkbenchError as error:
                log.error("A run could not be saved: %s", error.code)  # noqa: TRY400  (the code says it all)
                fault = Fault.of(error)
                if running.run.fault != fault:
                    running.run = replace(running.run, fault=fault)
                    self._publish(running.run, "progress")
                if self._leaving.wait(KEEP_TRYING_S):
                    raise

    # Inside

    def _as_it_is(self, run: Run) -> Run:
        running = self._running
        return running.run if running is not None and running.run.id == run.id and run.state not in _ENDED else run

    def usable(self, experience_id: str) -> str:
        """The id of an Experience that agents may run for. Raises NotFoundError, InvalidInputError."""
        found = self._experiences.get(experience_id)
        if found.state == "trashed":
            raise InvalidInputError(f"{found.name!r} is in the trash.", remedy="Restore it first.")
        return found.id

    def _file(self, run: Run, name: str | None) -> bytes:
        if name is None:
            raise NotFoundError(
                f"This run of {run.agent!r} has left no report; it is {run.state}.",
                remedy="`workbench agents runs` shows those that have.",
            )
        return self._blobs.read(run.experience_id, name)

    def _door(self, token: str) -> dict[str, object]:
        """How a kernel reaches this owner, with its narrow token in place of the full one."""
        return {**_announced(self._settings), "token": token}

    def _hidden(self, token: str) -> frozenset[str]:
        """What no report may hold."""
        hidden = report.secrets_of(os.environ) | set(self._providers.borrowed_keys())
        hidden |= {base64.b64encode(key).decode() for key in (self._keys.master, self._keys.database)}
        hidden |= {key.hex() for key in (self._keys.master, self._keys.database)}
        hidden |= {token, str(_announced(self._settings).get("token", ""))}
        try:
            hidden |= set(self._secrets.values())
        except KeyringUnavailableError:
            log.warning("The keyring does not answer; a report is kept without looking for its keys.")
        return frozenset(secret for secret in hidden if len(secret) >= report.SHORTEST_SECRET)

    def _publish(self, run: Run, action: str) -> None:
        self._changes.publish("runs", run.id, action, experience_id=run.experience_id)


_UNEXPECTED = Fault(
    code="error",
    message="The Workbench failed unexpectedly while it ran this agent.",
    remedy="Run it again; the owner's log says where it failed.",
)
_UNREADABLE = Fault(
    code="report_unreadable",
    message="What the notebook left is too large, or is no notebook any more, so there is no report.",
    remedy="Let it report on less, with --since.",
)


def _ended(running: _Running, outcome: Outcome) -> Run:
    """The run as it ended, with nothing in it that must be hidden."""
    known = [cost for cost in running.costs if cost is not None]
    run = replace(
        running.run,
        ended_at=utc_now(),
        fault=outcome.fault,
        cost_usd=sum(known, Decimal()) if known else None,
        of_unknown_cost=len(running.costs) - len(known),
    )
    if outcome.cell is not None:
        run = replace(run, cell=outcome.cell, line=running.shown(outcome.line, LONGEST_LINE))
    if outcome.fault is not None:
        message = running.shown(outcome.fault.message, LONGEST_FAULT)
        return replace(run, state="failed", fault=replace(outcome.fault, message=message))
    if running.stopped.is_set():
        state = running.stopped_as
        return replace(run, state=state, fault=INTERRUPTED if state == "interrupted" else None)
    return replace(run, state="succeeded")


def _begin(tx: Transaction, run: Run) -> Run:
    store.insert(tx, run)
    audit.record(tx, "agents.run", run.id, {"agent": run.agent, "scheduled": run.schedule_id is not None})
    return run


def _parameters(run: Run) -> dict[str, str]:
    return {"experience": run.experience_id, "since": run.since.isoformat(), "until": run.until.isoformat()}


def _announced(settings: Settings) -> dict[str, object]:
    """What `owner.json` says of this process; nothing where it is not there."""
    try:
        return msgspec.json.decode((settings.run / "owner.json").read_bytes(), type=dict[str, object])
    except (OSError, msgspec.DecodeError):
        return {}
