"""Thresholds of how models do, judged by the ledger's last 24 hours: which are passed, and what budgets have to say."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from workbench.clock import new_id, utc_now
from workbench.errors import InvalidInputError, NotFoundError
from workbench.insights.budgets import Budgets
from workbench.insights.records import Alert, Measure, Threshold
from workbench.security import audit
from workbench.storage.database import Database, Reader, Transaction
from workbench.storage.register import OWNER_ID

HOURS = 24
FEWEST = 5
"""Requests that a median or a share is judged by: of fewer it says nothing."""
_MOST = Decimal(1_000_000)
_EXACT = Decimal("0.000001")
_FIELDS = tuple(field.name for field in fields(Threshold))
_COLUMNS = ", ".join("id::VARCHAR" if name == "id" else name for name in _FIELDS)
_QUERY = """SELECT model, count(*), max(created_at), median(first_token_ms) / 1000,
    median(total_ms) FILTER (ended = 'complete') / 1000,
    100.0 * count(*) FILTER (ended = 'failed') / count(*), sum(cost_usd)
    FROM calls WHERE purpose <> 'check' AND created_at >= ? GROUP BY model ORDER BY model"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How a model has done; None: not known."""

    model: str
    requests: int
    last_at: datetime
    """When the last of them was sent."""
    first_token_s: float | None = None
    reply_s: float | None = None
    failed_percent: float | None = None
    cost_usd: Decimal | None = None


class Alerts:
    """A home's thresholds. Safe to use from any thread."""

    def __init__(
        self,
        database: Database,
        *,
        known: Callable[[str], object],
        budgets: Budgets,
        on_change: Callable[[str, str, str], None],
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        """`known` raises where there is no model with that id."""
        self._database = database
        self._known = known
        self._budgets = budgets
        self._on_change = on_change
        self._now = now

    def thresholds(self) -> tuple[Threshold, ...]:
        """All of them, the oldest first."""
        return _every(self._database.read)

    def set(self, measure: Measure, most: Decimal, *, model: str | None = None) -> Threshold:
        """What a model (None: each) may take at most; one that was set before for the same is changed.

        Raises InvalidInputError, ModelMissingError.
        """
        most = _clean(measure, most)
        if model is not None:
            self._known(model)
        now = self._now()

        def write(tx: Transaction) -> Threshold:
            before = next((one for one in _every(tx.execute) if (one.measure, one.model) == (measure, model)), None)
            if before is None:
                made = Threshold(
                    id=new_id(), measure=measure, model=model, most=most, created_at=now, updated_at=now, revision=1
                )
                _insert(tx, made)
            else:
                made = replace(before, most=most, updated_at=now, revision=before.revision + 1)
                tx.execute(
                    "UPDATE thresholds SET most = ?, updated_at = ?, revision = ? WHERE id = ?",
                    (most, now, made.revision, made.id),
                )
            audit.record(tx, "thresholds.set", made.id, {"measure": measure})
            return made

        made = self._database.write(write, returns=Threshold)
        self._on_change("thresholds", made.id, "set")
        return made

    def remove(self, id: str) -> None:
        """Say nothing of it any more. Raises NotFoundError."""

        def forget(tx: Transaction) -> None:
            if all(one.id != id for one in _every(tx.execute)):
                raise NotFoundError(
                    f"There is no threshold {id!r}.", remedy="`workbench alerts thresholds` shows those there are."
                )
            tx.execute("DELETE FROM thresholds WHERE id = TRY_CAST(? AS UUID)", (id,))
            audit.record(tx, "thresholds.remove", id)

        self._database.write(forget)
        self._on_change("thresholds", id, "remove")

    def read(self) -> tuple[Alert, ...]:
        """Of which budgets much is spent, and which thresholds are passed now, by which models."""
        spent = self._budgets.alerts()
        thresholds = self.thresholds()
        if not thresholds:
            return spent
        rows = self._database.read(_QUERY, (self._now() - timedelta(hours=HOURS),))
        return spent + passed(thresholds, (Figures(**dict(zip(_NAMES, row, strict=True))) for row in rows))


_NAMES = tuple(field.name for field in fields(Figures))


def passed(thresholds: Iterable[Threshold], figures: Iterable[Figures]) -> tuple[Alert, ...]:
    """The thresholds that are passed; what is not known passes none, and one for a model stands before one for all."""
    thresholds = tuple(thresholds)
    own = {(one.measure, one.model) for one in thresholds if one.model is not None}
    found = []
    for one in figures:
        for threshold in thresholds:
            is_meant = threshold.model == one.model or (
                threshold.model is None and (threshold.measure, one.model) not in own
            )
            value = _value(threshold.measure, one)
            if is_meant and value is not None and value > threshold.most:
                found.append(_alert(threshold, one, value))
    return tuple(found)


def _value(measure: Measure, figures: Figures) -> Decimal | None:
    value: float | Decimal | None = getattr(figures, measure)
    if value is None or (measure != "cost_usd" and figures.requests < FEWEST):
        return None
    return Decimal(value).quantize(_EXACT)


def _alert(threshold: Threshold, figures: Figures, value: Decimal) -> Alert:
    return Alert(
        threshold_id=threshold.id,
        measure=threshold.measure,
        model=figures.model,
        value=value,
        most=threshold.most,
        requests=figures.requests,
        last_at=figures.last_at,
        message=_sentence(threshold.measure, figures, value, threshold.most),
    )


def _sentence(measure: Measure, figures: Figures, value: Decimal, most: Decimal) -> str:
    of = f"{figures.requests:,} {'request' if figures.requests == 1 else 'requests'} in {HOURS} hours"
    match measure:
        case "first_token_s":
            return f"{figures.model}: {value:,.2f} s to the first token, the median of {of}; your limit is {most:f} s."
        case "reply_s":
            return f"{figures.model}: {value:,.2f} s for a reply, the median of {of}; your limit is {most:f} s."
        case "failed_percent":
            return f"{figures.model}: {value:,.1f} % of {of} failed; your limit is {most:f} %."
        case "cost_usd":
            return f"{figures.model}: ${value:,.4f} for {of}; your limit is ${most:f}."


def _clean(measure: Measure, most: Decimal) -> Decimal:
    highest = Decimal(100) if measure == "failed_percent" else _MOST
    if not most.is_finite() or not _EXACT <= most <= highest:
        raise InvalidInputError(
            f"A threshold for {measure} is a number above 0 and up to {highest:,}.",
            remedy="Give it as in 2.5, without a unit.",
        )
    return most.quantize(_EXACT).normalize() + 0


def _every(read: Reader) -> tuple[Threshold, ...]:
    rows = read(f"SELECT {_COLUMNS} FROM thresholds ORDER BY created_at, id")  # noqa: S608
    return tuple(_record(row) for row in rows)


def _record(row: tuple[Any, ...]) -> Threshold:
    values: dict[str, Any] = dict(zip(_FIELDS, row, strict=True))
    return Threshold(**values | {"most": values["most"].normalize() + 0})


def _insert(tx: Transaction, threshold: Threshold) -> None:
    values = (OWNER_ID, *(getattr(threshold, name) for name in _FIELDS))
    places = ", ".join("?" * len(values))
    tx.execute(f"INSERT INTO thresholds (owner_id, {', '.join(_FIELDS)}) VALUES ({places})", values)  # noqa: S608
