"""Schedules, as every door sees them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from workbench import shown

ScheduleState = Literal["active", "paused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """When a schedule would run first, before it is made."""

    cron: str
    time_zone: str
    """Where those times count: that of this machine."""
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When an agent runs by itself, and for which Experience."""

    id: str
    experience_id: str
    agent: str
    cron: str
    """Five fields: minute, hour, day of the month, month, day of the week."""
    time_zone: str
    """Where those times count: that of the machine when they were set."""
    state: ScheduleState = "active"
    due_at: datetime
    """The next time, in UTC; while it is paused, what would have been the next."""
    last_due_at: datetime | None = None
    """The last time for which it ran."""
    created_at: datetime
    updated_at: datetime
    revision: int

    def _repr_html_(self) -> str:
        return shown.record(self, self.agent)
