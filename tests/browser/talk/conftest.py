"""One owner with models that answer, and a bare page over it, for all tests of this folder.

Each test has an Experience of its own there.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chat.conftest import bundle  # noqa: F401 - a fixture
from tests.browser.hosts import bare
from tests.browser.hosts.bare import BarePage
from tests.browser.hosts.conftest import shared_home  # noqa: F401 - a fixture
from tests.browser.reader import Chat
from tests.conftest import add_model
from tests.stand_in import StandIn
from workbench.client import Workbench, connect
from workbench.client.experiences import OpenExperience


@pytest.fixture(scope="package", autouse=True)
def patience() -> Iterator[None]:
    """The owner's first requests to models take their time on a busy machine."""
    expect.set_options(timeout=60_000)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture(scope="package")
def bench(shared_home: Path, provider: StandIn) -> Iterator[Workbench]:  # noqa: F811
    """A home with a model that answers, one that refuses and one that repeats the question and does not see."""
    with connect(shared_home) as bench:
        for name in ("paced-40-0", "scold", "echo"):
            add_model(bench, provider, name)
        yield bench


@pytest.fixture(scope="package")
def place(bundle: Path, shared_home: Path, bench: Workbench) -> Iterator[BarePage]:  # noqa: F811
    with bare.running(shared_home) as place:
        yield place


@pytest.fixture
def experience(bench: Workbench, request: pytest.FixtureRequest) -> OpenExperience:
    """An Experience without conversations, in which the model answers that answers."""
    return bench.experiences.create(request.node.name.replace("_", " "), model="standin/paced-40-0")


@pytest.fixture
def chat(page: Page, place: BarePage, experience: OpenExperience) -> Chat:
    """The page with the Experience open."""
    page.emulate_media(reduced_motion="reduce")
    place.open(page, experience.record)
    return Chat(page)
