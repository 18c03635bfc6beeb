"""Asking, stopping, trying again: what a reader does in the chat, on a bare page inside a shadow root."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.chat.conftest import Chat
from tests.browser.chat.stand_in import Script, StandIn
from workbench.conversations.records import Fault
from workbench.experiences.records import Experience

pytestmark = pytest.mark.browser


def test_a_question_is_answered_and_the_answering_model_named(opened: Chat) -> None:
    opened.ask("Is all well?")
    opened.answered("All is well.")
    expect(opened.reply.get_by_role("heading", name="Luna 1B")).to_be_visible()
    expect(opened.reply).to_contain_text("42 tokens · 1.3 s")
    expect(opened.composer).to_have_value("")
    expect(opened.composer).to_be_focused()
    expect(opened.button("Conversation: Is all well?")).to_be_visible()


def test_a_reply_is_drawn_as_markdown_with_math_and_coloured_code(opened: Chat, owner: StandIn) -> None:
    owner.script = Script(text="# Title\n\n**Bold** $x^2$\n\n$$\\frac{a}{b}$$\n\n```python\nfor x in y: pass\n```\n")
    opened.ask("Show me")
    opened.answered("Title")
    expect(opened.reply.get_by_role("heading", name="Title")).to_be_visible()
    expect(opened.reply.locator("strong")).to_have_text("Bold")
    expect(opened.reply.locator("math msup")).to_be_visible()
    expect(opened.reply.locator("math[display=block] mfrac")).to_be_visible()
    expect(opened.reply.locator(".hljs-keyword").first).to_have_text("for")


def test_what_has_arrived_is_shown_while_more_is_awaited(opened: Chat, owner: StandIn) -> None:
    owner.script = Script(text="The beginning, and much later the end.", hold_at=14)
    opened.ask("Go on")
    expect(opened.reply).to_contain_text("The beginning")
    expect(opened.reply).to_have_attribute("aria-busy", "true")
    expect(opened.reply).not_to_contain_text("the end")
    owner.release()
    opened.answered("much later the end.")


def test_a_model_that_takes_its_time_is_said_to_be_loading(opened: Chat, owner: StandIn) -> None:
    owner.script = Script(hold_at=0)
    opened.ask("Hello")
    expect(opened.reply).not_to_contain_text("Loading the model…")
    expect(opened.reply).to_contain_text("Loading the model…")
    owner.release()
    opened.answered("All is well.")
    expect(opened.reply).not_to_contain_text("Loading")


def test_stopping_keeps_what_has_arrived(opened: Chat, owner: StandIn) -> None:
    owner.script = Script(text="Half of it and the other half.", hold_at=12)
    opened.ask("Tell me")
    expect(opened.reply).to_contain_text("Half of it")
    opened.button("Stop").click()
    expect(opened.reply).to_contain_text("Stopped.")
    expect(opened.reply).to_contain_text("Half of it")
    expect(opened.composer).to_be_focused()


def test_escape_stops_the_reply(opened: Chat, owner: StandIn) -> None:
    owner.script = Script(text="Half of it and the other half.", hold_at=12)
    opened.ask("Tell me")
    expect(opened.reply).to_contain_text("Half of it")
    opened.composer.press("Escape")
    expect(opened.reply).to_contain_text("Stopped.")


def test_an_interrupted_reply_goes_on_from_where_it_stopped(opened: Chat, owner: StandIn) -> None:
    owner.scripts = [Script(text="One, two,", ends="interrupted"), Script(text=" three.")]
    opened.ask("Count")
    expect(opened.reply).to_contain_text("Interrupted. What had arrived was kept.")
    opened.button("Continue").click()
    opened.answered("One, two, three.")
    expect(opened.reply).not_to_contain_text("Interrupted")
    expect(opened.messages).to_have_count(2)


def test_trying_again_makes_a_second_version_to_walk_between(opened: Chat, owner: StandIn) -> None:
    owner.scripts = [Script(text="First try."), Script(text="Second try.")]
    opened.ask("Try")
    opened.answered("First try.")
    opened.reply.get_by_role("button", name="Try again").click()
    opened.answered("Second try.")
    expect(opened.reply).to_contain_text("2 of 2")
    opened.button("Previous version").click()
    opened.answered("First try.")
    expect(opened.reply).to_contain_text("1 of 2")
    opened.page.reload()
    expect(opened.reply).to_contain_text("First try.")


def test_an_edited_question_stands_beside_the_first(opened: Chat, owner: StandIn) -> None:
    owner.scripts = [Script(text="About red."), Script(text="About blue.")]
    opened.ask("Why is it red?")
    opened.answered("About red.")
    opened.messages.first.hover()
    opened.button("Edit this question").click()
    editor = opened.page.get_by_role("textbox", name="Your question")
    expect(editor).to_be_focused()
    editor.fill("Why is it blue?")
    opened.button("Ask again").click()
    opened.answered("About blue.")
    expect(opened.messages).to_have_count(2)
    expect(opened.messages.first).to_contain_text("2 of 2")
    opened.messages.first.get_by_role("button", name="Previous version").click()
    opened.answered("About red.")
    expect(opened.messages.first).to_contain_text("Why is it red?")


def test_a_reply_goes_on_while_the_page_reloads(opened: Chat, owner: StandIn) -> None:
    owner.script = Script(text="Before the reload, and after it.", hold_at=24)
    opened.ask("Go on")
    expect(opened.reply).to_contain_text("Before the reload")
    opened.page.reload()
    expect(opened.reply).to_contain_text("Before the reload")
    owner.release()
    opened.answered("and after it.")
    expect(opened.messages).to_have_count(2)


def test_a_lost_connection_is_found_again_and_nothing_doubled(opened: Chat, owner: StandIn) -> None:
    owner.script = Script(text="one two three four five six seven.", piece=4, hold_at=16)
    opened.ask("Count")
    expect(opened.reply).to_contain_text("one two three")
    owner.refuse("GET", r"/stream$", status=0, times=6)
    owner.cut_streams()
    expect(opened.page.get_by_text("Connection lost.")).to_be_visible()
    owner.release()
    opened.answered("one two three four five six seven.")
    expect(opened.page.get_by_text("Connection lost.")).to_be_hidden()


def test_a_failure_is_told_with_its_remedy(opened: Chat, owner: StandIn) -> None:
    fault = Fault(code="key_missing", message="No API key for 'openai'.", remedy="Run `workbench keys set openai`.")
    owner.scripts = [Script(text="", ends="failed", fault=fault)]
    opened.ask("Hello")
    expect(opened.reply).to_contain_text("No API key for 'openai'. Run workbench keys set openai.")
    expect(opened.reply.locator("code")).to_have_text("workbench keys set openai")
    expect(opened.reply.get_by_role("button", name="Continue")).to_have_count(0)
    opened.reply.get_by_role("button", name="Try again").click()
    opened.answered("All is well.")


def test_a_question_that_could_not_be_sent_is_kept_and_sent_once(opened: Chat, owner: StandIn) -> None:
    full = {"code": "disk_full", "message": "The disk is full.", "remedy": "Free some space."}
    owner.refuse("POST", r"/messages$", status=507, body=full)
    opened.ask("Do not lose me")
    expect(opened.reply).to_contain_text("Not sent. The disk is full. Free some space.")
    opened.button("Send again").click()
    opened.answered("All is well.")
    expect(opened.messages).to_have_count(2)
    assert [each.text for each in owner.messages.values() if each.author == "user"] == ["Do not lose me"]


def test_a_question_that_could_not_be_sent_can_be_taken_back(opened: Chat, owner: StandIn) -> None:
    owner.refuse(
        "POST", r"/messages$", status=422, body={"code": "invalid_input", "message": "Too long.", "remedy": ""}
    )
    opened.ask("Do not lose me")
    opened.reply.get_by_role("button", name="Edit", exact=True).click()
    expect(opened.composer).to_have_value("Do not lose me")
    expect(opened.messages).to_have_count(0)


def test_an_owner_that_comes_back_gets_the_question_once(opened: Chat, owner: StandIn) -> None:
    owner.refuse("POST", r"/messages$", status=0, times=2)
    opened.ask("Still there?")
    opened.answered("All is well.")
    assert len(owner.messages) == 2
    keys = [headers["Idempotency-Key"] for method, path, headers in owner.requests if path.endswith("/messages")]
    assert len(keys) == 3
    assert len(set(keys)) == 1


def test_drafts_stay_with_their_conversations(opened: Chat) -> None:
    opened.ask("First")
    opened.answered("All is well.")
    opened.composer.fill("half a thought")
    opened.button("New conversation").click()
    expect(opened.composer).to_have_value("")
    opened.composer.fill("another thought")
    opened.page.get_by_role("button", name="Conversation:").click()
    opened.page.get_by_role("menuitemradio", name="First").click()
    expect(opened.composer).to_have_value("half a thought")
    opened.button("New conversation").click()
    expect(opened.composer).to_have_value("another thought")


def test_the_reader_walks_between_conversations(opened: Chat, owner: StandIn) -> None:
    owner.scripts = [Script(text="About stars."), Script(text="About planets.")]
    opened.ask("Stars?")
    opened.answered("About stars.")
    opened.button("New conversation").click()
    expect(opened.button("Explain something")).to_be_hidden()
    expect(opened.page.get_by_role("heading", name="Astronomy")).to_be_visible()
    opened.ask("Planets?")
    opened.answered("About planets.")
    opened.page.get_by_role("button", name="Conversation:").click()
    expect(opened.page.get_by_role("menuitemradio")).to_have_count(2)
    opened.page.get_by_role("menuitemradio", name="Stars?").click()
    expect(opened.reply).to_contain_text("About stars.")


def test_a_hint_begins_a_question(opened: Chat) -> None:
    opened.page.get_by_role("button", name="Write Python code").click()
    expect(opened.composer).to_have_value("Write a Python function that ")
    expect(opened.composer).to_be_focused()


def test_code_is_copied_and_handed_to_the_host(opened: Chat, owner: StandIn) -> None:
    owner.script = Script(text="Do this:\n\n```python\nprint('<hello> & goodbye')\n```\n\nor\n\n```\nplain\n```\n")
    opened.ask("Code?")
    opened.answered("Do this:")
    code = opened.reply.locator(".wb-Code").first
    expect(code.locator(".wb-Code-language")).to_have_text("python")
    code.get_by_role("button", name="Copy").click()
    expect(opened.page.get_by_text("Copied.").first).to_be_attached()
    assert opened.page.evaluate("navigator.clipboard.readText()") == "print('<hello> & goodbye')"
    code.get_by_role("button", name="Insert and run").click()
    opened.reply.locator(".wb-Code").last.get_by_role("button", name="Insert as cell").click()
    assert opened.page.evaluate("page.pressed") == [
        ["run", "print('<hello> & goodbye')", "python"],
        ["insert", "plain", ""],
    ]


def test_code_that_still_grows_cannot_be_run(opened: Chat, owner: StandIn) -> None:
    owner.script = Script(text="```bash\nrm -rf /tmp/build # and nothing else\n```\n", piece=4, hold_at=16)
    opened.ask("Code?")
    expect(opened.reply.locator("pre")).to_contain_text("rm -rf /")
    expect(opened.button("Insert and run")).to_have_count(0)
    owner.release()
    expect(opened.button("Insert and run")).to_be_visible()


def test_a_message_is_copied_as_it_was_written(opened: Chat, owner: StandIn) -> None:
    owner.script = Script(text="**Bold** and $x$")
    opened.ask("Format?")
    opened.answered("Bold")
    opened.reply.get_by_role("button", name="Copy message").click()
    expect(opened.page.get_by_text("Copied.").first).to_be_attached()
    assert opened.page.evaluate("navigator.clipboard.readText()") == "**Bold** and $x$"


def test_reasoning_is_folded_away(opened: Chat, owner: StandIn) -> None:
    owner.script = Script(text="Forty-two.", reasoning="Six by nine.")
    opened.ask("What is it?")
    opened.answered("Forty-two.")
    expect(opened.page.get_by_text("Six by nine.")).to_be_hidden()
    opened.page.get_by_text("How the model thought about it").click()
    expect(opened.page.get_by_text("Six by nine.")).to_be_visible()


def test_the_end_is_followed_until_the_reader_scrolls_up(opened: Chat, owner: StandIn) -> None:
    text = "\n\n".join(f"Paragraph {number}." for number in range(80))
    owner.script = Script(text=text, piece=20, hold_at=900)
    opened.ask("Much")
    paragraph = opened.reply.locator(".wb-Block").last
    expect(paragraph).to_be_in_viewport()
    opened.log.hover()
    opened.page.mouse.wheel(0, -300)
    expect(opened.button("Jump to latest")).to_be_visible()
    before = opened.log.evaluate("log => log.scrollTop")
    owner.release()
    opened.answered("Paragraph 79.")
    assert opened.log.evaluate("log => log.scrollTop") == before
    opened.button("Jump to latest").click()
    expect(opened.reply.get_by_text("Paragraph 79.")).to_be_in_viewport()
    expect(opened.button("Jump to latest")).to_be_hidden()


def test_what_another_window_asks_appears_here(opened: Chat, owner: StandIn, experience: Experience) -> None:
    opened.ask("Mine")
    opened.answered("All is well.")
    other = opened.page.context.new_page()
    there = Chat(other, owner).open(experience)
    there.ask("Theirs")
    there.answered("All is well.")
    owner.announce("conversations", next(iter(owner.conversations)), experience.id)
    expect(opened.messages).to_have_count(4)
    expect(opened.messages.nth(2)).to_contain_text("Theirs")


def test_without_an_experience_the_reader_is_told_to_choose_one(chat: Chat) -> None:
    chat.open(None)
    expect(chat.page.get_by_role("heading", name="No Experience is open")).to_be_visible()
    expect(chat.composer).to_have_count(0)


def test_an_experience_that_cannot_be_read_is_tried_again(chat: Chat, owner: StandIn, experience: Experience) -> None:
    locked = {"code": "locked", "message": "The store is locked.", "remedy": "Run `workbench unlock`."}
    owner.refuse("GET", r"/experiences/", status=423, body=locked)
    chat.open(experience)
    expect(chat.page.get_by_text("The store is locked. Run workbench unlock.")).to_be_visible()
    chat.button("Try again").click()
    expect(chat.composer).to_be_visible()


def test_the_demo_model_is_added_with_one_click(chat: Chat, owner: StandIn) -> None:
    chat.open(owner.add_experience())
    expect(chat.page.get_by_role("heading", name="Add a model to begin")).to_be_visible()
    chat.composer.fill("Too early")
    expect(chat.button("Send")).to_be_disabled()
    chat.button("Add the demo model").click()
    expect(chat.page.get_by_text("0 of 98 MB")).to_be_visible()
    owner.demo = replace_demo(owner, received_bytes=49_000_000)
    expect(chat.page.get_by_text("49 of 98 MB")).to_be_visible()
    owner.add_model("SmolLM2", id="local/demo", demo=True)
    owner.demo = replace_demo(owner, state="complete", received_bytes=98_000_000)
    expect(chat.button("Model: SmolLM2")).to_be_visible()
    chat.composer.press("Enter")
    chat.answered("All is well.")


def test_adding_the_demo_model_can_be_called_off_and_fail(chat: Chat, owner: StandIn) -> None:
    chat.open(owner.add_experience())
    chat.button("Add the demo model").click()
    chat.button("Cancel").click()
    chat.button("Add the demo model").click()
    owner.demo = replace_demo(owner, state="failed", message="The download broke off.", remedy="Check the network.")
    expect(chat.page.get_by_text("The download broke off. Check the network.")).to_be_visible()
    expect(chat.button("Try again")).to_be_visible()


def test_another_model_is_chosen_for_the_experience(opened: Chat, owner: StandIn, experience: Experience) -> None:
    owner.add_model("Sol 2", id="remote/sol")
    owner.announce("models", "remote/sol")
    opened.button("Model: Luna 1B").click()
    opened.page.get_by_role("menuitemradio", name=re.compile("Sol 2")).click()
    expect(opened.button("Model: Sol 2")).to_be_focused()
    assert owner.experiences[experience.id].model == "remote/sol"
    opened.ask("Who are you?")
    opened.answered("All is well.")
    expect(opened.reply.get_by_role("heading", name="Sol 2")).to_be_visible()


def test_it_runs_under_a_policy_without_inline_styles_and_evaluation(chat: Chat, experience: Experience) -> None:
    chat.open(experience, strict=True)
    chat.ask("Strict?")
    chat.answered("All is well.")
    assert chat.reply.evaluate("reply => getComputedStyle(reply).display") == "flex"


def replace_demo(owner: StandIn, **changes: object):
    from dataclasses import replace

    return replace(owner.demo, **changes)
