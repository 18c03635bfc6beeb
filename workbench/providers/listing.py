"""Which models a server says it has: of a provider, and of whatever listens on this machine. Nothing is kept."""

import asyncio
import os
import re
import ssl
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

import httpx
import msgspec

import workbench
from workbench.errors import InvalidInputError, ProviderError, ProviderUnavailableError
from workbench.providers import faults, formats
from workbench.providers.endpoints import Endpoint, is_this_machine
from workbench.providers.faults import Asked
from workbench.providers.formats import WireFormat
from workbench.providers.records import FoundServer, Listed, Listing, Provider

PORTS_VARIABLE = "WORKBENCH_LOCAL_PORTS"
"""The environment variable that names other ports to look at than the usual ones, as in `11434,5000`."""
USUAL_PORTS = {11434: "ollama", 1234: "lm-studio", 8000: "vllm", 8080: "llama-cpp"}
"""Where servers of models listen unless they are told otherwise, and what to call them."""
LOOKING_S = 0.4
LISTING_S = 15.0
MOST_PORTS = 20
MOST_NAMES = 1000
_LIMIT_BYTES = 4 << 20
_LIMITS: dict[WireFormat, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "openai": (  # vLLM, OpenRouter, Groq, Mistral
        ("max_model_len", "context_length", "context_window", "max_context_length"),
        ("max_output_tokens", "max_completion_tokens"),
    ),
    "anthropic": (("max_input_tokens",), ("max_tokens",)),
    "gemini": (("inputTokenLimit",), ("outputTokenLimit",)),
}
"""What the context window and the longest reply are called in lists of models."""
_MOST_TOKENS = 1_000_000_000
_NAME = re.compile(r"[!-~]{1,200}")
_MODEL = "any model"


async def found(providers: Iterable[Provider], environment: Mapping[str, str] = os.environ) -> tuple[FoundServer, ...]:
    """The servers of models on this machine that answer at once, and as what they have been added.

    Only the loopback is asked, without a key. Whatever is slow, huge, elsewhere or no list of models is left out.
    Raises InvalidInputError if the variable that names the ports cannot be read.
    """
    ports = _ports(environment.get(PORTS_VARIABLE, ""))
    known = {_port(each.base_url): each.name for each in providers if each.base_url and _is_here(each.base_url)}
    async with httpx.AsyncClient(verify=False, trust_env=False, timeout=LOOKING_S) as client:  # noqa: S501  (plain http)
        answers = await asyncio.gather(*(_look(client, port) for port in ports))
    return tuple(
        FoundServer(name=name, base_url=_here(port), models=models, provider=known.get(port))
        for (port, name), models in zip(ports.items(), answers, strict=True)
        if models is not None
    )


async def models_of(endpoint: Endpoint, added: Iterable[str], *, within_s: float = LISTING_S) -> Listing:
    """The provider's own list of models; `added` are the names of those that are set up here.

    Raises ProviderError, which says what is wrong as a check does.
    """
    if endpoint.route is not None:
        raise _no_list(endpoint.provider, "it is in no format that is read here")
    asked = Asked(
        provider=endpoint.provider,
        model=_MODEL,
        has_key=endpoint.api_key is not None,
        has_proxy=endpoint.proxy is not None,
    )
    near = is_this_machine(urlsplit(endpoint.base_url).hostname or "")
    tls = await asyncio.to_thread(httpx.create_ssl_context)
    proxy = None if endpoint.proxy is None else httpx.Proxy(endpoint.proxy, ssl_context=_tls_of(endpoint.proxy, tls))
    try:
        async with (
            asyncio.timeout(within_s),
            httpx.AsyncClient(verify=tls, trust_env=not near, proxy=proxy, timeout=None) as client,  # noqa: S113  (above)
        ):
            status, headers, body = await _get(
                client, endpoint.models_url, dict(endpoint.headers) | endpoint.key_headers
            )
    except TimeoutError as error:
        raise ProviderUnavailableError(
            f"The provider {endpoint.provider!r} did not give the list of its models within {within_s:.0f} s.",
            remedy="Try again, or add its models by their names.",
        ) from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise faults.from_connection(asked, error) from error
    if status != httpx.codes.OK:
        raise _refused(asked, status, headers, body)
    listed = None if len(body) > _LIMIT_BYTES else read(endpoint.wire, body)
    if listed is None:
        raise _no_list(endpoint.provider, "what it answers is none")
    here = set(added)
    names = tuple(each.model for each in listed)
    return Listing(
        provider=endpoint.provider,
        models=names,
        added=tuple(name for name in names if name in here),
        limits=tuple(each for each in listed if each.context_tokens or each.max_output_tokens),
    )


def read(wire: WireFormat, body: bytes) -> tuple[Listed, ...] | None:
    """The models in a list of them, in the order of the alphabet; None for what is no such list.

    Those whose names no model can have are left out, as are those after the first thousand.
    """
    try:
        answer = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, ValueError):
        return None
    field = "models" if wire == "gemini" else "data"
    if isinstance(answer, dict) and answer.get("object") == "list" and answer.get("data", ()) is None:
        return ()  # an Ollama without any
    rows = answer.get(field) if isinstance(answer, dict) else answer
    if not isinstance(rows, list):
        return None
    named = {name: row for row in rows if isinstance(row, dict) and (name := _name(wire, row))}
    if rows and not named:
        return None
    return tuple(_listed(wire, name, named[name]) for name in sorted(named, key=str.casefold)[:MOST_NAMES])


def _listed(wire: WireFormat, name: str, row: dict[str, object]) -> Listed:
    context, longest = _LIMITS[wire]
    inner = row.get("top_provider")  # OpenRouter's
    rows = [row, inner] if isinstance(inner, dict) else [row]
    return Listed(model=name, context_tokens=_tokens(rows, context), max_output_tokens=_tokens(rows, longest))


def _tokens(rows: list[dict[str, object]], names: tuple[str, ...]) -> int | None:
    """The first number of tokens that is told under one of the names."""
    told = (row.get(name) for row in rows for name in names)
    return next((count for count in told if type(count) is int and 0 < count <= _MOST_TOKENS), None)


def _name(wire: WireFormat, row: dict[str, object]) -> str | None:
    name = row.get("name" if wire == "gemini" else "id")
    ways = row.get("supportedGenerationMethods")
    if not isinstance(name, str) or (isinstance(ways, list) and "generateContent" not in ways):
        return None
    name = name.removeprefix("models/") if wire == "gemini" else name
    return name if _NAME.fullmatch(name) else None


async def _look(client: httpx.AsyncClient, port: int) -> tuple[str, ...] | None:
    """The models that are served at a port of this machine; None where no server of models answers in time."""
    try:
        async with asyncio.timeout(LOOKING_S):
            status, _, body = await _get(client, formats.models_url("openai", _here(port)), {})
    except (TimeoutError, httpx.HTTPError, OSError):
        return None
    listed = read("openai", body) if status == httpx.codes.OK and len(body) <= _LIMIT_BYTES else None
    return None if listed is None else tuple(each.model for each in listed)


async def _get(client: httpx.AsyncClient, url: str, headers: Mapping[str, str]) -> tuple[int, Mapping[str, str], bytes]:
    """Status, headers and body of an answer, the body up to somewhat more than the limit."""
    usual = {
        "accept": "application/json",
        "accept-encoding": "identity",
        "user-agent": f"llm-workbench/{workbench.__version__}",
    }
    body = bytearray()
    async with client.stream("GET", url, headers=usual | dict(headers)) as response:
        async for piece in response.aiter_raw():
            body += piece
            if len(body) > _LIMIT_BYTES:
                break
        return response.status_code, response.headers, bytes(body)


def _refused(asked: Asked, status: int, headers: Mapping[str, str], body: bytes) -> ProviderError:
    if status in (httpx.codes.NOT_FOUND, httpx.codes.METHOD_NOT_ALLOWED, httpx.codes.NOT_IMPLEMENTED):
        return _no_list(asked.provider, f"HTTP {status}")
    return faults.from_answer(asked, status, headers, body)


def _no_list(provider: str, why: str) -> ProviderUnavailableError:
    return ProviderUnavailableError(
        f"The provider {provider!r} gives no list of its models ({why}).",
        remedy="Add them by their names, or correct its base URL: "
        f"`workbench providers set {provider} --base-url URL`.",
    )


def _ports(named: str) -> dict[int, str]:
    """What to call the server at each port."""
    given = [each.strip() for each in named.split(",") if each.strip()]
    if not given:
        return USUAL_PORTS
    ports = [int(each) for each in given if each.isascii() and each.isdecimal() and 0 < int(each) < 65536]
    if len(ports) < len(given) or len(ports) > MOST_PORTS:
        raise InvalidInputError(
            f"{PORTS_VARIABLE} names something else than up to {MOST_PORTS} ports.",
            remedy="Set it as in 11434,5000, or not at all, and start the Workbench again.",
        )
    return {port: USUAL_PORTS.get(port, f"local-{port}") for port in ports}


def _here(port: int) -> str:
    return f"http://127.0.0.1:{port}/v1"


def _is_here(base_url: str) -> bool:
    return is_this_machine(urlsplit(base_url).hostname or "")


def _port(base_url: str) -> int:
    parts = urlsplit(base_url)
    return parts.port or (443 if parts.scheme == "https" else 80)


def _tls_of(proxy: str, tls: ssl.SSLContext) -> ssl.SSLContext | None:
    return tls if urlsplit(proxy).scheme == "https" else None
