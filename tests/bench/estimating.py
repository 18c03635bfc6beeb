"""How long an estimate takes, and what it adds to typing, where 200,000 tokens go before the question.

The page is JupyterLab's chat in a real browser. A keystroke
takes from the key's event to the second frame after it, which is drawn when the first one has been.
"""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.bench.figures import Figure, median, p95, spread
from tests.browser.lab import jupyterlab, provider
from tests.browser.lab.jupyterlab import Desk
from tests.conftest import kill_owner
from workbench.client import Workbench, connect
from workbench.providers.records import Model
from workbench.setup.browser import installed_chromium

ROUNDS = 30
KEYS = 60
QUESTIONS = 100
_WORDS = "the sky is blue because light of short waves is scattered more than that of long ones, says Rayleigh. "
_LONG = _WORDS * 95
"""About 2,000 tokens."""
_WATCH = """() => {
  window.typed = [];
  addEventListener('keydown', event => {
    requestAnimationFrame(() => requestAnimationFrame(() => window.typed.push(performance.now() - event.timeStamp)));
  }, true);
}"""


def figures() -> Iterator[Figure]:
    """The owner's estimate, first and again; a keystroke's way to the screen."""
    with tempfile.TemporaryDirectory() as folder, provider.running() as answering, sync_playwright() as playwright:
        home = Path(folder) / "home"
        with connect(home) as bench:
            model = bench.models.add_remote(provider="test", base_url=answering.base_url, name="scripted", api_key="k")
            bench.models.correct(model.id, context_tokens=1_000_000)
            conversation = _filled(bench)
            yield from _estimates(bench, conversation, model)
        (Path(folder) / "lab").mkdir()
        browser = playwright.chromium.launch(
            executable_path=installed_chromium(),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        with jupyterlab.running(Path(folder) / "lab", home) as lab:
            desk = Desk(browser.new_page(viewport={"width": 1440, "height": 900}), lab)
            desk.open()
            yield _typing(desk, desk.page)
        browser.close()
        kill_owner(home)


def _filled(bench: Workbench) -> str:
    """A conversation of 100 long questions and their short replies: 200,000 tokens."""
    experience = bench.experiences.create("Bench")
    conversation = bench.conversations.create(experience.id).id
    for number in range(QUESTIONS):
        turn = bench.conversations.send(conversation, f"{number}. {_LONG}")
        list(bench.conversations.stream(turn.reply.id))
    return conversation


def _estimates(bench: Workbench, conversation: str, model: Model) -> Iterator[Figure]:
    began = time.monotonic()
    found = bench.conversations.estimate(conversation, "Why?", model=model.id)
    first_ms = (time.monotonic() - began) * 1000
    note = f"{found.input_tokens:,} tokens; the encoding is loaded for it"
    yield Figure("estimate at 200,000 tokens of context, the first", first_ms, None, "ms", note)
    took = []
    for number in range(ROUNDS):
        began = time.monotonic()
        bench.conversations.estimate(conversation, f"Why is it {number}?", model=model.id)
        took.append((time.monotonic() - began) * 1000)
    yield Figure("estimate at 200,000 tokens of context, again (p50)", median(took), 30, "ms", spread(took))


def _typing(desk: Desk, page: Page) -> Figure:
    """Keys with pauses in which estimates are asked for."""
    desk.show_experiences()
    desk.button("Bench").click()
    box = desk.chat.get_by_label("Message", exact=True)
    box.focus()  # a notice may lie over it
    page.evaluate(_WATCH)
    for number in range(KEYS):
        page.keyboard.press("a")
        page.wait_for_timeout(700 if number % 10 == 9 else 60)
    page.wait_for_function(f"window.typed.length >= {KEYS}")
    took = page.evaluate("window.typed")
    return Figure("keystroke to paint at 200,000 tokens of context (p95)", p95(took), 50, "ms", spread(took))
