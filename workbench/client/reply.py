"""A reply that was asked for from code."""

from decimal import Decimal
from typing import TYPE_CHECKING

from workbench.client import screens
from workbench.conversations import drawn
from workbench.conversations.records import Fault, Given, Message, Rating, Status
from workbench.plain import plain

if TYPE_CHECKING:
    from workbench.client.conversations import Conversations


class Reply:
    """What a model answered: its text, who gave it, how it ended and what it cost.

    `str(reply)` is the text. In a notebook it is drawn as it arrives, and again whenever it is a cell's result.
    """

    def __init__(self, conversations: "Conversations", message: Message, given: tuple[Given, ...] = ()) -> None:
        self._conversations = conversations
        self.message = message
        """The whole record."""
        self.given = given
        """What was given with the question, as it was sent."""
        self._drawn_in = screens.this_run()

    @property
    def text(self) -> str:
        """The answer, in Markdown; what had arrived where `status` is not `complete`."""
        return self.message.text

    @property
    def status(self) -> Status:
        """`complete`; `stopped` by you, or by a limit, with `fault`; `interrupted`, as the owner left; `failed`."""
        return self.message.status

    @property
    def fault(self) -> Fault | None:
        """Why it did not end well, and what to do: `code`, `message`, `remedy`."""
        return self.message.fault

    @property
    def reasoning(self) -> str:
        """What a reasoning model thought aloud before its answer."""
        return self.message.reasoning

    @property
    def model(self) -> str:
        """The id of the model that was asked."""
        return self.message.model or ""

    @property
    def model_name(self) -> str:
        """What the provider says answered."""
        return self.message.model_name or ""

    @property
    def provider(self) -> str:
        """What serves the model."""
        return self.message.provider or ""

    @property
    def verified(self) -> bool:
        """Whether it could be told that it is whole; a cut reply of some providers passes for a complete one."""
        return self.message.verified

    @property
    def input_tokens(self) -> int | None:
        """What the model read; None: unknown."""
        return self.message.input_tokens

    @property
    def output_tokens(self) -> int | None:
        """What the model wrote; None: unknown."""
        return self.message.output_tokens

    @property
    def tokens(self) -> int | None:
        """Both together; None: unknown."""
        if self.input_tokens is None or self.output_tokens is None:
            return None
        return self.input_tokens + self.output_tokens

    @property
    def cost_usd(self) -> Decimal | None:
        """What it cost in US dollars; None: unknown. A local model costs 0."""
        return self.message.cost_usd

    @property
    def first_token_s(self) -> float | None:
        """How long the first piece took to arrive; None where nothing did."""
        return _seconds(self.message.first_token_ms)

    @property
    def total_s(self) -> float | None:
        """How long it took altogether."""
        return _seconds(self.message.total_ms)

    @property
    def id(self) -> str:
        """The reply's id, as for `bench.conversations.retry`."""
        return self.message.id

    @property
    def conversation_id(self) -> str:
        """The conversation it is part of, as for `ask(…, conversation=…)`."""
        return self.message.conversation_id

    @property
    def rating(self) -> Rating | None:
        """Your thumb: `up` or `down`; None: you have given none."""
        return self.message.rating

    @property
    def rating_note(self) -> str:
        """Your note beside the thumb."""
        return self.message.rating_note

    def rate(self, rating: Rating | None = None, *, note: str | None = None) -> None:
        """Say whether it was good: `up` or `down`, with a note of up to 2,000 characters.

        Of either, None leaves what is there; an empty note is none. Raises InvalidInputError.
        """
        self.message = self._conversations.rate(self.id, rating, note=note)

    def remove_rating(self) -> None:
        """Take thumb and note back."""
        self.message = self._conversations.remove_rating(self.id)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        text = " ".join(plain(self.text).split())
        return f"<Reply {self.status}, {self.model}: {text[:80]}{'…' if len(text) > 80 else ''}>"

    def _repr_html_(self) -> str:
        return drawn.answer(self.message, self.given)

    def _ipython_display_(self) -> None:
        """Show it, unless the cell that runs is the one it was drawn in when it was asked for."""
        if self._drawn_in is None or self._drawn_in != screens.this_run():
            screens.show(self._repr_html_(), drawn.plainly(self.message, self.given))


def _seconds(milliseconds: int | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000
