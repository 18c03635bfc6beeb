"""What an Experience is, as every door sees it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypedDict

from workbench import shown

Privacy = Literal["private", "public"]
State = Literal["active", "archived", "trashed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Experience:
    """A topic workspace.

    *Private*: other Experiences' context and agents never see it, and it is never published. *Public*: it may be used
    from one's other Experiences and, once hosted, listed to others. Neither hides anything from its owner's search.
    """

    id: str
    """UUIDv7."""
    name: str
    """1 to 200 characters, unique among the Experiences that are not in the trash (case does not count)."""
    slug: str
    """The name of its folder: fixed when it is created, so that renaming never moves files."""
    description: str = ""
    category: str = ""
    privacy: Privacy = "private"
    state: State = "active"
    model: str | None = None
    """The id of the model that answers here; None: the home's default."""
    fallbacks: tuple[str, ...] = ()
    """The ids of those that are asked instead, in this order, where that one gives nothing."""
    temperature: float | None = None
    """0 (the likeliest words) to 2; None: the provider's own.

    A model that takes none (`Model.temperature`) is not sent it; its replies say so (`Message.unsent`).
    """
    max_output_tokens: int | None = None
    """How long a reply may become; None: the provider's own limit."""
    personality: str | None = None
    """The id of the personality that shapes the replies here; None: none."""
    prompt: str | None = None
    """The id of the system prompt that replies here begin from; None: none."""
    prompt_values: dict[str, str] = field(default_factory=dict)
    """What the variables of that prompt are filled with."""
    created_at: datetime
    updated_at: datetime
    revision: int
    """Grows by one with each change; a change that names an older revision is refused."""
    trashed_at: datetime | None = None

    def _repr_html_(self) -> str:
        return shown.record(self, self.name)


class ExperienceChanges(TypedDict, total=False):
    """What can be changed of an Experience; a field that is absent stays as it is."""

    name: str
    description: str
    category: str
    privacy: Privacy
    model: str | None
    fallbacks: tuple[str, ...]
    temperature: float | None
    max_output_tokens: int | None
    personality: str | None
    prompt: str | None
    prompt_values: dict[str, str]
