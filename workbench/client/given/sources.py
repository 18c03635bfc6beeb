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
    """The values of a column, by its place, in some rows. Raises what the library raises, if it cannot tell them."""
    ends: Callable[[int], tuple[Any, Any] | None]
    """The least and the greatest number of a whole column; None where it holds no numbers. It copies nothing."""
    size_bytes: int


def source_of(thing: object) -> Source | None:
    """How to read a table; None for what is none."""
    return next((source for read in (_polars, _pandas, _arrow, _numpy) if (source := read(thing))), None)


def _polars(thing: Any) -> Source | None:  # noqa: ANN401  (see `source_of`)
    if is_a(thing, "polars", "Series"):
        columns = [(thing.name or "value", thing)]
        what, rows = "polars Series", len(thing)
    elif is_a(thing, "polars", "DataFrame"):
        columns = [(column.name, column) for column in thing.iter_columns()]
        what, rows = "polars DataFrame", thing.height
    else:
        return None

    def read(place: int, rows: Sequence[int]) -> Values:
        part = columns[place][1].gather(list(rows))
        if str(part.dtype).startswith("Date") and not _in_pythons_years(part):
            raise OverflowError  # polars itself would panic
        return list(part.to_list())

    def ends(place: int) -> tuple[Any, Any] | None:
        column = columns[place][1]
        return (column.min(), column.max()) if column.dtype.is_numeric() else None

    return Source(
        what=what,
        rows=rows,
        columns=len(columns),
        names=[(name, str(column.dtype)) for name, column in columns],
        read=read,
        ends=ends,
        size_bytes=int(thing.estimated_size()),
    )


def _in_pythons_years(times: Any) -> bool:  # noqa: ANN401  (a polars Series)
    """Whether Python can hold these dates; polars gives no year for those beyond its own."""
    known = times.dt.year().is_between(1, 9999).fill_null(value=False)
    return bool((known | times.is_null()).all())


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
        ends=lambda place: _ends(named[place][1].to_numpy()) if _is_plain(named[place][1]) else None,
        size_bytes=int(size),
    )


def _is_plain(column: Any) -> bool:  # noqa: ANN401  (a pandas Series or Index)
    """Whether numpy sees its values where they lie."""
    return is_a(column.dtype, "numpy", "dtype")


def _arrow(thing: Any) -> Source | None:  # noqa: ANN401  (see `source_of`)
    if is_a(thing, "pyarrow", "Array", "ChunkedArray"):
        columns = [("value", thing)]
    elif is_a(thing, "pyarrow", "Table", "RecordBatch"):
        columns = list(zip(thing.column_names, thing.columns, strict=True))
    else:
        return None

    def ends(place: int) -> tuple[Any, Any] | None:
        column = columns[place][1]
        compute = sys.modules.get("pyarrow.compute")
        if compute is None or not str(column.type).startswith(("int", "uint", "float", "double")):
            return None
        found = compute.min_max(column).as_py()
        return found["min"], found["max"]

    return Source(
        what=f"pyarrow {type(thing).__name__}",
        rows=len(thing),
        columns=len(columns),
        names=[(name, str(column.type)) for name, column in columns],
        read=lambda place, rows: list(columns[place][1].take(list(rows)).to_pylist()),
        ends=ends,
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
        return _times(part) if part.dtype.kind in "mM" else list(part.tolist())

    return Source(
        what="numpy array",
        rows=len(array),
        columns=len(parts),
        names=[(name, str(part.dtype)) for name, part in parts],
        read=read,
        ends=lambda place: _ends(parts[place][1]),
        size_bytes=int(array.nbytes),
    )


def _ends(part: Any) -> tuple[Any, Any] | None:  # noqa: ANN401  (a numpy array)
    if part.dtype.kind not in "iuf" or is_a(part, "numpy.ma", "MaskedArray"):
        return None
    numpy = sys.modules["numpy"]
    return numpy.fmin.reduce(part).item(), numpy.fmax.reduce(part).item()


def _times(part: Any) -> Values:  # noqa: ANN401  (a numpy array)
    """As Python's times, where numpy would make numbers of finer ones; as text, if Python cannot hold them."""
    fine = part.astype(f"{part.dtype.kind}8[us]")
    missing = sys.modules["numpy"].isnat(part)
    times = fine.tolist()
    if not ((fine.astype(part.dtype) == part) | missing).all() or int in map(type, times):
        times = part.astype(str).tolist()
    return [None if none else time for time, none in zip(times, missing.tolist(), strict=True)]
