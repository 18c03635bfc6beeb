"""What litellm's map knows of models: context windows, abilities, prices. Read without loading litellm.

A server in a private network may call anything by any name, so nothing is known of its models.
"""

import functools
import importlib.util
import re
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from workbench.providers.endpoints import is_near, wire_format
from workbench.providers.prices import Prices, Rate

_MAP = "model_prices_and_context_window_backup.json"
_ABOVE = re.compile(r"input_cost_per_token_above_(\d+)k_tokens")
_CHARGED_OTHERWISE = ("input_cost_per_request", "input_cost_per_character", "output_cost_per_character")
_Facts = dict[str, Any]


def context_tokens(name: str, base_url: str) -> int | None:
    """The context window of a provider's model; None: unknown."""
    told = _told("max_input_tokens", name, base_url)
    return next((tokens for tokens in told if isinstance(tokens, int) and tokens > 0), None)


def sees(name: str, base_url: str) -> bool | None:
    """Whether a provider's model can be sent pictures; None: unknown."""
    return next((told for told in _told("supports_vision", name, base_url) if isinstance(told, bool)), None)


def prices(name: str, base_url: str) -> Prices | None:
    """What a provider's model costs; None: unknown, as it is where the map says 0 or knows only of other charges."""
    return next((found for facts in _facts(name, base_url) if (found := _prices(facts)) is not None), None)


def _told(what: str, name: str, base_url: str) -> list[object]:
    return [facts.get(what) for facts in _facts(name, base_url)]


def _facts(name: str, base_url: str) -> list[_Facts]:
    """What is known of a provider's model, the surest first."""
    host = urlsplit(base_url).hostname or ""
    if is_near(host):
        return []
    service = "gemini" if wire_format(base_url) == "gemini" else host.split(".")[-2] if "." in host else host
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
