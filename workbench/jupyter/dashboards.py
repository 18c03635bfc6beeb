"""`{base_url}workbench/dashboards/…` → the server of the hosted pages, WebSockets included.

Jupyter decides who may pass; nothing of Jupyter's is handed on, neither cookie nor token. The server is started when
the first request needs it, and ends with Jupyter's.
"""

import asyncio
from html import escape
from typing import TYPE_CHECKING, Any

from tornado import web
from tornado.iostream import IOStream, StreamClosedError

from workbench.errors import OwnerLostError, WorkbenchError
from workbench.jupyter.door import DoorHandler
from workbench.passage.exchange import PIECE_BYTES, SWITCHED, Answer, Exchange, Request
from workbench.passage.handler import PassingHandler, owner_query, present
from workbench.passage.line import Line

if TYPE_CHECKING:
    from workbench.client.owner import Owner

SOCKET_REQUEST = ("Sec-WebSocket-Key", "Sec-WebSocket-Version", "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions")
SOCKET_ANSWER = ("Upgrade", "Sec-WebSocket-Accept", "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions")
_NOTICE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Workbench</title><style>:root {{ color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }}</style></head>
<body><main><h1>The dashboards cannot be shown</h1><p>{sentence}</p></main></body></html>
"""


class PagesLine(Line):
    """The way to the server of the pages below `prefix`."""

    def __init__(self, prefix: str) -> None:
        """Nothing is started yet, and what starts it is not loaded."""
        self._prefix = prefix
        self._pages: Any = None
        super().__init__(self._find_pages)

    def _find_pages(self) -> "Owner":
        # Imported here: kept out of Jupyter's start, and off its event loop. One thread at a time comes here.
        from workbench.passage.pages import Pages  # noqa: PLC0415

        if self._pages is None:
            self._pages = Pages(self._prefix)
        found: Owner = self._pages.running()
        return found


class PagesHandler(PassingHandler, DoorHandler):
    """One request of a page's."""

    DOOR = "jupyter"
    ALSO_ASKED = ("Workbench-Page", "Sec-CH-Prefers-Color-Scheme")
    ALSO_ANSWERED = (
        "Accept-CH",
        "Cache-Control",
        "Content-Security-Policy",
        "Critical-CH",
        "Expires",
        "Location",
        "Referrer-Policy",
        "Vary",
    )

    def set_default_headers(self) -> None:
        """The door's; scripts may be kept, where they are asked for again each time."""
        super().set_default_headers()
        self.set_header("Cache-Control", "no-cache")

    def target(self) -> str:
        """The same path: the server has Jupyter's prefix before all of its own."""
        kept = owner_query(self.request.query)
        return self.request.path + (f"?{kept}" if kept else "")

    # Narrower than JupyterHandler's, as APIHandler's own is.
    async def prepare(self) -> None:  # type: ignore[override]
        """Let it in or refuse it."""
        await super().prepare()
        if self.request.method != "OPTIONS":
            await self.begin()

    @web.authenticated
    async def get(self, *_: str) -> None:
        """Any method: ask the server, and give what it answers."""
        await self.pass_on()

    head = post = put = patch = delete = get

    def write_error(self, status_code: int, **kwargs: Any) -> None:  # noqa: ANN401 - tornado's signature
        """A page of one sentence for whoever opened a page, else the door's answer."""
        if "text/html" not in self.request.headers.get("Accept", ""):
            super().write_error(status_code, **kwargs)
            return
        error = kwargs.get("exc_info", (None, None))[1]
        sentence = getattr(error, "log_message", None) or "The log of the Jupyter server says more."
        if isinstance(error, WorkbenchError):
            self.set_status(error.status)
            sentence = str(error)
        self.finish(_NOTICE.format(sentence=escape(sentence)), set_content_type="text/html; charset=utf-8")


class PagesSocketHandler(DoorHandler):
    """A page's WebSocket: once both ends agreed to it, bytes go to and fro as they come."""

    def initialize(self, line: Line) -> None:
        """`line` leads to the server of the pages."""
        self._line = line

    @web.authenticated
    async def get(self) -> None:
        """Open it, if it comes from a page of this Jupyter server."""
        if self.request.headers.get("Upgrade", "").lower() != "websocket":
            raise web.HTTPError(400, "This address is for a WebSocket.")
        # A cookie goes along from every page of this host; only the Origin tells which one asks.
        if "Origin" not in self.request.headers:
            raise web.HTTPError(403, "A WebSocket has to say which page it comes from.")
        request = Request(
            method="GET",
            target=self.request.path,
            door="jupyter",
            headers=present(self.request.headers, SOCKET_REQUEST),
            upgrade="websocket",
        )
        exchange = await self._line.connect()
        try:
            await exchange.send(request.head(exchange.owner))
            answer = await exchange.answer(to="GET")
            if answer.status != SWITCHED:
                raise web.HTTPError(502, f"The server of the dashboards answered {answer.status}.")
            await self._tie(exchange, answer)
        finally:
            exchange.close()

    async def _tie(self, exchange: Exchange, answer: Answer) -> None:
        """Both ends to each other, until one of them has gone."""
        browser = self.detach()
        browser.set_nodelay(True)
        lines = [f"{name}: {value}" for name, value in present(answer.headers, SOCKET_ANSWER)]
        head = "\r\n".join(["HTTP/1.1 101 Switching Protocols", "Connection: Upgrade", *lines, "", ""])
        ways = {
            asyncio.create_task(_to_the_page(exchange, browser, head.encode("latin-1"))),
            asyncio.create_task(_from_the_page(exchange, browser)),
        }
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            exchange.hang_up()
            browser.close()
            await asyncio.wait(ways)


async def _to_the_page(exchange: Exchange, browser: IOStream, head: bytes) -> None:
    try:
        await browser.write(head)
        while piece := await exchange.piece():
            await browser.write(piece)
    except (StreamClosedError, OwnerLostError):
        return


async def _from_the_page(exchange: Exchange, browser: IOStream) -> None:
    try:
        while True:
            await exchange.send(await browser.read_bytes(PIECE_BYTES, partial=True))
    except (StreamClosedError, OSError):
        return
