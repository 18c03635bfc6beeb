"""Prompts found, written, filled in, taken back and used in a tab of JupyterLab."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.lab.axe import findings
from tests.browser.lab.jupyterlab import Desk
from tests.browser.lab.provider import Provider
from workbench.client import Workbench
from workbench.prompts.records import Variable

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def test_a_shipped_prompt_is_taken_changed_filled_in_taken_back_and_used(
    desk: Desk, workbench: Workbench, scripted: Provider
) -> None:
    workbench.experiences.create("Physics")
    desk.command("Workbench Prompts")
    panel = desk.page.locator(".wb-Prompts:visible")
    expect(panel.get_by_role("heading", name="Prompts", exact=True)).to_be_focused()
    panel.get_by_text("Explain at three levels").click()
    panel.get_by_role("button", name="Take Explain at three levels").click()
    editor = panel.get_by_role("form", name="Explain at three levels")
    expect(editor.get_by_label("Title")).to_be_focused()
    expect(editor.get_by_role("status")).to_contain_text("0 findings")
    filled = panel.get_by_label("What would be sent")
    expect(filled).to_contain_text("Explain [What to explain] three times")
    expect(panel.get_by_text("The variable 'topic' is not filled in.")).to_be_visible()
    panel.get_by_label("What to explain").fill("why the sky is blue")
    expect(filled).to_contain_text("Explain why the sky is blue three times")
    expect(panel.get_by_text("is not filled in")).to_have_count(0)

    text = editor.get_by_label("Text", exact=False).first
    text.fill("Explain {{ topic }} for {{ reader }}.\nBe brief. Be thorough.")
    found = editor.get_by_role("region", name="What is to be said of it")
    expect(found).to_contain_text("“Be thorough” and “Be brief” (line 2) ask for opposite things.")
    expect(found).to_contain_text("The variable 'reader' is not declared.")
    expect(found).to_contain_text("The variable 'field' is declared and not used.")
    found.get_by_role("button", name="Doubtful, line 2").click()
    expect(text).to_be_focused()
    text.fill("Explain {{ topic }} for {{ reader }}, and be brief.")
    editor.get_by_role("button", name="Remove the variable field").click()
    expect(found).to_contain_text("1 finding,")
    panel.get_by_label("reader", exact=True).fill("Ada")
    expect(filled).to_have_text("Explain why the sky is blue for Ada, and be brief.")
    editor.get_by_label("Why").fill("For one reader")
    desk.page.screenshot(path="test-results/prompts.png")
    assert findings(desk.page, ".wb-Prompts") == []
    editor.get_by_role("button", name="Save").click()
    versions = panel.get_by_role("list", name="Versions").get_by_role("listitem")
    expect(versions.first).to_contain_text("For one reader")
    kept = workbench.prompts["explain-three-levels"]
    assert (kept.version, [each.name for each in kept.variables]) == (2, ["topic", "reader"])

    panel.get_by_label("What to explain").fill("heat")
    panel.get_by_role("button", name="Use it there, as filled in").click()
    expect(panel.get_by_text("It is the system prompt of: Physics")).to_be_visible()
    physics = workbench.experiences.find("Physics")
    assert physics.prompt_values == {"topic": "heat", "reader": "Ada"}
    scripted.answer = "It is warm."
    reply = workbench.experiences.open("Physics").ask("Go on.", model="scripted/scripted")
    assert (reply.message.prompt.name, reply.message.prompt.version) == ("explain-three-levels", 2)

    versions.first.get_by_text("What was changed in version 2").click()
    expect(versions.first.locator("ins").first).to_contain_text("Explain {{ topic }} for {{ reader }}")
    panel.get_by_role("button", name="Go back to version 1").click()
    expect(versions).to_have_count(3)
    assert workbench.prompts["explain-three-levels"].text.startswith("Explain {{ topic }} three times")
    desk.page.screenshot(path="test-results/prompts-versions.png")
    panel.get_by_role("button", name="Move to trash").click()
    panel.get_by_role("button", name="Undo").click()
    expect(panel.get_by_role("button", name="Explain at three levels /explain-three-levels")).to_be_visible()


def test_a_slash_in_the_chat_lists_prompts_and_fills_one_in(
    desk: Desk, workbench: Workbench, scripted: Provider
) -> None:
    workbench.prompts.create(
        "tidy",
        title="Tidy up",
        text="Put this in order, {{ tone }}: {{ text }}",
        variables=[
            Variable(name="text", label="The text"),
            Variable(name="tone", kind="choice", choices=("plainly", "formally"), default="plainly"),
        ],
    )
    workbench.prompts.create("hello", title="Greet", text="Say hello.")
    workbench.prompts.create("told", title="Only told", text="Be kind.", use="system")
    desk.show_experiences()
    desk.new_experience("Slashes")
    chat = desk.page.locator("wb-chat:visible")
    question = chat.get_by_label("Message", exact=True)
    question.click()
    question.press_sequentially("/")
    offered = chat.get_by_role("listbox", name="Prompts").get_by_role("option")
    expect(offered.filter(has_text="/hello")).to_be_visible()
    expect(offered.filter(has_text="/told")).to_have_count(0)
    question.press("Escape")
    expect(offered).to_have_count(0)
    question.press_sequentially("ti")
    expect(offered).to_have_text([re.compile(r"/tidy\s+Tidy up")])
    assert findings(desk.page, "wb-chat") == []
    question.press("Enter")
    form = chat.get_by_role("form", name="Tidy up")
    expect(form.get_by_label("The text")).to_be_focused()
    form.get_by_role("button", name="Insert").click()
    expect(form.get_by_role("alert")).to_contain_text("The variable 'text' is not filled in.")
    form.get_by_label("The text").fill("b, a")
    form.get_by_label("tone").select_option("formally")
    desk.page.screenshot(path="test-results/slash.png")
    form.get_by_role("button", name="Insert").click()
    expect(question).to_have_value("Put this in order, formally: b, a")
    expect(question).to_be_focused()
    scripted.answer = "a, b"
    question.press("Enter")
    expect(chat.get_by_text("a, b", exact=True)).to_be_visible()
    assert "Put this in order, formally: b, a" in scripted.questions[-1]
    question.fill("")
    question.press_sequentially("/hel")
    expect(offered).to_have_count(1)
    question.press("Tab")
    expect(question).to_have_value("Say hello.")
    question.fill("/etc/hosts says what?")
    expect(offered).to_have_count(0)
