"""The chat for everyone, in every host: by keyboard alone, read aloud, light and dark, wide and narrow, by finger."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.hosts.host import Host, Scheme
from tests.browser.lab.axe import findings
from tests.browser.lab.provider import Answer, Provider
from tests.browser.reader import Chat
from workbench.client import Workbench
from workbench.experiences.records import Experience

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

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


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest, chat: Chat, host: Host) -> Scheme:
    """The page, light or dark."""
    host.theme(chat.page, request.param)
    return request.param


def test_axe_finds_nothing(chat: Chat, host: Host, model: Provider, scheme: Scheme) -> None:
    model.answers = [
        Answer(text=EVERYTHING, reasoning="Let me think."),
        Answer(text="Half", ends="cut"),
        Answer(ends="refused"),
        Answer(text="Half of it and the rest.", hold_at=11),
    ]
    assert_accessible(chat, host)
    chat.ask("Everything, please")
    chat.answered("Title")
    chat.element.get_by_text("How the model thought about it").click()
    chat.ask("More")
    expect(chat.reply).to_contain_text("cut off")
    chat.ask("And more")
    expect(chat.reply).to_contain_text("does not accept the key")
    assert_accessible(chat, host)
    chat.conversations.click()
    assert_accessible(chat, host)
    chat.page.keyboard.press("Escape")
    chat.button("Model: luna").click()
    assert_accessible(chat, host)
    chat.page.keyboard.press("Escape")
    chat.button("Edit this question").last.click()
    assert_accessible(chat, host)
    chat.page.keyboard.press("Escape")
    chat.ask("And on")
    expect(chat.reply).to_contain_text("Half of it")
    assert_accessible(chat, host)
    model.release()
    chat.answered("and the rest.")


def test_the_whole_way_goes_by_keyboard(chat: Chat, model: Provider) -> None:
    model.answers = [Answer(text="```python\nx = 1\n```"), Answer(text="Another try."), Answer(text="About planets.")]
    keyboard = chat.page.keyboard
    chat.reach("New conversation", backwards=True)
    keyboard.press("Enter")
    assert chat.focused() == "Message"
    keyboard.type("First line")
    keyboard.press("Shift+Enter")
    keyboard.type("second line")
    keyboard.press("Enter")
    chat.answered("x = 1")
    expect(chat.messages.first).to_contain_text("First line\nsecond line", use_inner_text=True)
    assert chat.focused() == "Message"
    chat.reach("Copy", backwards=True)
    keyboard.press("Enter")
    expect(chat.element.get_by_text("Copied.").first).to_be_attached()
    assert chat.clipboard() == "x = 1"
    chat.reach("Try again")
    keyboard.press("Enter")
    chat.answered("Another try.")
    assert chat.focused() == "Message"
    chat.reach("Previous version", backwards=True)
    keyboard.press("Enter")
    chat.answered("x = 1")
    assert chat.focused() == "Previous version"
    chat.reach("New conversation", backwards=True)
    keyboard.press("Enter")
    assert chat.focused() == "Message"
    keyboard.type("Planets by keyboard?")
    keyboard.press("Enter")
    chat.answered("About planets.")
    chat.reach("Conversation: Planets by keyboard?", backwards=True)
    keyboard.press("Enter")
    expect(chat.entry("Planets by keyboard?").first).to_be_focused()
    keyboard.press("ArrowDown")
    expect(chat.entry("First line").first).to_be_focused()
    keyboard.press("Escape")
    assert chat.focused() == "Conversation: Planets by keyboard?"
    keyboard.press("Enter")
    keyboard.press("End")
    expect(chat.element.get_by_role("menuitemradio").last).to_be_focused()
    keyboard.press("Home")
    keyboard.press("ArrowDown")
    keyboard.press("Enter")
    chat.answered("x = 1")
    expect(chat.element.get_by_role("menu")).to_have_count(0)


def test_the_keyboard_stays_in_a_menu_whose_entries_change_places(
    chat: Chat, model: Provider, workbench: Workbench
) -> None:
    model.answers = [Answer(text="About stars."), Answer(text="About planets."), Answer(text="About moons.")]
    chat.ask("Stars in a menu?")
    chat.answered("About stars.")
    first = chat.element.evaluate("chat => chat.model.state.conversation.id")
    chat.button("New conversation").click()
    chat.ask("Planets in a menu?")
    chat.answered("About planets.")
    chat.conversations.click()
    chosen, other = chat.entry("Planets in a menu?").first, chat.entry("Stars in a menu?").first
    expect(chosen).to_be_focused()
    entries = chat.element.get_by_role("menuitemradio")
    expect(entries.first).to_contain_text("Planets in a menu?")
    workbench.conversations.send(first, "And moons?")
    expect(entries.first).to_contain_text("Stars in a menu?")
    expect(chosen).to_be_focused()
    chat.page.keyboard.press("ArrowUp")
    expect(other).to_be_focused()
    chat.page.keyboard.press("Escape")


def test_the_enter_that_ends_an_input_methods_word_sends_nothing(chat: Chat, model: Provider) -> None:
    chat.composer.focus()
    session = chat.page.context.new_cdp_session(chat.page)
    session.send("Input.imeSetComposition", {"text": "にほん", "selectionStart": 3, "selectionEnd": 3})
    chat.composer.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True})
    session.send("Input.insertText", {"text": "日本"})
    expect(chat.composer).to_have_value("日本")
    expect(chat.messages).to_have_count(0)
    assert model.questions == []
    chat.composer.press("Enter")
    chat.answered("All is well.")


def test_a_reply_is_announced_as_it_begins_and_ends_and_not_in_between(chat: Chat, model: Provider) -> None:
    chat.page.evaluate("window.said = []")
    chat.element.evaluate(
        """chat => {
          const status = chat.shadowRoot.querySelector('.wb-Hidden[role=status]');
          new MutationObserver(() => window.said.push(status.textContent)).observe(
            status, { subtree: true, childList: true, characterData: true });
        }"""
    )
    model.answer, model.seconds_a_token = "Word by word by word.", 0.1
    chat.ask("Speak")
    chat.answered("Word by word by word.")
    assert chat.page.evaluate("said") == ["Answering…", "Answer: Word by word by word."]
    assert chat.log.get_attribute("aria-live") == "off"
    assert chat.log.get_attribute("aria-label") == "Conversation"


def test_targets_are_large_enough_for_a_finger(
    fresh_chat: Callable[..., Chat], host: Host, experience: Experience, model: Provider
) -> None:
    model.answer = EVERYTHING
    chat = fresh_chat(None if host.may_be_empty else experience, has_touch=True, is_mobile=True)
    if host.may_be_empty:
        expect(chat.element.get_by_role("heading", name="No Experience is open")).to_be_visible()
        expect(chat.composer).to_have_count(0)
        assert too_small(chat) == []
        host.open(chat.page, experience)
    chat.ask("Everything by finger")
    chat.answered("Title")
    assert too_small(chat) == []
    assert chat.element.get_by_role("button").count() > 8


def test_the_primary_button_is_large_enough_everywhere(chat: Chat) -> None:
    box = chat.button("Send").bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 44


def assert_accessible(chat: Chat, host: Host) -> None:
    """Nothing that axe finds fault with, and nothing that must be scrolled to from side to side, at each width."""
    for width in host.widths:
        chat.page.set_viewport_size({"width": width, "height": 900})
        assert findings(chat.page, *host.ours) == []
        assert chat.log.evaluate("log => log.scrollWidth <= log.clientWidth")
        assert chat.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def too_small(chat: Chat) -> list[dict[str, object]]:
    """The buttons that a finger may miss, with their heights."""
    heights = chat.element.get_by_role("button").evaluate_all(
        "all => all.map(each => ({ name: each.textContent.trim(), height: each.getBoundingClientRect().height }))"
    )
    return [each for each in heights if each["height"] < 44]
