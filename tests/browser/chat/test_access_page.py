"""How the chat looks, and what axe says of it, where an owner is in trouble; the rest is in `tests/browser/hosts`."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.chat.conftest import Chat
from tests.browser.chat.stand_in import Script, StandIn
from tests.browser.lab.axe import findings
from workbench.experiences.records import Experience

pytestmark = pytest.mark.browser


WIDTHS = (320, 390, 1200)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, owner: StandIn, experience: Experience, scheme: str) -> None:
    with browser.new_context(color_scheme=scheme, reduced_motion="reduce") as context:  # type: ignore[arg-type]
        chat = Chat(context.new_page(), owner)
        chat.open(None)
        assert_accessible(chat)
        chat.open(experience)
        owner.script = Script(text="Half", ends="interrupted")
        chat.ask("More")
        expect(chat.reply).to_contain_text("Interrupted.")
        owner.refuse("POST", r"/messages$", status=507, body={"code": "disk_full", "message": "Full.", "remedy": ""})
        chat.ask("Lost?")
        expect(chat.reply).to_contain_text("Not sent.")
        assert_accessible(chat)
        owner.script = Script(hold_at=0)
        chat.button("New conversation").click()
        chat.ask("Slow")
        expect(chat.reply).to_contain_text("Loading the model…")
        assert_accessible(chat)
        owner.release()


def test_axe_finds_nothing_where_no_model_is(chat: Chat, owner: StandIn) -> None:
    chat.open(owner.add_experience())
    assert_accessible(chat)
    chat.button("Add the demo model").click()
    expect(chat.page.get_by_role("progressbar")).to_be_visible()
    assert_accessible(chat)


def test_a_host_sets_the_look(opened: Chat) -> None:
    opened.page.evaluate("document.documentElement.style.setProperty('--wb-surface', 'rgb(1, 2, 3)')")
    chat = opened.page.locator(".wb-Chat")
    assert chat.evaluate("chat => getComputedStyle(chat).backgroundColor") == "rgb(1, 2, 3)"
    opened.page.evaluate("document.documentElement.style.removeProperty('--wb-surface')")
    opened.page.evaluate("document.documentElement.style.setProperty('--wb-color-scheme', 'dark')")
    assert chat.evaluate("chat => getComputedStyle(chat).backgroundColor") == "rgb(22, 24, 29)"


def assert_accessible(chat: Chat) -> None:
    """Nothing that axe finds fault with, and nothing that must be scrolled to from side to side, at each width."""
    for width in WIDTHS:
        chat.page.set_viewport_size({"width": width, "height": 900})
        assert findings(chat.page, "html") == []
        assert chat.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert chat.log.evaluate("log => log.scrollWidth <= log.clientWidth")
