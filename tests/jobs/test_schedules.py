"""Schedules over a clock that a test moves: each time once, whatever the clock and the process do."""

import asyncio
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from workbench.agents import store as runs
from workbench.agents.service import Agents
from workbench.clock import new_id
from workbench.errors import DiskFullError, InvalidInputError, NotFoundError
from workbench.events import Changes
from workbench.jobs import service
from workbench.jobs.due import DAILY, WEEKLY
from workbench.jobs.service import Schedules

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 9, 7, 8, tzinfo=BERLIN)
EXPERIENCE = new_id()


class Clock:
    def __init__(self):
        self.now = datetime(2026, 9, 1, 12, tzinfo=BERLIN)

    def __call__(self):
        return self.now.astimezone(UTC)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def schedules(database, clock):
    return opened(database, clock)


def opened(database, clock):
    """As a new owner would find them."""
    return Schedules(database, Changes(), now=clock, time_zone=lambda: "Europe/Berlin")


def begin(tx, schedule, due):
    """What the agents do: the run is written down in the same transaction."""
    Agents.begin_due(None, tx, schedule, due)


def times(database):
    """The times for which runs have been begun."""
    return [run.due_at for run in reversed(runs.latest(database.read, None, 500))]


def pass_by(schedules, clock, until, step):
    """Let time go by, and take what is due, as the owner's loop does."""
    while clock.now < until:
        clock.now += step
        schedules.take_due(begin)


def test_each_monday_it_runs_once(schedules, clock, database):
    made = schedules.create("weekly-report", EXPERIENCE, WEEKLY)
    assert (made.due_at, made.time_zone) == (MONDAY, "Europe/Berlin")
    pass_by(schedules, clock, MONDAY + timedelta(days=15), timedelta(hours=5))
    assert times(database) == [MONDAY, MONDAY + timedelta(days=7), MONDAY + timedelta(days=14)]


def test_a_preview_says_when_a_schedule_would_run_first_and_makes_none(schedules):
    preview = schedules.preview("0  8 * * 1")
    assert (preview.cron, preview.time_zone, preview.due_at) == (WEEKLY, "Europe/Berlin", MONDAY)
    assert schedules.list() == ()
    with pytest.raises(InvalidInputError, match="hour"):
        schedules.preview("0 25 * * *")


def test_a_schedule_that_is_changed_runs_at_its_new_times_alone(schedules, clock, database):
    made = schedules.create("weekly-report", EXPERIENCE, DAILY)
    pass_by(schedules, clock, datetime(2026, 9, 2, 9, tzinfo=BERLIN), timedelta(hours=1))
    changed = schedules.reschedule(made.id, WEEKLY)
    assert (changed.id, changed.due_at, changed.revision) == (made.id, MONDAY, 2)
    assert changed.last_due_at == datetime(2026, 9, 2, 8, tzinfo=BERLIN)
    pass_by(schedules, clock, MONDAY + timedelta(days=8), timedelta(hours=5))
    assert times(database)[1:] == [MONDAY, MONDAY + timedelta(days=7)]
    assert schedules.reschedule(made.id, WEEKLY).revision == 2


def test_a_paused_schedule_that_is_changed_stays_paused(schedules, clock, database):
    made = schedules.create("weekly-report", EXPERIENCE, WEEKLY)
    schedules.pause(made.id)
    assert schedules.reschedule(made.id, DAILY).state == "paused"
    pass_by(schedules, clock, MONDAY, timedelta(hours=5))
    assert times(database) == []
    with pytest.raises(NotFoundError):
        schedules.reschedule(new_id(), DAILY)


@pytest.mark.parametrize(
    ("start", "due"),
    [
        (datetime(2026, 3, 28, 12, tzinfo=BERLIN), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        (datetime(2026, 10, 24, 12, tzinfo=BERLIN), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
)
def test_in_a_night_when_the_clocks_change_it_runs_once(schedules, clock, database, start, due):
    clock.now = start.astimezone(UTC)
    schedules.create("weekly-report", EXPERIENCE, "30 2 * * *")
    pass_by(schedules, clock, start.astimezone(UTC) + timedelta(hours=20), timedelta(minutes=7))
    assert times(database) == [due]


def test_after_three_weeks_asleep_it_runs_once_and_reports_on_all_of_them(schedules, clock, database):
    schedules.create("weekly-report", EXPERIENCE, WEEKLY)
    clock.now = MONDAY + timedelta(minutes=1)
    schedules.take_due(begin)
    (first,) = runs.latest(database.read, None, 5)
    done = runs.Run(**{name: getattr(first, name) for name in first.__slots__} | {"state": "succeeded"})
    database.write(lambda tx: runs.replace(tx, done))
    clock.now = MONDAY + timedelta(days=23)
    assert len(opened(database, clock).take_due(begin)) == 1
    assert opened(database, clock).take_due(begin) == ()
    last, _ = runs.latest(database.read, None, 5)
    assert (last.due_at, last.since) == (MONDAY + timedelta(days=21), MONDAY)
    assert schedules.list()[0].due_at == MONDAY + timedelta(days=28)


def test_a_new_owner_after_each_moment_repeats_nothing(database, clock):
    opened(database, clock).create("weekly-report", EXPERIENCE, DAILY)
    for _ in range(200):
        clock.now += timedelta(hours=1)
        opened(database, clock).take_due(begin)
    found = times(database)
    assert len(found) == len(set(found)) == 8


@pytest.mark.parametrize("back", [timedelta(minutes=10), timedelta(hours=3), timedelta(hours=30), timedelta(days=9)])
def test_a_clock_that_is_put_back_repeats_nothing_and_goes_on(schedules, clock, database, back):
    schedules.create("weekly-report", EXPERIENCE, DAILY)
    pass_by(schedules, clock, MONDAY + timedelta(days=7), timedelta(hours=1))
    before = times(database)
    clock.now -= back
    pass_by(schedules, clock, MONDAY + timedelta(days=9), timedelta(minutes=30))
    found = times(database)
    assert found[: len(before)] == before
    assert len(found) == len(set(found))
    assert max(found) == MONDAY + timedelta(days=9)


def test_a_clock_that_was_years_ahead_runs_once_there_and_does_not_stop_the_schedule(schedules, clock, database):
    schedules.create("weekly-report", EXPERIENCE, WEEKLY)
    clock.now = datetime(2031, 1, 1, tzinfo=BERLIN)
    schedules.take_due(begin)
    clock.now = datetime(2026, 9, 2, tzinfo=BERLIN)
    pass_by(schedules, clock, MONDAY + timedelta(hours=1), timedelta(hours=1))
    assert times(database)[1:] == [MONDAY]


def test_two_that_are_due_at_the_same_minute_both_run(schedules, clock, database):
    for _ in range(2):
        schedules.create("weekly-report", new_id(), WEEKLY)
    clock.now = MONDAY
    assert len(schedules.take_due(begin)) == 2
    assert times(database) == [MONDAY, MONDAY]


def test_while_it_is_paused_nothing_runs_and_nothing_is_caught_up(schedules, clock, database):
    made = schedules.create("weekly-report", EXPERIENCE, WEEKLY)
    assert schedules.pause(made.id).state == "paused"
    assert schedules.next_due() is None
    clock.now = MONDAY + timedelta(days=8)
    assert schedules.take_due(begin) == ()
    assert schedules.resume(made.id).due_at == MONDAY + timedelta(days=14)
    assert schedules.take_due(begin) == ()
    schedules.remove(made.id)
    assert schedules.list() == ()
    for gone in (schedules.pause, schedules.resume, schedules.remove):
        with pytest.raises(NotFoundError):
            gone(made.id)


def test_a_repeated_request_makes_one_schedule_and_a_wrong_line_none(schedules):
    id_ = new_id()
    made = schedules.create("weekly-report", EXPERIENCE, WEEKLY, id=id_)
    assert schedules.create("weekly-report", EXPERIENCE, WEEKLY, id=id_) == made
    with pytest.raises(InvalidInputError, match="hour"):
        schedules.create("weekly-report", EXPERIENCE, "0 99 * * *")
    assert schedules.list() == (made,)


def test_what_cannot_be_begun_is_due_still(schedules, clock, database):
    schedules.create("weekly-report", EXPERIENCE, WEEKLY)
    clock.now = MONDAY

    def full(tx, schedule, due):
        begin(tx, schedule, due)
        raise DiskFullError("The disk is full.")

    with pytest.raises(DiskFullError):
        schedules.take_due(full)
    assert times(database) == []
    schedules.take_due(begin)
    assert times(database) == [MONDAY]


async def test_the_loop_sees_new_schedules_jumps_of_the_clock_and_a_full_disk(database, clock, monkeypatch):
    monkeypatch.setattr(service, "LOOK_EVERY_S", 0.05)
    schedules = opened(database, clock)
    refused = []

    def sometimes(tx, schedule, due):
        if not refused:
            refused.append(due)
            raise DiskFullError("The disk is full.")
        begin(tx, schedule, due)

    async with asyncio.timeout(20):
        loop = asyncio.create_task(schedules.keep(sometimes))
        await asyncio.sleep(0.1)
        await asyncio.to_thread(schedules.create, "weekly-report", EXPERIENCE, WEEKLY)
        await asyncio.sleep(0.2)
        assert times(database) == []
        clock.now = MONDAY + timedelta(seconds=1)
        await asyncio.sleep(1)
        assert times(database) == refused == [MONDAY]
        loop.cancel()
        with pytest.raises(asyncio.CancelledError):
            await loop
