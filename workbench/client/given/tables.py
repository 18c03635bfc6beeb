"""DataFrames, Series, arrays and Arrow tables, each as its size, its columns and its first rows.

What is said of a column's values is said of all rows, or of a sample of them that is spread over the whole; the text
says which. The least and the greatest number are told of all rows too. Nothing is copied but the sample.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from workbench import shown
from workbench.client.given.columns import number, summary
from workbench.client.given.loaded import is_a
from workbench.client.given.sources import Source, Values, source_of
from workbench.client.given.values import cell, pretty, table
from workbench.conversations.records import Given
from workbench.errors import InvalidInputError

MOST_SAMPLED = 100_000
"""Of more rows a sample is looked at…"""
MOST_CELLS = 2_000_000
"""…and of fewer where there are many columns…"""
MOST_SAMPLED_BYTES = 100 * 1024**2
"""…or where they hold long texts: the sample is in memory a second time."""
MOST_CELLS_PASSED = 200_000_000
"""Up to so many, the ends of each column of numbers are those of all rows: what is odd is seldom in a sample."""
MOST_COLUMNS = 60
HEAD_ROWS = 10
LONGEST_COLUMNS = 4_800
LONGEST_HEAD = 2_300
"""In characters. What a model reads of one table stays below the two and a few lines."""

_GOLDEN = 0.6180339887498949


def described(thing: Any) -> Given | None:  # noqa: ANN401  (of libraries that are not loaded here)
    """A table's shape, columns and first rows; None for what is no table."""
    if is_a(thing, "polars", "LazyFrame"):
        return Given(kind="table", name="", text=_lazy(thing))
    source = source_of(thing)
    if source is not None:
        return Given(kind="table", name="", text=text(source))
    if is_a(thing, "numpy", "ndarray") and thing.ndim > 2:
        return Given(kind="table", name="", text=_grid(thing))
    return None


def text(source: Source) -> str:
    """What a model reads of a table."""
    parts = [f"{shape(source.rows, source.columns)} ({source.what})"]
    if source.rows and source.names:
        parts += [_columns(source), _head(source)]
    else:
        parts.append(_schema(source.names))
    return "\n\n".join(parts)


def shape(rows: int, columns: int) -> str:
    """`1,000 rows × 5 columns`: how the text of a table begins."""
    return f"{shown.counted(rows, 'row')} × {shown.counted(columns, 'column')}"


def sample(rows: int, most: int) -> Sequence[int]:
    """Rows to look at: all of them, or one of each of `most` stretches.

    Which one of a stretch differs from one to the next by the golden section, so that no rhythm of the rows goes
    unseen.
    """
    if rows <= most:
        return range(rows)
    length = rows / most
    return [int((place + place * _GOLDEN % 1) * length) for place in range(most)]


def _columns(source: Source) -> str:
    described = source.names[:MOST_COLUMNS]
    affordable = source.rows * MOST_SAMPLED_BYTES // max(source.size_bytes, 1)
    rows = sample(source.rows, max(1, min(MOST_SAMPLED, MOST_CELLS // len(described), affordable)))
    passed = len(rows) < source.rows and source.rows * len(described) <= MOST_CELLS_PASSED
    lines: list[list[str]] = []
    room = LONGEST_COLUMNS
    for place, (name, kind) in enumerate(described):
        missing, said = summary(_values(source, place, rows))
        ends = source.ends(place) if passed else None
        of_all = f"; of all rows {number(ends[0])} to {number(ends[1])}" if ends else ""
        lines.append([cell(name), cell(kind), f"{missing:,}", f"{said}{of_all}"])
        room -= sum(map(len, lines[-1])) + 13
        if room < 0:
            break
    of = "" if len(rows) == source.rows else f", of a sample of {len(rows):,} rows"
    rest = _left_out(len(source.names) - len(lines))
    return f"Columns{of}:\n\n{table(['column', 'type', 'missing', 'values'], lines)}{rest}"


def _head(source: Source) -> str:
    rows = range(min(HEAD_ROWS, source.rows))
    columns: list[list[str]] = []
    room = LONGEST_HEAD
    for place, (name, _) in enumerate(source.names):
        column = [cell(name), *map(cell, _values(source, place, rows))]
        room -= sum(map(len, column)) + 3 * len(column)
        if room < 0 and columns:
            break
        columns.append(column)
    names, *lines = map(list, zip(*columns, strict=True))
    rest = _left_out(len(source.names) - len(columns))
    which = "All rows" if len(rows) == source.rows else f"The first {shown.counted(len(rows), 'row')}"
    return f"{which}:\n\n{table(names, lines)}{rest}"


def _values(source: Source, place: int, rows: Sequence[int]) -> Values:
    try:
        return source.read(place, rows)
    except Exception as error:
        name = cell(source.names[place][0])
        raise InvalidInputError(
            f"The table cannot be given: the values of its column {name!r} cannot be read ({type(error).__name__}).",
            remedy="Leave the column out, or make text of it first.",
        ) from error


def _schema(names: Iterable[tuple[object, str]]) -> str:
    lines = [[cell(name), cell(kind)] for name, kind in names]
    kept = lines[:MOST_COLUMNS]
    return f"{table(['column', 'type'], kept)}{_left_out(len(lines) - len(kept))}"


def _grid(array: Any) -> str:  # noqa: ANN401  (a numpy array)
    """An array of more than two dimensions."""
    rows = sample(array.size, MOST_SAMPLED)
    missing, said = summary(array.flat[list(rows)].tolist())
    of = "" if len(rows) == array.size else f", of a sample of {len(rows):,}"
    lengths = " × ".join(f"{length:,}" for length in array.shape)
    found = f"Values{of}: {said or 'none'}; {missing:,} missing"
    return f"{lengths} (numpy array, {array.dtype})\n\n{found}\n\n{pretty(array)}"


def _left_out(count: int) -> str:
    return f"\n\n{shown.counted(count, 'more column')} left out." if count else ""


def _lazy(frame: Any) -> str:  # noqa: ANN401  (a polars LazyFrame)
    try:
        names = [(name, str(kind)) for name, kind in frame.collect_schema().items()]
    except Exception as error:
        raise InvalidInputError(
            f"The LazyFrame's columns cannot be told: {type(error).__name__}.",
            remedy="Run its `collect()` to see what is wrong with it.",
        ) from error
    return (
        f"{shown.counted(len(names), 'column')}, of rows that have not been computed (polars LazyFrame). "
        f"Only its columns are known:\n\n{_schema(names)}"
    )
