"""The new user's way on the real demo model: from nothing but JupyterLab to an answer that is there tomorrow."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.lab import jupyterlab
from tests.browser.lab.jupyterlab import Desk, JupyterLab
from tests.conftest import kill_owner

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
QUESTIONS = ("Write a Python function that adds two numbers.", "Show it as Python code.", "Write Python code: print(5)")
"""A model this small does not always answer in code, so it is asked until it does."""


@pytest.fixture
def new_home(tmp_path: Path) -> Iterator[Path]:
    """A home with nothing in it."""
    yield tmp_path / "home"
    kill_owner(tmp_path / "home")


def opened(browser: Browser, lab: JupyterLab) -> Desk:
    desk = Desk(browser.new_context(viewport={"width": 1440, "height": 900}).new_page(), lab)
    desk.page.set_default_timeout(60_000)
    desk.open()
    return desk


def ask_until_there_is_code(desk: Desk) -> str:
    run = desk.chat.get_by_role("button", name="Insert and run")
    for question in QUESTIONS:
        desk.ask(question)
        expect(desk.chat.get_by_role("button", name="Stop")).to_have_count(0, timeout=180_000)
        expect(desk.log.get_by_text("tokens").last).to_be_visible(timeout=180_000)
        if run.count():
            return question
    raise AssertionError(desk.log.inner_text())


def test_the_whole_way_on_the_demo_model(browser: Browser, new_home: Path, tmp_path: Path) -> None:
    (tmp_path / "lab").mkdir()
    with jupyterlab.running(tmp_path / "lab", new_home) as lab:
        desk = opened(browser, lab)
        desk.show_experiences()
        desk.new_experience("Sums", category="Study", description="Adding things up")
        expect(desk.page.get_by_text("Experience “Sums” created")).to_be_visible()
        desk.chat.get_by_role("button", name="demo model").click()
        expect(desk.chat.get_by_role("heading", name="Add a model")).to_have_count(0, timeout=240_000)

        question = ask_until_there_is_code(desk)
        cells = desk.notebook.locator(".jp-CodeCell").count()
        desk.chat.get_by_role("button", name="Insert and run").first.click()
        expect(desk.notebook.locator(".jp-CodeCell")).not_to_have_count(cells, timeout=60_000)
        expect(desk.notebook.locator(".jp-CodeCell", has_text="[1]:")).to_have_count(1, timeout=60_000)
        desk.page.screenshot(path=tmp_path / "light.png")
        desk.command("Theme: JupyterLab Dark")
        desk.page.wait_for_timeout(2000)
        desk.page.screenshot(path=tmp_path / "dark.png")
        answer = desk.log.inner_text()
        desk.save("sums.ipynb")
        desk.page.wait_for_timeout(2000)
        desk.page.context.close()

    with jupyterlab.running(tmp_path / "lab", new_home, port=lab.port) as again:
        desk = opened(browser, again)
        expect(desk.log.get_by_text(question)).to_be_visible()
        assert desk.log.inner_text() == answer
        expect(desk.notebook.get_by_role("heading", name="Sums")).to_be_visible()
        desk.page.context.close()
