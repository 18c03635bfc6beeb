"""JupyterLab over a home that is locked, and over one without a model."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.lab.axe import findings
from tests.browser.lab.jupyterlab import Desk
from workbench.client import connect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def test_without_a_model_the_chat_offers_the_demo_model(desk: Desk) -> None:
    desk.show_experiences()
    expect(desk.page.get_by_role("button", name="Workbench: no model")).to_be_visible()
    desk.new_experience("First")
    expect(desk.chat.get_by_role("button", name="Add the demo model")).to_be_visible()


def test_a_locked_home_is_unlocked_in_the_panel(desk: Desk, lab_home: Path) -> None:
    with connect(lab_home) as bench:
        made = bench.experiences.create("Behind a lock")
        bench.set_passphrase("correct horse")
        bench.stop()
    desk.reload()
    desk.show_experiences()
    expect(desk.page.get_by_role("button", name="Workbench: locked")).to_be_visible(timeout=30_000)
    assert findings(desk.page, ".wb-Experiences") == []

    desk.experiences.get_by_label("Passphrase").fill("wrong")
    desk.page.keyboard.press("Enter")
    expect(desk.experiences.get_by_role("alert")).not_to_be_empty()
    desk.experiences.get_by_label("Passphrase").fill("correct horse")
    desk.page.keyboard.press("Enter")
    expect(desk.row(made.name)).to_be_visible()
    expect(desk.page.get_by_role("button", name="Workbench: no model")).to_be_visible()


def test_a_home_that_is_locked_meanwhile_is_unlocked_in_the_reports_tab(desk: Desk, lab_home: Path) -> None:
    with connect(lab_home) as bench:
        bench.experiences.create("Reported")
        bench.set_passphrase("correct horse")
        desk.show_experiences()
        desk.choose("Reported", "Agents and reports…")
        tab = desk.page.locator(".wb-Agents:visible")
        expect(tab.get_by_role("button", name="Make the first report")).to_be_visible()
        bench.stop()
    passphrase = tab.get_by_label("Passphrase")
    expect(passphrase).to_be_visible()
    assert findings(desk.page, ".wb-Agents") == []
    passphrase.fill("correct horse")
    passphrase.press("Enter")
    expect(tab.get_by_role("button", name="Make the first report")).to_be_visible()
