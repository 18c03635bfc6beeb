"""`workbench providers …`."""

import sys
from collections.abc import Callable
from typing import Any

import click

import workbench
from workbench.cli.keys import key_words, read_key
from workbench.cli.output import as_json, print_json, print_table, say
from workbench.errors import InvalidInputError
from workbench.providers.formats import WireFormat
from workbench.providers.records import Listed, Provider, ProviderChanges
from workbench.providers.services import Service

_kind = click.option(
    "--kind",
    type=click.Choice(["openai", "anthropic", "gemini"]),
    help="Whose format it speaks; without it, what is known of its address, else OpenAI's.",
)
_route = click.option(
    "--route",
    metavar="NAME",
    help="Have litellm's own stream read it, under its name for the provider, as in cohere_chat; its replies are not "
    "verified.",
)
_base_url = click.option("--base-url", metavar="URL", help="Where its API is, as in http://…/v1.")


def _settings(command: Callable[..., None]) -> Callable[..., None]:
    """The options of what `add` and `set` can both say."""
    for option in (
        click.option("--between-tokens-s", type=float, metavar="SECONDS", help="How long a reply may fall silent."),
        click.option("--first-token-s", type=float, metavar="SECONDS", help="How long to wait for its first piece."),
        click.option("--connect-s", type=float, metavar="SECONDS", help="How long to wait for a connection."),
        click.option("--proxy", metavar="URL", help="Send requests through this proxy."),
        click.option(
            "--header",
            "headers",
            multiple=True,
            metavar="NAME",
            help="Send this header with each request; its value is asked for on a terminal, else read from a line of "
            "stdin. More than one can be given.",
        ),
    ):
        command = option(command)
    return command


@click.group()
def providers() -> None:
    """Set up the providers of models."""


@providers.command("list")
@as_json
def list_(*, as_json: bool) -> None:
    """List what serves models."""
    with workbench.connect(door="cli") as bench:
        found = bench.providers.list()
    if as_json:
        print_json(found)
        return
    columns = ("Provider", "Format", "Address", "Key", "")
    rows = [(each.name, each.kind, each.base_url or "this machine", _key(each), _remarks(each)) for each in found]
    print_table(columns, rows, whole=("Provider",))


@providers.command()
@click.argument("name")
@_base_url
@_kind
@_route
@click.option("--key-stdin", is_flag=True, help="Read its API key from stdin, all of it.")
@click.option("--env", metavar="VARIABLE", help="Read its key from this environment variable of the Workbench's "
              "whenever it is needed, and keep none.")  # fmt: skip
@_settings
@as_json
def add(
    name: str,
    base_url: str | None,
    kind: WireFormat | None,
    route: str | None,
    env: str | None,
    headers: tuple[str, ...],
    *,
    key_stdin: bool,
    as_json: bool,
    **others: Any,  # noqa: ANN401  (the options of _settings)
) -> None:
    """Add a provider; its models come later, with `workbench models add`.

    NAME alone is enough for one that everybody knows, as `openai`, `anthropic` and `gemini`. An API key is kept in the
    keyring, as the values of headers are; neither can be given as an argument, where other users of the machine could
    read them.
    """
    if key_stdin and headers:
        raise InvalidInputError(
            "Both the key and the values of headers would be read from stdin.",
            remedy="Leave out --key-stdin, and give the key afterwards: `workbench keys set`.",
        )
    with workbench.connect(door="cli") as bench:
        key = read_key(name) if key_stdin else None
        made = bench.providers.add(
            name,
            base_url=base_url,
            kind=kind,
            route=route,
            api_key=key,
            key_env=env,
            headers=_values(headers),
            **others,
        )
    if as_json:
        print_json(made)
        return
    hint = "" if _key(made) else f" Its key: `workbench keys set {made.name}`."
    say(f"Added {made.name}.{hint} A model of it: `workbench models add NAME --provider {made.name}`.")


@providers.command("set")
@click.argument("name")
@_base_url
@_kind
@_route
@_settings
@click.option("--no-header", "no_headers", multiple=True, metavar="NAME", help="Send this header no more.")
@click.option("--no-proxy", is_flag=True, help="Send requests as the environment says.")
@click.option("--usual-times", is_flag=True, help="Wait as long as usual again.")
@as_json
def set_(
    name: str,
    headers: tuple[str, ...],
    no_headers: tuple[str, ...],
    *,
    no_proxy: bool,
    usual_times: bool,
    as_json: bool,
    **others: Any,  # noqa: ANN401  (the options of _settings, --base-url and --kind)
) -> None:
    """Change what is set of a provider; what is not named stays."""
    changes: dict[str, Any] = dict.fromkeys(("connect_s", "first_token_s", "between_tokens_s")) if usual_times else {}
    changes |= {option: value for option, value in others.items() if value is not None}
    if no_proxy:
        changes["proxy"] = None
    if headers or no_headers:
        changes["headers"] = {**_values(headers), **dict.fromkeys(no_headers)}
    if not changes:
        raise InvalidInputError(
            "Nothing to change was given.", remedy="`workbench providers set --help` says what can."
        )
    _change(name, changes, "is set.", as_json=as_json)


@providers.command()
@click.argument("name")
@as_json
def enable(name: str, *, as_json: bool) -> None:
    """Let the models of a provider be asked."""
    _change(name, {"enabled": True}, "is enabled.", as_json=as_json)


@providers.command()
@click.argument("name")
@as_json
def disable(name: str, *, as_json: bool) -> None:
    """Send nothing to a provider any more; its models, its key and its settings stay."""
    _change(name, {"enabled": False}, f"is disabled. To undo: `workbench providers enable {name}`.", as_json=as_json)


@providers.command()
@click.argument("name")
def remove(name: str) -> None:
    """Remove a provider with its models, its key and its headers; replies keep the names of the models."""
    with workbench.connect(door="cli") as bench:
        bench.providers.remove(name)
    say(f"{name} is no longer there.")


@providers.command()
@click.argument("name")
@as_json
def default(name: str, *, as_json: bool) -> None:
    """Ask a provider where no model is chosen: its first model that can be asked becomes the default."""
    with workbench.connect(door="cli") as bench:
        model = bench.providers.set_default(name)
    if as_json:
        print_json(model)
    else:
        say(f"{model.id} is the default.")


@providers.command()
@as_json
def found(*, as_json: bool) -> None:
    """Look for servers of models on this machine: Ollama, LM Studio, vLLM and llama.cpp, at their usual ports."""
    with workbench.connect(door="cli") as bench:
        servers = bench.providers.found()
    if as_json:
        print_json(servers)
    elif servers:
        rows = [(each.name, each.base_url, each.provider or "", ", ".join(each.models)) for each in servers]
        print_table(("Server", "Address", "Added as", "Models"), rows, whole=("Server", "Address"))
    else:
        say("Nothing was found. Of a server at another port: `workbench providers add NAME --base-url URL`.")


@providers.command()
@as_json
def known(*, as_json: bool) -> None:
    """List the providers that everybody knows: the name of one is enough, and its address where that is your own."""
    with workbench.connect(door="cli") as bench:
        services = bench.providers.known()
    if as_json:
        print_json(services)
        return
    rows = [
        (each.name, each.title, each.kind, each.base_url or f"as in {each.url_example}", _unverified(each))
        for each in services
    ]
    print_table(("Name", "Provider", "Format", "Address", ""), rows, whole=("Name",))


@providers.command()
@click.argument("name")
@click.option("--add", "wanted", multiple=True, metavar="MODEL", help="Add this one of them. Can be repeated.")
@as_json
def models(name: str, wanted: tuple[str, ...], *, as_json: bool) -> None:
    """List the models that a provider says it has, with the limits it says of them, asked for now.

    Models that are added from the list keep these limits.
    """
    with workbench.connect(door="cli") as bench:
        if wanted:
            added_now = bench.providers.add_models(name, wanted)
            if as_json:
                print_json(added_now)
            else:
                say(f"Added {', '.join(model.id for model in added_now)}.")
            return
        listing = bench.providers.models(name)
    if as_json:
        print_json(listing)
        return
    added = set(listing.added)
    limits = {each.model: each for each in listing.limits}
    rows = [(name, *_limits(limits.get(name)), "added" if name in added else "") for name in listing.models]
    print_table(("Model", "Context window", "Longest reply", ""), rows, whole=("Model",))


def _limits(listed: Listed | None) -> tuple[str, str]:
    counts = (listed.context_tokens, listed.max_output_tokens) if listed else (None, None)
    context, longest = ("" if count is None else f"{count:,} tokens" for count in counts)
    return context, longest


def _change(name: str, changes: ProviderChanges | dict[str, Any], words: str, *, as_json: bool) -> None:
    with workbench.connect(door="cli") as bench:
        changed = bench.providers.update(name, **changes)
    if as_json:
        print_json(changed)
    else:
        say(f"{changed.name} {words}")


def _values(names: tuple[str, ...]) -> dict[str, str]:
    """A value for each header: asked for on a terminal, where it is not shown, else a line of stdin."""
    return {name: _value(name) for name in names}


def _value(name: str) -> str:
    if sys.stdin.isatty():
        typed: str = click.prompt(f"Value of {name}", hide_input=True, err=True)
        return typed
    return sys.stdin.readline(100_000)


def _key(provider: Provider) -> str:
    words = key_words(provider)
    return "" if words == "none" else words


def _remarks(provider: Provider) -> str:
    remarks = ["" if provider.enabled else "disabled", f"through {provider.proxy}" if provider.proxy else ""]
    remarks += [_unverified(provider)]
    remarks += [f"sends {', '.join(provider.headers)}"] if provider.headers else []
    return ", ".join(filter(None, remarks))


def _unverified(each: Provider | Service) -> str:
    return "" if each.verified else "replies not verified"
