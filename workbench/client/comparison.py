"""The replies of several models to one question."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from workbench.client import screens
from workbench.client.reply import Reply
from workbench.conversations import drawn
from workbench.conversations.records import Given
from workbench.errors import InvalidInputError

if TYPE_CHECKING:
    from workbench.client.conversations import Conversations
    from workbench.providers.records import Model


FEWEST = 2
"""Models that are compared."""


class Comparison:
    """Replies in the order in which their models were named; in a notebook they stand side by side.

    `comparison[0]` is the first model's, `comparison["openai/gpt-5"]` that model's. One that failed says why in its
    `fault`.
    """

    def __init__(
        self,
        conversations: "Conversations",
        replies: Sequence[Reply],
        given: tuple[Given, ...] = (),
        *,
        merge: Callable[[str | None, bool, Sequence[str]], Reply],
    ) -> None:
        """`merge` asks the model of that id to make one of the replies, over a budget or not."""
        self.replies = tuple(replies)
        """What each model answered."""
        self.given = given
        """What was given with the question, as it was sent."""
        self._conversations = conversations
        self._merge = merge
        self._drawn_in = screens.this_run()

    def keep(self, which: "int | str | Reply") -> Reply:
        """Go on from this reply: the next question follows it. The others stay beside it."""
        kept = which if isinstance(which, Reply) else self[which]
        self._conversations.update(kept.conversation_id, head_id=kept.id)
        return kept

    def merge(
        self,
        model: "str | Model | None" = None,
        *,
        over_budget: bool = False,
        allow_rules: Sequence[str] = (),
    ) -> Reply:
        """Let a model (None: the Experience's own, or the default) make one reply of them, and go on from that.

        Those that hold no text are left out. Raises InvalidInputError where fewer than two do, and BudgetReachedError
        unless it may go `over_budget`; rules that ask before are answered by their ids in `allow_rules`.
        """
        chosen = model if model is None or isinstance(model, str) else model.id
        return self._merge(chosen, over_budget, allow_rules)

    def __len__(self) -> int:
        return len(self.replies)

    def __iter__(self) -> Iterator[Reply]:
        return iter(self.replies)

    def __getitem__(self, which: int | str) -> Reply:
        if isinstance(which, int):
            return self.replies[which]
        for reply in self.replies:
            if reply.model == which:
                return reply
        raise InvalidInputError(
            f"The model {which!r} was not asked.",
            remedy=f"Asked were {', '.join(reply.model for reply in self.replies)}.",
        )

    def __repr__(self) -> str:
        return f"<Comparison of {', '.join(f'{reply.model} ({reply.status})' for reply in self.replies)}>"

    def _repr_html_(self) -> str:
        return drawn.side_by_side([reply.message for reply in self.replies], self.given)

    def _ipython_display_(self) -> None:
        """Show it, unless the cell that runs is the one it was drawn in when it was asked for."""
        if self._drawn_in is None or self._drawn_in != screens.this_run():
            messages = [reply.message for reply in self.replies]
            screens.show(self._repr_html_(), drawn.one_below_the_other(messages, self.given))
