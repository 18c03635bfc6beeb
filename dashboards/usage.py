"""*Usage*: messages, tokens, cost and response times, as charts, tables and files."""

import panel as pn
import panel_material_ui as pmui
import polars as pl
from panel_material_ui.template.base import Page

from dashboards import charts, figures
from dashboards.figures import Usage
from dashboards.filtered import GAP, Filtered
from dashboards.text import drawn, facts, heading, table_beside, text
from workbench.client import Workbench, connect

pn.extension("vega")


def page() -> Page:
    """The page, for one session."""
    return UsagePage(connect(door="dashboards")).draw()


class UsagePage:
    """What the page shows of what was found."""

    def __init__(self, bench: Workbench) -> None:
        """`bench` answers; it is asked off the event loop."""
        self._by = pmui.RadioButtonGroup(
            label="Colours show",
            options={"Models": "model", "Experiences": "experience"},
            value="model",
            align="end",
            margin=GAP,
        )
        self._filtered = Filtered(
            bench, "usage", read=lambda shown: figures.read(bench, shown), draw=self._parts, controls=[self._by]
        )

    def draw(self) -> Page:
        """Lay it out."""
        self._by.param.watch(self._filtered.redraw, "value")
        return self._filtered.page()

    def _parts(self, usage: Usage) -> list[object]:
        order = figures.order(usage, self._by.value)
        return [
            text(_summary(usage)),
            self._filtered.controls,
            *self._over_time(usage, order, "Messages", "messages", "messages", figures.messages_sentence(usage)),
            *self._over_time(usage, order, "Tokens", "tokens", "tokens", figures.tokens_sentence(usage)),
            *self._over_time(usage, order, "Cost", "cost_usd", "US dollars", figures.cost_sentence(usage)),
            *self._times(usage),
        ]

    def _over_time(
        self, usage: Usage, order: list[str], title: str, column: str, unit: str, sentence: str
    ) -> list[object]:
        data = figures.series(usage, column, self._by.value)
        head = text(heading(f"{title} per {usage.span.step_name}", sentence))
        if not data.height:
            return [head]
        columns, lines = figures.per_step(data, order)
        chart = charts.bars(
            data,
            order,
            usage.span,
            unit=unit,
            form=_axis(data) if column == "cost_usd" else charts.WHOLE,
            sentence=sentence,
            dark=self._filtered.dark,
        )
        cells = [[_cell(each, column) for each in line] for line in lines]
        return [head, drawn(chart), text(table_beside(title, columns, cells))]

    def _times(self, usage: Usage) -> list[object]:
        if not usage.times.height:
            return [text(heading("Response times", "No reply has ended yet."))]
        sentence = figures.times_sentence(usage)
        chart = charts.times(usage.times, sentence=sentence, dark=self._filtered.dark)
        return [
            text(heading("Response times", sentence)),
            drawn(chart),
            text(table_beside("Response times", *figures.times_table(usage))),
        ]


def _summary(usage: Usage) -> str:
    return facts(
        {
            "Messages": f"{figures.total(usage, 'messages'):,}",
            "Tokens read": f"{figures.total(usage, 'input_tokens'):,}",
            "Tokens written": f"{figures.total(usage, 'output_tokens'):,}",
            "Cost": figures.cost(usage),
            "Failed replies": f"{figures.total(usage, 'failed'):,}",
        }
    )


def _axis(data: pl.DataFrame) -> str:
    """How dollars are written beside a chart: cents, where bars are that tall."""
    tallest = data.group_by("when").agg(pl.col("value").sum())["value"].max()
    return "$,.2f" if isinstance(tallest, float) and tallest >= 0.05 else "$,.4f"


def _cell(value: str | float | None, column: str) -> str:
    match value:
        case str():
            return value
        case None:
            return "none known" if column == "cost_usd" else "none"
        case _ if column == "cost_usd":
            return f"${value:,.4f}"
        case _:
            return f"{value:,.0f}"
