"""How the replies were that the versions of a personality or a prompt shaped, as a table."""

from collections.abc import Sequence

from workbench.cli.output import print_json, print_table, say
from workbench.insights.records import VersionFigures
from workbench.providers.estimate import dollars


def print_figures(found: Sequence[VersionFigures], *, as_json: bool) -> None:
    """A row for each version, the latest first."""
    if as_json:
        print_json(found)
    elif found:
        print_table(("Version", "Replies", "Up", "Down", "Mean cost"), map(_row, found))
    else:
        say("It has shaped no reply yet.")


def _row(of: VersionFigures) -> tuple[str, ...]:
    cost = "unknown" if of.mean_cost_usd is None else dollars(of.mean_cost_usd)
    return str(of.version), f"{of.replies:,}", str(of.up), str(of.down), cost
