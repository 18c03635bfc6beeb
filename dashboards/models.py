"""*Models*: how those that were asked have done, side by side and over time, as charts, tables and a file."""

import panel as pn
from panel_material_ui.template.base import Page

from dashboards import charts, performance
from dashboards.filtered import Filtered
from dashboards.performance import MEASURES, Measure, Performance
from dashboards.text import drawn, facts, heading, meters, notice, table, table_beside, text
from workbench.client import Workbench, connect

pn.extension("vega")

_BUDGETS = "What is spent now, whatever is looked at here."


def page() -> Page:
    """The page, for one session."""
    return ModelsPage(connect(door="dashboards")).draw()


class ModelsPage:
    """What the page shows of what was found."""

    def __init__(self, bench: Workbench) -> None:
        """`bench` answers; it is asked off the event loop."""
        self._filtered = Filtered(bench, "models", read=lambda shown: performance.read(bench, shown), draw=self._parts)

    def draw(self) -> Page:
        """Lay it out."""
        return self._filtered.page()

    def _parts(self, found: Performance) -> list[object]:
        title = "Side by side"
        explained = "Medians of what was asked in this time; retries and fallbacks count as requests of their own."
        return [
            *(notice(said) for said in found.alerts),
            text(facts(performance.summary(found))),
            *([text(heading("Budgets", _BUDGETS) + meters(found.budgets))] if found.budgets else []),
            self._filtered.controls,
            text(heading(title, explained) + table(title, *performance.side_by_side(found))),
            *(part for measure in MEASURES for part in self._over_time(found, measure)),
        ]

    def _over_time(self, found: Performance, measure: Measure) -> list[object]:
        data = performance.series(found, measure)
        sentence = performance.sentence(found, measure)
        head = text(heading(f"{measure.title} per {found.span.step_name}", sentence))
        if not data.height:
            return [head]
        chart = charts.lines(
            data,
            found.order,
            found.span,
            unit=measure.unit,
            form=measure.form,
            sentence=sentence,
            dark=self._filtered.dark,
        )
        return [head, drawn(chart), text(table_beside(measure.title, *performance.per_step(found, measure)))]
