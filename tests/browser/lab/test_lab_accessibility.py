"""What is ours in JupyterLab beside the chat, looked at by axe, light and dark; the chat: `tests/browser/hosts`."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.lab.axe import findings
from tests.browser.lab.jupyterlab import Desk, JupyterLab
from workbench.client import Workbench

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture(params=["JupyterLab Light", "JupyterLab Dark"])
def themed(request: pytest.FixtureRequest, lab: JupyterLab) -> Iterator[str]:
    """JupyterLab in one theme."""
    settings = lab.folder / "settings" / "@jupyterlab" / "apputils-extension" / "themes.jupyterlab-settings"
    settings.write_text(json.dumps({"theme": request.param}))
    yield request.param
    settings.unlink()


def test_axe_finds_nothing_in_what_is_ours(themed: str, desk: Desk, workbench: Workbench) -> None:
    for experience in workbench.experiences.list():
        workbench.experiences.delete(experience.id)
    desk.reload()
    desk.show_experiences()
    assert findings(desk.page, ".wb-Experiences", ".wb-Status") == []

    desk.experiences.get_by_role("button", name="New Experience").click()
    desk.dialog.get_by_role("button", name="Create").click()
    expect(desk.dialog.get_by_text("Give it a name")).to_be_visible()
    assert findings(desk.page, ".wb-Details") == []

    desk.fill_in({"Name": f"Sight {themed}", "Category": "Study"})
    desk.dialog.get_by_role("button", name="Create").click()
    expect(desk.row(f"Sight {themed}")).to_be_visible()
    assert findings(desk.page, ".wb-Experiences", ".wb-Status") == []

    desk.choose("Sight", "Move Experience to Trash")
    desk.experiences.get_by_role("button", name="Trash").click()
    expect(desk.experiences.get_by_role("button", name=f"Restore Sight {themed}")).to_be_visible()
    assert findings(desk.page, ".wb-Experiences") == []


def test_axe_finds_nothing_in_agents_and_reports(themed: str, desk: Desk, workbench: Workbench) -> None:
    experience = workbench.experiences.create(f"Reports {themed}")
    workbench.agents.schedule("weekly-report", experience.id, "*/5 8 * * *")
    tab, report = desk.page.locator(".wb-Agents:visible"), desk.page.locator(".wb-Report:visible")
    desk.show_experiences()
    desk.choose(experience.name, "Agents and reports…")
    expect(tab.get_by_role("button", name="Make the first report")).to_be_visible()
    assert findings(desk.page, ".wb-Agents") == []

    experience.ask("Why is the sky blue?")
    tab.get_by_role("button", name="Make the first report").click()
    expect(tab.get_by_text("Running for")).to_be_visible()
    tab.get_by_role("button", name="Change").click()
    expect(tab.get_by_text("First report: ")).to_be_visible()
    assert findings(desk.page, ".wb-Agents") == []

    tab.get_by_role("button", name="Open report").click(timeout=120_000)
    frame = report.locator("iframe")
    expect(frame).to_have_attribute("srcdoc", re.compile("Weekly report"))
    assert findings(desk.page, ".wb-Report") == []
    dark = "Dark" in themed
    colour = frame.content_frame.locator("body").evaluate("each => getComputedStyle(each).color")
    assert colour == ("rgb(255, 255, 255)" if dark else "rgb(0, 0, 0)")
    # The frame runs no script, so axe neither: it looks at the same page outside of it.
    outside = desk.page.context.new_page()
    outside.set_content(frame.get_attribute("srcdoc") or "")
    expect(outside.get_by_role("heading", name="Weekly report")).to_be_visible()
    assert findings(outside, "html") == []
    outside.close()

    report.get_by_role("button", name="Save a copy…").click()
    expect(desk.dialog.get_by_label("Name")).to_be_focused()
    assert findings(desk.page, ".wb-Details") == []
