"""The chat in cells: a JupyterLab as for its own tests, and a browser that notes what it asks for."""

import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest

from tests.browser.lab.conftest import desk, lab, lab_home, passage, patience, scripted, workbench
from tests.browser.lab.jupyterlab import Desk, JupyterLab
from tests.browser.widget.cells import Cells
from workbench.client import Workbench

__all__ = ["desk", "lab", "lab_home", "passage", "patience", "scripted", "workbench"]

Open = Callable[..., Cells]


@pytest.fixture
def open_cells(desk: Desk, workbench: Workbench, request: pytest.FixtureRequest) -> Iterator[Open]:
    """Opens a notebook with these cells, over an Experience called Physics without a past."""
    for experience in workbench.experiences.list():
        workbench.experiences.delete(experience.id)
    workbench.experiences.create("Physics")
    hosts: set[str] = set()
    desk.page.on("request", lambda asked: hosts.add(urlsplit(asked.url).hostname or ""))
    name = re.sub(r"\W+", "_", request.node.name)
    yield lambda *sources: Cells(desk, name, *sources)
    assert hosts <= {"127.0.0.1", ""}, "Nothing is fetched from outside."


@pytest.fixture
def set_up(lab: JupyterLab) -> Iterator[Callable[[str, dict[str, object]], None]]:
    """Changes a setting of JupyterLab's for one test; the page must be loaded after it."""
    files = []

    def change(plugin: str, values: dict[str, object]) -> None:
        extension, _, name = plugin.partition(":")
        file = lab.folder / "settings" / extension / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))
        files.append(file)

    yield change
    for file in files:
        file.unlink(missing_ok=True)
