"""Who may see the pages: whoever used the one-time link, whom Panel signed in, or the door that started the server."""

import hmac
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

from tornado.httputil import HTTPServerRequest

PAGE_HEADER = "Workbench-Page"
"""What our own pages send with each request to the owner; a foreign page cannot without being asked first."""
API = "/api/"
_HARMLESS = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not let in, and what its user can do."""

    sentence: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Welcome:
    """The one-time link was used just now: the browser gets a cookie, and is sent on."""

    cookie: str
    value: str


class SignIn(Protocol):
    """Asked about every request, WebSockets and static files included, before any route sees it."""

    def check(self, request: HTTPServerRequest) -> Refusal | Welcome | None:
        """None: let it in."""
        ...


class OneTimeLink:
    """Lets in the browser that used the link first, until the server ends."""

    COOKIE = "workbench-dashboards"

    def __init__(self, *, prefix: str, hosts: Iterable[str]) -> None:
        """`prefix` is random: the cookie is sent to nothing else on this machine's other ports."""
        self._prefix = prefix
        self._hosts = frozenset(hosts)
        self._link: str | None = secrets.token_urlsafe(32)
        self._pass = secrets.token_urlsafe(32)

    @property
    def path(self) -> str:
        """What the link leads to."""
        return f"{self._prefix}/?link={self._link}"

    def check(self, request: HTTPServerRequest) -> Refusal | Welcome | None:
        """Let in whoever has the cookie, from our own pages; change the link for a cookie, once."""
        refusal = foreign(request, self._hosts, self._prefix)
        if refusal is not None:
            return refusal
        held = request.cookies.get(self.COOKIE)
        if held is not None and hmac.compare_digest(held.value.encode(), self._pass.encode()):
            return None
        given = parse_qs(request.query).get("link")
        if given is None or request.path != f"{self._prefix}/" or request.method != "GET":
            return Refusal("You are not signed in here.", "Run `workbench dashboards` and open the link it prints.")
        if self._link is None or not hmac.compare_digest(given[0].encode(), self._link.encode()):
            return Refusal(
                "This link has been used, or is of a server that has ended.",
                "Each link works once. End `workbench dashboards`, start it again and open the link it prints.",
            )
        self._link = None
        return Welcome(self.COOKIE, self._pass)


class PanelsSignIn:
    """Lets in whom Panel's own sign-in page, or the provider behind it, has signed in."""

    OPEN = ("/login", "/logout", "/static/", "/favicon.ico")
    """What the sign-in itself needs; Panel's and Bokeh's published scripts are among it."""

    def __init__(
        self,
        *,
        prefix: str,
        hosts: Iterable[str],
        pages: Iterable[str],
        user: Callable[[HTTPServerRequest], str | None],
        users: Iterable[str],
    ) -> None:
        """`user` reads who is signed in from a request; `users`: who may, everybody where it is empty."""
        self._prefix = prefix
        self._hosts = frozenset(hosts)
        self._pages = frozenset(f"{prefix}{each}" for each in ("", "/", *pages))
        self._user = user
        self._users = frozenset(users)

    def check(self, request: HTTPServerRequest) -> Refusal | None:
        """Let in who is signed in, from our own pages; others get the sign-in page, which Panel's pages lead to."""
        refusal = foreign(request, self._hosts, self._prefix)
        if refusal is not None:
            return refusal
        user = self._user(request)
        if user is None:
            below = request.path.removeprefix(self._prefix)
            is_open = below.startswith(self.OPEN) or request.path in self._pages
            return None if is_open else Refusal("You are not signed in here.", "Sign in and load the page again.")
        if self._users and user not in self._users and not request.path.endswith("/logout"):
            return Refusal("You are signed in as somebody who may not see this.", "Sign in as somebody who may.")
        return None


class DoorsToken:
    """Lets in the door that started the server, which has signed its user in."""

    def __init__(self, token: str) -> None:
        self._expected = f"Bearer {token}".encode()

    def check(self, request: HTTPServerRequest) -> Refusal | None:
        """Let in what carries the token."""
        if hmac.compare_digest(request.headers.get("Authorization", "").encode(), self._expected):
            return None
        return Refusal("This server is behind another one.", "Open the dashboards from JupyterLab.")


def foreign(request: HTTPServerRequest, hosts: frozenset[str], prefix: str) -> Refusal | None:
    """A refusal for what does not come from a page of ours.

    A cookie is sent to every port of a host, and by every page of it: so whatever changes or reads something, and every
    WebSocket, must say that it comes from here, in ways that a foreign page cannot.
    """
    if request.headers.get("Host", "").lower() not in hosts:
        return Refusal("This server is not reached under that name.", "Open the address that it printed.")
    origin = request.headers.get("Origin")
    upgrades = "upgrade" in request.headers.get("Connection", "").lower()
    if origin is None:
        is_ours = request.method in _HARMLESS and not upgrades
    else:
        is_ours = urlsplit(origin).netloc.lower() in hosts
    if not is_ours:
        return Refusal("Requests from other pages are refused.", "Open the dashboards in a tab of their own.")
    if request.path.startswith(f"{prefix}{API}") and PAGE_HEADER not in request.headers:
        return Refusal("Only the dashboards' own pages may ask this.", "Use `workbench` or JupyterLab instead.")
    return None
