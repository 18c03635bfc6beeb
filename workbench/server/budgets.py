"""`/budgets`: what models may cost, and how much of it is spent."""

from typing import cast

from fastapi import APIRouter, Response

from workbench.insights.records import Budget, BudgetChanges, BudgetState
from workbench.server.answers import record
from workbench.server.opened import OpenServices
from workbench.server.schemas import BudgetChange, NewBudget, text_id

router = APIRouter(tags=["budgets"])


@router.get("/budgets", response_model=list[BudgetState])
def budgets(open_: OpenServices) -> Response:
    """Every budget, what is spent of it now, what is left, and until when."""
    return record(open_.budgets.list())


@router.put("/budgets", response_model=Budget)
def set_budget(open_: OpenServices, body: NewBudget) -> Response:
    """Say what models may cost; a budget for the same period and the same use is changed."""
    made = open_.budgets.set(
        body.amount_usd,
        body.period,
        experience_id=text_id(body.experience_id),
        provider=body.provider,
        warn_percent=body.warn_percent,
        enabled=body.enabled,
    )
    return record(made)


@router.patch("/budgets/{budget_id}", response_model=Budget)
def change_budget(open_: OpenServices, budget_id: str, body: BudgetChange) -> Response:
    """Change the amount, the share from which it warns, or whether it stops anything."""
    changes = cast(BudgetChanges, body.model_dump(exclude_unset=True, exclude={"revision"}))
    return record(open_.budgets.change(budget_id, changes, revision=body.revision))


@router.delete("/budgets/{budget_id}")
def remove_budget(open_: OpenServices, budget_id: str) -> Response:
    """Limit this no longer."""
    open_.budgets.remove(budget_id)
    return record({})
