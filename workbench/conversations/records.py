"""Conversations and their messages, as every door sees them."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal, TypedDict

from workbench import shown
from workbench.conversations import drawn
from workbench.errors import WorkbenchError
from workbench.providers.records import Parameter

Author = Literal["user", "assistant"]
Status = Literal["complete", "running", "stopped", "interrupted", "failed"]
AttachmentKind = Literal["table", "picture", "pdf", "text", "value"]
Rating = Literal["up", "down"]
"""A thumb: the reply was good, or bad."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why a reply did not end well: an error of `workbench.errors`, as data."""

    code: str
    message: str
    remedy: str = ""

    @classmethod
    def of(cls, error: WorkbenchError) -> "Fault":
        """An error as data."""
        return cls(code=error.code, message=error.message, remedy=error.remedy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Something to give with a question: what a model is to read of a table, a plot, a file, a value."""

    kind: AttachmentKind
    name: str
    """One line of at most 200 characters: `df`, `notes.md`."""
    text: str = ""
    """What the model reads, Markdown; of a picture or a PDF its description, for models that are not shown it."""
    media_type: str = "text/markdown"
    """Of a picture: `image/png`, `image/jpeg`, `image/webp` or `image/gif`; of a PDF `application/pdf`."""
    data: bytes = b""
    """A picture's or a PDF's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """Something that was given with a question, as it was sent; `attachment` of the client has the data."""

    kind: AttachmentKind
    name: str
    text: str = ""
    """What the model reads, Markdown; of a picture or a PDF its description, for models that are not shown it."""
    media_type: str = "text/markdown"
    size_bytes: int = 0
    """Of a picture's or a PDF's data; what is sent as text has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A model that was asked for a reply before the one that gave it."""

    model: str
    """Its id."""
    code: str
    """Of the error it failed with; `stopped` or `interrupted` where a reply that it had begun was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapedBy:
    """A personality or a prompt as it was when it shaped a reply."""

    id: str
    name: str
    """What it was called then."""
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One turn: a node of the conversation's tree.

    Editing a question or trying a reply again makes a sibling: another message with the same `parent_id`.
    """

    id: str
    conversation_id: str
    experience_id: str
    parent_id: str | None = None
    """None for the first message of a branch that starts the conversation."""
    author: Author
    text: str
    reasoning: str = ""
    """What a reasoning model thought aloud before its answer."""
    status: Status = "complete"
    """`stopped` by the user, or with `fault` by a limit; `interrupted` because the owner or the machine went away;
    `failed` with `fault`."""
    fault: Fault | None = None
    model: str | None = None
    """The id of the model that was asked, the last of several; None on the user's own messages."""
    model_name: str | None = None
    """What the provider says answered, else the model's own name."""
    provider: str | None = None
    verified: bool = True
    """Of a reply: whether it could be told that it is whole. Not where litellm's own stream read it, which calls a cut
    one complete."""
    tried: tuple[Tried, ...] = ()
    """Who was asked before, and did not answer or not to the end."""
    unsent: tuple[Parameter, ...] = ()
    """What of the Experience's settings the model was not sent, as it does not take it."""
    personality: ShapedBy | None = None
    """Of a reply: which personality shaped it, in which version; None: none did."""
    prompt: ShapedBy | None = None
    """The same of its system prompt."""
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: Decimal | None = None
    """None: unknown. A local model costs 0."""
    first_token_ms: int | None = None
    total_ms: int | None = None
    attachments: tuple[Attachment, ...] = ()
    """What was given with a question."""
    merged_from: tuple[str, ...] = ()
    """Of a reply that merges others: their ids."""
    rating: Rating | None = None
    """Of a reply: your thumb; None: you have given none."""
    rating_note: str = ""
    """Your note beside the thumb."""
    created_at: datetime
    updated_at: datetime

    def _repr_html_(self) -> str:
        return drawn.message(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A tree of messages inside one Experience."""

    id: str
    experience_id: str
    title: str
    """The beginning of the first question until the user gives another."""
    head_id: str | None = None
    """The last message of the branch that is shown."""
    personality: str | None = None
    """The id of the personality that shapes its replies; None: its Experience's; `none`: no personality."""
    prompt: str | None = None
    """The id of its system prompt; None: its Experience's; `none`: no system prompt."""
    prompt_values: dict[str, str] = field(default_factory=dict)
    """What the variables of its own system prompt are filled with."""
    message_count: int = 0
    """On all branches, without what was deleted."""
    created_at: datetime
    updated_at: datetime
    revision: int

    def _repr_html_(self) -> str:
        return shown.record(self, self.title)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationPage:
    """A page of conversations, the latest first."""

    conversations: tuple[Conversation, ...]
    next_cursor: str | None = None
    """Give it back to read on; None on the last page."""
    total: int

    def _repr_html_(self) -> str:
        return drawn.page(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationTree:
    """A conversation with all of its messages, every branch, in the order they were written."""

    conversation: Conversation
    messages: tuple[Message, ...]

    def _repr_html_(self) -> str:
        return drawn.transcript(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchChange:
    """What was deleted or restored: a message with all that follows it."""

    message_id: str
    """The first of them, by which they are restored."""
    messages: int
    """How many they are; 0: it was there already."""
    conversation: Conversation
    """As it is now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletedBranch:
    """A branch that was deleted and can be restored by its first message."""

    message: Message
    """The first of what was deleted."""
    messages: int
    """How many were deleted, it among them."""
    deleted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedDraft:
    """What is written in a conversation, or for a new one, and not sent yet."""

    text: str = ""
    updated_at: datetime | None = None
    """None: nothing is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A question as it was saved, and the reply that has started."""

    message: Message
    reply: Message
    beside: tuple[Message, ...] = ()
    """The other replies, where several models were asked at once."""
    budget: str = ""
    """How much is spent of a budget that pays for them, where that is to be said."""
    rules: str = ""
    """What rules warn of, or have taken out of what was sent."""

    @property
    def replies(self) -> tuple[Message, ...]:
        """Every reply that has started, in the order in which the models were named."""
        return (self.reply, *self.beside)


class ConversationChanges(TypedDict, total=False):
    """What can be changed of a conversation; a field that is absent stays as it is."""

    title: str
    head_id: str
    personality: str | None
    prompt: str | None
    prompt_values: dict[str, str]
