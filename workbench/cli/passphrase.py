"""`workbench passphrase …`: what the store's master key is wrapped by."""

import click

import workbench
from workbench.cli.output import say
from workbench.cli.owner import read_passphrase


@click.group()
def passphrase() -> None:
    """Protect the store with a passphrase, or no longer."""


@passphrase.command("set")
@click.option("--passphrase-stdin", is_flag=True, help="Read the passphrase from stdin.")
def set_(*, passphrase_stdin: bool) -> None:
    """Set or change the passphrase. Nobody can restore it; without it, the store stays closed."""
    with workbench.connect(door="cli") as bench:
        bench.set_passphrase(read_passphrase("New passphrase", from_stdin=passphrase_stdin, confirm=True))
    say("The next start waits for the passphrase: `workbench unlock`.")


@passphrase.command()
def remove() -> None:
    """Open the store without a passphrase again: the key goes to the system's keyring, or to a file."""
    with workbench.connect(door="cli") as bench:
        status = bench.remove_passphrase()
    say(f"Kept in the {status.key_protection.kind} now." if status.key_protection else "Removed.")
