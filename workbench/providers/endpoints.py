"""Where a model is asked: addresses, keys in hand, and how long to wait."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, urlsplit, urlunsplit

from workbench.errors import InvalidInputError
from workbench.providers import formats, routes
from workbench.providers.formats import WireFormat
from workbench.providers.prices import Prices
from workbench.providers.records import Model
from workbench.providers.wire import EndMark

_STRICT_HOSTS = ("api.openai.com",)
"""Servers that are known to send both end marks, so that less than both is a cut."""
_HOSTS: dict[str, WireFormat] = {
    "api.anthropic.com": "anthropic",
    "generativelanguage.googleapis.com": "gemini",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long to wait for what, in seconds."""

    connect_s: float = 10
    first_token_s: float = 300
    """From sending the request; a large model that thinks silently takes minutes."""
    between_tokens_s: float = 90
    after_end_s: float = 2
    """For token counts, once the message is complete."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A server, what it speaks, and the key for it."""

    provider: str
    base_url: str
    wire: WireFormat = "openai"
    route: str | None = None
    """Whose part of litellm reads it; None: it is read here, in `wire`."""
    api_key: str | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What is sent with each request beside the usual."""
    proxy: str | None = None
    """What requests go through; None: what the environment says."""
    connect_s: float | None = None
    """None, here and below: as long as usual."""
    first_token_s: float | None = None
    between_tokens_s: float | None = None
    end_mark: EndMark = "finish_reason"
    """Of a server that speaks OpenAI's format; the others have one each."""

    def url(self, model_name: str) -> str:
        """Where a request to a model goes."""
        return formats.url(self.wire, self.base_url, model_name)

    @property
    def models_url(self) -> str:
        """Where the list of its models is."""
        return formats.models_url(self.wire, self.base_url)

    @property
    def key_headers(self) -> dict[str, str]:
        """What a request is let in by."""
        return formats.key_headers(self.wire, self.api_key)

    def limits(self, usual: Limits) -> Limits:
        """How long to wait here, where `usual` is what holds elsewhere."""
        return Limits(
            connect_s=usual.connect_s if self.connect_s is None else self.connect_s,
            first_token_s=usual.first_token_s if self.first_token_s is None else self.first_token_s,
            between_tokens_s=usual.between_tokens_s if self.between_tokens_s is None else self.between_tokens_s,
            after_end_s=usual.after_end_s,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalFile:
    """A model's file on this machine, as the local engine is to load it."""

    path: Path
    name: str
    context_tokens: int
    """For each conversation."""


class Places(Protocol):
    """Where models are: what the gateway asks the catalogue, from any thread."""

    def endpoint(self, model: Model) -> Endpoint:
        """The endpoint of a remote model. Raises ModelMissingError."""
        ...

    def prices(self, model: Model) -> Prices | None:
        """What a remote model costs; None: unknown."""
        ...

    def file(self, model: Model) -> LocalFile:
        """The file of a local model. Raises ModelMissingError, ModelFileError."""
        ...


LOCAL_LIMITS = Limits(first_token_s=900, between_tokens_s=180)
"""A slow machine reads a long conversation for minutes, and asks are answered two at a time."""


def wire_format(base_url: str) -> WireFormat:
    """What is spoken at an address, judged by its name alone: nearly everybody speaks OpenAI's format.

    Gemini is offered in that format too, under a path of its own.
    """
    parts = urlsplit(base_url)
    found = _HOSTS.get(parts.hostname or "", "openai")
    return "openai" if found == "gemini" and parts.path.endswith("/openai") else found


def end_mark(base_url: str) -> EndMark:
    """What ends a message at that address."""
    return "both" if urlsplit(base_url).hostname in _STRICT_HOSTS else "finish_reason"


def clean_base_url(given: str, wire: WireFormat | None = None, route: str | None = None) -> str:
    """The base URL as it is kept: without trailing slash, query or the path of the chat endpoint.

    `wire` is what is spoken there; None: judged by the address. `route` says whose part of litellm knows instead.

    Raises InvalidInputError for anything that is not http(s), for a key or password inside it, and for plain http
    to a host that is neither this machine nor in a private network.
    """
    given = given.strip()
    parts = _split(given)
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme not in ("http", "https") or not host:
        raise InvalidInputError(
            "A base URL begins with https:// (or http:// on this machine) and a host.",
            remedy="Give it as in https://api.example.com/v1.",
        )
    if parts.username is not None or parts.password is not None:
        raise InvalidInputError(
            "The base URL holds a user name or a password.", remedy="Leave it out and give the key by itself."
        )
    if parts.query or parts.fragment:
        raise InvalidInputError(
            "The base URL holds a query or a fragment.", remedy="Leave out what follows the path (? or #)."
        )
    if parts.scheme == "http" and not is_near(host):
        raise InvalidInputError(
            f"Over plain http the key and your messages could be read on the way to {host!r}.",
            remedy="Use https://; plain http is for this machine and private networks.",
        )
    path = routes.base_path(route, parts.path) if route else formats.base_path(wire or wire_format(given), parts.path)
    return urlunsplit((parts.scheme, parts.netloc.lower(), path, "", ""))


def is_near(host: str) -> bool:
    """Whether a host is this machine or an address in a private network, judged by its name alone."""
    if is_this_machine(host):
        return True
    address = _address(host)
    return address is not None and (address.is_private or address.is_link_local)


def is_this_machine(host: str) -> bool:
    """Whether a host is the loopback, judged by its name alone."""
    address = _address(host)
    return host == "localhost" or host.endswith(".localhost") or (address is not None and address.is_loopback)


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _split(given: str) -> SplitResult:
    if not given.isascii() or not given.isprintable() or " " in given or "\\" in given:
        raise InvalidInputError(
            "The base URL holds characters that a URL cannot.", remedy="Give it as in https://api.example.com/v1."
        )
    try:
        parts = urlsplit(given)
        parts.port  # noqa: B018  (reading it checks it)
    except ValueError as error:
        raise InvalidInputError(
            "The base URL is not a URL.", remedy="Give it as in https://api.example.com/v1."
        ) from error
    return parts
