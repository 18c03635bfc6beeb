"""The command `workbench`: finds the noun, and turns errors into one line and an exit code."""

import importlib
import sys
from collections.abc import Sequence
from typing import NoReturn

import click
from click.exceptions import NoSuchCommand

from workbench import __version__
from workbench.cli import INTERRUPTED
from workbench.errors import WorkbenchError
from workbench.plain import plain

COMMANDS: dict[str, tuple[str, str]] = {
    "agents": ("workbench.cli.agents:agents", "Let notebooks run by themselves, and read their reports."),
    "alerts": ("workbench.cli.alerts:alerts", "See where models take more than you allow."),
    "ask": ("workbench.cli.ask:ask", "Ask a model, inside an Experience."),
    "branches": ("workbench.cli.branches:branches", "See a conversation's branches, and delete or restore one."),
    "budgets": ("workbench.cli.budgets:budgets", "Limit what models may cost in a day or a month."),
    "calls": ("workbench.cli.history:calls", "Show every request that was sent to a model."),
    "conversations": ("workbench.cli.conversations:conversations", "Look at conversations."),
    "dashboards": ("workbench.cli.dashboards:dashboards", "Serve the pages Usage, Models and Chat until Ctrl-C."),
    "experiences": ("workbench.cli.experiences:experiences", "Make and keep Experiences: topic workspaces."),
    "history": ("workbench.cli.history:history", "Show every message, or give it to another program."),
    "keys": ("workbench.cli.keys:keys", "Keep the keys of providers, replace them, or forget them."),
    "lab": ("workbench.cli.lab:lab", "Open JupyterLab with the Workbench in it."),
    "models": ("workbench.cli.models:models", "Choose which models can be asked."),
    "passphrase": ("workbench.cli.passphrase:passphrase", "Protect the store with a passphrase, or no longer."),
    "personalities": ("workbench.cli.personalities:personalities", "Say how replies are to sound."),
    "prompts": ("workbench.cli.prompts:prompts", "Keep prompts with variables, and fill them in."),
    "providers": ("workbench.cli.providers:providers", "Set up the providers of models."),
    "rate": ("workbench.cli.rate:rate", "Say whether a reply was good."),
    "rules": (
        "workbench.cli.rules:rules",
        "Say what may be sent to models, what may come back, and what a reply has to be like.",
    ),
    "serve": ("workbench.cli.owner:serve", "Run the Workbench's own process in the foreground."),
    "sql": ("workbench.cli.history:sql", "Run one SELECT over your history."),
    "status": ("workbench.cli.owner:status", "Show what runs, where, and how it is protected."),
    "stop": ("workbench.cli.owner:stop", "End the Workbench's own process."),
    "trials": ("workbench.cli.trials:trials", "Try configurations on the same cases, and see what shows."),
    "unlock": ("workbench.cli.owner:unlock", "Open a store that waits for its passphrase."),
}
"""Where each command lives, and its line in `workbench --help`, which thus loads none of them."""


class _Nouns(click.Group):
    """A group whose commands are imported when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's signature)
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        found = getattr(importlib.import_module(module), name)
        return found if isinstance(found, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and not args[0].startswith("-") and not ctx.resilient_parsing:
            raise NoSuchCommand(args[0], possibilities=COMMANDS, ctx=ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> object:
        """Run the command, and write all it says here: where the reader has gone away, click ends quietly."""
        result: object = super().invoke(ctx)
        sys.stdout.flush()
        return result


@click.group(cls=_Nouns, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="workbench")
def program() -> None:
    """Your work with language models, kept in topic workspaces.

    WORKBENCH_HOME names the folder in which everything is kept; without it, it is the usual place for a user's data.
    """


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line, and exit (docs/reference/exit-codes.md)."""
    try:
        code = program.main(arguments, prog_name="workbench", standalone_mode=False)
    except WorkbenchError as error:
        code = _fail(str(error), error.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        code = error.exit_code
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "workbench"
        code = _fail(f"{error.format_message()} `{command} --help` shows what can be given.", error.exit_code)
    except click.ClickException as error:
        code = _fail(error.format_message(), error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        code = INTERRUPTED
    sys.exit(code if isinstance(code, int) else 0)


def _fail(message: str, code: int) -> int:
    line = " ".join(plain(message).split())
    click.echo(f"workbench: {line}", err=True)
    return code
