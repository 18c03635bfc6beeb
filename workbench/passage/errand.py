"""A request on its way to the owner: when it goes, when it may go twice, and how it is called off."""

import asyncio
import json
from contextlib import suppress

from workbench.errors import OwnerLostError, OwnerStoppingError, OwnerUnreachableError
from workbench.passage.exchange import Answer, Exchange, Request
from workbench.passage.line import Line

HELD_BYTES = 64 * 1024
"""A body up to this size is held until the owner has answered, so that it can be sent again."""
TRIES = 5
"""As many as the Python client makes: owners may be killed, stopped and replaced one after the other."""
PAUSE_S = 0.2


class Errand:
    """One request. `begin`, `send` the body, `answer`, `piece` until it is empty, `close`."""

    def __init__(self, line: Line, request: Request) -> None:
        self._line = line
        self._request = request
        self._held: bytearray | None = bytearray() if request.size is not None and request.size <= HELD_BYTES else None
        self._exchange: Exchange | None = None
        self._refused = False
        self._first = b""
        self.called_off = False

    @property
    def may_go_twice(self) -> bool:
        """Whether a request that the owner may already have carried out can be sent again."""
        named = any(name.lower() == "idempotency-key" for name, _ in self._request.headers)
        return self._held is not None and (self._request.method in {"GET", "HEAD"} or named)

    async def begin(self) -> None:
        """Open the way for a body too large to hold; raises WorkbenchError if the owner cannot be had."""
        if self._held is None:
            await self._way()

    async def send(self, data: bytes) -> None:
        """Take a part of the body, waiting while the owner cannot.

        An owner that takes no more may have answered already: what it said, or that it is gone, `answer` tells.
        """
        if self._held is not None:
            self._held += data
        else:
            await self._send_on(_chunk(data) if self._request.size is None else data)

    async def answer(self) -> Answer:
        """The head of the owner's answer.

        Raises OwnerLostError if the owner ends first and the request may not go twice, another OwnerError if it
        cannot be had, is going, or does not know us.
        """
        if self._held is not None:
            return await self._ask_again(bytes(self._held))
        if self._request.size is None:
            await self._send_on(_chunk(b""))
        return await self._hear(await self._way())

    async def piece(self) -> bytes:
        """The next part of the answer's body; empty at its end. Raises OwnerLostError if it was cut."""
        first, self._first = self._first, b""
        return first or (await self._exchange.piece() if self._exchange else b"")

    def call_off(self) -> None:
        """Nobody waits for the answer: the owner is told at once."""
        self.called_off = True
        if self._exchange is not None:
            self._exchange.hang_up()

    def close(self) -> None:
        """Give back what was opened; safe to repeat."""
        if self._exchange is not None:
            self._exchange.close()
            self._exchange = None

    async def _way(self) -> Exchange:
        """The one connection of a request that is not held."""
        if self._exchange is None:
            self._exchange = await self._line.connect()
            await self._send_on(self._request.head(self._exchange.owner))
        return self._exchange

    async def _send_on(self, data: bytes) -> None:
        if not self._refused:
            try:
                await (await self._way()).send(data)
            except OSError:
                self._refused = True

    async def _ask_again(self, body: bytes) -> Answer:
        for attempt in range(1, TRIES):
            try:
                return await self._ask(body)
            except (_UnknownTokenError, OwnerStoppingError):
                if self.called_off:
                    raise
            except OwnerLostError:
                if self.called_off or not self.may_go_twice:
                    raise
            self.close()
            await asyncio.sleep(PAUSE_S * attempt)
        return await self._ask(body)

    async def _ask(self, body: bytes) -> Answer:
        exchange = self._exchange = await self._line.connect()
        if self.called_off:
            raise OwnerLostError("The request was called off.")
        with suppress(OSError):
            await exchange.send(self._request.head(exchange.owner) + body)
        return await self._hear(exchange)

    async def _hear(self, exchange: Exchange) -> Answer:
        """The answer, unless it says that this owner is not, or soon not, the one to ask."""
        try:
            answer = await exchange.answer(to=self._request.method)
        except OwnerLostError:
            if not self.called_off:
                self._line.forget(exchange.owner)
            raise
        if answer.status in {401, 403} and await self._line.has_changed(exchange.owner):
            raise _UnknownTokenError(
                "Another Workbench process has taken over since.",
                remedy="Try again; if that does not help, run `workbench stop`.",
            )
        if answer.status == OwnerStoppingError.status:
            told = await exchange.piece()
            stopping = _stopping(told)
            if stopping is not None:
                self._line.forget(exchange.owner)
                raise stopping
            self._first = told
        return answer


class _UnknownTokenError(OwnerUnreachableError):
    """The owner at this socket is not the one whose token we hold; it did nothing."""


def _stopping(answer: bytes) -> OwnerStoppingError | None:
    """The refusal of an owner on its way out, which has done nothing; None for any other answer."""
    try:
        told = json.loads(answer)
        if told["code"] != OwnerStoppingError.code:
            return None
        return OwnerStoppingError(told["message"], remedy=told["remedy"])
    except (ValueError, KeyError, TypeError):
        return None


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)
