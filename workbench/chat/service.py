"""Asking: a question is saved with its pending reply, then the model is sent what it needs, and the reply streams."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from workbench.chat import attached, compare, context, shaping
from workbench.chat.replies import Piece, Replies
from workbench.chat.shaping import Shape, Shaping
from workbench.clock import new_id, utc_now
from workbench.conversations import attachments, tree
from workbench.conversations.records import Conversation, Given, Message, Tried, Turn
from workbench.conversations.service import Conversations, Note, clean_text
from workbench.errors import BudgetReachedError, InvalidInputError, ModelMissingError
from workbench.experiences.records import Experience
from workbench.experiences.service import Experiences
from workbench.providers.fallback import Plan, Waiting
from workbench.providers.ledger import Purpose
from workbench.providers.records import ChatRequest, Model, left_out
from workbench.providers.records import Turn as ModelTurn
from workbench.providers.service import Models
from workbench.providers.spending import Allowance, Build, Granted, Purse
from workbench.rules.service import Rules
from workbench.storage.database import Transaction

Head = Literal["head"]
HEAD: Head = "head"
"""As a parent: the last message of the branch that is shown."""


class Chat:
    """Sending, to one model or several; stopping, trying again, going on, merging."""

    def __init__(
        self,
        *,
        experiences: Experiences,
        conversations: Conversations,
        models: Models,
        replies: Replies,
        purse: Purse,
        shaping: Shaping,
        rules: Rules,
    ) -> None:
        self._experiences = experiences
        self._conversations = conversations
        self._models = models
        self._replies = replies
        self._purse = purse
        self._shaping = shaping
        self._rules = rules

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
        over_budget: bool = False,
        allow_rules: Sequence[str] = (),
    ) -> Turn:
        """Save a question and start its reply, or where several `models` are named, one of each, all at once.

        Of those, one that cannot be used now has a reply that says so. `reply_ids` are then as many as `models`.
        `given_of` is a message of the conversation: what was given with it is given again, before what is in `given`.
        With `over_budget`, here and below, it is sent though a budget is reached, and in spite of rules that ask before
        where `allow_rules` has their ids; both are written down.

        Raises InvalidInputError, NotFoundError, ReplyRunningError, ModelMissingError, BudgetReachedError,
        RuleBlockedError and RuleAskError before anything is saved.
        """
        if models:
            _refuse_both(model, reply_id)
            compare.refuse_models(models, reply_ids)
        wanted = _Wanted(models or (model,), reply_ids or (reply_id,) * max(1, len(models)))
        turn, plans = await asyncio.to_thread(
            self._ask,
            conversation_id,
            text,
            parent_id,
            wanted,
            id,
            given,
            given_of,
            over_budget=over_budget,
            allow_rules=allow_rules,
        )
        for reply, plan in zip(turn.replies, plans, strict=True):
            self._start(reply, plan, "question")
        return turn

    async def retry(
        self,
        message_id: str,
        *,
        model: str | None = None,
        reply_id: str | None = None,
        over_budget: bool = False,
        allow_rules: Sequence[str] = (),
    ) -> Message:
        """Start another reply to the question that this reply answers. Raises BudgetReachedError and others."""
        reply, plan = await asyncio.to_thread(
            self._sibling, message_id, model, reply_id, over_budget=over_budget, allow_rules=allow_rules
        )
        self._start(reply, plan, "retry")
        return reply

    async def merge(
        self,
        question_id: str,
        *,
        model: str | None = None,
        replies: Sequence[str] = (),
        reply_id: str | None = None,
        over_budget: bool = False,
        allow_rules: Sequence[str] = (),
    ) -> Message:
        """Start another reply to a question, in which a model merges the replies that there are.

        `replies` are the ids of those to merge, else of each model the latest with text.

        Raises InvalidInputError, NotFoundError, ReplyRunningError, ModelMissingError, BudgetReachedError before
        anything is saved.
        """
        reply, plan = await asyncio.to_thread(
            self._merged, question_id, model, replies, reply_id, over_budget=over_budget, allow_rules=allow_rules
        )
        self._start(reply, plan, "merge")
        return reply

    async def resume(
        self,
        message_id: str,
        *,
        model: str | None = None,
        over_budget: bool = False,
        allow_rules: Sequence[str] = (),
    ) -> Message:
        """Let a reply that did not end well go on from its last character: by the model that began it, or another.

        Raises BudgetReachedError and others.
        """
        reply, plan = await asyncio.to_thread(
            self._resume, message_id, model, over_budget=over_budget, allow_rules=allow_rules
        )
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
        *,
        over_budget: bool,
        allow_rules: Sequence[str],
    ) -> tuple[Turn, tuple[Plan | None, ...]]:
        question = clean_text(text)
        again = () if given_of is None else self._conversations.given(given_of, within=conversation_id)
        together = attachments.clean([*again, *given])
        conversation = self._conversations.get(conversation_id)
        setting = self._setting(conversation, allow_rules)
        models = self._models_of(setting.experience, wanted.models)
        if len(models) > 1:  # no other model replies in the place of one compared
            setting = replace(setting, experience=replace(setting.experience, fallbacks=()))
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
        reply, *beside = (_pending(asked, setting, model, reply_id, gone) for (model, gone), reply_id in wanted_ids)
        draft = replace(asked, attachments=tuple(attachments.attachment(each) for each in together))
        warned = self._refuse_forbidden(draft, reply, setting)
        build = self._later(setting, conversation.id, asked.parent_id, draft)
        chosen = [model for model, _ in models]
        with self._allowed(reply, chosen, build, over_budget=over_budget) as allowances:
            turn = self._conversations.ask(asked, reply, together, beside=beside, note=_noting(allowances))
            said = filter(None, (self._purse.said(model, conversation.experience_id) for model in chosen))
            told = replace(turn, budget=next(said, ""), rules=warned)
            if asked.parent_id is None and turn.reply == reply:  # saved just now, and nothing goes before it
                paid = zip(chosen, allowances, strict=True)
                return told, tuple(self._plan(setting, model, (turn.message,), by) for model, by in paid)
            replies = zip(turn.replies, chosen, allowances, strict=True)
            return told, tuple(self._plan_of(each, setting, model, by) for each, model, by in replies)

    def _sibling(
        self,
        message_id: str,
        model_id: str | None,
        reply_id: str | None,
        *,
        over_budget: bool,
        allow_rules: Sequence[str],
    ) -> tuple[Message, Plan | None]:
        earlier = self._conversations.message(message_id)
        if earlier.author != "assistant" or earlier.parent_id is None:
            raise InvalidInputError("Only a reply can be tried again.", remedy="Edit the question instead.")
        question = self._conversations.message(earlier.parent_id)
        setting = self._setting(self._conversations.get(earlier.conversation_id), allow_rules)
        model, gone = self._model(setting.experience, model_id)
        merged_from = earlier.merged_from and self._still_merged(earlier)
        pending = replace(_pending(question, setting, model, reply_id, gone), merged_from=merged_from)
        self._refuse_forbidden(question, pending, setting)
        return self._begun(pending, setting, model, over_budget=over_budget)

    def _merged(
        self,
        question_id: str,
        model_id: str | None,
        chosen: Sequence[str],
        reply_id: str | None,
        *,
        over_budget: bool,
        allow_rules: Sequence[str],
    ) -> tuple[Message, Plan | None]:
        question = self._conversations.message(question_id)
        if question.author != "user":
            raise InvalidInputError("Only the replies to a question can be merged.", remedy="Name the question.")
        setting = self._setting(self._conversations.get(question.conversation_id), allow_rules)
        model, gone = self._model(setting.experience, model_id)
        replies = compare.to_merge(self._conversations.messages(question.conversation_id), question, chosen)
        merged_from = tuple(reply.id for reply in replies)
        pending = replace(_pending(question, setting, model, reply_id, gone), merged_from=merged_from)
        self._refuse_forbidden(question, pending, setting)
        return self._begun(pending, setting, model, over_budget=over_budget)

    def _still_merged(self, reply: Message) -> tuple[str, ...]:
        messages = self._conversations.messages(reply.conversation_id)
        return compare.still_merged(reply, {message.id for message in messages})

    def _begun(
        self, pending: Message, setting: "_Setting", model: Model, *, over_budget: bool
    ) -> tuple[Message, Plan | None]:
        """A reply that was begun beside others, and what to send for it."""
        build = self._later(setting, pending.conversation_id, pending.parent_id, merged_from=pending.merged_from)
        with self._allowed(pending, [model], build, over_budget=over_budget) as (allowance,):
            begun = self._conversations.begin_sibling(pending, note=allowance.note)
            return begun, self._plan_of(begun, setting, model, allowance)

    def _resume(
        self, message_id: str, model_id: str | None, *, over_budget: bool, allow_rules: Sequence[str]
    ) -> tuple[Message, Plan | None]:
        reply = self._conversations.message(message_id)
        setting = self._setting(self._conversations.get(reply.conversation_id), allow_rules)
        if reply.parent_id is not None:
            self._refuse_forbidden(self._conversations.message(reply.parent_id), reply, setting)
        model = self._models.resolve(model_id or reply.model or setting.experience.model)
        at = reply.id if reply.text else reply.parent_id
        build = self._later(
            setting, reply.conversation_id, at, merged_from=reply.merged_from, continues=bool(reply.text)
        )
        with self._allowed(reply, [model], build, over_budget=over_budget) as (allowance,):
            resumed = self._conversations.resume(
                message_id,
                model=model.id,
                model_name=model.name,
                provider=model.provider,
                unsent=left_out(model, temperature=setting.experience.temperature),
                verified=model.verified,
                personality=setting.shape.personality,
                prompt=setting.shape.prompt,
                note=allowance.note,
            )
            return resumed, self._plan_of(resumed, setting, model, allowance)

    def _start(self, reply: Message, plan: Plan | None, purpose: Purpose) -> None:
        """Let a saved reply be written, unless it already is: a request that was repeated starts nothing twice."""
        if plan is None:
            return
        if self._replies.is_running(reply.id):
            plan.allowance.end()
        else:
            self._replies.start(reply, plan, purpose)

    @contextlib.contextmanager
    def _allowed(
        self, message: Message, models: Sequence[Model], build: Build, *, over_budget: bool
    ) -> Iterator[tuple[Allowance, ...]]:
        """What replies of these models may cost; given back where they are not begun.

        If `message`, which is to run, is known, then its request is repeated, and was allowed before. Raises
        BudgetReachedError.
        """
        try:
            allowances = self._purse.hold(
                models,
                build=build,
                experience_id=message.experience_id,
                conversation_id=message.conversation_id,
                over_budget=over_budget,
            )
        except BudgetReachedError:
            if message.status != "running" or not self._conversations.is_known(message.id):
                raise
            allowances = (Granted(),) * len(models)
        try:
            yield allowances
        except BaseException:
            for each in allowances:
                each.end()
            raise

    def _plan_of(self, reply: Message, setting: "_Setting", model: Model, allowance: Allowance) -> Plan | None:
        """What to send for a reply; None if it is being written, has ended or is gone: a request may be repeated."""
        if self._replies.is_running(reply.id):
            allowance.end()
            return None
        messages = tree.by_id(self._conversations.messages(reply.conversation_id))
        found = messages.get(reply.id)
        if found is None or found.status != "running":
            allowance.end()
            return None
        branch = tree.branch(messages, reply.id if reply.text else reply.parent_id)
        merges = [messages[id] for id in reply.merged_from if id in messages]
        return self._plan(setting, model, branch, allowance, merges=merges, continues=bool(reply.text))

    def _plan(
        self,
        setting: "_Setting",
        model: Model,
        branch: Sequence[Message],
        allowance: Allowance,
        *,
        merges: Sequence[Message] = (),
        continues: bool = False,
    ) -> Plan:
        """Whom to ask: the model, and then the Experience's fallbacks."""

        def build(asked: Model) -> ChatRequest:
            request = _request(setting, asked, branch, merges=merges, continues=continues)
            return replace(request, turns=tuple(map(self._with_data, request.turns)))

        return Plan(
            first=build(model),
            fallbacks=setting.experience.fallbacks,
            build=lambda id: build(self._models.resolve(id)),
            allowance=allowance,
            allowed=setting.allowed,
        )

    def _later(
        self,
        setting: "_Setting",
        conversation_id: str,
        last_id: str | None,
        *unsaved: Message,
        merged_from: Sequence[str] = (),
        continues: bool = False,
    ) -> Build:
        """What would be sent, of the branch that ends with a message and what follows it; without pictures and PDFs."""

        def build(model: Model) -> ChatRequest:
            messages = tree.by_id(self._conversations.messages(conversation_id))
            branch = (*tree.branch(messages, last_id), *unsaved)
            merges = [messages[id] for id in merged_from if id in messages]
            return _request(setting, model, branch, merges=merges, continues=continues)

        return build

    def _with_data(self, turn: ModelTurn) -> ModelTurn:
        """A turn with its pictures and PDFs filled in."""
        if not turn.shown:
            return turn
        given = self._conversations.given(turn.shown[0].message_id)
        return replace(
            turn,
            pictures=tuple(replace(each, data=given[each.number].data) for each in turn.pictures),
            pdfs=tuple(replace(each, data=given[each.number].data) for each in turn.pdfs),
        )

    def _setting(self, conversation: Conversation, allow_rules: Sequence[str]) -> "_Setting":
        experience = self._experiences.get(conversation.experience_id)
        shape = self._shaping.of(experience, conversation)
        return _Setting(experience=experience, shape=shape, allowed=tuple(allow_rules))

    def _refuse_forbidden(self, question: Message, reply: Message, setting: "_Setting") -> str:
        """What rules say of a question, with what is given with it, that is to be answered by this reply.

        Raises RuleBlockedError and RuleAskError.
        """
        return self._rules.check(
            [turn.text for turn in context.turns([question])],
            experience_id=question.experience_id,
            conversation_id=question.conversation_id,
            message_id=reply.id,
            allowed=setting.allowed,
        )

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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Setting:
    """What a conversation's next reply is asked for with."""

    experience: Experience
    shape: Shape
    allowed: tuple[str, ...]
    """The ids of rules that the sender has let pass."""


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


def _request(
    setting: _Setting, model: Model, branch: Sequence[Message], *, merges: Sequence[Message], continues: bool
) -> ChatRequest:
    """What a model is sent; pictures have no data yet."""
    found = context.turns(branch, shows=attached.shown_to(model))
    turns = compare.turns(found, merges) if merges else found
    return ChatRequest(
        model=model,
        turns=context.fit(turns, model.context_tokens, instruction=setting.shape.instruction),
        continues=continues,
        temperature=setting.experience.temperature,
        max_output_tokens=shaping.shorter(setting.experience.max_output_tokens, setting.shape.most_output_tokens),
    )


def _noting(allowances: Sequence[Allowance]) -> Note:
    """Writes down which budgets they go over."""

    def note(tx: Transaction) -> None:
        for each in allowances:
            each.note(tx)

    return note


def _pending(
    question: Message, setting: _Setting, model: Model, reply_id: str | None, tried: tuple[Tried, ...]
) -> Message:
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
        unsent=left_out(model, temperature=setting.experience.temperature),
        verified=model.verified,
        personality=setting.shape.personality,
        prompt=setting.shape.prompt,
        tried=tried,
        created_at=now,
        updated_at=now,
    )
