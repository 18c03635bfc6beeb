"""What shapes the replies of a conversation: its own personality and system prompt, or its Experience's."""

from dataclasses import dataclass
from typing import Final

from workbench.conversations.records import Conversation, ConversationChanges, ShapedBy
from workbench.errors import InvalidInputError, NotFoundError
from workbench.experiences.records import Experience, ExperienceChanges
from workbench.personalities.service import Personalities

NONE: Final = "none"
"""In a conversation: not even what the Experience has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a model is told before everything else, and where it comes from."""

    instruction: str = ""
    """Markdown; empty: nothing."""
    personality: ShapedBy | None = None
    prompt: ShapedBy | None = None


class Shaping:
    """Finds what shapes replies, and looks at what is meant to. Safe to use from any thread."""

    def __init__(self, personalities: Personalities) -> None:
        self._personalities = personalities

    def of(self, experience: Experience, conversation: Conversation | None = None) -> Shape:
        """What shapes the next reply of the conversation, or of a new one. What is in the trash shapes nothing."""
        own = conversation.personality if conversation else None
        instruction, personality = self._personality(own or experience.personality)
        return Shape(instruction=instruction, personality=personality)

    def check(self, changes: ExperienceChanges | ConversationChanges) -> None:
        """Raise NotFoundError or InvalidInputError for what could shape nothing."""
        personality = changes.get("personality")
        if personality not in (None, NONE):
            found = self._personalities.get(personality)
            if found.state == "trashed":
                raise InvalidInputError(
                    f"The personality {found.name!r} is in the trash.",
                    remedy="Restore it first: `workbench personalities restore`.",
                )

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
