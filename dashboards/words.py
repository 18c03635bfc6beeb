"""How numbers are written."""

from datetime import date
from decimal import Decimal


def count(number: int, one: str, more: str) -> str:
    """A number with its noun."""
    return f"{number:,} {one if number == 1 else more}"


def dollars(amount: Decimal) -> str:
    """An amount, precise enough to be seen."""
    if amount == 0 or amount >= 1:
        return f"${amount:,.2f}"
    return f"${amount:.4f}" if amount >= Decimal("0.0001") else "less than $0.0001"


def seconds(milliseconds: float | None) -> str:
    """A duration; unknown where there is none."""
    return "unknown" if milliseconds is None else f"{milliseconds / 1000:,.2f} s"


def day(when: date) -> str:
    """A date."""
    return f"{when.day} {when:%B %Y}"
