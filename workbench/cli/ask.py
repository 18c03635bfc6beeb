"""`workbench ask …`: one question, and the reply as it arrives."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

import workbench
from workbench import errors
from workbench.cli import INTERRUPTED
from workbench.cli.experiences import complete
from workbench.cli.output import as_json, note, print_json
from workbench.client import Workbench
from workbench.client.given import describe
from workbench.client.records import Delta, Done, Snapshot
from workbench.conversations import attachments, drawn
from workbench.conversations.records import Fault, Given, Message
from workbench.errors import InvalidInputError, ProviderError, WorkbenchError
from workbench.plain import PlainStream
from workbench.providers.estimate import Estimate


@click.command()
@click.argument("text")
@click.option("--experience", "-e", required=True, metavar="NAME", shell_complete=complete, help="Where to ask.")
@click.option("--model", "-m", metavar="ID", help="The model to ask; without it, the Experience's own or the default.")
@click.option(
    "--with",
    "-w",
    "files",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Give a text file or a picture with the question; for several, repeat it.",
)
@click.option("--new", is_flag=True, help="Begin a conversation; without it, the latest one goes on.")
@click.option("--estimate", is_flag=True, help="Say what it would take and cost, and ask nothing.")
@as_json
def ask(
    text: str,
    experience: str,
    model: str | None,
    files: tuple[Path, ...],
    *,
    new: bool,
    estimate: bool,
    as_json: bool,
) -> None:
    """Ask a model, inside an Experience.

    TEXT is the question; `-` reads it from stdin. The reply is printed as it arrives and saved; Ctrl-C stops it, and
    keeps what has arrived.
    """
    question = sys.stdin.read() if text == "-" else text
    if not question.strip():
        raise InvalidInputError("There is no question.", remedy='Say it: `workbench ask "Why is the sky blue?" …`.')
    given = _given(files)
    with workbench.connect(door="cli") as bench:
        if estimate:
            _say(_estimate(bench, experience, question, model, given, new=new), as_json=as_json)
            return
        where = _conversation(bench, experience, new=new)
        reply = bench.conversations.send(where, question, model=model, attachments=given).reply
        if given:
            note(drawn.given_plainly(given))
        try:
            final = _arrive(bench, reply, quiet=as_json)
        except KeyboardInterrupt:
            bench.conversations.stop(reply.id)
            click.echo()
            note("Stopped; what had arrived is kept.")
            raise click.exceptions.Exit(INTERRUPTED) from None
    if as_json:
        print_json(final)
    elif sys.stdout.isatty():
        note(f"── {drawn.about(final)}")
    if final.fault:
        raise _error(final.fault)
    if final.status == "interrupted":
        raise ProviderError(
            "The reply was interrupted; what had arrived is kept.", remedy="Open it in JupyterLab to let it go on."
        )


def _estimate(
    bench: Workbench, experience: str, question: str, model: str | None, given: tuple[Given, ...], *, new: bool
) -> Estimate:
    """What the question would take; no conversation is begun for it."""
    where = bench.experiences.find(experience)
    latest = () if new else bench.conversations.list(where.id, limit=1).conversations
    if not latest:
        return bench.experiences.estimate(where.id, question, model=model, attachments=given)
    return bench.conversations.estimate(latest[0].id, question, model=model, attachments=given)


def _say(found: Estimate, *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    for line in found.lines():
        click.echo(line)


def _given(files: Sequence[Path]) -> tuple[Given, ...]:
    """What the files hold. Raises InvalidInputError for what cannot be given, before anything is begun."""
    return attachments.clean(describe(list(files), names={}))


def _conversation(bench: Workbench, experience: str, *, new: bool) -> str:
    """The conversation to ask in: the latest one of the Experience, or a new one."""
    where = bench.experiences.find(experience)
    latest = () if new else bench.conversations.list(where.id, limit=1).conversations
    return latest[0].id if latest else bench.conversations.create(where.id).id


def _arrive(bench: Workbench, reply: Message, *, quiet: bool) -> Message:
    """Print a reply as it arrives; its message when it has ended."""
    final = reply
    safe = PlainStream()
    for piece in _pieces(bench, reply.id):
        if isinstance(piece, Message):
            final = piece
        elif not quiet:
            click.echo(safe.feed(piece), nl=False)
    if not quiet:
        click.echo(safe.end())
    return final


def _pieces(bench: Workbench, reply_id: str) -> Iterator[str | Message]:
    """The text of a reply, piece by piece, then its message; nothing twice, though the stream may begin again."""
    shown = ""
    for event in bench.conversations.stream(reply_id):
        if isinstance(event, Delta):
            yield event.text
            shown += event.text
        elif isinstance(event, Snapshot | Done):
            yield event.message.text.removeprefix(shown)
            shown = event.message.text
            if isinstance(event, Done):
                yield event.message


def _error(fault: Fault) -> WorkbenchError:
    """The error that ended a reply, so that its exit code is that error's."""
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, WorkbenchError)]
    kind = next((kind for kind in kinds if kind.code == fault.code), ProviderError)
    return kind(fault.message, remedy=fault.remedy)
