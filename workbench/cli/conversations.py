"""`workbench conversations …`."""

import re

import click

import workbench
from workbench.cli.experiences import complete
from workbench.cli.output import as_json, moment, note, print_json, print_table, say
from workbench.client import Workbench
from workbench.conversations import drawn
from workbench.conversations.records import Author, ConversationTree, Message
from workbench.errors import NotFoundError
from workbench.plain import plain

WHOLE = 36
SHOWN = 12
"""Of an id, its end: the part that chance made."""


@click.group()
def conversations() -> None:
    """Look at conversations."""


@conversations.command("list")
@click.option("--experience", metavar="NAME", shell_complete=complete, help="Only those of this Experience.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True, help="How many at most.")
@click.option("--cursor", help="Read on: `next_cursor` of the page before.")
@as_json
def list_(experience: str | None, limit: int, cursor: str | None, *, as_json: bool) -> None:
    """List conversations, the one changed last first."""
    with workbench.connect(door="cli") as bench:
        only = bench.experiences.find(experience).id if experience else None
        page = bench.conversations.list(only, limit=limit, cursor=cursor)
        names = {} if only or as_json else {e.id: e.name for e in bench.experiences.list(None)}
    if as_json:
        print_json(page)
        return
    if not page.conversations:
        say("No conversations yet. Begin one: `workbench ask TEXT --experience NAME`.")
        return
    columns = ["Title", "Messages", "Changed", "Id"]
    rows = [[c.title, str(c.message_count), moment(c.updated_at), c.id[-SHOWN:]] for c in page.conversations]
    if names:
        columns.insert(0, "Experience")
        rows = [[names.get(c.experience_id, ""), *row] for c, row in zip(page.conversations, rows, strict=True)]
    print_table(columns, rows, whole=("Messages", "Changed", "Id"))
    if page.next_cursor:
        note(f"{page.total} in all. The next ones: --cursor {page.next_cursor}")


@conversations.command()
@click.argument("id")
@as_json
def show(id: str, *, as_json: bool) -> None:
    """Show a conversation: the branch that was looked at last; with --json every branch.

    ID is as the list shows it, or whole.
    """
    with workbench.connect(door="cli") as bench:
        tree = bench.conversations.get(whole(bench, id))
    if as_json:
        print_json(tree)
        return
    say(tree.conversation.title or "(no title)")
    for message in branch(tree):
        click.echo()
        say(" · ".join(_heading(message)))
        click.echo(plain(message.text))
        if message.attachments:
            note(drawn.given_plainly(message.attachments))
        if message.fault:
            note(f"{message.status}: {message.fault.message} {message.fault.remedy}")
        elif message.status != "complete":
            note(message.status)
        if message.rating:
            say(drawn.rated(message))


def whole(bench: Workbench, ending: str) -> str:
    """The id that ends so. Raises NotFoundError."""
    if len(ending) == WHOLE:
        return ending
    cursor = None
    while True:
        page = bench.conversations.list(limit=200, cursor=cursor)
        for conversation in page.conversations:
            if conversation.id.endswith(ending.lower()):
                return conversation.id
        cursor = page.next_cursor
        if cursor is None:
            raise NotFoundError(
                f"There is no conversation {ending!r}.", remedy="`workbench conversations list` shows those there are."
            )


def whole_message(bench: Workbench, ending: str, *, author: Author | None = None) -> str:
    """The id of the message that ends so, or of the reply. Raises NotFoundError."""
    ending = ending.lower()
    if len(ending) == WHOLE:
        return ending
    found: list[str] = []
    if re.fullmatch("[0-9a-f-]+", ending):
        wrote = f"author = '{author}'" if author else "true"
        query = f"SELECT id::VARCHAR AS id FROM messages WHERE {wrote} AND suffix(id::VARCHAR, '{ending}') LIMIT 2"  # noqa: S608
        found = bench.sql(query)["id"].to_list()
    if len(found) != 1:
        noun = "reply" if author == "assistant" else "message"
        raise NotFoundError(
            f"{'More than one' if found else 'No'} {noun}'s id ends in {ending!r}.",
            remedy="`workbench conversations show ID` shows them.",
        )
    return found[0]


def branch(tree: ConversationTree) -> list[Message]:
    """The messages from the beginning to the last one shown."""
    by_id = {message.id: message for message in tree.messages}
    messages: list[Message] = []
    at = tree.conversation.head_id
    while at in by_id:
        messages.append(by_id[at])
        at = by_id[at].parent_id
    return messages[::-1]


def _heading(message: Message) -> list[str]:
    """Who and when; of a reply also the end of its id, under which it can be rated."""
    about = [f"── {author(message)}", moment(message.created_at)]
    if message.author == "user":
        return about
    return [*about, *(() if message.verified else ("not verified",)), message.id[-SHOWN:]]


def author(message: Message) -> str:
    """Who wrote a message, for people."""
    return "You" if message.author == "user" else message.model_name or message.model or "Model"
