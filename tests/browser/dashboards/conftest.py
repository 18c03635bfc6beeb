"""The hosted pages over a home with a made-up past and a model that answers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import made_up
from tests.browser.lab import provider
from tests.browser.lab.provider import Provider
from tests.conftest import kill_owner
from tests.dashboards import hosted
from tests.dashboards.hosted import Hosted
from workbench.client import Workbench, connect
from workbench.config import Settings

WIDE, PHONE = (1440, 900), (390, 844)


@pytest.fixture(scope="package", autouse=True)
def patience() -> Iterator[None]:
    """Panel on a busy machine takes its time."""
    expect.set_options(timeout=30_000)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture(scope="package")
def scripted() -> Iterator[Provider]:
    """A provider whose answers the test writes."""
    with provider.running() as running:
        yield running


@pytest.fixture(scope="package")
def pages_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with 2,000 messages in it, and no keyring."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
        home = tmp_path_factory.mktemp("pages") / "home"
        made_up.fill(Settings(home=home), 2000)
        yield home
        kill_owner(home)


@pytest.fixture(scope="package")
def workbench(pages_home: Path, scripted: Provider) -> Iterator[Workbench]:
    """The same, with a model."""
    with connect(pages_home) as bench:
        bench.models.add_remote(provider="scripted", base_url=scripted.base_url, name="scripted", api_key="sk-test")
        yield bench


@pytest.fixture(scope="package")
def server(pages_home: Path, workbench: Workbench) -> Iterator[Hosted]:
    """`workbench dashboards`, whose link has been used by these tests."""
    with hosted.running(pages_home) as running:
        running.sign_in()
        yield running


@dataclass
class Screen:
    """One page in a browser of its own, and what it asked for and complained about."""

    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


Opener = Callable[..., Screen]


@pytest.fixture
def screen(browser: Browser, server: Hosted) -> Iterator[Opener]:
    """Opens a page in a browser that is signed in; the other end is what the reader's system is like."""
    opened = []

    def opening(path: str, size: tuple[int, int] = WIDE, *, dark: bool = False) -> Screen:
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            has_touch=size == PHONE,
            is_mobile=size == PHONE,
        )
        name, _, value = server.sign_in().partition("=")
        address = f"http://{server.host}{server.prefix}"
        context.add_cookies([{"name": name, "value": value, "url": f"{address}/"}])
        page = context.new_page()
        page.set_default_timeout(30_000)
        found = Screen(page)
        page.on("request", lambda request: found.asked.append(request.url))
        page.on("pageerror", lambda error: found.complaints.append(str(error)))
        page.on("console", lambda said: said.type == "error" and found.complaints.append(said.text))
        opened.append(context)
        page.goto(f"{address}{path}")
        return found

    yield opening
    for context in opened:
        context.close()
