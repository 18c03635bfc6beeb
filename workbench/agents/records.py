"""Agents, their runs, and what a digest of some days holds, as every door sees them."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from workbench import shown
from workbench.conversations.records import Author, Fault
from workbench.shown import framed, words
from workbench.tex import as_text

RunState = Literal["queued", "running", "succeeded", "failed", "cancelled", "interrupted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """A notebook that can run by itself."""

    name: str
    """`weekly-report`: its file is `weekly_report.ipynb`."""
    title: str
    description: str

    def _repr_html_(self) -> str:
        return shown.record(self, self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of an agent."""

    id: str
    agent: str
    experience_id: str
    schedule_id: str | None = None
    """None: somebody asked for it."""
    due_at: datetime | None = None
    """The time of the schedule that it ran for."""
    since: datetime
    until: datetime
    """What it reports on: from `since` to before `until`."""
    state: RunState = "queued"
    """`interrupted`: the owner or the machine went away."""
    cell: int = 0
    """The cell that runs, or ran last, counted from 1; 0 before the first."""
    cells: int = 0
    line: str = ""
    """That cell's first line."""
    fault: Fault | None = None
    """Why it failed; while it runs, what keeps its report from being saved."""
    has_report: bool = False
    cost_usd: Decimal | None = None
    """What models took for the summaries it had written, as far as that is known; None: of none."""
    of_unknown_cost: int = 0
    """How many of these summaries have a cost that is not known."""
    created_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None

    def _repr_html_(self) -> str:
        return shown.record(self, self.agent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a run has left: one page that runs no script and fetches nothing."""

    run: Run
    html: str = field(repr=False)

    def _repr_html_(self) -> str:
        return shown.page(self.html, f"Report: {self.run.agent}, {words(self.run.since)} to {words(self.run.until)}")


# A digest: what the notebook of the weekly report shows


@dataclass(frozen=True, slots=True, kw_only=True)
class Discussed:
    """A conversation in which something was said."""

    title: str
    questions: int
    replies: int
    words: int
    """Of these questions and replies."""
    last_at: datetime
    key_sentences: tuple[str, ...]
    """Picked by rule, not written."""
    conversation_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A sentence that says much of what was discussed."""

    text: str
    author: Author
    title: str
    """Of its conversation."""
    at: datetime
    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenQuestion:
    """A question that may still be open, and by which rule it was taken for one."""

    text: str
    reason: str
    title: str
    """Of its conversation."""
    at: datetime
    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Expense:
    """What a model was asked, and cost, on one day."""

    day: date
    """In UTC."""
    model: str
    replies: int
    input_tokens: int
    output_tokens: int
    cost_usd: Decimal | None
    """Of the replies whose cost is known; None: it is known of none."""
    of_unknown_cost: int
    """How many replies' cost is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """Some days of an Experience, as far as rules can tell; no model is asked."""

    experience: str
    since: datetime
    until: datetime
    discussed: tuple[Discussed, ...]
    passages: tuple[Passage, ...]
    open_questions: tuple[OpenQuestion, ...]
    expenses: tuple[Expense, ...]
    remark: str = ""
    """What was left out."""

    @property
    def by_day(self) -> list[dict[str, str | int | float | None]]:
        """The expenses as a chart takes them: plain values, a row for each day and model."""
        return [
            {
                "day": one.day.isoformat(),
                "model": one.model,
                "replies": one.replies,
                "cost_usd": None if one.cost_usd is None else float(one.cost_usd),
            }
            for one in self.expenses
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What was discussed, in a few sentences."""

    text: str
    source: Literal["model", "rules"]
    """`model`: written by a model. `rules`: sentences that were said, picked by rule."""
    remark: str
    """How it was made, and why not by a model."""
    model: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: Decimal | None = None
    """None: unknown, or nothing was asked."""

    def _repr_html_(self) -> str:
        paragraphs = "".join(f"<p>{as_text(line)}</p>" for line in self.text.splitlines() if line.strip())
        known = "Its cost is unknown." if self.cost_usd is None else f"It cost {words(self.cost_usd)}."
        cost = "" if self.source == "rules" else f" {known}"
        return framed(f"{paragraphs}<p><small>{as_text(self.remark + cost)}</small></p>")
