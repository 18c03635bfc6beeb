"""A trial in a tab of JupyterLab: planned, estimated, run, rated blindly by keyboard, and what it shows."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.lab.axe import findings
from tests.browser.lab.jupyterlab import Desk
from tests.browser.lab.provider import Answer, Provider
from workbench.client import Workbench

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

QUESTIONS = [f"Question {number}?" for number in range(6)]
HOSTILE = '<img src=x onerror="document.title = 1"> **kind**'


class TrialsTab:
    """What a user sees and does in the tab."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.panel = desk.page.locator(".wb-Trials:visible")
        self.pair = self.panel.get_by_role("region", name="Rate blindly")

    def open(self) -> None:
        self.desk.command("Workbench Trials")
        expect(self.panel.get_by_role("heading", name="Trials", exact=True)).to_be_visible()

    def configuration(self, name: str) -> Locator:
        return self.panel.get_by_role("group", name=f"Configuration {name}")

    def field(self, label: str) -> Locator:
        return self.panel.get_by_label(re.compile(rf"^{label}( |$)")).first

    def press(self, name: str) -> None:
        self.panel.get_by_role("button", name=name, exact=True).click()


def test_an_a_b_is_planned_run_and_rated_blindly_by_keyboard(
    workbench: Workbench, desk: Desk, scripted: Provider
) -> None:
    tab = TrialsTab(desk)
    tab.open()
    tab.field("Cases").select_option("My own questions")
    tab.press("Plan it")
    expect(tab.panel.get_by_role("alert")).to_contain_text("A trial has 1 to 200 cases, not 0.")
    tab.field("Questions").fill("\n".join(QUESTIONS))
    tab.configuration("B").get_by_label(re.compile("^Instruction")).fill("Be kind.")
    tab.press("Plan it")
    lines = tab.panel.get_by_role("list", name="Before it runs")
    expect(lines).to_contain_text("12 requests would be sent.")
    expect(lines).to_contain_text("It ends at its planned size, whatever is seen before.")
    expect(tab.panel.get_by_role("button", name="Run it")).to_be_focused()
    assert findings(desk.page, ".wb-Trials") == []
    scripted.answer = "Plainly."
    scripted.answers = [Answer(text=HOSTILE)]
    desk.page.keyboard.press("Enter")
    expect(tab.pair).to_be_focused()
    expect(tab.pair.get_by_role("heading", name="Pair 1 of 6")).to_be_visible()
    expect(tab.panel.get_by_role("table")).to_have_count(0)
    expect(tab.panel.get_by_text("Every reply")).to_have_count(0)
    assert findings(desk.page, ".wb-Trials") == []

    trial = workbench.trials.list()[0]
    assert [one.told for one in trial.configurations] == ["", "Be kind."]
    desk.page.keyboard.press("0")
    expect(tab.pair.get_by_role("heading", name="Pair 2 of 6")).to_be_visible()
    desk.page.keyboard.press("u")
    expect(tab.pair.get_by_role("heading", name="Pair 1 of 6")).to_be_visible()
    for number in range(1, 7):
        expect(tab.pair.get_by_role("heading", name=f"Pair {number} of 6")).to_be_visible()
        desk.page.keyboard.press("ArrowLeft" if number % 2 else "2")
    expect(tab.panel.get_by_text(re.compile("No difference shown between A and B:"))).to_be_visible()
    drawn = tab.panel.get_by_role("img", name=re.compile(r"B wins \d+% of the decided cases; the interval is"))
    expect(drawn).to_be_visible()
    expect(tab.panel.get_by_role("table", name="Figures")).to_contain_text("Hedges in 100")
    assert workbench.trials.get(trial.id).state == "done"
    tab.panel.get_by_text("Every reply").click()
    replies = tab.panel.get_by_role("list", name="Replies").locator(".wb-Trials-reply")
    expect(replies).to_have_count(10)
    expect(replies.filter(has_text=HOSTILE)).to_have_count(1)
    expect(tab.panel.get_by_text("1 to 10 of 12")).to_be_visible()
    assert desk.page.title() != "1"
    assert findings(desk.page, ".wb-Trials") == []
    tab.press("Later replies")
    expect(replies).to_have_count(2)
    expect(tab.panel.get_by_text("11 to 12 of 12")).to_be_visible()

    tab.press("Delete")
    desk.dialog.get_by_role("button", name="Delete").click()
    expect(tab.panel.get_by_role("heading", name="New trial")).to_be_visible()
    assert workbench.trials.list() == ()


def test_a_prompt_with_a_variable_is_tested_on_a_set_over_two_models_one_with_a_rule(
    workbench: Workbench, desk: Desk, scripted: Provider
) -> None:
    workbench.models.add_remote(provider="scripted", base_url=scripted.base_url, name="other", api_key="sk-test")
    workbench.prompts.create("greet", text="Greet {{ who }}.", use="system")
    experience = workbench.experiences.create("Geometry")
    rule = workbench.rules.add("words", "tilt", name="No tilt", enabled=False)
    tab = TrialsTab(desk)
    tab.open()
    tab.field("Experience").select_option("Geometry")
    tab.configuration("B").get_by_label("No tilt").check()
    for name, model in (("A", "scripted/scripted"), ("B", "scripted/other")):
        fields = tab.configuration(name)
        fields.get_by_label(re.compile("^Model")).select_option(model)
        fields.get_by_label(re.compile("^Prompt")).select_option("greet")
        fields.get_by_label(re.compile("^who")).fill("Ada")
    tab.field("Cases").select_option("Teaching")
    tab.field("Outcome").select_option("The assertions of the cases")
    tab.press("Plan it")
    expect(tab.panel.get_by_role("list", name="Before it runs")).to_contain_text("14 requests would be sent.")
    scripted.answer = "def f(): return 5/6, tilt?"
    tab.press("Run it")
    table = tab.panel.get_by_role("table", name="Figures")
    expect(table.get_by_role("row", name=re.compile("^B 7"))).to_be_visible()
    tab.panel.get_by_text("Every reply").click()
    replies = tab.panel.get_by_role("list", name="Replies").locator(".wb-Trials-reply")
    expect(replies.nth(1)).to_contain_text(re.compile(r"· B.*\[removed: .*(Passes|Fails).*cost unknown", re.DOTALL))
    trial = workbench.trials.list()[0]
    assert (trial.experience_id, [one.rules for one in trial.configurations]) == (experience.id, [(), (rule.id,)])
    removed = {(one.configuration, "[removed: " in one.text) for one in workbench.trials.results(trial.id)}
    assert removed == {(0, False), (1, True)}
    assert set(scripted.instructions[-14:]) == {"Greet Ada."}
    assert sorted(scripted.models[-14:]) == ["other"] * 7 + ["scripted"] * 7
