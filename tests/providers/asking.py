"""Asking a gateway in tests: a catalogue of one endpoint, and a reader of whole replies."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from workbench.errors import ProviderError
from workbench.providers.endpoints import Endpoint, Limits, LocalFile
from workbench.providers.formats import WireFormat
from workbench.providers.gateway import Gateway
from workbench.providers.local import LocalEngine
from workbench.providers.prices import Prices
from workbench.providers.records import (
    ChatRequest,
    Finished,
    Model,
    ReasoningDelta,
    StreamEvent,
    TextDelta,
    ToolCall,
    Turn,
)
from workbench.providers.wire import EndMark

REMOTE = Model(id="somewhere/a-model", name="a-model", provider="somewhere", kind="openai")
LOCAL = Model(id="local/demo", name="demo", provider="local", kind="local", demo=True)
KEY = "sk-proj-4QvT9secretneedle"
QUESTION = "Why is the needle-8161 blue?"


class Streams(Protocol):
    def stream(self, request: ChatRequest) -> AsyncIterator[StreamEvent]: ...


@dataclass
class OnePlace:
    """A catalogue that has one endpoint, or one file."""

    base_url: str = ""
    api_key: str | None = KEY
    end_mark: EndMark = "finish_reason"
    wire: WireFormat = "openai"
    route: str | None = None
    path: Path | None = None
    context_tokens: int = 2048
    price: Prices | None = None
    headers: dict[str, str] = field(default_factory=dict)
    proxy: str | None = None
    connect_s: float | None = None
    first_token_s: float | None = None
    between_tokens_s: float | None = None

    def endpoint(self, model: Model) -> Endpoint:
        return Endpoint(
            provider=model.provider,
            base_url=self.base_url,
            wire=self.wire,
            route=self.route,
            api_key=self.api_key,
            end_mark=self.end_mark,
            headers=self.headers,
            proxy=self.proxy,
            connect_s=self.connect_s,
            first_token_s=self.first_token_s,
            between_tokens_s=self.between_tokens_s,
        )

    def prices(self, model: Model) -> Prices | None:
        return self.price

    def file(self, model: Model) -> LocalFile:
        return LocalFile(path=self.path, name=model.name, context_tokens=self.context_tokens)


@dataclass
class Reply:
    """All that came of a request."""

    text: str = ""
    reasoning: str = ""
    calls: list[ToolCall] = field(default_factory=list)
    finished: Finished | None = None
    error: ProviderError | None = None


def ask(*texts: str, model: Model = REMOTE, **options: object) -> ChatRequest:
    """A request: the question, and turn by turn what was said before and after it."""
    turns = tuple(Turn(role="assistant" if i % 2 else "user", text=text) for i, text in enumerate(texts or (QUESTION,)))
    return ChatRequest(model=model, turns=turns, **options)


async def whole(gateway: Streams, request: ChatRequest | None = None) -> Reply:
    """The reply, read to its end; nothing may follow `Finished`."""
    reply = Reply()
    try:
        async for event in gateway.stream(request or ask()):
            assert reply.finished is None
            match event:
                case TextDelta():
                    reply.text += event.text
                case ReasoningDelta():
                    reply.reasoning += event.text
                case ToolCall():
                    reply.calls.append(event)
                case Finished():
                    reply.finished = event
    except ProviderError as error:
        reply.error = error
    return reply


@asynccontextmanager
async def gateway_to(base_url: str, *, limits: Limits | None = None, **place: object) -> AsyncIterator[Gateway]:
    """A gateway to one server."""
    gateway = Gateway(OnePlace(base_url, **place), LocalEngine(), limits=limits)
    try:
        yield gateway
    finally:
        await gateway.close()
