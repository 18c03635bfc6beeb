"""The chat on a bare page, with an owner that does what the test scripts."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser import reader
from tests.browser.chat.stand_in import DIST, StandIn, running
from workbench.experiences.records import Experience

EXTENSION = DIST.parent


@pytest.fixture(scope="session")
def bundle() -> Path:
    """The chat as it is now, bundled for browsers."""
    node = shutil.which("node")
    if node is not None and (EXTENSION / "node_modules").is_dir():
        subprocess.run([node, "esbuild.chat.mjs"], cwd=EXTENSION, check=True, capture_output=True, timeout=180)
    if not (DIST / "manifest.json").exists():
        pytest.fail("the chat has not been built: `npm install && npm run build:chat` in extension/")
    return DIST


@pytest.fixture
def owner(bundle: Path) -> Iterator[StandIn]:
    """A stand-in for the owner."""
    with running() as stand_in:
        yield stand_in


@pytest.fixture
def experience(owner: StandIn) -> Experience:
    """An Experience without conversations, and a model that answers in it."""
    owner.add_model()
    return owner.add_experience(description="How stars shine.")


class Chat(reader.Chat):
    """The chat on the bare page, and its owner."""

    def __init__(self, page: Page, owner: StandIn) -> None:
        super().__init__(page)
        self.owner = owner

    def open(self, experience: Experience | None, *, strict: bool = False) -> "Chat":
        query = [] if experience is None else [f"experience={experience.id}"]
        query += ["strict"] if strict else []
        self.page.goto(f"{self.owner.url}/?{'&'.join(query)}")
        self.page.wait_for_selector("html[data-ready]", state="attached")
        return self


@pytest.fixture
def chat(page: Page, owner: StandIn) -> Chat:
    """The page, not opened yet."""
    return Chat(page, owner)


@pytest.fixture
def opened(chat: Chat, experience: Experience) -> Chat:
    """The page with the Experience open."""
    return chat.open(experience)
