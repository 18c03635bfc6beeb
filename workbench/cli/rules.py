"""`workbench rules`: what may be sent to models and come back from them, and what a reply has to be like."""

import sys
from typing import cast, get_args

import click

import workbench
from workbench.cli.experiences import complete
from workbench.cli.output import as_json, note, print_json, print_table, say
from workbench.client import Workbench
from workbench.errors import NotFoundError
from workbench.plain import plain
from workbench.rules.records import Action, Direction, Firing, Kind, Rule

_SHOWN = 8
"""As many characters of an id tell it from the others."""
_direction = click.option(
    "--direction", type=click.Choice(get_args(Direction)), help="What is sent, what comes back, or both."
)
_action = click.option("--action", type=click.Choice(get_args(Action)), help="What is done where it finds something.")
_text = click.option("--text", metavar="TEXT", help="A pattern (RE2), what is required or forbidden, or a language.")
_most_words = click.option("--most-words", type=int, metavar="N", help="How long a reply may be.")
_name = click.option("--name", metavar="NAME", help="What it is called; else by what it is.")
_experience = click.option("--experience", "-e", metavar="NAME", shell_complete=complete, help="For this Experience.")
_conversation = click.option("--conversation", "-c", metavar="ID", help="For this conversation.")


@click.group()
def rules() -> None:
    """Say what may be sent to models, what may come back, and what a reply has to be like."""


@rules.command("list")
@as_json
def list_(*, as_json: bool) -> None:
    """Show every rule, in the order of precedence."""
    with workbench.connect(door="cli") as bench:
        found = bench.rules.list()
        order = bench.rules.order if not as_json and sys.stdout.isatty() else ()
    if as_json:
        print_json(found)
    elif found:
        print_table(("ID", "NAME", "LOOKS FOR", "WHERE", "DIRECTION", "ACTION"), map(_row, found))
    else:
        note("There are no rules. Add one: `workbench rules add secrets`.")
    for line in order:
        note(line)


@rules.command()
@click.argument("kind", type=click.Choice(get_args(Kind)))
@click.argument("words", nargs=-1)
@_text
@_most_words
@_name
@_direction
@_action
@_experience
@_conversation
@click.option("--off", is_flag=True, help="Keep it, and let it do nothing.")
@as_json
def add(
    kind: str,
    words: tuple[str, ...],
    text: str | None,
    most_words: int | None,
    name: str | None,
    direction: str | None,
    action: str | None,
    experience: str | None,
    conversation: str | None,
    *,
    off: bool,
    as_json: bool,
) -> None:
    """Add a rule of a KIND, for everything, an Experience or a conversation.

    WORDS are words, beginnings of words of a topic, names of detectors (none: all), tools or hosts.
    """
    with workbench.connect(door="cli") as bench:
        made = bench.rules.add(
            cast("Kind", kind),
            *words,
            text=text or "",
            most_words=most_words,
            name=name or "",
            direction=cast("Direction", direction or "both"),
            action=cast("Action", action or "redact"),
            enabled=not off,
            experience=experience,
            conversation=conversation,
        )
    if as_json:
        print_json(made)
    else:
        held = f" A reply is held back by at most {made.longest:,} characters." if made.longest else ""
        say(f"Added {made.name!r} ({made.id[-_SHOWN:]}).{held}")


@rules.command()
@click.argument("rule_id", metavar="RULE")
@click.option("--word", "words", multiple=True, metavar="WORD", help="Its words from now on; repeat it for several.")
@_text
@_most_words
@_name
@_direction
@_action
@as_json
def change(
    rule_id: str,
    words: tuple[str, ...],
    text: str | None,
    most_words: int | None,
    name: str | None,
    direction: str | None,
    action: str | None,
    *,
    as_json: bool,
) -> None:
    """Change what is given; a rule is named by its id, or the end of it."""
    with workbench.connect(door="cli") as bench:
        found = find(bench, rule_id)
        changed = bench.rules.change(
            found.id,
            words=words or None,
            text=text,
            most_words=most_words,
            name=name,
            direction=cast("Direction | None", direction),
            action=cast("Action | None", action),
            revision=found.revision,
        )
    if as_json:
        print_json(changed)
    else:
        say(f"Changed {changed.name!r}.")


@rules.command()
@click.argument("rule_id", metavar="RULE")
def enable(rule_id: str) -> None:
    """Keep to a rule again."""
    _switch(rule_id, on=True)


@rules.command()
@click.argument("rule_id", metavar="RULE")
def disable(rule_id: str) -> None:
    """Keep a rule, and let it do nothing."""
    _switch(rule_id, on=False)


@rules.command()
@click.argument("rule_id", metavar="RULE")
@click.argument("position", type=click.IntRange(min=1))
def move(rule_id: str, position: int) -> None:
    """Put a rule at another place, from 1, among those of its scope."""
    with workbench.connect(door="cli") as bench:
        found = find(bench, rule_id)
        bench.rules.move(found.id, position - 1)
    say(f"Moved {found.name!r}.")


@rules.command()
@click.argument("rule_id", metavar="RULE")
def delete(rule_id: str) -> None:
    """Keep to a rule no longer."""
    with workbench.connect(door="cli") as bench:
        found = find(bench, rule_id)
        bench.rules.delete(found.id)
    say(f"Deleted {found.name!r}. `workbench rules restore {found.id}` brings it back.")


@rules.command()
@click.argument("rule_id", metavar="RULE")
def restore(rule_id: str) -> None:
    """Bring a deleted rule back; it is named by its whole id."""
    with workbench.connect(door="cli") as bench:
        restored = bench.rules.restore(rule_id)
    say(f"Restored {restored.name!r}.")


@rules.command("try")
@click.argument("text")
@click.option("--incoming", is_flag=True, help="As if it came from a model; else as if it were sent.")
@_experience
@_conversation
@as_json
def try_(text: str, experience: str | None, conversation: str | None, *, incoming: bool, as_json: bool) -> None:
    """Show what the rules would do with a TEXT; `-` reads it from stdin. Nothing is sent."""
    with workbench.connect(door="cli") as bench:
        tried = bench.rules.try_(
            sys.stdin.read() if text == "-" else text,
            direction="incoming" if incoming else "outgoing",
            experience=experience,
            conversation=conversation,
        )
    if as_json:
        print_json(tried)
        return
    note(tried.message)
    click.echo(plain(tried.text))


@rules.command()
@click.option("--rule", metavar="RULE", help="Only what this rule found; its id, or the end of it.")
@click.option("--conversation", "-c", metavar="ID", help="Only in this conversation.")
@click.option("--most", type=click.IntRange(1, 1000), default=50, help="How many at most; else 50.")
@as_json
def firings(rule: str | None, conversation: str | None, most: int, *, as_json: bool) -> None:
    """Show what rules have found, the latest first."""
    with workbench.connect(door="cli") as bench:
        rule_id = None if rule is None else find(bench, rule).id
        found = bench.rules.firings(rule=rule_id, conversation=conversation, most=most)
    if as_json:
        print_json(found)
    elif found:
        print_table(("ID", "WHEN", "RULE", "FOUND", "OUTCOME", "TEXT"), map(_fired, found))
    else:
        note("No rule has found anything.")


@rules.command()
@click.argument("firing_id", metavar="FIRING")
def undo(firing_id: str) -> None:
    """Put back into a reply what was taken out of it; a firing is named by its id, or the end of it."""
    with workbench.connect(door="cli") as bench:
        bench.rules.undo(_firing(bench, firing_id).id)
    say("Put it back into the reply.")


@rules.command()
@click.argument("firing_id", metavar="FIRING")
@click.argument("why")
def report(firing_id: str, why: str) -> None:
    """Say WHY what a rule has done was wrong; it is kept here, and goes nowhere."""
    with workbench.connect(door="cli") as bench:
        bench.rules.report(_firing(bench, firing_id).id, why)
    say("Noted.")


def _switch(rule_id: str, *, on: bool) -> None:
    with workbench.connect(door="cli") as bench:
        changed = bench.rules.change(find(bench, rule_id).id, enabled=on)
    say(f"{changed.name!r} is {'on' if on else 'off'}.")


def find(bench: Workbench, rule_id: str) -> Rule:
    """The rule that an id, or the end of one, names. Raises NotFoundError."""
    found = [one for one in bench.rules.list() if one.id.endswith(rule_id)]
    if len(found) != 1:
        raise NotFoundError(
            f"{'No' if not found else 'More than one'} rule's id ends in {rule_id!r}.",
            remedy="`workbench rules list` shows them.",
        )
    return found[0]


def _firing(bench: Workbench, firing_id: str) -> Firing:
    found = [one for one in bench.rules.firings(most=1000) if one.id.endswith(firing_id)]
    if len(found) != 1:
        raise NotFoundError(
            f"{'No' if not found else 'More than one'} firing's id ends in {firing_id!r}.",
            remedy="`workbench rules firings` shows the latest.",
        )
    return found[0]


def _row(one: Rule) -> tuple[str, ...]:
    where = {"home": "everywhere", "experience": "an Experience", "conversation": "a conversation"}[one.scope]
    of_words = ", ".join(one.words) or ("everything" if one.kind in {"secrets", "personal"} else "")
    sought = one.text or (f"at most {one.most_words:,} words" if one.most_words else of_words)
    off = "" if one.enabled else " (off)"
    return (one.id[-_SHOWN:], f"{one.name}{off}", f"{one.kind}: {sought}", where, one.direction, one.action)


def _fired(one: Firing) -> tuple[str, ...]:
    count = f" × {one.count:,}" if one.count > 1 else ""
    state = " (put back)" if one.undone_at else " (reported as wrong)" if one.reported else ""
    when = f"{one.created_at.astimezone():%Y-%m-%d %H:%M}"
    return (one.id[-_SHOWN:], when, one.rule, f"{one.what}{count}", f"{one.direction}, {one.outcome}{state}", one.taken)
