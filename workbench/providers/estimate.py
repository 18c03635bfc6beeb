"""What a question will take and cost, before it is sent. Exact arithmetic; what is not known is never taken for 0."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Literal

from workbench import shown
from workbench.providers.prices import Prices
from workbench.providers.records import Model

Source = Literal["conversation", "experience", "default"]
"""Whose earlier replies say how long a reply is; `default`: there are too few, so a usual length is taken."""
USUAL_REPLY_TOKENS = (50, 1_000)
"""How long a reply is taken to be where nothing says so; the most is no more than the model can write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Tokens: as counted, or the range in which they are."""

    low: int
    middle: int
    high: int

    @property
    def is_exact(self) -> bool:
        """Whether this is no range."""
        return self.low == self.high

    def __add__(self, other: "Count") -> "Count":
        return Count(low=self.low + other.low, middle=self.middle + other.middle, high=self.high + other.high)


NOTHING = Count(low=0, middle=0, high=0)


def exactly(tokens: int) -> Count:
    """A count that is no estimate."""
    return Count(low=tokens, middle=tokens, high=tokens)


def about(tokens: Decimal, spread: Decimal) -> Count:
    """An estimate, and by which share more or less there may be."""
    middle = tokens
    return Count(
        low=int((middle * (1 - spread)).to_integral_value(ROUND_FLOOR)),
        middle=int(middle.to_integral_value()),
        high=int((middle * (1 + spread)).to_integral_value(ROUND_CEILING)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyLength:
    """How many tokens a reply may have: from the 10th to the 90th percentile of earlier ones."""

    low: int
    high: int
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a question will take and cost, if it is sent as it is; nothing has been sent."""

    model: str
    """The id of the model that would be asked."""
    counted: Literal["exact", "estimated"]
    """Whether the tokens of what is sent are counted as the model reads them."""
    input_tokens: int
    """Of everything that would be sent: what was said before, the question, and what is given with it."""
    input_tokens_low: int
    input_tokens_high: int
    pictures_not_counted: int = 0
    """How many pictures would go along; what they take is not known, and is in no number here."""
    pdfs_not_counted: int = 0
    """How many PDFs would go along; the same holds of them."""
    not_shown: tuple[str, ...] = ()
    """The names of the pictures and PDFs given with the question that the model would only be told of."""
    messages_left_out: int = 0
    """How many earlier messages do not fit, and would not be sent."""
    context_tokens: int | None = None
    """The model's window; None: unknown."""
    window_share: float | None = None
    """How much of the window is sent; None: unknown."""
    reply_tokens_low: int
    reply_tokens_high: int
    reply_from: Source
    """Whose replies that range is from; `default`: too few are known, and it is the usual length."""
    cost_low_usd: Decimal | None = None
    """For the fewest tokens; None: the price is unknown. A local model costs 0."""
    cost_high_usd: Decimal | None = None
    budget: str = ""
    """How much is spent of a budget that pays for it, where that is to be said."""

    def lines(self) -> tuple[str, ...]:
        """What it says, in sentences."""
        said = (self._tokens(), self._not_shown(), self._window(), self._reply(), self._cost(), self.budget)
        return tuple(filter(None, said))

    def _tokens(self) -> str:
        without = self._without()
        if self.counted == "exact":
            return f"{self.input_tokens:,} tokens would be sent to {self.model}{without}."
        between = f"{self.input_tokens_low:,} to {self.input_tokens_high:,}"
        return f"About {self.input_tokens:,} tokens would be sent to {self.model}{without}; an estimate, of {between}."

    def _without(self) -> str:
        """What is in no number: `, without 2 pictures and 1 PDF`."""
        numbers = ((self.pictures_not_counted, "picture"), (self.pdfs_not_counted, "PDF"))
        named = " and ".join(shown.counted(number, noun) for number, noun in numbers if number)
        return f", without {named}" if named else ""

    def _not_shown(self) -> str:
        return f"The model is not shown, only told of: {', '.join(self.not_shown)}." if self.not_shown else ""

    def _window(self) -> str:
        left_out = f" {self.messages_left_out} earlier messages do not fit." if self.messages_left_out else ""
        if self.window_share is None or self.context_tokens is None:
            return left_out.strip()
        return f"That is {self.window_share:.0%} of its {self.context_tokens:,}.{left_out}"

    def _reply(self) -> str:
        whose = {
            "conversation": "as replies in this conversation were",
            "experience": "as replies in this Experience were",
            "default": "as replies usually are",
        }
        return f"Its reply may have {self.reply_tokens_low:,} to {self.reply_tokens_high:,}, {whose[self.reply_from]}."

    def _cost(self) -> str:
        if self.cost_low_usd is None or self.cost_high_usd is None:
            return "What it costs is unknown."
        if not self.cost_high_usd:
            return "It costs nothing: the model runs on this machine."
        return f"Together {dollars(self.cost_low_usd)} to {dollars(self.cost_high_usd)}{self._without()}."

    def _repr_html_(self) -> str:
        return shown.record(self, self.model)


def dollars(amount_usd: Decimal) -> str:
    """An amount as it is read: to the cent, and below 10 cents to two digits that say something."""
    if amount_usd >= Decimal("0.1") or not amount_usd:
        return f"${amount_usd:,.2f}"
    places = 1 - amount_usd.adjusted()
    return f"${amount_usd:,.{places}f}"


def estimate(
    model: Model,
    prices: Prices | None,
    sent: Count,
    reply: ReplyLength,
    *,
    remembered: int = 0,
    pictures_not_counted: int = 0,
    pdfs_not_counted: int = 0,
    messages_left_out: int = 0,
) -> Estimate:
    """What sending so many tokens takes and costs. A local model's `prices` are not looked at: it is free.

    `remembered` are tokens that were sent before, so that the provider may charge less for them.
    """
    low, high = _costs(model, prices, sent, reply, remembered)
    return Estimate(
        model=model.id,
        counted="exact" if sent.is_exact else "estimated",
        input_tokens=sent.middle,
        input_tokens_low=sent.low,
        input_tokens_high=sent.high,
        pictures_not_counted=pictures_not_counted,
        pdfs_not_counted=pdfs_not_counted,
        messages_left_out=messages_left_out,
        context_tokens=model.context_tokens,
        window_share=sent.middle / model.context_tokens if model.context_tokens else None,
        reply_tokens_low=reply.low,
        reply_tokens_high=reply.high,
        reply_from=reply.source,
        cost_low_usd=low,
        cost_high_usd=high,
    )


def usual_reply(model: Model) -> ReplyLength:
    """How long a reply of the model is taken to be where too few are known."""
    low, high = USUAL_REPLY_TOKENS
    most = model.max_output_tokens or high
    return ReplyLength(low=min(low, most), high=min(high, most), source="default")


def _costs(
    model: Model, prices: Prices | None, sent: Count, reply: ReplyLength, remembered: int
) -> tuple[Decimal | None, Decimal | None]:
    if model.kind == "local":
        return Decimal(0), Decimal(0)
    if prices is None:
        return None, None
    cheap = prices.cost_usd(read=sent.low, written=reply.low, cached=remembered)
    return cheap, prices.cost_usd(read=sent.high, written=reply.high)
