"""*Usage*: messages, tokens, cost and response times, as charts, tables and files."""

import asyncio
import io
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from html import escape

import panel as pn
import panel_material_ui as pmui
import param
import polars as pl
from panel_material_ui.template.base import Page

from dashboards import charts, figures
from dashboards.choices import Choices, Period
from dashboards.figures import Shown, Usage
from dashboards.frame import fault, framed, settled, system
from workbench.client import Workbench, connect
from workbench.clock import utc_now
from workbench.errors import WorkbenchError

pn.extension("vega")

_CHOSEN = "Choose dates"
_PERIODS: dict[str, int | None] = {
    "Last 7 days": 7,
    "Last 30 days": 30,
    "Last 90 days": 90,
    "Last 12 months": 365,
    "All time": None,
    _CHOSEN: None,
}
_TEXT = """
:host { font: 15px/1.5 system-ui, sans-serif; max-width: 100% }
h1 { font: 600 26px/1.3 system-ui, sans-serif; margin: 8px 0 }
h2 { font: 600 18px/1.3 system-ui, sans-serif; margin: 20px 0 4px }
p { margin: 0 0 4px }
a { color: var(--mui-palette-primary-main) }
dl { display: flex; flex-wrap: wrap; gap: 16px 40px; margin: 0 }
dt { color: var(--mui-palette-text-secondary) }
dd { margin: 0; font-size: 22px; font-weight: 600 }
summary { display: inline-flex; align-items: center; min-height: 44px; cursor: pointer;
          color: var(--mui-palette-primary-main) }
summary::before { content: '▸'; margin-right: 6px }
details[open] > summary::before { content: '▾' }
summary:focus-visible { outline: 2px solid; outline-offset: 2px }
.scroll { overflow: auto; max-height: 400px }
.scroll:focus-visible { outline: 2px solid var(--mui-palette-primary-main) }
table { border-collapse: collapse; font-variant-numeric: tabular-nums }
th, td { padding: 4px 16px 4px 0; text-align: right; white-space: nowrap; border-bottom: 1px solid
         var(--mui-palette-divider) }
th:first-child, td:first-child { text-align: left }
thead th { position: sticky; top: 0; background: var(--mui-palette-background-default) }
"""
_GAP = (8, 16, 8, 0)
_WIDE = {"sizing_mode": "stretch_width", "margin": 0}


def page() -> Page:
    """The page, for one session."""
    return UsagePage(connect(door="dashboards")).draw()


class UsagePage:
    """The filters, and what they show."""

    def __init__(self, bench: Workbench) -> None:
        """`bench` answers; it is asked off the event loop."""
        self._bench = bench
        self._asked = 0
        self._seen: Shown | None = None
        """What the filters said when the owner was asked last."""
        self._usage: Usage | None = None
        self._first: asyncio.Future[tuple[dict[str, str], list[str], Usage | None]] | None = None
        self._system = system()
        today = utc_now().date()
        self._period = Period(
            options=list(_PERIODS),
            value="Last 30 days",
            since=(today - timedelta(days=29)).isoformat(),
            until=today.isoformat(),
            dark=self._system.param.dark,
            align="end",
            margin=_GAP,
        )
        self._experiences = Choices(label="Experiences", width=260, align="end", margin=_GAP)
        self._models = Choices(label="Models", width=260, align="end", margin=_GAP)
        self._by = pmui.RadioButtonGroup(
            label="Colours show",
            options={"Models": "model", "Experiences": "experience"},
            value="model",
            align="end",
            margin=_GAP,
        )
        self._csv = self._export("CSV", "csv", lambda rows, file: rows.write_csv(file))
        self._parquet = self._export("Parquet", "parquet", lambda rows, file: rows.write_parquet(file))
        self._controls = pmui.FlexBox(self._by, self._csv, self._parquet, **_WIDE)
        self._body = pmui.Column(_text('<p role="status">Counting…</p>'), **_WIDE)

    def draw(self) -> Page:
        """Lay it out; reading begins while the browser loads the page."""
        self._period.param.watch(self._on_filter, ["value", "since", "until"])
        self._experiences.param.watch(self._on_filter, "value")
        self._models.param.watch(self._on_filter, "value")
        self._by.param.watch(self._on_look, "value")
        self._system.param.watch(self._on_look, "dark")
        pn.state.onload(self._fill)
        self._first = asyncio.get_running_loop().run_in_executor(None, self._begin)
        return framed(
            "usage",
            self._system,
            pmui.Container(
                _text("<h1>Usage</h1>"),
                pmui.FlexBox(self._period, self._experiences, self._models, **_WIDE),
                self._body,
                width_option="lg",
            ),
        )

    @property
    def shown(self) -> Shown:
        """What the filters say."""
        today = utc_now().date()
        days = _PERIODS[self._period.value]
        since = today - timedelta(days=days - 1) if days else None
        until: date | None = None
        if self._period.value == _CHOSEN:
            since, until = date.fromisoformat(self._period.since), date.fromisoformat(self._period.until)
        return Shown(
            since=since,
            until=until,
            experiences=tuple(self._experiences.value),
            models=tuple(self._models.value),
            by=self._by.value,
        )

    async def _on_filter(self, *_: param.parameterized.Event) -> None:
        if self._seen not in (None, self.shown):  # a filter that gets its choices says that it has changed, too
            await self._read()

    async def _on_look(self, _: param.parameterized.Event) -> None:
        if self._usage is not None:
            self._show(self._usage)

    async def _fill(self) -> None:
        """The first time: what can be chosen is read too."""
        if self._first is None:
            self._first = asyncio.get_running_loop().run_in_executor(None, self._begin)
        try:
            experiences, models, usage = await self._first
            await settled(self._system)
        except WorkbenchError as error:
            self._first = None
            self._body[:] = [fault(error, self._fill)]
            return
        self._experiences.options = [{"name": name, "value": id} for name, id in experiences.items()]
        self._models.options = [{"name": name, "value": name} for name in models]
        self._tell(usage)

    def _begin(self) -> tuple[dict[str, str], list[str], Usage | None]:
        self._seen = self.shown
        asked = self._bench.sql("SELECT DISTINCT model FROM messages WHERE model IS NOT NULL")
        return self._names(), sorted(asked["model"].to_list()), self._ask(self._seen)

    def _names(self) -> dict[str, str]:
        """The Experiences' ids under names that tell them apart."""
        named: dict[str, str] = {}
        for each in self._bench.experiences.list(None):
            name = each.name if each.state == "active" else f"{each.name} ({each.state})"
            named[f"{name} ({each.slug})" if name in named else name] = each.id
        return named

    async def _read(self) -> None:
        """Read and show; of two that overlap, the later is shown."""
        self._asked += 1
        asked, self._seen = self._asked, self.shown
        try:
            usage = await asyncio.to_thread(self._ask, self._seen)
        except WorkbenchError as error:
            if asked == self._asked:
                self._body[:] = [fault(error, self._read)]
            return
        if asked == self._asked:
            self._tell(usage)

    def _ask(self, shown: Shown) -> Usage | None:
        """What was found; None if there never was a message."""
        usage = figures.read(self._bench, shown)
        return usage if usage.rows.height or self._has_messages() else None

    def _tell(self, usage: Usage | None) -> None:
        if usage is None:
            self._nothing('No messages yet. Ask something <a href="chat">in the chat</a>, and your usage shows here.')
        elif not usage.rows.height:
            self._nothing("No messages in this selection. Choose another period, or fewer filters.")
        else:
            self._show(usage)

    def _has_messages(self) -> bool:
        return bool(self._bench.status().rows.get("messages"))

    def _nothing(self, sentence: str) -> None:
        self._usage = None
        self._body[:] = [_text(f'<p role="status">{sentence}</p>')]

    def _show(self, usage: Usage) -> None:
        self._usage = usage
        self._csv.filename = figures.file_name(self.shown, "csv")
        self._parquet.filename = figures.file_name(self.shown, "parquet")
        order = figures.order(usage, self._by.value)
        self._body[:] = [
            _text(_summary(usage)),
            self._controls,
            *self._over_time(usage, order, "Messages", "messages", "messages", figures.messages_sentence(usage)),
            *self._over_time(usage, order, "Tokens", "tokens", "tokens", figures.tokens_sentence(usage)),
            *self._over_time(usage, order, "Cost", "cost_usd", "US dollars", figures.cost_sentence(usage)),
            *self._times(usage),
        ]

    def _over_time(
        self, usage: Usage, order: list[str], title: str, column: str, unit: str, sentence: str
    ) -> list[object]:
        data = figures.series(usage, column, self._by.value)
        heading = _text(f"<h2>{title} {figures.periods(usage)}</h2><p>{escape(sentence)}</p>")
        if not data.height:
            return [heading]
        columns, lines = figures.per_step(data, order)
        chart = charts.bars(
            data,
            order,
            usage,
            unit=unit,
            form=_axis(data) if column == "cost_usd" else charts.WHOLE,
            sentence=sentence,
            dark=self._system.dark,
        )
        cells = [[_cell(each, column) for each in line] for line in lines]
        return [heading, _drawn(chart), _text(_table(title, columns, cells))]

    def _times(self, usage: Usage) -> list[object]:
        if not usage.times.height:
            return [_text("<h2>Response times</h2><p>No reply has ended yet.</p>")]
        sentence = figures.times_sentence(usage)
        chart = charts.times(usage.times, sentence=sentence, dark=self._system.dark)
        return [
            _text(f"<h2>Response times</h2><p>{escape(sentence)}</p>"),
            _drawn(chart),
            _text(_table("Response times", *figures.times_table(usage))),
        ]

    def _export(self, kind: str, suffix: str, write: Callable[[pl.DataFrame, io.BytesIO], object]) -> pmui.FileDownload:
        def written() -> io.BytesIO:
            file = io.BytesIO()
            if self._usage is not None:
                write(self._usage.rows, file)
            file.seek(0)
            return file

        return pmui.FileDownload(
            label=f"Save as {kind}",
            callback=written,
            filename=f"usage.{suffix}",
            variant="outlined",
            align="end",
            margin=_GAP,
            sx={"minHeight": "44px"},
        )


def _summary(usage: Usage) -> str:
    facts = {
        "Messages": f"{figures.total(usage, 'messages'):,}",
        "Tokens read": f"{figures.total(usage, 'input_tokens'):,}",
        "Tokens written": f"{figures.total(usage, 'output_tokens'):,}",
        "Cost": figures.cost(usage),
        "Failed replies": f"{figures.total(usage, 'failed'):,}",
    }
    return (
        "<dl>"
        + "".join(f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for name, value in facts.items())
        + "</dl>"
    )


def _axis(data: pl.DataFrame) -> str:
    """How dollars are written beside a chart: cents, where bars are that tall."""
    tallest = data.group_by("when").agg(pl.col("value").sum())["value"].max()
    return "$,.2f" if isinstance(tallest, float) and tallest >= 0.05 else "$,.4f"


def _drawn(chart: object) -> pn.pane.Vega:
    return pn.pane.Vega(chart, sizing_mode="stretch_width", margin=(8, 0, 0, 0))


def _text(html: str) -> pn.pane.HTML:
    return pn.pane.HTML(html, stylesheets=[_TEXT], sizing_mode="stretch_width", margin=(12, 0, 0, 0))


def _table(title: str, columns: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A table behind a disclosure. What is in it was written by users and providers: all of it is escaped."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in columns)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in line) + "</tr>" for line in lines)
    label = escape(f"{title}, as a table")
    return (
        f'<details><summary>{label}</summary><div class="scroll" tabindex="0" role="region" aria-label="{label}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div></details>"
    )


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
