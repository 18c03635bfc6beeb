"""Agents and reports of an Experience, in a tab of JupyterLab: real runs, by the real runner."""

import json
import re

import pytest
from playwright.sync_api import Locator, expect

from tests.agents.test_report import Parts
from tests.browser.hostile_markdown import payloads
from tests.browser.lab.axe import findings
from tests.browser.lab.jupyterlab import Desk, JupyterLab
from tests.browser.lab.provider import Answer, Provider
from tests.browser.lab.sink import Sink
from workbench.client import Workbench

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
A_RUN_MS = 120_000


class Reports:
    """What a user sees and does in the tab."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.tab = desk.page.locator(".wb-Agents:visible")
        self.report = desk.page.locator(".wb-Report:visible")
        self.runs = self.tab.get_by_role("list", name="Runs so far").get_by_role("listitem")
        self.schedules = self.tab.get_by_role("list", name="Schedules").get_by_role("listitem")

    def open(self, name: str) -> None:
        """Open the tab from the menu of an Experience."""
        self.desk.show_experiences()
        self.desk.choose(name, "Agents and reports…")
        expect(self.tab.get_by_role("heading", name=f"Reports of {name}")).to_be_focused()

    def press(self, name: str) -> None:
        self.tab.get_by_role("button", name=re.compile(f"^{name}")).first.click()

    def said(self, text: str) -> Locator:
        """What the tab's live region says to who does not see it."""
        return self.tab.get_by_role("status").filter(has_text=text)


@pytest.fixture
def reports(desk: Desk) -> Reports:
    return Reports(desk)


def test_a_report_is_made_opened_and_saved(
    reports: Reports, desk: Desk, lab: JupyterLab, workbench: Workbench, scripted: Provider
) -> None:
    physics = workbench.experiences.create("Physics")
    scripted.answer = "The sky is blue because air scatters blue light."
    physics.ask("Why is the sky blue?")
    reports.open("Physics")
    expect(reports.tab.get_by_text("A report says what was discussed here")).to_be_visible()
    scripted.answer = "They talked about the sky."
    reports.press("Make the first report")
    expect(reports.tab.get_by_text(re.compile(r"Running for \d+ s: step \d+ of 16\."))).to_be_visible()
    expect(reports.tab.get_by_role("progressbar", name="Progress of Weekly report")).to_be_visible()
    expect(reports.tab.get_by_role("heading", name="Reports of Physics")).to_be_focused()
    expect(reports.runs.first.get_by_text("Complete", exact=True)).to_be_visible(timeout=A_RUN_MS)
    expect(reports.said("Weekly report: Complete")).to_be_attached()
    expect(reports.runs.first.get_by_text(re.compile(r"took \d+ s · cost unknown"))).to_be_visible()

    reports.press("Open report")
    expect(desk.tab("Weekly report: Physics")).to_be_visible()
    frame = reports.report.locator("iframe")
    expect(frame).to_have_attribute("sandbox", "")
    page = frame.content_frame
    expect(page.get_by_role("heading", name="Weekly report")).to_be_visible()
    expect(page.get_by_text("They talked about the sky.")).to_be_visible()

    reports.report.get_by_role("button", name="Save a copy…").click()
    expect(desk.dialog.get_by_label("Name")).to_be_focused()
    desk.dialog.get_by_label("Name").fill("../up")
    expect(desk.dialog.get_by_text("A file cannot be called so.")).to_be_visible()
    desk.dialog.get_by_label("Name").fill("My week")
    desk.dialog.get_by_role("checkbox", name="Notebook").check()
    desk.page.keyboard.press("Enter")
    expect(desk.dialog).to_have_count(0)
    run = workbench.agents.runs(physics.id)[0]
    saved = lab.notebooks / "Experiences" / "physics"
    html = workbench.agents.report(run.id).html
    assert (saved / "My week.html").read_text("utf-8") == html
    notebook = json.loads((saved / "My week.ipynb").read_text("utf-8"))
    kept = workbench.agents.notebook(run.id)
    assert ["".join(cell["source"]) for cell in notebook["cells"]] == [cell["source"] for cell in kept["cells"]]

    (saved / "My week.html").write_text("mine", "utf-8")
    reports.report.get_by_role("button", name="Save a copy…").click()
    desk.dialog.get_by_label("Name").fill("My week")
    desk.dialog.get_by_role("button", name="Save", exact=True).click()
    expect(desk.dialog.get_by_role("alert")).to_contain_text("“My week.html” is there already.")
    assert (saved / "My week.html").read_text("utf-8") == "mine"
    desk.dialog.get_by_role("button", name="Replace").click()
    expect(desk.dialog).to_have_count(0)
    assert (saved / "My week.html").read_text("utf-8") == html

    with desk.page.expect_response(lambda each: each.request.method == "PUT" and "/api/workspaces/" in each.url):
        reports.report.get_by_role("button", name="All reports").click()
        expect(reports.tab.get_by_role("heading", name="Reports of Physics")).to_be_visible()
    desk.reload()
    desk.tab("Weekly report: Physics").click()
    expect(page.get_by_text("They talked about the sky.")).to_be_visible()
    desk.tab("Physics: Reports").click()
    expect(reports.runs).to_have_count(1)


def test_a_schedule_is_made_changed_paused_and_removed(reports: Reports, desk: Desk, workbench: Workbench) -> None:
    experience = workbench.experiences.create("Clockwork")
    reports.open("Clockwork")
    reports.tab.get_by_label("How often").select_option("Every week")
    reports.tab.get_by_role("combobox", name="On", exact=True).select_option("Friday")
    reports.tab.get_by_label("At", exact=True).fill("17:30")
    first = reports.tab.get_by_text(re.compile(r"First report: Fri, .* 5:30\sPM"))
    expect(first).to_be_visible()
    assert workbench.agents.schedules(experience.id) == ()
    reports.press("Schedule it")
    expect(reports.schedules.get_by_text(re.compile(r"every Friday at 5:30\sPM"))).to_be_visible()
    expect(reports.tab.get_by_role("heading", name="On a schedule")).to_be_focused()
    expect(reports.schedules.get_by_text(re.compile(r"Next: Fri, .* It has not run by itself yet\."))).to_be_visible()
    [made] = workbench.agents.schedules(experience.id)
    assert made.cron == "30 17 * * 5"

    reports.press("Change")
    expect(reports.tab.get_by_label("How often")).to_be_focused()
    expect(reports.tab.get_by_role("combobox", name="On", exact=True)).to_have_value("5")
    reports.tab.get_by_label("How often").select_option("Every month")
    reports.tab.get_by_label("On day").select_option("31")
    expect(reports.tab.get_by_text("Months that have no day 31 are left out.")).to_be_visible()
    reports.press("Save the change")
    expect(reports.schedules.get_by_text("on day 31 of every month")).to_be_visible()
    expect(reports.tab.get_by_role("heading", name="On a schedule")).to_be_focused()
    assert workbench.agents.schedules(experience.id)[0].id == made.id

    reports.press("Pause")
    expect(reports.schedules.get_by_text("Paused", exact=True)).to_be_visible()
    assert workbench.agents.schedules(experience.id)[0].state == "paused"
    workbench.agents.resume(made.id)
    expect(reports.schedules.get_by_text("Next: ")).to_be_visible()

    reports.press("Remove")
    desk.dialog.get_by_role("button", name="Keep it").click()
    expect(reports.schedules).to_have_count(1)
    reports.press("Remove")
    desk.dialog.get_by_role("button", name="Remove").click()
    expect(reports.schedules).to_have_count(0)
    expect(reports.tab.get_by_role("heading", name="On a schedule")).to_be_focused()
    assert workbench.agents.schedules(experience.id) == ()


def test_runs_begun_elsewhere_appear_and_can_be_stopped_and_run_again(
    reports: Reports, desk: Desk, workbench: Workbench
) -> None:
    experience = workbench.experiences.create("Elsewhere")
    reports.open("Elsewhere")
    under_way = reports.tab.get_by_role("list", name="Under way").get_by_role("listitem")
    first = workbench.agents.run("weekly-report", experience.id)
    second = workbench.agents.run("weekly-report", experience.id, since="30d")
    expect(under_way).to_have_count(2)
    expect(under_way.filter(has_text="agents run one after another")).to_have_count(1)
    expect(under_way.filter(has_text="Running for")).to_have_count(1)
    under_way.filter(has_text="Waiting").get_by_role("button", name="Stop").press("Enter")
    expect(reports.runs.get_by_text("Stopped", exact=True)).to_be_visible()
    expect(reports.tab.get_by_role("heading", name="Now")).to_be_focused()
    workbench.stop()
    assert workbench.agents.get(first.id).state == "interrupted"
    assert workbench.agents.get(second.id).state == "cancelled"
    interrupted = reports.runs.filter(has_text="Interrupted")
    expect(interrupted).to_contain_text("The Workbench was stopped while this ran. Run the agent again.")
    expect(interrupted.get_by_role("button", name="Open report")).to_have_count(0)
    interrupted.get_by_role("button", name="Run again").click()
    expect(reports.runs.get_by_text("Complete", exact=True)).to_be_visible(timeout=A_RUN_MS)
    again = workbench.agents.runs(experience.id)[0]
    assert (again.since, again.until) == (first.since, first.until)


def test_what_is_refused_or_does_not_answer_is_said_with_the_way_on(
    reports: Reports, desk: Desk, workbench: Workbench
) -> None:
    experience = workbench.experiences.create("Away")
    reports.open("Away")
    desk.page.route("**/workbench/api/v1/**", lambda route: route.abort())
    reports.press("Make the first report")
    expect(reports.tab.get_by_role("alert")).to_contain_text("The workbench does not answer.")
    desk.page.unroute("**/workbench/api/v1/**")
    workbench.experiences.delete(experience.id)
    reports.press("Try again")
    expect(reports.tab.get_by_role("alert").first).to_contain_text("'Away' is in the trash. Restore it first.")
    workbench.experiences.restore(experience.id)
    reports.press("Try again")
    expect(reports.tab.get_by_text("Running for")).to_be_visible()
    expect(reports.tab.get_by_role("heading", name="Reports of Away")).to_be_focused()
    reports.press("Stop")
    expect(reports.runs.get_by_text("Stopped", exact=True)).to_be_visible()
    reports.tab.get_by_role("button", name="Run again").dblclick()
    expect(reports.tab.get_by_text("Running for")).to_be_visible()
    assert len(workbench.agents.runs(experience.id)) == 2
    reports.press("Stop")
    expect(reports.runs.get_by_text("Stopped", exact=True)).to_have_count(2)


def test_the_palette_opens_the_tab_by_keyboard_alone(reports: Reports, desk: Desk, workbench: Workbench) -> None:
    workbench.experiences.create("A palette")
    desk.command("Agents and Reports")
    keys = desk.page.keyboard
    desk.dialog.get_by_role("combobox").wait_for()
    desk.dialog.get_by_role("combobox").select_option("A palette")
    keys.press("Enter")
    expect(reports.tab.get_by_role("heading", name="Reports of A palette")).to_be_focused()
    keys.press("Tab")
    expect(reports.tab.get_by_role("button", name="Make the first report")).to_be_focused()
    keys.press("Tab")
    expect(reports.tab.get_by_label("Agent")).to_be_focused()


def test_a_hostile_report_runs_nothing_and_fetches_nothing(
    reports: Reports, desk: Desk, workbench: Workbench, scripted: Provider, sink: Sink
) -> None:
    hostile = "\n\n".join(payloads(sink.url).values())
    experience = workbench.experiences.create("<img src=x onerror=hacked=1>")
    workbench.conversations.create(experience.id, title="<script>window.hacked = 1</script>")
    scripted.answers = [Answer(text=hostile)]
    experience.ask(hostile)
    scripted.answers = [Answer(text=f"{hostile}\n\nThe end of the summary.")]
    run = workbench.agents.run("weekly-report", experience.id)
    *_, last = workbench.agents.watch(run.id)
    assert last.state == "succeeded"
    assert Parts(workbench.agents.report(run.id).html).dangerous() == []

    reports.open(experience.name)
    reports.press("Open report")
    page = reports.report.locator("iframe").content_frame
    expect(page.get_by_text("The end of the summary.")).to_be_visible()
    assert_harmless(reports, sink)

    # Even a report that is nothing but what a model wrote, as HTML and without a policy of its own.
    raw = f"<!doctype html><html><body>{hostile}<p>The end of the page.</p></body></html>"
    answer = json.dumps({"run": {**RUN, "id": run.id, "experience_id": experience.id}, "html": raw})
    pattern = re.compile(rf"agents/runs/{run.id}/report")
    desk.page.route(pattern, lambda route: route.fulfill(body=answer, content_type="application/json"))
    desk.tab(f"Weekly report: {experience.name}").locator(".lm-TabBar-tabCloseIcon").click()
    reports.press("Open report")
    expect(reports.report.locator("iframe[srcdoc*='The end of the page.']")).to_be_visible()
    desk.page.wait_for_timeout(2000)
    assert_harmless(reports, sink)

    # It is not the payloads that are harmless: outside of the frame they reach the server.
    outside = desk.page.context.new_page()
    outside.set_content(raw, wait_until="commit")
    desk.until(lambda: len(sink.reached) > 3)
    outside.close()


RUN = {
    "agent": "weekly-report", "since": "2026-11-01T00:00:00Z", "until": "2026-11-08T00:00:00Z", "state": "succeeded",
    "created_at": "2026-11-08T00:00:00Z", "fault": None, "has_report": True, "cost_usd": None, "of_unknown_cost": 0,
}  # fmt: skip


def assert_harmless(reports: Reports, sink: Sink) -> None:
    # A frame whose script the browser refused has no address, and nothing in it that could be asked.
    frames = [frame for frame in reports.desk.page.frames if frame.url]
    assert len(frames) > 1
    assert {frame.evaluate("window.hacked") for frame in frames} == {None}
    assert sink.reached == []
    assert findings(reports.desk.page, ".wb-Report") == []
