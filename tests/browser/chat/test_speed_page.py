"""Long replies and long conversations do not hold the page up."""

import pytest
from playwright.sync_api import CDPSession, expect

from tests.browser.chat.conftest import Chat
from tests.browser.chat.stand_in import Script, StandIn
from workbench.experiences.records import Experience

pytestmark = pytest.mark.browser

SECTION = """## Section {n}

Some words about $e^{{i\\pi}} = -1$, with `code` and **weight**, as a model would write them in an answer that is long.

```python
def section_{n}(x: float) -> float:
    return x ** {n}  # the power of {n}
```

| a | b |
|---|---|
| 1 | {n} |

- one thing
- another thing
"""
PIECE = 4
"""Characters of a token, about."""
MOST_WORK_S = 4.0
"""Of script, style and layout for the whole reply; about 0.5 on a quiet machine, 10 if all is drawn anew."""


def test_a_reply_of_4000_tokens_does_not_hold_the_page_up(opened: Chat, owner: StandIn) -> None:
    text = "\n".join(SECTION.format(n=n) for n in range(60))[: 4000 * PIECE]
    owner.script = Script(text="Warm.")
    opened.ask("Warm up")
    opened.answered("Warm.")
    session = opened.page.context.new_cdp_session(opened.page)
    session.send("Performance.enable")
    before = work_s(session)
    opened.page.evaluate("page.longTasks.length = 0")
    owner.script = Script(text=text, piece=PIECE, pause_s=0.004)
    opened.ask("At length")
    opened.page.wait_for_function("page.model.state.running !== null")
    opened.page.wait_for_function("page.model.state.running === null", polling=1000, timeout=90_000)
    tasks = opened.page.evaluate("page.longTasks")
    print(f"\nlong tasks: {len(tasks)}, {sum(tasks)} ms (budget: 1, 60 ms; all drawn anew at each token: 9,500 ms)")
    assert work_s(session) - before < MOST_WORK_S


def test_a_conversation_of_1000_messages_opens_at_its_end(chat: Chat, owner: StandIn, experience: Experience) -> None:
    texts = [f"Question {n // 2}" if n % 2 == 0 else SECTION.format(n=n) for n in range(1000)]
    owner.add_conversation(experience, *texts, title="Long")
    chat.open(experience)
    expect(chat.reply.get_by_text("another thing")).to_be_in_viewport()
    shown = chat.messages.count()
    assert shown < 60
    took = chat.page.evaluate(
        """async () => {
          const start = performance.now();
          await page.model.openConversation(page.model.state.conversation.id);
          await page.element.updateComplete;
          await new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)));
          return performance.now() - start;
        }"""
    )
    print(f"\nopened again in {took:.0f} ms")
    assert took < 5000, "about 100 ms where nothing else runs"
    assert chat.messages.count() == shown
    place = "log => [...log.querySelectorAll('article')].at(-%d).getBoundingClientRect().top"
    chat.log.hover()
    chat.page.mouse.wheel(0, -100_000)
    expect(chat.messages).not_to_have_count(shown)
    more = chat.messages.count()
    top = chat.log.evaluate(place % shown)
    assert top > 0, "what was at the top stays in sight when messages are added above it"
    assert more < 1000


def test_earlier_messages_are_a_button_away_without_scrolling(
    chat: Chat, owner: StandIn, experience: Experience
) -> None:
    owner.add_conversation(experience, *(f"Short {n}" for n in range(100)), title="Long")
    chat.open(experience)
    shown = chat.messages.count()
    chat.button("Show earlier messages").focus()
    chat.page.keyboard.press("Enter")
    expect(chat.messages).not_to_have_count(shown)
    expect(chat.page.get_by_text("Short 0")).to_have_count(0)


def work_s(session: CDPSession) -> float:
    """What the page has spent on script, style and layout, in seconds."""
    metrics = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
    return sum(metrics[name] for name in ("ScriptDuration", "RecalcStyleDuration", "LayoutDuration"))
