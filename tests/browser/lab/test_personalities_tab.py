"""A personality in a tab of JupyterLab: made, tried, used, changed, compared, gone back to and taken back."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.lab.axe import findings
from tests.browser.lab.jupyterlab import Desk
from tests.browser.lab.provider import Answer, Provider
from workbench.client import Workbench

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


class PersonalitiesTab:
    """What a user sees and does in the tab."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.panel = desk.page.locator(".wb-Personalities:visible")
        self.told = self.panel.get_by_role("region", name="What the model is told")
        self.scratch = self.panel.get_by_role("region", name="Try it")
        self.turns = self.scratch.get_by_role("list", name="Scratch chat").get_by_role("listitem")
        self.versions = self.panel.get_by_role("region", name="Versions")
        self.mine = self.panel.get_by_role("list", name="Your personalities")

    def open(self) -> None:
        self.desk.command("Workbench Personalities")
        expect(self.panel.get_by_role("heading", name="Personalities", exact=True)).to_be_visible()

    def field(self, label: str) -> Locator:
        return self.panel.get_by_label(re.compile(rf"^{re.escape(label)}( |$)")).first

    def press(self, name: str) -> None:
        self.panel.get_by_role("button", name=name, exact=True).click()

    def says(self, text: str) -> None:
        expect(self.panel.get_by_text(text, exact=True)).to_be_attached()


@pytest.fixture
def tab(workbench: Workbench, desk: Desk) -> PersonalitiesTab:
    tab = PersonalitiesTab(desk)
    tab.open()
    return tab


def test_one_is_made_tried_used_changed_and_gone_back_to(
    workbench: Workbench, tab: PersonalitiesTab, scripted: Provider
):
    physics = workbench.experiences.create("Physics")
    tab.press("New personality")
    expect(tab.field("Name")).to_be_focused()
    tab.press("Make it")
    expect(tab.panel.get_by_text("Give it a name: a word or two.")).to_be_visible()
    tab.field("Name").fill("Tutor")
    tab.field("Tone").fill("warm")
    tab.field("Traits").fill("patient\nexact")
    expect(tab.told).to_contain_text("Your traits: patient, exact.\nTone: warm.")
    scripted.answers = [Answer(text="Because light scatters.")]
    tab.scratch.get_by_role("textbox", name="Question").fill("Why is the sky blue?")
    tab.scratch.get_by_role("textbox", name="Question").press("Enter")
    expect(tab.turns).to_have_text(["Why is the sky blue?", "Because light scatters."])
    assert scripted.instructions[-1] == "Your traits: patient, exact.\nTone: warm."
    assert workbench.personalities.list() == ()  # a preview keeps nothing
    tab.press("Make it")
    tab.says("Saved: Tutor is at version 1.")
    tab.panel.get_by_role("checkbox", name="Physics").check()
    tab.says("It shapes the replies in Physics from now on.")
    assert physics.ask("Why?").message.personality.name == "Tutor"
    tab.field("Tone").fill("dry")
    tab.field("Why").fill("Too sweet")
    tab.press("Save as version 2")
    tab.says("Saved: Tutor is at version 2.")
    assert physics.ask("And now?").message.personality.version == 2
    assert scripted.instructions[-1].endswith("Tone: dry.")
    tab.versions.get_by_text("What was changed in version 2").click()
    expect(tab.versions.get_by_role("deletion")).to_have_text("warm")
    expect(tab.versions.get_by_role("insertion")).to_have_text("dry")
    expect(tab.versions).to_contain_text("Too sweet")
    assert findings(tab.desk.page, ".wb-Personalities") == []
    tab.press("Go back to version 1")
    tab.says("Back to version 1, as version 3.")
    expect(tab.field("Tone")).to_have_value("warm")
    assert workbench.personalities["Tutor"].character.tone == "warm"
    tab.press("Move to trash")
    expect(tab.panel.get_by_text("Tutor is in the trash: it shapes nothing from now on.")).to_be_visible()
    tab.press("Undo")
    expect(tab.mine.get_by_role("button", name="Tutor In Physics")).to_be_visible()
    tab.press("Move to trash")
    tab.panel.get_by_text("Trash (1)").click()
    tab.press("Restore Tutor")
    expect(tab.mine.get_by_role("button", name="Tutor In Physics")).to_be_visible()


def test_a_shipped_one_is_taken_and_what_is_written_survives_a_change_elsewhere(
    workbench: Workbench, tab: PersonalitiesTab, scripted: Provider
):
    tab.panel.get_by_text("Concise expert", exact=True).click()
    tab.press("Take Concise expert")
    expect(tab.field("Name")).to_have_value("Concise expert")
    scripted.answers = [Answer(text="Half", hold_at=2)]
    tab.scratch.get_by_role("list", name="Questions to try").get_by_role("button").first.click()
    expect(tab.turns.last).to_have_text("Ha")
    tab.scratch.get_by_role("button", name="Stop").click()
    expect(tab.scratch.get_by_role("button", name="Ask")).to_be_visible()
    scripted.release()
    tab.field("Tone").fill("mine")
    made = workbench.personalities["Concise expert"]
    workbench.personalities.update(made.id, tone="theirs")
    expect(tab.panel.get_by_text("It was changed elsewhere: it is at version 2 now.")).to_be_visible()
    tab.press("Save as version 2")
    expect(tab.panel.get_by_text("was changed elsewhere in the meantime")).to_be_visible()
    expect(tab.field("Tone")).to_have_value("mine")
    assert workbench.personalities["Concise expert"].character.tone == "theirs"
    tab.press("Show that version")
    expect(tab.field("Tone")).to_have_value("theirs")
    tab.field("Tone").fill("other")
    tab.press("New personality")
    tab.desk.dialog.get_by_role("button", name="Keep editing").click()
    expect(tab.field("Tone")).to_have_value("other")


def test_the_chat_has_one_chosen_for_its_experience_or_only_for_its_conversation(
    workbench: Workbench, desk: Desk, scripted: Provider
):
    for name, tone in (("Kind", "kind"), ("Sharp", "sharp")):
        workbench.personalities.create(name, tone=tone)
    desk.show_experiences()
    desk.new_experience("Chemistry")
    expect(desk.chat.get_by_role("textbox")).to_be_focused()
    tool = desk.chat.get_by_role("button", name="Personality")
    tool.click()
    expect(desk.dialog.get_by_label("In this conversation")).to_be_disabled()
    desk.dialog.get_by_role("combobox", name=re.compile("^In Chemistry")).select_option("Kind")
    desk.dialog.get_by_role("button", name="Use it").click()
    desk.until(lambda: workbench.experiences.find("Chemistry").personality is not None)
    desk.ask("Why?")
    expect(desk.log).to_contain_text("Kind 1 ·")
    assert scripted.instructions[-1] == "Tone: kind."
    tool.click()
    assert findings(desk.page, ".jp-Dialog-content") == []
    desk.dialog.get_by_role("combobox", name=re.compile("^In this conv")).select_option("Sharp")
    desk.dialog.get_by_role("button", name="Use it").click()
    desk.until(lambda: bool(workbench.conversations.list().conversations[0].personality))
    desk.ask("And now?")
    expect(desk.log).to_contain_text("Sharp 1 ·")
