"""An Experience, open to be worked in."""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import datetime
from types import FrameType
from typing import TYPE_CHECKING, Any, TypeVar

from workbench import shown
from workbench.client import asking
from workbench.client.comparison import FEWEST, Comparison
from workbench.client.reply import Reply
from workbench.conversations.records import Conversation, ConversationPage, ConversationTree, Given
from workbench.errors import InvalidInputError, NotFoundError, WorkbenchError
from workbench.experiences.records import Experience, Privacy, State
from workbench.providers.estimate import Estimate
from workbench.providers.records import Model

if TYPE_CHECKING:
    import polars as pl

    from workbench.client import Workbench
    from workbench.client.insights import Moment
    from workbench.widget import Chat

Asked = TypeVar("Asked", Reply, Comparison)

_FIELDS = frozenset(field.name for field in fields(Experience))


class OpenExperience:
    """An Experience and what can be done in it.

    Its fields are those of the record, as they were when it was opened or last refreshed; it is held by its id, so
    renaming it elsewhere does not matter.
    """

    id: str
    name: str
    slug: str
    description: str
    category: str
    privacy: Privacy
    state: State
    model: str | None
    fallbacks: tuple[str, ...]
    temperature: float | None
    max_output_tokens: int | None
    personality: str | None
    prompt: str | None
    prompt_values: dict[str, str]
    created_at: datetime
    updated_at: datetime
    revision: int
    trashed_at: datetime | None

    def __init__(self, record: Experience, bench: "Workbench") -> None:
        self.record = record
        """The Experience's fields, as last read."""
        self._bench = bench

    @property
    def bench(self) -> "Workbench":
        """The Workbench it belongs to."""
        return self._bench

    def refresh(self) -> "OpenExperience":
        """Read its fields again. Raises NotFoundError if it has been deleted forever."""
        self.record = self._bench.experiences.get(self.record.id)
        return self

    def ask(
        self,
        text: str,
        *,
        with_: object = None,
        model: str | Model | None = None,
        conversation: str | Conversation | ConversationTree | None = None,
        new: bool = False,
        over_budget: bool = False,
        allow_rules: Sequence[str] = (),
    ) -> Reply:
        """Ask a model, and wait for its reply; in a notebook it is shown as it arrives.

        `with_` is what to give with the question: a list of DataFrames, plots, paths of files or other values, a dict
        of them by the names they are to have, or a single one. What is sent of each is shown, and is `given` of the
        reply.

        Questions asked over one connection go on in one conversation of the Experience, which the first of them
        begins. `conversation` names another one (it may be one of JupyterLab's chat); `new` begins another. `model`
        is the id of the model to ask, else the Experience's own, else the default. With `over_budget` it is asked
        though a budget is reached, and with the ids of `allow_rules` in spite of rules that ask before; both are
        written down.

        An interrupt stops the reply and keeps what arrived: its `status` is then `stopped`. A reply that failed says
        why in `fault`. Raises ModelMissingError, ReplyRunningError, InvalidInputError, BudgetReachedError,
        RuleBlockedError, RuleAskError before anything is asked.
        """
        given = () if with_ is None else _described(with_, inspect.currentframe())
        chosen = model.id if isinstance(model, Model) else model
        return self._asked(
            lambda where: asking.ask(
                self._bench.conversations,
                where,
                text,
                model=chosen,
                given=given,
                over_budget=over_budget,
                allow_rules=allow_rules,
            ),
            conversation,
            new=new,
        )

    def compare(
        self,
        text: str,
        *,
        models: Sequence[str | Model],
        with_: object = None,
        conversation: str | Conversation | ConversationTree | None = None,
        new: bool = False,
        over_budget: bool = False,
        allow_rules: Sequence[str] = (),
    ) -> Comparison:
        """Ask several models at once, 2 to 6, and wait for all; in a notebook their replies stand side by side.

        Everything else is as with `ask`. One that fails says why in its `fault`, and touches no other. The next
        question follows the first model's reply, unless `keep` of the comparison says which; `merge` makes one of all.
        """
        given = () if with_ is None else _described(with_, inspect.currentframe())
        ids = [model.id if isinstance(model, Model) else model for model in models]
        if len(ids) < FEWEST:
            raise InvalidInputError("To compare takes two models or more.", remedy="Name another, or use `ask`.")
        return self._asked(
            lambda where: asking.compare(
                self._bench.conversations,
                where,
                text,
                ids,
                given=given,
                over_budget=over_budget,
                allow_rules=allow_rules,
            ),
            conversation,
            new=new,
        )

    def _asked(
        self,
        ask: Callable[[str], Asked],
        conversation: str | Conversation | ConversationTree | None,
        *,
        new: bool,
    ) -> Asked:
        """What comes of asking in the conversation that is meant; the next question goes on there."""
        if new and conversation is not None:
            raise InvalidInputError(
                "A new conversation and one that there is cannot both be meant.",
                remedy="Leave out `new` or `conversation`.",
            )
        kept = self._bench.asked_in
        where = _id(conversation) if conversation is not None else None if new else kept.get(self.record.id)
        if where is not None:
            try:
                kept[self.record.id] = where
                return ask(where)
            except NotFoundError:
                del kept[self.record.id]
                if conversation is not None:
                    raise
        begun = self._bench.conversations.create(self.record.id)
        kept[self.record.id] = begun.id
        return ask(begun.id)

    def estimate(
        self,
        text: str,
        *,
        with_: object = None,
        model: str | Model | None = None,
        conversation: str | Conversation | ConversationTree | None = None,
        new: bool = False,
    ) -> Estimate:
        """What `ask` with the same would take and cost: nothing is asked, and no conversation is begun.

        Raises ModelMissingError, InvalidInputError, NotFoundError.
        """
        given = () if with_ is None else _described(with_, inspect.currentframe())
        chosen = model.id if isinstance(model, Model) else model
        where = _id(conversation) if conversation is not None else None if new else self._bench.asked_in.get(self.id)
        if where is None:
            return self._bench.experiences.estimate(self.id, text, model=chosen, attachments=given)
        return self._bench.conversations.estimate(where, text, model=chosen, attachments=given)

    def chat(self, *, height: int = 480) -> "Chat":
        """Its chat in a notebook's cell, `height` pixels high. Raises InvalidInputError, PackageMissingError."""
        from workbench.widget import Chat  # noqa: PLC0415  (a door of its own, loaded where it is opened)

        return Chat(self, height=height)

    def conversations(self, *, limit: int = 50, cursor: str | None = None) -> ConversationPage:
        """A page of its conversations, the one changed last first."""
        return self._bench.conversations.list(self.record.id, limit=limit, cursor=cursor)

    def history(self, *, since: "Moment | None" = None, until: "Moment | None" = None) -> "pl.DataFrame":
        """Every message of it from `since` to before `until`, in order, as `Workbench.history` gives them."""
        return self._bench.history(self.record.id, since=since, until=until)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  (the fields are annotated above)
        if name in _FIELDS:
            return getattr(self.record, name)
        raise AttributeError(f"{type(self).__name__!r} has no attribute {name!r}.", name=name, obj=self)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *_FIELDS})

    def __repr__(self) -> str:
        now = self._now()
        return f"<Experience {now.name!r}, {now.privacy}, {now.state}>"

    def _repr_html_(self) -> str:
        now = self._now()
        return shown.record(now, now.name)

    def _now(self) -> Experience:
        """Its fields as they are now, or as they were where they cannot be read: looking at it never fails."""
        try:
            return self.refresh().record
        except WorkbenchError:
            return self.record


def _described(things: object, frame: FrameType | None) -> tuple[Given, ...]:
    """What is to be sent of the things; they are called as whoever called the function of the frame calls them."""
    from workbench.client.given import describe  # noqa: PLC0415  (loaded where something is given)

    caller = frame and frame.f_back
    return describe(things, names={**caller.f_globals, **caller.f_locals} if caller else {})


def _id(conversation: str | Conversation | ConversationTree) -> str:
    match conversation:
        case ConversationTree(conversation=inner):
            return inner.id
        case Conversation(id=id):
            return id
        case str():
            return conversation
