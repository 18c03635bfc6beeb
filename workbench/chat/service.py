"""Asking: a question is saved with its pending reply, then the model is sent what it needs, and the reply streams."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from workbench.chat import compare, context
from workbench.chat.replies import Piece, Replies
from workbench.clock import new_id, utc_now
from workbench.conversations import attachments, tree
from workbench.conversations.records import Given, Message, Tried, Turn
from workbench.conversations.service import Conversations, clean_text
from workbench.errors import InvalidInputError, ModelMissingError
from workbench.experiences.records import Experience
from workbench.experiences.service import Experiences
from workbench.providers.fallback import Plan, Waiting
from workbench.providers.ledger import Purpose
from workbench.providers.records import ChatRequest, Model
from workbench.providers.records import Turn as ModelTurn
from workbench.providers.service import Models

Head = Literal["head"]
HEAD: Head = "head"
"""As a parent: the last message of the branch that is shown."""


class Chat:
    """Sending, to one model or several; stopping, trying again, going on, merging."""

    def __init__(
        self, *, experiences: Experiences, conversations: Conversations, models: Models, replies: Replies
    ) -> None:
        self._experiences = experiences
        self._conversations = conversations
        self._models = models
        self._replies = replies

    async def send(
        self,
        conversation_id: str,
        text: str,
        *,
        parent_id: str | Head | None = HEAD,
        model: str | None = None,
        id: str | None = None,
        models: Sequence[str] = (),
        reply_id: str | None = None,
        reply_ids: Sequence[str] = (),
        given: Sequence[Given] = (),
        given_of: str | None = None,
    ) -> Turn:
        """Save a question and start its reply, or where several `models` are named, one of each, all at once.

        Of those, one that cannot be used now has a reply that says so. `reply_ids` are then as many as `models`.
        `given_of` is a message of the conversation: what was given with it is given again, before what is in `given`.

        Raises InvalidInputError, NotFoundError, ReplyRunningError, and ModelMissingError before anything is saved.
        """
        if models:
            _refuse_both(model, reply_id)
            compare.refuse_models(models, reply_ids)
        wanted = _Wanted(models or (model,), reply_ids or (reply_id,) * max(1, len(models)))
        turn, plans = await asyncio.to_thread(self._ask, conversation_id, text, parent_id, wanted, id, given, given_of)
        for reply, plan in zip(turn.replies, plans, strict=True):
            self._start(reply, plan, "question")
        return turn

    async def retry(self, message_id: str, *, model: str | None = None, reply_id: str | None = None) -> Message:
        """Start another reply to the question that this reply answers."""
        reply, plan = await asyncio.to_thread(self._sibling, message_id, model, reply_id)
        self._start(reply, plan, "retry")
        return reply

    async def merge(
        self,
        question_id: str,
        *,
        model: str | None = None,
        replies: Sequence[str] = (),
        reply_id: str | None = None,
    ) -> Message:
        """Start another reply to a question, in which a model merges the replies that there are.

        `replies` are the ids of those to merge, else of each model the latest with text.

        Raises InvalidInputError, NotFoundError, ReplyRunningError, ModelMissingError before anything is saved.
        """
        reply, plan = await asyncio.to_thread(self._merged, question_id, model, replies, reply_id)
        self._start(reply, plan, "merge")
        return reply

    async def resume(self, message_id: str, *, model: str | None = None) -> Message:
        """Let a reply that did not end well go on from its last character: by the model that began it, or another."""
        reply, plan = await asyncio.to_thread(self._resume, message_id, model)
        self._start(reply, plan, "continue")
        return reply

    async def stop(self, message_id: str) -> Message:
        """End a running reply, keeping what has arrived; one that has ended is given back as it is."""
        stopped = await self._replies.stop(message_id)
        if stopped is not None:
            return stopped
        return await asyncio.to_thread(self._conversations.stop, message_id)

    async def follow(self, message_id: str) -> AsyncIterator[Message | Piece | Waiting | None]:
        """A reply as it is now, each piece that arrives, and as it ended; None where it is quiet.

        Raises NotFoundError.
        """
        following = False
        async for event in self._replies.follow(message_id):
            following = True
            yield event
        if not following:
            message = await asyncio.to_thread(self._conversations.message, message_id)
            yield message
            yield message

    def _ask(
        self,
        conversation_id: str,
        text: str,
        parent_id: str | Head | None,
        wanted: "_Wanted",
        id: str | None,
        given: Sequence[Given],
        given_of: str | None,
    ) -> tuple[Turn, tuple[Plan | None, ...]]:
        question = clean_text(text)
        again = () if given_of is None else self._conversations.given(given_of, within=conversation_id)
        attached = attachments.clean([*again, *given])
        conversation = self._conversations.get(conversation_id)
        experience = self._experiences.get(conversation.experience_id)
        models = self._models_of(experience, wanted.models)
        if len(models) > 1:
            experience = replace(experience, fallbacks=())  # no other model replies in the place of one compared
        now = utc_now()
        asked = Message(
            id=id or new_id(),
            conversation_id=conversation.id,
            experience_id=conversation.experience_id,
            parent_id=conversation.head_id if parent_id == HEAD else parent_id,
            author="user",
            text=question,
            created_at=now,
            updated_at=now,
        )
        wanted_ids = zip(models, wanted.reply_ids, strict=True)
        reply, *beside = (_pending(asked, model, reply_id, gone) for (model, gone), reply_id in wanted_ids)
        turn = self._conversations.ask(asked, reply, attached, beside=beside)
        if asked.parent_id is None and turn.reply == reply:  # saved just now, and nothing goes before it
            return turn, tuple(self._plan(experience, model, (turn.message,)) for model, _ in models)
        replies = zip(turn.replies, models, strict=True)
        return turn, tuple(self._plan_of(each, experience, model) for each, (model, _) in replies)

    def _sibling(self, message_id: str, model_id: str | None, reply_id: str | None) -> tuple[Message, Plan | None]:
        earlier = self._conversations.message(message_id)
        if earlier.author != "assistant" or earlier.parent_id is None:
            raise InvalidInputError("Only a reply can be tried again.", remedy="Edit the question instead.")
        question = self._conversations.message(earlier.parent_id)
        experience = self._experiences.get(earlier.experience_id)
        model, gone = self._model(experience, model_id)
        merged_from = earlier.merged_from and self._still_merged(earlier)
        pending = replace(_pending(question, model, reply_id, gone), merged_from=merged_from)
        sibling = self._conversations.begin_sibling(pending)
        return sibling, self._plan_of(sibling, experience, model)

    def _merged(
        self, question_id: str, model_id: str | None, chosen: Sequence[str], reply_id: str | None
    ) -> tuple[Message, Plan | None]:
        question = self._conversations.message(question_id)
        if question.author != "user":
            raise InvalidInputError("Only the replies to a question can be merged.", remedy="Name the question.")
        experience = self._experiences.get(question.experience_id)
        model, gone = self._model(experience, model_id)
        replies = compare.to_merge(self._conversations.messages(question.conversation_id), question, chosen)
        pending = replace(_pending(question, model, reply_id, gone), merged_from=tuple(reply.id for reply in replies))
        merged = self._conversations.begin_sibling(pending)
        return merged, self._plan_of(merged, experience, model)

    def _still_merged(self, reply: Message) -> tuple[str, ...]:
        messages = self._conversations.messages(reply.conversation_id)
        return compare.still_merged(reply, {message.id for message in messages})

    def _resume(self, message_id: str, model_id: str | None) -> tuple[Message, Plan | None]:
        reply = self._conversations.message(message_id)
        experience = self._experiences.get(reply.experience_id)
        model = self._models.resolve(model_id or reply.model or experience.model)
        resumed = self._conversations.resume(message_id, model=model.id, model_name=model.name, provider=model.provider)
        return resumed, self._plan_of(resumed, experience, model)

    def _start(self, reply: Message, plan: Plan | None, purpose: Purpose) -> None:
        """Let a saved reply be written, unless it already is: a request that was repeated starts nothing twice."""
        if plan is not None and not self._replies.is_running(reply.id):
            self._replies.start(reply, plan, purpose)

    def _plan_of(self, reply: Message, experience: Experience, model: Model) -> Plan | None:
        """What to send for a reply; None if it is being written, has ended or is gone: a request may be repeated."""
        if self._replies.is_running(reply.id):
            return None
        messages = tree.by_id(self._conversations.messages(reply.conversation_id))
        found = messages.get(reply.id)
        if found is None or found.status != "running":
            return None
        branch = tree.branch(messages, reply.id if reply.text else reply.parent_id)
        merges = [messages[id] for id in reply.merged_from if id in messages]
        return self._plan(experience, model, branch, merges=merges, continues=bool(reply.text))

    def _plan(
        self,
        experience: Experience,
        model: Model,
        branch: Sequence[Message],
        *,
        merges: Sequence[Message] = (),
        continues: bool = False,
    ) -> Plan:
        """Whom to ask: the model, and then the Experience's fallbacks."""

        def build(asked: Model) -> ChatRequest:
            found = context.turns(branch, sees=bool(asked.sees))
            turns = context.fit(compare.turns(found, merges) if merges else found, asked.context_tokens)
            return ChatRequest(
                model=asked,
                turns=tuple(map(self._with_data, turns)),
                continues=continues,
                temperature=experience.temperature,
                max_output_tokens=experience.max_output_tokens,
            )

        return Plan(
            first=build(model),
            fallbacks=experience.fallbacks,
            build=lambda id: build(self._models.resolve(id)),
        )

    def _with_data(self, turn: ModelTurn) -> ModelTurn:
        """A turn with its pictures filled in."""
        if not turn.pictures:
            return turn
        given = self._conversations.given(turn.pictures[0].message_id)
        return replace(turn, pictures=tuple(replace(each, data=given[each.number].data) for each in turn.pictures))

    def _models_of(self, experience: Experience, ids: Sequence[str | None]) -> "tuple[tuple[Model, Gone], ...]":
        """The models to ask: a single one must be ready; of several, one that is not says so in its reply."""
        if len(ids) == 1:
            return (self._model(experience, ids[0]),)
        return tuple((self._models.get(id), ()) for id in ids if id is not None)

    def _model(self, experience: Experience, model_id: str | None) -> "tuple[Model, Gone]":
        """The model to ask, else the first of the fallbacks that is there; and who is not.

        Raises ModelMissingError, as the first of them does, where none is.
        """
        first = model_id or experience.model
        try:
            return self._models.resolve(first), ()
        except ModelMissingError as error:
            gone = [Tried(model=first or "", code=error.code)] if first else []
            for id in experience.fallbacks:
                try:
                    return self._models.resolve(id), tuple(gone)
                except ModelMissingError as missing:
                    gone.append(Tried(model=id, code=missing.code))
            raise


Gone = tuple[Tried, ...]
"""Models that could not be asked."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Who is to reply, each under an id of its own; None: the Experience's model, an id made here."""

    models: Sequence[str | None]
    reply_ids: Sequence[str | None]


def _refuse_both(model: str | None, reply_id: str | None) -> None:
    if model is not None or reply_id is not None:
        raise InvalidInputError(
            "One model and several cannot both be asked.", remedy="Leave out `model` and `reply_id`, or `models`."
        )


def _pending(question: Message, model: Model, reply_id: str | None, tried: tuple[Tried, ...]) -> Message:
    now = max(utc_now(), question.created_at + timedelta(microseconds=1))
    return Message(
        id=reply_id or new_id(),
        conversation_id=question.conversation_id,
        experience_id=question.experience_id,
        parent_id=question.id,
        author="assistant",
        text="",
        status="running",
        model=model.id,
        model_name=model.name,
        provider=model.provider,
        tried=tried,
        created_at=now,
        updated_at=now,
    )
