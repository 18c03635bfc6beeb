"""`workbench history`, `workbench calls` and `workbench sql`: one's history as rows."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

import workbench
from workbench.cli.experiences import complete
from workbench.cli.output import as_json, cell, note, print_csv, print_json_rows, print_table, say
from workbench.errors import InvalidInputError

if TYPE_CHECKING:
    import polars as pl

_SHOWN = ("created_at", "experience", "conversation", "author", "text")
"""Of a history, what people are shown."""
_SHOWN_CALLS = ("created_at", "purpose", "model", "ended", "error", "output_tokens", "cost_usd", "total_ms")

Command = TypeVar("Command", bound=Callable[..., object])


def _forms(command: Command) -> Command:
    """The ways in which rows can be given."""
    to_file = click.option(
        "--parquet",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Write a Parquet file, with every type as it is; what it holds is not encrypted.",
    )
    as_csv = click.option("--csv", "as_csv", is_flag=True, help="Print CSV, without control sequences.")
    return as_json(as_csv(to_file(command)))


def _period(command: Command) -> Command:
    """From when to when."""
    since = click.option(
        "--since", metavar="WHEN", help="From then on: a date, a time, or how long ago, as 30m, 12h, 7d, 2w."
    )
    return since(click.option("--until", metavar="WHEN", help="Before then.")(command))


@click.command()
@click.option("--experience", metavar="NAME", shell_complete=complete, help="Only messages of this Experience.")
@_period
@_forms
def history(
    experience: str | None, since: str | None, until: str | None, parquet: Path | None, *, as_json: bool, as_csv: bool
) -> None:
    """Show every message, or give it to another program.

    The earliest comes first. A date or time without a zone, as 2026-01-31 or 2026-01-31T09:00, is taken to be in UTC.
    """
    _refuse_both(parquet, as_json=as_json, as_csv=as_csv)
    with workbench.connect(door="cli") as bench:
        found = bench.history(experience, since=since, until=until)
    if not (as_json or as_csv or parquet):
        found = found.select(_SHOWN)
    _give(found, parquet, as_json=as_json, as_csv=as_csv)


@click.command()
@click.option("--experience", metavar="NAME", shell_complete=complete, help="Only calls for this Experience.")
@_period
@_forms
def calls(
    experience: str | None, since: str | None, until: str | None, parquet: Path | None, *, as_json: bool, as_csv: bool
) -> None:
    """Show every request that was sent to a model, and how it ended.

    The earliest comes first. Those that failed are among them, and those that no reply is kept of: a model that was
    tried, an agent's summary.
    """
    _refuse_both(parquet, as_json=as_json, as_csv=as_csv)
    with workbench.connect(door="cli") as bench:
        found = bench.calls(experience, since=since, until=until)
    if not (as_json or as_csv or parquet):
        found = found.select(_SHOWN_CALLS)
    _give(found, parquet, as_json=as_json, as_csv=as_csv)


@click.command()
@click.argument("query")
@_forms
def sql(query: str, parquet: Path | None, *, as_json: bool, as_csv: bool) -> None:
    """Run one SELECT over your history.

    QUERY reads the views messages, calls, conversations, attachments, experiences and models; `-` reads it from stdin.
    `describe messages` shows the columns of one. Nothing can be changed with it.
    """
    _refuse_both(parquet, as_json=as_json, as_csv=as_csv)
    with workbench.connect(door="cli") as bench:
        found = bench.sql(sys.stdin.read() if query == "-" else query)
    _give(found, parquet, as_json=as_json, as_csv=as_csv)


def _refuse_both(parquet: Path | None, *, as_json: bool, as_csv: bool) -> None:
    if sum((as_json, as_csv, parquet is not None)) > 1:
        raise click.UsageError("Choose one of --json, --csv and --parquet.")


def _give(found: "pl.DataFrame", parquet: Path | None, *, as_json: bool, as_csv: bool) -> None:
    if parquet is not None:
        try:
            found.write_parquet(parquet)
        except OSError as error:
            raise InvalidInputError(f"{str(parquet)!r} cannot be written.", remedy="Name another file.") from error
        say(f"Wrote {found.height:,} rows to {parquet}.")
    elif as_json:
        print_json_rows(found.columns, found.iter_rows())
    elif as_csv:
        print_csv(found.columns, found.iter_rows())
    elif found.height:
        print_table(found.columns, ([cell(value) for value in row] for row in found.iter_rows()))
    else:
        note("There are no rows.")
