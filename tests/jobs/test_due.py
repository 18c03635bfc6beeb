"""When work is due, over clock changes and after sleep. Pure."""

import functools
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.errors import InvalidInputError
from workbench.jobs import due, zone

BERLIN = "Europe/Berlin"


def at(*when, fold=0):
    return datetime(*when, tzinfo=ZoneInfo(BERLIN), fold=fold).astimezone(UTC)


def times(cron, begin, end, zone_=BERLIN):
    """Every time from `begin` to `end`, each found anew from the one before, as a schedule finds them."""
    found = []
    moment = begin
    while (moment := due.after(cron, zone_, moment)) < end:
        found.append(moment)
    return found


def test_every_monday_at_eight_is_eight_by_the_clock_on_both_sides_of_a_change():
    found = times(due.WEEKLY, at(2026, 10, 12), at(2026, 11, 10))
    assert [f.astimezone(ZoneInfo(BERLIN)).strftime("%a %H:%M") for f in found] == ["Mon 08:00"] * 5
    assert [(b - a) // timedelta(hours=1) for a, b in pairwise(found)] == [168, 169, 168, 168]


def test_a_time_that_a_spring_night_leaves_out_comes_at_once_after_it():
    found = times("30 2 * * *", at(2026, 3, 28), at(2026, 3, 31))
    assert found == [at(2026, 3, 28, 2, 30), at(2026, 3, 29, 3, 0), at(2026, 3, 30, 2, 30)]


def test_a_time_that_an_autumn_night_has_twice_comes_once():
    found = times("30 2 * * *", at(2026, 10, 24), at(2026, 10, 27))
    assert found == [at(2026, 10, 24, 2, 30), at(2026, 10, 25, 2, 30), at(2026, 10, 26, 2, 30)]
    for minute in range(0, 180, 10):  # wherever in that night one begins to wait
        begin = at(2026, 10, 25, 1) + timedelta(minutes=minute)
        expected = at(2026, 10, 25, 2, 30) if begin < at(2026, 10, 25, 2, 30) else at(2026, 10, 26, 2, 30)
        assert due.after("30 2 * * *", BERLIN, begin) == expected


def test_what_is_due_every_hour_goes_by_the_time_that_passes():
    found = times("0 * * * *", at(2026, 10, 25, 0, 30), at(2026, 10, 25, 4, 30))
    assert len(found) == 5
    assert {b - a for a, b in pairwise(found)} == {timedelta(hours=1)}


@functools.cache
def everything(cron, start):
    return times(cron, start, start + timedelta(days=12))


@settings(max_examples=150, deadline=None)
@given(
    cron=st.sampled_from(["*/20 * * * *", "15 * * * *", "0 2 * * *", "30 2 * * *", "59 1,2,3 * * *", "0 8 * * 1"]),
    start=st.sampled_from([at(2026, 3, 27), at(2026, 10, 23)]),
    minutes=st.integers(0, 4 * 24 * 60),
)
def test_a_time_is_the_same_from_wherever_one_looks_and_the_last_one_is_found_again(cron, start, minutes):
    now = start + timedelta(minutes=minutes)
    assert due.after(cron, BERLIN, now) == next(t for t in everything(cron, start) if t > now)
    past = [t for t in everything(cron, start) if t <= now]
    if past:
        assert due.latest(cron, BERLIN, past[0], now) == past[-1]


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("60 8 * * *", "minute"),
        ("0 24 * * *", "hour"),
        ("0 8 32 * *", "day-of-month"),
        ("0 8 * 13 *", "month"),
        ("0 8 * * 8", "day-of-week"),
        ("0 8 * * MOO", "day-of-week"),
        ("0 8- * * *", "hour"),
        ("*/0 8 * * *", "minute"),
        ("0 0 31 2 *", "day-of-month"),
        ("0 8; * * *", "hour"),
    ],
)
def test_a_wrong_line_says_which_field_it_is(line, field):
    with pytest.raises(InvalidInputError, match=f"The {field} of the cron line") as told:
        due.clean(line)
    assert told.value.remedy


@pytest.mark.parametrize("line", ["", "0 8 * *", "0 0 8 * * 1", "x" * 5000, "@daily"])
def test_a_line_without_five_fields_is_told_so(line):
    with pytest.raises(InvalidInputError, match="five fields") as told:
        due.clean(line)
    assert len(told.value.message) < 120


def test_a_line_is_kept_with_single_spaces():
    assert due.clean("  0   8 * *  mon ") == "0 8 * * mon"


def test_what_was_missed_for_three_weeks_is_run_once_for_the_last_time():
    first, now = at(2026, 9, 7, 8), at(2026, 9, 29, 12)
    assert due.turn(due.WEEKLY, BERLIN, due=first, last=None, now=now) == due.Turn(
        at(2026, 9, 28, 8), at(2026, 10, 5, 8)
    )
    years = due.turn("*/5 * * * *", BERLIN, due=at(2020, 1, 1), last=None, now=at(2026, 1, 1, 0, 3))
    assert years.run_for == at(2026, 1, 1)
    rare = due.turn("0 0 29 2 *", BERLIN, due=at(2012, 2, 29), last=None, now=at(2026, 1, 1))
    assert rare.run_for == at(2024, 2, 29)


def test_a_clock_that_goes_back_a_little_repeats_nothing():
    last, upcoming = at(2026, 9, 7, 8), at(2026, 9, 14, 8)
    for now in (last - timedelta(minutes=10), last - timedelta(hours=23), last + timedelta(seconds=1)):
        assert due.turn(due.WEEKLY, BERLIN, due=upcoming, last=last, now=now) is None


def test_a_clock_that_was_far_ahead_does_not_hold_a_schedule_up():
    now = at(2026, 9, 8, 12)
    turn = due.turn(due.WEEKLY, BERLIN, due=at(2031, 1, 6, 8), last=at(2030, 12, 30, 8), now=now)
    assert turn == due.Turn(None, at(2026, 9, 14, 8))


def test_the_machines_zone_is_found_by_its_name(tmp_path, monkeypatch):
    monkeypatch.delenv("TZ", raising=False)
    nothing, link, file = tmp_path / "nothing", tmp_path / "link", tmp_path / "file"
    link.symlink_to("/usr/share/zoneinfo/Europe/Berlin")
    file.write_text("America/New_York\n")
    assert zone.of_machine(link=nothing, file=nothing) == "UTC"
    assert zone.of_machine(link=nothing, file=file) == "America/New_York"
    assert zone.of_machine(link=link, file=file) == "Europe/Berlin"
    for given_, found in (("Asia/Tokyo", "Asia/Tokyo"), (":Asia/Tokyo", "Asia/Tokyo"), ("../evil", "Europe/Berlin")):
        monkeypatch.setenv("TZ", given_)
        assert zone.of_machine(link=link, file=file) == found
