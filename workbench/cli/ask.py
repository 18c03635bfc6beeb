"""`workbench ask …`: one question, and the reply as it arrives, or those of several models, one after the other."""

import functools
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import click

import workbench
from workbench import errors
from workbench.cli import INTERRUPTED
from workbench.cli.experiences import complete
from workbench.cli.output import as_json, note, print_json, say
from workbench.cli.prompts import read_values
from workbench.client import Workbench
from workbench.client.comparison import FEWEST
from workbench.client.given import describe
from workbench.client.records import Delta, Done, Snapshot
from workbench.conversations import attachments, drawn
from workbench.conversations.records import Fault, Given, Message
from workbench.errors import InvalidInputError, ProviderError, WorkbenchError
from workbench.plain import PlainStream
from workbench.prompts import slash
from workbench.providers.estimate import Estimate


@click.command()
@click.argument("text")
@click.option("--experience", "-e", required=True, metavar="NAME", shell_complete=complete, help="Where to ask.")
@click.option(
    "--model",
    "-m",
    "models",
    multiple=True,
    metavar="ID",
    help="The model to ask; without it, the Experience's own or the default. Repeat it to ask several at once.",
)
@click.option("--merge", metavar="ID", help="Let this model make one reply of those of several models.")
@click.option(
    "--with",
    "-w",
    "files",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Give a text file, a picture or a PDF with the question; for several, repeat it.",
)
@click.option("--new", is_flag=True, help="Begin a conversation; without it, the latest one goes on.")
@click.option("--over-budget", is_flag=True, help="Ask though a budget is reached; that is written down.")
@click.option(
    "--allow-rule",
    "allow_rules",
    multiple=True,
    metavar="ID",
    help="Ask in spite of this rule, which asks before; for several, repeat it.",
)
@click.option("--estimate", is_flag=True, help="Say what it would take and cost, and ask nothing.")
@as_json
def ask(
    text: str,
    experience: str,
    models: tuple[str, ...],
    merge: str | None,
    files: tuple[Path, ...],
    allow_rules: tuple[str, ...],
    *,
    new: bool,
    over_budget: bool,
    estimate: bool,
    as_json: bool,
) -> None:
    """Ask a model, inside an Experience.

    TEXT is the question; `-` reads it from stdin. `/name variable=value …` is a prompt of your library, filled in;
    `variable=-` reads a value from stdin. The reply is printed as it arrives and saved; Ctrl-C stops it, and
    keeps what has arrived. Several models are asked at once, and what each replies is printed below its name.
    """
    question = sys.stdin.read() if text == "-" else text
    if not question.strip():
        raise InvalidInputError("There is no question.", remedy='Say it: `workbench ask "Why is the sky blue?" …`.')
    if merge and len(models) < FEWEST:
        raise InvalidInputError("There is nothing to merge.", remedy="Name two models or more: `-m a -m b --merge c`.")
    given = _given(files)
    call = None if text == "-" else slash.parsed(text)
    with workbench.connect(door="cli") as bench:
        if call:
            question = bench.prompts.fill(replace(call, values=read_values(call.values)))
        if estimate:
            found = [_estimate(bench, experience, question, each, given, new=new) for each in models or (None,)]
            _say(found, as_json=as_json)
            return
        if merge:
            bench.models.get(merge)  # one that there is not is refused before anything is asked
        where = _conversation(bench, experience, new=new)
        begun = _begun(bench, where, question, models, given, over_budget=over_budget, allow_rules=allow_rules)
        if given:
            note(drawn.given_plainly(given))
        ended = _arrive_all(bench, begun, quiet=as_json)
        if merge and sum(1 for each in ended if each.text) >= FEWEST:
            merged = bench.conversations.merge(
                begun[0].parent_id or "", model=merge, over_budget=over_budget, allow_rules=allow_rules
            )
            ended += _arrive_all(bench, (merged,), quiet=as_json, headed=True)
    if as_json:
        print_json(ended if len(ended) > 1 else ended[0])
    elif len(ended) == 1 and sys.stdout.isatty():
        note(f"── {drawn.about(ended[0])}")
    _fail(ended)


def _begun(
    bench: Workbench,
    where: str,
    question: str,
    models: tuple[str, ...],
    given: tuple[Given, ...],
    *,
    over_budget: bool,
    allow_rules: tuple[str, ...],
) -> tuple[Message, ...]:
    """The replies that have started; with what rules say, and at a terminal with what is to be said of a budget."""
    send = functools.partial(
        bench.conversations.send, where, question, attachments=given, over_budget=over_budget, allow_rules=allow_rules
    )
    if len(models) < FEWEST:
        model = next(iter(models), None)
        turn = send(model=model)
    else:
        turn = send(models=models)
    if turn.budget and sys.stdout.isatty():
        note(turn.budget)
    if turn.rules:
        note(turn.rules)
    return turn.replies


def _fail(ended: Sequence[Message]) -> None:
    """Raise what ended the first reply that did not end well; of several, the others have said theirs."""
    for final in ended:
        if final.fault:
            raise _error(final.fault)
        if final.status == "interrupted":
            raise ProviderError(
                "The reply was interrupted; what had arrived is kept.", remedy="Open it in JupyterLab to let it go on."
            )


def _arrive_all(
    bench: Workbench, replies: tuple[Message, ...], *, quiet: bool, headed: bool = False
) -> tuple[Message, ...]:
    """Print replies, each in its turn as it arrives, several of them below their names; all when they have ended."""
    headed = headed or len(replies) > 1
    ended: list[Message] = []
    try:
        for reply in replies:
            if headed and not quiet:
                say(f"{drawn.heading(reply)}{' (merged)' if reply.merged_from else ''}")
            ended.append(_arrive(bench, reply, quiet=quiet))
            if headed and not quiet:
                _conclude(ended[-1])
    except KeyboardInterrupt:
        for reply in replies[len(ended) :]:
            bench.conversations.stop(reply.id)
        click.echo()
        note("Stopped; what had arrived is kept.")
        raise click.exceptions.Exit(INTERRUPTED) from None
    return tuple(ended)


def _conclude(final: Message) -> None:
    """Below a reply among others: how it ended."""
    if final.fault:
        say(f"{final.fault.message} {final.fault.remedy}".strip())
    say(f"({drawn.about(final)})")
    click.echo()


def _estimate(
    bench: Workbench, experience: str, question: str, model: str | None, given: tuple[Given, ...], *, new: bool
) -> Estimate:
    """What the question would take; no conversation is begun for it."""
    where = bench.experiences.find(experience)
    latest = () if new else bench.conversations.list(where.id, limit=1).conversations
    if not latest:
        return bench.experiences.estimate(where.id, question, model=model, attachments=given)
    return bench.conversations.estimate(latest[0].id, question, model=model, attachments=given)


def _say(found: Sequence[Estimate], *, as_json: bool) -> None:
    if as_json:
        print_json(found if len(found) > 1 else found[0])
        return
    for each in found:
        for line in each.lines():
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
