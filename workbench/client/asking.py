"""Asking one model or several, and waiting for what they reply, shown as it arrives."""

import contextlib
import queue
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from workbench.client import screens
from workbench.client.comparison import Comparison
from workbench.client.conversations import Conversations
from workbench.client.records import Delta, Done, ReplyEvent, Snapshot, Waiting
from workbench.client.reply import Reply
from workbench.client.screens import Screen
from workbench.clock import new_id
from workbench.conversations.records import Fault, Given, Message
from workbench.errors import NotFoundError, WorkbenchError

Arriving = tuple[int, ReplyEvent | WorkbenchError]
"""Which reply it is of, and what has come."""


def ask(
    conversations: Conversations,
    conversation_id: str,
    text: str,
    *,
    model: str | None = None,
    given: tuple[Given, ...] = (),
    over_budget: bool = False,
    allow_rules: Sequence[str] = (),
) -> Reply:
    """The reply to a question, once it has ended; an interrupt (Ctrl-C, Jupyter's ■) stops it and keeps what arrived.

    Raises what `Conversations.send` raises, and OwnerLostError where the owner is gone for good.
    """
    reply_id = new_id()
    with _stopping(conversations, [reply_id]):
        asked = conversations.send(
            conversation_id,
            text,
            model=model,
            reply_id=reply_id,
            attachments=given,
            over_budget=over_budget,
            allow_rules=allow_rules,
        )
    (ended,) = _ended(conversations, asked.replies, given)
    return Reply(conversations, ended, given)


def compare(
    conversations: Conversations,
    conversation_id: str,
    text: str,
    models: Sequence[str],
    *,
    given: tuple[Given, ...] = (),
    over_budget: bool = False,
    allow_rules: Sequence[str] = (),
) -> Comparison:
    """The replies of several models that are asked at once, when all have ended; an interrupt stops all.

    Raises what `Conversations.send` raises, and OwnerLostError where the owner is gone for good.
    """
    reply_ids = [new_id() for _ in models]
    with _stopping(conversations, reply_ids):
        asked = conversations.send(
            conversation_id,
            text,
            models=models,
            reply_ids=reply_ids,
            attachments=given,
            over_budget=over_budget,
            allow_rules=allow_rules,
        )
    replies = [Reply(conversations, each, given) for each in _ended(conversations, asked.replies, given)]
    return Comparison(
        conversations,
        replies,
        given,
        merge=lambda by, over, rules: merge(conversations, replies, model=by, over_budget=over, allow_rules=rules),
    )


def merge(
    conversations: Conversations,
    replies: Sequence[Reply],
    *,
    model: str | None,
    over_budget: bool,
    allow_rules: Sequence[str],
) -> Reply:
    """The reply in which a model merges these, of one question, once it has ended; an interrupt stops it."""
    question_id = replies[0].message.parent_id or ""
    reply_id = new_id()
    with _stopping(conversations, [reply_id]):
        begun = conversations.merge(
            question_id,
            model=model,
            replies=[each.id for each in replies if each.text],
            reply_id=reply_id,
            over_budget=over_budget,
            allow_rules=allow_rules,
        )
    (ended,) = _ended(conversations, (begun,), ())
    return Reply(conversations, ended)


@contextlib.contextmanager
def _stopping(conversations: Conversations, reply_ids: Sequence[str]) -> Iterator[None]:
    """Where this is interrupted while replies are asked for, they are stopped: they may have begun."""
    try:
        yield
    except KeyboardInterrupt:
        for id in reply_ids:
            with contextlib.suppress(NotFoundError):  # it had not been saved
                conversations.stop(id)
        raise


def _ended(conversations: Conversations, replies: tuple[Message, ...], given: tuple[Given, ...]) -> tuple[Message, ...]:
    """The replies as they ended, shown as they arrive."""
    screen = screens.current(given)
    try:
        screen.grow(*replies)
        ended = _arrive(conversations, list(replies), screen)
    except KeyboardInterrupt:
        ended = [conversations.stop(each.id) for each in replies]
    screen.end(*ended)
    return tuple(ended)


def _arrive(conversations: Conversations, replies: list[Message], screen: Screen) -> list[Message]:
    """The replies as they ended.

    Each stream is read in a thread of its own, so that what has come is drawn in time where nothing more comes, and an
    interrupt finds this one waiting and not in the middle of an answer.
    """
    arriving: queue.SimpleQueue[Arriving] = queue.SimpleQueue()
    for at, reply in enumerate(replies):
        threading.Thread(target=_read, args=(at, conversations.stream(reply.id), arriving), daemon=True).start()
    running = len(replies)
    while running:
        try:
            at, event = arriving.get(timeout=screen.wait_s())
        except queue.Empty:
            screen.draw()
            continue
        if isinstance(event, WorkbenchError):
            fault = Fault(code=event.code, message=event.message, remedy=event.remedy)
            screen.end(*(_lost(each, fault) for each in replies))
            raise event
        if isinstance(event, Waiting):
            if len(replies) == 1:  # several are drawn together: one that waits does not hide the others
                screen.pause(replies[0], event.message)
            continue
        replies[at] = _grown(replies[at], event)
        running -= isinstance(event, Done)
        if running:
            screen.grow(*replies)
    return replies


def _grown(reply: Message, event: Snapshot | Delta | Done) -> Message:
    if isinstance(event, Delta):
        return replace(reply, text=reply.text + event.text, reasoning=reply.reasoning + event.reasoning)
    return event.message


def _lost(reply: Message, fault: Fault) -> Message:
    return replace(reply, status="interrupted", fault=fault) if reply.status == "running" else reply


def _read(at: int, events: Iterable[ReplyEvent], arriving: "queue.SimpleQueue[Arriving]") -> None:
    try:
        for event in events:
            arriving.put((at, event))
    except WorkbenchError as error:
        arriving.put((at, error))
