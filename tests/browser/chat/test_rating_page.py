"""Thumbs and notes on a bare page, over a real owner: by keyboard, side by side, followed, and where saving fails."""

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
from workbench.conversations.records import Message

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
    """A change that finds its server away is tried for a while before it is given up."""
    expect.set_options(timeout=20_000)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture
def place(bundle: Path, home: Path) -> Iterator[BarePage]:
    with bare.running(home) as place:
        yield place


@pytest.fixture
def replies(bench: Workbench, provider: StandIn) -> tuple[Message, ...]:
    """The replies of two models to one question."""
    models = [add_model(bench, provider, name).id for name in ("paced-20-0", "echo")]
    conversation = bench.conversations.create(bench.experiences.create("Physics").id)
    asked = bench.conversations.send(conversation.id, "Why is the sky blue?", models=models)
    for reply in asked.replies:
        list(bench.conversations.stream(reply.id))
    return asked.replies


@pytest.fixture
def chat(page: Page, place: BarePage, bench: Workbench, replies: tuple[Message, ...]) -> Chat:
    page.emulate_media(reduced_motion="reduce")
    place.open(page, bench.experiences.get(replies[0].experience_id))
    chat = Chat(page)
    expect(chat.reply).to_contain_text("w0 w1")
    return chat


def rated(bench: Workbench, reply: Message) -> tuple[str | None, str]:
    found = bench.conversations.message(reply.id)
    return found.rating, found.rating_note


def look(page: Page, name: str) -> None:
    """Nothing overflows and axe finds nothing, by day and by night, wide and narrow."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert findings(page, "html") == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            page.screenshot(path=f"test-results/{name}-{scheme}-{width}.png")


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
