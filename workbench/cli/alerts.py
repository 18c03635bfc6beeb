"""`workbench alerts`: what models may take, and where they take more."""

from decimal import Decimal, InvalidOperation
from typing import cast, get_args

import click

import workbench
from workbench.cli.output import as_json, note, print_json, print_table, say
from workbench.errors import InvalidInputError, NotFoundError
from workbench.insights.records import Measure, Threshold

_SHOWN = 8
"""As many characters of an id tell it from the others."""
_UNITS: dict[Measure, str] = {"first_token_s": "s", "reply_s": "s", "failed_percent": "%", "cost_usd": "US dollars"}


@click.group()
def alerts() -> None:
    """See where models take more than you allow, and set what you allow."""


@alerts.command("list")
@as_json
def list_(*, as_json: bool) -> None:
    """Show which thresholds are passed now, by the requests of the last 24 hours."""
    with workbench.connect(door="cli") as bench:
        found = bench.alerts.list()
    if as_json:
        print_json(found)
    elif found:
        for each in found:
            say(each.message)
    else:
        note("No threshold is passed.")


@alerts.command()
@as_json
def thresholds(*, as_json: bool) -> None:
    """Show what models may take."""
    with workbench.connect(door="cli") as bench:
        found = bench.alerts.thresholds()
    if as_json:
        print_json(found)
    elif found:
        rows = ([one.id[-_SHOWN:], one.measure, one.model or "every model", _most(one)] for one in found)
        print_table(("ID", "MEASURE", "MODEL", "AT MOST"), rows)
    else:
        note("There are no thresholds. Set one: `workbench alerts set first_token_s 5`.")


@alerts.command("set")
@click.argument("measure", type=click.Choice(get_args(Measure)))
@click.argument("most", metavar="NUMBER")
@click.option("--model", "-m", metavar="ID", help="Only for this model; without it, for each of them.")
@as_json
def set_(measure: str, most: str, model: str | None, *, as_json: bool) -> None:
    """Raise an alert where MEASURE is above NUMBER over 24 hours.

    The unit is what the measure's name ends in. Medians and shares are judged from five requests on.
    """
    try:
        number = Decimal(most)
    except InvalidOperation as error:
        raise InvalidInputError(f"{most!r} is not a number.", remedy="Give it as in 2.5, without a unit.") from error
    with workbench.connect(door="cli") as bench:
        made = bench.alerts.set(cast("Measure", measure), number, model=model)
    if as_json:
        print_json(made)
    else:
        say(f"An alert is raised where {made.measure} of {made.model or 'any model'} is above {_most(made)}.")


@alerts.command()
@click.argument("threshold_id", metavar="THRESHOLD")
def remove(threshold_id: str) -> None:
    """Raise no alert for a threshold any more; it is named by its id, or the end of it."""
    with workbench.connect(door="cli") as bench:
        found = [one for one in bench.alerts.thresholds() if one.id.endswith(threshold_id)]
        if len(found) != 1:
            raise NotFoundError(
                f"{'No' if not found else 'More than one'} threshold's id ends in {threshold_id!r}.",
                remedy="`workbench alerts thresholds` shows them.",
            )
        bench.alerts.remove(found[0].id)
    say(f"Removed the threshold for {found[0].measure}.")


def _most(threshold: Threshold) -> str:
    return f"{threshold.most:f} {_UNITS[threshold.measure]}"
