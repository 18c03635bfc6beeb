"""Which models there are: what a name may be, what is known of a model, and whether it can be used. No state."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from workbench.clock import utc_now
from workbench.errors import InvalidInputError
from workbench.providers import corrections, demo, facts, routes, services, settings
from workbench.providers.endpoints import LocalFile, clean_base_url, wire_format
from workbench.providers.formats import WireFormat
from workbench.providers.gguf import Header
from workbench.providers.prices import Prices
from workbench.providers.records import Facts, Model
from workbench.providers.services import SERVICES
from workbench.providers.store import Entry, Server

LOCAL = "local"
DEMO_ID = "local/smollm2-135m-instruct"
CONTEXT_TOKENS = 8192
"""The most that a local conversation gets, whatever the model could: the memory is reserved when it is loaded."""
DEMO_CONTEXT_TOKENS = 4096
"""The demo model reads about 150 tokens a second on one core; more would let a question wait for a minute."""
_FREE = Decimal(0)
_PROVIDER = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_MODEL_NAME = re.compile(r"[!-~]{1,200}")
_KEY = re.compile(r"[!-~]{1,4096}")


def clean_provider(name: str) -> str:
    """A provider's name in its one spelling. Raises InvalidInputError."""
    cleaned = name.strip().lower()
    if not _PROVIDER.fullmatch(cleaned):
        raise InvalidInputError(
            f"{name[:50]!r} cannot be a provider's name.",
            remedy="Use up to 40 letters, digits and hyphens, as in `my-server`.",
        )
    if cleaned == LOCAL:
        raise InvalidInputError(
            "`local` is the engine on this machine.", remedy="Give the provider another name, as in `my-server`."
        )
    return cleaned


def clean_model_name(name: str) -> str:
    """A model's name as its provider knows it. Raises InvalidInputError."""
    cleaned = name.strip()
    if not _MODEL_NAME.fullmatch(cleaned):
        raise InvalidInputError(
            "A model's name has 1 to 200 letters, digits and signs, and no spaces.",
            remedy="Give it as the provider writes it.",
        )
    return cleaned


def clean_key(key: str | None) -> str | None:
    """A key without what copying added; None for an empty one. Raises InvalidInputError, which never repeats it."""
    cleaned = (key or "").strip()
    if cleaned and not _KEY.fullmatch(cleaned):
        raise InvalidInputError(
            "This is not an API key: it holds spaces, line breaks or letters with accents.",
            remedy="Copy the key by itself.",
        )
    return cleaned or None


def refuse_anothers_key(key: str | None, server: Server) -> None:
    """Raise InvalidInputError for a key that is plainly of another maker than the server's, before it is sent there."""
    owner = services.owner_of_key(key, server.base_url) if key else None
    if owner is not None:
        raise InvalidInputError(
            f"This looks like a key for {owner!r}, and {server.provider!r} is another provider.",
            remedy="Copy the key that belongs to this one.",
        )


def file_entry(path: Path, header: Header) -> Entry:
    """The entry of a model's file that the person has."""
    name = re.sub(r"[^a-z0-9._-]+", "-", path.stem.lower()).strip("-.") or "model"
    return Entry(
        id=f"{LOCAL}/{name}",
        provider=LOCAL,
        name=name,
        file=str(path),
        context_tokens=min(CONTEXT_TOKENS, header.context_tokens or CONTEXT_TOKENS),
        size_bytes=header.size_bytes,
    )


def demo_entry(path: Path) -> Entry:
    """The entry of the demo model."""
    return Entry(
        id=DEMO_ID,
        provider=LOCAL,
        name=DEMO_ID.partition("/")[2],
        file=str(path),
        demo=True,
        context_tokens=DEMO_CONTEXT_TOKENS,
        size_bytes=demo.SMOLLM2.file_bytes,
    )


def remote_entry(server: Server, name: str) -> Entry:
    """The entry of a model at a provider."""
    known = facts.known(name, server.base_url, server.route)
    return Entry(
        id=f"{server.provider}/{name}",
        provider=server.provider,
        name=name,
        context_tokens=known.context_tokens,
        sees=known.sees,
    )


def server(provider: str, base_url: str | None, wire: WireFormat | None, route: str | None = None) -> Server:
    """Where a provider is that was not known before: as given, or as it is known to everybody.

    Raises InvalidInputError if neither is enough, and for a route that there is not.
    """
    known = SERVICES.get(provider)
    if route is not None and wire is not None:
        raise settings.both_ways()
    if route is not None:
        route = routes.named(route).name
    elif known is not None and wire is None:
        route = known.route
    given = base_url or (known.base_url if known and known.route == route else None)
    if given is None:
        raise _no_place(provider, known if known and known.route == route else services.by_route(route))
    url = clean_base_url(given, wire, route)
    return Server(provider=provider, base_url=url, wire=wire or wire_format(url), route=route)


def _no_place(provider: str, known: services.Service | None) -> InvalidInputError:
    if known is not None and known.url_example:
        return InvalidInputError(
            f"Where {provider!r} is depends on your account.", remedy=f"Give its base URL, as in {known.url_example}."
        )
    return InvalidInputError(
        f"It is not known where {provider!r} is.",
        remedy="Give its base URL, or name one that everybody knows: `workbench providers known` lists them.",
    )


def model(entry: Entry, server: Server | None) -> Model:
    """The model as everyone sees it, with whether it can be used now; without a server it runs on this machine."""
    missing = entry.file is not None and not Path(entry.file).is_file()
    told = corrections.over(_known(entry, server), entry.said)
    charged = prices(entry, server)
    reason = f"Its file is gone: {entry.file}." if missing else ""
    if server is not None and not server.enabled:
        reason = f"{settings.disabled(server.provider)} {settings.enable(server.provider)}"
    return Model(
        id=entry.id,
        name=entry.name,
        provider=entry.provider,
        kind=server.kind if server else "local",
        verified=server is None or server.verified,
        demo=entry.demo,
        available=not reason,
        unavailable_reason=reason,
        context_tokens=told.context_tokens,
        size_bytes=entry.size_bytes,
        sees=told.sees,
        max_output_tokens=told.max_output_tokens,
        tools=told.tools,
        reasoning=told.reasoning,
        pdf=told.pdf,
        temperature=told.temperature,
        deprecated_on=told.deprecated_on,
        ended=told.deprecated_on is not None and told.deprecated_on < utc_now().date(),
        input_usd_per_million=told.input_usd_per_million,
        cached_usd_per_million=told.cached_usd_per_million,
        output_usd_per_million=told.output_usd_per_million,
        dearer_above_tokens=charged.rates[1].above_tokens if charged and len(charged.rates) > 1 else None,
        priced_by=_priced_by(entry.said, charged),
        priced_on=_priced_on(entry, charged),
        corrected=corrections.names(entry.said),
    )


def prices(entry: Entry, server: Server | None) -> Prices | None:
    """What a remote model costs; None: unknown. What a person says of its prices holds at every size of a request."""
    if server is None:
        return None
    if corrections.are_prices_said(entry.said):
        return corrections.prices(corrections.over(_known(entry, server), entry.said))
    return facts.prices(entry.name, server.base_url, server.route)


def _priced_by(said: Facts, charged: Prices | None) -> str:
    if corrections.are_prices_said(said):
        return "you"
    return facts.source() if charged else ""


def _priced_on(entry: Entry, charged: Prices | None) -> date | None:
    if corrections.are_prices_said(entry.said):
        return entry.priced_at.date() if entry.priced_at else None
    return facts.published() if charged else None


def _known(entry: Entry, server: Server | None) -> Facts:
    """What is known of a model: its limits as its provider lists them, the rest as it was said or known when added."""
    if server is None:
        return Facts(
            context_tokens=entry.context_tokens,
            sees=False,
            pdf=False,
            temperature=True,
            input_usd_per_million=_FREE,
            cached_usd_per_million=_FREE,
            output_usd_per_million=_FREE,
        )
    known = facts.known(entry.name, server.base_url, server.route)
    return replace(
        known,
        context_tokens=entry.listed_context_tokens or known.context_tokens or entry.context_tokens,
        max_output_tokens=entry.listed_output_tokens or known.max_output_tokens,
        sees=known.sees if entry.sees is None else entry.sees,
    )


def local_file(entry: Entry) -> LocalFile:
    """How the engine is to load a local model."""
    wanted = entry.said.context_tokens or entry.context_tokens or CONTEXT_TOKENS
    return LocalFile(path=Path(entry.file or ""), name=entry.name, context_tokens=wanted)
