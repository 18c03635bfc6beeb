"""Rules, and what became of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypedDict

from workbench import shown

Kind = Literal[
    "words",
    "topic",
    "pattern",
    "secrets",
    "personal",
    "risky",
    "tools",
    "sources",
    "length",
    "require",
    "forbid",
    "language",
]
"""What a rule looks for, or, from `length` on, what it asks of a reply."""
Direction = Literal["outgoing", "incoming", "both"]
"""What is sent to a model, or what comes back from it."""
Action = Literal["warn", "ask", "redact", "block"]
"""From the weakest to the strongest; of a reply, `ask` takes out what was found until you put it back."""
Scope = Literal["home", "experience", "conversation"]
Outcome = Literal["warned", "allowed", "redacted", "blocked"]
Part = Literal["text", "reasoning"]

ACTIONS: tuple[Action, ...] = ("warn", "ask", "redact", "block")
FOUND: tuple[Kind, ...] = ("words", "topic", "pattern", "secrets", "personal", "risky", "tools", "sources")
"""The kinds that look for something."""
ASKED: tuple[Kind, ...] = ("length", "require", "forbid", "language")
"""The kinds that ask something of a reply."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What may be sent to models or come back from them, or what a reply has to be like."""

    id: str
    name: str
    kind: Kind
    words: tuple[str, ...] = ()
    """The words or beginnings of words that are looked for; names of detectors, of the tools that may be called, or of
    the hosts that may be linked to."""
    text: str = ""
    """A pattern in RE2's syntax; else what is required or forbidden, or the language."""
    most_words: int | None = None
    """How long a reply may be."""
    direction: Direction = "both"
    action: Action = "redact"
    scope: Scope = "home"
    experience_id: str | None = None
    """The Experience it is for, or that of its conversation; of the home's None."""
    conversation_id: str | None = None
    """The conversation it is for; else None."""
    enabled: bool = True
    position: int = 0
    """Its place among the rules of the same scope."""
    longest: int = 0
    """How many characters a match has at most, and so a stream is held back at most; 0: it looks for nothing."""
    created_at: datetime
    updated_at: datetime
    revision: int

    def _repr_html_(self) -> str:
        return shown.record(self, self.name)


class NewRule(TypedDict, total=False):
    """What a rule can be made of beside its kind."""

    name: str
    words: tuple[str, ...]
    text: str
    most_words: int | None
    direction: Direction
    action: Action
    enabled: bool
    experience_id: str | None
    conversation_id: str | None


class RuleChanges(TypedDict, total=False):
    """What can be changed of a rule; a field that is absent stays as it is."""

    name: str
    words: tuple[str, ...]
    text: str
    most_words: int | None
    direction: Direction
    action: Action
    enabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleList:
    """Rules in their order of precedence, and what that order is."""

    rules: tuple[Rule, ...]
    order: tuple[str, ...]
    """In sentences."""
    detectors: dict[str, tuple[str, ...]]
    """The names of those that a rule of the kinds `secrets` and `personal` can be given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a rule has found in a text."""

    rule_id: str
    rule: str
    """The rule's name."""
    revision: int
    action: Action
    what: str
    """What it is, as in "e-mail address"."""
    taken: str = ""
    """The text that was found; where a rule before it has taken out a part of the same, only what is left of it."""
    marker: str = ""
    """What stands in its place; empty: it still stands there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What rules do with a text."""

    text: str
    """As it would be sent, or shown."""
    found: tuple[Found, ...]
    decision: Action | None
    """The strongest of what the rules that found something do; None: nothing was found."""
    message: str

    def _repr_html_(self) -> str:
        return shown.records(self.found, self.message, ("rule", "action", "what", "taken"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """A rule that has found something in what was sent or came back."""

    id: str
    rule_id: str
    rule: str
    """The rule's name at that time."""
    rule_revision: int
    direction: Direction
    outcome: Outcome
    what: str
    count: int
    """How often, in this text."""
    experience_id: str | None = None
    conversation_id: str | None = None
    message_id: str | None = None
    """The reply that was asked for."""
    part: Part = "text"
    """Of a reply: what of it."""
    place: int = 0
    """Which it is of those in this part, in the order of the text."""
    marker: str = ""
    """What stands in the place of what was taken out; empty: nothing was."""
    taken: str = ""
    """What was taken out, or what a warning was about."""
    undone_at: datetime | None = None
    """When it was put back; None: it was not."""
    reported: str | None = None
    """Why this was wrong, as you have said; None: you have not."""
    created_at: datetime

    def _repr_html_(self) -> str:
        return shown.record(self, self.rule)
