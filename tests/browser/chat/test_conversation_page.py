"""What a real owner cannot be brought to at will, and what its host does with the chat's code, on a bare page.

The owner here does what a test scripts: it refuses, is away, takes its time, fetches a model byte by byte. What the
chat does over a real one is tested in every host, in `tests/browser/hosts`.
"""

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from tests.browser.chat.conftest import Chat
from tests.browser.chat.stand_in import Script, StandIn
from workbench.conversations.records import Fault
from workbench.experiences.records import Experience

pytestmark = pytest.mark.browser


def test_a_model_that_takes_its_time_is_said_to_be_loading(opened: Chat, owner: StandIn) -> None:
    owner.script = Script(hold_at=0)
    opened.ask("Hello")
    expect(opened.reply).not_to_contain_text("Loading the model…")
    expect(opened.reply).to_contain_text("Loading the model…")
    owner.release()
    opened.answered("All is well.")
    expect(opened.reply).not_to_contain_text("Loading")


def test_why_nothing_comes_is_said_and_stop_ends_it(opened: Chat, owner: StandIn) -> None:
    busy = "The provider 'far' asks to wait for 8 s: too many requests. Trying again in 8 s."
    owner.script = Script(waiting=busy, hold_at=0)
    opened.ask("Hello")
    expect(opened.reply).to_contain_text(busy)
    expect(opened.page.locator("[role=status]", has_text=busy)).to_have_count(1)
    opened.button("Stop").click()
    expect(opened.reply).to_contain_text("Stopped.")
    expect(opened.reply).not_to_contain_text("Trying again")


def test_a_cut_reply_goes_on_with_the_next_fallback(chat: Chat, owner: StandIn, experience: Experience) -> None:
    owner.add_model("Sol 3B", id="far/sol")
    owner.experiences[experience.id] = replace(experience, fallbacks=("gone/away", "local/luna", "far/sol"))
    cut = Fault(code="stream_cut", message="The reply was cut off.", remedy="Continue it, or try again.")
    owner.scripts = [Script(text="One two ", ends="failed", fault=cut), Script(text="three.")]
    chat.open(experience)
    chat.ask("Count")
    chat.button("Continue with Sol 3B").click()
    chat.answered("One two three.")
    expect(chat.reply.get_by_role("heading")).to_have_text("Sol 3B · far instead of local/luna (stream cut)")
    expect(chat.button("Continue with Sol 3B")).to_have_count(0)


def test_a_reply_that_nobody_can_verify_says_so_and_why(chat: Chat, owner: StandIn, experience: Experience) -> None:
    owner.add_conversation(experience, "Why?", "Because.")
    (reply,) = (message for message in owner.messages.values() if message.author == "assistant")
    chat.open(experience)
    chat.answered("Because.")
    expect(chat.reply).not_to_contain_text("Not verified")
    owner.change(reply.id, verified=False)
    chat.page.reload()
    chat.open(experience)
    chat.reply.get_by_text("Not verified").click()
    expect(chat.reply.get_by_text("a reply that was cut off looks like a whole one")).to_be_visible()


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


def test_code_is_handed_to_the_host(opened: Chat, owner: StandIn) -> None:
    owner.script = Script(text="Do this:\n\n```python\nprint('<hello> & goodbye')\n```\n\nor\n\n```\nplain\n```\n")
    opened.ask("Code?")
    opened.answered("Do this:")
    code = opened.reply.locator(".wb-Code")
    code.first.get_by_role("button", name="Insert and run").click()
    code.last.get_by_role("button", name="Insert as cell").click()
    assert opened.page.evaluate("page.pressed") == [
        ["run", "print('<hello> & goodbye')", "python"],
        ["insert", "plain", ""],
    ]


def test_an_experience_that_cannot_be_read_is_tried_again(chat: Chat, owner: StandIn, experience: Experience) -> None:
    locked = {"code": "locked", "message": "The store is locked.", "remedy": "Run `workbench unlock`."}
    owner.refuse("GET", r"/experiences/", status=423, body=locked)
    chat.open(experience)
    expect(chat.page.get_by_text("The store is locked. Run workbench unlock.")).to_be_visible()
    expect(chat.page.get_by_text("workbench unlock", exact=True)).to_have_js_property("localName", "code")
    chat.button("Try again").click()
    expect(chat.composer).to_be_visible()


def test_the_demo_model_is_added_with_one_click(chat: Chat, owner: StandIn) -> None:
    chat.open(owner.add_experience())
    expect(chat.page.get_by_role("heading", name="Add a model to begin")).to_be_visible()
    chat.composer.fill("Too early")
    expect(chat.button("Send")).to_be_disabled()
    chat.button("Add the demo model").click()
    expect(chat.page.get_by_text("0 of 98 MB")).to_be_visible()
    owner.demo = replace(owner.demo, received_bytes=49_000_000)
    expect(chat.page.get_by_text("49 of 98 MB")).to_be_visible()
    owner.add_model("SmolLM2", id="local/demo", demo=True)
    owner.demo = replace(owner.demo, state="complete", received_bytes=98_000_000)
    expect(chat.button("Model: SmolLM2")).to_be_visible()
    chat.composer.press("Enter")
    chat.answered("All is well.")


def test_adding_the_demo_model_can_be_called_off_and_fail(chat: Chat, owner: StandIn) -> None:
    chat.open(owner.add_experience())
    chat.button("Add the demo model").click()
    chat.button("Cancel").click()
    chat.button("Add the demo model").click()
    expect(chat.button("Cancel")).to_be_visible()
    owner.demo = replace(owner.demo, state="failed", message="The download broke off.", remedy="Check the network.")
    expect(chat.page.get_by_text("The download broke off. Check the network.")).to_be_visible()
    expect(chat.button("Try again")).to_be_visible()


def test_it_runs_under_a_policy_without_inline_styles_and_evaluation(chat: Chat, experience: Experience) -> None:
    chat.open(experience, strict=True)
    chat.ask("Strict?")
    chat.answered("All is well.")
    assert chat.reply.evaluate("reply => getComputedStyle(reply).display") == "flex"
