"""Whether a model can be asked: by asking it, for as little as possible."""

import asyncio
import time
from contextlib import aclosing

from workbench.errors import StreamStalledError
from workbench.providers.ledger import About, Ledger
from workbench.providers.records import ChatRequest, Check, Model, Turn

WITHIN_S = 60.0
"""How long a check waits for the first piece; a local model may have to be loaded."""
_QUESTION = "Say OK."
_TOKENS = 16
"""As few as every provider accepts."""
_ABOUT = About(purpose="check")


async def check(ledger: Ledger, model: Model, *, within_s: float = WITHIN_S) -> Check:
    """Ask a model for a word and leave at the first piece of it. Raises ProviderError, which says what is wrong."""
    request = ChatRequest(model=model, turns=(Turn(role="user", text=_QUESTION),), max_output_tokens=_TOKENS)
    began = time.monotonic()
    try:
        async with asyncio.timeout(within_s), aclosing(ledger.stream(request, _ABOUT)) as events:
            await anext(events)
    except TimeoutError as error:
        raise StreamStalledError(
            f"Nothing came from {model.provider!r} for {within_s:.0f} s.", remedy="Try again, or ask another model."
        ) from error
    return Check(model=model.id, first_token_ms=round((time.monotonic() - began) * 1000))
