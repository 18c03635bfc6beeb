"""Rules, from outside the owner."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from workbench.client.transport import Transport
from workbench.rules.records import Action, Direction, Examined, Firing, Kind, Rule, RuleList
from workbench.shown import Records

if TYPE_CHECKING:
    from workbench.client.experiences import Experiences


class Rules:
    """What may be sent to models and come back from them, and what a reply has to be like; for every door alike."""

    def __init__(self, transport: Transport, experiences: "Experiences") -> None:
        self._transport = transport
        self._experiences = experiences

    def list(self) -> Records[Rule]:
        """All of them, in the order of precedence."""
        found = self._transport.get("/rules", RuleList).rules
        return Records(found, "Rules", ("name", "kind", "words", "text", "direction", "action", "scope", "enabled"))

    @property
    def order(self) -> tuple[str, ...]:
        """The order of precedence, in sentences."""
        return self._transport.get("/rules", RuleList).order

    def add(
        self,
        kind: Kind,
        *words: str,
        text: str = "",
        most_words: int | None = None,
        name: str = "",
        direction: Direction = "both",
        action: Action = "redact",
        enabled: bool = True,
        experience: str | None = None,
        conversation: str | None = None,
    ) -> Rule:
        """Add a rule for the home, for an Experience (its name or id), or for a conversation (its id).

        `words` are words, beginnings of words, names of detectors (none: all), tools or hosts; `text` is a pattern,
        what is required or forbidden, or a language. Raises InvalidInputError, NotFoundError.
        """
        body: dict[str, object] = {
            "kind": kind,
            "name": name,
            "words": words,
            "text": text,
            "most_words": most_words,
            "direction": direction,
            "action": action,
            "enabled": enabled,
            "experience_id": None if experience is None else self._experiences.find(experience).id,
            "conversation_id": conversation,
        }
        return self._transport.post("/rules", Rule, body)

    def change(
        self,
        id: str,
        *,
        name: str | None = None,
        words: Sequence[str] | None = None,
        text: str | None = None,
        most_words: int | None = None,
        direction: Direction | None = None,
        action: Action | None = None,
        enabled: bool | None = None,
        revision: int | None = None,
    ) -> Rule:
        """Change what is given. Raises NotFoundError, InvalidInputError, ConflictError."""
        given = {
            "name": name,
            "words": words,
            "text": text,
            "most_words": most_words,
            "direction": direction,
            "action": action,
            "enabled": enabled,
            "revision": revision,
        }
        body = {field: value for field, value in given.items() if value is not None}
        return self._transport.call("PATCH", f"/rules/{id}", Rule, body=body)

    def move(self, id: str, position: int) -> Records[Rule]:
        """Put a rule at another place, from 0, among those of its scope. Raises NotFoundError."""
        self._transport.post(f"/rules/{id}/move", RuleList, {"position": position})
        return self.list()

    def delete(self, id: str) -> None:
        """Keep to a rule no longer; `restore` brings it back. Raises NotFoundError."""
        self._transport.call("DELETE", f"/rules/{id}", dict[str, object])

    def restore(self, id: str) -> Rule:
        """Bring a deleted rule back. Raises NotFoundError."""
        return self._transport.post(f"/rules/{id}/restore", Rule)

    def try_(
        self,
        text: str,
        *,
        direction: Direction = "outgoing",
        experience: str | None = None,
        conversation: str | None = None,
    ) -> Examined:
        """What the rules of the home, and of an Experience or a conversation, would do with a text; nothing is sent."""
        body = {
            "text": text,
            "direction": direction,
            "experience_id": None if experience is None else self._experiences.find(experience).id,
            "conversation_id": conversation,
        }
        return self._transport.post("/rules/try", Examined, body)

    def firings(
        self,
        *,
        rule: str | None = None,
        conversation: str | None = None,
        message: str | None = None,
        most: int = 100,
    ) -> Records[Firing]:
        """What rules have found, the latest first: of a rule, a conversation or a reply (their ids), or all."""
        parameters = {"rule_id": rule, "conversation_id": conversation, "message_id": message, "most": most}
        found = self._transport.get("/rules/firings", tuple[Firing, ...], parameters)
        return Records(found, "Firings", ("created_at", "rule", "what", "direction", "outcome", "count", "taken"))

    def undo(self, firing_id: str) -> Firing:
        """Put back into a reply what was taken out of it. Raises NotFoundError, InvalidInputError."""
        return self._transport.post(f"/rules/firings/{firing_id}/undo", Firing)

    def report(self, firing_id: str, why: str) -> Firing:
        """Say why what a rule has done was wrong; empty takes that back. Raises NotFoundError."""
        return self._transport.call("PUT", f"/rules/firings/{firing_id}/report", Firing, body={"why": why})
