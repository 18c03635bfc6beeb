"""Asks for one reply until there is one: a model again where that may help, and then the next that the user named."""

import asyncio
import math
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace

from workbench.errors import (
    BudgetReachedError,
    ModelMissingError,
    ProviderError,
    StreamStalledError,
)
from workbench.providers import attempts
from workbench.providers.guarding import Guard
from workbench.providers.ledger import About, Gateway, Note, noted
from workbench.providers.records import ChatRequest, Model, Parameter, StreamEvent
from workbench.providers.rests import Rests
from workbench.providers.spending import Allowance, Paid


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Whom to ask, and what."""

    first: ChatRequest
    """To the model that is meant to answer."""
    fallbacks: tuple[str, ...] = ()
    """The ids of those that may answer instead, in this order."""
    build: Callable[[str], ChatRequest]
    """The request to one of these, from any thread. Raises ModelMissingError."""
    allowance: Allowance
    """What all of it may cost."""
    allowed: tuple[str, ...] = ()
    """The ids of rules that the sender has let pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Nothing arrives for a while; `message` says why, and for how long."""

    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Turned:
    """Another model is asked, as those in `missed` gave nothing: their ids, each with the code of its error."""

    model: Model
    missed: tuple[tuple[str, str], ...]
    unsent: tuple[Parameter, ...]
    """What this model is not sent, as it does not take it."""


Event = StreamEvent | Waiting | Turned


class Asker:
    """Asks models, and remembers which of them rest. Used on one event loop."""

    def __init__(
        self,
        gateway: Gateway,
        *,
        guard: Guard | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        jitter: Callable[[], float] = random.random,  # noqa: S311  (no secret)
    ) -> None:
        self._gateway = gateway
        self._guard = guard
        self._clock = clock
        self._sleep = sleep
        self._jitter = jitter
        self._rests = Rests()

    async def stream(self, plan: Plan, about: About, note: Note) -> AsyncGenerator[Event]:
        """The reply, piece by piece, `Finished` last; before its first piece, what becomes of the asking.

        Once a piece has been given, nobody else is asked. `note` is told of each call. Who would go over a budget is
        left out. Raises ProviderError as the last model that was asked does, and BudgetReachedError where none was.
        """
        asking = _Asking(plan, self._rests, self._clock)
        while (request := await asking.next()) is not None:
            if asking.missed:
                yield asking.turned()
            while attempt := await asking.attempt(request.model):
                given = False
                try:
                    about = replace(about, paid=asking.paid, allowed=plan.allowed)
                    called = noted(self._gateway, request, about, note, guard=self._guard, attempt=attempt)
                    async with aclosing(called) as events:
                        async for event in events:
                            if not given:
                                given = True
                                self._rests.worked(request.model.id)
                            yield event
                        return
                except ProviderError as error:
                    if given:
                        raise
                    wait_s = asking.failed(error, attempt, self._jitter())
                    if wait_s is None:
                        break
                    waiting = Waiting(message=f"{error.message} Trying again in {math.ceil(wait_s)} s.")
                yield waiting
                await self._sleep(wait_s)
        if asking.missed:
            yield asking.turned()
        raise asking.failure


class _Asking:
    """Whom to ask next for one reply, and what became of those asked before."""

    failure: ProviderError | BudgetReachedError
    """Of the model that was asked last, or of one that could not be paid where none was."""
    paid: Paid = Paid()
    """What was settled of the request which is sent."""

    def __init__(self, plan: Plan, rests: Rests, clock: Callable[[], float]) -> None:
        self.missed: dict[str, str] = {}
        """Who gave nothing, or is left out for now: ids, and the codes of errors."""
        self._plan = plan
        self._rests = rests
        self._clock = clock
        self._began = clock()
        wanted = tuple(dict.fromkeys((plan.first.model.id, *plan.fallbacks)))
        self._left = list(rests.order(wanted, self._began))
        for id in wanted[: wanted.index(self._left[0])]:
            self.missed[id] = rests.why(id, self._began) or ""
        self._asked: Model | None = None
        """Who was asked last."""
        self._last = plan.first
        """The request to that one; where none was asked, to the one that is meant to answer."""
        self._attempt = 0

    def turned(self) -> Turned:
        """Who is asked, or was last, and all the others that were not or gave nothing."""
        id = self._last.model.id
        missed = tuple((other, code) for other, code in self.missed.items() if other != id)
        return Turned(model=self._last.model, missed=missed, unsent=self._last.unsent)

    async def next(self) -> ChatRequest | None:
        """The request to the model that comes next; None: there is none that may help."""
        while self._left:
            id = self._left.pop(0)
            try:
                request = await self._request(id)
            except ModelMissingError as error:
                self.missed[id] = error.code
                continue
            if self._may_help(request.model) and await self._can_pay(request.model):
                self._asked = request.model
                self._last = request
                self._attempt = 0
                self.missed.pop(id, None)
                return request
        return None

    async def attempt(self, model: Model) -> int:
        """Which attempt to ask a model is the next, from 1; 0: there is not enough left for another."""
        if self._attempt and not await self._can_pay(model):
            return 0
        self._attempt += 1
        return self._attempt

    async def _can_pay(self, model: Model) -> bool:
        try:
            self.paid = await self._plan.allowance.take(model)
        except BudgetReachedError as error:
            self.missed[model.id] = error.code
            if self._asked is None:
                self.failure = error
            return False
        return True

    def failed(self, error: ProviderError, attempt: int, jitter: float) -> float | None:
        """How long to wait before the same model is asked again; None: it is not."""
        assert self._asked is not None  # noqa: S101  (`next` gave the request that failed)
        now = self._clock()
        self.failure = error
        self.missed[self._asked.id] = error.code
        stalled = isinstance(error, StreamStalledError)
        if stalled or attempts.is_passing(error):
            self._rests.failed(self._asked.id, error.code, now, retry_after_s=error.retry_after_s, kept_waiting=stalled)
        return attempts.wait_s(error, attempt=attempt, elapsed_s=now - self._began, jitter=jitter)

    def _may_help(self, other: Model) -> bool:
        if self._asked is None or isinstance(self.failure, BudgetReachedError):
            return True
        return attempts.may_help(self.failure, self._asked, other)

    async def _request(self, id: str) -> ChatRequest:
        if id == self._plan.first.model.id:
            return self._plan.first
        return await asyncio.to_thread(self._plan.build, id)
