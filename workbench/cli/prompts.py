"""`workbench prompts …`: a library of prompts with variables."""

import json
import sys
import tomllib
from pathlib import Path
from typing import Any, cast, get_args

import click
import msgspec
from click.shell_completion import CompletionItem

import workbench
from workbench.cli.conversations import whole
from workbench.cli.experiences import complete as complete_experience
from workbench.cli.figures import print_figures
from workbench.cli.output import as_json, moment, print_json, print_table, say
from workbench.client import Workbench
from workbench.client.prompts import NONE
from workbench.errors import InvalidInputError, WorkbenchError
from workbench.plain import plain
from workbench.prompts import slash
from workbench.prompts.records import Finding, Prompt, PromptTemplate, Use, Variable

_OWN = "own"
_FIELDS = ("title", "folder", "tags", "description", "text", "variables", "use")


def complete(_ctx: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """The names that begin so, for the shell; none where no Workbench is running."""
    try:
        with workbench.connect(start=False, door="cli") as bench:
            names = [each.name for each in bench.prompts.list()]
    except WorkbenchError:
        return []
    return [CompletionItem(name) for name in names if name.startswith(begun.lower())]


name_argument = click.argument("name", shell_complete=complete)
values_argument = click.argument("values", nargs=-1, metavar="[VARIABLE=VALUE]…")
_title = click.option("--title", help="What it is called in lists.")
_folder = click.option("--folder", help="Where it lies, as in Work/Reviews.")
_tag = click.option("--tag", "tags", multiple=True, help="A tag; for several, repeat it.")
_description = click.option("--description", help="What it is good for.")
_text = click.option("--text", help="The prompt, with {{ variable }} for what is left open; `-` reads it from stdin.")
_use = click.option("--for", "use", type=click.Choice(get_args(Use)), help="What it is written for.")
_from = click.option(
    "--from",
    "file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Take all this, and the variables, from a TOML or JSON file (docs/guides/prompts.md).",
)


@click.group()
def prompts() -> None:
    """Keep prompts with variables, and fill them in; see what they have been.

    NAME is a prompt's name, as in `/name`, or its id.
    """


@prompts.command("list")
@click.option("--folder", help="Only of this folder, and of those in it.")
@click.option("--tag", help="Only with this tag.")
@click.option("--words", default="", help="Only those that hold all of these words.")
@click.option(
    "--state", type=click.Choice(["active", "trashed", "all"]), default="active", show_default=True, help="Which ones."
)
@as_json
def list_(folder: str | None, tag: str | None, words: str, state: str, *, as_json: bool) -> None:
    """List your prompts."""
    with workbench.connect(door="cli") as bench:
        wanted = None if state == "all" else cast("Any", state)
        found = bench.prompts.list(wanted, folder=folder, tag=tag, words=words)
    if as_json:
        print_json(found)
    elif found:
        rows = [(f"/{e.name}", e.title, e.folder, ", ".join(e.tags), str(e.version)) for e in found]
        print_table(("Name", "Title", "Folder", "Tags", "Version"), rows, whole=("Name", "Version"))
    elif state == "active" and not (folder or tag or words):
        say("No prompts yet. Take one that is shipped: `workbench prompts templates`.")
    else:
        say("There is no such prompt.")


@prompts.command()
@as_json
def templates(*, as_json: bool) -> None:
    """List the prompts that are shipped, to be taken with `create --template`."""
    with workbench.connect(door="cli") as bench:
        found = bench.prompts.templates()
    if as_json:
        print_json(found)
    else:
        print_table(("Template", "Description"), [(each.name, each.description) for each in found], whole=("Template",))


@prompts.command()
@click.argument("name")
@as_json
def show(name: str, *, as_json: bool) -> None:
    """Show a prompt, or a template: what it asks for, and its text."""
    with workbench.connect(door="cli") as bench:
        found = _template(bench, name) or bench.prompts.get(name)
    if as_json:
        print_json(found)
        return
    trash = ", in the trash" if isinstance(found, Prompt) and found.state == "trashed" else ""
    version = f"version {found.version}{trash}" if isinstance(found, Prompt) else "template"
    say(f"/{found.name} ({version}): {found.title}")
    if found.description:
        say(found.description)
    for each in found.variables:
        say(f"  {each.name}: {_asked(each)}")
    click.echo()
    click.echo(plain(found.text))


@prompts.command()
@click.argument("name", default="")
@click.option("--template", metavar="TEMPLATE", help="Begin from this one (`workbench prompts templates`).")
@_title
@_folder
@_tag
@_description
@_text
@_use
@_from
@as_json
def create(name: str, template: str | None, file: Path | None, *, as_json: bool, **given: object) -> None:
    """Make a prompt, from nothing or from a template; without NAME it has the template's.

    What its text leaves open and no file declares is asked for as a text.
    """
    with workbench.connect(door="cli") as bench:
        made = bench.prompts.create(name, template=template, **cast("Any", _changes(file, given))).record
    _tell(made, f"Made the prompt /{made.name}.", as_json=as_json)


@prompts.command("set")
@name_argument
@click.option("--name", "new_name", help="Another name.")
@_title
@_folder
@_tag
@_description
@_text
@_use
@_from
@click.option("--note", default="", help="Why, to be kept with the version.")
@as_json
def set_(name: str, new_name: str | None, file: Path | None, note: str, *, as_json: bool, **given: object) -> None:
    """Change a prompt; what is not named stays."""
    changes = _changes(file, given) | ({"name": new_name} if new_name else {})
    with workbench.connect(door="cli") as bench:
        before = bench.prompts.get(name)
        after = bench.prompts.update(before.id, note=note, revision=before.revision, **cast("Any", changes))
    words = f"/{after.name} was so already." if after == before else f"/{after.name} is at version {after.version}."
    _tell(after, words, as_json=as_json)


@prompts.command()
@name_argument
@values_argument
@as_json
def render(name: str, values: tuple[str, ...], *, as_json: bool) -> None:
    """Fill a prompt in, and print it; `VARIABLE=-` reads the value from stdin."""
    with workbench.connect(door="cli") as bench:
        found = bench.prompts.render(name, read_values(slash.given(values)))
    if as_json:
        print_json(found)
    else:
        click.echo(plain(found.text))


@prompts.command()
@click.argument("name", required=False, shell_complete=complete)
@click.option(
    "--from",
    "file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Look at this TOML, JSON or text file instead.",
)
@click.option("--model", "-m", metavar="ID", help="Compare its length with this model's window.")
@as_json
def lint(name: str | None, file: Path | None, model: str | None, *, as_json: bool) -> None:
    """Look for what is wrong or doubtful in a prompt: exit code 2 if something is wrong."""
    if (name is None) == (file is None):
        raise click.UsageError("Choose NAME or --from.")
    with workbench.connect(door="cli") as bench:
        content = _content(file) if file else {}
        kept = bench.prompts.get(name or "") if file is None else None
        text = kept.text if kept else str(content.get("text", ""))
        variables = kept.variables if kept else cast("tuple[Variable, ...]", content.get("variables", ()))
        found = bench.prompts.lint(text, variables, name=kept.name if kept else "", model=model)
    if as_json:
        print_json(found)
    elif found.findings:
        for each in found.findings:
            say(_finding(each))
    else:
        say(f"Nothing to be said of it. It has about {found.tokens:,} tokens.")
    if any(each.severity == "error" for each in found.findings):
        raise click.exceptions.Exit(InvalidInputError.exit_code)


@prompts.command()
@name_argument
@values_argument
@click.option("--experience", "-e", metavar="NAME", shell_complete=complete_experience, help="Where.")
@click.option("--conversation", "-c", metavar="ID", help="In this conversation only.")
def use(name: str, values: tuple[str, ...], experience: str | None, conversation: str | None) -> None:
    """Let a prompt be the system prompt of an Experience, or of one conversation.

    `none` is none; in a conversation, `own` is that of its Experience again.
    """
    if (experience is None) == (conversation is None):
        raise click.UsageError("Choose --experience or --conversation.")
    given = read_values(slash.given(values))
    with workbench.connect(door="cli") as bench:
        if experience is not None:
            where = repr(bench.prompts.use(None if name == NONE else name, experience, **given).name)
        else:
            id = whole(bench, conversation or "")
            found = bench.prompts.use_in_conversation(None if name == _OWN else name, id, **given)
            where = repr(found.title) if found.title else "the conversation"
    if name == NONE:
        say(f"No system prompt is used in {where} from now on.")
    elif name == _OWN:
        say(f"The system prompt of its Experience is used in {where} from now on.")
    else:
        say(f"/{name.removeprefix('/')} is the system prompt in {where} from now on.")


@prompts.command()
@name_argument
@as_json
def figures(name: str, *, as_json: bool) -> None:
    """Show how the replies were that each version shaped as a system prompt."""
    with workbench.connect(door="cli") as bench:
        found = bench.prompts.figures(name)
    print_figures(found, as_json=as_json)


@prompts.command()
@name_argument
@as_json
def versions(name: str, *, as_json: bool) -> None:
    """List what a prompt has been, the latest first."""
    with workbench.connect(door="cli") as bench:
        found = bench.prompts.versions(name)
    if as_json:
        print_json(found)
    else:
        rows = [(str(each.number), moment(each.created_at), each.title, each.note) for each in found]
        print_table(("Version", "Made", "Title", "Note"), rows, whole=("Version", "Made"))


@prompts.command()
@name_argument
@click.argument("before", type=int)
@click.argument("after", type=int, required=False)
@as_json
def diff(name: str, before: int, after: int | None, *, as_json: bool) -> None:
    """Show what is different between version BEFORE and version AFTER, or the present one."""
    with workbench.connect(door="cli") as bench:
        found = bench.prompts.difference(name, before, after or bench.prompts.get(name).version)
    if as_json:
        print_json(found)
    else:
        click.echo(plain(str(found)) or "They are the same.")


@prompts.command("roll-back")
@name_argument
@click.argument("version", type=int)
@as_json
def roll_back(name: str, version: int, *, as_json: bool) -> None:
    """Make a prompt what it was in an earlier VERSION; nothing is lost by it."""
    with workbench.connect(door="cli") as bench:
        before = bench.prompts.get(name)
        after = bench.prompts.roll_back(before.id, version, revision=before.revision)
    words = f"/{after.name} is what it was in version {version}; that is version {after.version} now."
    _tell(after, words, as_json=as_json)


@prompts.command()
@name_argument
@as_json
def duplicate(name: str, *, as_json: bool) -> None:
    """Make another prompt with the same content."""
    with workbench.connect(door="cli") as bench:
        made = bench.prompts.duplicate(name)
    _tell(made, f"Made the prompt /{made.name}.", as_json=as_json)


@prompts.command()
@name_argument
@as_json
def delete(name: str, *, as_json: bool) -> None:
    """Move a prompt to the trash: nothing uses it from now on."""
    with workbench.connect(door="cli") as bench:
        after = bench.prompts.delete(bench.prompts.get(name).id)
    _tell(after, f"/{after.name} is in the trash. To undo: `workbench prompts restore`.", as_json=as_json)


@prompts.command()
@click.argument("name")
@as_json
def restore(name: str, *, as_json: bool) -> None:
    """Take a prompt out of the trash."""
    with workbench.connect(door="cli") as bench:
        trashed = [each for each in bench.prompts.list("trashed") if each.name == name.removeprefix("/").lower()]
        after = bench.prompts.restore((trashed[-1] if trashed else bench.prompts.get(name)).id)
    _tell(after, f"/{after.name} is active.", as_json=as_json)


def _template(bench: Workbench, name: str) -> PromptTemplate | None:
    """The template of that name, where no prompt has it."""
    if any(each.name == name for each in bench.prompts.list()):
        return None
    return next((each for each in bench.prompts.templates() if each.name == name), None)


def _changes(file: Path | None, given: dict[str, object]) -> dict[str, object]:
    """What a file and the options say of a prompt; the options stand over the file."""
    options = {name: value for name, value in given.items() if value not in (None, ())}
    if options.get("text") == "-":
        options["text"] = sys.stdin.read()
    return {**({} if file is None else _content(file)), **options}


def _content(file: Path) -> dict[str, object]:
    """What a file says of a prompt. Raises InvalidInputError."""
    try:
        text = file.read_text("utf-8")
        if file.suffix not in (".toml", ".json"):
            return {"text": text}
        content = tomllib.loads(text) if file.suffix == ".toml" else json.loads(text)
        found = {name: content[name] for name in _FIELDS if name in content}
        if "variables" in found:
            found["variables"] = msgspec.convert(found["variables"], type=tuple[Variable, ...])
    except (OSError, ValueError, TypeError) as error:
        raise InvalidInputError(
            f"{file.name!r} cannot be read as a prompt: {error}.",
            remedy="Look at docs/guides/prompts.md, or at what `workbench prompts show NAME --json` prints.",
        ) from error
    return found


def read_values(values: dict[str, str]) -> dict[str, str]:
    """The values; `-` is what stdin holds."""
    return {name: sys.stdin.read() if value == "-" else value for name, value in values.items()}


def _asked(variable: Variable) -> str:
    """What is asked for, on one line."""
    kind = " or ".join(variable.choices) if variable.kind == "choice" else variable.kind
    default = "" if variable.default is None else f", else {variable.default}"
    optional = "" if variable.required or default else ", may be left out"
    return f"{variable.label or variable.name} ({kind}{default}{optional})"


def _finding(found: Finding) -> str:
    return f"{found.line}:{found.column} {found.severity}: {found.message} {found.remedy}".strip()


def _tell(prompt: Prompt, words: str, *, as_json: bool) -> None:
    if as_json:
        print_json(prompt)
    else:
        say(words)
