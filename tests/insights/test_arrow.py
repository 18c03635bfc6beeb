"""Telling the messages of an Arrow stream apart, against the library that wrote it."""

import io
import string

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.client import arrow
from workbench.client.arrow import NotArrowError
from workbench.client.frames import frame

NAMES = st.lists(st.text(string.ascii_letters, min_size=1, max_size=8), unique=True, min_size=1, max_size=5)


@st.composite
def streams(draw) -> tuple[bytes, pl.DataFrame]:
    """A stream of a few batches, and the DataFrame that it is."""
    names = draw(NAMES)
    kinds = [draw(st.sampled_from(["text", "number", "list", "null"])) for _ in names]
    values = {
        "text": st.none() | st.text(max_size=40),
        "number": st.none() | st.integers(-(2**63), 2**63 - 1),
        "list": st.none() | st.lists(st.floats(allow_nan=False), max_size=4),
        "null": st.none(),
    }
    types = {"text": pa.string(), "number": pa.int64(), "list": pa.list_(pa.float64()), "null": pa.int32()}
    schema = pa.schema([(name, types[kind]) for name, kind in zip(names, kinds, strict=True)])
    batches = []
    for _ in range(draw(st.integers(0, 3))):
        rows = draw(st.integers(0, 6))
        columns = [pa.array(draw(st.lists(values[kind], min_size=rows, max_size=rows)), types[kind]) for kind in kinds]
        batches.append(pa.RecordBatch.from_arrays(columns, schema=schema))
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
    return sink.getvalue(), pl.DataFrame(pa.Table.from_batches(batches, schema))


@settings(max_examples=150, deadline=None)
@given(streams())
def test_a_stream_is_read_as_what_was_written(made: tuple[bytes, pl.DataFrame]):
    written, expected = made
    assert frame(arrow.messages(io.BytesIO(written))).equals(expected)


@settings(max_examples=150, deadline=None)
@given(streams(), st.data())
def test_a_stream_that_is_cut_anywhere_is_not_taken_for_a_whole_one(made: tuple[bytes, pl.DataFrame], data):
    written, _ = made
    cut = data.draw(st.integers(0, len(written) - 1))
    with pytest.raises(NotArrowError):
        list(arrow.messages(io.BytesIO(written[:cut])))


def test_an_error_in_place_of_the_end_mark_is_given_back_from_its_first_byte():
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, pa.schema([("a", pa.int32())])):
        pass
    ended = sink.getvalue().removesuffix(arrow.END)
    source = io.BytesIO(ended + b'{"code": "query_failed"}')
    reading = arrow.messages(source)
    next(reading)
    with pytest.raises(NotArrowError) as found:
        next(reading)
    assert found.value.found + source.read() == b'{"code": "query_failed"}'
