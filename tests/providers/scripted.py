"""A gateway that plays what a test wrote down: the same interface as `workbench.providers.gateway.Gateway`, no network.

    gateway = ScriptedGateway(reply("Hello ", "world"), cut("Half of"), failure(RateLimitedError("…")))

Each stream plays the next script; the last one is played again for every stream after it.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from workbench.errors import ProviderError, StreamCutError
from workbench.providers.records import ChatRequest, Finished, StreamEvent, TextDelta
from workbench.providers.spending import Granted


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait so long before the next part."""

    seconds: float


class Hold:
    """Wait here until the test calls `release`; `reached` is set when a stream has come this far."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self._released = asyncio.Event()

    def release(self) -> None:
        self._released.set()

    async def wait(self) -> None:
        self.reached.set()
        await self._released.wait()


Part = str | StreamEvent | Pause | Hold | Exception
Script = tuple[Part, ...]


def reply(*parts: Part, finished: Finished | None = None) -> Script:
    """A complete message: text, other parts, and the provider's word that it has ended."""
    words = sum(len(part.split()) for part in parts if isinstance(part, str))
    return (*parts, finished or Finished(reason="stop", model_name="scripted", input_tokens=5, output_tokens=words))


def cut(*parts: Part) -> Script:
    """The parts, then the connection is gone and nobody has said that the message is complete."""
    return (*parts, StreamCutError("The reply was cut off before its end.", remedy="Continue it, or try again."))


def failure(error: ProviderError) -> Script:
    """No text at all: the provider answers with an error."""
    return (error,)


class NoBudgets:
    """A purse that lets everything go."""

    def hold(self, models, **_):
        return (Granted(),) * len(models)

    def said(self, *_):
        return ""


class ScriptedGateway:
    """Plays scripts; keeps what it was asked."""

    def __init__(self, *scripts: Script) -> None:
        self.scripts = list(scripts) or [reply("A scripted answer.")]
        self.requests: list[ChatRequest] = []
        self.running = 0
        """How many streams are open now."""
        self.abandoned = 0
        """How many were closed by their reader before their end."""
        self.closed = False

    async def stream(self, request: ChatRequest) -> AsyncIterator[StreamEvent]:
        script = self.scripts[min(len(self.requests), len(self.scripts) - 1)]
        self.requests.append(request)
        self.running += 1
        try:
            for part in script:
                match part:
                    case Pause():
                        await asyncio.sleep(part.seconds)
                    case Hold():
                        await part.wait()
                    case Exception():
                        raise part
                    case str():
                        yield TextDelta(text=part)
                    case _:
                        yield part
        except (GeneratorExit, asyncio.CancelledError):
            self.abandoned += 1
            raise
        finally:
            self.running -= 1

    async def warm(self) -> None:
        """Nothing to load."""

    async def close(self) -> None:
        self.closed = True
