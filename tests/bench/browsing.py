"""What a user waits for in JupyterLab, in a real browser."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.bench.figures import Figure, median, spread
from tests.browser.lab import jupyterlab, provider
from tests.browser.lab.jupyterlab import Desk
from tests.browser.lab.provider import Provider
from tests.conftest import kill_owner
from workbench.client import connect
from workbench.setup.browser import installed_chromium

ROUNDS = 20
TOKENS = 40
LONG = 4000

_WATCH = """() => {
  const now = () => (performance.timeOrigin + performance.now()) / 1000;
  window.bench = {enters: [], seen: {}, longTasks: []};
  addEventListener('keydown', e => e.key === 'Enter' && window.bench.enters.push(now()), true);
  new PerformanceObserver(list => window.bench.longTasks.push(...list.getEntries().map(e => e.duration)))
    .observe({type: 'longtask'});
  const look = () => {
    const log = document.querySelector('wb-chat').shadowRoot.querySelector('[role=log]');
    for (const [word] of log.textContent.matchAll(/token\\d+/g)) window.bench.seen[word] ??= now();
    requestAnimationFrame(look);
  };
  look();
}"""


def figures() -> Iterator[Figure]:
    """From Enter to the request; from a token to the eye; long tasks; what is loaded at the start."""
    with tempfile.TemporaryDirectory() as folder, provider.running() as answering, sync_playwright() as playwright:
        home = Path(folder) / "home"
        with connect(home) as bench:
            bench.models.add_remote(provider="test", base_url=answering.base_url, name="scripted", api_key="k")
        (Path(folder) / "lab").mkdir()
        browser = playwright.chromium.launch(
            executable_path=installed_chromium(),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        with jupyterlab.running(Path(folder) / "lab", home) as lab:
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            loaded: dict[str, int] = {}
            page.on("requestfinished", lambda request: _note(request, loaded))
            desk = Desk(page, lab)
            desk.open()
            page.wait_for_timeout(2000)
            yield Figure("script of ours loaded at JupyterLab's start", sum(loaded.values()) / 1000, 300, "KB")
            yield from _chatting(desk, page, answering)
        browser.close()
        kill_owner(home)


def _chatting(desk: Desk, page: Page, answering: Provider) -> Iterator[Figure]:
    desk.show_experiences()
    desk.new_experience("Bench")
    desk.chat.get_by_role("textbox").wait_for()
    answering.answer = "Warm."
    desk.ask("Warm up")
    desk.log.get_by_text("Warm.").wait_for()
    page.evaluate(_WATCH)
    asking: list[float] = []
    for number in range(ROUNDS):
        answering.answer = f"Short{number}."
        desk.ask(f"Question {number}")
        desk.log.get_by_text(f"Short{number}.").wait_for()
        page.wait_for_timeout(200)
    entered = page.evaluate("window.bench.enters")
    asking = [(asked - entered) * 1000 for asked, entered in zip(answering.asked_at[-ROUNDS:], entered, strict=True)]
    yield Figure("Enter to request leaves (p50)", median(asking), 40, "ms", spread(asking))
    answering.answer = " ".join(f"token{n}" for n in range(TOKENS))
    answering.seconds_a_token = 0.1
    desk.ask("Slowly")
    desk.log.get_by_text(f"token{TOKENS - 1}").wait_for()
    page.wait_for_timeout(500)
    seen = page.evaluate("window.bench.seen")
    shown = [(seen[f"token{n}"] - sent) * 1000 for n, sent in enumerate(answering.sent_at)]
    yield Figure("token arrives to visible (p50)", median(shown), 40, "ms", spread(shown))
    answering.seconds_a_token = 0.004
    answering.answer = " ".join("**bold** `code`" if n % 40 == 0 else f"word{n}" for n in range(LONG)) + " finished."
    page.evaluate("window.bench.longTasks.length = 0")
    desk.ask("At length")
    desk.log.get_by_text("finished.").wait_for(timeout=120_000)
    tasks = page.evaluate("window.bench.longTasks")
    yield Figure("a 4,000-token reply: long tasks", len(tasks), 1, "")
    yield Figure("a 4,000-token reply: long tasks, total", sum(tasks), 60, "ms")


def _note(request, loaded: dict[str, int]) -> None:
    if "extensions/llm-workbench/" in request.url and request.url.partition("?")[0].endswith(".js"):
        response = request.response()
        loaded[request.url] = len(response.body()) if response else 0
