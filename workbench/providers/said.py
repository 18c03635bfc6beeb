"""What a person says of models, in the database: apart from what is known of them, a row for each model."""

from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal

from workbench.clock import utc_now
from workbench.providers.corrections import Fact, is_price
from workbench.providers.records import Facts
from workbench.storage.database import Transaction
from workbench.storage.register import OWNER_ID

NAMES = tuple(field.name for field in fields(Facts))
COLUMNS = ", ".join(f"c.{name}" for name in NAMES)
"""Of `model_corrections AS c`: what `read` takes."""


def read(values: tuple[object, ...]) -> Facts:
    """What was said, from the row's `COLUMNS`."""
    told = dict(zip(NAMES, map(_plain, values), strict=True))
    return Facts(**told)  # type: ignore[arg-type]  # the columns have the types of the fields


def change(tx: Transaction, model_id: str, changes: Mapping[str, Fact | None]) -> None:
    """Keep what is said of a model now; the rest that was said stays."""
    now = utc_now()
    tx.execute(
        """INSERT INTO model_corrections (model_id, owner_id, created_at, updated_at, revision) VALUES (?, ?, ?, ?, 0)
           ON CONFLICT (model_id) DO NOTHING""",
        (model_id, OWNER_ID, now, now),
    )
    columns = [name for name in NAMES if name in changes]
    times = ["updated_at", *(["priced_at"] if any(is_price(name) for name in columns) else [])]
    assignments = ", ".join(f"{name} = ?" for name in (*columns, *times))
    tx.execute(
        f"UPDATE model_corrections SET {assignments}, revision = revision + 1 WHERE model_id = ?",  # noqa: S608  (names of ours)
        (*(changes[name] for name in columns), *(now for _ in times), model_id),
    )


def forget(tx: Transaction, model_id: str) -> None:
    """Forget all that was said of a model."""
    tx.execute("DELETE FROM model_corrections WHERE model_id = ?", (model_id,))


def _plain(value: object) -> object:
    """A price without the zeros that its column adds."""
    return Decimal(f"{value.normalize():f}") if isinstance(value, Decimal) else value
