"""Readers of streams, played to their end."""

from workbench.errors import ProviderError
from workbench.providers.records import ReasoningDelta, StreamEvent, TextDelta
from workbench.providers.wire import Reader


def read(reader: Reader, *parts: bytes) -> tuple[list[StreamEvent], ProviderError | None]:
    """Everything a reader gives for these parts and the end after them, with the fault that ended it."""
    events: list[StreamEvent] = []
    try:
        for part in parts:
            events += reader.feed(part)
        events += reader.end()
        if not reader.complete:
            reader.feed(b"")
    except ProviderError as error:
        return events, error
    return events, None


def text_of(events: list[StreamEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


def reasoning_of(events: list[StreamEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, ReasoningDelta))


def endings(message: bytes) -> list[bytes]:
    return [message, message.replace(b"\n", b"\r\n"), message.replace(b"\n", b"\r"), b"\xef\xbb\xbf" + message]
