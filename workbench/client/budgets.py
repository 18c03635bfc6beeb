"""Budgets, from outside the owner."""

from decimal import Decimal
from typing import TYPE_CHECKING

from workbench.client.transport import Transport
from workbench.insights.records import Budget, BudgetState, Period
from workbench.shown import Records

if TYPE_CHECKING:
    from workbench.client.experiences import Experiences


class Budgets:
    """What models may cost in a day or a month; where that is spent, nothing more is sent."""

    def __init__(self, transport: Transport, experiences: "Experiences") -> None:
        self._transport = transport
        self._experiences = experiences

    def list(self) -> Records[BudgetState]:
        """All of them, the oldest first, with what is spent, what is left, and until when."""
        found = self._transport.get("/budgets", tuple[BudgetState, ...])
        return Records(found, "Budgets", ("name", "spent_usd", "amount_usd", "left_usd", "percent", "until"))

    def set(
        self,
        amount_usd: Decimal | float,
        *,
        per: Period = "month",
        experience: str | None = None,
        provider: str | None = None,
        warn_percent: int | None = None,
        enabled: bool = True,
    ) -> Budget:
        """Let models cost no more than this: everywhere, in one Experience (its name or id), or at one provider.

        A budget that was set before for the same is changed. From `warn_percent` on (None: 80) it is said how much is
        spent. Raises InvalidInputError, NotFoundError.
        """
        body: dict[str, object] = {
            "amount_usd": str(amount_usd),
            "period": per,
            "experience_id": None if experience is None else self._experiences.find(experience).id,
            "provider": provider,
            "enabled": enabled,
        }
        if warn_percent is not None:
            body["warn_percent"] = warn_percent
        return self._transport.call("PUT", "/budgets", Budget, body=body)

    def change(
        self,
        id: str,
        *,
        amount_usd: Decimal | float | None = None,
        warn_percent: int | None = None,
        enabled: bool | None = None,
        revision: int | None = None,
    ) -> Budget:
        """Change what is given; one that is not enabled is kept, and stops nothing.

        Raises NotFoundError, InvalidInputError, ConflictError.
        """
        given = {
            "amount_usd": None if amount_usd is None else str(amount_usd),
            "warn_percent": warn_percent,
            "enabled": enabled,
            "revision": revision,
        }
        body = {name: value for name, value in given.items() if value is not None}
        return self._transport.call("PATCH", f"/budgets/{id}", Budget, body=body)

    def remove(self, id: str) -> None:
        """Limit this no longer. Raises NotFoundError."""
        self._transport.call("DELETE", f"/budgets/{id}", dict[str, object])
