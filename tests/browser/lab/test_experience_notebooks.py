"""Notebooks in JupyterLab: the chat follows those of Experiences; all others stay as they are."""

import http.server
import json
import re
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from tests.browser.hostile_markdown import PAYLOADS
from tests.browser.lab.jupyterlab import Desk, JupyterLab
from tests.browser.lab.provider import Provider
from workbench.client import Workbench

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

OWN = {
    "cells": [
        {"cell_type": "code", "execution_count": None, "id": "a", "metadata": {}, "outputs": [], "source": "1 + 1"}
    ],
    "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}


@pytest.fixture
def mine(lab: JupyterLab) -> Path:
    """A notebook of the user's own."""
    path = lab.notebooks / "mine.ipynb"
    path.write_text(json.dumps(OWN))
    return path


def test_the_chat_follows_the_notebook_that_is_worked_in(desk: Desk, workbench: Workbench, mine: Path) -> None:
    before = mine.read_bytes()
    desk.show_experiences()
    desk.new_experience("Left")
    expect(desk.tab("Left")).to_be_visible()
    held: list[Route] = []
    desk.page.route(re.compile(r"/notebook(\?|$)"), lambda route: held.append(route))
    desk.new_experience("Right")
    expect(desk.tab("Right")).to_be_visible()
    question = desk.chat.get_by_role("textbox")
    question.fill("Written while the notebook opens")
    expect(desk.tab("right.ipynb")).to_have_count(0)
    (opening,) = held
    opening.continue_()
    expect(desk.tab("right.ipynb")).to_be_visible()
    expect(question).to_be_focused()
    expect(question).to_have_value("Written while the notebook opens")
    question.clear()
    desk.page.unroute_all()
    desk.tab("left.ipynb").click()
    expect(desk.tab("Left")).to_be_visible()
    desk.open_file("mine.ipynb")
    expect(desk.tab("mine.ipynb")).to_be_visible()
    expect(desk.tab("Left")).to_be_visible()
    desk.tab("right.ipynb").click()
    expect(desk.tab("Right")).to_be_visible()
    assert mine.read_bytes() == before


def test_what_is_opened_from_the_chat_opens_beside_it(desk: Desk, lab: JupyterLab, workbench: Workbench) -> None:
    for name in ("one.txt", "two.txt"):
        (lab.notebooks / name).write_text(name)
    desk.show_experiences()
    desk.new_experience("Beside")
    expect(desk.chat.get_by_role("textbox")).to_be_focused()
    desk.page.get_by_role("tab", name=re.compile("File Browser")).click()
    desk.page.locator(".jp-DirListing-item", has_text="one.txt").dblclick()
    expect(desk.page.locator(".jp-FileEditor:visible")).to_be_visible()
    expect(desk.chat.get_by_role("textbox")).to_be_visible()
    assert desk.neighbours("one.txt") == desk.neighbours("beside.ipynb")

    desk.chat.get_by_role("textbox").click()
    desk.open_file("two.txt")
    expect(desk.chat.get_by_role("textbox")).to_be_visible()
    assert desk.neighbours("two.txt")[-2:] == ["one.txt", "two.txt"]
    assert desk.neighbours("Beside") == ["Beside"]

    desk.close("beside.ipynb")
    for label in desk.neighbours("two.txt"):
        desk.tab(label).click(button="middle")
    expect(desk.tab("Beside")).to_be_visible()
    desk.chat.get_by_role("textbox").click()
    desk.open_file("one.txt")
    expect(desk.chat.get_by_role("textbox")).to_be_visible()
    assert desk.neighbours("one.txt") == ["one.txt"]


def test_a_tab_that_is_asked_for_at_the_chat_comes_there(desk: Desk, lab: JupyterLab, workbench: Workbench) -> None:
    (lab.notebooks / "mine.txt").write_text("mine")
    desk.show_experiences()
    desk.new_experience("Company")
    expect(desk.chat.get_by_role("textbox")).to_be_focused()
    desk.bar("Company").locator(".lm-TabBar-addButton").click()
    expect(desk.bar("Company").get_by_role("tab")).to_have_text(["Company", "Launcher"])
    desk.tab("Company").click()
    desk.chat.get_by_role("textbox").click()
    desk.open_file("mine.txt")
    assert desk.neighbours("Company") == ["Company", "mine.txt", "Launcher"]


def test_a_notebook_moved_by_hand_is_found_and_a_deleted_one_is_made_again(
    desk: Desk, lab: JupyterLab, workbench: Workbench
) -> None:
    desk.show_experiences()
    desk.new_experience("Wanderer")
    expect(desk.notebook.get_by_role("heading", name="Wanderer")).to_be_visible()
    made = lab.notebooks / "Experiences" / "wanderer" / "wanderer.ipynb"
    moved = lab.notebooks / "elsewhere" / "renamed.ipynb"
    moved.parent.mkdir()
    desk.close("wanderer.ipynb")
    shutil.move(made, moved)
    desk.button("Wanderer").click()
    expect(desk.tab("renamed.ipynb")).to_be_visible()
    expect(desk.notebook.get_by_role("heading", name="Wanderer")).to_be_visible()
    desk.close("renamed.ipynb")
    moved.unlink()
    desk.button("Wanderer").click()
    expect(desk.tab("wanderer.ipynb")).to_be_visible()
    expect(desk.notebook.get_by_role("heading", name="Wanderer")).to_be_visible()
    assert made.exists()


def test_code_is_inserted_as_one_step_that_can_be_undone(desk: Desk, workbench: Workbench, scripted: Provider) -> None:
    scripted.answer = "```python\nprint('inserted')\n```"
    desk.show_experiences()
    desk.new_experience("Undoing")
    desk.ask("Write code.")
    desk.chat.get_by_role("button", name="Insert as cell").click()
    code = desk.notebook.locator(".jp-CodeCell").filter(has_text="print('inserted')")
    expect(code).to_be_visible()
    expect(desk.notebook.get_by_text("[1]:")).to_have_count(0)
    cells = desk.notebook.locator(".jp-Cell")
    expect(cells).to_have_count(3)
    desk.notebook.locator(".jp-CodeCell .jp-InputPrompt").first.click()
    desk.page.keyboard.press("Escape")
    desk.page.keyboard.press("z")
    expect(code).to_have_count(0)
    expect(cells).to_have_count(2)


def test_code_goes_to_the_experiences_notebook_though_another_one_is_worked_in(
    desk: Desk, workbench: Workbench, scripted: Provider, mine: Path
) -> None:
    before = mine.read_bytes()
    scripted.answer = "```python\nprint('belongs here')\n```"
    desk.show_experiences()
    desk.new_experience("Target")
    desk.ask("Write code.")
    expect(desk.chat.get_by_role("button", name="Insert as cell")).to_be_visible()
    desk.tab("target.ipynb").click()
    desk.open_file("mine.ipynb")
    desk.chat.get_by_role("button", name="Insert as cell").click()
    desk.tab("target.ipynb").click()
    expect(desk.notebook.locator(".jp-CodeCell").filter(has_text="belongs here")).to_be_visible()
    assert mine.read_bytes() == before


@pytest.fixture
def sink() -> Iterator[tuple[str, list[str]]]:
    """A server nobody should reach, and what reached it."""
    reached: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            reached.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", reached
        server.shutdown()


def test_markdown_of_a_model_makes_no_request_as_a_cell(
    desk: Desk, workbench: Workbench, scripted: Provider, sink: tuple[str, list[str]]
) -> None:
    address, reached = sink
    fence = "`" * 8
    texts = [
        payload.replace("{sink}", address).replace("{host}", address.removeprefix("http:"))
        for payload in PAYLOADS.values()
    ]
    scripted.answer, scripted.seconds_a_token = "\n\n".join(f"{fence}markdown\n{text}\n{fence}" for text in texts), 0
    desk.show_experiences()
    desk.new_experience("Hostile")
    desk.ask("Write Markdown.")
    buttons = desk.chat.get_by_role("button", name="Insert as cell")
    expect(buttons).to_have_count(len(texts), timeout=20_000)
    for index in range(len(texts)):
        buttons.nth(index).dispatch_event("click")
        desk.page.wait_for_timeout(30)
    expect(desk.notebook.locator(".jp-MarkdownCell").nth(5)).to_be_attached()
    desk.page.wait_for_timeout(1500)
    assert desk.page.evaluate("window.hacked") is None
    assert reached == []
