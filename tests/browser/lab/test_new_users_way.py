"""The way of a new user through JupyterLab, from the first Experience to everything being there again."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.lab.axe import findings
from tests.browser.lab.jupyterlab import Desk, JupyterLab
from tests.browser.lab.provider import Provider
from workbench.client import Workbench

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

ANSWER = """The **energy** of a mass at rest is

$$E = mc^2$$

so a gram holds about $9\\times 10^{13}$ joules:

```python
c = 299_792_458  # metres a second
print("energy of a gram:", 0.001 * c**2)
```
"""


def test_an_experience_is_made_asked_run_and_there_again_after_a_reload(
    desk: Desk, lab: JupyterLab, workbench: Workbench, scripted: Provider
) -> None:
    scripted.answer, scripted.seconds_a_token = ANSWER, 0.02
    desk.show_experiences()
    desk.new_experience("Physics", category="Study", description="Mechanics and a little relativity")

    expect(desk.page.get_by_text("Experience “Physics” created")).to_be_visible()
    expect(desk.row("Physics").get_by_text("Private")).to_be_visible()
    expect(desk.row("Physics").get_by_text("Study")).to_be_visible()
    expect(desk.notebook.get_by_role("heading", name="Physics")).to_be_visible()
    expect(desk.chat.get_by_role("textbox")).to_be_focused()
    notebook, chat = desk.notebook.bounding_box(), desk.chat.bounding_box()
    assert notebook["x"] + notebook["width"] <= chat["x"], "The chat is beside the notebook."

    desk.page.keyboard.type("What is the energy of a gram?")
    desk.page.keyboard.press("Enter")
    expect(desk.log.get_by_text("so a gram holds")).to_be_visible()
    expect(desk.chat.locator("math").first).to_be_visible()
    expect(desk.chat.locator("pre [class^=hljs]").first).to_be_visible()

    desk.chat.get_by_role("button", name="Insert and run").click()
    expect(desk.notebook.get_by_text("energy of a gram: 89875517873681.7")).to_be_visible(timeout=60_000)
    desk.save("physics.ipynb")
    path = lab.notebooks / "Experiences" / "physics" / "physics.ipynb"
    desk.until(lambda: "89875517873681" in path.read_text("utf-8"))

    desk.reload()
    expect(desk.log.get_by_text("so a gram holds")).to_be_visible()
    expect(desk.log.get_by_text("What is the energy of a gram?").last).to_be_visible()
    expect(desk.notebook.get_by_text("energy of a gram: 89875517873681.7")).to_be_visible()
    expect(desk.experiences.get_by_role("button", name=re.compile("^Physics"))).to_have_attribute(
        "aria-current", "true"
    )

    metadata = json.loads(path.read_text("utf-8"))["metadata"]["workbench"]
    assert metadata == {"experience": workbench.experiences.find("Physics").id}


def test_a_conversation_that_was_open_is_open_after_a_reload(
    desk: Desk, workbench: Workbench, scripted: Provider
) -> None:
    scripted.seconds_a_token = 0.0
    desk.show_experiences()
    desk.new_experience("Chemistry")
    for question in ("first question", "second question"):
        scripted.answer = f"answer to the {question}"
        desk.ask(question)
        expect(desk.log.get_by_text(scripted.answer)).to_be_visible()
        desk.command("New Conversation")
    desk.chat.get_by_role("button", name="New conversation").first.click()
    desk.chat.get_by_role("menuitem", name="first question").or_(
        desk.chat.get_by_role("menuitemradio", name="first question")
    ).first.click()
    expect(desk.log.get_by_text("answer to the first question")).to_be_visible()
    desk.page.wait_for_timeout(1500)  # JupyterLab saves its layout a second after it changed

    desk.reload()
    expect(desk.log.get_by_text("answer to the first question")).to_be_visible()
    expect(desk.log.get_by_text("answer to the second question")).to_have_count(0)


def test_a_conversation_is_renamed_and_gets_its_own_title_back(
    desk: Desk, workbench: Workbench, scripted: Provider
) -> None:
    desk.show_experiences()
    desk.new_experience("Titles")
    expect(desk.chat.get_by_role("heading", name="Titles", level=3)).to_be_visible()
    expect(desk.notebook).to_be_visible()
    desk.ask("Why is the sky blue?")
    expect(desk.chat.get_by_role("button", name="Conversation: Why is the sky blue?")).to_be_visible()
    desk.chat.get_by_role("button", name="Rename conversation").click()
    title = desk.chat.get_by_role("textbox", name="Title of this conversation")
    expect(title).to_be_focused()
    assert findings(desk.page, ".wb-ChatPanel") == []
    keys = desk.page.keyboard
    keys.type("Sky")
    keys.press("Enter")
    sky = desk.chat.get_by_role("button", name="Conversation: Sky")
    expect(sky).to_be_focused()
    (saved,) = workbench.conversations.list(workbench.experiences.find("Titles").id).conversations
    assert saved.title == "Sky"

    keys.press("F2")
    keys.type("Mine")
    workbench.conversations.update(saved.id, title="Theirs")
    keys.press("Enter")
    problem = desk.chat.get_by_role("alert")
    expect(problem).to_contain_text("Another window has called this conversation “Theirs” meanwhile.")
    expect(desk.chat.get_by_role("button", name="Conversation: Theirs")).to_be_visible()
    problem.get_by_role("button", name="Try again", exact=True).click()
    expect(desk.chat.get_by_role("button", name="Conversation: Mine")).to_be_visible()

    desk.command("Rename Conversation…")
    expect(title).to_be_focused()
    keys.type("forgotten")
    keys.press("Escape")
    expect(desk.chat.get_by_role("button", name="Conversation: Mine")).to_be_focused()
    keys.press("F2")
    keys.press("Delete")
    keys.press("Enter")
    expect(desk.chat.get_by_role("button", name="Conversation: Why is the sky blue?")).to_be_visible()


def test_another_conversation_is_renamed_from_the_list_by_keyboard(
    desk: Desk, workbench: Workbench, scripted: Provider
) -> None:
    desk.show_experiences()
    desk.new_experience("Listed")
    for question in ("older", "newer"):
        desk.ask(question)
        expect(desk.chat.get_by_role("button", name=f"Conversation: {question}")).to_be_visible()
        desk.chat.get_by_role("button", name="New conversation", exact=True).click()
    desk.chat.get_by_role("button", name="Conversation: New conversation").press("Enter")
    keys = desk.page.keyboard
    keys.press("End")
    keys.press("F2")
    expect(desk.chat.get_by_role("textbox", name="Title of this conversation")).to_have_value("older")
    keys.type("oldest")
    keys.press("Enter")
    expect(desk.chat.get_by_role("button", name="Conversation: oldest")).to_be_focused()
    keys.press("Enter")
    expect(desk.chat.get_by_role("menuitemradio")).to_have_text([re.compile("newer"), re.compile("oldest")])


def test_a_reply_is_tried_again_with_another_model_by_keyboard(
    desk: Desk, workbench: Workbench, scripted: Provider
) -> None:
    other = workbench.models.add_remote(
        provider="other", base_url=scripted.base_url, name="thorough", api_key="sk-test"
    )
    desk.show_experiences()
    desk.new_experience("Second opinion")
    scripted.answer = "a first opinion"
    desk.ask("What do you think?")
    expect(desk.log.get_by_text("a first opinion")).to_be_visible()
    again = desk.chat.get_by_role("button", name="Try again with another model")
    keys = desk.page.keyboard
    again.press("Enter")
    expect(desk.chat.get_by_role("menuitem")).to_have_text([re.compile("scripted"), re.compile("thorough")])
    assert findings(desk.page, ".wb-ChatPanel") == []
    keys.press("Escape")
    expect(again).to_be_focused()
    scripted.answer = "a second opinion"
    keys.press("Enter")
    keys.press("End")
    keys.press("Enter")
    expect(desk.log.get_by_text("a second opinion")).to_be_visible()
    expect(desk.log.get_by_role("heading", name="thorough")).to_be_visible()
    expect(desk.log.get_by_text("2 of 2")).to_be_visible()
    expect(desk.chat.get_by_role("textbox")).to_be_focused()
    expect(desk.chat.get_by_role("button", name="Model: scripted")).to_be_visible()
    assert scripted.models[-1] == "thorough"
    workbench.models.remove(other.id)


def test_what_enter_does_is_a_setting_that_holds_at_once(
    desk: Desk, lab: JupyterLab, workbench: Workbench, scripted: Provider
) -> None:
    desk.show_experiences()
    desk.new_experience("Lines")
    expect(desk.chat.get_by_role("textbox")).to_be_focused()
    expect(desk.chat.get_by_text("Enter sends, Shift+Enter starts a new line")).to_be_visible()
    desk.page.keyboard.press("Control+,")
    desk.page.locator("input[placeholder='Search settings…']").fill("Workbench: Chat")
    desk.page.locator("select", has_text="Start a new line").select_option("Start a new line")
    expect(desk.chat.get_by_text("Ctrl+Enter sends, Enter starts a new line")).to_be_visible()
    composer = desk.chat.get_by_role("textbox")
    composer.click()
    keys = desk.page.keyboard
    keys.type("one")
    keys.press("Enter")
    keys.type("two")
    expect(composer).to_have_value("one\ntwo")
    keys.press("Control+Enter")
    expect(composer).to_have_value("")
    desk.until(lambda: scripted.questions[-1:] == ["one\ntwo"])
    (lab.folder / "settings" / "llm-workbench" / "chat.jupyterlab-settings").unlink()


def test_the_whole_way_by_keyboard_alone(desk: Desk, workbench: Workbench, scripted: Provider) -> None:
    scripted.answer, scripted.seconds_a_token = "```python\nprint('by', 'keyboard')\n```", 0.0
    keys = desk.page.keyboard
    keys.press("Control+Shift+A")
    expect(desk.dialog.get_by_label("Name")).to_be_focused()
    keys.type("Typing")
    keys.press("Enter")
    expect(desk.chat.get_by_role("textbox")).to_be_focused()
    keys.type("Print something.")
    keys.press("Enter")
    expect(desk.chat.get_by_role("button", name="Insert and run")).to_be_visible()
    for _ in range(30):
        keys.press("Shift+Tab")
        if desk.chat.get_by_role("button", name="Insert and run").evaluate("each => each.matches(':focus')"):
            break
    keys.press("Enter")
    expect(desk.notebook.get_by_text("by keyboard", exact=True)).to_be_visible(timeout=60_000)

    keys.press("Control+Shift+O")
    row = desk.experiences.get_by_role("button", name=re.compile("^Typing"))
    expect(row).to_be_focused()
    keys.press("F2")
    expect(desk.dialog.get_by_label("Name")).to_be_focused()
    keys.type("Keys")
    keys.press("Enter")
    renamed = desk.experiences.get_by_role("button", name=re.compile("^Keys"))
    expect(renamed).to_be_visible()
    keys.press("Control+Shift+O")
    keys.press("Delete")
    expect(renamed).to_have_count(0)
    keys.press("Control+Shift+Y")
    expect(desk.chat.get_by_role("textbox")).to_be_focused()
