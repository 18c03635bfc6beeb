"""One JupyterLab for a module's tests, over a home of its own, with a model that answers what the test says."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.lab import jupyterlab, provider, sink
from tests.browser.lab.jupyterlab import Desk, JupyterLab
from tests.browser.lab.provider import Provider
from tests.browser.lab.sink import Sink
from tests.conftest import kill_owner
from workbench.client import Workbench, connect

EXTENSION = jupyterlab.ROOT / "workbench" / "jupyter" / "labextension" / "package.json"


@pytest.fixture(scope="module", autouse=True)
def patience() -> Iterator[None]:
    """A JupyterLab on a busy machine takes its time."""
    expect.set_options(timeout=30_000)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture(scope="module")
def lab_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An empty home, and no keyring."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
        home = tmp_path_factory.mktemp("home")
        yield home
        kill_owner(home)


@pytest.fixture(scope="module")
def passage() -> bool:
    """Whether the Workbench is switched on in Jupyter's server."""
    return True


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, lab_home: Path, passage: bool) -> Iterator[JupyterLab]:
    """A running JupyterLab that asks nothing about news."""
    assert EXTENSION.exists(), "Build the extension first: `pip install --editable .`"
    folder = tmp_path_factory.mktemp("lab")
    settings = folder / "settings" / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps({"fetchNews": "false"}))
    with jupyterlab.running(folder, lab_home, passage=passage) as running:
        yield running


@pytest.fixture(scope="module")
def scripted() -> Iterator[Provider]:
    """A provider whose answers the test writes."""
    with provider.running() as running:
        yield running


@pytest.fixture(scope="module")
def workbench(lab_home: Path, lab: JupyterLab, scripted: Provider) -> Iterator[Workbench]:
    """The home that JupyterLab shows, with the scripted model in it."""
    with connect(lab_home) as bench:
        bench.models.add_remote(provider="scripted", base_url=scripted.base_url, name="scripted", api_key="sk-test")
        yield bench


@pytest.fixture(name="sink")
def sink_server() -> Iterator[Sink]:
    """A server that nothing may reach."""
    with sink.running() as running:
        yield running


@pytest.fixture
def desk(browser: Browser, lab: JupyterLab) -> Iterator[Desk]:
    """JupyterLab's page, just opened, in a browser without a past and a layout without a past."""
    for layout in (lab.folder / "workspaces").glob("*"):
        layout.unlink()
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.set_default_timeout(30_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    desk = Desk(page, lab)
    desk.open()
    yield desk
    context.close()
    assert errors == []
