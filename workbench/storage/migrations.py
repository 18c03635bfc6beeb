"""Numbered steps that bring a store to the present form.

Each slice numbers its own. A step and the record that it was made are one transaction, so a store is always at a known
step, whatever happens in the middle.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from workbench.clock import utc_now
from workbench.errors import HomeTooNewError

RECORD = """CREATE TABLE IF NOT EXISTS schema_migrations (
    slice VARCHAR NOT NULL, number INTEGER NOT NULL, applied_at TIMESTAMP NOT NULL, PRIMARY KEY (slice, number))"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One step of one slice."""

    slice: str
    number: int
    statements: tuple[str, ...]


class Session(Protocol):
    """What a step is run on."""

    def execute(self, query: str, parameters: Sequence[object] = ()) -> list[tuple[object, ...]]:
        """The rows that `query` gives."""
        ...


def missing(known: Iterable[Migration], done: Iterable[tuple[str, int]]) -> tuple[Migration, ...]:
    """The steps not yet made, in order.

    Raises HomeTooNewError if a step was made that this version does not know, and ValueError where a slice's
    numbers leave a gap.
    """
    steps = sorted(known, key=lambda step: step.number)
    made = set(done)
    unknown = made - {(step.slice, step.number) for step in steps}
    if unknown:
        slice_, number = min(unknown)
        raise HomeTooNewError(
            f"This store was written by a newer version of the Workbench ({slice_} step {number}).",
            remedy="Install that version or a later one; nothing has been changed.",
        )
    for name in {step.slice for step in steps}:
        numbers = [step.number for step in steps if step.slice == name]
        if numbers != list(range(1, len(numbers) + 1)):
            raise ValueError(f"The steps of {name!r} are numbered {numbers}.")
    return tuple(step for step in steps if (step.slice, step.number) not in made)


def apply(step: Migration, session: Session) -> None:
    """Make one step and record it. The caller holds the transaction."""
    for statement in step.statements:
        session.execute(statement)
    session.execute("INSERT INTO schema_migrations VALUES (?, ?, ?)", (step.slice, step.number, utc_now()))
