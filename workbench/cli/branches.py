"""`workbench branches`: the tree of a conversation, and what is deleted of it."""

import re
import shutil
import sys
from collections.abc import Iterator, Sequence

import click

import workbench
from workbench.cli.conversations import SHOWN, author, branch, whole, whole_message
from workbench.cli.output import as_json, moment, note, padded, print_json, print_table, say
from workbench.conversations.records import BranchChange, ConversationTree, Message
from workbench.conversations.tree import followers
from workbench.plain import one_line
from workbench.shown import counted

_ID = re.compile(r"[0-9a-fA-F-]+")
_PREVIEW = 200
_WIDEST_GUIDE = 30
"""So many columns of lines stand before a message at most: ten forks above it."""


class _Branches(click.Group):
    """A group that shows the conversation whose id stands in a command's place."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and _ID.fullmatch(args[0]):
            args = ["show", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_Branches)
def branches() -> None:
    """See a conversation's branches, and delete or restore one.

    `workbench branches CONVERSATION` shows them.
    """


@branches.command()
@click.argument("conversation")
@as_json
def show(conversation: str, *, as_json: bool) -> None:
    """Show every message of a conversation as a tree; a * marks the branch that was looked at last.

    CONVERSATION is an id as `workbench conversations list` shows it, or whole. Branches begin where lines fork.
    """
    with workbench.connect(door="cli") as bench:
        tree = bench.conversations.get(whole(bench, conversation))
    if as_json:
        print_json(tree)
        return
    say(tree.conversation.title or "(no title)")
    if not tree.messages:
        note("It holds no messages.")
    limit = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for line in _lines(tree):
        click.echo(line if limit is None else padded(line, limit).rstrip())


@branches.command()
@click.argument("message")
@as_json
def delete(message: str, *, as_json: bool) -> None:
    """Delete a message and all that follows it, on every branch; it can be restored.

    MESSAGE is an id as `workbench branches CONVERSATION` shows it, or whole.
    """
    with workbench.connect(door="cli") as bench:
        change = bench.branches.delete(whole_message(bench, message))
    words = f"Deleted {counted(change.messages, 'message')}. To undo: `workbench branches restore {change.message_id}`."
    _tell(change, words, as_json=as_json)


@branches.command()
@click.argument("message")
@as_json
def restore(message: str, *, as_json: bool) -> None:
    """Bring back what was deleted with a message; `workbench branches deleted` shows the whole ids."""
    with workbench.connect(door="cli") as bench:
        change = bench.branches.restore(message)
    words = f"Restored {counted(change.messages, 'message')}." if change.messages else "It is there already."
    _tell(change, words, as_json=as_json)


@branches.command()
@click.argument("conversation")
@as_json
def deleted(conversation: str, *, as_json: bool) -> None:
    """List what was deleted of a conversation, the latest first."""
    with workbench.connect(door="cli") as bench:
        found = bench.branches.deleted(whole(bench, conversation))
    if as_json:
        print_json(found)
    elif found:
        columns = ("From", "Text", "Messages", "Deleted", "Id")
        rows = (
            [author(one.message), _preview(one.message), str(one.messages), moment(one.deleted_at), one.message.id]
            for one in found
        )
        print_table(columns, rows, whole=columns[2:])
    else:
        note("Nothing of this conversation is deleted.")


def _tell(change: BranchChange, words: str, *, as_json: bool) -> None:
    if as_json:
        print_json(change)
    else:
        say(words)


def _lines(tree: ConversationTree) -> Iterator[str]:
    """A line for each message, from the first on: its id, whether it is shown, where it hangs, and how it begins."""
    following = followers(tree.messages)
    shown = {message.id for message in branch(tree)}
    waiting = _hung(following.get(None, ()), "")
    while waiting:
        message, lead, guide = waiting.pop()
        mark = "*" if message.id in shown else " "
        lead = lead if len(lead) <= _WIDEST_GUIDE else f"…{lead[1 - _WIDEST_GUIDE :]}"
        words = one_line(f"{author(message)} · {moment(message.created_at)} · {_preview(message)}")
        yield f"{message.id[-SHOWN:]} {mark} {lead}{words}"
        waiting += _hung(following.get(message.id, ()), guide)


def _hung(beside: Sequence[Message], guide: str) -> list[tuple[Message, str, str]]:
    """What hangs below one message, the last first: each with the lines before it, and those before what follows it."""
    if len(beside) < 2:
        return [(each, guide, guide) for each in beside]
    *others, last = beside
    return [(last, f"{guide}└─ ", f"{guide}   "), *((each, f"{guide}├─ ", f"{guide}│  ") for each in others[::-1])]


def _preview(message: Message) -> str:
    return one_line(message.text[:_PREVIEW]) or (message.fault.message if message.fault else message.status)
