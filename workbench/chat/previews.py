"""Previews: what a model answers under an instruction that is only being tried. Nothing of it is kept but its calls."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from workbench.chat import context
from workbench.chat.replies import Piece, Replies
from workbench.clock import new_id, utc_now
from workbench.conversations.records import Author, Message
from workbench.conversations.service import clean_text
from workbench.conversations.store import Part
from workbench.errors import InvalidInputError, NotFoundError
from workbench.experiences.service import Experiences
from workbench.providers import ledger
from workbench.providers.fallback import Asker, Plan, Waiting
from workbench.providers.ledger import Call
from workbench.providers.records import ChatRequest, Model, Role, Turn
from workbench.providers.service import Models
from workbench.providers.spending import Purse
from workbench.storage.database import Database

MOST_TURNS = 100
_MOST_ENDED = 64
_ROLES: dict[Author, Role] = {"user": "user", "assistant": "assistant"}


@dataclass(frozen=True, slots=True)
class Said:
    """A turn of a scratch chat, which its page keeps."""

    author: Author
    text: str


class Previews:
    """Asks models beside conversations, with the reply as it arrives. Used on one event loop."""

    def __init__(
        self,
        asker: Asker,
        database: Database,
        group: asyncio.TaskGroup,
        *,
        experiences: Experiences,
        models: Models,
        purse: Purse,
    ) -> None:
        self._experiences = experiences
        self._models = models
        self._purse = purse
        self._scratch = _Scratch(database)
        self._replies = Replies(asker, self._scratch, group)

    def leave(self) -> None:
        """Interrupt what runs: the owner is about to end."""
        self._replies.leave()

    async def start(
        self, instruction: str, said: Sequence[Said], *, experience_id: str | None = None, model: str | None = None
    ) -> Message:
        """A running reply to what was said last, by the Experience's model, another, or the home's default.

        Raises InvalidInputError, NotFoundError, ModelMissingError, BudgetReachedError before anything is asked.
        """
        message, plan = await asyncio.to_thread(self._begin, instruction, said, experience_id, model)
        self._replies.start(message, plan, "preview")
        return message

    async def follow(self, id: str) -> AsyncIterator[Message | Piece | Waiting | None]:
        """As it is now, each piece that arrives, and as it ended; None where it is quiet. Raises NotFoundError."""
        following = False
        async for event in self._replies.follow(id):
            following = True
            yield event
        if not following:
            ended = self._scratch.ended(id)
            yield ended
            yield ended

    async def stop(self, id: str) -> Message:
        """End it; one that has ended is given back as it is. Raises NotFoundError."""
        return await self._replies.stop(id) or self._scratch.ended(id)

    def _begin(
        self, instruction: str, said: Sequence[Said], experience_id: str | None, model_id: str | None
    ) -> tuple[Message, Plan]:
        turns = _turns(said)
        experience = None if experience_id is None else self._experiences.get(experience_id)
        model = self._models.resolve(model_id or (experience.model if experience else None))

        def build(asked: Model) -> ChatRequest:
            return ChatRequest(
                model=asked,
                turns=context.fit(turns, asked.context_tokens, instruction=instruction),
                temperature=experience.temperature if experience else None,
                max_output_tokens=experience.max_output_tokens if experience else None,
            )

        (allowance,) = self._purse.hold((model,), build=build, experience_id=experience_id)
        now = utc_now()
        message = Message(
            id=new_id(),
            conversation_id="",
            experience_id=experience_id or "",
            author="assistant",
            text="",
            status="running",
            model=model.id,
            model_name=model.name,
            provider=model.provider,
            verified=model.verified,
            created_at=now,
            updated_at=now,
        )
        return message, Plan(first=build(model), build=lambda id: build(self._models.resolve(id)), allowance=allowance)


def _turns(said: Sequence[Said]) -> tuple[Turn, ...]:
    """Raises InvalidInputError where there is no question at the end, or too much before it."""
    if not said or said[-1].author != "user":
        raise InvalidInputError("There is no question to answer.", remedy="Write one.")
    if len(said) > MOST_TURNS:
        raise InvalidInputError(
            f"A preview has at most {MOST_TURNS} turns.", remedy="Begin the scratch chat again: its button is Clear."
        )
    return tuple(Turn(role=_ROLES[each.author], text=clean_text(each.text)) for each in said if each.text.strip())


class _Scratch:
    """Where replies are kept that are not kept: their calls are written down, and their ends known for a while."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ended: OrderedDict[str, Message] = OrderedDict()

    def append_parts(self, _parts: Sequence[Part], calls: Sequence[Call] = ()) -> None:
        if calls:
            ledger.keep(self._database, calls)

    def finish(self, reply: Message, calls: Sequence[Call] = ()) -> Message:
        ledger.keep(self._database, calls)
        self._ended[reply.id] = reply
        while len(self._ended) > _MOST_ENDED:
            self._ended.popitem(last=False)
        return reply

    def ended(self, id: str) -> Message:
        """Raises NotFoundError."""
        if id not in self._ended:
            raise NotFoundError("This preview is gone.", remedy="Ask again.")
        return self._ended[id]
