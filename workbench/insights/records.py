"""Thresholds of how models do, and what is said where one is passed."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from workbench import shown

Measure = Literal["first_token_s", "reply_s", "failed_percent", "cost_usd"]
"""The median time to the first token and to the end of a reply; the share of requests that failed; what they cost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """What a model may take at most, in the last 24 hours; what is more raises an alert."""

    id: str
    measure: Measure
    model: str | None = None
    """Its id; None: every model, each by itself."""
    most: Decimal
    """In what the measure's name ends in: seconds, percent, US dollars."""
    created_at: datetime
    updated_at: datetime
    revision: int

    def _repr_html_(self) -> str:
        return shown.record(self, self.measure)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A threshold that is passed now."""

    threshold_id: str
    measure: Measure
    model: str
    value: Decimal
    most: Decimal
    requests: int
    """How many requests of the last 24 hours it was found in."""
    last_at: datetime
    """When the last of them was sent."""
    message: str

    def _repr_html_(self) -> str:
        return shown.record(self, self.message)
