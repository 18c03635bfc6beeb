"""The purse: lets a reply be asked for while its budgets last, and holds what it will cost at least until it has.

What is held lives in memory alone: the owner is the only process that asks, and what a crash ends asks no more.
"""

import asyncio
import threading
from collections.abc import Callable, Sequence
from decimal import Decimal
from weakref import WeakSet

from workbench.errors import BudgetReachedError
from workbench.insights.budgets import Budgets
from workbench.insights.records import BudgetState
from workbench.providers.estimate import Estimate, dollars
from workbench.providers.records import ChatRequest, Model
from workbench.providers.spending import Allowance, Build, Paid
from workbench.security import audit
from workbench.storage.database import Database, Transaction

_NOTHING = Decimal(0)
Estimating = Callable[[ChatRequest, str | None, str | None], Estimate]
"""What a request will cost, by the replies of an Experience and of a conversation."""


class Purse:
    """What there is to spend. Safe to use from any thread."""

    def __init__(self, database: Database, budgets: Budgets, *, estimate: Estimating) -> None:
        self._database = database
        self._budgets = budgets
        self._estimate = estimate
        self._deciding = threading.Lock()
        self._changing = threading.Lock()
        self._held: WeakSet[_Held] = WeakSet()

    def hold(
        self,
        models: Sequence[Model],
        *,
        build: Build,
        experience_id: str | None,
        conversation_id: str | None = None,
        over_budget: bool = False,
    ) -> tuple[Allowance, ...]:
        """An allowance for a reply of each model, or for none of them. Raises BudgetReachedError."""
        made: list[_Held] = []
        try:
            for model in models:
                held = _Held(self, build, experience_id, conversation_id, over_budget=over_budget)
                made.append(held)
                held.over = self.reserve(held, model)
                held.granted = model.id
        except BaseException:
            for held in made:
                held.end()
            raise
        return tuple(made)

    def said(self, model: Model, experience_id: str) -> str:
        """How much is spent of the budgets that pay for a model, where that is to be said; else empty."""
        return "" if model.kind == "local" else self._budgets.said(experience_id, model.provider)

    def reserve(self, held: "_Held", model: Model) -> tuple[BudgetState, ...]:
        """Let this hold what a request to a model costs at least; the budgets that it goes over, as was asked.

        Raises BudgetReachedError, and then it holds what it held before.
        """
        paying = () if model.kind == "local" else self._budgets.paying(held.experience_id, model.provider)
        estimate = self._estimate(held.build(model), held.experience_id, held.conversation_id) if paying else None
        if estimate is None or estimate.cost_high_usd == 0:
            self.release(held)
            return ()
        least = estimate.cost_low_usd
        with self._deciding:
            # What ends between here and the reading of the ledger is counted twice, for once; never not at all.
            others = [(each.experience_id, each.provider, each.least_usd or _NOTHING) for each in self._others(held)]
            reached = []
            for state in self._budgets.states(paying):
                covers = state.budget.covers
                waiting = sum((usd for where, by, usd in others if covers(where, by)), _NOTHING)
                together = state.spent_usd + waiting + (least or _NOTHING)
                if state.spent_usd >= state.amount_usd or together > state.amount_usd:
                    reached.append((state, waiting))
            if reached and not held.over_budget:
                raise _error(*reached[0], least or _NOTHING)
            held.provider, held.least_usd = model.provider, least
            with self._changing:
                self._held.add(held)
        return tuple(state for state, _ in reached)

    def release(self, held: "_Held") -> None:
        """Hold nothing for this any more."""
        with self._changing:
            held.least_usd = None
            self._held.discard(held)

    def write_down(self, over: Sequence[BudgetState]) -> None:
        """Note in the audit log that these budgets are gone over."""
        if over:
            self._database.write(lambda tx: _note(tx, over))

    def _others(self, held: "_Held") -> "list[_Held]":
        with self._changing:
            return [each for each in self._held if each is not held]


class _Held:
    """What is held for one reply."""

    over: tuple[BudgetState, ...] = ()
    """The budgets that its first request goes over."""
    granted: str | None = None
    """The id of the model whose first request has been let go already."""

    def __init__(
        self,
        purse: Purse,
        build: Build,
        experience_id: str | None,
        conversation_id: str | None,
        *,
        over_budget: bool,
    ) -> None:
        self.build = build
        self.experience_id = experience_id
        self.conversation_id = conversation_id
        self.over_budget = over_budget
        self.provider = ""
        self.least_usd: Decimal | None = None
        self._purse = purse

    async def take(self, model: Model) -> Paid:
        """Let a request to a model go. Raises BudgetReachedError."""
        is_granted = self.granted == model.id
        self.granted = None
        over = self.over if is_granted else await asyncio.to_thread(self._again, model)
        return Paid(over_budget_id=over[0].id if over else None, least_usd=self.least_usd)

    def note(self, tx: Transaction) -> None:
        """Write down which budgets its first request goes over."""
        _note(tx, self.over)

    def end(self) -> None:
        """Hold nothing any more."""
        self._purse.release(self)

    def _again(self, model: Model) -> tuple[BudgetState, ...]:
        over = self._purse.reserve(self, model)
        self._purse.write_down(over)
        return over


def _note(tx: Transaction, over: Sequence[BudgetState]) -> None:
    for state in over:
        detail: audit.Detail = {"spent_usd": f"{state.spent_usd:f}", "amount_usd": f"{state.amount_usd:f}"}
        audit.record(tx, "budgets.override", state.id, detail)


def _error(state: BudgetState, waiting: Decimal, least: Decimal) -> BudgetReachedError:
    name = state.name[0].upper() + state.name[1:]
    if state.spent_usd >= state.amount_usd:
        said = f"{name} is reached: {state.message}"
    else:
        held = f", {dollars(waiting)} is held for replies that still run" if waiting else ""
        said = f"{name} is not enough for this, which costs {dollars(least)} at least{held}: {state.message}"
    return BudgetReachedError(
        said, remedy="Raise the budget, wait until then, ask a model on this machine, or send it anyway."
    )
