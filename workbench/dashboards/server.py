"""Panel's server around the pages: put together, listening, and ended."""

import asyncio
import errno
import importlib
import os
import secrets
import signal
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import panel
from bokeh.server.auth_provider import AuthProvider, NullAuth
from bokeh.server.server import BaseServer
from bokeh.server.tornado import BokehTornado
from panel.auth import BasicAuthProvider, OAuthProvider
from panel.io.application import build_applications
from panel.io.resources import DIST_DIR
from panel.io.server import get_static_routes
from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPServerRequest
from tornado.ioloop import IOLoop
from tornado.netutil import bind_sockets, bind_unix_socket
from tornado.web import decode_signed_value

from workbench.config import shipped
from workbench.dashboards.handlers import (
    ApiHandler,
    ComponentHandler,
    FirstPageHandler,
    RefusalHandler,
    WelcomeHandler,
)
from workbench.dashboards.headers import Framed, Unframed
from workbench.dashboards.pages import PAGES
from workbench.dashboards.sign_in import DoorsToken, OneTimeLink, PanelsSignIn, Refusal, SignIn
from workbench.errors import InvalidInputError
from workbench.passage.line import Line
from workbench.passage.pages import Hosting

FIRST_PORT = 5006
PORTS = 100
SIGN_IN_PAGE = Path(__file__).with_name("sign_in.html")
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class Application(BokehTornado):
    """Panel's routes and ours, each request let in or refused before any of them sees it."""

    def __init__(self, pages: Mapping[str, Any], sign_in: SignIn, **options: Any) -> None:  # noqa: ANN401 - Bokeh's
        """`pages` are Bokeh's applications by path; `options` are BokehTornado's."""
        self._sign_in = sign_in
        super().__init__(pages, **options)

    def find_handler(self, request: HTTPServerRequest, **kwargs: Any) -> Any:  # noqa: ANN401 - tornado's signature
        """The route of a request that is let in; else what it is told."""
        answer = self._sign_in.check(request)
        if answer is None:
            return super().find_handler(request, **kwargs)
        if isinstance(answer, Refusal):
            return self.get_handler_delegate(request, RefusalHandler, {"refusal": answer})
        return self.get_handler_delegate(request, WelcomeHandler, {"welcome": answer, "prefix": self.prefix})


class Dashboards:
    """A server that listens. `serve` runs it until it is told to end."""

    def __init__(self, hosting: Hosting) -> None:
        """Take the port, or the socket. Raises InvalidInputError where it is taken."""
        self.hosting = hosting
        self._is_hosted = hosting.basic_auth is not None or hosting.oauth_provider is not None
        is_direct = hosting.socket is None and hosting.token is None
        has_link = is_direct and not self._is_hosted
        self.prefix = hosting.prefix or (f"/{secrets.token_urlsafe(6)}" if has_link else "")
        self._sockets, self.port = _listen(hosting)
        self._secret = secrets.token_hex(32)
        self.link: str | None = None
        self._sign_in = self._choose_sign_in()

    @property
    def url(self) -> str:
        """Where a browser of this machine finds it."""
        return f"http://{_bracketed(self.hosting.address)}:{self.port}{self.link or f'{self.prefix}/'}"

    async def serve(self, *, ready: Callable[[], None]) -> None:
        """Serve until SIGTERM, SIGINT, or the task is cancelled; `ready` is called once it answers."""
        application = self._application()
        http = HTTPServer(application)
        http.add_sockets(self._sockets)
        server = BaseServer(IOLoop.current(), application, http)
        server.start()
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, ended.set)
        ready()
        try:
            await ended.wait()
        finally:
            server.stop(wait=False)
            await http.close_all_connections()

    def _choose_sign_in(self) -> SignIn:
        hosting = self.hosting
        if hosting.token is not None:
            return DoorsToken(hosting.token)
        hosts = {host.lower() for host in hosting.origins}
        hosts |= {f"{name}:{self.port}" for name in (*_LOOPBACK, _bracketed(hosting.address))}
        if self._is_hosted:
            return PanelsSignIn(
                prefix=self.prefix, hosts=hosts, pages=PAGES, user=self._signed_in_user, users=hosting.users
            )
        sign_in = OneTimeLink(prefix=self.prefix, hosts=hosts)
        self.link = sign_in.path
        return sign_in

    def _signed_in_user(self, request: HTTPServerRequest) -> str | None:
        """Whom Panel's sign-in wrote into its cookie."""
        held = request.cookies.get("user")
        user = held and decode_signed_value(self._secret, "user", held.value, max_age_days=panel.config.oauth_expiry)
        return user.decode() if user else None

    def _application(self) -> Application:
        hosting = self.hosting
        pages = {path: importlib.import_module(f"dashboards{path.replace('/', '.')}").page for path in PAGES}
        _set(cookie_secret=self._secret, cookie_path=f"{self.prefix}/")
        return Application(
            build_applications(
                pages, title={path: f"{title} · Workbench" for path, title in PAGES.items()}, location=False
            ),
            self._sign_in,
            prefix=self.prefix,
            use_index=False,
            ico_path=str(DIST_DIR / "images" / "favicon.ico"),
            extra_websocket_origins=["*"],  # whether a page may ask is known before any route is
            auth_provider=self._auth_provider(),
            extra_patterns=[
                (r"/?", FirstPageHandler, {"path": f"{self.prefix}{next(iter(PAGES))}"}),
                (r"/api/v1/(.*)", ApiHandler, {"line": Line()}),
                (r"/component/(.*)", ComponentHandler, {"path": str(shipped("chat"))}),
                *get_static_routes({}),
            ],
            # The page carries what a session was opened with: nothing of the sign-in may be in it.
            include_headers=["Sec-Ch-Prefers-Color-Scheme"],
            include_cookies=[],
            secret_key=self._secret.encode(),
            sign_sessions=True,
            cookie_secret=self._secret,
            transforms=[Unframed if hosting.token is None else Framed],
            log_function=lambda _handler: None,  # paths hold links, and nobody reads it
        )

    def _auth_provider(self) -> AuthProvider:
        if self.hosting.basic_auth is not None:
            _set(basic_auth=self.hosting.basic_auth)
            return BasicAuthProvider(login_template=str(SIGN_IN_PAGE))
        if self.hosting.oauth_provider is not None:
            _set(oauth_provider=self.hosting.oauth_provider)
            return OAuthProvider()
        return NullAuth()


def _set(**values: str) -> None:
    """Panel's settings, which take what is set and call themselves read-only."""
    for name, value in values.items():
        setattr(panel.config, name, value)


def _listen(hosting: Hosting) -> tuple[list[socket.socket], int | None]:
    if hosting.socket is not None:
        Path(hosting.socket).unlink(missing_ok=True)
        return [bind_unix_socket(hosting.socket, mode=0o600)], None
    wanted = range(FIRST_PORT, FIRST_PORT + PORTS) if hosting.port is None else [hosting.port]
    for port in wanted:
        try:
            sockets = bind_sockets(port, hosting.address)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise InvalidInputError(
                    f"{hosting.address!r} with port {port} cannot be used: {os.strerror(error.errno or 0)}.",
                    remedy="Choose others with --address and --port.",
                ) from error
        else:
            return sockets, int(sockets[0].getsockname()[1])
    if hosting.port is None:
        raise InvalidInputError(
            f"The ports from {FIRST_PORT} to {FIRST_PORT + PORTS - 1} are all taken.", remedy="Choose one with --port."
        )
    raise InvalidInputError(
        f"Port {hosting.port} is taken by another program.",
        remedy="Choose another one with --port, or leave it out: then a free one is found.",
    )


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address
