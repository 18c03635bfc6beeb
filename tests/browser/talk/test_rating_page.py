"""Thumbs and notes on a bare page, over a real owner: by keyboard, side by side, followed, and where saving fails."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hosts.bare import BarePage
from tests.browser.reader import Chat
from tests.browser.talk.looks import look
from workbench.client import Workbench
from workbench.client.experiences import OpenExperience
from workbench.conversations.records import Message

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture
def replies(bench: Workbench, experience: OpenExperience) -> tuple[Message, ...]:
    """The replies of two models to one question."""
    conversation = bench.conversations.create(experience.id)
    models = ["standin/paced-40-0", "standin/echo"]
    asked = bench.conversations.send(conversation.id, "Why is the sky blue?", models=models)
    for reply in asked.replies:
        list(bench.conversations.stream(reply.id))
    return asked.replies


@pytest.fixture
def chat(page: Page, place: BarePage, experience: OpenExperience, replies: tuple[Message, ...]) -> Chat:
    page.emulate_media(reduced_motion="reduce")
    place.open(page, experience.record)
    chat = Chat(page)
    expect(chat.reply).to_contain_text("w0 w1")
    return chat


def rated(bench: Workbench, reply: Message) -> tuple[str | None, str]:
    found = bench.conversations.message(reply.id)
    return found.rating, found.rating_note


def test_a_reply_is_given_a_thumb_and_a_note_by_keyboard(
    chat: Chat, bench: Workbench, replies: tuple[Message, ...]
) -> None:
    good, bad = chat.button("Good reply"), chat.button("Bad reply")
    said = chat.element.get_by_role("status")
    note = chat.element.get_by_role("textbox", name="Note", exact=True)
    expect(note).to_have_count(0)
    good.focus()
    chat.page.keyboard.press("Space")
    expect(good).to_have_attribute("aria-pressed", "true")
    expect(said.filter(has_text="Good reply. You can add a note.")).to_have_count(1)
    assert chat.focused() == "Good reply"
    chat.reach("Note")
    chat.page.keyboard.type("Short.")
    chat.page.keyboard.press("Enter")
    expect(said.filter(has_text="Note kept.")).to_have_count(1)
    assert chat.focused() == "Note"
    assert rated(bench, replies[0]) == ("up", "Short.")
    look(chat.page, "rating")
    chat.page.route("**/rating", lambda route: route.abort())
    note.fill("Short, and right.")
    note.blur()
    alert = chat.element.get_by_role("alert")
    expect(alert).to_be_visible()
    expect(note).to_have_value("Short, and right.")
    chat.page.unroute("**/rating")
    with chat.page.expect_response("**/rating"):
        alert.get_by_role("button", name="Try again").click()
    expect(alert).to_have_count(0)
    assert rated(bench, replies[0]) == ("up", "Short, and right.")
    bench.conversations.rate(replies[0].id, "down", note="From elsewhere.")
    expect(bad).to_have_attribute("aria-pressed", "true")
    expect(good).to_have_attribute("aria-pressed", "false")
    expect(note).to_have_value("From elsewhere.")
    bad.click()
    expect(bad).to_have_attribute("aria-pressed", "false")
    expect(note).to_have_count(0)
    assert rated(bench, replies[0]) == (None, "")


def test_replies_side_by_side_are_rated_each_by_itself(
    chat: Chat, bench: Workbench, replies: tuple[Message, ...]
) -> None:
    chat.messages.last.hover()
    chat.button("Compare the answers").click()
    columns = chat.element.locator(".wb-Column")
    expect(columns).to_have_count(2)
    for number, thumb in enumerate(("Good reply", "Bad reply")):
        button = columns.nth(number).get_by_role("button", name=re.compile(f"^{thumb}: "))
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
    note = columns.nth(1).get_by_role("textbox", name=re.compile("^Note: "))
    note.fill("Only repeats.")
    note.press("Enter")
    expect(chat.element.get_by_role("status").filter(has_text="Note kept.")).to_have_count(1)
    assert [rated(bench, each) for each in replies] == [("up", ""), ("down", "Only repeats.")]
    look(chat.page, "rating-columns")
