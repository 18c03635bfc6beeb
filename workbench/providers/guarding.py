"""What may be sent to a model, and what may be shown of what it answers: asked for each request, whoever sends it."""

from collections.abc import Iterator
from typing import Protocol

from workbench.providers.records import ChatRequest, StreamEvent


class Screen(Protocol):
    """One request under rules."""

    request: ChatRequest
    """As it may be sent."""

    def shown(self, event: StreamEvent) -> Iterator[StreamEvent]:
        """What may be shown, now that this has come; before `Finished` all that was held back.

        Raises RuleBlockedError where the answer ends here.
        """
        ...

    def keep(self) -> None:
        """Write down what was found. From any thread."""
        ...


class Guard(Protocol):
    """What decides it."""

    @property
    def is_idle(self) -> bool:
        """Whether nothing is forbidden anywhere, so that nobody needs to be asked."""
        ...

    def screen(
        self,
        request: ChatRequest,
        *,
        experience_id: str | None,
        conversation_id: str | None,
        message_id: str | None,
        allowed: tuple[str, ...],
        also: tuple[tuple[str, int], ...],
    ) -> Screen | None:
        """How a request is to go; None: as it is. From any thread.

        `allowed` are the ids of rules that the sender has let pass; `also` the ids and revisions of rules that hold
        beside those that hold there anyway. Raises RuleBlockedError, RuleAskError, and ConflictError where one of
        `also` is at another revision by now.
        """
        ...
