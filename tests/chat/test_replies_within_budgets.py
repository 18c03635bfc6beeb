"""Budgets through a real owner: what is stopped, what is lost by it (nothing), and what is sent anyway."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest

from tests.conftest import add_model, kill_owner
from tests.inside import owner_inside
from workbench.client import Workbench, connect
from workbench.client.opened import OpenExperience
from workbench.conversations.records import Tried
from workbench.errors import AccessError, BudgetReachedError, NotFoundError
from workbench.providers.records import Model

TOKEN_USD = Decimal("0.001")
"""Of a token that is written: a reply of 20 costs 2 cents."""


@pytest.fixture(scope="module")
def bench(tmp_path_factory, provider):
    with owner_inside(tmp_path_factory.mktemp("budgets") / "home") as inside:
        bench = inside.bench()
        bench.inside = inside
        yield bench


def priced(bench: Workbench, provider, name: str) -> Model:
    model = add_model(bench, provider, name)
    return bench.models.correct(model.id, input_usd_per_million=0, output_usd_per_million=1000)


@pytest.fixture
def paid(bench, provider) -> Model:
    return priced(bench, provider, "paced-20-0")


@pytest.fixture
def physics(bench, paid, request) -> OpenExperience:
    yield bench.experiences.create(request.node.name[:60], model=paid.id)
    for each in bench.budgets.list():
        bench.budgets.remove(each.id)


def spent(bench: Workbench) -> list[Decimal]:
    return [each.spent_usd for each in bench.budgets.list()]


def questions(physics: OpenExperience) -> int:
    return physics.bench.sql(f"SELECT id FROM messages WHERE experience_id = '{physics.id}'").height


def test_a_question_over_budget_is_not_sent_and_nothing_is_saved_of_it(bench, physics):
    physics.ask("Why?")
    budget = bench.budgets.set(0.02, experience=physics.name)
    assert spent(bench) == [Decimal("0.02")]
    with pytest.raises(BudgetReachedError) as stopped:
        physics.ask("And then?")
    said = f"This month's budget of '{physics.name}' is reached: $0.020 of $0.020 is spent until "
    assert stopped.value.message.startswith(said)
    assert "Raise the budget" in stopped.value.remedy
    assert questions(physics) == 2
    bench.budgets.change(budget.id, amount_usd=Decimal("0.5"))
    assert physics.ask("And then?").status == "complete"


def test_what_is_sent_anyway_is_sent_and_recorded_in_every_way_of_asking(bench, physics, provider):
    other = priced(bench, provider, "paced-3-0")
    first = physics.ask("Why?")
    budget = bench.budgets.set(0.001, experience=physics.name)
    send = bench.conversations
    stopped = (
        lambda over: physics.ask("Why?", over_budget=over),
        lambda over: physics.compare("Why?", models=[physics.model, other.id], over_budget=over),
        lambda over: send.retry(first.id, over_budget=over),
        lambda over: physics.compare("Why?", models=[physics.model, other.id], over_budget=True).merge(
            other.id, over_budget=over
        ),
    )
    for ask in stopped:
        with pytest.raises(BudgetReachedError):
            ask(False)
        ask(True)
    calls = bench.sql(f"SELECT over_budget_id, purpose FROM calls WHERE experience_id = '{physics.id}'")
    over = [row for row in calls.iter_rows() if row[0] is not None]
    assert {str(id) for id, _ in over} == {budget.id}
    assert {purpose for _, purpose in over} >= {"question", "merge"}
    database = bench.inside.app.services().database
    written = "SELECT count(*) FROM audit WHERE action = 'budgets.override' AND record_id = ?"
    assert database.read(written, (budget.id,))[0][0] >= 7


def test_a_reply_that_was_cut_goes_on_only_within_its_budget(bench, physics, provider):
    cut = priced(bench, provider, "cut-5")
    begun = physics.ask("Why?", model=cut.id)
    bench.budgets.set(0.001, experience=physics.name)
    physics.ask("Once more", new=True, over_budget=True)
    with pytest.raises(BudgetReachedError):
        bench.conversations.resume(begun.id)
    assert bench.conversations.message(begun.id) == begun.message
    bench.conversations.resume(begun.id, over_budget=True)
    *_, done = bench.conversations.stream(begun.id)
    assert done.message.status == "complete"


def test_a_model_that_would_go_over_its_budget_does_not_come_instead(bench, physics, provider):
    limited, free = add_model(bench, provider, "limited"), add_model(bench, provider, "echo")
    bench.models.correct(limited.id, input_usd_per_million=0, output_usd_per_million=0)
    bench.models.correct(free.id, input_usd_per_million=0, output_usd_per_million=0)
    dear = priced(bench, provider, "paced-9-0")
    bench.budgets.set(0.001, experience=physics.name)
    bench.experiences.update(physics.id, fallbacks=[dear.id, free.id])
    reply = physics.ask("Why?", model=limited.id)
    assert (reply.status, reply.model) == ("complete", free.id)
    assert reply.message.tried == (
        Tried(model=limited.id, code="rate_limited"), Tried(model=dear.id, code="budget_reached")
    )  # fmt: skip
    assert f"{dear.id} (budget reached)" in reply._repr_html_()


def test_ten_at_once_do_not_slip_through(bench, physics, provider):
    slow = priced(bench, provider, "paced-50-10")
    least = bench.experiences.estimate(physics.id, "Why?", model=slow.id).cost_low_usd
    bench.budgets.set(least * 3, experience=physics.name)
    together = Barrier(10)

    def ask(_: int):
        where = bench.conversations.create(physics.id)
        together.wait()
        try:
            return bench.conversations.send(where.id, "Why?", model=slow.id).reply
        except BudgetReachedError as error:
            return error.message
        finally:
            bench.close()

    with ThreadPoolExecutor(10) as pool:
        found = list(pool.map(ask, range(10)))
    begun = [each for each in found if not isinstance(each, str)]
    assert len(begun) == 3
    assert all("is held for replies that still run" in each for each in found if isinstance(each, str))
    for reply in begun:
        bench.conversations.stop(reply.id)
    (state,) = bench.budgets.list()
    assert (state.spent_usd, state.estimated_requests, state.unknown_requests) == (least * 3, 3, 0)
    assert state.message.endswith("The least that was estimated is counted for 3 requests.")
    calls = bench.sql(f"SELECT cost_usd, least_usd, ended FROM calls WHERE experience_id = '{physics.id}'")
    assert calls.rows() == [(None, least, "stopped")] * 3
    where = bench.conversations.create(physics.id)
    with pytest.raises(BudgetReachedError):
        bench.conversations.send(where.id, "Why?", model=slow.id)


def test_a_request_that_is_repeated_was_allowed_before(bench, physics):
    where = bench.conversations.create(physics.id)
    body = {"id": "0193a0b0-0000-7000-8000-000000000001", "reply_id": "0193a0b0-0000-7000-8000-000000000002"}
    path = f"/conversations/{where.id}/messages"
    first = bench.transport.post(path, dict, body | {"text": "Why?"})
    list(bench.conversations.stream(first["reply"]["id"]))
    bench.budgets.set(0.001, experience=physics.name)
    again = bench.transport.post(path, dict, body | {"text": "Why?"})
    assert again["message"]["id"] == first["message"]["id"]
    assert questions(physics) == 2


def test_it_is_said_before_and_after_sending_how_much_is_spent(bench, physics):
    physics.ask("Why?")
    bench.budgets.set(0.024, experience=physics.name)
    said = f"83 % of this month's budget of '{physics.name}' is spent ($0.020 of $0.024)."
    assert physics.estimate("And?").budget == said
    assert physics.estimate("And?").lines()[-1] == said
    (alert,) = bench.alerts.list()
    assert (alert.message, alert.model) == (said, None)
    where = bench.conversations.create(physics.id)
    turn = bench.conversations.send(where.id, "And?", over_budget=True)
    assert turn.budget == said
    list(bench.conversations.stream(turn.reply.id))


def test_an_agent_is_stopped_and_cannot_go_over(bench, physics):
    token = bench.inside.app.grants.issue("agent:test", experience_id=physics.id, limit_s=60)
    with bench.inside.bench(token) as narrow:
        agent = narrow.experiences[physics.name]
        agent.ask("Why?")
        bench.budgets.set(0.001, experience=physics.name)
        with pytest.raises(BudgetReachedError, match="is reached"):
            agent.ask("And?")
        with pytest.raises(AccessError, match="may not go over a budget"):
            agent.ask("And?", over_budget=True)
    summary = bench.agents.summarise(physics.id)
    assert summary.source == "rules"
    assert "gave no summary: This month's budget of" in summary.remark


def test_a_model_is_not_tried_over_budget(bench, physics, paid):
    physics.ask("Why?")
    bench.budgets.set(0.001, provider=paid.provider)
    with pytest.raises(BudgetReachedError, match=f"for '{paid.provider}'"):
        bench.models.check(paid.id)


def test_budgets_are_shown_as_a_table(bench, physics):
    with pytest.raises(NotFoundError):
        bench.budgets.set(1, experience="nobody")
    made = bench.budgets.set(20, per="day", warn_percent=50)
    found = bench.budgets.list()
    assert (found[0].budget, found[0].amount_usd) == (made, Decimal(20))
    assert "<caption" in found._repr_html_()
    assert "today&#x27;s budget" in found._repr_html_()


def test_what_is_held_is_lost_with_a_crash_and_what_is_spent_is_not(home, provider):
    with connect(home) as bench:
        slow = priced(bench, provider, "paced-500-5")
        physics = bench.experiences.create("Physics", model=slow.id)
        least = physics.estimate("Why?").cost_low_usd
        bench.budgets.set(least, experience="Physics")
        where = bench.conversations.create(physics.id)
        bench.conversations.send(where.id, "Why?")
        kill_owner(home)
        (state,) = bench.budgets.list()
        assert (state.spent_usd, state.unknown_requests) == (0, 1)
        other = bench.conversations.create(physics.id)
        bench.conversations.stop(bench.conversations.send(other.id, "Why?").reply.id)
