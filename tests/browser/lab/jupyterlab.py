"""JupyterLab with the built extension in it, as a user starts it, and what a user does there."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page, Response, expect
from playwright.sync_api import TimeoutError as PageTimeout

ROOT = Path(__file__).parents[3]
TOKEN = "a-token"


@dataclass(frozen=True)
class JupyterLab:
    """A running JupyterLab."""

    folder: Path
    port: int
    base: str = ""
    """What comes before each path, as under JupyterHub."""
    workspace: str = ""
    """The name that its layout is kept under, if not the usual one."""

    @property
    def url(self) -> str:
        return self.url_of("")

    def url_of(self, notebook: str) -> str:
        """The page with a notebook open in it."""
        workspace = f"/workspaces/{self.workspace}" if self.workspace else ""
        tree = f"/tree/{notebook}" if notebook else ""
        return f"http://127.0.0.1:{self.port}{self.base}/lab{workspace}{tree}?token={TOKEN}"

    @property
    def notebooks(self) -> Path:
        return self.folder / "notebooks"


@contextlib.contextmanager
def running(folder: Path, home: Path, *, port: int = 0, base: str = "", passage: bool = True) -> Iterator[JupyterLab]:
    """JupyterLab over `folder`, with nothing of the user's own but the extension that is built in this checkout.

    `passage`: whether the Workbench is switched on in Jupyter's server too.
    """
    lab = JupyterLab(folder, port or _free_port(), base)
    for name in ("config", "data", "runtime", "notebooks", "settings", "workspaces"):
        (folder / name).mkdir(exist_ok=True)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "WORKBENCH"))},
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        "JUPYTER_NO_CONFIG": "1",
        "JUPYTER_PREFER_ENV_PATH": "0",  # else an extension that is installed hides the one in this checkout
        "WORKBENCH_HOME": str(home),
        "PYTHONPATH": str(ROOT),
    }
    extensions = folder / "data" / "labextensions"
    extensions.mkdir(exist_ok=True)
    with contextlib.suppress(FileExistsError):
        (extensions / "llm-workbench").symlink_to(ROOT / "workbench" / "jupyter" / "labextension")
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={lab.port}"]
    command += ["--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}"]
    command += [f"--ServerApp.root_dir={lab.notebooks}", f"--ServerApp.base_url={base}/"]
    command += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    command += ["--LabApp.expose_app_in_browser=True"]
    command += [f"--ServerApp.jpserver_extensions={{'workbench.jupyter': {passage}}}"]
    with (folder / "jupyterlab.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment, cwd=folder)
    try:
        _wait(lab, process)
        yield lab
        _let_kernels_start(lab)
    finally:
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:  # where a page asked for a kernel at the last moment
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(lab: JupyterLab, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while True:
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            urllib.request.urlopen(f"http://127.0.0.1:{lab.port}{lab.base}/api", timeout=5).close()
            return
        assert process.poll() is None, (lab.folder / "jupyterlab.log").read_text()
        assert time.monotonic() < deadline, "JupyterLab did not start in a minute."
        time.sleep(0.1)


def _let_kernels_start(lab: JupyterLab) -> None:
    """Wait until no kernel is just starting: Jupyter's server does not end where one is."""
    for _ in range(200):
        kernels = f"http://127.0.0.1:{lab.port}{lab.base}/api/kernels?token={TOKEN}"
        with contextlib.suppress(urllib.error.URLError, ConnectionError), urllib.request.urlopen(kernels) as response:
            if all(kernel["execution_state"] != "starting" for kernel in json.load(response)):
                return
        time.sleep(0.1)


COUNT_COMMANDS = """() => {
    if (window.commandsRun === undefined) {
        window.jupyterapp.commands.commandExecuted.connect((_, { id }) => window.commandsRun.push(id));
    }
    window.commandsRun = [];
}"""
"""From now on the page keeps the ids of the commands that it runs."""


def _saves(response: Response) -> bool:
    return response.request.method == "PUT" and "/api/contents/" in response.url


class Desk:
    """What a user sees and does on JupyterLab's page."""

    def __init__(self, page: Page, lab: JupyterLab) -> None:
        self.page = page
        self.lab = lab
        self.experiences = page.locator(".wb-Experiences")
        self.chat = page.locator("wb-chat")
        self.log = self.chat.get_by_role("log")
        self.dialog = page.get_by_role("dialog")
        self.notebook = page.locator(".jp-NotebookPanel:visible")

    def open(self, notebook: str = "") -> None:
        """Load the page and wait until JupyterLab stands."""
        self.page.goto(self.lab.url_of(notebook))
        self._wait()

    def reload(self) -> None:
        """Load the page again, as after a night."""
        self.page.reload()
        self._wait()

    def _wait(self) -> None:
        # Until the layout of last time is back, JupyterLab takes away what is opened.
        self.page.wait_for_function("window.jupyterapp?.restored.then(() => true)", timeout=60_000)
        self.page.locator("#jupyterlab-splash").wait_for(state="detached", timeout=60_000)
        self.page.get_by_role("button", name="Workbench: ").wait_for(timeout=30_000)

    def show_experiences(self) -> None:
        """Open the Workbench in the side bar; a click shuts it where the page's layout just came back with it open."""
        for _ in range(3):
            if self.experiences.is_visible():
                return
            self.page.get_by_role("tab", name="Workbench: your Experiences").click()
            with contextlib.suppress(PageTimeout):
                self.experiences.wait_for(timeout=3000)
        expect(self.experiences).to_be_visible()

    def new_experience(self, name: str, *, category: str = "", description: str = "", public: bool = False) -> None:
        """Go through the dialog."""
        self.experiences.get_by_role("button", name="New Experience").click()
        self.fill_in({"Name": name, "Description": description, "Category": category})
        if public:
            self.dialog.get_by_role("radio", name="Public").check()
        self.dialog.get_by_role("button", name="Create").click()

    def fill_in(self, texts: dict[str, str]) -> None:
        """Fill in a dialog, which takes the focus back to its first field where a page that still loads wants it."""
        fields = {self.dialog.get_by_label(label): text for label, text in texts.items()}
        for _ in range(5):
            for field, text in fields.items():
                field.fill(text)
            if all(field.input_value() == text for field, text in fields.items()):
                return
        raise AssertionError("The dialog did not keep what was written.")

    def ask(self, text: str) -> None:
        """Write a question and send it with Enter."""
        composer = self.chat.get_by_role("textbox")
        composer.fill(text)
        composer.press("Enter")

    def command(self, label: str) -> None:
        """Run a command from the palette, which closes again where the page, just loaded, moves the focus."""
        field = self.page.locator("#modal-command-palette input")
        chosen = self.page.locator("#modal-command-palette .lm-CommandPalette-item.lm-mod-active")
        self.page.evaluate(COUNT_COMMANDS)
        for _ in range(5):
            with contextlib.suppress(AssertionError, PageTimeout):
                self.page.keyboard.press("Control+Shift+C")
                expect(field).to_be_visible(timeout=3000)
                field.fill(label, timeout=3000)
                expect(field).to_have_value(label, timeout=1000)
                command = chosen.get_attribute("data-command", timeout=3000)  # before, Enter runs nothing
                field.press("Enter", timeout=3000)
                self.page.wait_for_function(
                    "command => window.commandsRun.includes(command)", arg=command, timeout=3000
                )
                return
        raise AssertionError(f"The palette did not stay open for {label!r}.")

    def choose(self, name: str, action: str) -> None:
        """Choose something in the menu of an Experience."""
        self.experiences.get_by_role("button", name=f"Actions for {name}").click()
        self.page.get_by_role("menuitem", name=action).click()

    def tab(self, label: str) -> Locator:
        """A tab of the main area."""
        return self.page.locator("#jp-main-dock-panel").get_by_role("tab", name=label, exact=True)

    def bar(self, label: str) -> Locator:
        """The tabs among which a tab of the main area is."""
        tab = self.page.get_by_role("tab", name=label, exact=True)
        return self.page.locator("#jp-main-dock-panel .lm-TabBar").filter(has=tab)

    def neighbours(self, label: str) -> list[str]:
        """The labels of those tabs."""
        return self.bar(label).get_by_role("tab").all_inner_texts()

    def open_file(self, path: str) -> None:
        """Open a file with the file browser's own dialog."""
        self.command("Open from Path…")
        self.dialog.get_by_role("textbox").fill(path)
        self.page.keyboard.press("Enter")
        self.tab(path.rpartition("/")[2]).wait_for()

    def save(self, label: str) -> None:
        """Save a notebook, and wait until it is on disk; JupyterLab does not listen where it is still saving."""
        self.tab(label).click()
        for _ in range(10):
            with contextlib.suppress(PageTimeout), self.page.expect_response(_saves, timeout=3000):
                self.page.keyboard.press("Control+s")
                return
        raise AssertionError(f"{label} was not saved.")

    def close(self, label: str) -> None:
        """Save and close a notebook."""
        self.save(label)
        self.tab(label).and_(self.page.locator(":not(.jp-mod-dirty)")).wait_for()
        self.tab(label).locator(".lm-TabBar-tabCloseIcon").click()
        again = self.dialog.get_by_role("button", name="Save", exact=True)  # its kernel has just written itself into it
        self.until(lambda: not self.tab(label).count() or again.is_visible())
        if again.is_visible():
            again.click()
        self.tab(label).wait_for(state="detached")

    def shut_down_kernels(self) -> None:
        """End all kernels, and wait until the server has none."""
        self.command("Shut Down All Kernels…")
        self.dialog.get_by_role("button", name="Shut Down All").click()
        kernels = f"http://127.0.0.1:{self.lab.port}{self.lab.base}/api/kernels?token={TOKEN}"
        self.until(lambda: self.page.request.get(kernels).json() == [])

    def until(self, condition: Callable[[], bool], timeout_s: float = 20) -> None:
        """Wait for something outside the page."""
        deadline = time.monotonic() + timeout_s
        while not condition():
            assert time.monotonic() < deadline
            self.page.wait_for_timeout(50)

    @property
    def rows(self) -> Locator:
        """All lines of the list."""
        return self.experiences.get_by_role("listitem")

    def button(self, name: str) -> Locator:
        """What opens an Experience in the list."""
        return self.row(name).get_by_role("button").first

    def row(self, name: str) -> Locator:
        """The line of an Experience in the list."""
        return self.experiences.get_by_role("listitem").filter(has_text=name)
