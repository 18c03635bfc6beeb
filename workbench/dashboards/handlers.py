"""What the server answers beside Panel's pages: refusals, the way in, the chat component, and the way to the owner."""

import json
import re
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

from tornado import web

from workbench.dashboards.sign_in import API, Refusal, Welcome
from workbench.errors import WorkbenchError
from workbench.passage.handler import PassingHandler

_NOTICE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
{head}
<title>{title} · Workbench</title>
<style>
:root {{ color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }}
main {{ max-width: 32rem; margin: 20vh auto; padding: 0 1.5rem }}
</style>
</head>
<body><main><h1>{title}</h1><p>{sentence}</p></main></body>
</html>
"""
_NOTICES_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'self'"


class NoticeHandler(web.RequestHandler):
    """A page of one sentence, and nothing else."""

    def say(self, title: str, sentence: str, *, head: str = "") -> None:
        """Answer with it."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Content-Security-Policy", _NOTICES_POLICY)
        self.set_header("Cache-Control", "no-store")
        self.finish(_NOTICE.format(title=escape(title), sentence=escape(sentence), head=head))


class RefusalHandler(NoticeHandler):
    """Whatever was asked: no."""

    def initialize(self, refusal: Refusal) -> None:
        """`refusal`: why."""
        self._refusal = refusal

    def prepare(self) -> None:
        """Refuse, before anything is read."""
        self.set_status(403)
        if f"{API}" in self.request.path:
            self.set_header("Content-Type", "application/json")
            told = {"code": "access_denied", "message": self._refusal.sentence, "remedy": self._refusal.remedy}
            self.finish(json.dumps(told))
        else:
            self.say("Not signed in", f"{self._refusal.sentence} {self._refusal.remedy}")


class WelcomeHandler(NoticeHandler):
    """Gives the cookie and sends the browser on: from this page, so that a link clicked elsewhere works too."""

    def initialize(self, welcome: Welcome, prefix: str) -> None:
        """The cookie is sent to what is under `prefix` alone."""
        self._welcome = welcome
        self._prefix = prefix

    def prepare(self) -> None:
        """Answer whatever was asked."""
        self.set_cookie(
            self._welcome.cookie, self._welcome.value, path=f"{self._prefix}/", httponly=True, samesite="Strict"
        )
        self.say("Signed in", "The dashboards open in a moment.", head='<meta http-equiv="refresh" content="0;url=./">')


class FirstPageHandler(web.RequestHandler):
    """The server's own address leads to the first page."""

    def initialize(self, path: str) -> None:
        """Where that is."""
        self._path = path

    def get(self) -> None:
        """Send the browser there."""
        self.redirect(self._path)


class ComponentHandler(web.StaticFileHandler):
    """The chat component, from the folder it is built into."""

    _HASHED = re.compile(r"chat\.\w+\.js")

    def get_cache_time(self, path: str, _modified: datetime | None, _mime_type: str) -> int:
        """A name that holds a hash never means anything else."""
        return 365 * 24 * 3600 if self._HASHED.fullmatch(Path(path).name) else 0


class ApiHandler(PassingHandler):
    """`api/v1/…` → the owner's, for the chat page; who may pass was decided before."""

    DOOR = "dashboards"

    async def prepare(self) -> None:
        """Open the way."""
        self.set_header("Cache-Control", "no-store")
        await self.begin()

    async def get(self, _path: str) -> None:
        """Any method: ask the owner, and give what it answers."""
        await self.pass_on()

    head = post = put = patch = delete = get

    def write_error(self, status_code: int, **kwargs: Any) -> None:  # noqa: ANN401 - tornado's signature
        """The one shape of an error; a WorkbenchError brings its own status."""
        error = kwargs.get("exc_info", (None, None))[1]
        told = {"code": "error", "message": f"The dashboards answered {status_code}.", "remedy": "Reload the page."}
        if isinstance(error, WorkbenchError):
            self.set_status(error.status)
            told = {"code": error.code, "message": error.message, "remedy": error.remedy}
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(told))
