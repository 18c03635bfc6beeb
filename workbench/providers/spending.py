"""What may be spent on a reply: asked before each request, and held until the ledger has what it cost."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from workbench.providers.records import ChatRequest, Model
from workbench.storage.database import Transaction

Build = Callable[[Model], ChatRequest]
"""What a model would be sent; pictures need no data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """What was settled of the cost of a request before it is sent."""

    over_budget_id: str | None = None
    """The budget that it goes over, as the person asked."""
    least_usd: Decimal | None = None
    """What it is estimated to cost at least; None: no budget pays for it, or its price is unknown."""


class Allowance(Protocol):
    """What one reply may cost. It is held until it is ended, or nobody has it any more."""

    async def take(self, model: Model) -> Paid:
        """Let a request to a model go. Raises BudgetReachedError."""
        ...

    def note(self, tx: Transaction) -> None:
        """Write down which budgets are gone over from the beginning."""
        ...

    def end(self) -> None:
        """Hold nothing any more: what was asked is in the ledger, or nothing will be."""
        ...


class Purse(Protocol):
    """What there is to spend."""

    def hold(
        self,
        models: Sequence[Model],
        *,
        build: Build,
        experience_id: str | None,
        conversation_id: str | None = None,
        over_budget: bool = False,
    ) -> tuple[Allowance, ...]:
        """An allowance for a reply of each model, or for none of them.

        With `over_budget` they go over budgets, which is written down. Raises BudgetReachedError.
        """
        ...

    def said(self, model: Model, experience_id: str) -> str:
        """What is to be said of the budgets that pay for a model; empty: nothing."""
        ...


class Granted:
    """The allowance of a reply that was asked for before: what it is to take was looked at then."""

    async def take(self, model: Model) -> Paid:  # noqa: ARG002  (the protocol's)
        """Let it go."""
        return Paid()

    def note(self, tx: Transaction) -> None:
        """There is nothing to write down."""

    def end(self) -> None:
        """There is nothing to give back."""
