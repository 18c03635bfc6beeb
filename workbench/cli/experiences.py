"""`workbench experiences …`."""

from collections.abc import Callable
from typing import cast

import click
from click.shell_completion import CompletionItem

import workbench
from workbench.cli.models import default_model
from workbench.cli.output import as_json, moment, note, print_facts, print_json, print_table, say
from workbench.client import Workbench
from workbench.client.experiences import Experiences
from workbench.errors import WorkbenchError
from workbench.experiences.records import Experience, ExperienceChanges, Privacy, State


def complete(_ctx: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """The names that begin so, for the shell; none where no Workbench is running."""
    try:
        with workbench.connect(start=False, door="cli") as bench:
            names = [experience.name for experience in bench.experiences.list(None)]
    except WorkbenchError:
        return []
    return [CompletionItem(name) for name in names if name.casefold().startswith(begun.casefold())]


_OWN, _DEFAULT = "own", "default"
"""What takes a setting back."""


class _OrOwn(click.ParamType[object]):
    """A number, or `own`."""

    name = "number"

    def __init__(self, number: click.ParamType[float] | click.ParamType[int]) -> None:
        self._number = number

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> object:
        """The number; `own` as it is."""
        return value if value == _OWN else self._number.convert(value, param, ctx)


name_argument = click.argument("name", shell_complete=complete)


@click.group()
def experiences() -> None:
    """Make and keep Experiences: topic workspaces.

    NAME is an Experience's name, its folder's name or its id; case does not count.
    """


@experiences.command("list")
@click.option(
    "--state",
    type=click.Choice(["active", "archived", "trashed", "all"]),
    default="active",
    show_default=True,
    help="Which ones.",
)
@as_json
def list_(state: str, *, as_json: bool) -> None:
    """List Experiences, the one changed last first."""
    states: dict[str, State] = {"active": "active", "archived": "archived", "trashed": "trashed"}
    with workbench.connect(door="cli") as bench:
        found = bench.experiences.list(states.get(state))
    if as_json:
        print_json(found)
    elif found:
        rows = [(e.name, e.category, e.privacy, e.state, moment(e.updated_at)) for e in found]
        print_table(("Name", "Category", "Privacy", "State", "Changed"), rows, whole=("Privacy", "State", "Changed"))
    elif state in ("active", "all"):
        say("No Experiences yet. Make one: `workbench experiences create NAME`.")
    else:
        say(f"No Experience is {state}.")


@experiences.command()
@click.argument("name")
@click.option("--description", default="", help="What it is about.")
@click.option("--category", default="", help="A word to group it by.")
@click.option("--public", "privacy", flag_value="public", help="Your other Experiences may use it.")
@click.option(
    "--private", "privacy", flag_value="private", default="private", help="Only its own chats see it. [default]"
)
@click.option("--model", help="The model that answers here (`workbench models list`); without it, the default one.")
@as_json
def create(name: str, description: str, category: str, privacy: Privacy, model: str | None, *, as_json: bool) -> None:
    """Make an Experience."""
    with workbench.connect(door="cli") as bench:
        opened = bench.experiences.create(
            name, description=description, category=category, privacy=privacy, model=model
        )
    made = opened.record
    _tell(made, f"Made the {made.privacy} Experience {made.name!r}.", as_json=as_json)


@experiences.command()
@name_argument
@as_json
def show(name: str, *, as_json: bool) -> None:
    """Show one Experience."""
    with workbench.connect(door="cli") as bench:
        found = bench.experiences.find(name)
        unsent = "" if as_json else _not_sent_to(bench, found)
    if as_json:
        print_json(found)
        return
    temperature = "(the provider's own)" if found.temperature is None else f"{found.temperature:g}"
    facts = {
        "Name": found.name,
        "Description": found.description,
        "Category": found.category,
        "Privacy": found.privacy,
        "State": found.state,
        "Model": found.model or "(the default)",
        "Fallbacks": ", ".join(found.fallbacks) or "(none)",
        "Temperature": f"{temperature}, {unsent}" if unsent else temperature,
        "Longest reply": (
            "(the provider's own)" if found.max_output_tokens is None else f"{found.max_output_tokens:,} tokens"
        ),
        "Folder": found.slug,
        "Id": found.id,
        "Made": moment(found.created_at),
        "Changed": moment(found.updated_at),
    }
    print_facts(facts)


@experiences.command()
@name_argument
@click.argument("new_name")
@as_json
def rename(name: str, new_name: str, *, as_json: bool) -> None:
    """Give an Experience another name; its folder stays where it is."""
    _change(name, lambda kept, it: kept.update(it.id, revision=it.revision, name=new_name), as_json=as_json)


@experiences.command()
@name_argument
@click.argument("description")
@as_json
def describe(name: str, description: str, *, as_json: bool) -> None:
    """Say what an Experience is about."""
    _change(name, lambda kept, it: kept.update(it.id, revision=it.revision, description=description), as_json=as_json)


@experiences.command("set")
@name_argument
@click.option("--model", metavar="ID", help="The model that answers; `default`: the home's default.")
@click.option(
    "--fallback",
    "fallbacks",
    multiple=True,
    metavar="ID",
    help="A model that is asked instead where that one gives nothing; for several, repeat it, in their order.",
)
@click.option("--no-fallbacks", is_flag=True, help="Ask nobody else.")
@click.option("--temperature", metavar="NUMBER", type=_OrOwn(click.FLOAT), help="0 to 2; `own`: the provider's own.")
@click.option(
    "--max-output-tokens",
    metavar="NUMBER",
    type=_OrOwn(click.INT),
    help="The longest reply; `own`: the provider's own.",
)
@as_json
def set_(name: str, fallbacks: tuple[str, ...], *, no_fallbacks: bool, as_json: bool, **given: object) -> None:
    """Say how replies are asked for in an Experience; what is not named stays as it is.

    `workbench models list` shows the ids of models.
    """
    if fallbacks and no_fallbacks:
        raise click.UsageError("Choose --fallback or --no-fallbacks.")
    changes = {
        field: None if value in (_OWN, _DEFAULT) else value for field, value in given.items() if value is not None
    }
    if fallbacks or no_fallbacks:
        changes["fallbacks"] = fallbacks
    if not changes:
        raise click.UsageError("Say what to set.")
    said = cast(ExperienceChanges, changes)
    with workbench.connect(door="cli") as bench:
        before = bench.experiences.find(name)
        after = bench.experiences.update(before.id, revision=before.revision, **said)
        unsent = _not_sent_to(bench, after)
    _tell(after, sentence(before, after), as_json=as_json)
    if unsent:
        note(f"The temperature is {unsent}.")


@experiences.command()
@name_argument
@as_json
def archive(name: str, *, as_json: bool) -> None:
    """Put an Experience out of the way."""
    _change(name, lambda kept, it: kept.archive(it.id), as_json=as_json)


@experiences.command()
@name_argument
@as_json
def unarchive(name: str, *, as_json: bool) -> None:
    """Bring an archived Experience back."""
    _change(name, lambda kept, it: kept.unarchive(it.id), as_json=as_json)


@experiences.command()
@name_argument
@as_json
def delete(name: str, *, as_json: bool) -> None:
    """Move an Experience to the trash, whence it can be restored; its folder is left alone."""
    _change(name, lambda kept, it: kept.delete(it.id), as_json=as_json)


@experiences.command()
@name_argument
@as_json
def restore(name: str, *, as_json: bool) -> None:
    """Take an Experience out of the trash; of several with that name, the one thrown away last."""
    _change(name, lambda kept, it: kept.restore(_in_trash(kept, it).id), as_json=as_json)


def _change(name: str, change: Callable[[Experiences, Experience], Experience], *, as_json: bool) -> None:
    with workbench.connect(door="cli") as bench:
        before = bench.experiences.find(name)
        after = change(bench.experiences, before)
    _tell(after, sentence(before, after), as_json=as_json)


def _in_trash(kept: Experiences, named: Experience) -> Experience:
    """The Experience of that name in the trash, where an active one may have taken the name since."""
    same = (one for one in kept.list("trashed") if one.name.casefold() == named.name.casefold())
    return next(same, named)


def sentence(before: Experience, after: Experience) -> str:
    """What has become of an Experience, and how to undo it."""
    if before.name != after.name:
        return f"{before.name!r} is now called {after.name!r}."
    if after.state == "archived":
        return f"{after.name!r} is archived. To bring it back: `workbench experiences unarchive`."
    if after.state == "trashed":
        return f"{after.name!r} is in the trash. To undo: `workbench experiences restore`."
    if before.description != after.description:
        return f"{after.name!r} has a new description."
    if _answering(before) != _answering(after):
        return (
            f"{after.name!r} is answered by {', then '.join([after.model or 'the default model', *after.fallbacks])}."
        )
    return f"{after.name!r} is active."


def _not_sent_to(bench: Workbench, one: Experience) -> str:
    """`not sent to openai/o3, which takes none`: of the models that answer; empty: it is sent, or none is set."""
    if one.temperature is None:
        return ""
    models = {model.id: model for model in bench.models.list()}
    first = one.model or default_model(bench)
    without = [id for id in (first, *one.fallbacks) if id in models and models[id].temperature is False]
    return f"not sent to {' and '.join(without)}, which takes none" if without else ""


def _answering(one: Experience) -> tuple[object, ...]:
    return one.model, one.fallbacks, one.temperature, one.max_output_tokens


def _tell(experience: Experience, words: str, *, as_json: bool) -> None:
    if as_json:
        print_json(experience)
    else:
        say(words)
