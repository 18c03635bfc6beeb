"""What a prompt is, as every door sees it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypedDict

from workbench import shown
from workbench.differences import FieldDifference, as_text

Use = Literal["system", "message", "either"]
"""What it is written for: a system prompt, a message, or both."""
State = Literal["active", "trashed"]
VariableKind = Literal["text", "number", "choice", "yes/no", "date"]
Value = str | bool | int | float
Values = Mapping[str, Value | None]
"""What variables are to be; None, here and in a default: nothing is given."""
Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """Something that a prompt leaves open until it is used."""

    name: str
    """What stands for it in the text: `{{ name }}`."""
    kind: VariableKind = "text"
    label: str = ""
    """What a form asks for; empty: its name."""
    default: Value | None = None
    """Taken where nothing is given; of a date also `today`."""
    required: bool = True
    """Whether it has to be given where it has no default; else it is empty, and `no` of a yes/no."""
    choices: tuple[str, ...] = ()
    """Of a choice: what can be chosen."""
    min: float | None = None
    """Of a number, with `max`: how small and how large."""
    max: float | None = None
    longest: int | None = None
    """Of a text: how many characters at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A prompt of the library."""

    id: str
    """UUIDv7."""
    name: str
    """What it is called by, as in `/name`: `a-z`, `0-9` and `-`; unique among those not in the trash."""
    title: str
    folder: str = ""
    """Where it lies, as in `Work/Reviews`; empty: in no folder."""
    tags: tuple[str, ...] = ()
    description: str = ""
    text: str
    """With `{{ variable }}`, `{% if … %}`, `{% for … %}` and `{% include "name" %}`."""
    variables: tuple[Variable, ...] = ()
    use: Use = "either"
    version: int
    """Of title, description, text, variables and use: a change to one of them makes the next version."""
    state: State = "active"
    created_at: datetime
    updated_at: datetime
    revision: int
    """Grows by one with each change; a change that names an older revision is refused."""
    trashed_at: datetime | None = None

    def _repr_html_(self) -> str:
        return shown.record(self, self.name)


class PromptChanges(TypedDict, total=False):
    """What can be changed of a prompt; a field that is absent stays as it is."""

    name: str
    title: str
    folder: str
    tags: tuple[str, ...]
    description: str
    text: str
    variables: tuple[Variable, ...]
    use: Use


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptTemplate:
    """A prompt that is shipped, to be taken into the library and made one's own."""

    name: str
    title: str
    folder: str
    tags: tuple[str, ...]
    description: str
    text: str
    variables: tuple[Variable, ...]
    use: Use
    example: dict[str, Value]
    """Values that show it at work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something to look at in a prompt."""

    code: str
    severity: Severity
    line: int
    """From 1."""
    column: int
    """From 1, in characters."""
    message: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Linted:
    """What is to be said of a prompt's text, and how long it is."""

    findings: tuple[Finding, ...]
    """The worst first, then in the order of the text."""
    characters: int
    tokens: int
    """About: a token for 3.5 characters."""
    window_tokens: int | None
    """What the model takes that it was compared with; None: no model was named, or its window is not known."""
    variables: tuple[str, ...]
    """The names that the text, and what it includes, uses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A prompt with its variables filled in."""

    text: str
    prompt_id: str
    name: str
    version: int
    values: dict[str, Value]
    """What each variable was, its defaults among them."""

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return shown.facts(f"Prompt {self.name}, version {self.version}", {**self.values, "text": self.text})


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptPreview:
    """What a prompt would become, as far as that can be said."""

    text: str
    """What is not filled in stands in it as `[what is asked for]`; empty where the prompt cannot be read."""
    problems: tuple[str, ...]
    """What keeps it from being used as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptVersion:
    """One of a prompt's versions."""

    number: int
    """From 1."""
    created_at: datetime
    note: str = ""
    """Why it was made, if somebody said so."""
    title: str
    description: str = ""
    text: str
    variables: tuple[Variable, ...] = ()
    use: Use = "either"


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptDifference:
    """What is different between two versions of a prompt."""

    before: int
    """The number of the earlier one."""
    after: int
    fields: tuple[FieldDifference, ...]

    def __str__(self) -> str:
        return as_text(self.fields)
