"""Rows as an Arrow stream: the only door to pyarrow, which is loaded when it is first used.

What is sent is Apache Arrow's IPC streaming format: a schema, batches of rows, an end mark.
"""

import contextlib
import io
from collections.abc import Iterator
from itertools import chain, count

import pyarrow as pa  # type: ignore[import-untyped]  # it has no stubs

from workbench.errors import QueryFailedError

_UNREADABLE = (pa.types.is_interval, pa.types.is_union, lambda kind: isinstance(kind, pa.ExtensionType))
"""What polars has no type for."""


def pieces(readers: Iterator[pa.RecordBatchReader], *, utc: bool) -> Iterator[bytes]:
    """One stream of all of their rows, in pieces: the schema with the first batch, a batch each, the end mark.

    All have the first one's columns. Those of one name are told apart by numbers, as DuckDB does in a subquery. With
    `utc`, times are marked as being in UTC. Raises QueryFailedError for a column that cannot be sent.
    """
    sink = io.BytesIO()
    writer: pa.RecordBatchStreamWriter | None = None
    for reader in readers:
        with contextlib.closing(reader):
            if writer is None:
                schema = _told_apart(_in_utc(reader.schema) if utc else reader.schema)
                _refuse_unreadable(schema)
                writer = pa.ipc.new_stream(sink, schema)
            for batch in reader:
                writer.write_batch(_under(schema, batch))
                yield _taken(sink)
    if writer is not None:
        writer.close()
        yield _taken(sink)


def _refuse_unreadable(schema: pa.Schema) -> None:
    for field in schema:
        if any(of_type(kind) for kind in _kinds(field.type) for of_type in _UNREADABLE):
            raise QueryFailedError(
                f"The column {field.name!r} is of a type that cannot be sent ({field.type}).",
                remedy="Convert it in the query, as in x::VARCHAR, or to seconds with epoch(x).",
            )


def _kinds(kind: pa.DataType) -> Iterator[pa.DataType]:
    """A type and those that it is made of."""
    yield kind
    for position in range(kind.num_fields):
        yield from _kinds(kind.field(position).type)


def _in_utc(schema: pa.Schema) -> pa.Schema:
    fields = [f.with_type(pa.timestamp(f.type.unit, "UTC")) if pa.types.is_timestamp(f.type) else f for f in schema]
    return pa.schema(fields)


def _told_apart(schema: pa.Schema) -> pa.Schema:
    taken: set[str] = set()
    names = []
    for name in schema.names:
        free = next(n for n in chain([name], (f"{name}_{number}" for number in count(1))) if n not in taken)
        taken.add(free)
        names.append(free)
    return pa.schema([field.with_name(name) for field, name in zip(schema, names, strict=True)])


def _under(schema: pa.Schema, batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch with the names and types of `schema`."""
    columns = [column.cast(field.type) for column, field in zip(batch.columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _taken(sink: io.BytesIO) -> bytes:
    piece = sink.getvalue()
    sink.seek(0)
    sink.truncate()
    return piece
