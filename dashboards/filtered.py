"""A page that shows what a period, some Experiences and some models hold: its filters, and when it reads."""

import asyncio
import io
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Generic, Protocol, TypeVar

import panel as pn
import panel_material_ui as pmui
import param
import polars as pl
from panel_material_ui.template.base import Page

from dashboards.choices import Choices, Period
from dashboards.frame import PAGES, fault, framed, settled, system
from dashboards.shown import Shown
from dashboards.text import text
from workbench.client import Workbench
from workbench.clock import utc_now
from workbench.errors import WorkbenchError

_CHOSEN = "Choose dates"
_PERIODS: dict[str, int | None] = {
    "Last 7 days": 7,
    "Last 30 days": 30,
    "Last 90 days": 90,
    "Last 12 months": 365,
    "All time": None,
    _CHOSEN: None,
}
_WIDE = {"sizing_mode": "stretch_width", "margin": 0}
GAP = (8, 16, 8, 0)
"""Around what is chosen with."""


class Rows(Protocol):
    """What was found: with the rows that are saved as a file."""

    @property
    def rows(self) -> pl.DataFrame:
        """None of them: nothing was found."""
        ...


Found = TypeVar("Found", bound=Rows)


class Filtered(Generic[Found]):
    """The filters, and what they show."""

    def __init__(
        self,
        bench: Workbench,
        name: str,
        *,
        read: Callable[[Shown], Found],
        draw: Callable[[Found], list[object]],
        controls: Sequence[object] = (),
    ) -> None:
        """`name` is the page's address. `read` is called off the event loop; `draw` gives what stands on the page.

        `controls` stand before the buttons that save: see `controls`.
        """
        self._bench = bench
        self._name = name
        self._read_shown = read
        self._draw = draw
        self._asked = 0
        self._seen: Shown | None = None
        """What the filters said when the owner was asked last."""
        self._found: Found | None = None
        self._first: asyncio.Future[tuple[dict[str, str], list[str], Found]] | None = None
        self._system = system()
        today = utc_now().date()
        self._period = Period(
            options=list(_PERIODS),
            value="Last 30 days",
            since=(today - timedelta(days=29)).isoformat(),
            until=today.isoformat(),
            dark=self._system.param.dark,
            align="end",
            margin=GAP,
        )
        self._experiences = Choices(label="Experiences", width=260, align="end", margin=GAP)
        self._models = Choices(label="Models", width=260, align="end", margin=GAP)
        self._csv = self._export("CSV", "csv", lambda rows, file: rows.write_csv(file))
        self._parquet = self._export("Parquet", "parquet", lambda rows, file: rows.write_parquet(file))
        self.controls = pmui.FlexBox(*controls, self._csv, self._parquet, **_WIDE)
        """How it is looked at, and the buttons that save it; part of what is drawn."""
        self._body = pmui.Column(text('<p role="status">Counting…</p>'), **_WIDE)

    def page(self) -> Page:
        """Lay it out; reading begins while the browser loads the page."""
        self._period.param.watch(self._on_filter, ["value", "since", "until"])
        self._experiences.param.watch(self._on_filter, "value")
        self._models.param.watch(self._on_filter, "value")
        self._system.param.watch(self.redraw, "dark")
        pn.state.onload(self._fill)
        self._first = asyncio.get_running_loop().run_in_executor(None, self._begin)
        return framed(
            self._name,
            self._system,
            pmui.Container(
                text(f"<h1>{PAGES[self._name]}</h1>"),
                pmui.FlexBox(self._period, self._experiences, self._models, **_WIDE),
                self._body,
                width_option="lg",
            ),
        )

    @property
    def dark(self) -> bool:
        """Whether the reader likes it dark."""
        return bool(self._system.dark)

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
            since=since, until=until, experiences=tuple(self._experiences.value), models=tuple(self._models.value)
        )

    async def redraw(self, _: param.parameterized.Event) -> None:
        """Draw again what was read: it is looked at in another way."""
        if self._found is not None:
            self._show(self._found)

    async def _on_filter(self, *_: param.parameterized.Event) -> None:
        if self._seen not in (None, self.shown):  # a filter that gets its choices says that it has changed, too
            await self._read()

    async def _fill(self) -> None:
        """The first time: what can be chosen is read too."""
        if self._first is None:
            self._first = asyncio.get_running_loop().run_in_executor(None, self._begin)
        try:
            experiences, models, found = await self._first
            await settled(self._system)
        except WorkbenchError as error:
            self._first = None
            self._body[:] = [fault(error, self._fill)]
            return
        self._experiences.options = [{"name": name, "value": id} for name, id in experiences.items()]
        self._models.options = [{"name": name, "value": name} for name in models]
        await self._tell(found)

    def _begin(self) -> tuple[dict[str, str], list[str], Found]:
        self._seen = self.shown
        asked = self._bench.sql("SELECT DISTINCT model FROM messages WHERE model IS NOT NULL")
        return self._names(), sorted(asked["model"].to_list()), self._read_shown(self._seen)

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
            found = await asyncio.to_thread(self._read_shown, self._seen)
        except WorkbenchError as error:
            if asked == self._asked:
                self._body[:] = [fault(error, self._read)]
            return
        if asked == self._asked:
            await self._tell(found)

    async def _tell(self, found: Found) -> None:
        if found.rows.height:
            self._show(found)
            return
        self._found = None
        if await asyncio.to_thread(self._has_messages):
            sentence = "No messages in this selection. Choose another period, or fewer filters."
        else:
            sentence = f'No messages yet. Ask something <a href="chat">in the chat</a>, and {_LATER[self._name]}.'
        self._body[:] = [text(f'<p role="status">{sentence}</p>')]

    def _has_messages(self) -> bool:
        return bool(self._bench.status().rows.get("messages"))

    def _show(self, found: Found) -> None:
        self._found = found
        shown = self._seen or self.shown
        self._csv.filename = shown.file_name(self._name, "csv")
        self._parquet.filename = shown.file_name(self._name, "parquet")
        self._body[:] = self._draw(found)

    def _export(self, kind: str, suffix: str, write: Callable[[pl.DataFrame, io.BytesIO], object]) -> pmui.FileDownload:
        def written() -> io.BytesIO:
            file = io.BytesIO()
            if self._found is not None:
                write(self._found.rows, file)
            file.seek(0)
            return file

        return pmui.FileDownload(
            label=f"Save as {kind}",
            callback=written,
            filename=f"{self._name}.{suffix}",
            variant="outlined",
            align="end",
            margin=GAP,
            sx={"minHeight": "44px"},
        )


_LATER = {"usage": "your usage shows here", "models": "the models that answer show here"}
