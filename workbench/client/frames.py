"""Rows as DataFrames: the only door to polars, which is loaded where one is asked for."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, get_args, get_type_hints

import polars as pl

from workbench.client.arrow import END

_WHOLE = pl.Decimal(38, 0)
"""What polars reads DuckDB's 128-bit whole numbers as: what a sum of whole numbers is."""


def frame(messages: Iterable[bytes]) -> pl.DataFrame:
    """The messages of an Arrow stream, a schema first, as one DataFrame; each is let go of as soon as it is read."""
    parts = iter(messages)
    schema = next(parts)
    frames = [pl.read_ipc_stream(b"".join((schema, part, END)), use_pyarrow=False) for part in parts]
    whole = pl.concat(frames, rechunk=False) if frames else pl.read_ipc_stream(schema + END, use_pyarrow=False)
    return whole.with_columns(_narrowed(column) for column in whole.iter_columns() if column.dtype == _WHOLE)


def of(records: Iterable[Any], kind: type) -> pl.DataFrame:
    """Records of a kind as a DataFrame, a column for each field also where there are none."""
    types = {name: _type(hint) for name, hint in get_type_hints(kind).items()}
    return pl.DataFrame([tuple(getattr(each, name) for name in types) for each in records], types, orient="row")


def _type(hint: Any) -> pl.DataType:  # noqa: ANN401  (any type of a field)
    """The type of a field's column."""
    types: dict[Any, pl.DataType] = {
        str: pl.String(),
        int: pl.Int64(),
        float: pl.Float64(),
        Decimal: pl.Decimal(18, 9),
    }
    return types[next((each for each in get_args(hint) if each is not type(None)), hint)]


def _narrowed(column: pl.Series) -> pl.Series:
    """As 64-bit numbers, if they fit."""
    narrow = column.cast(pl.Int64, strict=False)
    return narrow if narrow.null_count() == column.null_count() else column
