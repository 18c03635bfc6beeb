"""A page that is none of ours: it has the chat inside a shadow root of its own, and a server that passes requests on.

The page itself is that of `tests/browser/chat`, which shows it over an owner that does what a test scripts.
"""

import asyncio
import contextlib
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page
from tornado import web
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from tests.browser.chat.stand_in import DIST
from tests.browser.chat.stand_in import HERE as PAGE
from tests.browser.hosts.host import Scheme
from workbench.client import owner
from workbench.errors import WorkbenchError
from workbench.experiences.records import Experience
from workbench.passage.handler import PassingHandler
from workbench.passage.line import Line


class Passage(PassingHandler):
    """`/api/v1/…` → the owner's. The server is on loopback, and ends with the tests: anybody may pass."""

    async def prepare(self) -> None:
        await self.begin()

    async def get(self, _path: str) -> None:
        await self.pass_on()

    post = put = patch = delete = get

    def write_error(self, status_code: int, **kwargs: object) -> None:
        error = kwargs.get("exc_info", (None, None))[1]
        fault = {"code": "error", "message": f"The server answered {status_code}.", "remedy": "Try again."}
        if isinstance(error, WorkbenchError):
            self.set_status(error.status)
            fault = {"code": error.code, "message": error.message, "remedy": error.remedy}
        self.finish(json.dumps(fault))


class BarePage:
    """See `host.Host`."""

    asks = re.compile(r"(\?experience=.*|page\.js|dist/.*|api/v1/.*|)")
    ours = ("html",)
    widths = (320, 390, 1200)
    code_actions = ("Insert as cell", "Insert and run")
    second_line = False
    may_be_empty = True

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def open(self, page: Page, experience: Experience | None) -> None:
        page.goto(f"{self.url}/" + ("" if experience is None else f"?experience={experience.id}"))
        self._wait(page)

    def reload(self, page: Page) -> None:
        page.reload()
        self._wait(page)

    def theme(self, page: Page, scheme: Scheme) -> None:
        page.emulate_media(color_scheme=scheme)

    def _wait(self, page: Page) -> None:
        page.wait_for_selector("html[data-ready]", state="attached")


@contextlib.contextmanager
def running(home: Path) -> Iterator[BarePage]:
    """The page over the owner of `home`, served from a thread of its own."""
    started: list[BarePage] = []
    ready = threading.Event()
    ended = threading.Event()

    async def serve() -> None:
        line = Line(lambda: owner.ensure(home))
        server = HTTPServer(
            web.Application(
                [
                    (r"/api/v1/(.*)", Passage, {"line": line}),
                    (r"/dist/(.*)", web.StaticFileHandler, {"path": DIST}),
                    (
                        r"/(page\.js|)",
                        web.StaticFileHandler,
                        {"path": PAGE, "default_filename": "page.html"},
                    ),
                ]
            )
        )
        sockets = bind_sockets(0, "127.0.0.1")
        server.add_sockets(sockets)
        started.append(BarePage(sockets[0].getsockname()[1]))
        ready.set()
        await asyncio.to_thread(ended.wait)
        server.stop()
        await server.close_all_connections()

    thread = threading.Thread(target=asyncio.run, args=(serve(),), name="bare page")
    thread.start()
    try:
        assert ready.wait(10), "The bare page's server did not start."
        yield started[0]
    finally:
        ended.set()
        thread.join(10)
