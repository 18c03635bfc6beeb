"""What shapes the replies of a conversation: its own personality and system prompt, or its Experience's."""

from dataclasses import dataclass
from typing import Final, TypeVar

from workbench.conversations.records import Conversation, ConversationChanges, ShapedBy
from workbench.errors import InvalidInputError, NotFoundError
from workbench.experiences.records import Experience, ExperienceChanges
from workbench.personalities.records import Personality
from workbench.personalities.service import Personalities
from workbench.prompts.records import Prompt
from workbench.prompts.service import Prompts
from workbench.rules.service import Rules

NONE: Final = "none"
"""In a conversation: not even what the Experience has."""


Changed = TypeVar("Changed", ExperienceChanges, ConversationChanges)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a model is told before everything else, and where it comes from."""

    instruction: str = ""
    """Markdown; empty: nothing."""
    most_output_tokens: int | None = None
    """How long rules let a reply become; None: as long as it likes."""
    personality: ShapedBy | None = None
    prompt: ShapedBy | None = None


def shorter(limit: int | None, other: int | None) -> int | None:
    """The shorter of two limits; None is none."""
    return min((each for each in (limit, other) if each is not None), default=None)


class Shaping:
    """Finds what shapes replies, and looks at what is meant to. Safe to use from any thread."""

    def __init__(self, personalities: Personalities, prompts: Prompts, rules: Rules) -> None:
        self._personalities = personalities
        self._prompts = prompts
        self._rules = rules

    def of(self, experience: Experience, conversation: Conversation | None = None) -> Shape:
        """What shapes the next reply of the conversation, or of a new one. What is in the trash shapes nothing.

        Raises InvalidInputError where the system prompt asks for something by now that it was not given.
        """
        own = conversation.personality if conversation else None
        character, personality = self._personality(own or experience.personality)
        has_own = conversation is not None and conversation.prompt is not None
        text, prompt = self._prompt(conversation if has_own and conversation else experience)
        where = (experience.id, conversation.id if conversation else None)
        told = (character, text, self._rules.instruction(*where))
        return Shape(
            instruction="\n\n".join(filter(None, told)),
            most_output_tokens=self._rules.most_output_tokens(*where),
            personality=personality,
            prompt=prompt,
        )

    def checked(self, changes: Changed, before: Experience | Conversation | None = None) -> Changed:
        """The changes, with no values of another prompt left behind.

        Raises NotFoundError or InvalidInputError for what could shape nothing.
        """
        personality = changes.get("personality")
        if personality not in (None, NONE):
            found = self._personalities.get(personality)
            _refuse_trashed("personality", "personalities", found)
        changed = changes.copy()
        if (
            "prompt" in changes
            and "prompt_values" not in changes
            and (not before or changes["prompt"] != before.prompt)
        ):
            changed["prompt_values"] = {}
        if "prompt" in changes or "prompt_values" in changes:
            prompt = changed.get("prompt", before.prompt if before else None)
            if prompt not in (None, NONE):
                _refuse_trashed("prompt", "prompts", self._prompts.get(prompt))
                self._prompts.shape(prompt, changed.get("prompt_values", before.prompt_values if before else {}))
        return changed

    def _prompt(self, place: Experience | Conversation) -> tuple[str, ShapedBy | None]:
        id = place.prompt
        if id in (None, NONE):
            return "", None
        try:
            found = self._prompts.shape(id, place.prompt_values)
        except NotFoundError:
            return "", None
        except InvalidInputError as error:
            raise InvalidInputError(
                f"The system prompt cannot be used. {error.message}",
                remedy=f"{error.remedy} `workbench prompts use` sets it, and `none` takes it away.",
            ) from error
        return found.text, ShapedBy(id=found.prompt_id, name=found.name, version=found.version)

    def _personality(self, id: str | None) -> tuple[str, ShapedBy | None]:
        if id in (None, NONE):
            return "", None
        try:
            found = self._personalities.get(id)
        except NotFoundError:
            return "", None
        if found.state == "trashed":
            return "", None
        return found.instruction, ShapedBy(id=found.id, name=found.name, version=found.version)


def _refuse_trashed(what: str, noun: str, found: Personality | Prompt) -> None:
    if found.state == "trashed":
        raise InvalidInputError(
            f"The {what} {found.name!r} is in the trash.", remedy=f"Restore it first: `workbench {noun} restore`."
        )
