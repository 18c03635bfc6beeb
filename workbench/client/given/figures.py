"""What a matplotlib figure shows, in words. Its own numbers are read; nothing is drawn or scaled for it."""

import sys
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from workbench.client.given.columns import summary
from workbench.client.given.loaded import is_a
from workbench.client.given.sources import source_of
from workbench.client.given.tables import MOST_SAMPLED, sample
from workbench.client.given.values import cell

MOST_AXES = 12
MOST_SERIES = 12
MOST_CATEGORIES = 30
_LONGEST_LABEL = 200


def figure_of(thing: Any) -> Any:  # noqa: ANN401  (of a library that is not loaded here)
    """The figure of a figure, its axes, an array of them or a grid of seaborn's; None for others."""
    if is_a(thing, "numpy", "ndarray"):
        return figure_of(thing.flat[0]) if thing.dtype.hasobject and thing.size else None
    if is_a(thing, "matplotlib.figure", "Figure"):
        return thing
    if is_a(thing, "matplotlib.artist", "Artist") or is_a(thing, "seaborn.axisgrid", "Grid"):
        return figure_of(thing.figure)
    return None


def words(figure: Any) -> str:  # noqa: ANN401  (a matplotlib Figure)
    """Titles, labels, and the ranges of what is drawn."""
    title = figure.get_suptitle()
    lines = ["A matplotlib figure.", *([f"Title: {_label(title)}"] if title else [])]
    for number, axes in enumerate(figure.axes[:MOST_AXES], 1):
        lines += _axes(axes, number)
    if len(figure.axes) > MOST_AXES:
        lines.append(f"{len(figure.axes) - MOST_AXES:,} more axes left out.")
    return "\n".join(lines)


def _axes(axes: Any, number: int) -> list[str]:  # noqa: ANN401  (of matplotlib)
    named = [("titled", axes.get_title()), ("x is", axes.get_xlabel()), ("y is", axes.get_ylabel())]
    categories = [("x", _categories(axes.xaxis)), ("y", _categories(axes.yaxis))]
    described = "; ".join(
        [f"{how} {_label(text)}" for how, text in named if text]
        + [f"{which} has {', '.join(names)}" for which, names in categories if names]
    )
    series = [*chain(_lines(axes), _points(axes), _bars(axes), _images(axes), _texts(axes))]
    more = [f"- {len(series) - MOST_SERIES:,} more left out"] if len(series) > MOST_SERIES else []
    return [f"Axes {number}{f': {described}' if described else ''}", *series[:MOST_SERIES], *more]


def _categories(axis: Any) -> list[str]:  # noqa: ANN401  (of matplotlib)
    """What stands at the ticks of an axis of names, as at bars."""
    formatter, locator = axis.get_major_formatter(), axis.get_major_locator()
    if not is_a(formatter, "matplotlib.category", "StrCategoryFormatter"):
        return []
    places = list(locator())
    more = ["…"] if len(places) > MOST_CATEGORIES else []
    return [*map(_label, formatter.format_ticks(places[:MOST_CATEGORIES])), *more]


def _lines(axes: Any) -> Iterator[str]:  # noqa: ANN401  (of matplotlib)
    for line in axes.lines:
        x, y = line.get_xdata(orig=True), line.get_ydata(orig=True)
        yield f"- line {_named(line)}of {len(x):,} points: x {_range(x)}; y {_range(y)}"


def _points(axes: Any) -> Iterator[str]:  # noqa: ANN401  (of matplotlib)
    for points in axes.collections:
        if is_a(points, "matplotlib.collections", "PathCollection"):
            at = points.get_offsets()
            yield f"- {_named(points)}{len(at):,} points: x {_range(at[:, 0])}; y {_range(at[:, 1])}"
        else:
            yield f"- {_named(points)}{type(points).__name__}"


def _bars(axes: Any) -> Iterator[str]:  # noqa: ANN401  (of matplotlib)
    for bars in axes.containers:
        if is_a(bars, "matplotlib.container", "BarContainer"):
            yield f"- {_named(bars)}{len(bars):,} bars: {_range(bars.datavalues)}"


def _images(axes: Any) -> Iterator[str]:  # noqa: ANN401  (of matplotlib)
    for image in axes.images:
        array = image.get_array()
        yield f"- image of {' × '.join(map(str, array.shape))}: {_range(array)}"


def _texts(axes: Any) -> Iterator[str]:  # noqa: ANN401  (of matplotlib)
    for text in axes.texts:
        if text.get_text():
            yield f"- text {_label(text.get_text())}"


def _named(artist: Any) -> str:  # noqa: ANN401  (of matplotlib)
    """What the legend calls it; matplotlib's own names begin with an underscore."""
    label = str(artist.get_label())
    return "" if not label or label.startswith("_") else f"{_label(label)} "


def _label(text: str) -> str:
    return f'"{cell(text, _LONGEST_LABEL)}"'


def _range(data: Sequence[Any]) -> str:
    source = source_of(sys.modules["numpy"].ravel(data))
    if source is None or not source.rows:
        return "nothing"
    return summary(source.read(0, sample(source.rows, MOST_SAMPLED)))[1] or "nothing"
