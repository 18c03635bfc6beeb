"""What can be said of the values of one column."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from workbench.client.given.values import cell

LONGEST_VALUE = 30
MOST_FREQUENT = 3


def summary(values: Sequence[Any]) -> tuple[int, str]:
    """How many are missing (None, or not a number), and what the others are like."""
    there = [value for value in values if value is not None and not _is_nan(value)]
    return len(values) - len(there), _said(there)


def number(value: object) -> str:
    """A number, or a time, with as many digits as are read."""
    return f"{value:.6g}" if isinstance(value, float) else cell(value, LONGEST_VALUE)


def _is_nan(value: object) -> bool:
    if type(value) is float:
        return value != value
    return isinstance(value, Decimal) and value.is_nan()


def _said(values: list[Any]) -> str:
    if not values:
        return ""
    kinds = set(map(type, values))
    is_time = len(kinds) == 1 and issubclass(next(iter(kinds)), date | time | timedelta)
    is_ordered = is_time or kinds <= {int, float, Decimal}
    try:
        found = sorted(values) if is_ordered else Counter(values)
    except TypeError:  # times with and without a zone have no order, and lists cannot be counted
        return f"for example {cell(values[0], LONGEST_VALUE)}"
    return _counts(found, values[0]) if isinstance(found, Counter) else _range(found, exact=is_time)


def _range(ordered: list[Any], *, exact: bool) -> str:
    """From the least to the greatest; `exact`: the median is one of the values."""
    if ordered[0] == ordered[-1]:
        return f"always {number(ordered[0])}"
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    median = low if exact or low == high else _between(low, high)
    return f"{number(ordered[0])} to {number(ordered[-1])}, median {number(median)}"


def _between(low: Any, high: Any) -> Any:  # noqa: ANN401  (two numbers, and one)
    try:
        return float(low) / 2 + float(high) / 2
    except OverflowError:  # Python's whole numbers have no end
        return low


def _counts(counts: Counter[Any], example: object) -> str:
    if len(counts) == 1:
        return f"always {_quoted(example)}"
    most = counts.most_common(MOST_FREQUENT)
    if most[0][1] == 1:
        return f"{len(counts):,} distinct, none twice, for example {_quoted(example)}"
    return f"{len(counts):,} distinct, most often {', '.join(f'{_quoted(value)} ({n:,})' for value, n in most)}"


def _quoted(value: object) -> str:
    written = cell(value, LONGEST_VALUE)
    return f'"{written}"' if isinstance(value, str) else written
