"""Thresholds of how models do, budgets of what they may cost, and what is said where one is passed."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal, TypedDict

from workbench import shown

Measure = Literal["first_token_s", "reply_s", "failed_percent", "cost_usd"]
"""The median time to the first token and to the end of a reply; the share of requests that failed; what they cost."""
Period = Literal["day", "month"]
"""A day or a month of the calendar, in this machine's time zone."""


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
class Budget:
    """What models may cost in a day or a month: all that is asked, or what one Experience or one provider takes."""

    id: str
    period: Period
    experience_id: str | None = None
    provider: str | None = None
    """Its name; None, and no Experience either: everything."""
    amount_usd: Decimal
    warn_percent: int
    """From which share on it is said how much is spent."""
    enabled: bool = True
    """False: it is kept, and stops nothing."""
    created_at: datetime
    updated_at: datetime
    revision: int

    def covers(self, experience_id: str | None, provider: str) -> bool:
        """Whether what is asked there, of that provider, is paid from it."""
        return self.experience_id in (None, experience_id) and self.provider in (None, provider)

    def _repr_html_(self) -> str:
        return shown.record(self, self.period)


class BudgetChanges(TypedDict, total=False):
    """What can be changed of a budget; a field that is absent stays as it is."""

    amount_usd: Decimal
    warn_percent: int
    enabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetState:
    """A budget, and what is spent of it now."""

    id: str
    name: str
    """What it is called in sentences, as in "this month's budget for 'openai'"."""
    budget: Budget
    amount_usd: Decimal
    spent_usd: Decimal
    """What the requests since then have cost, as far as it is known or was estimated."""
    left_usd: Decimal
    percent: int
    """The share that is spent, rounded down; it may be above 100."""
    since: datetime
    until: datetime
    """When it begins again."""
    requests: int
    last_at: datetime | None = None
    """When the last of them was sent; None: there was none."""
    estimated_requests: int
    """Those of them whose provider has not said what they cost, as where they were stopped: the least that was
    estimated is in `spent_usd`."""
    unknown_requests: int
    """Those of them of whose cost nothing is known, and which are not in `spent_usd`."""
    message: str

    @property
    def is_warning(self) -> bool:
        """Whether so much is spent that it is to be said."""
        return self.budget.enabled and self.spent_usd * 100 >= self.amount_usd * self.budget.warn_percent

    def _repr_html_(self) -> str:
        return shown.record(self, self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A threshold that is passed now, or a budget of which much is spent."""

    threshold_id: str | None = None
    """None: it is a budget's."""
    budget_id: str | None = None
    measure: Measure | Literal["budget_usd"]
    model: str | None = None
    """Its id; of a budget None."""
    value: Decimal
    most: Decimal
    requests: int
    """How many it was found in: of the last 24 hours, or of the budget's day or month."""
    since: datetime | None = None
    """When the day or the month of a budget began; of a threshold None."""
    last_at: datetime
    """When the last of them was sent."""
    message: str

    def _repr_html_(self) -> str:
        return shown.record(self, self.message)


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionFigures:
    """How the replies were that one version of a personality or a system prompt shaped."""

    version: int
    replies: int
    up: int
    """How many of them were rated with a thumb up."""
    down: int
    mean_cost_usd: Decimal | None
    """Of those whose cost is known; None: of none."""
    last_used_at: datetime
