"""When work is due: cron lines and time zones. Pure, and the only door to cronsim.

A clock that is put forward leaves out an hour: what is due in it is due at its end. One that is put back repeats an
hour: what is due at a fixed time in it is due the first time only. What is due every hour, or more often, goes by the
time that really passes. (This is how Debian's cron does it.)
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from workbench.errors import InvalidInputError

DAILY = "0 8 * * *"
WEEKLY = "0 8 * * 1"
LONGEST_LINE = 200
_CLOCK_WAS_WRONG = timedelta(days=1)
"""A last time that lies further ahead than this was given by a clock that has been corrected since."""
_FIELDS = ("minute", "hour", "day-of-month", "month", "day-of-week")
_RANGES = {
    "minute": "0 to 59",
    "hour": "0 to 23",
    "day-of-month": "1 to 31, in a month that has that day",
    "month": "1 to 12, or JAN to DEC",
    "day-of-week": "0 to 7 (Sunday is 0 and 7), or SUN to SAT",
}
_WINDOWS = (timedelta(days=1), timedelta(days=32), timedelta(days=1200), None)
"""How far back the last time is looked for, until one is found."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What to do with a schedule now."""

    run_for: datetime | None
    """The time to run for; None: nothing is due. Of several that were missed it is the last."""
    next: datetime


def clean(line: str) -> str:
    """A cron line as it is kept. Raises InvalidInputError, which names the field that is wrong."""
    fields = line.split()
    if len(line) > LONGEST_LINE or len(fields) != len(_FIELDS):
        raise InvalidInputError(
            f"A cron line has five fields, and {line[:40]!r} has {len(fields)}.",
            remedy=f"Give {', '.join(_FIELDS)}, as in {WEEKLY!r}.",
        )
    wrong = _wrong_field(fields)
    if wrong is not None:
        name = _FIELDS[wrong]
        raise InvalidInputError(
            f"The {name} of the cron line, {fields[wrong]!r}, cannot be used.", remedy=f"It is {_RANGES[name]}, or *."
        )
    return " ".join(fields)


def after(cron: str, zone: str, moment: datetime) -> datetime:
    """The first time after `moment`, in UTC."""
    return next(_times(cron, zone, moment))


def latest(cron: str, zone: str, first: datetime, now: datetime) -> datetime:
    """The last time from `first`, which is one, to `now`, both included."""
    for window in _WINDOWS:
        begin = first if window is None else max(first, now - window)
        found = first if begin == first else None
        for time in _times(cron, zone, begin):
            if time > now:
                break
            found = time
        if found is not None:
            return found
    return first


def turn(cron: str, zone: str, *, due: datetime, last: datetime | None, now: datetime) -> Turn | None:
    """What a schedule that is next due at `due`, and ran last for `last`, does at `now`; None: it goes on waiting.

    A clock that goes back a little repeats nothing: what has run stays in the past. One that goes back by more than a
    day was wrong before, and the schedule goes by what it says now.
    """
    if last is not None and last - now > _CLOCK_WAS_WRONG:
        return Turn(None, after(cron, zone, now))
    if due > now:
        return None
    run_for = latest(cron, zone, due, now)
    return Turn(run_for, after(cron, zone, run_for))


def _times(cron: str, zone: str, moment: datetime) -> Iterator[datetime]:
    """The times after `moment`, in UTC, each later than the one before."""
    last = moment
    # A start a little earlier: only with the hour before it in sight does cronsim know what a repeated hour has had.
    for time in CronSim(cron, (moment - timedelta(hours=3)).astimezone(ZoneInfo(zone))):
        found = time.astimezone(UTC)
        if found > last:
            last = found
            yield found


def _wrong_field(fields: list[str]) -> int | None:
    """The number of the first field that cannot be used."""
    for number in range(len(fields)):
        alone = ["*"] * len(fields)
        alone[number] = fields[number]
        if not _possible(" ".join(alone)):
            return number
    return None if _possible(" ".join(fields)) else _FIELDS.index("day-of-month")


def _possible(line: str) -> bool:
    if re.search(r"[^0-9A-Za-z*/,#-]", line.replace(" ", "")):
        return False
    try:
        next(CronSim(line, datetime(2000, 1, 1, tzinfo=UTC)))
    except (CronSimError, AssertionError, ValueError, StopIteration):
        return False
    return True
