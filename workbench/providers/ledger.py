"""The ledger of calls: each request that went to a model, how it ended, and what it took."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol

from workbench.clock import new_id, utc_now
from workbench.errors import ProviderError, StreamCutError, WorkbenchError
from workbench.providers.guarding import Guard
from workbench.providers.records import ChatRequest, Finished, Model, StreamEvent
from workbench.providers.spending import Paid, Purse
from workbench.storage.database import Database, Transaction
from workbench.storage.register import OWNER_ID

Purpose = Literal["question", "retry", "merge", "continue", "check", "summary", "preview", "trial", "judge"]
"""A new reply, another one beside it, one made of several, one that goes on; a model that is tried; what an agent has
summed up; a personality that is tried; a reply of a trial, and what a judge says of such."""
Ended = Literal["complete", "stopped", "interrupted", "failed"]

log = logging.getLogger(__name__)


class Gateway(Protocol):
    """What asks models."""

    def stream(self, request: ChatRequest) -> AsyncIterator[StreamEvent]:
        """What a model answers, piece by piece; exactly one `Finished`, last."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a model is asked for."""

    purpose: Purpose
    experience_id: str | None = None
    conversation_id: str | None = None
    message_id: str | None = None
    allowed: tuple[str, ...] = ()
    """The ids of rules that the sender has let pass."""
    also: tuple[tuple[str, int], ...] = ()
    """The ids and revisions of rules that hold beside those that hold there anyway."""
    paid: Paid = field(default_factory=Paid)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request to a model that has ended: a row of the ledger."""

    id: str
    about: About
    provider: str
    model: str
    """The model's id."""
    attempt: int
    """Which request it was of those to this model for the same thing, from 1."""
    ended: Ended
    error: str | None = None
    """The code of the error it failed with."""
    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    cost_usd: Decimal | None = None
    """None: unknown."""
    first_token_ms: int | None = None
    total_ms: int | None = None
    created_at: datetime
    """When it was sent."""


Note = Callable[[Call], None]


def add(tx: Transaction, calls: Iterable[Call]) -> None:
    """Write calls down."""
    for call in calls:
        about = call.about
        row = (
            call.id,
            OWNER_ID,
            about.experience_id,
            about.message_id,
            about.purpose,
            call.provider,
            call.model,
            call.attempt,
            call.ended,
            call.error,
            call.input_tokens,
            call.output_tokens,
            call.cached_tokens,
            call.cost_usd,
            call.first_token_ms,
            call.total_ms,
            call.created_at,
            about.paid.over_budget_id,
            about.paid.least_usd,
        )
        tx.log("calls", row)


def noted(
    gateway: Gateway, request: ChatRequest, about: About, note: Note, *, guard: Guard | None = None, attempt: int = 1
) -> AsyncGenerator[StreamEvent]:
    """What the gateway gives and the guard lets through; `note` is told of the call when it has ended, as it may.

    One that is left early is `stopped`. Where it does not end as its provider says, what the guard held back is lost:
    it may be the beginning of what nobody is to see, and the reply goes on before it. Raises StreamCutError where the
    reply ends and nobody has said so, and what `Guard.screen` raises.
    """
    if guard is None or (guard.is_idle and not about.also):
        return _noted(gateway, request, about, note, attempt)
    return _guarded(gateway, request, about, note, guard, attempt)


async def _guarded(
    gateway: Gateway, request: ChatRequest, about: About, note: Note, guard: Guard, attempt: int
) -> AsyncGenerator[StreamEvent]:
    screen = await asyncio.to_thread(
        guard.screen,
        request,
        experience_id=about.experience_id,
        conversation_id=about.conversation_id,
        message_id=about.message_id,
        allowed=about.allowed,
        also=about.also,
    )
    try:
        async with aclosing(_noted(gateway, screen.request if screen else request, about, note, attempt)) as events:
            async for event in events:
                for shown in screen.shown(event) if screen else (event,):
                    yield shown
    finally:
        if screen is not None:
            await asyncio.to_thread(screen.keep)


async def _noted(
    gateway: Gateway, request: ChatRequest, about: About, note: Note, attempt: int
) -> AsyncGenerator[StreamEvent]:
    call = _Open(request.model, about, attempt, note)
    try:
        async with aclosing(gateway.stream(request)) as events:  # type: ignore[type-var]  # an async generator
            async for event in events:
                call.saw(event)
                yield event
        call.refuse_cut()
    except (GeneratorExit, asyncio.CancelledError):
        call.end("stopped")
        raise
    except Exception as error:
        call.end("failed", error=error.code if isinstance(error, WorkbenchError) else ProviderError.code)
        raise


class _Open:
    """A call that has not ended."""

    def __init__(self, model: Model, about: About, attempt: int, note: Note) -> None:
        self.is_noted = False
        self._model = model
        self._about = about
        self._attempt = attempt
        self._note = note
        self._created_at = utc_now()
        self._began = time.monotonic()
        self._first_token_ms: int | None = None

    def saw(self, event: StreamEvent) -> None:
        if isinstance(event, Finished):
            self.end("complete", finished=event)
        elif self._first_token_ms is None:
            self._first_token_ms = self._ms()

    def refuse_cut(self) -> None:
        """Raise StreamCutError if nobody has said that the reply is complete."""
        if not self.is_noted:
            raise StreamCutError(
                "The model's server ended the reply without saying that it is complete.",
                remedy="Continue it, or try again.",
            )

    def end(self, ended: Ended, *, finished: Finished | None = None, error: str | None = None) -> None:
        """Note how it ended; the first word on that is the last."""
        if self.is_noted:
            return
        self.is_noted = True
        self._note(
            Call(
                id=new_id(),
                about=self._about,
                provider=self._model.provider,
                model=self._model.id,
                attempt=self._attempt,
                ended=ended,
                error=error,
                input_tokens=finished.input_tokens if finished else None,
                output_tokens=finished.output_tokens if finished else None,
                cached_tokens=finished.cached_tokens if finished else None,
                cost_usd=finished.cost_usd if finished else None,
                first_token_ms=self._first_token_ms,
                total_ms=self._ms(),
                created_at=self._created_at,
            )
        )

    def _ms(self) -> int:
        return round((time.monotonic() - self._began) * 1000)


def keep(database: Database, calls: Sequence[Call]) -> None:
    """Write calls down whose answers are kept nowhere; what was asked for is not lost where that fails."""
    try:
        database.write(lambda tx: add(tx, calls))
    except WorkbenchError as error:
        log.error("A call could not be written down: %s", error.code)  # noqa: TRY400  (the code says it all)


class Ledger:
    """Asks a model once, and writes the call down: what the Workbench itself says, which no rule is about."""

    def __init__(self, gateway: Gateway, database: Database, purse: Purse) -> None:
        self._gateway = gateway
        self._database = database
        self._purse = purse

    async def stream(self, request: ChatRequest, about: About) -> AsyncGenerator[StreamEvent]:
        """What the model answers, piece by piece; the call is written down at its end. Raises BudgetReachedError."""
        (allowance,) = await asyncio.to_thread(
            self._purse.hold, (request.model,), build=lambda _: request, experience_id=about.experience_id
        )
        calls: list[Call] = []
        try:
            about = replace(about, paid=await allowance.take(request.model))
            async with aclosing(noted(self._gateway, request, about, calls.append)) as events:
                async for event in events:
                    yield event
        finally:
            await asyncio.to_thread(keep, self._database, calls)
            allowance.end()
