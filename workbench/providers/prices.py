"""What a reply costs: its tokens, by the price of each. Exact arithmetic; what is not known is never taken for 0."""

from dataclasses import dataclass
from decimal import Decimal

SMALLEST_USD = Decimal("1e-9")
"""Costs are kept to this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """Prices of a token in US dollars, for requests of more than `above_tokens` tokens."""

    above_tokens: int = 0
    read_usd: Decimal
    cached_usd: Decimal
    """Of a token that is read and that the provider remembered from an earlier request."""
    written_usd: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """Of a model."""

    rates: tuple[Rate, ...]
    """By `above_tokens`, the first above 0; a larger request is charged by its own rate from its first token on."""

    def cost_usd(self, *, read: int, written: int, cached: int = 0) -> Decimal:
        """The cost of a reply for which `read` tokens were read, `cached` of them remembered, and `written` written."""
        rate = next(rate for rate in reversed(self.rates) if read > rate.above_tokens or rate is self.rates[0])
        cached = min(cached, read)
        cost = (read - cached) * rate.read_usd + cached * rate.cached_usd + written * rate.written_usd
        return cost.quantize(SMALLEST_USD)
