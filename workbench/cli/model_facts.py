"""`workbench models show`: what is known of a model."""

from datetime import date
from decimal import Decimal

import click

import workbench
from workbench.cli.output import as_json, megabytes, print_facts, print_json
from workbench.providers.records import Model
from workbench.shown import money

_UNKNOWN = "unknown"


@click.command()
@click.argument("id")
@as_json
def show(id: str, *, as_json: bool) -> None:
    """Show what is known of a model: its limits, what it can do, and what it costs."""
    with workbench.connect(door="cli") as bench:
        model = bench.models.get(id)
    if as_json:
        print_json(model)
    else:
        print_facts(facts(model))


def facts(model: Model) -> dict[str, str]:
    """What is known of a model, in words; what is not known says so."""
    return {
        "Model": model.id,
        "Served by": model.provider,
        "Not available": "" if model.available else model.unavailable_reason,
        "Context window": _tokens(model.context_tokens),
        "Longest reply": _tokens(model.max_output_tokens),
        "Sees pictures": _answer(model.sees),
        "Calls tools": _answer(model.tools),
        "Reasons": _answer(model.reasoning),
        "Takes PDF files": _answer(model.pdf),
        "Size": megabytes(model.size_bytes),
        "Price, read": _price(model.input_usd_per_million),
        "Price, cached": _price(model.cached_usd_per_million),
        "Price, written": _price(model.output_usd_per_million),
        "Price of large requests": _dearer(model.dearer_above_tokens),
        "Prices as of": model.priced_by,
        "Ends on": _day(model.deprecated_on),
    }


def _tokens(count: int | None) -> str:
    return _UNKNOWN if count is None else f"{count:,} tokens"


def _answer(told: bool | None) -> str:  # noqa: FBT001  (it is the subject)
    return _UNKNOWN if told is None else "yes" if told else "no"


def _price(usd_per_million: Decimal | None) -> str:
    if usd_per_million is None:
        return _UNKNOWN
    return f"{money(usd_per_million)} for a million tokens" if usd_per_million else "nothing"


def _dearer(above_tokens: int | None) -> str:
    return "" if above_tokens is None else f"higher above {above_tokens:,} tokens"


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()
