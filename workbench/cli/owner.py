"""`workbench serve | status | stop | unlock`: the process that owns the home folder."""

import os
import sys

import click

import workbench
from workbench.cli.output import as_json, moment, print_facts, print_json, say
from workbench.config import home_folder
from workbench.errors import InvalidInputError, OwnerUnreachableError


@click.command()
def serve() -> None:
    """Run the Workbench's own process in the foreground.

    It is started by itself whenever it is needed; this shows what it says, and Ctrl-C ends it.
    """
    command = [sys.executable, "-m", "workbench.server", "--home", str(home_folder())]
    os.execv(command[0], command)  # noqa: S606


@click.command()
@as_json
def status(*, as_json: bool) -> None:
    """Show what runs, where, and how it is protected. Starts the Workbench's own process if none runs."""
    with workbench.connect(door="cli") as bench:
        found = bench.status()
    if as_json:
        print_json(found)
        return
    facts = {
        "Workbench": f"{found.version}, process {found.pid}, since {moment(found.started_at)}, {found.memory_mb} MB",
        "Home": found.home,
        "Socket": found.socket,
        "Store": "locked: `workbench unlock` opens it" if found.locked else "open, encrypted",
        "Problem": f"{found.problem.message} {found.problem.remedy}" if found.problem else "",
        "Key": f"{found.key_protection.kind}. {found.key_protection.explanation}" if found.key_protection else "",
        "Records": ", ".join(f"{name} {count:,}" for name, count in found.rows.items()),
        "Models": f"{found.models}, default {found.default_model}" if found.default_model else str(found.models),
        "Replies": f"{found.running_replies} running" if found.running_replies else "",
        "Agents": f"{found.agent_runs} running" if found.agent_runs else "",
        "Next agent": moment(found.next_due_at) if found.next_due_at else "",
    }
    print_facts(facts)


@click.command()
def stop() -> None:
    """End the Workbench's own process. Running replies keep what they have; the next use starts it again."""
    try:
        with workbench.connect(start=False, door="cli") as bench:
            bench.stop()
    except OwnerUnreachableError:
        say("It was not running.")
    else:
        say("Stopped.")


@click.command()
@click.option("--passphrase-stdin", is_flag=True, help="Read the passphrase from stdin.")
def unlock(*, passphrase_stdin: bool) -> None:
    """Open a store that waits for its passphrase."""
    with workbench.connect(door="cli") as bench:
        if not bench.status().locked:
            say("It is open already.")
            return
        bench.unlock(read_passphrase("Passphrase", from_stdin=passphrase_stdin))
    say("Open.")


def read_passphrase(label: str, *, from_stdin: bool, confirm: bool = False) -> str:
    """A passphrase, from stdin or typed unseen. Raises InvalidInputError where there is nobody to ask."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise InvalidInputError("There is no terminal to ask for the passphrase.", remedy="Use --passphrase-stdin.")
    typed: str = click.prompt(label, hide_input=True, confirmation_prompt=confirm, err=True)
    return typed
