"""`workbench keys …`."""

import sys

import click

import workbench
from workbench.cli.output import as_json, print_json, print_table, say
from workbench.errors import InvalidInputError
from workbench.providers.records import Provider


@click.group()
def keys() -> None:
    """Keep the keys of providers, replace them, or forget them.

    A key cannot be given as an argument, where other users of the machine could read it, and is never shown again but
    for its last four characters.
    """


@keys.command("list")
@as_json
def list_(*, as_json: bool) -> None:
    """List where each provider's key is."""
    with workbench.connect(door="cli") as bench:
        found = [provider for provider in bench.providers.list() if provider.kind != "local"]
    if as_json:
        print_json(found)
    elif found:
        print_table(("Provider", "Key"), [(each.name, key_words(each)) for each in found], whole=("Provider",))
    else:
        say("No providers yet. Add one: `workbench providers add openai`.")


@keys.command("set")
@click.argument("provider")
@click.option("--env", metavar="VARIABLE", help="Read it from this environment variable of the Workbench's whenever "
              "it is needed, and keep none.")  # fmt: skip
def set_(provider: str, env: str | None) -> None:
    """Keep a provider's key, in place of any before.

    It is asked for on a terminal, and read from stdin elsewhere.
    """
    with workbench.connect(door="cli") as bench:
        if env is not None:
            bench.providers.borrow_key(provider, env)
            say(f"The key of {provider} is read from its variable whenever it is needed.")
            return
        known = bench.providers.set_key(provider, read_key(provider))
    say(f"{known.name}: {key_words(known)}.")


@keys.command()
@click.argument("provider")
def remove(provider: str) -> None:
    """Forget a provider's key, or where it is read; its models stay."""
    with workbench.connect(door="cli") as bench:
        bench.providers.remove_key(provider)
    say(f"{provider} has no key any more.")


def key_words(provider: Provider) -> str:
    """Where a provider's key is, and how it ends."""
    if provider.key_env is not None:
        return f"read from {provider.key_env}"
    if provider.key_hint is None:
        return "none"
    return f"kept, ends in {provider.key_hint}" if provider.key_hint else "kept"


def read_key(provider: str) -> str:
    """A provider's key: asked for on a terminal, where it is not shown, else all of stdin. Raises InvalidInputError."""
    if sys.stdin.isatty():
        key: str = click.prompt(f"API key of {provider}", default="", hide_input=True, show_default=False, err=True)
    else:
        key = sys.stdin.read(100_000)
    if not key.strip():
        raise InvalidInputError("No key was given.", remedy="Type it when asked, or give it on stdin.")
    return key
