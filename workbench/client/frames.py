"""Rows as DataFrames: the only door to polars, which is loaded where one is asked for."""

from collections.abc import Iterable

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


def _narrowed(column: pl.Series) -> pl.Series:
    """As 64-bit numbers, if they fit."""
    narrow = column.cast(pl.Int64, strict=False)
    return narrow if narrow.null_count() == column.null_count() else column
