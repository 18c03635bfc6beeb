"""What a question would take and cost. Nothing is sent, and nothing is saved.

While somebody types, only the draft is counted: of the branch before it the counts are kept until the conversation
changes.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from workbench.chat import attached, context
from workbench.chat.shaping import Shaping
from workbench.clock import new_id, utc_now
from workbench.conversations import attachments, tree
from workbench.conversations.records import Given, Message
from workbench.conversations.service import Conversations, clean_text
from workbench.errors import NotFoundError
from workbench.experiences.service import Experiences
from workbench.providers.counting import BY_CHARACTERS, CHARACTERS_PER_TOKEN, Counting
from workbench.providers.estimate import (
    NOTHING,
    Count,
    Estimate,
    ReplyLength,
    about,
    estimate,
    exactly,
    usual_reply,
)
from workbench.providers.records import ChatRequest, Model, Role, Turn
from workbench.providers.requests import DEMO_SYSTEM
from workbench.providers.service import Models
from workbench.providers.tokens import Tokens

FEWEST_REPLIES = 5
"""From so many earlier replies on, they say how long the next one may be."""
_MOST_BRANCHES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class _Weight:
    """A turn without its words."""

    role: Role
    rough: int
    """What `context.tokens` says of it, which decides what fits."""
    count: Count
    pictures: int
    pdfs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Branch:
    """What goes before a question."""

    told: tuple[_Weight, ...]
    """The instruction, if there is one."""
    weights: tuple[_Weight, ...]
    reply: ReplyLength


_Key = tuple[str, str | None, datetime, str, Counting, str]


class Estimates:
    """Estimates questions. Safe to use from any thread."""

    def __init__(
        self,
        *,
        experiences: Experiences,
        conversations: Conversations,
        models: Models,
        shaping: Shaping,
        budgets: Callable[[str, str], str],
    ) -> None:
        """`budgets` gives what is to be said of those that pay for an Experience and a provider."""
        self._experiences = experiences
        self._conversations = conversations
        self._models = models
        self._shaping = shaping
        self._budgets = budgets
        self._tokens = Tokens()
        self._branches: OrderedDict[_Key, _Branch] = OrderedDict()
        self._changing = threading.Lock()

    def in_experience(
        self, experience_id: str, text: str, *, model: str | None = None, given: Sequence[Given] = ()
    ) -> Estimate:
        """Of the first question of a new conversation.

        Raises InvalidInputError, NotFoundError, ModelMissingError.
        """
        experience = self._experiences.get(experience_id)
        chosen = self._models.resolve(model or experience.model)
        counting = self._models.counting(chosen)
        instruction = self._shaping.of(experience).instruction
        before = _Branch(
            told=self._told(instruction, counting), weights=(), reply=self._reply(chosen, experience_id, None)
        )
        return self._estimate(chosen, counting, before, _question(experience_id, text, given))

    def in_conversation(
        self,
        conversation_id: str,
        text: str,
        *,
        parent_id: str | None = None,
        at_head: bool = False,
        model: str | None = None,
        given: Sequence[Given] = (),
        given_of: str | None = None,
    ) -> Estimate:
        """Of a question after the message `parent_id` (None: at the root), or after the last one shown.

        Raises InvalidInputError, NotFoundError, ModelMissingError.
        """
        conversation = self._conversations.get(conversation_id)
        again = () if given_of is None else self._conversations.given(given_of, within=conversation_id)
        experience = self._experiences.get(conversation.experience_id)
        chosen = self._models.resolve(model or experience.model)
        counting = self._models.counting(chosen)
        instruction = self._shaping.of(experience, conversation).instruction
        parent = conversation.head_id if at_head else parent_id
        key = (conversation_id, parent, conversation.updated_at, chosen.id, counting, instruction)
        before = self._known(key)
        if before is None:
            weights = self._weights(conversation_id, parent, chosen, counting)
            before = _Branch(
                told=self._told(instruction, counting),
                weights=weights,
                reply=self._reply(chosen, experience.id, conversation_id),
            )
            self._remember(key, before)
        question = _question(conversation.experience_id, text, [*again, *given])
        return self._estimate(chosen, counting, before, question)

    def of_request(self, request: ChatRequest, experience_id: str | None, conversation_id: str | None) -> Estimate:
        """Of a request as it would be sent, by how long the replies there were."""
        model = request.model
        counting = self._models.counting(model)
        weights = tuple(self._weigh(turn, counting) for turn in request.turns)
        reply = usual_reply(model) if experience_id is None else self._reply(model, experience_id, conversation_id)
        if (most := request.max_output_tokens) is not None:
            reply = replace(reply, low=min(reply.low, most), high=min(reply.high, most))
        return self._of(model, counting, weights, reply)

    def _estimate(self, model: Model, counting: Counting, before: _Branch, question: Message) -> Estimate:
        turn = attached.turn(question, shows=attached.shown_to(model), room_bytes=context.MOST_SHOWN_BYTES)
        asked = self._weigh(turn, counting)
        weights = (*before.weights, asked)
        sizes = [(each.role, each.rough) for each in weights]
        taken_tokens = sum(each.rough for each in before.told)
        begin = context.first(sizes, model.context_tokens, taken_tokens=taken_tokens)
        found = self._of(model, counting, (*before.told, *weights[begin:]), before.reply, left_out=begin)
        found = replace(found, not_shown=attached.not_shown(question, turn))
        if found.cost_high_usd == 0:
            return found
        return replace(found, budget=self._budgets(question.experience_id, model.provider))

    def _of(
        self, model: Model, counting: Counting, weights: Sequence[_Weight], reply: ReplyLength, *, left_out: int = 0
    ) -> Estimate:
        sent = exactly(counting.per_request)
        if model.demo and all(each.role != "system" for each in weights):
            sent += self._count(DEMO_SYSTEM, counting) + exactly(counting.per_turn)
        remembered = sum((each.count for each in weights[:-1] if each.role != "system"), NOTHING)
        return estimate(
            model,
            self._models.prices(model),
            sum((each.count for each in weights), sent),
            reply,
            remembered=remembered.low,
            pictures_not_counted=sum(each.pictures for each in weights),
            pdfs_not_counted=sum(each.pdfs for each in weights),
            messages_left_out=left_out,
        )

    def _told(self, instruction: str, counting: Counting) -> tuple[_Weight, ...]:
        return tuple(self._weigh(turn, counting) for turn in context.instructed(instruction))

    def _weights(
        self, conversation_id: str, parent_id: str | None, model: Model, counting: Counting
    ) -> tuple[_Weight, ...]:
        messages = tree.by_id(self._conversations.messages(conversation_id))
        if parent_id is not None and parent_id not in messages:
            raise NotFoundError("There is no such message in this conversation.", remedy="Open the chat again.")
        turns = context.turns(tree.branch(messages, parent_id), shows=attached.shown_to(model))
        return tuple(self._weigh(turn, counting) for turn in turns)

    def _weigh(self, turn: Turn, counting: Counting) -> _Weight:
        return _Weight(
            role=turn.role,
            rough=context.tokens(turn),
            count=self._count(turn.text, counting) + exactly(counting.per_turn),
            pictures=len(turn.pictures),
            pdfs=len(turn.pdfs),
        )

    def _count(self, text: str, counting: Counting) -> Count:
        found = self._tokens.count(text, counting.encoding) if counting.encoding else None
        if found is None:
            return about(len(text) / CHARACTERS_PER_TOKEN, BY_CHARACTERS.spread)
        return counting.text(found)

    def _reply(self, model: Model, experience_id: str, conversation_id: str | None) -> ReplyLength:
        """How long a reply may be, as the latest ones of this conversation were, else of this Experience."""
        if conversation_id is not None:
            count, low, high = self._conversations.reply_lengths(model.id, conversation_id=conversation_id)
            if count >= FEWEST_REPLIES:
                return ReplyLength(low=low, high=high, source="conversation")
        count, low, high = self._conversations.reply_lengths(model.id, experience_id=experience_id)
        if count >= FEWEST_REPLIES:
            return ReplyLength(low=low, high=high, source="experience")
        return usual_reply(model)

    def _known(self, key: _Key) -> _Branch | None:
        with self._changing:
            return self._branches.get(key)

    def _remember(self, key: _Key, branch: _Branch) -> None:
        with self._changing:
            self._branches[key] = branch
            while len(self._branches) > _MOST_BRANCHES:
                self._branches.popitem(last=False)


def _question(experience_id: str, text: str, given: Sequence[Given]) -> Message:
    """A question as it would be saved."""
    now = utc_now()
    return Message(
        id=new_id(),
        conversation_id="",
        experience_id=experience_id,
        author="user",
        text=clean_text(text),
        attachments=tuple(attachments.attachment(each) for each in attachments.clean(given)),
        created_at=now,
        updated_at=now,
    )
