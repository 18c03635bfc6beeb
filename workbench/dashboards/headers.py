"""What every answer says to the browser about itself, and above all: what a page may load and run."""

import re
import secrets

from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.web import OutputTransform

from workbench.dashboards.pages import PAGES

HINT = "Sec-CH-Prefers-Color-Scheme"
"""How a browser says whether its user prefers dark: known before the page is drawn, it is drawn but once."""
_SCRIPT = re.compile(rb"<script(?=[\s>])")
_SCRIPTS_WITHOUT_A_SUFFIX = "/static/extensions/panel/bundled/"
"""Panel keeps Vega's scripts as `vega@6.1.2`, which no table of types knows."""


def policy(*, nonce: str, framed: bool) -> str:
    """The Content-Security-Policy of a page; docs/design/threat-model.md gives the reason for each allowance."""
    framed_by = "'self'" if framed else "'none'"
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'nonce-{nonce}' 'unsafe-eval' blob:",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "connect-src 'self' blob:",
            "form-action 'self'",
            "base-uri 'none'",
            f"frame-ancestors {framed_by}",
        )
    )


class Unframed(OutputTransform):
    """Adds them to each answer; the scripts that a page brings along are marked as its own."""

    FRAMED = False

    def __init__(self, request: HTTPServerRequest) -> None:
        """Tornado makes one for each request."""
        self._path = request.path

    def transform_first_chunk(
        self,
        status_code: int,
        headers: HTTPHeaders,
        chunk: bytes,
        finishing: bool,  # noqa: FBT001  (tornado's signature)
    ) -> tuple[int, HTTPHeaders, bytes]:
        """The answer with its headers; a page comes in one piece."""
        headers["X-Content-Type-Options"] = "nosniff"
        # A stricter one would make a form say that it comes from nowhere.
        headers["Referrer-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        kind = headers.get("Content-Type", "")
        if kind == "application/octet-stream" and _SCRIPTS_WITHOUT_A_SUFFIX in self._path:
            headers["Content-Type"] = "text/javascript"
        if kind.startswith("text/html") and "Content-Security-Policy" not in headers:
            headers["Accept-CH"] = headers["Critical-CH"] = headers["Vary"] = HINT
            nonce = secrets.token_urlsafe(16)
            headers["Content-Security-Policy"] = policy(nonce=nonce, framed=self.FRAMED)
            if self._path.rstrip("/").endswith(tuple(PAGES)):  # other pages bring no script, and get none
                chunk = _SCRIPT.sub(b'<script nonce="' + nonce.encode() + b'"', chunk)
                if finishing and "Content-Length" in headers:
                    headers["Content-Length"] = str(len(chunk))
        return status_code, headers, chunk


class Framed(Unframed):
    """For pages that a page of the same server shows in a frame: JupyterLab's."""

    FRAMED = True
