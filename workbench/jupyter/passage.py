"""`{base_url}workbench/api/v1/…` → the owner's `/api/v1/…`, and back, as it comes.

Jupyter decides who may pass; nothing of Jupyter's is handed on, neither cookie nor token.
"""

import sys
from collections.abc import Iterable
from typing import cast
from urllib.parse import quote, unquote_plus

from tornado import web
from tornado.http1connection import HTTP1Connection
from tornado.httputil import HTTPHeaders
from tornado.iostream import StreamClosedError

from workbench.errors import InvalidInputError, NotFoundError, OwnerLostError
from workbench.jupyter.door import DoorHandler
from workbench.jupyter.errand import Errand
from workbench.jupyter.exchange import Request
from workbench.jupyter.line import OwnerLine

REQUEST_HEADERS = ("Content-Type", "Accept", "Idempotency-Key", "Range", "Last-Event-ID")
"""What the owner is told, beside all that begins with `If-`."""
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
"""What the browser is told; whatever else the owner says stays here."""
JUPYTERS_PARAMETERS = {"token", "_xsrf", "no_track_activity"}


def owner_target(path: str, query: str) -> str:
    """Path and query to ask the owner for, given the path below `api/v1/`, unquoted once, and the query as it came.

    Jupyter's own parameters stay behind. Raises NotFoundError for a path that could lead out of `/api/v1/`.
    """
    parts = path.split("/")
    if any(part in {"", ".", ".."} for part in parts) or "\\" in path or not path.isprintable():
        raise NotFoundError("There is nothing at that address.", remedy="Reload the page.")
    kept = [
        pair for pair in query.split("&") if pair and unquote_plus(pair.partition("=")[0]) not in JUPYTERS_PARAMETERS
    ]
    return f"/api/v1/{quote(path)}" + (f"?{'&'.join(kept)}" if kept else "")


def owner_headers(headers: HTTPHeaders) -> tuple[tuple[str, str], ...]:
    """What of a browser's headers concerns the owner."""
    conditions = sorted(name for name in headers if name.lower().startswith("if-"))
    return _present(headers, (*REQUEST_HEADERS, *conditions))


def answer_headers(headers: HTTPHeaders) -> tuple[tuple[str, str], ...]:
    """What of the owner's headers concerns the browser."""
    return _present(headers, ANSWER_HEADERS)


def body_size(headers: HTTPHeaders) -> int | None:
    """Bytes of the upload to come; None if only its end will tell. Raises InvalidInputError."""
    if "Transfer-Encoding" in headers:
        return None
    stated = headers.get("Content-Length", "0")
    if not (stated.isascii() and stated.isdigit()):
        raise InvalidInputError("The length of the request is not a number.", remedy="Check the request.")
    return int(stated)


def _present(headers: HTTPHeaders, names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, headers[name]) for name in names if name in headers)


@web.stream_request_body
class PassageHandler(DoorHandler):
    """One request from the browser to the owner, with nothing piled up on either way."""

    def initialize(self, line: OwnerLine) -> None:
        """`line` leads to the owner."""
        self._line = line
        self._errand: Errand | None = None
        self._answering = False

    # Narrower than JupyterHandler's, as APIHandler's own is.
    async def prepare(self) -> None:  # type: ignore[override]
        """Let it in or refuse it; a large body has its way open before it is read."""
        await super().prepare()
        if self.request.method == "OPTIONS":
            return
        # The owner knows how much it takes, and nothing is held here.
        self._wire.set_max_body_size(sys.maxsize)
        request = Request(
            method=self.request.method or "GET",
            target=owner_target(self.path_args[0], self.request.query),
            headers=owner_headers(self.request.headers),
            size=body_size(self.request.headers),
        )
        self._errand = Errand(self._line, request)
        await self._errand.begin()

    async def data_received(self, chunk: bytes) -> None:
        """The next part of the upload; the browser waits while the owner does."""
        if self._errand is not None:
            await self._errand.send(chunk)

    @web.authenticated
    async def get(self, _path: str) -> None:
        """Any method: ask the owner, and give what it answers."""
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

    head = post = put = patch = delete = get

    def on_connection_close(self) -> None:
        """The browser is gone: so are we, for the owner."""
        super().on_connection_close()
        if self._errand is not None:
            self._errand.call_off()
            if not self._answering:
                self._errand.close()

    @property
    def _wire(self) -> HTTP1Connection:
        """The browser's connection; Jupyter Server speaks no other version of HTTP."""
        return cast("HTTP1Connection", self.request.connection)

    async def _pass_back(self, errand: Errand) -> None:
        answer = await errand.answer()
        self.set_status(answer.status)
        self.clear_header("Content-Type")
        for name, value in answer_headers(answer.headers):
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
                self.log.warning("Workbench: %s", error.message)
                # The status has been sent; only a broken connection tells the browser that this is not all.
                self.detach().close()
            return
        await self.finish()
