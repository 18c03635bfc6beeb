"""`workbench models …`."""

import os
import re
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import click

import workbench
from workbench.cli import INTERRUPTED, model_facts
from workbench.cli.output import as_json, megabytes, note, print_json, print_table, say
from workbench.client import Workbench
from workbench.errors import DownloadError, InvalidInputError, ModelMissingError, ProviderError
from workbench.providers.formats import WireFormat
from workbench.providers.records import Model
from workbench.providers.services import SERVICES

_LOOK_EVERY_S = 0.2


@click.group()
def models() -> None:
    """Choose which models can be asked."""


models.add_command(model_facts.show)
models.add_command(model_facts.correct)
models.add_command(model_facts.suggest)


@models.command("list")
@click.option("--measured", is_flag=True, help="How they have done for you over the last 30 days.")
@as_json
def list_(*, measured: bool, as_json: bool) -> None:
    """List the models that can be asked."""
    with workbench.connect(door="cli") as bench:
        if measured:
            model_facts.print_measured(bench, as_json=as_json)
            return
        found = bench.models.list()
        default = None if as_json or not found else default_model(bench)
    if as_json:
        print_json(found)
        return
    if not found:
        say("No models yet. The small demo model (98 MB): `workbench models add demo`.")
        return
    columns = ("Model", "Served by", "Context", "Size", "")
    rows = [
        (m.id, m.provider, str(m.context_tokens or ""), megabytes(m.size_bytes), _remarks(m, default)) for m in found
    ]
    print_table(columns, rows, whole=("Model",))


@models.command()
@click.argument("name")
@click.option("--base-url", metavar="URL", help="Where the server is, as in http://…/v1.")
@click.option("--provider", help="What to call the server; with --base-url and without it, the name of its host.")
@click.option(
    "--kind",
    type=click.Choice(["openai", "anthropic", "gemini"]),
    help="Whose format the server speaks; without it, what is known of its address, else OpenAI's.",
)
@click.option("--key-stdin", is_flag=True, help="Read the server's API key from stdin.")
@click.option("--key-env", metavar="VARIABLE", help="Take the server's API key from this environment variable.")
@click.option("--sees/--no-sees", default=None, help="Whether the server's model can be sent pictures.")
@as_json
def add(
    name: str,
    base_url: str | None,
    provider: str | None,
    kind: WireFormat | None,
    key_env: str | None,
    *,
    sees: bool | None,
    key_stdin: bool,
    as_json: bool,
) -> None:
    """Add a model.

    NAME is `demo` for the small demo model (it is fetched once, 98 MB), the path of a GGUF file, or the name under
    which a server knows the model, with --provider, --base-url or both. Of a provider that everybody knows it can be
    in one: `openai/gpt-5-mini`, `anthropic/claude-sonnet-4-5`, `gemini/gemini-2.5-flash`. An API key is asked for on a
    terminal and kept in the keyring; it cannot be given as an argument, where other users of the machine could read it.
    """
    if base_url is None and provider is None:
        provider, name = _of_a_service(name)
    with workbench.connect(door="cli") as bench:
        if base_url or provider:
            added = bench.models.add_remote(
                provider=provider or provider_of(base_url or ""),
                base_url=base_url,
                kind=kind,
                name=name,
                api_key=_key(key_env, from_stdin=key_stdin),
                sees=sees,
            )
        elif sees is not None:
            raise InvalidInputError(
                "A model on this machine sees no pictures.", remedy="Leave out --sees and --no-sees."
            )
        elif name == "demo":
            fetch_demo(bench)
            added = _demo_model(bench)
        elif name.lower().endswith(".gguf") or Path(name).is_file():
            added = bench.models.add_file(Path(name))
        else:
            raise InvalidInputError(
                f"{name!r} is neither `demo` nor the path of a GGUF file.",
                remedy="For a model on a server, say which: --provider NAME, or --base-url URL.",
            )
    if as_json:
        print_json(added)
    elif not added.available:
        say(f"Added {added.id}. {added.unavailable_reason}")
    else:
        tries = "" if added.kind == "local" else f" `workbench models check {added.id}` tries it."
        say(f"{added.id} can be asked now.{tries}")


@models.command()
@click.argument("id")
def remove(id: str) -> None:
    """Forget a model; the replies that it gave keep its name."""
    with workbench.connect(door="cli") as bench:
        bench.models.remove(id)
    say(f"{id} is no longer there.")


@models.command()
@click.argument("id", required=False)
@as_json
def check(id: str | None, *, as_json: bool) -> None:
    """Try a model, or the default one: it is asked for one word. Says what is wrong where it does not work."""
    try:
        with workbench.connect(door="cli") as bench:
            found = bench.models.check(id or bench.models.default().id)
    except ProviderError as error:
        if as_json:
            print_json({"code": error.code, "message": error.message, "remedy": error.remedy})
        raise
    if as_json:
        print_json(found)
    else:
        say(f"{found.model} works: its first word came after {found.first_token_ms / 1000:.1f} s.")


@models.command()
@click.argument("id", required=False)
@as_json
def default(id: str | None, *, as_json: bool) -> None:
    """Show the model that is asked where no other is chosen, or choose it."""
    with workbench.connect(door="cli") as bench:
        model = bench.models.set_default(id) if id else bench.models.default()
    if as_json:
        print_json(model)
    else:
        say(model.id)


def _of_a_service(name: str) -> tuple[str | None, str]:
    """Provider and name of a model that is given as one, as in `anthropic/claude-sonnet-4-5`."""
    provider, slash, rest = name.partition("/")
    known = slash and provider in SERVICES and not Path(name).exists()
    return (provider, rest) if known else (None, name)


def provider_of(base_url: str) -> str:
    """What to call the server at this URL: its host, in letters, digits and hyphens."""
    host = urlsplit(base_url).hostname or base_url
    return re.sub(r"[^a-z0-9]+", "-", host.lower()).strip("-")[:40]


def fetch_demo(bench: Workbench) -> None:
    """Fetch the demo model, showing how far it is; Ctrl-C stops it, and the next time it goes on from there.

    Raises DownloadError.
    """
    download = bench.models.add_demo()
    bar = click.progressbar(
        range(0),
        length=download.total_bytes or 1,
        label="Demo model",
        file=sys.stderr,
        hidden=download.state == "complete",
    )
    try:
        with bar:
            while download.state == "running":
                time.sleep(_LOOK_EVERY_S)
                download = bench.models.demo()
                bar.length = download.total_bytes or bar.length
                bar.update(download.received_bytes - bar.pos)
    except KeyboardInterrupt:
        kept = bench.models.cancel_demo()
        note(f"Stopped at {megabytes(kept.received_bytes)}. `workbench models add demo` goes on from there.")
        raise click.exceptions.Exit(INTERRUPTED) from None
    if download.state != "complete":
        raise DownloadError(
            download.message or "The demo model was not fetched.",
            remedy=download.remedy or "Run `workbench models add demo` to go on.",
        )


def _demo_model(bench: Workbench) -> Model:
    return next(model for model in bench.models.list() if model.demo)


def default_model(bench: Workbench) -> str | None:
    """The id of the home's default model; None: there is none."""
    try:
        return bench.models.default().id
    except ModelMissingError:
        return None


def _remarks(model: Model, default: str | None) -> str:
    remarks = ["default" if model.id == default else "", "demo" if model.demo else ""]
    remarks += [] if model.verified else ["replies not verified"]
    remarks += [f"ended on {model.deprecated_on}"] if model.ended else []
    remarks += [] if model.available else [f"not available: {model.unavailable_reason}"]
    return ", ".join(filter(None, remarks))


def _key(variable: str | None, *, from_stdin: bool) -> str | None:
    """The API key; None where there is none to give."""
    if from_stdin:
        return sys.stdin.readline().strip() or None
    if variable:
        if variable not in os.environ:
            raise InvalidInputError(
                f"There is no environment variable {variable!r}.", remedy="Set it, or use --key-stdin."
            )
        return os.environ[variable]
    if sys.stdin.isatty():
        key: str = click.prompt("API key (empty: none)", default="", hide_input=True, show_default=False, err=True)
        return key.strip() or None
    return None
