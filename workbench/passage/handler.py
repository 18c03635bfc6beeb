"""One request from a browser to the other end, and back, with nothing piled up on either way.

Nothing that signs the browser in is handed on, neither cookie nor token.
"""

import logging
import sys
from collections.abc import Iterable
from typing import cast
from urllib.parse import quote, unquote_plus

from tornado import web
from tornado.http1connection import HTTP1Connection
from tornado.httputil import HTTPHeaders
from tornado.iostream import StreamClosedError

from workbench.errors import InvalidInputError, NotFoundError, OwnerLostError
from workbench.passage.errand import Errand
from workbench.passage.exchange import Request
from workbench.passage.line import Line

REQUEST_HEADERS = ("Content-Type", "Accept", "Idempotency-Key", "Range", "Last-Event-ID")
"""What the other end is told, beside all that begins with `If-`."""
ANSWER_HEADERS = (
    "Content-Type",
    "Content-Length",
    "Content-Encoding",
    "Content-Disposition",
    "Content-Range",
    "Accept-Ranges",
    "ETag",
    "Last-Modified",
    "Retry-After",
)
"""What the browser is told; whatever else the other end says stays here."""
JUPYTERS_PARAMETERS = {"token", "_xsrf", "no_track_activity"}

log = logging.getLogger(__name__)


def owner_target(path: str, query: str) -> str:
    """Path and query to ask the owner for, given the path below `api/v1/`, unquoted once, and the query as it came.

    Jupyter's own parameters stay behind. Raises NotFoundError for a path that could lead out of `/api/v1/`.
    """
    parts = path.split("/")
    if any(part in {"", ".", ".."} for part in parts) or "\\" in path or not path.isprintable():
        raise NotFoundError("There is nothing at that address.", remedy="Reload the page.")
    kept = owner_query(query)
    return f"/api/v1/{quote(path)}" + (f"?{kept}" if kept else "")


def owner_query(query: str) -> str:
    """What of a query is not Jupyter's own."""
    pairs = query.split("&")
    return "&".join(each for each in pairs if each and unquote_plus(each.partition("=")[0]) not in JUPYTERS_PARAMETERS)


def owner_headers(headers: HTTPHeaders, also: Iterable[str] = ()) -> tuple[tuple[str, str], ...]:
    """What of a browser's headers concerns the other end."""
    conditions = sorted(name for name in headers if name.lower().startswith("if-"))
    return present(headers, (*REQUEST_HEADERS, *also, *conditions))


def body_size(headers: HTTPHeaders) -> int | None:
    """Bytes of the upload to come; None if only its end will tell. Raises InvalidInputError."""
    if "Transfer-Encoding" in headers:
        return None
    stated = headers.get("Content-Length", "0")
    if not (stated.isascii() and stated.isdigit()):
        raise InvalidInputError("The length of the request is not a number.", remedy="Check the request.")
    return int(stated)


def present(headers: HTTPHeaders, names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Those of the named headers that are there."""
    return tuple((name, headers[name]) for name in names if name in headers)


@web.stream_request_body
class PassingHandler(web.RequestHandler):
    """Passes any method on. A door's class beside this one adds who may pass, and how errors are told."""

    DOOR = "python"
    """What the owner's audit log calls the way through."""
    ALSO_ASKED: tuple[str, ...] = ()
    """Headers that the other end is told beside REQUEST_HEADERS."""
    ALSO_ANSWERED: tuple[str, ...] = ()
    """Headers that the browser is told beside ANSWER_HEADERS."""

    def initialize(self, line: Line) -> None:
        """`line` leads to the other end."""
        self._line = line
        self._errand: Errand | None = None
        self._answering = False

    def target(self) -> str:
        """Path and query to ask for. Raises NotFoundError."""
        return owner_target(self.path_args[0], self.request.query)

    async def begin(self) -> None:
        """For the door's `prepare`, once it lets the request in: a large body has its way open before it is read."""
        # The other end knows how much it takes, and nothing is held here.
        self._wire.set_max_body_size(sys.maxsize)
        request = Request(
            method=self.request.method or "GET",
            target=self.target(),
            door=self.DOOR,
            headers=owner_headers(self.request.headers, self.ALSO_ASKED),
            size=body_size(self.request.headers),
        )
        self._errand = Errand(self._line, request)
        await self._errand.begin()

    async def data_received(self, chunk: bytes) -> None:
        """The next part of the upload; the browser waits while the other end does."""
        if self._errand is not None:
            await self._errand.send(chunk)

    async def pass_on(self) -> None:
        """Ask the other end, and give what it answers."""
        errand = self._errand
        if errand is None:
            return
        self._answering = True
        try:
            await self._pass_back(errand)
        except (OwnerLostError, StreamClosedError):
            if not errand.called_off:
                raise
        finally:
            errand.close()

    def on_connection_close(self) -> None:
        """The browser is gone: so are we, for the other end."""
        super().on_connection_close()
        if self._errand is not None:
            self._errand.call_off()
            if not self._answering:
                self._errand.close()

    @property
    def _wire(self) -> HTTP1Connection:
        """The browser's connection; tornado speaks no other version of HTTP."""
        return cast("HTTP1Connection", self.request.connection)

    async def _pass_back(self, errand: Errand) -> None:
        answer = await errand.answer()
        self.set_status(answer.status)
        self.clear_header("Content-Type")
        for name, value in present(answer.headers, (*ANSWER_HEADERS, *self.ALSO_ANSWERED)):
            self.set_header(name, value)
        # Without this, small events wait for the acknowledgement of those before them (Nagle's algorithm).
        self._wire.stream.set_nodelay(True)
        await self.flush()
        try:
            while piece := await errand.piece():
                self.write(piece)
                await self.flush()
        except OwnerLostError as error:
            if not errand.called_off:
                log.warning("Workbench: %s", error.message)
                # The status has been sent; only a broken connection tells the browser that this is not all.
                self.detach().close()
            return
        await self.finish()
