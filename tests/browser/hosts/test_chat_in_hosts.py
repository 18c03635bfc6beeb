"""Asking, stopping, trying again: what a reader does in the chat, in every host, over the real owner."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.browser.hosts.host import Host
from tests.browser.lab.provider import Answer, Provider
from tests.browser.reader import Chat
from workbench.client import Workbench
from workbench.conversations.records import SavedDraft
from workbench.experiences.records import Experience

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

MUCH = "\n\n".join(f"Paragraph {number}." for number in range(80))


def test_a_question_is_answered_and_the_answering_model_named(chat: Chat, model: Provider) -> None:
    chat.ask("Is all well?")
    chat.answered("All is well.")
    expect(chat.reply.get_by_role("heading", name="luna")).to_be_visible()
    expect(chat.reply).to_contain_text(re.compile(r"3 tokens · [\d.]+ s"))
    expect(chat.composer).to_have_value("")
    expect(chat.composer).to_be_focused()
    expect(chat.button("Conversation: Is all well?")).to_be_visible()
    assert model.questions == ["Is all well?"]


def test_a_reply_is_drawn_as_markdown_with_math_and_coloured_code(chat: Chat, model: Provider) -> None:
    model.answer = "# Title\n\n**Bold** $x^2$\n\n$$\\frac{a}{b}$$\n\n```python\nfor x in y: pass\n```\n"
    chat.ask("Show me")
    chat.answered("Title")
    expect(chat.reply.get_by_role("heading", name="Title")).to_be_visible()
    expect(chat.reply.locator("strong")).to_have_text("Bold")
    expect(chat.reply.locator("math msup")).to_be_visible()
    expect(chat.reply.locator("math[display=block] mfrac")).to_be_visible()
    keyword = chat.reply.locator(".hljs-keyword").first
    expect(keyword).to_have_text("for")
    colour = "each => getComputedStyle(each).color"
    assert keyword.evaluate(colour) != chat.reply.locator("pre code").evaluate(colour)


def test_what_has_arrived_is_shown_while_more_is_awaited(chat: Chat, model: Provider) -> None:
    model.answers = [Answer(text="The beginning, and much later the end.", hold_at=14)]
    chat.ask("Go on")
    expect(chat.reply).to_contain_text("The beginning")
    expect(chat.reply).to_have_attribute("aria-busy", "true")
    expect(chat.reply).not_to_contain_text("the end")
    model.release()
    chat.answered("much later the end.")
    expect(chat.reply).to_have_attribute("aria-busy", "false")


def test_a_model_that_takes_its_time_is_said_to_be_awaited(chat: Chat, model: Provider) -> None:
    model.answers = [Answer(text="Here I am.", hold_at=0)]
    chat.ask("Hello")
    expect(chat.reply).to_contain_text("Waiting for the model…")
    model.release()
    chat.answered("Here I am.")
    expect(chat.reply).not_to_contain_text("Waiting")


@pytest.mark.parametrize("way", ["button", "Escape"])
def test_stopping_keeps_what_has_arrived(chat: Chat, model: Provider, way: str) -> None:
    model.answers = [Answer(text="Half of it and the other half.", hold_at=12)]
    chat.ask("Tell me")
    expect(chat.reply).to_contain_text("Half of it")
    if way == "button":
        chat.button("Stop").click()
    else:
        chat.composer.press("Escape")
    expect(chat.reply).to_contain_text("Stopped.")
    expect(chat.reply).to_contain_text("Half of it")
    expect(chat.composer).to_be_focused()


def test_an_interrupted_reply_goes_on_from_where_it_stopped(chat: Chat, model: Provider) -> None:
    model.answers = [Answer(text="One, two,", ends="cut"), Answer(text=" three.")]
    chat.ask("Count")
    expect(chat.reply).to_contain_text("The reply from 'scripted' was cut off before its end.")
    chat.button("Continue").click()
    chat.answered("One, two, three.")
    expect(chat.reply).not_to_contain_text("cut off")
    expect(chat.messages).to_have_count(2)


def test_trying_again_makes_a_second_version_to_walk_between(chat: Chat, model: Provider) -> None:
    model.answers = [Answer(text="First try."), Answer(text="Second try.")]
    chat.ask("A question to try twice")
    chat.answered("First try.")
    chat.reply.get_by_role("button", name="Try again", exact=True).click()
    chat.answered("Second try.")
    expect(chat.reply).to_contain_text("2 of 2")
    chat.button("Previous version").click()
    chat.answered("First try.")
    expect(chat.reply).to_contain_text("1 of 2")
    chat.button("New conversation").click()
    chat.conversations.click()
    chat.entry("A question to try twice").click()
    expect(chat.reply).to_contain_text("First try.")
    expect(chat.reply).to_contain_text("1 of 2")


def test_an_edited_question_stands_beside_the_first(chat: Chat, model: Provider) -> None:
    model.answers = [Answer(text="About red."), Answer(text="About blue.")]
    chat.ask("Why is it red?")
    chat.answered("About red.")
    chat.messages.first.hover()
    chat.button("Edit this question").click()
    editor = chat.element.get_by_role("textbox", name="Your question")
    expect(editor).to_be_focused()
    editor.fill("Why is it blue?")
    chat.button("Ask again").click()
    chat.answered("About blue.")
    expect(chat.messages).to_have_count(2)
    expect(chat.messages.first).to_contain_text("2 of 2")
    chat.messages.first.get_by_role("button", name="Previous version").click()
    chat.answered("About red.")
    expect(chat.messages.first).to_contain_text("Why is it red?")


def test_a_reply_goes_on_while_the_page_reloads(chat: Chat, host: Host, model: Provider) -> None:
    model.answers = [Answer(text="Before the reload, and after it.", hold_at=24)]
    chat.ask("Go on")
    expect(chat.reply).to_contain_text("Before the reload")
    host.reload(chat.page)
    expect(chat.reply).to_contain_text("Before the reload")
    expect(chat.reply).to_have_attribute("aria-busy", "true")
    model.release()
    chat.answered("Before the reload, and after it.")
    expect(chat.messages).to_have_count(2)
    assert model.questions == ["Go on"]


def test_a_failure_is_told_with_its_remedy(chat: Chat, model: Provider) -> None:
    model.answers = [Answer(ends="refused")]
    chat.ask("Hello")
    expect(chat.reply).to_contain_text(
        "The provider 'scripted' does not accept the key. Give it a valid one: workbench keys set scripted, or under "
        "Models in JupyterLab."
    )
    expect(chat.reply.get_by_role("button", name="Continue")).to_have_count(0)
    chat.reply.get_by_role("button", name="Try again", exact=True).click()
    chat.answered("All is well.")


def until_saved(chat: Chat, workbench: Workbench, place: str, text: str) -> None:
    """Wait until the owner has what is written in a place, whichever way the page goes to it."""
    deadline = time.monotonic() + 60
    while workbench._transport.call("GET", f"/{place}/draft", SavedDraft).text != text:
        assert time.monotonic() < deadline, f"{text!r} has not been saved."
        chat.page.wait_for_timeout(100)


def test_drafts_stay_with_their_conversations_and_survive_a_reload(
    chat: Chat, host: Host, experience: Experience, workbench: Workbench
) -> None:
    chat.ask("A question of drafts")
    chat.answered("All is well.")
    chat.composer.fill("half a thought")
    chat.button("New conversation").click()
    expect(chat.composer).to_have_value("")
    chat.composer.fill("another thought")
    chat.conversations.click()
    chat.entry("A question of drafts").click()
    expect(chat.composer).to_have_value("half a thought")
    chat.button("New conversation").click()
    expect(chat.composer).to_have_value("another thought")
    chat.conversations.click()
    chat.entry("A question of drafts").click()
    expect(chat.composer).to_have_value("half a thought")
    chat.composer.press_sequentially(", and more")
    conversation = chat.element.evaluate("chat => chat.model.state.conversation.id")
    until_saved(chat, workbench, f"conversations/{conversation}", "half a thought, and more")
    until_saved(chat, workbench, f"experiences/{experience.id}", "another thought")
    host.reload(chat.page)
    expect(chat.composer).to_have_value("half a thought, and more")
    chat.composer.press("!")  # at once with the focus, which a page that still loads may take away
    expect(chat.composer).to_have_value("half a thought, and more!")
    chat.button("New conversation").click()
    expect(chat.composer).to_have_value("another thought")
    chat.composer.press("Enter")
    chat.answered("All is well.")
    chat.button("New conversation").click()
    expect(chat.composer).to_have_value("")


def test_the_reader_walks_between_conversations(chat: Chat, experience: Experience, model: Provider) -> None:
    model.answers = [Answer(text="About stars."), Answer(text="About planets.")]
    chat.ask("Stars?")
    chat.answered("About stars.")
    chat.button("New conversation").click()
    expect(chat.element.get_by_role("heading", name=experience.name)).to_be_visible()
    expect(chat.element.get_by_text(experience.description)).to_be_visible()
    chat.ask("Planets?")
    chat.answered("About planets.")
    chat.conversations.click()
    expect(chat.entry("Planets?")).to_have_attribute("aria-checked", "true")
    chat.entry("Stars?").click()
    expect(chat.reply).to_contain_text("About stars.")
    expect(chat.button("Conversation: Stars?")).to_be_focused()


def test_a_hint_begins_a_question(chat: Chat) -> None:
    chat.element.get_by_role("button", name="Write Python code").click()
    expect(chat.composer).to_have_value("Write a Python function that ")
    expect(chat.composer).to_be_focused()


def test_code_is_copied_as_it_is(chat: Chat, model: Provider) -> None:
    model.answer = "Do this:\n\n```python\nprint('<hello> & goodbye')\n```\n\nor\n\n```\nplain\n```\n"
    chat.ask("Code?")
    chat.answered("Do this:")
    code = chat.reply.locator(".wb-Code").first
    expect(code.locator(".wb-Code-language")).to_have_text("python")
    code.get_by_role("button", name="Copy").click()
    expect(chat.element.get_by_text("Copied.").first).to_be_attached()
    assert chat.clipboard() == "print('<hello> & goodbye')"


def test_code_that_still_grows_cannot_be_run(chat: Chat, host: Host, model: Provider) -> None:
    model.answers = [Answer(text="```bash\nrm -rf /tmp/build # and nothing else\n```\n", hold_at=16)]
    chat.ask("Code?")
    expect(chat.reply.locator("pre")).to_contain_text("rm -rf /")
    buttons = chat.reply.locator(".wb-Code").get_by_role("button")
    expect(buttons).to_have_text(["Copy"])
    model.release()
    expect(buttons).to_have_text(["Copy", *host.code_actions])


def test_a_message_is_copied_as_it_was_written(chat: Chat, model: Provider) -> None:
    model.answer = "**Bold** and $x$"
    chat.ask("Format?")
    chat.answered("Bold")
    chat.reply.get_by_role("button", name="Copy message").click()
    expect(chat.element.get_by_text("Copied.").first).to_be_attached()
    assert chat.clipboard() == "**Bold** and $x$"


def test_reasoning_is_folded_away(chat: Chat, model: Provider) -> None:
    model.answers = [Answer(text="Forty-two.", reasoning="Six by nine.")]
    chat.ask("What is it?")
    chat.answered("Forty-two.")
    expect(chat.element.get_by_text("Six by nine.")).to_be_hidden()
    chat.element.get_by_text("How the model thought about it").click()
    expect(chat.element.get_by_text("Six by nine.")).to_be_visible()


def test_the_end_is_followed_until_the_reader_scrolls_up(chat: Chat, model: Provider) -> None:
    model.answers = [Answer(text=MUCH, hold_at=900)]
    chat.ask("Much")
    expect(chat.reply).to_contain_text("Paragraph 55.")
    expect(chat.reply.locator(".wb-Block").last).to_be_in_viewport()
    chat.log.hover()
    chat.page.mouse.wheel(0, -300)
    expect(chat.button("Jump to latest")).to_be_visible()
    before = chat.log.evaluate("log => log.scrollTop")
    model.release()
    chat.answered("Paragraph 79.")
    assert chat.log.evaluate("log => log.scrollTop") == before
    chat.button("Jump to latest").click()
    expect(chat.reply.get_by_text("Paragraph 79.")).to_be_in_viewport()
    expect(chat.button("Jump to latest")).to_be_hidden()
    expect(chat.composer).to_be_focused()


def test_what_is_asked_elsewhere_appears_here(chat: Chat, workbench: Workbench) -> None:
    chat.ask("Mine")
    chat.answered("All is well.")
    conversation = chat.element.evaluate("chat => chat.model.state.conversation.id")
    workbench.conversations.send(conversation, "Theirs")
    expect(chat.messages).to_have_count(4)
    expect(chat.messages.nth(2)).to_contain_text("Theirs")
    chat.answered("All is well.")


def test_another_model_is_chosen_for_the_experience(
    chat: Chat, experience: Experience, model: Provider, workbench: Workbench
) -> None:
    chat.button("Model: luna").click()
    chat.element.get_by_role("option", name=re.compile("^sol")).click()
    expect(chat.button("Model: sol")).to_be_focused()
    chat.ask("Who are you?")
    chat.answered("All is well.")
    expect(chat.reply.get_by_role("heading", name="sol")).to_be_visible()
    assert model.models == ["sol"]
    assert workbench.experiences.get(experience.id).model == "scripted/sol"
    workbench.experiences.update(experience.id, model=None)
    expect(chat.button("Model: luna")).to_be_visible()


def test_what_a_draft_will_take_is_said_below_it_while_nothing_is_sent(chat: Chat, model: Provider) -> None:
    asked = len(model.questions)
    chat.composer.fill("Why is the sky blue?")
    expect(chat.composer).to_have_accessible_description(re.compile(r"^about \d+ tokens · price unknown$"))
    chat.composer.fill("")
    expect(chat.composer).to_have_accessible_description("")
    assert len(model.questions) == asked
