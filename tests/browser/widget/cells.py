"""A notebook with chats in its cells, and what a user does there."""

import json
import re
from pathlib import Path

from playwright.sync_api import Locator, expect

from tests.browser.lab.jupyterlab import Desk

BEGIN = """import time
from pathlib import Path
import workbench
experiences = workbench.connect().experiences
def wait():
    while not Path({let_go!r}).exists():
        time.sleep(0.05)"""
WAIT = "wait()"
"""As a cell: it runs until it is let go."""


class Cells:
    """A notebook in JupyterLab whose first cell connects to the Workbench."""

    def __init__(self, desk: Desk, name: str, *sources: str) -> None:
        self.desk = desk
        self.page = desk.page
        self.name = f"{name}.ipynb"
        self.path: Path = desk.lab.notebooks / self.name
        self._let_go = self.path.with_suffix(".go")
        self._let_go.unlink(missing_ok=True)
        self.path.write_text(json.dumps(_notebook((BEGIN.format(let_go=str(self._let_go)), *sources))))
        desk.open(self.name)
        desk.tab(self.name).wait_for()
        self.notebook = desk.notebook
        self.chats = self.notebook.locator("wb-chat")
        self.page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
        self.run(0)
        self.done(0)

    def run_all(self) -> None:
        """Run every cell."""
        self.desk.command("Run All Cells")

    def run(self, number: int) -> None:
        """Run one cell and stay in it."""
        self.notebook.locator(".jp-Cell").nth(number).locator(".cm-content").click()
        self.page.keyboard.press("Control+Enter")

    def clear(self, number: int) -> None:
        """Clear what a cell shows."""
        self.notebook.locator(".jp-Cell").nth(number).locator(".cm-content").click()
        self.desk.command("Clear Cell Output")

    def chat(self, number: int = 0) -> "Chat":
        """One of the chats that are shown."""
        return Chat(self.chats.nth(number))

    def done(self, number: int) -> None:
        """Wait until a cell has run."""
        expect(self._prompt(number)).to_have_text(re.compile(r"\[\d+\]"))

    def let_go(self) -> None:
        """Let the cells end that wait."""
        self._let_go.touch()

    def is_running(self, number: int) -> bool:
        """Whether a cell runs, or waits for its turn."""
        return "[*]" in (self._prompt(number).text_content() or "")

    def _prompt(self, number: int) -> Locator:
        return self.notebook.locator(".jp-Cell").nth(number).locator(".jp-InputPrompt")

    def save(self) -> str:
        """Save the notebook; what is then on disk."""
        self.desk.save(self.name)
        return self.path.read_text("utf-8")


class Chat:
    """The chat in a cell."""

    def __init__(self, element: Locator) -> None:
        self.element = element
        self.log = element.get_by_role("log")
        self.composer = element.get_by_role("textbox", name="Message")

    def ask(self, text: str) -> None:
        """Write a question and send it with Enter."""
        self.composer.fill(text)
        self.composer.press("Enter")

    def answered(self, text: str) -> None:
        """Wait until a reply with `text` has ended."""
        expect(self.element.get_by_role("article").last).to_contain_text(text)
        expect(self.element.get_by_role("button", name="Send")).to_be_visible()


def _notebook(sources: tuple[str, ...]) -> dict[str, object]:
    cells = [
        {"cell_type": "code", "id": f"c{n}", "metadata": {}, "outputs": [], "execution_count": None, "source": source}
        for n, source in enumerate(sources)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
