"""What litellm's map knows of models: limits, abilities, prices, their end. Read without loading litellm.

A server in a private network may call anything by any name, so nothing is known of its models.
"""

import functools
import importlib.metadata
import importlib.util
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from workbench.providers import services
from workbench.providers.endpoints import is_near
from workbench.providers.prices import Prices, Rate
from workbench.providers.records import Facts

MAP_OF = ("1.106.2", date(2026, 10, 21))
"""The version of litellm that is asked for, and the day on which it was published; its map names none."""
_MAP = "model_prices_and_context_window_backup.json"
_ABOVE = re.compile(r"input_cost_per_token_above_(\d+)k_tokens")
_O_SERIES = re.compile(r"o\d.*")
_GPT_THAT_REASONS = re.compile(r"(?!.*gpt-5-chat).*gpt-[56].*")
"""OpenAI's models that reason: they take a temperature only where they are not told to, if at all."""
_CHARGED_OTHERWISE = ("input_cost_per_request", "input_cost_per_character", "output_cost_per_character")
_Facts = dict[str, Any]
_Kind = TypeVar("_Kind")


@functools.lru_cache(maxsize=2048)
def known(name: str, base_url: str, route: str | None = None) -> Facts:
    """All that is known of a provider's model; `route` is litellm's name for the provider, where litellm reads it."""
    told = _facts(name, base_url, route)
    found = prices(name, base_url, route)
    plain = found.rates[0] if found else None
    cached = _first(_amount, "cache_read_input_token_cost", told) if found else None
    return Facts(
        context_tokens=_first(_count, "max_input_tokens", told),
        max_output_tokens=_first(_count, "max_output_tokens", told),
        sees=_first(_answer, "supports_vision", told),
        tools=_first(_answer, "supports_function_calling", told),
        reasoning=_first(_answer, "supports_reasoning", told),
        pdf=_first(_answer, "supports_pdf_input", told),
        temperature=_takes_temperature(name, base_url, route),
        deprecated_on=_first(_day, "deprecation_date", told),
        input_usd_per_million=_per_million(plain.read_usd if plain else None),
        cached_usd_per_million=_per_million(cached),
        output_usd_per_million=_per_million(plain.written_usd if plain else None),
    )


def prices(name: str, base_url: str, route: str | None = None) -> Prices | None:
    """What a provider's model costs; None: unknown, as it is where the map says 0 or knows only of other charges."""
    return next((found for facts in _facts(name, base_url, route) if (found := _prices(facts)) is not None), None)


@functools.cache
def source() -> str:
    """Whose map this is: `litellm 1.106.2`."""
    try:
        return f"litellm {importlib.metadata.version('litellm')}"
    except importlib.metadata.PackageNotFoundError:
        return "litellm"


def published() -> date | None:
    """The day of the map; None: another version of litellm is installed than was asked for."""
    version, day = MAP_OF
    return day if source() == f"litellm {version}" else None


def _per_million(amount_usd: Decimal | None) -> Decimal | None:
    """The price of a million tokens, from that of one, without zeros that say nothing."""
    return None if amount_usd is None else Decimal(f"{(amount_usd * 1_000_000).normalize():f}")


def _first(read: Callable[[object], _Kind | None], what: str, told: list[_Facts]) -> _Kind | None:
    return next((found for facts in told if (found := read(facts.get(what))) is not None), None)


def _count(told: object) -> int | None:
    return told if isinstance(told, int) and not isinstance(told, bool) and told > 0 else None


def _answer(told: object) -> bool | None:
    return told if isinstance(told, bool) else None


def _day(told: object) -> date | None:
    try:
        return date.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        return None


def _takes_temperature(name: str, base_url: str, route: str | None) -> bool | None:
    """Whether a model takes one: as the map says, else as litellm goes by the names of OpenAI's models.

    Also in a private network, where gateways stand that hand on what they are sent: an error there would be the
    answer to each question, while one that is not sent is said and can be corrected.
    """
    plain = name.rpartition("/")[2]
    told = [*_facts(name, base_url, route), *filter(None, (_read(name), _read(plain)))]
    said = _first(_answer, "supports_sampling_params", told)
    if said is not None:
        return said
    if _GPT_THAT_REASONS.fullmatch(plain):
        can_rest = _first(_answer, "supports_none_reasoning_effort", told)
        return bool(can_rest) and any(facts.get("default_reasoning_effort") == "none" for facts in told)
    makers = [facts.get("litellm_provider") for facts in told]
    return False if _O_SERIES.fullmatch(plain) and "openai" in makers else None


def _facts(name: str, base_url: str, route: str | None) -> list[_Facts]:
    """What is known of a provider's model, the surest first."""
    host = urlsplit(base_url).hostname or ""
    if is_near(host):
        return []
    if route is not None:
        found = [facts for key in (f"{route}/{name}", name) if (facts := _read(key)) is not None]
        return [facts for facts in found if str(facts.get("litellm_provider")).startswith(route)]
    known_as = services.at(base_url)
    service = services.litellm_name(known_as.name) if known_as else host.split(".")[-2] if "." in host else host
    return [facts for key in (f"{service}/{name}", name) if (facts := _read(key)) is not None]


def _prices(facts: _Facts) -> Prices | None:
    plain = _rate(facts, above=0, suffix="")
    reasoning = facts.get("output_cost_per_reasoning_token")
    if plain is None or any(facts.get(name) for name in _CHARGED_OTHERWISE):
        return None
    if reasoning not in (None, facts["output_cost_per_token"]):  # what was thought is not counted by itself
        return None
    dearer = (
        _rate(facts, above=1000 * int(found[1]), suffix=f"_above_{found[1]}k_tokens")
        for found in map(_ABOVE.fullmatch, facts)
        if found
    )
    return Prices(rates=(plain, *sorted(filter(None, dearer), key=lambda rate: rate.above_tokens)))


def _rate(facts: _Facts, *, above: int, suffix: str) -> Rate | None:
    read, written = (_amount(facts.get(f"{side}_cost_per_token{suffix}")) for side in ("input", "output"))
    if read is None or written is None or not (read or written):
        return None
    cached = _amount(facts.get(f"cache_read_input_token_cost{suffix}"))
    return Rate(above_tokens=above, read_usd=read, cached_usd=read if cached is None else cached, written_usd=written)


def _amount(told: object) -> Decimal | None:
    return Decimal(told) if isinstance(told, (int, Decimal)) else None


@functools.lru_cache(maxsize=64)
def _read(key: str) -> _Facts | None:
    found = _map().get(key)
    if found is None:
        return None
    facts: _Facts = _DECODER.decode(found)
    return facts


_DECODER = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal)


@functools.cache
def _map() -> dict[str, msgspec.Raw]:
    """The file inside litellm's package: 20 ms instead of 2.5 s for all of it."""
    package = importlib.util.find_spec("litellm")
    if package is None or package.origin is None:
        return {}
    try:
        return msgspec.json.decode((Path(package.origin).parent / _MAP).read_bytes(), type=dict[str, msgspec.Raw])
    except (OSError, msgspec.DecodeError):
        return {}
