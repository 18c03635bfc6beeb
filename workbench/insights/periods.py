"""From when to when: as people write it, and by their calendar."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from workbench.errors import InvalidInputError
from workbench.insights.records import Period

_AGO = re.compile(r"(\d{1,6})\s*([mhdw])")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


def period(since: str | None, until: str | None, now: datetime) -> tuple[datetime | None, datetime | None]:
    """Both ends; `until` is not a part of it. Raises InvalidInputError."""
    begin, end = moment(since, now), moment(until, now)
    if begin is not None and end is not None and begin > end:
        raise InvalidInputError(
            f"`since` ({_shown(begin)}) is later than `until` ({_shown(end)}).", remedy="Exchange them."
        )
    return begin, end


def moment(text: str | None, now: datetime) -> datetime | None:
    """A date (its beginning), a time, or how long before `now`; without a zone UTC is taken.

    Raises InvalidInputError.
    """
    if text is None:
        return None
    ago = _AGO.fullmatch(text.strip())
    try:
        if ago is not None:
            return now - int(ago[1]) * _UNITS[ago[2]]
        found = datetime.fromisoformat(text.strip())
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidInputError(
            f"{text!r} is not a time.",
            remedy="Write a date (2026-01-31), a time (2026-01-31T09:00+01:00), or how long ago (30m, 12h, 7d, 2w); "
            "without a zone, UTC is taken.",
        ) from error


def span(period: Period, now: datetime, zone: str) -> tuple[datetime, datetime]:
    """The day or the month that `now` is in, by the clocks of a time zone; the end is not a part of it."""
    midnight = now.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    if period == "day":
        begin, end = midnight, midnight + timedelta(days=1)
    else:
        begin = midnight.replace(day=1)
        end = (begin + timedelta(days=31)).replace(day=1)
    return begin.astimezone(UTC), end.astimezone(UTC)


def _shown(when: datetime) -> str:
    return when.strftime("%Y-%m-%d %H:%M UTC")
