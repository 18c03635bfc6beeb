"""`workbench personalities …`: how replies are to sound."""

from collections.abc import Callable
from typing import Any, TypeVar, cast, get_args

import click
from click.shell_completion import CompletionItem

import workbench
from workbench.cli.conversations import whole
from workbench.cli.experiences import complete as complete_experience
from workbench.cli.figures import print_figures
from workbench.cli.output import as_json, moment, note, print_json, print_table, say
from workbench.client import Workbench
from workbench.client.personalities import NONE
from workbench.client.records import Delta, Done
from workbench.conversations import drawn
from workbench.errors import ProviderError, WorkbenchError
from workbench.personalities.records import (
    CharacterChanges,
    Emoji,
    Exchange,
    Formality,
    Length,
    Personality,
    PersonalityTemplate,
)
from workbench.plain import PlainStream, plain

_Command = TypeVar("_Command", bound=Callable[..., object])
_LISTS = {"traits", "do", "dont", "examples"}
_NO_CHOICE = {"formality", "emoji", "length"}
_FIELDS = tuple(CharacterChanges.__annotations__)


def complete(_ctx: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """The names that begin so, for the shell; none where no Workbench is running."""
    try:
        with workbench.connect(start=False, door="cli") as bench:
            names = [each.name for each in bench.personalities.list()]
    except WorkbenchError:
        return []
    return [CompletionItem(name) for name in names if name.casefold().startswith(begun.casefold())]


name_argument = click.argument("name", shell_complete=complete)


def _character(command: _Command) -> _Command:
    """The options that say what a character is."""
    options = (
        click.option("--role", help="Who answers: “an experienced statistician”."),
        click.option("--trait", "traits", multiple=True, help="A trait, like “patient”; for several, repeat it."),
        click.option("--tone", help="Like “warm and encouraging”."),
        click.option("--style", help="Like “short paragraphs, one idea in each”."),
        click.option("--formality", type=click.Choice(get_args(Formality)), help="How it speaks to you."),
        click.option("--audience", help="Who is written for."),
        click.option("--do", multiple=True, help="Something to do; for several, repeat it."),
        click.option("--dont", multiple=True, help="Something not to do; for several, repeat it."),
        click.option(
            "--example",
            "examples",
            nargs=2,
            multiple=True,
            metavar="QUESTION ANSWER",
            help="What is asked, and how it is to be answered; for several, repeat it.",
        ),
        click.option("--language", help="What is answered in, whatever is asked in."),
        click.option("--emoji", type=click.Choice(get_args(Emoji)), help="How many of them."),
        click.option("--length", type=click.Choice(get_args(Length)), help="How long answers are."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.group()
def personalities() -> None:
    """Say how replies are to sound: by fields that become an instruction to the model.

    NAME is a personality's name or its id; case does not count.
    """


@personalities.command("list")
@click.option(
    "--state", type=click.Choice(["active", "trashed", "all"]), default="active", show_default=True, help="Which ones."
)
@as_json
def list_(state: str, *, as_json: bool) -> None:
    """List your personalities."""
    with workbench.connect(door="cli") as bench:
        found = bench.personalities.list(None if state == "all" else cast("Any", state))
    if as_json:
        print_json(found)
    elif found:
        rows = [(each.name, each.description, str(each.version), moment(each.updated_at)) for each in found]
        print_table(("Name", "Description", "Version", "Changed"), rows, whole=("Version", "Changed"))
    elif state == "trashed":
        say("No personality is in the trash.")
    else:
        say("No personalities yet. Take one that is shipped: `workbench personalities templates`.")


@personalities.command()
@as_json
def templates(*, as_json: bool) -> None:
    """List the personalities that are shipped, to be taken with `create --template`."""
    with workbench.connect(door="cli") as bench:
        found = bench.personalities.templates()
    if as_json:
        print_json(found)
    else:
        print_table(("Template", "Description"), [(each.name, each.description) for each in found], whole=("Template",))


@personalities.command()
@click.argument("name")
@as_json
def show(name: str, *, as_json: bool) -> None:
    """Show what a personality, or a template, tells the model."""
    with workbench.connect(door="cli") as bench:
        found = _template(bench, name) or bench.personalities.find(name)
    if as_json:
        print_json(found)
        return
    if isinstance(found, Personality):
        trash = ", in the trash" if found.state == "trashed" else ""
        say(f"{found.name} (version {found.version}{trash})")
    else:
        say(f"{found.title} (template)")
    if found.description:
        say(found.description)
    click.echo()
    click.echo(plain(found.instruction) or "(It tells the model nothing.)")


@personalities.command()
@click.argument("name", default="")
@click.option("--template", metavar="TEMPLATE", help="Begin from this one (`workbench personalities templates`).")
@click.option("--description", default="", help="What it is good for.")
@_character
@as_json
def create(name: str, template: str | None, description: str, *, as_json: bool, **given: object) -> None:
    """Make a personality, from nothing or from a template; without NAME it has the template's title."""
    with workbench.connect(door="cli") as bench:
        made = bench.personalities.create(name, template=template, description=description, **_changes(given))
    _tell(made, f"Made the personality {made.name!r}. Use it: `workbench personalities use`.", as_json=as_json)


@personalities.command("set")
@name_argument
@click.option("--name", "new_name", help="Another name.")
@click.option("--description", help="What it is good for.")
@_character
@click.option("--clear", type=click.Choice(_FIELDS), multiple=True, help="Empty a field; for several, repeat it.")
@click.option("--note", default="", help="Why, to be kept with the version.")
@as_json
def set_(
    name: str,
    new_name: str | None,
    description: str | None,
    clear: tuple[str, ...],
    note: str,
    *,
    as_json: bool,
    **given: object,
) -> None:
    """Change a personality; what is not named stays. A list that is given replaces the one there was."""
    with workbench.connect(door="cli") as bench:
        before = bench.personalities.find(name)
        after = bench.personalities.update(
            before.id,
            name=new_name,
            description=description,
            note=note,
            revision=before.revision,
            **_changes(given, clear),
        )
    changed = after.version != before.version
    words = f"{after.name!r} is now at version {after.version}." if changed else f"{after.name!r} was so already."
    _tell(after, words, as_json=as_json)


@personalities.command()
@name_argument
@as_json
def figures(name: str, *, as_json: bool) -> None:
    """Show how the replies were that each version shaped."""
    with workbench.connect(door="cli") as bench:
        found = bench.personalities.figures(bench.personalities.find(name).id)
    print_figures(found, as_json=as_json)


@personalities.command()
@name_argument
@as_json
def versions(name: str, *, as_json: bool) -> None:
    """List what a personality has been, the latest first."""
    with workbench.connect(door="cli") as bench:
        found = bench.personalities.versions(bench.personalities.find(name).id)
    if as_json:
        print_json(found)
    else:
        rows = [(str(each.number), moment(each.created_at), each.name, each.note) for each in found]
        print_table(("Version", "Made", "Name", "Note"), rows, whole=("Version", "Made"))


@personalities.command()
@name_argument
@click.argument("before", type=int)
@click.argument("after", type=int, required=False)
@as_json
def diff(name: str, before: int, after: int | None, *, as_json: bool) -> None:
    """Show what is different between version BEFORE and version AFTER, or the present one."""
    with workbench.connect(door="cli") as bench:
        one = bench.personalities.find(name)
        found = bench.personalities.difference(one.id, before, after or one.version)
    if as_json:
        print_json(found)
    else:
        click.echo(plain(str(found)) or "They are the same.")


@personalities.command("roll-back")
@name_argument
@click.argument("version", type=int)
@as_json
def roll_back(name: str, version: int, *, as_json: bool) -> None:
    """Make a personality what it was in an earlier VERSION; nothing is lost by it."""
    with workbench.connect(door="cli") as bench:
        before = bench.personalities.find(name)
        after = bench.personalities.roll_back(before.id, version, revision=before.revision)
    _tell(
        after,
        f"{after.name!r} is what it was in version {version}; that is version {after.version} now.",
        as_json=as_json,
    )


@personalities.command()
@click.argument("name", shell_complete=complete)
@click.option("--experience", "-e", metavar="NAME", shell_complete=complete_experience, help="Where.")
@click.option("--conversation", "-c", metavar="ID", help="In this conversation only.")
def use(name: str, experience: str | None, conversation: str | None) -> None:
    """Let a personality shape the replies in an Experience, or in one conversation.

    `none` is none; in a conversation, `own` is that of its Experience again.
    """
    if (experience is None) == (conversation is None):
        raise click.UsageError("Choose --experience or --conversation.")
    with workbench.connect(door="cli") as bench:
        if experience is not None:
            found = bench.personalities.use(None if name == NONE else name, experience)
            where = repr(found.name)
        else:
            id = whole(bench, conversation or "")
            chosen = None if name == "own" else name
            where = repr(bench.personalities.use_in_conversation(chosen, id).title or "the conversation")
    if name == NONE:
        say(f"No personality shapes the replies in {where} from now on.")
    elif name == "own":
        say(f"The personality of its Experience shapes the replies in {where} from now on.")
    else:
        say(f"{name!r} shapes the replies in {where} from now on.")


@personalities.command()
@click.argument("name")
@click.argument("question")
@click.option(
    "--experience", "-e", metavar="NAME", shell_complete=complete_experience, help="With the settings of this one."
)
@click.option("--model", "-m", metavar="ID", help="The model to ask.")
@as_json
def preview(name: str, question: str, experience: str | None, model: str | None, *, as_json: bool) -> None:
    """Ask QUESTION of a model as this personality, or template, would shape it; nothing of it is kept."""
    with workbench.connect(door="cli") as bench:
        found = _template(bench, name) or bench.personalities.find(name)
        character = cast(CharacterChanges, {field: getattr(found.character, field) for field in _FIELDS})
        begun = bench.personalities.begin_preview(question, experience=experience, model=model, **character)
        safe, ended = PlainStream(), begun
        for event in bench.personalities.stream_preview(begun.id):
            if isinstance(event, Delta) and not as_json:
                click.echo(safe.feed(event.text), nl=False)
            elif isinstance(event, Done):
                ended = event.message
    if as_json:
        print_json(ended)
        return
    click.echo(safe.end())
    note(f"── {drawn.about(ended)}")
    if ended.fault:
        raise ProviderError(ended.fault.message, remedy=ended.fault.remedy)


@personalities.command()
@name_argument
@as_json
def delete(name: str, *, as_json: bool) -> None:
    """Move a personality to the trash: it shapes nothing from now on."""
    with workbench.connect(door="cli") as bench:
        after = bench.personalities.delete(bench.personalities.find(name).id)
    _tell(after, f"{after.name!r} is in the trash. To undo: `workbench personalities restore`.", as_json=as_json)


@personalities.command()
@name_argument
@as_json
def restore(name: str, *, as_json: bool) -> None:
    """Take a personality out of the trash."""
    with workbench.connect(door="cli") as bench:
        trashed = [each for each in bench.personalities.list("trashed") if each.name.casefold() == name.casefold()]
        found = trashed[0] if trashed else bench.personalities.find(name)
        after = bench.personalities.restore(found.id)
    _tell(after, f"{after.name!r} is active.", as_json=as_json)


def _template(bench: Workbench, name: str) -> PersonalityTemplate | None:
    return next((each for each in bench.personalities.templates() if each.name == name), None)


def _changes(given: dict[str, object], clear: tuple[str, ...] = ()) -> CharacterChanges:
    """What options say of a character; None and an empty list were not given."""
    found: dict[str, object] = {field: value for field, value in given.items() if value not in (None, ())}
    if "examples" in found:
        pairs = cast("tuple[tuple[str, str], ...]", found["examples"])
        found["examples"] = tuple(Exchange(question=question, answer=answer) for question, answer in pairs)
    for field in clear:
        found[field] = () if field in _LISTS else None if field in _NO_CHOICE else ""
    return cast(CharacterChanges, found)


def _tell(personality: Personality, words: str, *, as_json: bool) -> None:
    if as_json:
        print_json(personality)
    else:
        say(words)
