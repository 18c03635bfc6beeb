"""Personalities, from outside the owner."""

import difflib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Unpack

from workbench.client.conversations import reply_events
from workbench.client.records import Done, ReplyEvent
from workbench.client.transport import Transport
from workbench.clock import new_id
from workbench.conversations.records import Conversation, Message
from workbench.errors import NotFoundError
from workbench.experiences.records import Experience
from workbench.insights.records import VersionFigures
from workbench.personalities.records import (
    CharacterChanges,
    Personality,
    PersonalityDifference,
    PersonalityTemplate,
    PersonalityVersion,
    State,
)
from workbench.shown import Records

if TYPE_CHECKING:
    from workbench.client.experiences import Experiences

NONE = "none"
"""No personality: what an Experience or a conversation is given to have none."""


class Personalities:
    """A home's personalities; `personalities["Patient tutor"]` is one."""

    def __init__(self, transport: Transport, experiences: "Experiences") -> None:
        self._transport = transport
        self._experiences = experiences

    def list(self, state: State | None = "active") -> Records[Personality]:
        """Those in that state (None: every one), by name."""
        found = self._transport.get("/personalities", tuple[Personality, ...], {"state": state or "all"})
        return Records(found, "Personalities", ("name", "description", "version", "updated_at"))

    def templates(self) -> Records[PersonalityTemplate]:
        """Those that are shipped: give the name of one to `create`."""
        found = self._transport.get("/personalities/templates", tuple[PersonalityTemplate, ...])
        return Records(found, "Templates", ("name", "title", "description"))

    def get(self, id: str) -> Personality:
        """One personality by its id. Raises NotFoundError."""
        return self._transport.get(f"/personalities/{id}", Personality)

    def find(self, name: str) -> Personality:
        """One personality by its name or id; case does not count. Raises NotFoundError."""
        everything = self.list(None)
        wanted = name.casefold()
        for found in sorted(everything, key=lambda each: each.state != "active"):
            if wanted in (found.id, found.name.casefold()):
                return found
        near = difflib.get_close_matches(wanted, [each.name.casefold() for each in everything], n=1)
        guess = next((each.name for each in everything if near and each.name.casefold() == near[0]), None)
        raise NotFoundError(
            f"There is no personality called {name!r}.",
            remedy=f"Did you mean {guess!r}?" if guess else "`workbench personalities list` shows those there are.",
        )

    def create(
        self,
        name: str = "",
        *,
        template: str | None = None,
        description: str = "",
        **character: Unpack[CharacterChanges],
    ) -> Personality:
        """A new personality, from nothing or from a template, of which what is given is changed.

        Without a name it has the template's title. Raises InvalidInputError, NameTakenError, NotFoundError.
        """
        body = {
            "id": new_id(),
            "name": name,
            "description": description,
            "character": character,
            "template": template,
        }
        return self._transport.post("/personalities", Personality, body)

    def update(
        self,
        id: str,
        *,
        name: str | None = None,
        description: str | None = None,
        note: str = "",
        revision: int | None = None,
        **character: Unpack[CharacterChanges],
    ) -> Personality:
        """The personality with what is given changed, as its next version; `note` says why.

        Raises ConflictError if `revision` is given and is not the present one, NameTakenError, InvalidInputError.
        """
        body = {
            "name": name,
            "description": description,
            "character": character,
            "note": note,
            "revision": revision,
        }
        return self._transport.call("PATCH", f"/personalities/{id}", Personality, body=body)

    def render(self, **character: Unpack[CharacterChanges]) -> str:
        """A character in words, as a model would be told it; nothing is kept. Raises InvalidInputError."""
        return self._transport.post("/personalities/render", dict[str, str], character)["text"]

    def versions(self, id: str) -> Records[PersonalityVersion]:
        """All that it has been, the latest first. Raises NotFoundError."""
        found = self._transport.get(f"/personalities/{id}/versions", tuple[PersonalityVersion, ...])
        return Records(found, "Versions", ("number", "created_at", "note", "name"))

    def difference(self, id: str, before: int, after: int) -> PersonalityDifference:
        """What is different between two of its versions; `print` shows it line by line. Raises NotFoundError."""
        numbers = {"before": before, "after": after}
        return self._transport.get(f"/personalities/{id}/difference", PersonalityDifference, numbers)

    def figures(self, id: str) -> Records[VersionFigures]:
        """How the replies were that each version shaped, the latest first. Raises NotFoundError."""
        found = self._transport.get(f"/personalities/{id}/figures", tuple[VersionFigures, ...])
        return Records(found, "Replies", ("version", "replies", "up", "down", "mean_cost_usd", "last_used_at"))

    def roll_back(self, id: str, version: int, *, revision: int | None = None) -> Personality:
        """Make it what it was in an earlier version, as its next one. Raises NotFoundError, ConflictError."""
        body = {"version": version, "revision": revision}
        return self._transport.post(f"/personalities/{id}/roll-back", Personality, body)

    def delete(self, id: str) -> Personality:
        """Move it to the trash: it shapes nothing from now on, and `restore` brings it back."""
        return self._transport.call("DELETE", f"/personalities/{id}", Personality)

    def restore(self, id: str) -> Personality:
        """Take it out of the trash."""
        return self._transport.post(f"/personalities/{id}/restore", Personality)

    def use(self, name: str | None, experience: str) -> Experience:
        """Let a personality (its name or id; None: none) shape the replies in an Experience from now on.

        Raises NotFoundError, InvalidInputError for one that is in the trash.
        """
        chosen = None if name is None else self.find(name).id
        found = self._experiences.find(experience)
        return self._experiences.update(found.id, personality=chosen)

    def use_in_conversation(self, name: str | None, conversation_id: str) -> Conversation:
        """The same in one conversation: None, its Experience's; `none`, no personality at all."""
        chosen = name if name in (None, NONE) else self.find(name).id
        body = {"personality": chosen}
        return self._transport.call("PATCH", f"/conversations/{conversation_id}", Conversation, body=body)

    def preview(
        self,
        question: str,
        *,
        experience: str | None = None,
        model: str | None = None,
        **character: Unpack[CharacterChanges],
    ) -> Message:
        """What a model answers so shaped; nothing of it is kept, and what it cost is in `calls`.

        It is asked with the settings of the Experience, if one is named. Raises InvalidInputError, ModelMissingError,
        BudgetReachedError. A reply that failed says why in `fault`.
        """
        begun = self.begin_preview(question, experience=experience, model=model, **character)
        return next(event.message for event in self.stream_preview(begun.id) if isinstance(event, Done))

    def begin_preview(
        self,
        question: str,
        *,
        experience: str | None = None,
        model: str | None = None,
        **character: Unpack[CharacterChanges],
    ) -> Message:
        """The same, not waited for: `stream_preview` gives the reply as it arrives."""
        body = {
            "character": character,
            "turns": [{"author": "user", "text": question}],
            "experience_id": None if experience is None else self._experiences.find(experience).id,
            "model": model,
        }
        return self._transport.post("/previews", Message, body)

    def stream_preview(self, id: str) -> Iterator[ReplyEvent]:
        """A preview as it arrives. Raises OwnerLostError if the owner goes away in the middle."""
        return reply_events(self._transport.events(f"/previews/{id}/stream"))

    def stop_preview(self, id: str) -> Message:
        """End a running preview."""
        return self._transport.post(f"/previews/{id}/stop", Message)

    def __getitem__(self, name: str) -> Personality:
        return self.find(name)

    def _ipython_key_completions_(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.list())

    def _repr_html_(self) -> str:
        return self.list()._repr_html_()
