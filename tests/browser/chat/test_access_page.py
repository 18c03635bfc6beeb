"""The chat for everyone: by keyboard alone, read aloud, in light and dark, narrow and wide, with coarse pointers."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.chat.conftest import EXTENSION, Chat
from tests.browser.chat.stand_in import Script, StandIn
from workbench.conversations.records import Fault
from workbench.experiences.records import Experience

pytestmark = pytest.mark.browser

AXE = EXTENSION / "node_modules" / "axe-core" / "axe.min.js"
EVERYTHING = """# Title

Text with `code`, a [link](https://example.org), $x^2$ and **bold**.

$$\\frac{a}{b}$$

```python
@decorated
def square(x: float) -> float:
    \"\"\"The square.\"\"\"
    return x ** 2  # of x, as of 2026
```

| left | right |
|------|------:|
| a    |     1 |

- [x] done
- [ ] open

> A quote.

![A chart](https://example.org/chart.png)
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 390, 1200])
def test_axe_finds_nothing(browser: Browser, owner: StandIn, experience: Experience, scheme: str, width: int) -> None:
    size: ViewportSize = {"width": width, "height": 900}
    with browser.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce") as context:  # type: ignore[arg-type]
        chat = Chat(context.new_page(), owner)
        chat.open(None)
        assert_accessible(chat.page)
        chat.open(experience)
        assert_accessible(chat.page)
        owner.scripts = [
            Script(text=EVERYTHING, reasoning="Let me think."),
            Script(text="Half", ends="interrupted"),
            Script(text="", ends="failed", fault=Fault(code="key_missing", message="No key.", remedy="Run `x`.")),
        ]
        chat.ask("Everything, please")
        chat.answered("Title")
        chat.page.get_by_text("How the model thought about it").click()
        assert_accessible(chat.page)
        chat.ask("More")
        expect(chat.reply).to_contain_text("Interrupted.")
        assert_accessible(chat.page)
        chat.button("Try again").last.click()
        expect(chat.reply).to_contain_text("No key.")
        owner.refuse("POST", r"/messages$", status=507, body={"code": "disk_full", "message": "Full.", "remedy": ""})
        chat.ask("Lost?")
        expect(chat.reply).to_contain_text("Not sent.")
        assert_accessible(chat.page)
        chat.page.get_by_role("button", name="Conversation:").click()
        assert_accessible(chat.page)
        chat.page.keyboard.press("Escape")
        chat.page.get_by_role("button", name="Model:").click()
        assert_accessible(chat.page)
        chat.page.keyboard.press("Escape")
        owner.script = Script(hold_at=0)
        chat.button("New conversation").click()
        chat.ask("Slow")
        expect(chat.reply).to_contain_text("Loading the model…")
        assert_accessible(chat.page)
        owner.release()
        assert chat.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert chat.log.evaluate("log => log.scrollWidth <= log.clientWidth")


def test_axe_finds_nothing_where_no_model_is(chat: Chat, owner: StandIn) -> None:
    chat.open(owner.add_experience())
    assert_accessible(chat.page)
    chat.button("Add the demo model").click()
    expect(chat.page.get_by_role("progressbar")).to_be_visible()
    assert_accessible(chat.page)


def test_the_whole_way_goes_by_keyboard(chat: Chat, owner: StandIn, experience: Experience, focused: Callable) -> None:
    owner.scripts = [Script(text="```python\nx = 1\n```"), Script(text="Another try."), Script(text="About planets.")]
    chat.open(experience)
    keyboard = chat.page.keyboard
    reach(chat.page, focused, "Message")
    keyboard.type("First line")
    keyboard.press("Shift+Enter")
    keyboard.type("second line")
    keyboard.press("Enter")
    chat.answered("x = 1")
    expect(chat.messages.first).to_contain_text("First line\nsecond line", use_inner_text=True)
    assert focused() == "Message"
    reach(chat.page, focused, "Insert and run", backwards=True)
    keyboard.press("Enter")
    assert chat.page.evaluate("page.pressed") == [["run", "x = 1", "python"]]
    reach(chat.page, focused, "Try again")
    keyboard.press("Enter")
    chat.answered("Another try.")
    reach(chat.page, focused, "Previous version")
    keyboard.press("Enter")
    chat.answered("x = 1")
    assert focused() == "Previous version"
    reach(chat.page, focused, "New conversation", backwards=True)
    keyboard.press("Enter")
    assert focused() == "Message"
    keyboard.type("Planets?")
    keyboard.press("Enter")
    chat.answered("About planets.")
    reach(chat.page, focused, "Conversation: Planets?", backwards=True)
    keyboard.press("Enter")
    expect(chat.page.get_by_role("menuitemradio", name="Planets?")).to_be_focused()
    keyboard.press("ArrowDown")
    expect(chat.page.get_by_role("menuitemradio", name="First line")).to_be_focused()
    keyboard.press("Escape")
    assert focused() == "Conversation: Planets?"
    keyboard.press("Enter")
    keyboard.press("End")
    keyboard.press("Enter")
    chat.answered("x = 1")
    expect(chat.page.get_by_role("menu")).to_have_count(0)


def test_the_enter_that_ends_an_input_methods_word_sends_nothing(opened: Chat, owner: StandIn) -> None:
    opened.composer.focus()
    session = opened.page.context.new_cdp_session(opened.page)
    session.send("Input.imeSetComposition", {"text": "にほん", "selectionStart": 3, "selectionEnd": 3})
    opened.composer.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
    session.send("Input.insertText", {"text": "日本"})
    expect(opened.composer).to_have_value("日本")
    assert owner.messages == {}
    opened.composer.press("Enter")
    opened.answered("All is well.")


def test_a_reply_is_announced_as_it_begins_and_ends_and_not_in_between(opened: Chat, owner: StandIn) -> None:
    opened.page.evaluate(
        """() => {
          const status = page.element.shadowRoot.querySelector('.wb-Hidden[role=status]');
          window.said = [];
          new MutationObserver(() => window.said.push(status.textContent)).observe(
            status, { subtree: true, childList: true, characterData: true });
        }"""
    )
    owner.script = Script(text="Word by word by word.", piece=2, pause_s=0.03)
    opened.ask("Speak")
    opened.answered("Word by word by word.")
    assert opened.page.evaluate("said") == ["Answering…", "Answer: Word by word by word."]
    assert opened.log.get_attribute("aria-live") == "off"


def test_targets_are_large_enough_for_a_finger(browser: Browser, owner: StandIn, experience: Experience) -> None:
    owner.script = Script(text=EVERYTHING)
    size: ViewportSize = {"width": 390, "height": 800}
    with browser.new_context(viewport=size, has_touch=True, is_mobile=True) as context:
        chat = Chat(context.new_page(), owner).open(experience)
        chat.ask("Everything")
        chat.answered("Title")
        heights = chat.page.get_by_role("button").evaluate_all("all => all.map(e => e.getBoundingClientRect().height)")
        assert min(heights) >= 44


def test_the_primary_button_is_large_enough_everywhere(opened: Chat) -> None:
    box = opened.button("Send").bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 44


def test_a_host_sets_the_look(opened: Chat) -> None:
    opened.page.evaluate("document.documentElement.style.setProperty('--wb-surface', 'rgb(1, 2, 3)')")
    chat = opened.page.locator(".wb-Chat")
    assert chat.evaluate("chat => getComputedStyle(chat).backgroundColor") == "rgb(1, 2, 3)"
    opened.page.evaluate("document.documentElement.style.removeProperty('--wb-surface')")
    opened.page.evaluate("document.documentElement.style.setProperty('--wb-color-scheme', 'dark')")
    assert chat.evaluate("chat => getComputedStyle(chat).backgroundColor") == "rgb(22, 24, 29)"


def reach(page: Page, focused: Callable[[], str], name: str, *, backwards: bool = False) -> None:
    """Go with the tab key until the focus is on `name`."""
    for _ in range(40):
        if focused() == name:
            return
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
    raise AssertionError(f"The tab key does not reach {name!r}.")


def assert_accessible(page: Page) -> None:
    """Nothing that axe finds fault with, all rules and best practices on."""
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(content=Path(AXE).read_text(encoding="utf-8"))
    found = page.evaluate("axe.run().then(result => result.violations)")
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []
