"""A budget that is reached, on a bare page over a real owner: what is said, what is kept, and sending anyway."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hosts import bare
from tests.browser.hosts.bare import BarePage
from tests.browser.lab.axe import findings
from tests.browser.reader import Chat
from tests.conftest import add_model
from tests.stand_in import StandIn
from workbench.client import Workbench

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    """What is sent goes through an owner that has just started."""
    expect.set_options(timeout=20_000)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture
def place(bundle: Path, home: Path) -> Iterator[BarePage]:
    with bare.running(home) as place:
        yield place


def test_a_budget_stops_a_question_and_it_can_be_sent_anyway(
    page: Page, place: BarePage, bench: Workbench, provider: StandIn
):
    model = add_model(bench, provider, "paced-20-0")
    bench.models.correct(model.id, input_usd_per_million=0, output_usd_per_million=1000)
    physics = bench.experiences.create("Physics", model=model.id)
    physics.ask("Why is the sky blue?")
    bench.budgets.set(0.02)
    page.emulate_media(reduced_motion="reduce")
    place.open(page, physics.record)
    chat = Chat(page)
    message = page.get_by_role("textbox", name="Message")
    message.fill("And at night?")
    said = "100 % of this month's budget is spent ($0.020 of $0.020)."
    expect(message).to_have_accessible_description(re.compile(re.escape(said)))
    message.press("Enter")
    stopped = page.get_by_text("This month's budget is reached: $0.020 of $0.020 is spent until")
    expect(stopped).to_be_visible()
    assert bench.history().height == 2
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert findings(page, "html") == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            page.screenshot(path=f"test-results/budget-{scheme}-{width}.png")
    anyway = page.get_by_role("button", name="Send anyway")
    anyway.focus()
    page.keyboard.press("Enter")
    expect(anyway).to_have_count(0)
    expect(chat.reply).to_contain_text("w0 w1")
    expect(stopped).to_have_count(0)
    calls = bench.sql("SELECT over_budget_id FROM calls ORDER BY created_at")["over_budget_id"].to_list()
    assert [each is None for each in calls] == [True, False]
