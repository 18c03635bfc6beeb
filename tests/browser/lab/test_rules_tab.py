"""Rules in a tab of JupyterLab: added, tried, kept to while a reply streams, put back, and asked about in the chat."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.lab.axe import findings
from tests.browser.lab.jupyterlab import Desk
from tests.browser.lab.provider import Answer, Provider
from workbench.client import Workbench

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
REPLY = "Write to jane@example.org about it."


def test_a_rule_takes_out_while_a_reply_streams_and_asks_before_a_question_is_sent(
    workbench: Workbench, desk: Desk, scripted: Provider
):
    physics = workbench.experiences.create("Physics")
    panel = desk.page.locator(".wb-Rules:visible")
    form = panel.get_by_role("form", name="Add a rule")
    desk.command("Workbench Rules")
    rules = panel.get_by_role("list", name="Rules", exact=True).get_by_role("listitem")
    expect(rules).to_have_text([re.compile("Risky prompts")])
    form.get_by_role("combobox", name="Kind").select_option("Personal data")
    form.get_by_role("button", name="Add the rule").click()
    expect(rules).to_have_count(2)
    form.get_by_role("combobox", name="Kind").select_option("Pattern")
    form.get_by_role("textbox", name="Pattern").fill("INC-[0-9]+")
    form.get_by_label("Where it finds something").select_option("Ask")
    form.get_by_role("button", name="Add the rule").click()
    expect(form.get_by_role("alert")).to_contain_text("may repeat without end")
    form.get_by_role("textbox", name="Pattern").fill("INC-[0-9]{1,8}")
    form.get_by_role("button", name="Add the rule").click()
    expect(rules).to_have_count(3)
    trying = panel.get_by_role("form", name="Try the rules")
    trying.get_by_label("A text").fill(REPLY)
    trying.get_by_role("button", name="Try", exact=True).click()
    expect(panel.locator(".wb-Rules-text")).to_have_text("Write to [removed: e-mail address] about it.")
    assert findings(desk.page, ".wb-Rules") == []

    desk.show_experiences()
    desk.experiences.get_by_role("button", name="Physics", exact=True).or_(
        desk.experiences.get_by_text("Physics", exact=True)
    ).first.click()
    scripted.answers = [Answer(text=REPLY, hold_at=REPLY.index("@") + 5)]
    desk.ask("Whom about INC-4711?")
    alert = desk.log.get_by_text("Asked by the rule")
    expect(alert).to_be_visible()
    assert scripted.questions == []
    desk.log.get_by_role("button", name="Send anyway").click()
    expect(desk.log).to_contain_text("Write to")
    expect(desk.log).not_to_contain_text("jane")
    scripted.release()
    expect(desk.log).to_contain_text("Write to [removed: e-mail address] about it.")
    assert scripted.questions[-1] == "Whom about INC-4711?"

    desk.tab("Rules").click()
    found = panel.get_by_role("list", name="What rules have found").get_by_role("listitem")
    expect(found).to_have_text([re.compile("jane@example.org"), re.compile("INC-4711")])
    found.get_by_role("button", name="Put back: e-mail address").click()
    expect(desk.log).to_contain_text(REPLY)
    found.get_by_role("button", name="Wrong: its pattern").click()
    expect(found.nth(1)).to_contain_text("reported as wrong")
    (conversation,) = workbench.conversations.list(physics.id).conversations
    assert workbench.conversations.get(conversation.id).messages[-1].text == REPLY
