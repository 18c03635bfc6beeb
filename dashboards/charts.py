"""The charts of the pages. Each has a sentence and a table beside it, which a screen reader is given instead."""

import math
from datetime import date
from typing import Any, Literal

import altair as alt
import polars as pl

from dashboards.shown import Span, Step

Spec = dict[str, object]
"""A Vega-Lite chart."""

HEIGHT_PX = 240
WHOLE = ",d"
"""The form of numbers that are counted."""
_MOST_MARKS = 5
_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
"""A name, which nobody fetches. Altair would name the minor version, and Panel's own Vega is a little older."""
_LIGHT = {"text": "#1c2128", "muted": "#59626f", "line": "#dfe3e9"}
_DARK = {"text": "#e4e7ec", "muted": "#a3acba", "line": "#343a44"}
_LIGHT_SERIES = ["#2457c5", "#c2570c", "#1a7f4b", "#8a24a8", "#0b6672", "#a11d4d", "#7a5c00", "#6b7280"]
_DARK_SERIES = ["#8fb3ff", "#f2b37e", "#7fd6a3", "#d9a0f0", "#7fd0dc", "#ff9db8", "#e3c55a", "#a3acba"]
_BANDS: dict[Step, Literal["utcyearmonthdate", "utcyearweek", "utcyearmonth"]] = {
    "1d": "utcyearmonthdate",
    "1w": "utcyearweek",
    "1mo": "utcyearmonth",
}
_MARKS: tuple[tuple[float, Literal["day", "week", "month", "year"], int], ...] = (
    (8, "day", 1),
    (50, "week", 1),
    (200, "month", 1),
    (400, "month", 2),
    (1200, "month", 6),
    (math.inf, "year", 1),
)
"""Up to so many days, a date stands at each of these."""
_TIMES = {
    "First token": ("first_token_ms", "first_token_ms_p95"),
    "Whole reply": ("total_ms", "total_ms_p95"),
}


def bars(data: pl.DataFrame, order: list[str], span: Span, *, unit: str, form: str, sentence: str, dark: bool) -> Spec:
    """`(when, series, value)` as stacked bars over all that was looked at.

    `order` gives each series the same colour in every chart.
    """
    names = [name for name in order if name in set(data["series"])]
    places = {name: place for place, name in enumerate(names)}
    placed = data.with_columns(pl.col("series").replace_strict(places, return_dtype=pl.Int64).alias("place"))
    chart = (
        alt.Chart(placed, description=sentence)
        .mark_bar(aria=False)
        .encode(
            x=_when(span),
            y=alt.Y("value:Q", title=unit, axis=alt.Axis(format=form, **_marks(data, whole=form == WHOLE))),
            color=_colour(names, order, dark=dark),
            order=alt.Order("place:Q"),
            tooltip=[
                alt.Tooltip("when:T", title="From", format="%-d %B %Y"),
                alt.Tooltip("series:N", title="Of"),
                alt.Tooltip("value:Q", title=unit, format=form),
            ],
        )
    )
    return _styled(chart, dark=dark)


def lines(data: pl.DataFrame, order: list[str], span: Span, *, unit: str, form: str, sentence: str, dark: bool) -> Spec:
    """`(when, series, value, requests)` as a line with dots for each series, over all that was looked at."""
    names = [name for name in order if name in set(data["series"])]
    chart = (
        alt.Chart(data, description=sentence)
        .mark_line(point=alt.OverlayMarkDef(size=50, filled=True), strokeWidth=2, aria=False)
        .encode(
            x=_when(span),
            y=alt.Y("value:Q", title=unit, axis=alt.Axis(format=form, tickCount=_MOST_MARKS)),
            color=_colour(names, order, dark=dark),
            tooltip=[
                alt.Tooltip("when:T", title="From", format="%-d %B %Y"),
                alt.Tooltip("series:N", title="Of"),
                alt.Tooltip("value:Q", title=unit, format=form),
                alt.Tooltip("requests:Q", title="requests", format=WHOLE),
            ],
        )
    )
    return _styled(chart, dark=dark)


def times(data: pl.DataFrame, *, sentence: str, dark: bool) -> Spec:
    """The response times of each model: a dot for the median, a line to where 95 of 100 had arrived."""
    long = pl.concat(
        data.select(
            pl.col("model").fill_null("unknown"),
            pl.lit(kind).alias("kind"),
            (pl.col(middle) / 1000).alias("median"),
            (pl.col(slow) / 1000).alias("p95"),
        )
        for kind, (middle, slow) in _TIMES.items()
    ).drop_nulls("median")
    base = alt.Chart(long).encode(
        y=alt.Y(
            "model:N", title=None, axis=alt.Axis(labelLimit=150), sort=data["model"].fill_null("unknown").to_list()
        ),
        yOffset=alt.YOffset("kind:N"),
        color=alt.Color(
            "kind:N",
            title=None,
            scale=alt.Scale(domain=list(_TIMES), range=(_DARK_SERIES if dark else _LIGHT_SERIES)[:2]),
        ),
        tooltip=[
            alt.Tooltip("model:N", title="Model"),
            alt.Tooltip("kind:N", title="Until"),
            alt.Tooltip("median:Q", title="Median, seconds", format=",.2f"),
            alt.Tooltip("p95:Q", title="95 of 100, seconds", format=",.2f"),
        ],
    )
    seconds = alt.X("median:Q", title="seconds", scale=alt.Scale(zero=True), axis=alt.Axis(tickCount=6))
    lines = base.mark_rule(strokeWidth=2, aria=False).encode(x=seconds, x2="p95:Q")
    dots = base.mark_circle(size=90, opacity=1, aria=False).encode(x=seconds)
    height = max(120, 56 * long["model"].n_unique())
    return _styled(alt.layer(lines, dots, description=sentence), dark=dark, height_px=height)


def _when(span: Span) -> alt.X:
    """Time from left to right: all of it, also where nothing happened."""
    return alt.X(
        "when:T",
        timeUnit=_BANDS[span.step],
        title=None,
        scale=alt.Scale(domain=[_utc(end) for end in span.ends]),
        axis=alt.Axis(format="%-d %b", labelOverlap="greedy", tickCount=_ticks(span), grid=False),
    )


def _colour(names: list[str], order: list[str], *, dark: bool) -> alt.Color:
    """What each series is painted in, which is the same in every chart of one `order`."""
    colours = dict(zip(order, _DARK_SERIES if dark else _LIGHT_SERIES, strict=False))
    return alt.Color(
        "series:N",
        title=None,
        sort=names,
        scale=alt.Scale(domain=names, range=[colours[name] for name in names]),
    )


def _marks(data: pl.DataFrame, *, whole: bool) -> dict[str, Any]:
    """Where numbers stand beside the bars: of few that are counted, at each and never between two."""
    highest = data.group_by("when").agg(pl.col("value").sum())["value"].max()
    if whole and isinstance(highest, float) and highest <= _MOST_MARKS:
        return {"values": list(range(round(highest) + 1))}
    return {"tickCount": _MOST_MARKS}


def _ticks(span: Span) -> alt.TimeIntervalStep:
    """Dates as far apart as can be read, at the beginnings of days, weeks, months or years."""
    days = (span.last - span.first).days
    interval, step = next((interval, step) for most, interval, step in _MARKS if days <= most)
    return alt.TimeIntervalStep(interval=interval, step=step)


def _utc(day: date) -> alt.DateTime:
    return alt.DateTime(year=day.year, month=day.month, date=day.day, utc=True)


def _styled(chart: Any, *, dark: bool, height_px: int = HEIGHT_PX) -> Spec:  # noqa: ANN401  (Altair's own union)
    look = _DARK if dark else _LIGHT
    font = "system-ui, sans-serif"
    styled = (
        chart.properties(width="container", height=height_px, background="transparent")
        .configure(font=font)
        .configure_view(stroke=None)
        .configure_axis(
            labelColor=look["muted"],
            titleColor=look["muted"],
            gridColor=look["line"],
            domainColor=look["line"],
            tickColor=look["line"],
            titleFontWeight="normal",
            labelFontSize=12,
            titleFontSize=12,
        )
        .configure_legend(
            orient="bottom", columns=2, labelColor=look["text"], labelFontSize=13, labelLimit=150, symbolType="square"
        )
    )
    spec: Spec = styled.to_dict()
    spec["$schema"] = _SCHEMA
    return spec
