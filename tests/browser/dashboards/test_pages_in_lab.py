"""The pages in JupyterLab's tabs, through Jupyter's own server, which has a prefix as under JupyterHub."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FrameLocator, expect

from tests.browser.lab import jupyterlab
from tests.browser.lab.axe import findings
from tests.browser.lab.jupyterlab import Desk, JupyterLab
from tests.browser.lab.provider import Provider
from workbench.client import Workbench

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

BASE = "/user/me"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, pages_home: Path, workbench: Workbench) -> Iterator[JupyterLab]:
    with jupyterlab.running(tmp_path_factory.mktemp("lab"), pages_home, base=BASE) as running:
        yield running


@pytest.fixture
def desk(browser: Browser, lab: JupyterLab) -> Iterator[Desk]:
    for layout in (lab.folder / "workspaces").glob("*"):
        layout.unlink()
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(30_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    desk = Desk(page, lab)
    desk.asked = []
    page.on("request", lambda request: desk.asked.append(request.url))
    desk.open()
    yield desk
    context.close()
    assert errors == []


def framed(desk: Desk) -> FrameLocator:
    return desk.page.frame_locator("iframe[title=Dashboards]")


def test_usage_opens_in_a_tab(desk: Desk, lab: JupyterLab) -> None:
    desk.asked.clear()
    desk.command("Open Dashboards")
    expect(desk.tab("Dashboards")).to_be_visible()
    page = framed(desk)
    expect(page.get_by_role("heading", name="Usage", level=1)).to_be_visible(timeout=60_000)
    expect(page.get_by_text("Response times, as a table")).to_be_visible()
    expect(page.locator(".vega-embed svg")).to_have_count(4)
    ours = f"http://127.0.0.1:{lab.port}{BASE}/"
    assert [url for url in desk.asked if not url.startswith((ours, "blob:", "data:"))] == []
    sandbox = desk.page.locator("iframe[title=Dashboards]").get_attribute("sandbox")
    assert sandbox
    assert "allow-top-navigation" not in sandbox
    assert "allow-modals" not in sandbox
    frame = next(each for each in desk.page.frames if each.url.endswith("/usage"))
    assert frame.url == f"{ours}workbench/dashboards/usage"
    assert findings(frame, "body") == []
    desk.command("Open Dashboards")
    expect(desk.tab("Dashboards")).to_have_count(1)
    with desk.page.expect_download() as saving:
        page.get_by_role("button", name="Save as CSV").click()
    assert saving.value.suggested_filename.endswith(".csv")


def test_the_panel_leads_there_and_the_layout_remembers(desk: Desk) -> None:
    desk.show_experiences()
    desk.experiences.get_by_role("button", name="Usage and cost").click()
    expect(desk.tab("Dashboards")).to_be_visible()
    expect(framed(desk).get_by_text("Messages per day")).to_be_visible(timeout=60_000)
    desk.until(lambda: any("workbench-dashboards" in each.read_text() for each in workspaces(desk)))
    desk.reload()
    expect(framed(desk).get_by_text("Messages per day")).to_be_visible(timeout=60_000)


def workspaces(desk: Desk) -> list[Path]:
    return list((desk.lab.folder / "workspaces").glob("*"))


def test_a_question_is_answered_in_a_tab(desk: Desk, workbench: Workbench, scripted: Provider) -> None:
    made = workbench.experiences.create("Asked in a tab")
    scripted.answer, scripted.seconds_a_token = "Through two servers.", 0.0
    desk.command("Open Dashboards")
    page = framed(desk)
    page.get_by_role("link", name="Chat").click()
    page.get_by_label("Experience", exact=True).select_option(made.id, timeout=60_000)
    expect(page.get_by_role("heading", name=re.compile("Asked in a tab"))).to_be_visible()
    page.get_by_role("textbox").fill("Does it work?")
    page.get_by_role("textbox").press("Enter")
    expect(page.get_by_role("log").get_by_text("Through two servers.")).to_be_visible()
    page.get_by_role("button", name="New Experience").click()
    page.get_by_label("Name", exact=True).fill("Made in a tab")
    page.get_by_label("Name", exact=True).press("Enter")
    expect(page.get_by_label("Experience", exact=True).locator("option:checked")).to_have_text("Made in a tab")


def test_who_is_signed_out_of_jupyter_is_told(browser: Browser, lab: JupyterLab) -> None:
    page = browser.new_page()
    page.goto(f"http://127.0.0.1:{lab.port}{BASE}/workbench/dashboards/usage")
    expect(page.get_by_text("You are not signed in to Jupyter.")).to_be_visible()
    page.close()
