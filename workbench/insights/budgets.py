"""Budgets: what models may cost in a day or a month, and how much of that is spent, as the ledger of calls says."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from workbench.clock import new_id, utc_now
from workbench.errors import ConflictError, InvalidInputError, NotFoundError
from workbench.insights.periods import span
from workbench.insights.records import Alert, Budget, BudgetChanges, BudgetState, Period
from workbench.jobs import zone
from workbench.providers.estimate import dollars
from workbench.security import audit
from workbench.shown import counted
from workbench.storage.database import Database, Reader, Transaction
from workbench.storage.kept import Kept
from workbench.storage.register import OWNER_ID

WARN_PERCENT = 80
_MOST_USD = Decimal(1_000_000)
_EXACT = Decimal("0.000001")
_FIELDS = tuple(field.name for field in fields(Budget))
_COLUMNS = ", ".join(f"{name}::VARCHAR" if name in {"id", "experience_id"} else name for name in _FIELDS)
_CUT_ON_THE_WAY = "('stream_cut', 'stream_malformed', 'stream_stalled')"
_UNSAID = f"""(cost_usd IS NULL AND provider <> 'local'
        AND (ended <> 'failed' OR first_token_ms IS NOT NULL OR error IN {_CUT_ON_THE_WAY}))"""
"""Whether it has cost something, and the provider has not said how much: a model on this machine costs nothing, and
neither does what a provider turned away before it had begun."""
_SPENT = f"""SELECT coalesce(sum(CASE WHEN {_UNSAID} THEN least_usd ELSE cost_usd END), 0), count(*),
        count(*) FILTER ({_UNSAID} AND least_usd IS NOT NULL), count(*) FILTER ({_UNSAID} AND least_usd IS NULL),
        max(created_at)
    FROM calls WHERE created_at >= ? AND created_at < ?
        AND (? IS NULL OR experience_id = ?::UUID) AND (? IS NULL OR provider = ?)"""  # noqa: S608
"""What was spent, in how many requests, for how many of them it is the least that was estimated, and of how many
nothing is known."""


class Budgets:
    """A home's budgets. Safe to use from any thread."""

    def __init__(
        self,
        database: Database,
        *,
        experience: Callable[[str], str],
        provider: Callable[[str], object],
        on_change: Callable[[str, str, str], None],
        now: Callable[[], datetime] = utc_now,
        time_zone: Callable[[], str] = zone.of_machine,
    ) -> None:
        """`experience` gives the name of one by its id; it and `provider` raise where there is none."""
        self._database = database
        self._every = Kept(database, "budgets", read=_every)
        self._experience = experience
        self._provider = provider
        self._on_change = on_change
        self._now = now
        self._time_zone = time_zone

    def list(self) -> tuple[BudgetState, ...]:
        """All of them with what is spent, the oldest first."""
        return tuple(self._state(one) for one in self._every())

    def paying(self, experience_id: str | None, provider: str) -> tuple[Budget, ...]:
        """Those from which is paid what is asked there, of that provider."""
        found = self._every()
        return tuple(one for one in found if one.enabled and one.covers(experience_id, provider))

    def states(self, budgets: tuple[Budget, ...]) -> tuple[BudgetState, ...]:
        """How much of these is spent now."""
        return tuple(self._state(one) for one in budgets)

    def said(self, experience_id: str | None, provider: str) -> str:
        """How much is spent of the budgets that pay for this, where that is to be said; else empty."""
        warning = [one for one in self.states(self.paying(experience_id, provider)) if one.is_warning]
        return _spent(max(warning, key=lambda one: one.percent)) if warning else ""

    def alerts(self) -> tuple[Alert, ...]:
        """An alert for each budget of which much is spent."""
        return tuple(_alert(one) for one in self.list() if one.is_warning)

    def set(
        self,
        amount_usd: Decimal,
        period: Period = "month",
        *,
        experience_id: str | None = None,
        provider: str | None = None,
        warn_percent: int = WARN_PERCENT,
        enabled: bool = True,
    ) -> Budget:
        """What models may cost; a budget that was set before for the same period and the same use is changed.

        Raises InvalidInputError, NotFoundError.
        """
        if experience_id is not None and provider is not None:
            raise InvalidInputError(
                "A budget is for an Experience or for a provider, not for both.", remedy="Set one for each of them."
            )
        if experience_id is not None:
            self._experience(experience_id)
        if provider is not None:
            self._provider(provider)
        amount, percent, now = _amount(amount_usd), _percent(warn_percent), self._now()

        def write(tx: Transaction) -> Budget:
            use = (period, experience_id, provider)
            known = (one for one in _every(tx.execute) if (one.period, one.experience_id, one.provider) == use)
            before = next(known, None)
            if before is not None:
                return _change(tx, before, amount_usd=amount, warn_percent=percent, enabled=enabled, at=now)
            made = Budget(
                id=new_id(),
                period=period,
                experience_id=experience_id,
                provider=provider,
                amount_usd=amount,
                warn_percent=percent,
                enabled=enabled,
                created_at=now,
                updated_at=now,
                revision=1,
            )
            _insert(tx, made)
            audit.record(tx, "budgets.set", made.id, {"amount_usd": f"{amount:f}"})
            return made

        made = self._database.write(write, returns=Budget)
        self._on_change("budgets", made.id, "set")
        return made

    def change(self, id: str, changes: BudgetChanges, *, revision: int | None = None) -> Budget:
        """The budget with those fields changed.

        Raises NotFoundError, InvalidInputError, and ConflictError if `revision` is given and is not the present one.
        """

        def write(tx: Transaction) -> Budget:
            before = _find(tx.execute, id)
            if revision is not None and revision != before.revision:
                raise ConflictError(
                    "This budget was changed elsewhere in the meantime.", remedy="Look again, then repeat it."
                )
            return _change(
                tx,
                before,
                amount_usd=_amount(changes.get("amount_usd", before.amount_usd)),
                warn_percent=_percent(changes.get("warn_percent", before.warn_percent)),
                enabled=changes.get("enabled", before.enabled),
                at=self._now(),
            )

        changed = self._database.write(write, returns=Budget)
        self._on_change("budgets", id, "set")
        return changed

    def remove(self, id: str) -> None:
        """Limit this no longer. Raises NotFoundError."""

        def forget(tx: Transaction) -> None:
            _find(tx.execute, id)
            tx.execute("DELETE FROM budgets WHERE id = TRY_CAST(? AS UUID)", (id,))
            audit.record(tx, "budgets.remove", id)

        self._database.write(forget)
        self._on_change("budgets", id, "remove")

    def _state(self, budget: Budget) -> BudgetState:
        where = self._time_zone()
        since, until = span(budget.period, self._now(), where)
        use = (budget.experience_id, budget.experience_id, budget.provider, budget.provider)
        ((spent, requests, estimated, unknown, last_at),) = self._database.read(_SPENT, (since, until, *use))
        spent = spent.normalize() + 0
        return BudgetState(
            id=budget.id,
            name=self._name(budget),
            budget=budget,
            amount_usd=budget.amount_usd,
            spent_usd=spent,
            left_usd=max(budget.amount_usd - spent, Decimal(0)),
            percent=int((spent * 100 / budget.amount_usd).to_integral_value(ROUND_DOWN)),
            since=since,
            until=until,
            requests=requests,
            last_at=last_at,
            estimated_requests=estimated,
            unknown_requests=unknown,
            message=f"{_amounts(spent, budget.amount_usd)} until {clock(until, where)}.{_besides(estimated, unknown)}",
        )

    def _name(self, budget: Budget) -> str:
        when = "today's" if budget.period == "day" else "this month's"
        if budget.provider is not None:
            return f"{when} budget for {budget.provider!r}"
        if budget.experience_id is not None:
            return f"{when} budget of {self._experience(budget.experience_id)!r}"
        return f"{when} budget"


def clock(when: datetime, where: str) -> str:
    """A moment by the clocks of a time zone."""
    return f"{when.astimezone(ZoneInfo(where)):%Y-%m-%d %H:%M} ({where})"


def _amounts(spent: Decimal, amount: Decimal) -> str:
    return f"{dollars(spent)} of {dollars(amount)} is spent"


def _besides(estimated: int, unknown: int) -> str:
    """What an amount does not say of itself."""
    least = f" The least that was estimated is counted for {counted(estimated, 'request')}." if estimated else ""
    return least + _unknown(unknown)


def _unknown(requests: int) -> str:
    match requests:
        case 0:
            return ""
        case 1:
            return " 1 request of unknown cost is not counted."
        case _:
            return f" {requests:,} requests of unknown cost are not counted."


def _spent(state: BudgetState) -> str:
    said = _besides(state.estimated_requests, state.unknown_requests)
    amounts = f"{dollars(state.spent_usd)} of {dollars(state.amount_usd)}"
    return f"{state.percent:,} % of {state.name} is spent ({amounts}).{said}"


def _alert(state: BudgetState) -> Alert:
    return Alert(
        budget_id=state.id,
        measure="budget_usd",
        value=state.spent_usd,
        most=state.amount_usd,
        requests=state.requests,
        since=state.since,
        last_at=state.last_at or state.since,
        message=_spent(state),
    )


def _amount(amount_usd: Decimal) -> Decimal:
    if not amount_usd.is_finite() or not _EXACT <= amount_usd <= _MOST_USD:
        raise InvalidInputError(
            f"A budget is an amount above 0 and up to {_MOST_USD:,} US dollars.",
            remedy="Give it as in 20 or 0.50, without a sign; to ask no model at a provider, switch the provider off.",
        )
    return amount_usd.quantize(_EXACT).normalize() + 0


def _percent(percent: int) -> int:
    if not 1 <= percent <= 100:
        raise InvalidInputError(
            "The share from which a budget warns is from 1 to 100 percent.", remedy="Give it as in 80."
        )
    return percent


def _change(
    tx: Transaction, before: Budget, *, amount_usd: Decimal, warn_percent: int, enabled: bool, at: datetime
) -> Budget:
    after = replace(before, amount_usd=amount_usd, warn_percent=warn_percent, enabled=enabled)
    if after == before:
        return before
    after = replace(after, updated_at=at, revision=before.revision + 1)
    tx.execute(
        """UPDATE budgets SET amount_usd = ?, warn_percent = ?, enabled = ?, updated_at = ?, revision = ?
           WHERE id = ?""",
        (amount_usd, warn_percent, enabled, at, after.revision, after.id),
    )
    detail: audit.Detail = {"amount_usd": f"{amount_usd:f}", "warn_percent": warn_percent, "enabled": enabled}
    audit.record(tx, "budgets.set", after.id, detail)
    return after


def _find(read: Reader, id: str) -> Budget:
    for one in _every(read):
        if one.id == id:
            return one
    raise NotFoundError(f"There is no budget {id!r}.", remedy="`workbench budgets list` shows those there are.")


def _every(read: Reader) -> tuple[Budget, ...]:
    rows = read(f"SELECT {_COLUMNS} FROM budgets ORDER BY created_at, id")  # noqa: S608
    return tuple(_record(row) for row in rows)


def _record(row: tuple[Any, ...]) -> Budget:
    values: dict[str, Any] = dict(zip(_FIELDS, row, strict=True))
    return Budget(**values | {"amount_usd": values["amount_usd"].normalize() + 0})


def _insert(tx: Transaction, budget: Budget) -> None:
    values = (OWNER_ID, *(getattr(budget, name) for name in _FIELDS))
    places = ", ".join("?" * len(values))
    tx.execute(f"INSERT INTO budgets (owner_id, {', '.join(_FIELDS)}) VALUES ({places})", values)  # noqa: S608
