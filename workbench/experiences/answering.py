"""How replies are asked for in an Experience: what can be set, within which limits. Nothing here reads or writes."""

import math
from collections.abc import Sequence

from workbench.errors import InvalidInputError

MOST_FALLBACKS = 10
LONGEST_MODEL_ID = 1_000
HOTTEST = 2.0
MOST_TOKENS = 1_000_000


def clean_fallbacks(ids: Sequence[str]) -> tuple[str, ...]:
    """Ids of models, each once, in the order given. Raises InvalidInputError."""
    cleaned = tuple(dict.fromkeys(id.strip() for id in ids))
    if not all(0 < len(id) <= LONGEST_MODEL_ID for id in cleaned):
        raise InvalidInputError(
            "A fallback is named by the id of a model.", remedy="`workbench models list` shows those there are."
        )
    if len(cleaned) > MOST_FALLBACKS:
        raise InvalidInputError(
            f"An Experience has at most {MOST_FALLBACKS} fallbacks.", remedy="Leave out those that help least."
        )
    return cleaned


def clean_temperature(temperature: float | None) -> float | None:
    """Raises InvalidInputError if it is no number from 0 to 2."""
    if temperature is not None and (math.isnan(temperature) or not 0 <= temperature <= HOTTEST):
        raise InvalidInputError(
            "The temperature is a number from 0 to 2.", remedy="0 gives the likeliest words; leave it out if unsure."
        )
    return temperature


def clean_max_output_tokens(tokens: int | None) -> int | None:
    """Raises InvalidInputError if no reply could have this length."""
    if tokens is not None and not 1 <= tokens <= MOST_TOKENS:
        raise InvalidInputError(
            f"The longest reply has 1 to {MOST_TOKENS:,} tokens.", remedy="Leave it out for the provider's own limit."
        )
    return tokens
