"""Asking and waiting for the reply, shown as it arrives."""

import contextlib
import queue
import threading
from collections.abc import Iterable
from dataclasses import replace

from workbench.client import screens
from workbench.client.conversations import Conversations
from workbench.client.records import Delta, Done, ReplyEvent, Snapshot, Waiting
from workbench.client.reply import Reply
from workbench.client.screens import Screen
from workbench.clock import new_id
from workbench.conversations.records import Fault, Given, Message
from workbench.errors import NotFoundError, WorkbenchError

Arriving = ReplyEvent | WorkbenchError


def ask(
    conversations: Conversations,
    conversation_id: str,
    text: str,
    *,
    model: str | None = None,
    given: tuple[Given, ...] = (),
) -> Reply:
    """The reply to a question, once it has ended; an interrupt (Ctrl-C, Jupyter's ■) stops it and keeps what arrived.

    Raises what `Conversations.send` raises, and OwnerLostError where the owner is gone for good.
    """
    reply_id = new_id()
    try:
        asked = conversations.send(conversation_id, text, model=model, reply_id=reply_id, attachments=given)
    except KeyboardInterrupt:
        with contextlib.suppress(NotFoundError):  # it had not been saved
            conversations.stop(reply_id)
        raise
    screen = screens.current(given)
    try:
        screen.grow(asked.reply)
        ended = _arrive(conversations, asked.reply, screen)
    except KeyboardInterrupt:
        ended = conversations.stop(reply_id)
    screen.end(ended)
    return Reply(ended, given)


def _arrive(conversations: Conversations, reply: Message, screen: Screen) -> Message:
    """The reply as it ended.

    The stream is read in a thread of its own, so that what has come is drawn in time where nothing more comes, and an
    interrupt finds this one waiting and not in the middle of an answer.
    """
    arriving: queue.SimpleQueue[Arriving] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(conversations.stream(reply.id), arriving), daemon=True).start()
    while True:
        try:
            event = arriving.get(timeout=screen.wait_s())
        except queue.Empty:
            screen.draw()
            continue
        match event:
            case Done(message=message):
                return message
            case Snapshot(message=message):
                reply = message
            case Delta(text=text, reasoning=reasoning):
                reply = replace(reply, text=reply.text + text, reasoning=reply.reasoning + reasoning)
            case Waiting(message=why):
                screen.pause(reply, why)
                continue
            case WorkbenchError():
                fault = Fault(code=event.code, message=event.message, remedy=event.remedy)
                screen.end(replace(reply, status="interrupted", fault=fault))
                raise event
        screen.grow(reply)


def _read(events: Iterable[ReplyEvent], arriving: "queue.SimpleQueue[Arriving]") -> None:
    try:
        for event in events:
            arriving.put(event)
    except WorkbenchError as error:
        arriving.put(error)
