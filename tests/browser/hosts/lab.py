"""JupyterLab, with the chat in its own panel beside the notebook of the Experience."""

import contextlib
import json
import re
import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.hosts.host import Scheme
from tests.browser.lab import jupyterlab
from tests.browser.lab.jupyterlab import Desk, JupyterLab
from workbench.experiences.records import Experience

ASKS = re.compile(
    r"(lab/workspaces/[\w-]+(/tree/[\w-]+\.ipynb)?\?.*|lab/(api|extensions)/.*|api/.*"
    r"|(lsp|kernelspecs|panel-preview)/.*|static/.*|workbench/.*)"
)


class LabPage:
    """See `host.Host`."""

    asks = ASKS
    ours = (".wb-ChatPanel",)
    widths = (1400,)
    code_actions = ("Insert as cell", "Insert and run")
    second_line = False
    may_be_empty = True

    def __init__(self, lab: JupyterLab) -> None:
        self._lab = lab
        self.url = f"http://127.0.0.1:{lab.port}"

    def open(self, page: Page, experience: Experience | None) -> None:
        desk = Desk(page, self._lab)
        if page.url == "about:blank":
            Desk(page, new_workspace(self._lab)).open()
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
        layouts = self._lab.folder / "workspaces"
        desk.until(lambda: any(shown in layout.read_text("utf-8") for layout in layouts.glob("*")))
        desk.reload()

    def theme(self, page: Page, scheme: Scheme) -> None:
        set_theme(Desk(page, self._lab), scheme)


def new_workspace(lab: JupyterLab) -> JupyterLab:
    """The same with a layout without a past, which no other page keeps its own in."""
    return replace(lab, workspace=secrets.token_hex(8))


def set_theme(desk: Desk, scheme: Scheme) -> None:
    """Make JupyterLab light or dark."""
    desk.command(f"Theme: JupyterLab {scheme.title()}")
    is_light = str(scheme == "light").lower()
    desk.page.wait_for_selector(f"body[data-jp-theme-light={is_light}]", state="attached")


@contextlib.contextmanager
def running(folder: Path, home: Path, *, passage: bool = True) -> Iterator[JupyterLab]:
    """JupyterLab over the owner of `home`; it asks nothing about news."""
    settings = folder / "settings" / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps({"fetchNews": "false"}))
    with jupyterlab.running(folder, home, passage=passage) as lab:
        yield lab
