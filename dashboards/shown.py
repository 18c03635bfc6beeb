"""What a page looks at: a period, Experiences, models; and how finely its time is divided."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from uuid import UUID

import polars as pl

from workbench.clock import utc_now

Step = Literal["1d", "1w", "1mo"]

_STEPS: tuple[tuple[int, Step], ...] = ((120, "1d"), (2 * 366, "1w"))
"""Up to so many days a step is so long."""
_STEP_NAMES: dict[Step, str] = {"1d": "day", "1w": "week", "1mo": "month"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the filters say. Days are in UTC; `until` is the last one; empty means all."""

    since: date | None = None
    until: date | None = None
    experiences: tuple[str, ...] = ()
    """Their ids."""
    models: tuple[str, ...] = ()

    def condition(self) -> str:
        """The same as SQL, over the view `messages`."""
        parts = []
        if self.since:
            parts.append(f"created_at >= TIMESTAMP '{_midnight(self.since)}'")
        if self.until:
            parts.append(f"created_at < TIMESTAMP '{_midnight(self.until + timedelta(days=1))}'")
        if self.experiences:
            parts.append(f"experience_id IN ({', '.join(_quoted(str(UUID(each))) for each in self.experiences)})")
        if self.models:
            parts.append(f"model IN ({', '.join(_quoted(each) for each in self.models)})")
        return " AND ".join(parts) or "true"

    def file_name(self, subject: str, suffix: str) -> str:
        """What an export is called."""
        ends = [each.isoformat() for each in (self.since, self.until) if each is not None]
        return "-".join([subject, *ends]) + f".{suffix}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The days looked at, in which nothing need have happened."""

    first: date
    last: date

    @property
    def step(self) -> Step:
        """How long a step is, so that all of them can be seen."""
        looked_at = (self.last - self.first).days + 1
        return next((step for days, step in _STEPS if looked_at <= days), "1mo")

    @property
    def step_name(self) -> str:
        """As in `per day`."""
        return _STEP_NAMES[self.step]

    @property
    def ends(self) -> tuple[date, date]:
        """Where the first step begins and the last one ends."""
        ends = pl.Series([self.first, self.last]).dt.truncate(self.step)
        return ends[0], ends.dt.offset_by(self.step)[1]


def span(shown: Shown, days: Iterable[date]) -> Span:
    """As chosen, else of the `days` there are; a period without an end is up to today."""
    days = list(days)
    today = utc_now().date()
    first = shown.since or min(days, default=today)
    last = shown.until or max([*days, first] if shown.since is None else [*days, today])
    return Span(first=first, last=last)


def _midnight(day: date) -> str:
    return datetime.combine(day, time.min, UTC).strftime("%Y-%m-%d %H:%M:%S")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
