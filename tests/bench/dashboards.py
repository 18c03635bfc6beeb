"""The hosted pages: the charts over a long history, and what an open page costs."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
from playwright.sync_api import Browser, sync_playwright

from tests import made_up
from tests.bench.figures import Figure, median, spread
from tests.conftest import kill_owner
from tests.dashboards import hosted
from tests.dashboards.hosted import Hosted
from workbench.client import connect
from workbench.config import Settings
from workbench.setup.browser import installed_chromium

MESSAGES = 1_000_000
DAYS = 360
EXPERIENCES = tuple(f"Topic {number}" for number in range(20))
ROUNDS = 7
SESSIONS = 20
_CHARTS = """const charts = () => {
  const found = [];
  const walk = root => {
    for (const each of root.querySelectorAll('*')) {
      if (each.shadowRoot) walk(each.shadowRoot);
      if (each.matches('.vega-embed svg')) found.push(each);
    }
  };
  walk(document);
  return found;
};"""
_DRAWN = f"() => {{ {_CHARTS} return charts().filter(each => !each.dataset.before).length === 4; }}"
_MARK = f"() => {{ {_CHARTS} charts().forEach(each => {{ each.dataset.before = 'yes'; }}); }}"
"""What stands is not to be taken for what is drawn next."""


def figures() -> Iterator[Figure]:
    """The charts over 1,000,000 messages of a year, 20 Experiences and three models; memory of an open page."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home = Path(folder) / "home"
        made_up.fill(Settings(home=home), MESSAGES, days=DAYS, experiences=EXPERIENCES)
        with connect(home) as bench:
            took = []
            for _ in range(ROUNDS):
                before = time.perf_counter()
                rows = bench.usage(since="366d")
                took.append((time.perf_counter() - before) * 1000)
            assert rows["messages"].sum() == MESSAGES
        yield Figure("usage of 1,000,000 messages, summed up by the owner (p50)", median(took), 500, "ms", spread(took))
        browser = playwright.chromium.launch(
            executable_path=installed_chromium(),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        with hosted.running(home) as server:
            yield from _pages(browser, server)
        browser.close()
        kill_owner(home)


def _pages(browser: Browser, server: Hosted) -> Iterator[Figure]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(server.url)
    page.wait_for_function(_DRAWN, timeout=60_000)
    opened, chosen = [], []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        page.goto(f"http://{server.host}{server.prefix}/usage")
        page.wait_for_function(_DRAWN, timeout=60_000)
        opened.append((time.perf_counter() - began) * 1000)
        page.evaluate(_MARK)
        began = time.perf_counter()
        page.get_by_label("Period").select_option("Last 12 months")
        page.get_by_text(f"{MESSAGES:,}", exact=True).wait_for(timeout=60_000)
        page.wait_for_function(_DRAWN, timeout=60_000)
        chosen.append((time.perf_counter() - began) * 1000)
    yield Figure("Usage opened, 30 days of 1,000,000 messages drawn (p50)", median(opened), 2000, "ms", spread(opened))
    yield Figure("all 1,000,000 messages chosen and drawn (p50)", median(chosen), 2000, "ms", spread(chosen))
    pages = [context.new_page() for _ in range(SESSIONS)]
    process = psutil.Process(server.process.pid)
    before = process.memory_info().rss
    for each in pages:
        each.goto(f"http://{server.host}{server.prefix}/usage")
        each.wait_for_function(_DRAWN, timeout=60_000)
    grown = (process.memory_info().rss - before) / SESSIONS / 1e6
    yield Figure("memory of an open Usage page, in the server", grown, 5, "MB", f"{before / 1e6:.0f} MB before")
    context.close()
