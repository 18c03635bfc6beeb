"""What follows on a request that failed before anything of its reply was shown. Pure: nothing here waits or asks."""

from workbench.errors import (
    ContextTooLongError,
    ProviderError,
    ProviderUnavailableError,
    RateLimitedError,
    RequestRefusedError,
    StreamCutError,
)
from workbench.providers.records import Model

MOST_ATTEMPTS = 4
"""How often a model is asked for one reply."""
LONGEST_WAIT_S = 20.0
"""Nobody sits longer than this for one attempt."""
WITHIN_S = 45.0
"""After so long, no other attempt begins."""
_FIRST_WAIT_S = 1.0
_UNKNOWN_WINDOW_TOKENS = 32_000
_PASSING = (RateLimitedError, ProviderUnavailableError, StreamCutError)


def wait_s(error: ProviderError, *, attempt: int, elapsed_s: float, jitter: float) -> float | None:
    """How long to wait before the same model is asked again; None: it is not.

    `attempt` is the one that failed, from 1; `elapsed_s` has gone by since the first one was sent. As long as the
    provider asks for, else about 1, 2, 4 s; `jitter` (0 to 1) keeps many from coming back at once.
    """
    if not is_passing(error) or attempt >= MOST_ATTEMPTS:
        return None
    asked = error.retry_after_s
    wait = _FIRST_WAIT_S * 2 ** (attempt - 1) * (0.75 + 0.5 * jitter) if asked is None else asked + 0.5 * jitter
    return wait if wait <= LONGEST_WAIT_S and elapsed_s + wait <= WITHIN_S else None


def is_passing(error: ProviderError) -> bool:
    """Whether the model itself may answer in a while: it is busy or out of reach, and nothing has to be set right."""
    return isinstance(error, _PASSING) and error.retryable


def may_help(error: ProviderError, asked: Model, other: Model) -> bool:
    """Whether another model may answer what this one did not."""
    if isinstance(error, ContextTooLongError):
        return _window(other) > _window(asked)
    return not isinstance(error, RequestRefusedError)


def _window(model: Model) -> int:
    return model.context_tokens or _UNKNOWN_WINDOW_TOKENS
