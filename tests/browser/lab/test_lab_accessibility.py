"""What is ours in JupyterLab beside the chat, looked at by axe, light and dark; the chat: `tests/browser/hosts`."""

import json
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

    desk.dialog.get_by_label("Name").fill(f"Sight {themed}")
    desk.dialog.get_by_label("Category").fill("Study")
    desk.dialog.get_by_role("button", name="Create").click()
    expect(desk.row(f"Sight {themed}")).to_be_visible()
    assert findings(desk.page, ".wb-Experiences", ".wb-Status") == []

    desk.choose("Sight", "Move Experience to Trash")
    desk.experiences.get_by_role("button", name="Trash").click()
    expect(desk.experiences.get_by_role("button", name=f"Restore Sight {themed}")).to_be_visible()
    assert findings(desk.page, ".wb-Experiences") == []
