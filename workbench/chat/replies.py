"""Replies that are being written: read from the gateway, saved in parts, shown to whoever looks.

A reply runs in the owner and not on behalf of a screen: readers come and go, and see all of it.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from workbench.chat import endings, tools
from workbench.conversations.records import Fault, Message, Status, Tried
from workbench.conversations.store import Part
from workbench.errors import ProviderError, WorkbenchError
from workbench.providers.fallback import Asker, Plan, Turned, Waiting
from workbench.providers.ledger import About, Call, Purpose
from workbench.providers.records import Finished, ReasoningDelta, TextDelta, ToolCall

SAVE_EVERY_S = 0.3
"""How often what has arrived is saved: a killed owner loses at most this and what one commit takes."""
QUIET_S = 15.0
"""How long a reader waits without hearing that the reply still runs."""
KEEP_TRYING_S = 5.0
"""How long to wait between two attempts to save a reply that could not be saved."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Piece:
    """What has just arrived."""

    text: str
    reasoning: str


@dataclass(eq=False)
class _Running:
    """A reply while it is being written."""

    message: Message
    """As it was when it began: a reply that goes on already has text."""
    started: float
    purpose: Purpose
    pieces: list[Piece] = field(default_factory=list)
    saved: int = 0
    """How many of the pieces are on disk."""
    part_number: int = 0
    """Of the next part to be saved."""
    first_token_ms: int | None = None
    calls: list[Call] = field(default_factory=list)
    """What was asked of models for it, and has ended."""
    saved_calls: int = 0
    """How many of the calls are on disk."""
    waiting: Waiting | None = None
    """Why nothing arrives for a while."""
    ended: Message | None = None
    reading: bool = False
    """Its stream is being read; before, nothing has arrived, and after, no part is saved any more."""
    cancelled_as: Literal["stopped", "interrupted"] | None = None
    task: asyncio.Task[None] | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    woken: float = field(default_factory=time.monotonic)
    """When its readers last heard of it."""

    def now(self) -> Message:
        arrived = _joined(self.pieces)
        return replace(
            self.message,
            text=self.message.text + arrived.text,
            reasoning=self.message.reasoning + arrived.reasoning,
            first_token_ms=self.first_token_ms,
        )

    def note(self, call: Call) -> None:
        """Keep a call; what was left early was so for the same reason as the reply."""
        if call.ended == "stopped":
            call = replace(call, ended=self.cancelled_as or "interrupted")
        self.calls.append(call)

    def turn(self, turned: Turned, tried: tuple[Tried, ...]) -> None:
        """Go on with another model; `tried` are those of an earlier beginning."""
        model = turned.model
        if model.id != self.message.model:
            self.waiting = Waiting(message=f"Asking {model.name} instead.")
        self.message = replace(
            self.message,
            model=model.id,
            model_name=model.name,
            provider=model.provider,
            unsent=turned.unsent,
            verified=model.verified,
            tried=(*tried, *(Tried(model=id, code=code) for id, code in turned.missed)),
        )
        self.wake()

    def cancel(self, status: Literal["stopped", "interrupted"]) -> None:
        """Break off its stream, or let it not begin; one that has ended stays as it ended."""
        self.cancelled_as = self.cancelled_as or status
        if self.task is not None and self.reading:
            self.task.cancel()

    def wake(self) -> None:
        """Let the readers look; each waits on the event that is current when it has read everything."""
        self.woken = time.monotonic()
        self.changed.set()
        self.changed = asyncio.Event()


class Keeps(Protocol):
    """Where replies are kept, and the calls that they took."""

    def append_parts(self, parts: Sequence[Part], calls: Sequence[Call] = ()) -> None:
        """Keep what has arrived of running replies."""
        ...

    def finish(self, reply: Message, calls: Sequence[Call] = ()) -> Message:
        """Keep a reply as it has ended."""
        ...


class Replies:
    """All replies that run. Used on one event loop."""

    def __init__(self, asker: Asker, conversations: Keeps, group: asyncio.TaskGroup) -> None:
        """`group` is where the work runs: it is left only after `leave`."""
        self._asker = asker
        self._conversations = conversations
        self._group = group
        self._running: dict[str, _Running] = {}
        self._saver: asyncio.Task[None] | None = None
        self._saving = asyncio.Lock()
        self._leaving = asyncio.Event()

    def leave(self) -> None:
        """Interrupt what runs and save it: the owner is about to end."""
        self._leaving.set()
        for running in self._running.values():
            running.cancel("interrupted")

    def __len__(self) -> int:
        return len(self._running)

    def start(self, message: Message, plan: Plan, purpose: Purpose) -> None:
        """Let a reply that has been saved as running be written; after `leave` it is interrupted at once."""
        running = _Running(message=message, started=time.monotonic(), purpose=purpose)
        if self._leaving.is_set():
            running.cancel("interrupted")
        self._running[message.id] = running
        running.task = self._group.create_task(self._write(running, plan))
        if self._saver is None or self._saver.done():
            self._saver = self._group.create_task(self._save_while_running())

    def is_running(self, message_id: str) -> bool:
        """Whether the reply is being written by this process. Safe from any thread."""
        return message_id in self._running

    async def stop(self, message_id: str) -> Message | None:
        """End a reply, keeping what has arrived; None if it does not run."""
        running = self._running.get(message_id)
        if running is None:
            return None
        running.cancel("stopped")
        while running.ended is None:
            await running.changed.wait()
        return running.ended

    async def follow(self, message_id: str) -> "AsyncIterator[Message | Piece | Waiting | None]":
        """A running reply: as it is now, each piece that arrives, and as it ended. Nothing if it does not run.

        In between, why nothing arrives for a while.

        None says that nothing has arrived for about `QUIET_S`.
        """
        running = self._running.get(message_id)
        if running is None:
            return
        seen = len(running.pieces)
        told: Waiting | None = None
        yield running.now()
        while True:
            changed = running.changed
            if running.waiting is not None and running.waiting is not told:
                told = running.waiting
                yield told
            elif len(running.pieces) > seen:
                fresh = running.pieces[seen:]
                seen += len(fresh)
                yield fresh[0] if len(fresh) == 1 else _joined(fresh)
            elif running.ended is not None:
                yield running.ended
                return
            else:
                await changed.wait()
                if len(running.pieces) == seen and running.ended is None and running.waiting in (None, told):
                    yield None

    async def _write(self, running: _Running, plan: Plan) -> None:
        """Read the stream to its end, whatever that is, and save how it ended."""
        finished: Finished | None = None
        status: Status = "complete"
        fault: Fault | None = None
        try:
            if running.cancelled_as is None:
                running.reading = True
                finished = await self._read(running, plan)
                status, fault = endings.ending(finished, running.message.provider)
            else:
                status = running.cancelled_as
        except asyncio.CancelledError:
            status = running.cancelled_as or "interrupted"
        except WorkbenchError as error:
            status, fault = "failed", Fault.of(error)
        except Exception:
            log.exception("A reply failed unexpectedly.")
            fault = Fault(code=ProviderError.code, message="The reply failed unexpectedly.", remedy="Try again.")
            status = "failed"
        await self._end(running, plan, finished, status, fault)

    async def _read(self, running: _Running, plan: Plan) -> Finished:
        message = running.message
        about = About(
            purpose=running.purpose,
            experience_id=message.experience_id or None,
            conversation_id=message.conversation_id or None,
            message_id=message.id if message.conversation_id else None,
        )
        tried = message.tried
        async with aclosing(self._asker.stream(plan, about, running.note)) as stream:
            async for event in stream:
                match event:
                    case TextDelta(text=text):
                        self._arrived(running, Piece(text, ""))
                    case ReasoningDelta(text=text):
                        self._arrived(running, Piece("", text))
                    case ToolCall():
                        self._arrived(running, Piece(tools.told(event), ""))
                    case Waiting():
                        running.waiting = event
                        running.wake()
                    case Turned():
                        running.turn(event, tried)
                    case Finished():
                        return event
        raise AssertionError("a stream ends with `Finished`, or raises")

    def _arrived(self, running: _Running, piece: Piece) -> None:
        if running.first_token_ms is None:
            running.first_token_ms = round((time.monotonic() - running.started) * 1000)
        running.waiting = None
        running.pieces.append(piece)
        running.wake()

    async def _end(
        self, running: _Running, plan: Plan, finished: Finished | None, status: Status, fault: Fault | None
    ) -> None:
        running.reading = False
        ended = replace(
            running.now(),
            status=status,
            fault=fault,
            total_ms=round((time.monotonic() - running.started) * 1000),
            model_name=(finished.model_name if finished else None) or running.message.model_name,
            input_tokens=finished.input_tokens if finished else None,
            output_tokens=finished.output_tokens if finished else None,
            cost_usd=finished.cost_usd if finished else None,
        )
        async with self._saving:
            pass  # parts that are being saved now must lie before what drops them
        while not await self._saved(running, ended) and not self._leaving.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._leaving.wait(), KEEP_TRYING_S)
        plan.allowance.end()
        del self._running[running.message.id]
        running.wake()

    async def _saved(self, running: _Running, ended: Message) -> bool:
        """Whether the reply could be saved; where not, its readers are told why, and have all of its text."""
        try:
            calls = running.calls[running.saved_calls :]
            running.ended = await asyncio.to_thread(self._conversations.finish, ended, calls)
        except WorkbenchError as error:
            log.error("A reply could not be saved: %s", error.code)  # noqa: TRY400  (the code says it all)
            running.ended = replace(ended, status="failed", fault=Fault.of(error))
            running.wake()
            return False
        return True

    async def _save_while_running(self) -> None:
        """Save what has arrived of all replies together, as long as any runs; the saving counts as waiting.

        Readers of a reply that is quiet are woken from here: a timer for each of them would be set with each token.
        """
        saved_in_s = 0.0
        while self._running:
            await asyncio.sleep(max(0.0, SAVE_EVERY_S - saved_in_s))
            began = time.monotonic()
            async with self._saving:
                await self._save()
            for running in self._running.values():
                if time.monotonic() - running.woken > QUIET_S:
                    running.wake()
            saved_in_s = time.monotonic() - began

    async def _save(self) -> None:
        parts: list[Part] = []
        calls: list[Call] = []
        taken: list[tuple[_Running, int]] = []
        noted: list[tuple[_Running, int]] = []
        for running in self._running.values():
            fresh = running.pieces[running.saved :]
            ended = running.calls[running.saved_calls :] if running.reading else []
            if ended:
                calls += ended
                noted.append((running, len(ended)))
            if fresh and running.reading:
                message = running.message
                piece = _joined(fresh)
                parts.append(Part(message.id, message.experience_id, running.part_number, piece.text, piece.reasoning))
                taken.append((running, len(fresh)))
        if not parts and not calls:
            return
        try:
            await asyncio.to_thread(self._conversations.append_parts, parts, calls)
        except WorkbenchError as error:
            log.error("Parts of running replies could not be saved: %s", error.code)  # noqa: TRY400
            return
        for running, count in taken:
            running.saved += count
            running.part_number += 1
        for running, count in noted:
            running.saved_calls += count


def _joined(pieces: list[Piece]) -> Piece:
    return Piece("".join(p.text for p in pieces), "".join(p.reasoning for p in pieces))
