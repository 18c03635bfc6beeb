"""Trials, their results and what these show, as every door sees them."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from workbench import shown
from workbench.conversations.records import Fault
from workbench.tex import as_text

AssertionKind = Literal[
    "contains",
    "not_contains",
    "matches",
    "not_matches",
    "equals",
    "json",
    "schema",
    "length",
    "language",
    "refused",
    "not_refused",
]
Unit = Literal["words", "characters", "sentences"]
Outcome = Literal["passes", "score", "rating"]
"""What decides: whether a reply passes its assertions, the judge's score, or which reply you prefer."""
Stopping = Literal["fixed", "sequential"]
"""`fixed`: at its planned size. `sequential`: at one of the planned looks, where the difference is large enough."""
TrialState = Literal["planned", "running", "paused", "rating", "done", "stopped"]
Choice = Literal["left", "right", "tie"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """What must hold of a reply."""

    kind: AssertionKind
    text: str = ""
    """What it contains, equals or matches (a pattern as rules have them); a JSON schema as JSON; a language's code.

    Codes are those of ISO 639-1: `de`.
    """
    least: int | None = None
    most: int | None = None
    """Of `length`: from how many to how many."""
    unit: Unit = "words"
    case_sensitive: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether an assertion holds, and why."""

    kind: AssertionKind
    passed: bool
    why: str
    """One sentence, with what was found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTurn:
    """One turn of a case's conversation."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A conversation that ends with a question, and what is expected of its reply."""

    name: str
    turns: tuple[CaseTurn, ...]
    """The last one is the user's."""
    assertions: tuple[Assertion, ...] = ()
    rubric: str = ""
    """By what a judge scores its replies; empty: the trial's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSet:
    """Cases that belong together."""

    name: str
    title: str
    description: str
    cases: tuple[Case, ...]
    rubric: str = ""

    def _repr_html_(self) -> str:
        return shown.records(self.cases, f"{self.title}. {self.description} Cases", ("name", "turns", "assertions"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What is tried: how a model is instructed, and which one it is."""

    name: str
    model: str | None = None
    """The model's id; None: the home's default when the trial is made."""
    personality: str | None = None
    """The id of the personality that shapes its replies."""
    version: int | None = None
    """Which version of it; None: the one there is when the trial is made."""
    prompt: str | None = None
    """The id of a prompt that is a system prompt here."""
    prompt_version: int | None = None
    prompt_values: dict[str, str | bool | int | float] = field(default_factory=dict)
    """What its variables are, by their names."""
    instruction: str = ""
    """What the model is told after these."""
    rules: tuple[str, ...] = ()
    """The ids of rules that hold for it, enabled or not, beside those that hold there anyway."""
    temperature: float | None = None
    told: str = ""
    """All that the model is told first, as it is sent: set when the trial is made."""
    most_output_tokens: int | None = None
    """How long rules let a reply become: set when the trial is made; None: as long as it likes."""
    rule_revisions: dict[str, int] = field(default_factory=dict)
    """Of `rules`, by their ids: set when the trial is made. It goes on only while they are at these revisions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Configurations tried on the same cases, by rules that are fixed before the first reply."""

    id: str
    name: str
    experience_id: str | None = None
    """Whose budgets and rules hold; None: the home's alone."""
    cases: tuple[Case, ...]
    configurations: tuple[Configuration, ...]
    repetitions: int = 1
    """How often each case is asked of each configuration."""
    outcome: Outcome = "passes"
    judge: str | None = None
    """The id of the model that scores replies; None: none does."""
    rubric: str = ""
    """By what it scores, where a case says nothing else."""
    smallest_effect: float = 0.75
    """The smallest share of decided pairs won that would matter."""
    stopping: Stopping = "fixed"
    looks: int = 1
    """After how many equal parts it is looked at, the last one included."""
    seed: int = 0
    """What chance is drawn from: the order of asking, of rating, of resampling."""
    needed_pairs: int | None = None
    """How many decided pairs find the smallest effect with a probability of 80 %; None: more than can be planned."""
    state: TrialState = "planned"
    reason: str = ""
    """Why it is in this state, in a sentence."""
    fault: Fault | None = None
    """What keeps it from going on."""
    asked: int = 0
    """How many replies there are."""
    planned: int = 0
    """How many there will be."""
    rated: int = 0
    to_rate: int = 0
    """How many pairs there are to rate by now."""
    looked: int = 0
    """How often it has been looked at."""
    difference_found: bool = False
    """Of a sequential trial: whether a look found a difference, which ended it."""
    cost_usd: Decimal | None = None
    """What is known of it; None: of nothing."""
    of_unknown_cost: int = 0
    created_at: datetime
    ended_at: datetime | None = None

    def _repr_html_(self) -> str:
        return shown.record(self, self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """What can be counted of a text. docs/guides/trials.md says how."""

    words: int
    sentences: int
    words_per_sentence: float
    reading_ease: float | None
    """Flesch's, from 0 (hard) to 100 (easy), of English; None: there are no words."""
    hedges_per_100_words: float
    distinct_pairs: float
    """Which share of its pairs of neighbouring words are different ones; 1: nothing is repeated."""
    list_items: int
    headings: int
    emoji: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What the judge said of a reply, against a rubric."""

    score: int | None
    """From 1 to 5; None: no verdict."""
    reason: str
    """The judge's, or why there is no verdict."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One reply of a trial."""

    id: str
    trial_id: str
    case: int
    """Which case, counted from 0."""
    configuration: int
    repetition: int
    text: str
    model: str
    """The id of the model that was asked."""
    measures: Measures | None = None
    verdicts: tuple[Verdict, ...] = ()
    refused: bool = False
    """Whether the provider says that the model refused."""
    score: Score | None = None
    """None: not judged, or not yet."""
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: Decimal | None = None
    """None: unknown."""
    total_ms: int | None = None
    fault: Fault | None = None
    """Why there is no reply."""
    created_at: datetime

    @property
    def passed(self) -> bool | None:
        """Whether all assertions hold; None: there are none, or there is no reply."""
        if self.fault is not None or not self.verdicts:
            return None
        return all(one.passed for one in self.verdicts)

    def _repr_html_(self) -> str:
        return shown.record(self, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """A pair that has been rated."""

    number: int
    choice: Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two replies to compare without knowing whose they are."""

    number: int
    """Which of all pairs, in the order of rating, counted from 1."""
    total: int
    turns: tuple[CaseTurn, ...]
    left: str
    right: str

    def _repr_html_(self) -> str:
        return shown.facts(
            f"Pair {self.number} of {self.total}",
            {"question": self.turns[-1].text, "left": self.left, "right": self.right},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """From where to where something lies, with a confidence of 95 %."""

    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What one configuration gave."""

    configuration: str
    replies: int
    failed: int
    """How many questions got no reply."""
    cases_passed: int
    cases_checked: int
    pass_rate: Interval | None
    """Wilson's interval of the share of cases that pass; None: none was checked."""
    score: float | None
    """The mean of the judge's scores."""
    scored: int
    without_verdict: int
    words: float | None
    words_per_sentence: float | None
    reading_ease: float | None
    hedges_per_100_words: float | None
    distinct_pairs: float | None
    list_items: float | None
    headings: float | None
    emoji: float | None
    """Means over the replies."""
    total_ms: float | None
    """The median."""
    cost_usd: Decimal | None
    of_unknown_cost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One configuration beside the first, by the outcome that was chosen before."""

    first: str
    other: str
    wins: int
    """In how many cases the other did better."""
    losses: int
    ties: int
    share: Interval | None
    """Which share of decided cases the other wins (Clopper and Pearson's interval); None: none is decided."""
    p_value: float
    """Of the exact sign test: how likely so uneven a result is where neither is better."""
    difference: float | None
    """The mean over cases of what the other has more, in the outcome's own unit."""
    interval: Interval | None
    """Of that difference; None: too few cases."""
    is_shown: bool
    """Whether a difference is shown."""
    sentence: str
    """What it says, plainly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A change to a configuration, to accept or reject."""

    configuration: str
    field: Literal["do", "dont", "examples", "length", "emoji"]
    """What of a personality it changes."""
    text: str
    """What is to stand there, or to be added; of an example, its answer."""
    question: str = ""
    """Of an example."""
    reason: str
    """The rule and the figures that speak for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialReport:
    """What a trial shows by now."""

    trial: Trial
    rules: tuple[str, ...]
    """What was fixed before: size, stopping rule, what counts."""
    summaries: tuple[Figures, ...]
    comparisons: tuple[Comparison, ...]
    edits: tuple[Edit, ...]
    remarks: tuple[str, ...] = ()
    """What is missing, and what it means."""

    def _repr_html_(self) -> str:
        said = [*self.rules, *(one.sentence for one in self.comparisons), *self.remarks]
        lines = "".join(f"<li>{as_text(line)}</li>" for line in said)
        columns = ("configuration", "replies", "failed", "cases_passed", "cases_checked", "score", "words", "cost_usd")
        table = shown.records(self.summaries, f"Trial {self.trial.name}", columns)
        edits = shown.records(self.edits, "Suggestions", ("configuration", "field", "text", "reason"))
        return shown.framed(f"{table}<ul>{lines}</ul>{edits if self.edits else ''}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialEstimate:
    """What a trial will take and cost, if it is run to its end; nothing has been sent."""

    requests: int
    """To models that answer and to the judge."""
    cost_low_usd: Decimal | None
    """None: some of it is unknown."""
    cost_high_usd: Decimal | None
    lines: tuple[str, ...] = field(default=())
    """What it says, in sentences."""

    def _repr_html_(self) -> str:
        return shown.record(self)
