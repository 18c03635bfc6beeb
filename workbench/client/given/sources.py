"""The one way in which tables are read, whichever of the four libraries made them."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.client.given.loaded import is_a

Values = list[Any]
"""Values of one column as Python's own; what is missing is None or no number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A table, whatever it is made with."""

    what: str
    rows: int
    columns: int
    names: Sequence[tuple[object, str]]
    """What each column that can be read is called, and its type."""
    read: Callable[[int, Sequence[int]], Values]
    """The values of a column, by its place, in some rows."""
    size_bytes: int


def source_of(thing: object) -> Source | None:
    """How to read a table; None for what is none."""
    return next((source for read in (_polars, _pandas, _arrow, _numpy) if (source := read(thing))), None)


def _polars(thing: Any) -> Source | None:  # noqa: ANN401  (see `source_of`)
    if is_a(thing, "polars", "Series"):
        return Source(
            what="polars Series",
            rows=len(thing),
            columns=1,
            names=[(thing.name or "value", str(thing.dtype))],
            read=lambda _, rows: list(thing.gather(list(rows)).to_list()),
            size_bytes=int(thing.estimated_size()),
        )
    if not is_a(thing, "polars", "DataFrame"):
        return None
    return Source(
        what="polars DataFrame",
        rows=thing.height,
        columns=thing.width,
        names=[(name, str(kind)) for name, kind in thing.schema.items()],
        read=lambda place, rows: list(thing.to_series(place).gather(list(rows)).to_list()),
        size_bytes=int(thing.estimated_size()),
    )


def _pandas(thing: Any) -> Source | None:  # noqa: ANN401  (see `source_of`)
    if is_a(thing, "pandas", "Series"):
        columns = [("value" if thing.name is None else thing.name, thing)]
        what, shape_, size = "pandas Series", (len(thing), 1), thing.memory_usage(index=False)
    elif is_a(thing, "pandas", "DataFrame"):
        columns = [(name, thing.iloc[:, place]) for place, name in enumerate(thing.columns)]
        what, shape_, size = "pandas DataFrame", thing.shape, thing.memory_usage(index=False).sum()
    else:
        return None
    index = thing.index
    levels = [] if is_a(index, "pandas", "RangeIndex") else [index.get_level_values(at) for at in range(index.nlevels)]
    named = [("index" if level.name is None else level.name, level) for level in levels] + columns

    def read(place: int, rows: Sequence[int]) -> Values:
        part = named[place][1].take(list(rows))
        return [None if missing else value for value, missing in zip(part.tolist(), part.isna().tolist(), strict=True)]

    return Source(
        what=what,
        rows=int(shape_[0]),
        columns=int(shape_[1]),
        names=[
            (name, f"{part.dtype}, index" if at < len(levels) else f"{part.dtype}")
            for at, (name, part) in enumerate(named)
        ],
        read=read,
        size_bytes=int(size),
    )


def _arrow(thing: Any) -> Source | None:  # noqa: ANN401  (see `source_of`)
    if not is_a(thing, "pyarrow", "Table", "RecordBatch"):
        return None
    return Source(
        what=f"pyarrow {type(thing).__name__}",
        rows=thing.num_rows,
        columns=thing.num_columns,
        names=[(field.name, str(field.type)) for field in thing.schema],
        read=lambda place, rows: list(thing.column(place).take(list(rows)).to_pylist()),
        size_bytes=int(thing.nbytes),
    )


def _numpy(thing: Any) -> Source | None:  # noqa: ANN401  (see `source_of`)
    if not is_a(thing, "numpy", "ndarray") or thing.ndim not in {1, 2}:
        return None
    array = thing if is_a(thing, "numpy.ma", "MaskedArray") else sys.modules["numpy"].asarray(thing)
    if array.dtype.names:
        parts = [(name, array[name]) for name in array.dtype.names]
    elif array.ndim == 1:
        parts = [("value", array)]
    else:
        parts = [(place, array[:, place]) for place in range(array.shape[1])]

    def read(place: int, rows: Sequence[int]) -> Values:
        part = parts[place][1][list(rows)]
        # Finer times would come as numbers.
        return list((part.astype(f"{part.dtype.kind}8[us]") if part.dtype.kind in "mM" else part).tolist())

    return Source(
        what="numpy array",
        rows=len(array),
        columns=len(parts),
        names=[(name, str(part.dtype)) for name, part in parts],
        read=read,
        size_bytes=int(array.nbytes),
    )
