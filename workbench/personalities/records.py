"""What a personality is, as every door sees it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypedDict

from workbench import shown
from workbench.differences import FieldDifference, as_text

Formality = Literal["formal", "casual", "technical"]
Emoji = Literal["never", "sparingly", "freely"]
Length = Literal["brief", "balanced", "thorough"]
State = Literal["active", "trashed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """An example: what is asked, and how it is to be answered."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Character:
    """What shapes replies: a field that is empty, or null, says nothing. Its limits: docs/guides/personalities.md."""

    role: str = ""
    """Who answers: `an experienced statistician`. May have lines."""
    traits: tuple[str, ...] = ()
    """`patient`, `curious`."""
    tone: str = ""
    """`warm and encouraging`."""
    style: str = ""
    """`short paragraphs, one idea in each`. May have lines."""
    formality: Formality | None = None
    audience: str = ""
    """Who is written for: `a student in the first year`."""
    do: tuple[str, ...] = ()
    dont: tuple[str, ...] = ()
    examples: tuple[Exchange, ...] = ()
    language: str = ""
    """What is answered in, whatever is asked in: `French`; empty: the language of the question."""
    emoji: Emoji | None = None
    length: Length | None = None


class CharacterChanges(TypedDict, total=False):
    """What can be changed of a character; a field that is absent stays as it is."""

    role: str
    traits: tuple[str, ...]
    tone: str
    style: str
    formality: Formality | None
    audience: str
    do: tuple[str, ...]
    dont: tuple[str, ...]
    examples: tuple[Exchange, ...]
    language: str
    emoji: Emoji | None
    length: Length | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Personality:
    """A personality, as it is now."""

    id: str
    """UUIDv7."""
    name: str
    """1 to 100 characters, unique among the personalities that are not in the trash (case does not count)."""
    description: str = ""
    """What it is good for, in a sentence."""
    character: Character = Character()
    instruction: str = ""
    """What a model is told: its character in words."""
    template: str | None = None
    """The name of the shipped one that it was made from; None: it was made from nothing."""
    version: int
    """The number of its present version: each change of name, description or character makes another."""
    state: State = "active"
    created_at: datetime
    updated_at: datetime
    revision: int
    """Grows by one with each change; a change that names an older revision is refused."""
    trashed_at: datetime | None = None

    def _repr_html_(self) -> str:
        return shown.facts(
            f"Personality {self.name}",
            {"description": self.description, "version": self.version, "instruction": self.instruction},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalityVersion:
    """A personality as it was from one change to the next."""

    number: int
    """From 1."""
    created_at: datetime
    note: str = ""
    """Why it was made, if somebody said so."""
    name: str
    description: str = ""
    character: Character = Character()
    instruction: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalityDifference:
    """What is different between two versions of a personality."""

    before: int
    """The number of the earlier one."""
    after: int
    fields: tuple[FieldDifference, ...]

    def __str__(self) -> str:
        return as_text(self.fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalityTemplate:
    """A shipped personality, to be taken as it is or changed."""

    name: str
    """`patient-tutor`."""
    title: str
    """`Patient tutor`."""
    description: str
    character: Character
    instruction: str
    samples: tuple[str, ...] = ()
    """Questions that show what it does."""
