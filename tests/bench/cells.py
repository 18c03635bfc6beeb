"""The chat in a notebook's cell, in a real browser: by way of Jupyter's server, and of the kernel where that has none.

"Visible" is in the page's text at the next frame, as in `browsing`.
"""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from tests.bench.figures import Figure, median, spread
from tests.browser.conftest import ARGUMENTS
from tests.browser.lab import jupyterlab, provider
from tests.browser.lab.jupyterlab import Desk
from tests.browser.lab.provider import Provider
from tests.browser.widget.cells import Cells
from tests.conftest import kill_owner
from workbench.client import connect
from workbench.setup.browser import installed_chromium

LOADS = 5
ROUNDS = 20
REQUEST_MS = 40
VISIBLE_MS = REQUEST_MS + 40
"""To the request, and from a token's arrival to the eye."""
_SHOW = 'experiences["Physics"].chat()'
_WATCH = """() => {
  const now = () => (performance.timeOrigin + performance.now()) / 1000;
  const bench = window.bench = {enters: [], seen: {}, runAt: 0, shownAfter: null};
  addEventListener('keydown', event => {
    if (event.key !== 'Enter') return;
    if (event.ctrlKey) Object.assign(bench, {runAt: now(), shownAfter: null});
    else bench.enters.push(now());
  }, true);
  const look = () => {
    const chat = document.querySelector('.jp-NotebookPanel wb-chat')?.shadowRoot;
    const composer = chat?.querySelector('textarea');
    if (bench.runAt && composer?.getClientRects().length) bench.shownAfter ??= now() - bench.runAt;
    const said = chat?.querySelector('[role=log]')?.textContent ?? '';
    for (const [word] of said.matchAll(/Short\\d+/g)) bench.seen[word] ??= now();
    requestAnimationFrame(look);
  };
  look();
}"""


def figures() -> Iterator[Figure]:
    """From running the cell to its chat, and from Enter to the request and to the first token: for both ways."""
    expect.set_options(timeout=60_000)
    with sync_playwright() as playwright, provider.running() as answering:
        browser = playwright.chromium.launch(executable_path=installed_chromium(), args=list(ARGUMENTS))
        for way, passage in (("by Jupyter's server", True), ("by the kernel", False)):
            yield from _way(browser, answering, way, passage=passage)
        browser.close()


def _way(browser: Browser, answering: Provider, way: str, *, passage: bool) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        home, lab_folder = Path(folder) / "home", Path(folder) / "lab"
        news = lab_folder / "settings" / "@jupyterlab" / "apputils-extension" / "notification.jupyterlab-settings"
        news.parent.mkdir(parents=True)
        news.write_text(json.dumps({"fetchNews": "false"}))
        with connect(home) as bench:
            bench.models.add_remote(provider="test", base_url=answering.base_url, name="scripted", api_key="k")
            bench.experiences.create("Physics")
        with jupyterlab.running(lab_folder, home, passage=passage) as lab:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.set_default_timeout(60_000)
            cells = Cells(Desk(page, lab), "bench", _SHOW)
            yield from _showing(cells, way)
            yield from _asking(cells, answering, way)
            page.close()
        kill_owner(home)


def _showing(cells: Cells, way: str) -> Iterator[Figure]:
    """In a page just loaded, which has to fetch the chat's script, and in one that has it."""
    first, again = [], []
    for _ in range(LOADS):
        cells.clear(1)
        cells.save()
        cells.desk.reload()
        cells.page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
        cells.page.evaluate(_WATCH)
        first.append(_shown(cells))
        for _ in range(2):
            cells.clear(1)
            expect(cells.chats).to_have_count(0)
            again.append(_shown(cells))
    yield Figure(
        f"cell run to its chat shown, {way}: first in the page (p50)", median(first), None, "ms", spread(first)
    )
    yield Figure(f"cell run to its chat shown, {way}: again (p50)", median(again), None, "ms", spread(again))


def _shown(cells: Cells) -> float:
    cells.run(1)
    after = cells.page.wait_for_function("() => window.bench.shownAfter").json_value()
    cells.done(1)
    return float(after) * 1000


def _asking(cells: Cells, answering: Provider, way: str) -> Iterator[Figure]:
    chat = cells.chat()
    answering.answer = "Warm."
    chat.ask("Warm up")
    chat.answered("Warm.")
    cells.page.evaluate("window.bench.enters.length = 0")
    for number in range(ROUNDS):
        answering.answer = f"Short{number}."
        chat.ask(f"Question {number}")
        chat.answered(f"Short{number}.")
        cells.page.wait_for_timeout(200)
    entered, seen = cells.page.evaluate("[window.bench.enters, window.bench.seen]")
    asked = [(at - enter) * 1000 for at, enter in zip(answering.asked_at[-ROUNDS:], entered, strict=True)]
    shown = [(seen[f"Short{number}"] - enter) * 1000 for number, enter in enumerate(entered)]
    yield Figure(f"Enter to request leaves, in a cell {way} (p50)", median(asked), REQUEST_MS, "ms", spread(asked))
    yield Figure(f"Enter to first token visible, in a cell {way} (p50)", median(shown), VISIBLE_MS, "ms", spread(shown))
