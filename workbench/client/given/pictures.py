"""Plots and images as pictures that models can be sent, each with what it shows in words."""

import io
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from workbench.client.given import charts, figures
from workbench.client.given.loaded import is_a
from workbench.conversations.attachments import LARGEST_PICTURE_BYTES
from workbench.conversations.records import Given
from workbench.errors import InvalidInputError
from workbench.plain import one_line

Drawn = TypeVar("Drawn")

SCALES = (1.0, 0.6, 0.35, 0.2)
"""Tried one after the other until the picture is small enough."""
LONGEST_SIDE = 1600
"""In pixels; models make larger pictures smaller themselves."""
HIGHEST_DPI = 150


def described(thing: Any) -> Given | None:  # noqa: ANN401  (of libraries that are not loaded here)
    """A plot's or an image's picture; None for what is none. Raises InvalidInputError where it cannot be drawn."""
    if is_a(thing, "altair", "TopLevelMixin"):
        return _chart(thing)
    figure = figures.figure_of(thing)
    if figure is not None:
        return _figure(figure)
    if is_a(thing, "PIL.Image", "Image"):
        return _image(thing)
    if is_a(thing, "plotly.basedatatypes", "BaseFigure"):
        raise InvalidInputError(
            "A plotly figure cannot be given: a browser would be needed to draw it.",
            remedy="Give the table it shows, or the path of a picture that you have saved.",
        )
    return None


def _chart(chart: Any) -> Given:  # noqa: ANN401  (an altair chart)
    def draw(scale: float) -> bytes:
        target = io.BytesIO()
        chart.save(target, format="png", scale_factor=2 * scale)
        return target.getvalue()

    return _picture(charts.words(_drawn(chart.to_dict, "chart")), draw, "chart")


def _figure(figure: Any) -> Given:  # noqa: ANN401  (a matplotlib Figure)
    dpi = min(HIGHEST_DPI, LONGEST_SIDE / max(*figure.get_size_inches(), 0.1))

    def draw(scale: float) -> bytes:
        target = io.BytesIO()
        figure.savefig(target, format="png", dpi=dpi * scale)
        return target.getvalue()

    return _picture(figures.words(figure), draw, "figure")


def _image(image: Any) -> Given:  # noqa: ANN401  (a PIL image)
    width, height = image.size

    def draw(scale: float) -> bytes:
        fitting = scale * min(1.0, LONGEST_SIDE / max(width, height, 1))
        size = max(1, round(width * fitting)), max(1, round(height * fitting))
        simple = image if image.mode in {"1", "L", "LA", "P", "RGB", "RGBA"} else image.convert("RGB")
        target = io.BytesIO()
        (simple if size == image.size else simple.resize(size)).save(target, format="PNG")
        return target.getvalue()

    return _picture(f"An image of {width:,} × {height:,} pixels.", draw, "image")


def _drawn(draw: Callable[[], Drawn], noun: str) -> Drawn:
    try:
        return draw()
    except Exception as error:
        raise InvalidInputError(
            f"The {noun} cannot be drawn: {one_line(str(error))[:300] or type(error).__name__}",
            remedy=f"Show it in a cell first, or give the table it shows in place of the {noun}.",
        ) from error


def _picture(words: str, draw: Callable[[float], bytes], noun: str) -> Given:
    """The picture as large as is allowed."""
    for scale in SCALES:
        data = _drawn(partial(draw, scale), noun)
        if len(data) <= LARGEST_PICTURE_BYTES:
            return Given(kind="picture", name="", text=words, media_type="image/png", data=data)
    raise InvalidInputError(
        f"The {noun}'s picture is larger than {LARGEST_PICTURE_BYTES // 1024**2} MB, however small it is drawn.",
        remedy="Give a simpler one, or the path of a smaller picture that you have saved.",
    )
