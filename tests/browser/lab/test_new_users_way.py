"""The way of a new user through JupyterLab, from the first Experience to everything being there again."""

import json
import re

import pytest
from playwright.sync_api import expect

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
