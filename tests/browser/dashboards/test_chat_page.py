"""*Chat*: the same chat as everywhere, on a phone too."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.dashboards.conftest import PHONE, Opener
from tests.browser.lab.provider import Provider
from workbench.client import Workbench

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def ask(page: Page, text: str) -> None:
    page.get_by_role("textbox").fill(text)
    page.get_by_role("button", name="Send").click()


@pytest.fixture
def chat(screen: Opener, workbench: Workbench, scripted: Provider, request: pytest.FixtureRequest) -> Page:
    """The page on a phone, in an Experience of the test's own."""
    made = workbench.experiences.create(f"On the phone {request.node.name[:60]}")
    scripted.answer, scripted.seconds_a_token = "Yes.", 0.0
    page = screen(f"/chat?experience={made.id}", PHONE).page
    expect(page.get_by_label("Experience", exact=True)).to_have_value(made.id)
    expect(page.get_by_role("textbox")).to_be_visible()
    return page


def test_a_question_is_answered_and_kept(chat: Page, scripted: Provider) -> None:
    scripted.answer = "Because of **Rayleigh** scattering."
    ask(chat, "Why is the sky blue?")
    log = chat.get_by_role("log")
    expect(log.get_by_text("Because of Rayleigh scattering.")).to_be_visible()
    chat.reload()
    expect(log.get_by_text("Because of Rayleigh scattering.")).to_be_visible()


def test_a_reply_is_seen_as_it_arrives_and_can_be_stopped(chat: Page, scripted: Provider) -> None:
    scripted.answer, scripted.seconds_a_token = " ".join(f"word{n}" for n in range(400)), 0.05
    ask(chat, "At length, please.")
    log = chat.get_by_role("log")
    expect(log.get_by_text("word3")).to_be_visible()
    chat.get_by_role("button", name="Stop").click()
    expect(log.get_by_text("stopped", exact=False).first).to_be_visible()
    assert "word399" not in log.inner_text()


def test_a_reply_goes_on_without_the_page(chat: Page, scripted: Provider) -> None:
    scripted.answer, scripted.seconds_a_token = " ".join(f"step{n}" for n in range(60)), 0.05
    ask(chat, "Go on without me.")
    expect(chat.get_by_role("log").get_by_text("step3")).to_be_visible()
    chat.goto("about:blank")
    chat.go_back()
    expect(chat.get_by_role("log").get_by_text("step59")).to_be_visible()


def test_the_composer_stays_above_the_keyboard(chat: Page) -> None:
    meta = chat.locator("meta[name=viewport]").get_attribute("content")
    assert "interactive-widget=resizes-content" in meta
    chat.set_viewport_size({"width": 390, "height": 420})
    box = chat.get_by_role("textbox").bounding_box()
    assert box
    assert box["y"] + box["height"] <= 420
    assert chat.evaluate("document.documentElement.scrollHeight <= innerHeight")


def test_another_experience_is_chosen_and_a_new_one_made(chat: Page, workbench: Workbench) -> None:
    select = chat.get_by_label("Experience", exact=True)
    select.select_option(label="Physics")
    physics = workbench.experiences.find("Physics")
    expect(chat).to_have_url(re.compile(f"experience={physics.id}"))
    chat.get_by_role("button", name="New Experience").click()
    chat.get_by_label("Name").fill("Physics")
    chat.get_by_role("button", name="Create").click()
    expect(chat.get_by_role("alert").filter(has_text="Physics")).to_be_visible()
    chat.get_by_label("Name").fill("Made on the phone")
    chat.get_by_label("Name").press("Enter")
    expect(select.locator("option:checked")).to_have_text("Made on the phone")
    made = workbench.experiences.find("Made on the phone")
    workbench.experiences.update(made.id, name="Renamed elsewhere")
    expect(select.locator("option:checked")).to_have_text("Renamed elsewhere")
