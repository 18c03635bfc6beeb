"""The chat on a bare page, with an owner that does what the test scripts."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.chat.stand_in import DIST, StandIn, running
from workbench.experiences.records import Experience

EXTENSION = DIST.parent


@pytest.fixture(scope="session")
def bundle() -> Path:
    """The chat as it is now, bundled for browsers."""
    node = shutil.which("node")
    if node is not None and (EXTENSION / "node_modules").is_dir():
        subprocess.run([node, "esbuild.chat.mjs"], cwd=EXTENSION, check=True, capture_output=True, timeout=60)
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


class Chat:
    """The chat as its reader has it, on a page."""

    def __init__(self, page: Page, owner: StandIn) -> None:
        self.page = page
        self.owner = owner

    def open(self, experience: Experience | None, *, strict: bool = False) -> "Chat":
        query = [] if experience is None else [f"experience={experience.id}"]
        query += ["strict"] if strict else []
        self.page.goto(f"{self.owner.url}/?{'&'.join(query)}")
        self.page.wait_for_selector("html[data-ready]", state="attached")
        return self

    @property
    def composer(self) -> Locator:
        return self.page.get_by_role("textbox", name="Message")

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log")

    @property
    def messages(self) -> Locator:
        return self.page.get_by_role("article")

    @property
    def reply(self) -> Locator:
        """The last message."""
        return self.messages.last

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def ask(self, text: str) -> None:
        self.composer.fill(text)
        self.composer.press("Enter")

    def answered(self, text: str) -> None:
        """Wait until a reply with `text` has ended."""
        expect(self.reply).to_contain_text(text)
        expect(self.button("Send")).to_be_visible()


@pytest.fixture
def chat(page: Page, owner: StandIn) -> Chat:
    """The page, not opened yet."""
    return Chat(page, owner)


@pytest.fixture
def opened(chat: Chat, experience: Experience) -> Chat:
    """The page with the Experience open."""
    return chat.open(experience)


@pytest.fixture
def focused(page: Page) -> Callable[[], str]:
    """The accessible name of what has the focus, inside all shadow roots."""

    def name() -> str:
        return page.evaluate(
            """() => {
              let element = document.activeElement;
              while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
              return element.ariaLabel ?? element.textContent.trim().replace(/\\s+/g, ' ');
            }"""
        )

    return name
