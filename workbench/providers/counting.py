"""How the tokens of a model are counted, and how far off that may be. Nothing here reads or loads anything."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal
from urllib.parse import urlsplit

from workbench.providers.estimate import Count, about

Encoding = Literal["o200k_base", "cl100k_base"]

CHARACTERS_PER_TOKEN = Decimal(4)
"""Of English prose, where there is no encoding to count with."""
_OPENAI = "api.openai.com"
_OLDER = re.compile(r"gpt-4(-.*)?|gpt-3\.5-turbo(-.*)?")
_DOCUMENTED = re.compile(r"gpt-4(-.*)?|gpt-3\.5-turbo(-.*)?|gpt-4o(-.*)?|gpt-4\.1(-.*)?|chatgpt-4o-latest")
"""Models of which OpenAI says what stands around each message; of later ones it does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """A way to count."""

    encoding: Encoding | None
    """None: by characters."""
    factor: Decimal = Decimal(1)
    """Tokens of the model for one of the encoding."""
    spread: Decimal
    """The share by which it may be more or less; 0: exact."""
    per_turn: int = 4
    per_request: int = 3

    def text(self, tokens: int) -> Count:
        """The tokens of the model for so many of the encoding."""
        return about(tokens * self.factor, self.spread)


BY_CHARACTERS = Counting(encoding=None, spread=Decimal("0.3"))


def counting(name: str, base_url: str | None) -> Counting:
    """How to count for a provider's model; without an address it runs on this machine.

    The spreads: what OpenAI's later models put around messages is not documented; tokenizers of other makers give for
    prose and code up to a quarter more or fewer tokens than OpenAI's, Anthropic's about a fifth more on average.
    """
    if base_url is None:
        return BY_CHARACTERS
    host = urlsplit(base_url).hostname or ""
    if host == _OPENAI:
        encoding: Encoding = "cl100k_base" if _OLDER.fullmatch(name) else "o200k_base"
        return Counting(encoding=encoding, spread=Decimal(0 if _DOCUMENTED.fullmatch(name) else "0.03"))
    if "claude" in name:
        return Counting(encoding="o200k_base", factor=Decimal("1.2"), spread=Decimal("0.25"), per_turn=6)
    return Counting(encoding="o200k_base", spread=Decimal("0.25"))
