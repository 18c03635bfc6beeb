"""The page *Chat* of `workbench dashboards`, in a browser that has used the link."""

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.hosts.host import Scheme
from tests.dashboards import hosted
from tests.dashboards.hosted import Hosted
from workbench.experiences.records import Experience

GONE = "00000000-0000-7000-8000-000000000000"
"""An Experience that is not there any more: none is opened in its place."""


class ChatPage:
    """See `host.Host`."""

    ours = ("html",)
    widths = (390, 1440)
    code_actions = ()
    second_line = True
    may_be_empty = True

    def __init__(self, server: Hosted) -> None:
        self._server = server
        server.sign_in()
        self.url = f"http://{server.host}"
        self._path = f"{server.prefix}/"
        under = re.escape(self._path[1:])
        self.asks = re.compile(rf"{under}(chat(\?experience=[\w-]+)|chat/ws|api/v1/.*|component/.*|static/.*)")

    def open(self, page: Page, experience: Experience | None) -> None:
        name, _, value = self._server.sign_in().partition("=")
        page.context.add_cookies([{"name": name, "value": value, "url": f"{self.url}{self._path}"}])
        page.goto(f"{self.url}{self._path}chat?experience={GONE if experience is None else experience.id}")
        self._wait(page)

    def reload(self, page: Page) -> None:
        page.reload()
        self._wait(page)

    def theme(self, page: Page, scheme: Scheme) -> None:
        page.emulate_media(color_scheme=scheme)
        surface = "rgb(22, 24, 29)" if scheme == "dark" else "rgb(255, 255, 255)"
        expect(page.locator("main")).to_have_css("background-color", surface)

    def _wait(self, page: Page) -> None:
        expect(page.get_by_label("Experience", exact=True)).to_be_enabled()
        page.wait_for_function("() => Bokeh.documents[0]?.is_idle")


@contextlib.contextmanager
def running(home: Path) -> Iterator[ChatPage]:
    """The page over the owner of `home`."""
    with hosted.running(home) as server:
        yield ChatPage(server)
