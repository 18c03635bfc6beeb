"""The search among the models, on the bare page."""

from decimal import Decimal

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.chat.conftest import Chat
from tests.browser.chat.stand_in import StandIn
from tests.browser.lab.axe import findings
from workbench.experiences.records import Experience
from workbench.providers.records import Measured, Model

pytestmark = pytest.mark.browser
DRAFT = "What is in this picture?"


@pytest.fixture
def shelf(owner: StandIn, experience: Experience) -> list[Model]:
    """Five hundred models, of which some are known well; the experience's own is the first."""
    free = {"input_usd_per_million": Decimal(0), "output_usd_per_million": Decimal(0)}
    priced = {"input_usd_per_million": Decimal("1.25"), "output_usd_per_million": Decimal(10)}
    owner.add_model("seer", id="openai/seer", kind="openai", sees=True, tools=True, context_tokens=128_000, **priced)
    owner.add_model("thinker", id="openai/thinker", kind="openai", sees=False, reasoning=True)
    owner.add_model("gone", id="local/gone", available=False, unavailable_reason="Its file is gone.", **free)
    for number in range(497):
        owner.add_model(f"filler-{number}", id=f"many/filler-{number}", kind="openai")
    owner.measured = [
        Measured(
            model="openai/seer",
            replies=24,
            failed=6,
            first_token_ms=840,
            tokens_per_second=54.4,
            cost_usd=Decimal("0.00213"),
        )
    ]
    owner.suggested = {DRAFT: ("openai/seer", "It sees pictures.")}
    return list(owner.models.values())


class Picker:
    """What a reader sees and does in it."""

    def __init__(self, chat: Chat) -> None:
        self.chat = chat
        self.search = chat.page.get_by_role("combobox", name="Search models")
        self.options = chat.page.get_by_role("listbox", name="Models").get_by_role("option")

    def open(self) -> None:
        self.chat.element.locator("[data-menu=models]").click()
        expect(self.search).to_be_focused()

    def option(self, text: str) -> Locator:
        return self.options.filter(has_text=text)

    def active(self) -> str:
        """The text of the option that the search points at, also where its painting is still to come."""
        pointed_at = "input.getRootNode().getElementById(input.getAttribute('aria-activedescendant'))"
        return self.search.evaluate(f"input => {pointed_at}.textContent.trim()")


@pytest.fixture
def picker(chat: Chat, shelf: list[Model], experience: Experience) -> Picker:
    return Picker(chat.open(experience))


def test_a_model_is_found_by_what_it_can_do_and_chosen_by_keyboard(picker: Picker, owner: StandIn) -> None:
    keyboard = picker.chat.page.keyboard
    picker.open()
    expect(picker.options).to_have_count(501)
    keyboard.type("vision openai")
    expect(picker.options).to_have_count(1)
    expect(picker.options).to_contain_text("vision · tools · 128K tokens · $1.25 read, $10 written a million")
    expect(picker.options).to_contain_text(
        "Yours: 24 replies, 25% failed, first word 0.8 s, 54 tokens/s, $0.0021 a reply"
    )
    keyboard.press("Enter")
    expect(picker.chat.button("Model: seer")).to_be_focused()
    assert next(iter(owner.experiences.values())).model == "openai/seer"
    picker.open()
    expect(picker.option("seer")).to_have_attribute("aria-selected", "true")
    picker.search.fill("no such model")
    expect(picker.options).to_have_count(0)
    expect(picker.chat.page.get_by_text("No model is like that.")).to_be_visible()
    keyboard.press("Escape")
    expect(picker.search).to_have_count(0)
    expect(picker.chat.button("Model: seer")).to_be_focused()


def test_the_arrows_home_and_end_lead_through_all_models(picker: Picker) -> None:
    keyboard = picker.chat.page.keyboard
    picker.open()
    first = picker.active()
    keyboard.press("ArrowDown")
    assert picker.active().startswith("seer")
    keyboard.press("End")
    assert picker.active().startswith("filler-496")
    expect(picker.option("filler-496")).to_be_in_viewport()
    keyboard.press("ArrowDown")
    assert picker.active() == first
    keyboard.press("ArrowUp")
    assert picker.active().startswith("filler-496")
    keyboard.press("Home")
    assert picker.active() == first


def test_a_model_that_cannot_be_asked_says_why_and_is_not_chosen(picker: Picker, owner: StandIn) -> None:
    picker.open()
    picker.search.fill("gone")
    expect(picker.options).to_contain_text("Its file is gone.")
    expect(picker.options).to_have_attribute("aria-disabled", "true")
    picker.search.press("Enter")
    expect(picker.options).to_have_count(1)
    assert next(iter(owner.experiences.values())).model is None


def test_what_is_written_brings_a_suggestion_that_is_taken_only_by_choosing_it(picker: Picker, owner: StandIn) -> None:
    picker.chat.composer.fill(DRAFT)
    picker.open()
    suggested = picker.option("Suggested: seer")
    expect(suggested).to_contain_text("It sees pictures.")
    expect(picker.options.first).to_contain_text("Suggested: seer")
    assert next(iter(owner.experiences.values())).model is None
    suggested.click()
    expect(picker.chat.button("Model: seer")).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_the_picker_at_any_width(
    browser: Browser, owner: StandIn, shelf: list[Model], experience: Experience, scheme: str
) -> None:
    with browser.new_context(color_scheme=scheme, reduced_motion="reduce") as context:  # type: ignore[arg-type]
        chat = Chat(context.new_page(), owner).open(experience)
        chat.composer.fill(DRAFT)
        picker = Picker(chat)
        picker.open()
        expect(picker.option("Suggested: seer")).to_be_visible()
        for width in (320, 390, 1440):
            chat.page.set_viewport_size({"width": width, "height": 800})
            chat.page.screenshot(path=f"test-results/picker-{scheme}-{width}.png")
            assert findings(chat.page) == []
            assert chat.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
