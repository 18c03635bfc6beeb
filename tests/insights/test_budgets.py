"""Budgets: when a day and a month begin and end, what of the ledger is counted, and what is held meanwhile."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.clock import new_id
from workbench.errors import BudgetReachedError, ConflictError, InvalidInputError, NotFoundError
from workbench.events import Changes
from workbench.experiences.service import Experiences
from workbench.insights.budgets import Budgets
from workbench.insights.periods import span
from workbench.insights.purse import Purse
from workbench.providers.estimate import Count, ReplyLength, estimate
from workbench.providers.ledger import About, Call, add
from workbench.providers.prices import Prices, Rate
from workbench.providers.records import ChatRequest, Model
from workbench.providers.spending import Paid
from workbench.storage.database import Database

BERLIN = "Europe/Berlin"
ZONES = ("UTC", BERLIN, "America/Sao_Paulo", "Asia/Beirut", "Pacific/Apia", "Australia/Lord_Howe", "Africa/Cairo")
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
PAID = Model(id="far/a", name="a", provider="far", kind="openai")
OTHER = Model(id="away/b", name="b", provider="away", kind="openai")
LOCAL = Model(id="local/c", name="c", provider="local", kind="local")
UNPRICED = Model(id="far/unknown", name="unknown", provider="far", kind="openai")
DEAR = Prices(rates=(Rate(read_usd=Decimal("0.01"), cached_usd=Decimal("0.01"), written_usd=Decimal(0)),))
FREE = Prices(rates=(Rate(read_usd=Decimal(0), cached_usd=Decimal(0), written_usd=Decimal(0)),))


@given(st.sampled_from(["day", "month"]), st.integers(0, 90 * 366 * 24 * 60), st.sampled_from(ZONES))
def test_each_moment_lies_in_one_span_and_the_next_one_begins_where_it_ends(period, minutes, where):
    now = datetime(1980, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    since, until = span(period, now, where)
    assert since <= now < until
    assert span(period, until, where)[0] == until
    assert span(period, since, where) == (since, until)
    assert span(period, until - timedelta(microseconds=1), where) == (since, until)


def test_a_day_is_as_long_as_its_clocks_say():
    hours = [(span("day", datetime(2026, *day, 12, tzinfo=UTC), BERLIN)) for day in ((3, 28), (3, 29), (10, 25))]
    assert [until - since for since, until in hours] == [timedelta(hours=h) for h in (24, 23, 25)]


class Clock:
    """A clock that a test sets."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now
        self.zone = "UTC"

    def __call__(self) -> datetime:
        return self.now


class Home:
    """Budgets and a purse over a ledger that the test writes."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = Clock()
        self.experiences = Experiences(database, Changes())
        self.physics = self.experiences.create("Physics").id
        self.chess = self.experiences.create("Chess").id
        self.budgets = Budgets(
            database,
            experience=lambda id: self.experiences.get(id).name,
            provider=self._provider,
            on_change=lambda *_: None,
            now=self.clock,
            time_zone=lambda: self.clock.zone,
        )
        self.prices: dict[str, Prices | None] = {PAID.id: DEAR, OTHER.id: DEAR}
        self.purse = Purse(database, self.budgets, estimate=self._estimate)

    def _provider(self, name: str) -> None:
        if name not in ("far", "away"):
            raise NotFoundError(f"There is no provider {name!r}.", remedy="Add it.")

    def _estimate(self, request: ChatRequest, *_: object):
        """Ten tokens are read: 10 cents at the usual price."""
        tokens = Count(low=10, middle=20, high=30)
        reply = ReplyLength(low=1, high=1, source="default")
        return estimate(request.model, self.prices.get(request.model.id), tokens, reply)

    def hold(self, model: Model = PAID, *, experience_id: str | None = None, over: bool = False):
        (held,) = self.purse.hold(
            [model],
            build=lambda asked: ChatRequest(model=asked, turns=()),
            experience_id=experience_id or self.physics,
            over_budget=over,
        )
        return held

    def spend(self, usd: str | None, *, model: Model = PAID, at: datetime | None = None, **call: object) -> None:
        least = call.pop("least", None)
        about = About(
            purpose="question",
            experience_id=call.pop("experience_id", self.physics),
            paid=Paid(least_usd=None if least is None else Decimal(least)),
        )
        values = {"ended": "complete", "attempt": 1, "first_token_ms": 5} | call
        made = Call(
            id=new_id(),
            about=about,
            provider=model.provider,
            model=model.id,
            cost_usd=None if usd is None else Decimal(usd),
            created_at=at or self.clock.now,
            **values,
        )
        self.database.write(lambda tx: add(tx, [made]))

    def spent(self) -> list[str]:
        return [f"{one.spent_usd:f} {one.requests} {one.unknown_requests}" for one in self.budgets.list()]


@pytest.fixture
def home(database: Database) -> Home:
    return Home(database)


def test_what_is_spent_is_counted_for_each_use(home):
    home.budgets.set(Decimal(20))
    home.budgets.set(Decimal(5), experience_id=home.physics)
    home.budgets.set(Decimal(5), "day", provider="away")
    home.spend("1.5")
    home.spend("0.25", model=OTHER, experience_id=home.chess, ended="stopped")
    home.spend("0.125", model=OTHER, experience_id=None, ended="failed")
    home.spend("8", at=NOON - timedelta(days=30))
    home.spend("1", model=OTHER, at=NOON - timedelta(days=1))
    assert home.spent() == ["2.875 4 0", "2.5 2 0", "0.375 2 0"]
    assert [one.name for one in home.budgets.list()] == [
        "this month's budget",
        "this month's budget of 'Physics'",
        "today's budget for 'away'",
    ]
    first = home.budgets.list()[0]
    assert (first.left_usd, first.percent, first.until) == (
        Decimal("17.125"),
        14,
        datetime(2026, 12, 1, tzinfo=UTC),
    )
    assert first.message == "$2.88 of $20.00 is spent until 2026-12-01 00:00 (UTC)."


def test_what_is_unknown_is_said_and_never_taken_for_nothing(home):
    home.budgets.set(Decimal(1))
    home.spend("0.5")
    home.spend(None)
    home.spend(None, ended="stopped")
    home.spend(None, ended="failed", error="stream_cut", first_token_ms=None)
    home.spend(None, ended="failed", error="rate_limited", first_token_ms=None)  # turned away: it cost nothing
    home.spend(None, model=LOCAL, ended="stopped")
    assert home.spent() == ["0.5 6 3"]
    assert home.budgets.list()[0].message.endswith("3 requests of unknown cost are not counted.")


def test_where_nobody_says_what_it_cost_the_least_that_was_estimated_is_counted(home):
    budget = home.budgets.set(Decimal(1))
    home.spend("0.5", least="0.2")  # what it cost is known
    home.spend(None, least="0.125", ended="stopped")
    home.spend(None, least="0.25", ended="failed", error="rate_limited", first_token_ms=None)  # turned away
    home.spend(None, ended="stopped")
    (state,) = home.budgets.list()
    assert (state.spent_usd, state.estimated_requests, state.unknown_requests) == (Decimal("0.625"), 1, 1)
    assert state.message.endswith(
        "The least that was estimated is counted for 1 request. 1 request of unknown cost is not counted."
    )
    home.spend(None, least="0.3", ended="stopped")
    with pytest.raises(BudgetReachedError, match="The least that was estimated is counted for 2 requests"):
        home.hold()
    home.budgets.remove(budget.id)


def test_a_day_and_a_month_begin_again_at_midnight_where_one_lives(home):
    home.clock.zone = BERLIN
    home.budgets.set(Decimal(1), "day")
    home.budgets.set(Decimal(1), "month")
    home.clock.now = datetime(2026, 11, 30, 22, 59, 59, tzinfo=UTC)
    home.spend("1")
    with pytest.raises(BudgetReachedError, match=r"until 2026-12-01 00:00 \(Europe/Berlin\)"):
        home.hold()
    home.clock.now = datetime(2026, 11, 30, 23, tzinfo=UTC)
    assert home.spent() == ["0 0 0", "0 0 0"]
    home.hold()


def test_a_clock_that_jumps_back_forgets_nothing_of_its_day(home):
    home.budgets.set(Decimal(1), "day")
    home.spend("1")
    home.clock.now = NOON - timedelta(hours=5)
    assert home.spent() == ["1 1 0"]
    with pytest.raises(BudgetReachedError):
        home.hold()
    home.clock.now = NOON - timedelta(days=1)
    home.hold()
    home.clock.now = NOON
    with pytest.raises(BudgetReachedError):
        home.hold()


def test_a_price_that_changes_changes_nothing_that_was_spent(home):
    home.budgets.set(Decimal("0.25"))
    home.spend("0.1")
    home.hold().end()
    home.prices[PAID.id] = Prices(
        rates=(Rate(read_usd=Decimal("0.05"), cached_usd=Decimal("0.05"), written_usd=Decimal(0)),)
    )
    assert home.spent() == ["0.1 1 0"]
    with pytest.raises(BudgetReachedError, match=r"not enough for this, which costs \$0\.50 at least"):
        home.hold()


def test_what_costs_nothing_is_never_stopped(home):
    home.budgets.set(Decimal("0.01"))
    home.spend("5")
    home.hold(LOCAL)
    home.prices["far/unknown"] = FREE
    home.hold(UNPRICED)
    with pytest.raises(BudgetReachedError):
        home.hold()


def test_an_unknown_price_is_let_go_until_the_budget_is_reached(home):
    home.budgets.set(Decimal("0.2"))
    home.hold(UNPRICED).end()
    home.spend("0.2")
    with pytest.raises(BudgetReachedError):
        home.hold(UNPRICED)


def test_a_budget_stops_only_what_is_paid_from_it(home):
    home.budgets.set(Decimal("0.15"), experience_id=home.physics)
    home.budgets.set(Decimal("0.15"), provider="away")
    held = home.hold()
    with pytest.raises(BudgetReachedError, match=r"This month's budget of 'Physics' .* is held for replies"):
        home.hold()
    others = [home.hold(experience_id=home.chess), home.hold(OTHER, experience_id=home.chess)]
    held.end()
    with pytest.raises(BudgetReachedError, match="for 'away'"):
        home.hold(OTHER)
    others.append(home.hold())


def test_of_many_at_once_no_more_go_than_there_is_left_for(home):
    home.budgets.set(Decimal(1))
    home.spend("0.65")
    together = Barrier(10)

    def ask(_: int):
        together.wait()
        try:
            return home.hold()
        except BudgetReachedError:
            return None

    with ThreadPoolExecutor(10) as pool:
        held = [each for each in pool.map(ask, range(10)) if each is not None]
    assert len(held) == 3
    for each in held:
        each.end()
    assert home.hold()


def test_what_nobody_holds_any_more_is_held_no_more(home):
    home.budgets.set(Decimal("0.1"))
    lost = home.hold()
    with pytest.raises(BudgetReachedError):
        home.hold()
    del lost
    home.hold()


def test_several_models_are_asked_or_none_of_them(home):
    home.budgets.set(Decimal("0.15"))
    with pytest.raises(BudgetReachedError):
        home.purse.hold([PAID, OTHER], build=lambda m: ChatRequest(model=m, turns=()), experience_id=home.physics)
    home.hold()


async def test_who_comes_instead_is_asked_only_where_it_can_be_paid(home):
    home.budgets.set(Decimal("0.15"))
    home.budgets.set(Decimal("0.05"), provider="away")
    held = home.hold()
    paid = Paid(least_usd=Decimal("0.1"))
    assert await held.take(PAID) == paid
    with pytest.raises(BudgetReachedError):
        await held.take(OTHER)
    assert await held.take(PAID) == paid
    home.spend("0.1")
    with pytest.raises(BudgetReachedError):
        await held.take(PAID)
    assert await held.take(LOCAL) == Paid()


async def test_what_is_sent_anyway_is_written_down(home):
    budget = home.budgets.set(Decimal("0.05"))
    held = home.hold(over=True)
    home.database.write(held.note)
    over = Paid(over_budget_id=budget.id, least_usd=Decimal("0.1"))
    assert await held.take(PAID) == over
    rows = home.database.read("SELECT record_id, detail FROM audit WHERE action = 'budgets.override'")
    assert rows == [(budget.id, '{"spent_usd":"0","amount_usd":"0.05"}')]
    assert await held.take(OTHER) == over
    assert len(home.database.read("SELECT 1 FROM audit WHERE action = 'budgets.override'")) == 2
    home.budgets.change(budget.id, {"enabled": False})
    assert await held.take(OTHER) == Paid()


def test_from_a_share_on_it_is_said_how_much_is_spent(home):
    home.budgets.set(Decimal(20))
    home.spend("15.99")
    assert (home.purse.said(PAID, home.physics), home.budgets.alerts()) == ("", ())
    home.spend("0.21")
    home.spend(None)
    said = "81 % of this month's budget is spent ($16.20 of $20.00). 1 request of unknown cost is not counted."
    assert home.purse.said(PAID, home.physics) == said
    (alert,) = home.budgets.alerts()
    assert (alert.message, alert.measure, alert.value, alert.most, alert.requests) == (
        said,
        "budget_usd",
        Decimal("16.2"),
        Decimal(20),
        3,
    )
    assert home.purse.said(LOCAL, home.physics) == ""
    home.budgets.set(Decimal(1), "day", experience_id=home.physics, warn_percent=1)
    assert home.purse.said(PAID, home.physics).startswith("1,620 % of today's budget of 'Physics' is spent")
    assert home.purse.said(PAID, home.chess) == said


def test_what_is_set_again_is_changed_and_can_be_removed(home):
    first = home.budgets.set(Decimal("2.50"), "day", provider="far")
    again = home.budgets.set(Decimal(3), "day", provider="far", warn_percent=50)
    assert (again.id, again.revision, again.amount_usd, again.warn_percent) == (first.id, 2, Decimal(3), 50)
    assert home.budgets.set(Decimal(3), "day", provider="far", warn_percent=50) == again
    off = home.budgets.change(first.id, {"enabled": False}, revision=2)
    assert (off.enabled, off.amount_usd) == (False, Decimal(3))
    with pytest.raises(ConflictError):
        home.budgets.change(first.id, {"enabled": True}, revision=2)
    home.spend("9")
    home.hold()
    assert home.budgets.alerts() == ()
    home.budgets.remove(first.id)
    assert home.budgets.list() == ()
    for change in (lambda: home.budgets.remove(first.id), lambda: home.budgets.change("x", {"enabled": True})):
        with pytest.raises(NotFoundError):
            change()


def refused(home: Home) -> dict[str, Callable[[], object]]:
    return {
        "above 0": lambda: home.budgets.set(Decimal(0)),
        "above 0 and": lambda: home.budgets.set(Decimal("NaN")),
        "up to 1,000,000": lambda: home.budgets.set(Decimal("1e9")),
        "from 1 to 100": lambda: home.budgets.set(Decimal(1), warn_percent=0),
        "not for both": lambda: home.budgets.set(Decimal(1), experience_id=home.physics, provider="far"),
        "no provider 'nobody'": lambda: home.budgets.set(Decimal(1), provider="nobody"),
        "Experience": lambda: home.budgets.set(Decimal(1), experience_id=new_id()),
    }


def test_a_budget_that_means_nothing_is_refused(home):
    for words, attempt in refused(home).items():
        with pytest.raises((InvalidInputError, NotFoundError), match=words):
            attempt()
    assert home.budgets.list() == ()


def test_zones_of_this_test_are_known():
    assert [ZoneInfo(name).key for name in ZONES] == list(ZONES)
