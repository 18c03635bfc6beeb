"""What a person says of a model against what is known of it: checked, and put before it. No state."""

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal, InvalidOperation

from workbench.errors import InvalidInputError
from workbench.providers.prices import Prices, Rate
from workbench.providers.records import Facts

Fact = bool | int | Decimal | date

_MOST_TOKENS = 1_000_000_000
_MOST_USD = Decimal(1_000_000)
_PLACES = 6
"""How many decimals of a dollar the price of a million tokens can have."""
_LABELS = {
    "context_tokens": "The context window",
    "max_output_tokens": "The longest reply",
    "sees": "Whether it sees pictures",
    "tools": "Whether it calls tools",
    "reasoning": "Whether it reasons",
    "pdf": "Whether it takes PDF files",
    "temperature": "Whether it takes a temperature",
    "deprecated_on": "The day on which it ends",
    "input_usd_per_million": "The price of what it reads",
    "cached_usd_per_million": "The price of what it has remembered",
    "output_usd_per_million": "The price of what it writes",
}
_SETTLED_HERE = {"sees", "pdf", "input_usd_per_million", "cached_usd_per_million", "output_usd_per_million"}
"""What cannot be otherwise for a model on this machine."""


def clean(given: Mapping[str, object], *, local: bool) -> dict[str, Fact | None]:
    """Facts as they are kept, by their names; None takes back what was said of it. Raises InvalidInputError."""
    if not given:
        raise InvalidInputError("Nothing is said of the model.", remedy="Give at least one fact to correct.")
    for name in given:
        if name not in _LABELS:
            raise InvalidInputError(
                f"A model has no fact {name!r}.", remedy=f"Name one of these: {', '.join(_LABELS)}."
            )
        if local and name in _SETTLED_HERE and given[name] is not None:
            raise InvalidInputError(
                "A model on this machine costs nothing, and is sent no pictures or PDF files.",
                remedy="Correct its limits, or whether it calls tools, reasons or takes a temperature.",
            )
    return {name: None if told is None else _CLEANERS[name](_LABELS[name], told) for name, told in given.items()}


def names(said: Facts) -> tuple[str, ...]:
    """Which facts a person has spoken of."""
    return tuple(field.name for field in fields(said) if getattr(said, field.name) is not None)


def over(known: Facts, said: Facts) -> Facts:
    """What is known, with what was said of it put before."""
    return replace(known, **{name: getattr(said, name) for name in names(said)})


def are_prices_said(said: Facts) -> bool:
    """Whether a person has spoken of any price."""
    return any(is_price(name) for name in names(said))


def is_price(name: str) -> bool:
    """Whether a fact of this name is a price."""
    return name.endswith("_usd_per_million")


def prices(stated: Facts) -> Prices | None:
    """What a model costs at the prices stated, at every size of a request; None: one that counts is unknown."""
    read, cached, written = stated.input_usd_per_million, stated.cached_usd_per_million, stated.output_usd_per_million
    if read is None or written is None:
        return None
    rate = Rate(
        read_usd=read.scaleb(-6),
        cached_usd=(read if cached is None else cached).scaleb(-6),
        written_usd=written.scaleb(-6),
    )
    return Prices(rates=(rate,))


def _tokens(label: str, told: object) -> int:
    text = str(told).strip()
    if isinstance(told, bool) or not re.fullmatch(r"[0-9]{1,10}", text) or not 0 < int(text) <= _MOST_TOKENS:
        raise InvalidInputError(
            f"{label} cannot be {_shown(told)}.", remedy="Give a number of tokens from 1 on, in digits: 128000."
        )
    return int(text)


def _usd(label: str, told: object) -> Decimal:
    try:
        amount = Decimal(str(told).strip())
    except InvalidOperation:
        amount = Decimal("NaN")
    if isinstance(told, bool) or not amount.is_finite() or not 0 <= amount <= _MOST_USD:
        raise InvalidInputError(
            f"{label} cannot be {_shown(told)}.",
            remedy="Give US dollars for a million tokens as a number from 0 on, without a sign: 1.25.",
        )
    if amount != round(amount, _PLACES):
        raise InvalidInputError(f"{label} has more than {_PLACES} decimals.", remedy="Round it.")
    return amount


def _answer(label: str, told: object) -> bool:
    if not isinstance(told, bool):
        raise InvalidInputError(f"{label} cannot be {_shown(told)}.", remedy="Give true or false.")
    return told


def _day(label: str, told: object) -> date:
    try:
        return told if isinstance(told, date) else date.fromisoformat(str(told).strip())
    except ValueError as error:
        raise InvalidInputError(f"{label} cannot be {_shown(told)}.", remedy="Write a date: 2026-11-30.") from error


def _shown(told: object) -> str:
    return repr(str(told)[:50])


_CLEANERS: dict[str, Callable[[str, object], Fact]] = {
    "context_tokens": _tokens,
    "max_output_tokens": _tokens,
    "sees": _answer,
    "tools": _answer,
    "reasoning": _answer,
    "pdf": _answer,
    "temperature": _answer,
    "deprecated_on": _day,
    "input_usd_per_million": _usd,
    "cached_usd_per_million": _usd,
    "output_usd_per_million": _usd,
}
