"""Thresholds of how models do, and which of them are passed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import add_model
from workbench.client import Workbench
from workbench.clock import new_id, utc_now
from workbench.errors import InvalidInputError, ModelMissingError, NotFoundError
from workbench.insights.alerts import FEWEST, HOURS, Alerts, Figures, passed
from workbench.insights.budgets import Budgets
from workbench.insights.records import Measure, Threshold
from workbench.storage.database import Database

NOW = datetime.fromisoformat("2026-03-01T12:00:00+00:00")
FIGURES = Figures(
    model="a/b",
    requests=10,
    last_at=NOW,
    first_token_s=2.5,
    reply_s=8.0,
    failed_percent=20.0,
    cost_usd=Decimal("1.25"),
)


def threshold(measure: Measure, most: str, model: str | None = None) -> Threshold:
    return Threshold(
        id=new_id(), measure=measure, model=model, most=Decimal(most), created_at=NOW, updated_at=NOW, revision=1
    )


@pytest.mark.parametrize(
    ("measure", "most", "said"),
    [
        ("first_token_s", "2", "a/b: 2.50 s to the first token, the median of 10 requests in 24 hours; "),
        ("reply_s", "7.5", "a/b: 8.00 s for a reply, the median of 10 requests in 24 hours; your limit is 7.5 s."),
        ("failed_percent", "19", "a/b: 20.0 % of 10 requests in 24 hours failed; your limit is 19 %."),
        ("cost_usd", "1", "a/b: $1.2500 for 10 requests in 24 hours; your limit is $1."),
    ],
)
def test_what_is_above_its_threshold_is_said(measure: Measure, most: str, said: str) -> None:
    (alert,) = passed([threshold(measure, most)], [FIGURES])
    assert alert.message.startswith(said)
    assert (alert.model, alert.requests, alert.most, alert.last_at) == ("a/b", 10, Decimal(most), NOW)


@pytest.mark.parametrize(("measure", "most"), [("first_token_s", "2.5"), ("reply_s", "9"), ("cost_usd", "1.25")])
def test_what_is_at_its_threshold_is_not(measure: Measure, most: str) -> None:
    assert passed([threshold(measure, most)], [FIGURES]) == ()


def test_what_is_not_known_passes_no_threshold() -> None:
    every = [threshold(measure, "0.001") for measure in ("first_token_s", "reply_s", "failed_percent", "cost_usd")]
    assert passed(every, [Figures(model="a/b", requests=100, last_at=NOW)]) == ()


@given(requests=st.integers(1, 20))
def test_a_median_of_few_says_nothing_and_a_cost_always_does(requests: int) -> None:
    few = Figures(model="a/b", requests=requests, last_at=NOW, reply_s=100, cost_usd=Decimal(5))
    found = {alert.measure for alert in passed([threshold("reply_s", "1"), threshold("cost_usd", "1")], [few])}
    assert found == ({"cost_usd", "reply_s"} if requests >= FEWEST else {"cost_usd"})


def test_a_models_own_threshold_stands_before_that_for_all() -> None:
    both = [threshold("reply_s", "1"), threshold("reply_s", "50", "a/b")]
    other = Figures(model="c/d", requests=10, last_at=NOW, reply_s=8.0)
    assert [alert.model for alert in passed(both, [FIGURES, other])] == ["c/d"]


@pytest.fixture
def called(database: Database) -> Callable[..., None]:
    """Writes requests into the ledger."""

    def write(number: int, *, hours_ago: float = 1, purpose: str = "question", ended: str = "complete") -> None:
        at = utc_now() - timedelta(hours=hours_ago)
        for _ in range(number):
            values = (new_id(), purpose, ended, at)
            database.write(
                lambda tx, values=values: tx.execute(
                    """INSERT INTO calls (id, owner_id, purpose, provider, model, attempt, ended, first_token_ms,
                       total_ms, created_at) VALUES (?, 'me', ?, 'a', 'a/b', 1, ?, 3000, 9000, ?)""",
                    values,
                )
            )

    return write


def alerts(database: Database) -> Alerts:
    budgets = Budgets(database, experience=str, provider=str, on_change=lambda *_: None)
    return Alerts(database, known=lambda _: None, budgets=budgets, on_change=lambda *_: None)


def test_only_what_was_asked_in_the_last_hours_counts(database: Database, called: Callable[..., None]) -> None:
    kept = alerts(database)
    kept.set("first_token_s", Decimal(2))
    called(FEWEST, hours_ago=HOURS + 1)
    called(FEWEST, purpose="check")
    assert kept.read() == ()
    called(FEWEST)
    (alert,) = kept.read()
    assert (alert.model, alert.value, alert.requests) == ("a/b", Decimal(3), FEWEST)


def test_what_is_set_again_is_changed_and_can_be_removed(database: Database) -> None:
    kept = alerts(database)
    first = kept.set("reply_s", Decimal("2.50"))
    again = kept.set("reply_s", Decimal(4))
    assert (again.id, again.revision, kept.thresholds()) == (first.id, 2, (again,))
    other = kept.set("reply_s", Decimal(4), model="a/b")
    kept.remove(again.id)
    assert kept.thresholds() == (other,)
    with pytest.raises(NotFoundError):
        kept.remove(again.id)


@pytest.mark.parametrize(
    ("measure", "most"),
    [("reply_s", "0"), ("reply_s", "-1"), ("reply_s", "NaN"), ("reply_s", "Infinity"), ("failed_percent", "100.5")],
)
def test_a_threshold_that_means_nothing_is_refused(database: Database, measure: Measure, most: str) -> None:
    kept = alerts(database)
    with pytest.raises(InvalidInputError, match="above 0"):
        kept.set(measure, Decimal(most))
    assert kept.thresholds() == ()


def test_an_alert_is_raised_through_the_owner(bench: Workbench, provider) -> None:
    model = add_model(bench, provider, "paced-1-20")
    made = bench.alerts.set("reply_s", 0.000001, model=model.id)
    assert tuple(bench.alerts.thresholds()) == (made,)
    physics = bench.experiences.open(bench.experiences.create("Physics").name)
    for _ in range(FEWEST):
        physics.ask("Why?", model=model.id)
    (alert,) = bench.alerts.list()
    assert (alert.threshold_id, alert.model, alert.requests) == (made.id, model.id, FEWEST)
    bench.alerts.remove(made.id)
    assert len(bench.alerts.list()) == 0
    with pytest.raises(ModelMissingError):
        bench.alerts.set("reply_s", 1, model="nobody/knows")
