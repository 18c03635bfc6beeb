"""`workbench rate …`: what one thinks of a reply."""

import sys
from typing import TYPE_CHECKING, cast

import click

import workbench
from workbench.cli.conversations import whole_message
from workbench.cli.output import as_json, print_json, say
from workbench.conversations import drawn
from workbench.errors import InvalidInputError

if TYPE_CHECKING:
    from workbench.conversations.records import Rating


@click.command()
@click.argument("message_id", metavar="MESSAGE")
@click.argument("rating", type=click.Choice(["up", "down", "clear"]))
@click.option("--note", metavar="TEXT", help='Why, in up to 2,000 characters; `-` reads it from stdin, "" removes it.')
@as_json
def rate(message_id: str, rating: str, note: str | None, *, as_json: bool) -> None:
    """Say whether a reply was good; `clear` takes thumb and note back.

    MESSAGE is the reply's id as `workbench conversations show` shows it, or whole. Without --note, a note that is there
    stays.
    """
    is_cleared = rating == "clear"
    if is_cleared and note is not None:
        raise InvalidInputError("A note goes with a thumb.", remedy="Say `up` or `down`, or leave out --note.")
    with workbench.connect(door="cli") as bench:
        id = whole_message(bench, message_id, author="assistant")
        if is_cleared:
            rated = bench.conversations.remove_rating(id)
        else:
            said = sys.stdin.read() if note == "-" else note
            rated = bench.conversations.rate(id, cast("Rating", rating), note=said)
    if as_json:
        print_json(rated)
    else:
        say(drawn.rated(rated) or "Thumb and note are taken back.")
