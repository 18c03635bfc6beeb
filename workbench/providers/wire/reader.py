"""What a reader of any format does: bytes in, records out, and a fault only after what came before it."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field

from workbench.errors import ProviderError, StreamMalformedError
from workbench.providers.faults import Asked
from workbench.providers.records import Finished, ReasoningDelta, StreamEvent, TextDelta, ToolCall
from workbench.providers.wire.events import Events
from workbench.providers.wire.faults import cut, malformed
from workbench.providers.wire.mending import closed

_CALLS_LIMIT = 1 << 20
"""How many characters all calls of a message may take."""


class Reader(ABC):
    """Reads one message of one wire format."""

    def __init__(self, asked: Asked) -> None:
        self.complete = False
        """`Finished` has been given out."""
        self._asked = asked
        self._events = Events()
        self._calls: dict[object, _Call] = {}
        """Calls of tools whose arguments still come, under what tells them apart in this format."""
        self._calls_size = 0
        self._fault: ProviderError | None = None
        self._done = False
        """Nothing more is read: the format's own last word has come, or the stream is closed."""

    @property
    @abstractmethod
    def ended(self) -> bool:
        """The provider has said enough to call the message complete, but may have more to say about it."""

    @abstractmethod
    def _read(self, data: bytes, pieces: "Pieces") -> None:
        """Take in the data of one event, or an answer that came in one piece. Raises ProviderError."""

    @abstractmethod
    def _finished(self) -> Finished:
        """What is to be said of a complete message."""

    def feed(self, data: bytes) -> list[StreamEvent]:
        """The records that `data` completes; text that came together is given together.

        A fault of the stream is raised when what came before it has been given out: at once if that is nothing, else
        by the next call. After `Finished`, data is ignored.
        """
        if self._fault is not None:
            raise self._fault
        if self.complete:
            return []
        pieces = Pieces()
        try:
            for event in self._events.feed(data):
                if not self._done:
                    self._read(event, pieces)
        except ProviderError as error:
            self._fault = error
            self._called(pieces, *self._calls)
            if not pieces.events:
                raise
        return self._given(pieces)

    def end(self) -> list[StreamEvent]:
        """The rest, now that the stream is closed. Raises StreamCutError if the message is not complete."""
        if self._fault is not None:
            raise self._fault
        pieces = Pieces()
        for event in () if self.complete else self._events.end():
            if not self._done:
                self._read(event, pieces)
        self._called(pieces, *self._calls)
        self._done = self._done or self.ended
        events = self._given(pieces)
        if not self.complete:
            self._fault = cut(self._asked)
            if not events:
                raise self._fault
        return events

    def read_whole(self, body: bytes) -> list[StreamEvent]:
        """The records of an answer that came in one piece, from a server that does not stream."""
        pieces = Pieces()
        self._read(body, pieces)
        self._done = True
        return self._given(pieces)

    def read_cut(self, body: bytes) -> list[StreamEvent]:
        """What can be read of the beginning of such an answer: nothing where it is none, and never `Finished`."""
        beginning = closed(body)
        if beginning is None:
            return []
        pieces = Pieces()
        try:
            self._read(beginning, pieces)
        except StreamMalformedError:
            return []
        self._called(pieces, *self._calls)
        return pieces.events

    def _call(self, key: object, name: str | None, arguments: str | None) -> None:
        """Take in a piece of a tool's call."""
        call = self._calls.setdefault(key, _Call())
        call.name = call.name or name or ""
        call.arguments.append(arguments or "")
        self._calls_size += len(name or "") + len(arguments or "") + 1
        if self._calls_size > _CALLS_LIMIT:
            raise malformed("what is asked of tools has no end")

    def _called(self, pieces: "Pieces", *keys: object) -> None:
        """Give the calls with these keys as far as they came."""
        for key in keys:
            call = self._calls.pop(key, None)
            if call is not None and (call.name or any(call.arguments)):
                pieces.events.append(ToolCall(name=call.name, arguments="".join(call.arguments)))

    def _given(self, pieces: "Pieces") -> list[StreamEvent]:
        if self._done:
            self._called(pieces, *self._calls)
        if self._fault is None and self._done and self.ended and not self.complete:
            self.complete = True
            pieces.events.append(self._finished())
        elif self._fault is None and self._done and not self.ended:
            self._fault = cut(self._asked)
            if not pieces.events:
                raise self._fault
        return pieces.events


@dataclass
class _Call:
    """A tool's call while it arrives."""

    name: str = ""
    arguments: list[str] = field(default_factory=list)


class Pieces:
    """Collects what one read brought; neighbours of a kind become one record, which saves everyone after us work."""

    __slots__ = ("events",)

    def __init__(self) -> None:
        self.events: list[StreamEvent] = []

    def say(self, text: str | None) -> None:
        """Add text of the answer."""
        if text:
            last = self.events[-1] if self.events else None
            if isinstance(last, TextDelta):
                self.events[-1] = TextDelta(text=last.text + text)
            else:
                self.events.append(TextDelta(text=text))

    def reason(self, text: str | None) -> None:
        """Add thinking."""
        if text:
            last = self.events[-1] if self.events else None
            if isinstance(last, ReasoningDelta):
                self.events[-1] = ReasoningDelta(text=last.text + text)
            else:
                self.events.append(ReasoningDelta(text=text))


def count(told: int | None) -> int | None:
    """A count of tokens as it was told; None if it cannot be one: it would not fit where it is kept."""
    return told if told is not None and 0 <= told < 1 << 31 else None
