"""What can be set of a provider, and what cannot: headers, proxies, time limits, names of variables. No state."""

import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit, urlunsplit

from workbench.errors import ConflictError, InvalidInputError, NameTakenError
from workbench.providers import routes
from workbench.providers.endpoints import clean_base_url, is_near, is_this_machine
from workbench.providers.formats import WireFormat
from workbench.providers.records import ProviderChanges
from workbench.providers.store import Server

MOST_HEADERS = 20
LONGEST_CONNECT_S = 120.0
LONGEST_SILENCE_S = 3600.0
SHORTEST_S = 1.0

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
_HEADER_NAME = re.compile(r"[a-z0-9!#$%&'*+.^_`|~-]{1,100}")
_HEADER_VALUE = re.compile(r"[ -~]{1,4096}")
_KEY_HEADERS = frozenset({"authorization", "x-api-key", "x-goog-api-key", "proxy-authorization"})
_FORMAT_HEADERS = frozenset(
    {"accept", "accept-encoding", "anthropic-version", "content-encoding", "content-length", "content-type", "host"}
)
_CONNECTION_HEADERS = frozenset(
    {
        "connection",
        "expect",
        "keep-alive",
        "proxy-authenticate",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""They belong to one connection and not to a request (RFC 9110, section 7.6.1)."""


def clean_variable(name: str) -> str:
    """The name of an environment variable. Raises InvalidInputError."""
    cleaned = name.strip()
    if not _VARIABLE.fullmatch(cleaned):
        # It is not repeated: it may be the key itself.
        raise InvalidInputError(
            "This cannot be the name of an environment variable.",
            remedy="Name the variable and not the key in it, as in OPENAI_API_KEY.",
        )
    return cleaned


def clean_headers(given: Mapping[str, str | None]) -> dict[str, str | None]:
    """Headers by their names in small letters; None takes one away. Raises InvalidInputError, which shows no value."""
    return {
        name: None if value is None else _header_value(name, value)
        for name, value in ((_header_name(each), value) for each, value in given.items())
    }


def _header_name(given: str) -> str:
    name = given.strip().lower()
    if not _HEADER_NAME.fullmatch(name) or "\r" in given or "\n" in given:
        raise InvalidInputError(
            "A header's name has up to 100 letters, digits and hyphens, and nothing else.",
            remedy="Give it as in X-Team, and its value by itself.",
        )
    if name in _KEY_HEADERS:
        raise InvalidInputError(
            f"The header {name!r} is where a key goes.", remedy="Give the key by itself: `workbench keys set NAME`."
        )
    if name in _FORMAT_HEADERS or name in _CONNECTION_HEADERS:
        raise InvalidInputError(
            f"The header {name!r} is the Workbench's own to send.", remedy="Leave it out; it is sent as it must be."
        )
    return name


def _header_value(name: str, given: str) -> str:
    value = given.strip(" \t\r\n")
    if not _HEADER_VALUE.fullmatch(value):
        raise InvalidInputError(
            f"The value of the header {name!r} is empty, or holds line breaks or letters with accents.",
            remedy="Give it in one line of plain letters, digits and signs.",
        )
    return value


def clean_proxy(given: str) -> str:
    """A proxy's address as it is kept: scheme, host and port. Raises InvalidInputError, which never repeats it."""
    text = given.strip()
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise _no_proxy() from error
    if parts.username is not None or parts.password is not None:
        raise InvalidInputError(
            "The proxy's address holds a user name or a password.",
            remedy="Leave it out; a proxy that asks for one is named by HTTPS_PROXY where the Workbench is started.",
        )
    odd = not text.isascii() or not text.isprintable() or " " in text or "\\" in text
    rest = parts.path not in ("", "/") or parts.query or parts.fragment
    if odd or rest or port == 0 or parts.scheme not in ("http", "https") or not parts.hostname:
        raise _no_proxy()
    return urlunsplit((parts.scheme, parts.netloc.lower(), "", "", ""))


def _no_proxy() -> InvalidInputError:
    return InvalidInputError(
        "A proxy is given as http:// or https:// with a host and a port.",
        remedy="Give it as in http://proxy.example.com:3128.",
    )


def check(server: Server) -> Server:
    """The provider, if what is set of it goes together. Raises InvalidInputError."""
    if len(server.headers) > MOST_HEADERS:
        raise InvalidInputError(
            f"A provider has up to {MOST_HEADERS} headers of its own.", remedy="Take away those it does not need."
        )
    _check_seconds("for a connection", server.connect_s, LONGEST_CONNECT_S)
    _check_seconds("for the first piece of a reply", server.first_token_s, LONGEST_SILENCE_S)
    _check_seconds("between two pieces of a reply", server.between_tokens_s, LONGEST_SILENCE_S)
    if server.proxy is not None:
        _check_proxy(server.base_url, server.proxy)
    return server


def _check_proxy(base_url: str, proxy: str) -> None:
    way, at = urlsplit(base_url), urlsplit(proxy)
    if is_this_machine(way.hostname or ""):
        raise InvalidInputError(
            "The provider is on this machine, where no proxy leads: what is sent to it must not leave the machine.",
            remedy="Leave out the proxy.",
        )
    if way.scheme == at.scheme == "http" and not is_near(at.hostname or ""):
        raise InvalidInputError(
            "Over plain http to that proxy the key and your messages could be read on the way.",
            remedy="Give the proxy's address with https://, or the provider's.",
        )


def _check_seconds(what: str, given: float | None, most: float) -> None:
    if given is not None and not SHORTEST_S <= given <= most:
        raise InvalidInputError(
            f"The time to wait {what} is between {SHORTEST_S:.0f} and {most:.0f} seconds.",
            remedy="Give a number of seconds in between, or none for the usual time.",
        )


def disabled(name: str) -> str:
    """Why the models of a provider that is switched off cannot be asked."""
    return f"The provider {name!r} is disabled, so nothing is sent to it."


def enable(name: str) -> str:
    """How to switch it on again."""
    return f"Enable it: `workbench providers enable {name}`, or under Models in JupyterLab."


def changed(before: Server, changes: ProviderChanges, headers: Mapping[str, str | None]) -> Server:
    """The provider with those settings changed; `headers` are theirs, cleaned. Raises InvalidInputError."""
    wire = changes.get("kind", before.wire)
    route = _route(before, changes)
    moved = "base_url" in changes or "kind" in changes or route != before.route
    proxy = changes.get("proxy", before.proxy)
    kept = {name for name in before.headers if name not in headers}
    return replace(
        before,
        enabled=changes.get("enabled", before.enabled),
        wire=wire,
        route=route,
        base_url=clean_base_url(changes.get("base_url", before.base_url), wire, route) if moved else before.base_url,
        headers=tuple(sorted(kept | {name for name, value in headers.items() if value is not None})),
        proxy=None if not proxy else clean_proxy(proxy),
        connect_s=changes.get("connect_s", before.connect_s),
        first_token_s=changes.get("first_token_s", before.first_token_s),
        between_tokens_s=changes.get("between_tokens_s", before.between_tokens_s),
    )


def _route(before: Server, changes: ProviderChanges) -> str | None:
    """Whose part of litellm reads it now. Raises InvalidInputError for one that there is not."""
    given = changes.get("route")
    if given is not None and "kind" in changes:
        raise both_ways()
    if given is not None:
        return routes.named(given).name
    return None if "route" in changes or "kind" in changes else before.route


def both_ways() -> InvalidInputError:
    """Who reads a provider's replies was said twice."""
    return InvalidInputError(
        "Both a format and a route were given.",
        remedy="Give the format of a server that is read here, or the route of one that litellm reads.",
    )


def place(base_url: str) -> tuple[str, str]:
    """The server that an address leads to."""
    parts = urlsplit(base_url)
    return parts.scheme, parts.netloc


def refuse_conflict(before: Server, revision: int | None) -> None:
    """Raises ConflictError if `revision` is given and is not the present one."""
    if revision is not None and revision != before.revision:
        raise ConflictError(
            f"The provider {before.provider!r} was changed elsewhere in the meantime.",
            remedy="Look at it again, then repeat your change.",
        )


def refuse_other_server(known: Server, base_url: str | None, wire: WireFormat | None) -> None:
    """Raises NameTakenError if the provider is known to be elsewhere, or to speak another format."""
    if base_url is not None and clean_base_url(base_url, known.wire, known.route) != known.base_url:
        raise NameTakenError(
            f"The provider {known.provider!r} is at another address ({known.base_url}).",
            remedy=f"Choose another name, or correct it: `workbench providers set {known.provider} --base-url URL`.",
        )
    if wire not in (None, known.kind):
        raise NameTakenError(
            f"The provider {known.provider!r} is asked as {known.kind!r}.",
            remedy=f"Choose another name, or correct it: `workbench providers set {known.provider} --kind {wire}`.",
        )
