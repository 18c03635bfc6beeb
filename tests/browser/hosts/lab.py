"""JupyterLab, with the chat in its own panel beside the notebook of the Experience."""

import contextlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.hosts.host import Scheme
from tests.browser.lab import jupyterlab
from tests.browser.lab.jupyterlab import Desk, JupyterLab
from workbench.experiences.records import Experience


class LabPage:
    """See `host.Host`."""

    asks = re.compile(r"(lab\?.*|lab/(api|extensions)/.*|api/.*|(lsp|kernelspecs)/.*|static/.*|workbench/.*)")
    ours = (".wb-ChatPanel",)
    widths = (1400,)
    code_actions = ("Insert as cell", "Insert and run")
    second_line = False

    def __init__(self, lab: JupyterLab) -> None:
        self._lab = lab
        self.url = f"http://127.0.0.1:{lab.port}"

    def open(self, page: Page, experience: Experience | None) -> None:
        desk = Desk(page, self._lab)
        if page.url == "about:blank":
            for layout in self._layouts():
                layout.unlink()
            desk.open()
        if experience is None:
            desk.command("Show Workbench Chat")
            desk.chat.wait_for()
            return
        desk.show_experiences()
        desk.button(experience.name).click()
        expect(desk.notebook).to_be_visible()
        expect(desk.chat.get_by_role("textbox")).to_be_focused()

    def reload(self, page: Page) -> None:
        desk = Desk(page, self._lab)
        shown = desk.chat.evaluate("chat => chat.model.state.conversation.id")
        desk.until(lambda: any(shown in layout.read_text("utf-8") for layout in self._layouts()))
        desk.reload()

    def theme(self, page: Page, scheme: Scheme) -> None:
        desk = Desk(page, self._lab)
        desk.command(f"Theme: JupyterLab {scheme.title()}")
        is_light = str(scheme == "light").lower()
        page.wait_for_selector(f"body[data-jp-theme-light={is_light}]", state="attached")

    def _layouts(self) -> list[Path]:
        return list((self._lab.folder / "workspaces").glob("*"))


@contextlib.contextmanager
def running(folder: Path, home: Path) -> Iterator[LabPage]:
    """JupyterLab over the owner of `home`; it asks nothing about news."""
    settings = folder / "settings" / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps({"fetchNews": "false"}))
    with jupyterlab.running(folder, home) as lab:
        yield LabPage(lab)
