"""One owner, one model and one page of each host, for all tests of this folder.

A page is loaded once: each test begins a new conversation in it, as its reader would.
"""

import http.server
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, ViewportSize, expect

from tests.browser.chat.conftest import bundle  # noqa: F401 - a fixture
from tests.browser.hosts import bare, lab, pages
from tests.browser.hosts.cell import CellPage
from tests.browser.hosts.host import Host
from tests.browser.hosts.lab import LabPage
from tests.browser.lab import provider as scripted
from tests.browser.lab.jupyterlab import JupyterLab
from tests.browser.lab.provider import Provider
from tests.browser.reader import Chat
from tests.conftest import kill_owner
from workbench.client import Workbench, connect
from workbench.experiences.records import Experience

HOSTS = ("bare_page", "chat_page", "lab_page", "cell_page")
"""The names of the fixtures that give a host."""
OTHER_WAYS = ("cell_page_over_the_kernel",)
"""The same for a host that is shown already, and that goes to the owner another way: only what goes there is shown."""
GO_TO_THE_OWNER = ("test_chat_in_hosts", "test_lost_owner_in_hosts")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test in each host it is for."""
    if "host_name" in metafunc.fixturenames:
        module = metafunc.module.__name__.rpartition(".")[2]
        names = (*HOSTS, *(OTHER_WAYS if module in GO_TO_THE_OWNER else ()))
        metafunc.parametrize("host_name", names, scope="package")


@pytest.fixture(scope="package", autouse=True)
def patience() -> Iterator[None]:
    """A host on a busy machine takes its time."""
    expect.set_options(timeout=45_000)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture(scope="package")
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An empty home, and no keyring."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
        home = tmp_path_factory.mktemp("home")
        yield home
        kill_owner(home)


@dataclass
class Sink:
    """A server that nobody should reach, and the paths of those who did."""

    url: str = ""
    reached: list[str] = field(default_factory=list)


@pytest.fixture(scope="package")
def sink() -> Iterator[Sink]:
    sink = Sink()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            sink.reached.append(self.path)
            self.send_error(404)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        sink.url = f"http://127.0.0.1:{server.server_address[1]}/sink"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield sink
        server.shutdown()


@pytest.fixture(scope="package")
def running_model() -> Iterator[Provider]:
    """The provider that all of them ask."""
    with scripted.running() as provider:
        yield provider


@pytest.fixture(scope="package")
def workbench(shared_home: Path, running_model: Provider) -> Iterator[Workbench]:
    """The home that every host shows, with two models in it."""
    with connect(shared_home) as bench:
        for name in ("luna", "sol"):
            bench.models.add_remote(provider="scripted", base_url=running_model.base_url, name=name, api_key="sk-test")
        yield bench


@pytest.fixture(scope="package")
def bare_page(bundle: Path, shared_home: Path, workbench: Workbench) -> Iterator[Host]:  # noqa: F811
    with bare.running(shared_home) as host:
        yield host


@pytest.fixture(scope="package")
def chat_page(bundle: Path, shared_home: Path, workbench: Workbench) -> Iterator[Host]:  # noqa: F811
    with pages.running(shared_home) as host:
        yield host


@pytest.fixture(scope="package")
def running_lab(tmp_path_factory: pytest.TempPathFactory, shared_home: Path) -> Iterator[JupyterLab]:
    """The JupyterLab that all hosts in it share."""
    with lab.running(tmp_path_factory.mktemp("lab"), shared_home) as running:
        yield running


@pytest.fixture(scope="package")
def lab_page(running_lab: JupyterLab, workbench: Workbench) -> Host:
    return LabPage(running_lab)


@pytest.fixture(scope="package")
def cell_page(running_lab: JupyterLab, workbench: Workbench) -> Host:
    return CellPage(running_lab)


@pytest.fixture(scope="package")
def cell_page_over_the_kernel(
    tmp_path_factory: pytest.TempPathFactory, shared_home: Path, workbench: Workbench
) -> Iterator[Host]:
    with lab.running(tmp_path_factory.mktemp("lab"), shared_home, passage=False) as running:
        yield CellPage(running)


@pytest.fixture(scope="package")
def host(request: pytest.FixtureRequest, host_name: str) -> Host:
    """Each host in turn."""
    return request.getfixturevalue(host_name)


@pytest.fixture(scope="package")
def experience(host_name: str, workbench: Workbench) -> Experience:
    """An Experience that is this host's own."""
    return workbench.experiences.create(f"Stars in the {host_name}", description="How they shine.")


@dataclass
class Shown:
    """A page of a host, and what happened on it."""

    page: Page
    errors: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """Every address the page asked for, and every dialog and window it opened."""

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("dialog", self._on_dialog)
        self.page.on("popup", lambda popup: self.asked.append(f"popup: {popup.url}"))

    def _on_dialog(self, dialog: Dialog) -> None:
        if dialog.type == "beforeunload":
            dialog.accept()  # a host may ask before it is left
        else:
            self.asked.append(f"dialog: {dialog.message}")
            dialog.dismiss()


def new_page(context: BrowserContext) -> Shown:
    """A page that may use the clipboard."""
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    shown = Shown(context.new_page())
    shown.page.set_default_timeout(30_000)
    return shown


@pytest.fixture(scope="package")
def shown_once(browser: Browser, host: Host, experience: Experience) -> Iterator[Shown]:
    """The host's page with the Experience open, loaded once."""
    size: ViewportSize = {"width": host.widths[-1], "height": 900}
    with browser.new_context(viewport=size, reduced_motion="reduce") as context:
        shown = new_page(context)
        host.open(shown.page, experience)
        yield shown


@pytest.fixture
def shown(shown_once: Shown) -> Iterator[Shown]:
    """That page, of which the test need not care what happened before. A script's error fails the test."""
    shown_once.errors.clear()
    shown_once.asked.clear()
    yield shown_once
    assert shown_once.errors == []


@pytest.fixture
def model(running_model: Provider) -> Iterator[Provider]:
    """The provider, with nothing left of other tests."""
    running_model.answers.clear()
    running_model.questions.clear()
    running_model.models.clear()
    running_model.answer, running_model.seconds_a_token = "All is well.", 0.0
    yield running_model
    running_model.release()


@pytest.fixture
def chat(shown: Shown, model: Provider) -> Chat:
    """The chat of the page, in a new conversation."""
    chat = Chat(shown.page)
    chat.button("New conversation").click()
    expect(chat.element.get_by_role("article")).to_have_count(0)
    chat.composer.fill("")
    return chat


@pytest.fixture
def fresh_chat(browser: Browser, host: Host, model: Provider) -> Iterator[Callable[..., Chat]]:
    """Opens the chat on a page without a past; options are the browser's."""
    contexts: list[BrowserContext] = []
    pages: list[Shown] = []

    def load(experience: Experience | None, **options: object) -> Chat:
        size: ViewportSize = {"width": host.widths[-1], "height": 900}
        context = browser.new_context(viewport=size, reduced_motion="reduce", **options)
        contexts.append(context)
        pages.append(new_page(context))
        host.open(pages[-1].page, experience)
        return Chat(pages[-1].page)

    yield load
    for context in contexts:
        context.close()
    assert [error for each in pages for error in each.errors] == []
