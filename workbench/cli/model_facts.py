"""What is known of models, what you say of them, how they have done, and which one suits: `workbench models …`."""

from datetime import date
from decimal import Decimal
from typing import Any, cast

import click

import workbench
from workbench.cli.output import as_json, megabytes, print_facts, print_json, print_json_rows, print_table, say
from workbench.client import Workbench
from workbench.providers.records import Corrections, Model
from workbench.shown import money

_UNKNOWN = "unknown"
_FACTS = {
    "context": "context_tokens",
    "longest-reply": "max_output_tokens",
    "sees": "sees",
    "tools": "tools",
    "reasoning": "reasoning",
    "pdf": "pdf",
    "temperature": "temperature",
    "ends-on": "deprecated_on",
    "input-price": "input_usd_per_million",
    "cached-price": "cached_usd_per_million",
    "output-price": "output_usd_per_million",
}
"""What can be corrected, and which field it is."""


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


@click.command()
@click.argument("id")
@click.option("--context", "context_tokens", metavar="TOKENS", help="Its context window.")
@click.option("--longest-reply", "max_output_tokens", metavar="TOKENS", help="The longest reply it can write.")
@click.option("--sees/--no-sees", default=None, help="Whether it can be sent pictures.")
@click.option("--tools/--no-tools", default=None, help="Whether it can call tools.")
@click.option("--reasoning/--no-reasoning", default=None, help="Whether it reasons.")
@click.option("--pdf/--no-pdf", default=None, help="Whether its provider takes PDF files.")
@click.option("--temperature/--no-temperature", default=None, help="Whether it takes a temperature.")
@click.option("--ends-on", "deprecated_on", metavar="DATE", help="The day on which its provider ends it: 2026-11-30.")
@click.option("--input-price", "input_usd_per_million", metavar="USD", help="For a million tokens that it reads: 1.25.")
@click.option(
    "--cached-price", "cached_usd_per_million", metavar="USD", help="For a million that it reads and has remembered."
)
@click.option("--output-price", "output_usd_per_million", metavar="USD", help="For a million that it writes.")
@click.option(
    "--take-back", multiple=True, type=click.Choice(list(_FACTS)), help="What you no longer say. Can be repeated."
)
@as_json
def correct(id: str, take_back: tuple[str, ...], *, as_json: bool, **said: str | bool | None) -> None:
    """Say of a model what is not as it is known, or not known at all.

    What you say is kept apart from what is known, and can be taken back, fact by fact. Prices count from the next reply
    on; what earlier replies cost stays. A price that you give holds for requests of every size.
    """
    told = {_FACTS[name]: None for name in take_back} | {
        name: value for name, value in said.items() if value is not None
    }
    with workbench.connect(door="cli") as bench:
        model = bench.models.correct(id, **cast(Corrections, told))
    if as_json:
        print_json(model)
    else:
        print_facts(facts(model))


@click.command()
@click.argument("question")
@click.option("--conversation", "conversation_id", metavar="ID", help="Where it is to be asked; without it, a new one.")
@click.option("--pictures", type=click.IntRange(0, 1000), default=0, help="How many pictures are given with it.")
@click.option("--pdfs", type=click.IntRange(0, 1000), default=0, help="How many PDFs are given with it.")
@as_json
def suggest(question: str, conversation_id: str | None, pictures: int, pdfs: int, *, as_json: bool) -> None:
    """Say which model suits a question best, and why; QUESTION is not asked.

    It is decided by stated rules, which --json gives: what a model can take, then how it has done for you.
    """
    with workbench.connect(door="cli") as bench:
        found = bench.models.suggest(question, conversation_id=conversation_id, pictures=pictures, pdfs=pdfs)
    if as_json:
        print_json(found)
        return
    say(f"Suggested: {found.model or 'none'}. {' '.join(found.why)}")
    if found.ranked:
        print_table(
            ("Model", "Suits", "Why"),
            [(each.model, "yes" if each.suits else "no", " ".join(each.why)) for each in found.ranked],
            whole=("Model",),
        )


def print_measured(bench: Workbench, *, as_json: bool) -> None:
    """How each model has done over the last 30 days."""
    found = bench.models.measured()
    if as_json:
        print_json_rows(found.columns, found.iter_rows())
    elif found.is_empty():
        say("No model has been asked in the last 30 days.")
    else:
        columns = ("Model", "Replies", "Failed", "First word", "Tokens a second", "Cost of a reply", "Liked")
        print_table(columns, map(_measured, found.iter_rows(named=True)), whole=("Model",))


def _measured(row: dict[str, Any]) -> tuple[str, ...]:
    first, speed, cost = row["first_token_ms"], row["tokens_per_second"], row["cost_usd"]
    return (
        row["model"],
        f"{row['replies']:,}",
        f"{100 * row['failed'] / row['replies']:.0f} %",
        "" if first is None else f"{first / 1000:.1f} s",
        "" if speed is None else f"{speed:.0f}",
        "" if cost is None else money(cost),
        f"{row['liked']:,} of {row['rated']:,}" if row["rated"] else "",
    )


def facts(model: Model) -> dict[str, str]:
    """What is known of a model, in words; what is not known says so."""

    def said(field: str, words: str) -> str:
        return f"{words} (yours)" if field in model.corrected else words

    return {
        "Model": model.id,
        "Served by": model.provider,
        "Not available": "" if model.available else model.unavailable_reason,
        "Replies": "" if model.verified else "not verified: a cut one would pass for complete",
        "Context window": said("context_tokens", _tokens(model.context_tokens)),
        "Longest reply": said("max_output_tokens", _tokens(model.max_output_tokens)),
        "Sees pictures": said("sees", _answer(model.sees)),
        "Calls tools": said("tools", _answer(model.tools)),
        "Reasons": said("reasoning", _answer(model.reasoning)),
        "Takes PDF files": said("pdf", _answer(model.pdf)),
        "Takes a temperature": said("temperature", _answer(model.temperature)),
        "Size": megabytes(model.size_bytes),
        "Price, read": said("input_usd_per_million", _price(model.input_usd_per_million)),
        "Price, cached": said("cached_usd_per_million", _price(model.cached_usd_per_million)),
        "Price, written": said("output_usd_per_million", _price(model.output_usd_per_million)),
        "Price of large requests": _dearer(model.dearer_above_tokens),
        "Prices as of": ", ".join(filter(None, (_day(model.priced_on), model.priced_by))),
        "Ended on" if model.ended else "Ends on": said("deprecated_on", _day(model.deprecated_on)),
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
