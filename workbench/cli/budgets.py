"""`workbench budgets`: what models may cost in a day or a month, and how much of it is spent."""

from decimal import Decimal, InvalidOperation
from typing import cast, get_args

import click

import workbench
from workbench.cli.experiences import complete
from workbench.cli.output import as_json, note, print_json, print_table, say
from workbench.errors import InvalidInputError, NotFoundError
from workbench.insights.records import BudgetState, Period
from workbench.providers.estimate import dollars

_SHOWN = 8
"""As many characters of an id tell it from the others."""


@click.group()
def budgets() -> None:
    """Limit what models may cost in a day or a month: where that is spent, nothing more is sent."""


@budgets.command("list")
@as_json
def list_(*, as_json: bool) -> None:
    """Show what is spent of each budget, what is left, and until when."""
    with workbench.connect(door="cli") as bench:
        found = bench.budgets.list()
    if as_json:
        print_json(found)
    elif found:
        print_table(("ID", "BUDGET", "AMOUNT", "LEFT", "SPENT"), map(_row, found))
    else:
        note("There are no budgets. Set one: `workbench budgets set 20`.")


@budgets.command("set")
@click.argument("amount", metavar="USD")
@click.option("--per", type=click.Choice(get_args(Period)), default="month", help="By the calendar; else a month.")
@click.option("--experience", "-e", metavar="NAME", shell_complete=complete, help="Only for this Experience.")
@click.option("--provider", "-p", metavar="NAME", help="Only for this provider.")
@click.option("--warn", metavar="PERCENT", type=int, help="From which share on to say what is spent; else 80.")
@click.option("--off", is_flag=True, help="Keep it, and let it stop nothing.")
@as_json
def set_(
    amount: str,
    per: str,
    experience: str | None,
    provider: str | None,
    warn: int | None,
    *,
    off: bool,
    as_json: bool,
) -> None:
    """Let models cost no more than USD in a month, or in a day.

    A budget that was set before for the same is changed.
    """
    try:
        number = Decimal(amount.removeprefix("$"))
    except InvalidOperation as error:
        raise InvalidInputError(f"{amount!r} is not an amount.", remedy="Give it as in 20 or 0.50.") from error
    with workbench.connect(door="cli") as bench:
        made = bench.budgets.set(
            number,
            per=cast("Period", per),
            experience=experience,
            provider=provider,
            warn_percent=warn,
            enabled=not off,
        )
        (state,) = (one for one in bench.budgets.list() if one.id == made.id)
    if as_json:
        print_json(made)
    else:
        say(f"{state.name[0].upper()}{state.name[1:]} is {dollars(made.amount_usd)}: {state.message}")


@budgets.command()
@click.argument("budget_id", metavar="BUDGET")
def delete(budget_id: str) -> None:
    """Limit this no longer; a budget is named by its id, or the end of it."""
    with workbench.connect(door="cli") as bench:
        found = [one for one in bench.budgets.list() if one.id.endswith(budget_id)]
        if len(found) != 1:
            raise NotFoundError(
                f"{'No' if not found else 'More than one'} budget's id ends in {budget_id!r}.",
                remedy="`workbench budgets list` shows them.",
            )
        bench.budgets.remove(found[0].id)
    say(f"Removed {found[0].name}.")


def _row(one: BudgetState) -> tuple[str, ...]:
    """What a table says of a budget."""
    off = "" if one.budget.enabled else " (off)"
    return (
        one.id[-_SHOWN:],
        f"{one.name}{off}",
        dollars(one.amount_usd),
        dollars(one.left_usd),
        f"{one.percent:,} %: {one.message}",
    )
