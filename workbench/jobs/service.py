"""Schedules: making and changing them, and taking what is due, each time once."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from workbench.clock import new_id, utc_now
from workbench.errors import WorkbenchError
from workbench.events import Changes
from workbench.jobs import due, store, zone
from workbench.jobs.records import Preview, Schedule
from workbench.security import audit
from workbench.storage.database import Database, Transaction

LOOK_EVERY_S = 20.0
"""How soon it is noticed that the clock was changed, or that the machine has slept."""

DUE = "due"
"""What a change of a schedule is called whose work has begun."""

log = logging.getLogger(__name__)

Begin = Callable[[Transaction, Schedule, datetime], None]
"""Writes down, in the same transaction, that work has begun for a time; it does nothing for a time that it knows."""


class Schedules:
    """All of a home's schedules. Safe to use from any thread."""

    def __init__(
        self,
        database: Database,
        changes: Changes,
        *,
        now: Callable[[], datetime] = utc_now,
        time_zone: Callable[[], str] = zone.of_machine,
    ) -> None:
        self._database = database
        self._changes = changes
        self._now = now
        self._time_zone = time_zone

    def list(self, experience_id: str | None = None) -> tuple[Schedule, ...]:
        """The schedules of an Experience (None: all), the one due first first."""
        return store.every(self._database.read, experience_id)

    def get(self, id: str) -> Schedule:
        """One schedule. Raises NotFoundError."""
        return store.get(self._database.read, id)

    def next_due(self) -> datetime | None:
        """When something is due next; None if nothing is."""
        return min((one.due_at for one in self.list() if one.state == "active"), default=None)

    def preview(self, cron: str) -> Preview:
        """When a schedule would run first, if it were made now. Raises InvalidInputError as `create` does."""
        zone_, line = self._time_zone(), due.clean(cron)
        return Preview(cron=line, time_zone=zone_, due_at=due.after(line, zone_, self._now()))

    def create(self, agent: str, experience_id: str, cron: str, *, id: str | None = None) -> Schedule:
        """A new schedule; one already made under the same `id` is given back as it is.

        Raises InvalidInputError, which names the field of the cron line that is wrong.
        """
        now, first = self._now(), self.preview(cron)
        schedule = Schedule(
            id=id or new_id(),
            experience_id=experience_id,
            agent=agent,
            cron=first.cron,
            time_zone=first.time_zone,
            due_at=first.due_at,
            created_at=now,
            updated_at=now,
            revision=1,
        )

        def insert(tx: Transaction) -> Schedule:
            known = store.find(tx.execute, schedule.id)
            if known is not None:
                return known
            store.insert(tx, schedule)
            audit.record(tx, "schedules.create", schedule.id, {"agent": agent})
            return schedule

        made = self._database.write(insert, returns=Schedule)
        self._publish(made, "create")
        return made

    def reschedule(self, id: str, cron: str) -> Schedule:
        """Let it run at other times, from now on; a paused one stays so. Raises NotFoundError, InvalidInputError."""
        first = self.preview(cron)

        def moved(before: Schedule) -> Schedule:
            if (before.cron, before.time_zone) == (first.cron, first.time_zone):
                return before
            return replace(before, cron=first.cron, time_zone=first.time_zone, due_at=first.due_at)

        return self._change(id, "change", moved)

    def pause(self, id: str) -> Schedule:
        """Let it not run until it is resumed."""
        return self._change(id, "pause", lambda before: replace(before, state="paused"))

    def resume(self, id: str) -> Schedule:
        """Let it run again, from now on: what was due while it was paused is left out."""

        def resumed(before: Schedule) -> Schedule:
            if before.state == "active":
                return before
            return replace(before, state="active", due_at=due.after(before.cron, before.time_zone, self._now()))

        return self._change(id, "resume", resumed)

    def remove(self, id: str) -> Schedule:
        """Take it away; the reports it has made stay. Raises NotFoundError."""

        def forget(tx: Transaction) -> Schedule:
            gone = store.get(tx.execute, id)
            store.remove(tx, id)
            audit.record(tx, "schedules.remove", id)
            return gone

        gone = self._database.write(forget, returns=Schedule)
        self._publish(gone, "remove")
        return gone

    def take_due(self, begin: Begin) -> tuple[Schedule, ...]:
        """Begin what is due, and set each schedule to its next time, in one transaction; those that were due."""

        def take(tx: Transaction) -> tuple[Schedule, ...]:
            begun: list[Schedule] = []
            for schedule in store.every(tx.execute):
                turn = self._turn(schedule)
                if schedule.state != "active" or turn is None:
                    continue
                if turn.run_for is not None:
                    begin(tx, schedule, turn.run_for)
                    begun.append(schedule)
                store.replace(tx, replace(schedule, due_at=turn.next, last_due_at=turn.run_for))
            return tuple(begun)

        taken = self._database.write(take)
        for schedule in taken:
            self._publish(schedule, DUE)
        return taken

    async def keep(self, begin: Begin) -> None:
        """Take what is due as time goes by, until cancelled."""
        with self._changes.listen() as changing:
            while True:
                waiting = [one for one in await asyncio.to_thread(self.list) if one.state == "active"]
                if any(self._turn(one) for one in waiting):
                    await self._take_when_possible(begin)
                    continue
                until_s = [(one.due_at - self._now()).total_seconds() for one in waiting]
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(max(0.0, min(LOOK_EVERY_S, *until_s)) if waiting else None):
                        while (await changing.get()).noun != "schedules":
                            pass

    async def _take_when_possible(self, begin: Begin) -> None:
        """Take what is due; where the store cannot be written, wait a while instead."""
        try:
            await asyncio.to_thread(self.take_due, begin)
        except WorkbenchError as error:
            log.error("What is due could not be begun: %s", error.code)  # noqa: TRY400  (the code says it all)
            await asyncio.sleep(LOOK_EVERY_S)

    def _turn(self, schedule: Schedule) -> due.Turn | None:
        return due.turn(
            schedule.cron, schedule.time_zone, due=schedule.due_at, last=schedule.last_due_at, now=self._now()
        )

    def _change(self, id: str, action: str, change: Callable[[Schedule], Schedule]) -> Schedule:
        def work(tx: Transaction) -> Schedule:
            before = store.get(tx.execute, id)
            after = change(before)
            if after == before:
                return before
            after = replace(after, updated_at=self._now(), revision=before.revision + 1)
            store.replace(tx, after)
            audit.record(tx, f"schedules.{action}", id)
            return after

        changed = self._database.write(work, returns=Schedule)
        self._publish(changed, action)
        return changed

    def _publish(self, schedule: Schedule, action: str) -> None:
        self._changes.publish("schedules", schedule.id, action, experience_id=schedule.experience_id)
