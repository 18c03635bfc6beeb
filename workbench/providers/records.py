"""Models and what serves them, as every door sees them; and what passes between the chat and the gateway."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, TypedDict

from workbench import shown
from workbench.providers.formats import WireFormat

Role = Literal["system", "user", "assistant"]
ProviderKind = Literal["local", "openai", "anthropic", "gemini", "litellm"]
"""The engine on this machine; else the wire format that the server speaks; `litellm` where litellm's own stream reads
it."""
Parameter = Literal["temperature"]
"""What a request can ask for and not every model takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """What serves models: the local engine, or a server."""

    name: str
    """The name the user gave it; `local` is the engine on this machine."""
    kind: ProviderKind
    base_url: str | None = None
    route: str | None = None
    """litellm's name for the provider, where litellm's own stream reads it; None: it is read here."""
    verified: bool = True
    """Whether it can be told that a reply is whole; not where litellm reads it, which calls a cut one complete."""
    key_hint: str | None = None
    """The last four characters of the stored key, nothing of a short one; None where none is stored."""
    key_env: str | None = None
    """The environment variable that its key is read from whenever it is needed; None: none is."""
    enabled: bool = True
    """Where it is not, none of its models can be asked, and nothing is sent there."""
    headers: tuple[str, ...] = ()
    """The names of what is sent with each request beside the usual; the values are kept as keys are."""
    proxy: str | None = None
    """What requests go through; None: what the environment says."""
    connect_s: float | None = None
    """How long to wait for a connection; None, here and below: as long as usual."""
    first_token_s: float | None = None
    """How long to wait for the beginning of a reply."""
    between_tokens_s: float | None = None
    """How long a reply may be silent once it has begun."""
    revision: int = 0

    def _repr_html_(self) -> str:
        return shown.record(self, self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundServer:
    """A server of models that listens on this machine."""

    name: str
    """What it can be called."""
    base_url: str
    models: tuple[str, ...]
    """The names of those it has."""
    provider: str | None = None
    """The provider as which it has been added; None: it has not."""

    def _repr_html_(self) -> str:
        return shown.record(self, self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What a provider says of a model in its own list."""

    model: str
    """Its name there."""
    context_tokens: int | None = None
    """The context window; None: it does not say."""
    max_output_tokens: int | None = None
    """The longest reply; None: it does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a provider says it has."""

    provider: str
    models: tuple[str, ...]
    """The names of its models, in the order of the alphabet."""
    added: tuple[str, ...] = ()
    """Those of them that are set up here."""
    limits: tuple[Listed, ...] = ()
    """Those of them whose limits the provider says, in the same order."""

    def _repr_html_(self) -> str:
        return shown.record(self, self.provider)


class ProviderChanges(TypedDict, total=False):
    """What can be changed of a provider; what is absent stays."""

    enabled: bool
    base_url: str
    kind: WireFormat
    route: str | None
    headers: dict[str, str | None]
    """Values by name; None takes one away, and those that are not named stay."""
    proxy: str | None
    connect_s: float | None
    first_token_s: float | None
    between_tokens_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a model takes, does and costs; None: unknown. `Model` says what each means."""

    context_tokens: int | None = None
    max_output_tokens: int | None = None
    sees: bool | None = None
    tools: bool | None = None
    reasoning: bool | None = None
    pdf: bool | None = None
    temperature: bool | None = None
    deprecated_on: date | None = None
    input_usd_per_million: Decimal | None = None
    cached_usd_per_million: Decimal | None = None
    output_usd_per_million: Decimal | None = None


class Corrections(TypedDict, total=False):
    """What a person says of a model; None takes back what was said, and a fact that is absent stays as it is."""

    context_tokens: int | None
    max_output_tokens: int | None
    sees: bool | None
    tools: bool | None
    reasoning: bool | None
    pdf: bool | None
    temperature: bool | None
    deprecated_on: date | str | None
    input_usd_per_million: Decimal | float | str | None
    cached_usd_per_million: Decimal | float | str | None
    output_usd_per_million: Decimal | float | str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A language model that can be asked."""

    id: str
    """`provider/name`, as in `local/smollm2-135m-instruct`; this is what an Experience remembers."""
    name: str
    provider: str
    kind: ProviderKind
    verified: bool = True
    """Whether it can be told that a reply of it is whole: `Provider` says why not."""
    demo: bool = False
    """The small model that comes along so that everything can be tried: coherent, and often wrong."""
    available: bool = True
    unavailable_reason: str = ""
    context_tokens: int | None = None
    """The context window; None: unknown."""
    size_bytes: int | None = None
    """Of a local model's file."""
    sees: bool | None = None
    """Whether it can be sent pictures; None: unknown, and then it is not."""
    max_output_tokens: int | None = None
    """The longest reply; None: unknown."""
    tools: bool | None = None
    """Whether it can call tools; None: unknown."""
    reasoning: bool | None = None
    """Whether it thinks before it answers, or can be told to; None: unknown."""
    pdf: bool | None = None
    """Whether its provider takes PDF files; None: unknown, and then it is sent none."""
    temperature: bool | None = None
    """Whether it takes a temperature; None: unknown, and then it is sent the one that is set."""
    deprecated_on: date | None = None
    """The day on which its provider ends it; None: none is known."""
    ended: bool = False
    """Whether that day is past, so that it most likely answers no more."""
    input_usd_per_million: Decimal | None = None
    """US dollars for a million tokens that are read; None: unknown."""
    cached_usd_per_million: Decimal | None = None
    """For a million that are read and that the provider remembered; None: unknown, and then as any that are read."""
    output_usd_per_million: Decimal | None = None
    """For a million that are written; None: unknown."""
    dearer_above_tokens: int | None = None
    """A request of more tokens than this costs more for each; None: not known of any."""
    priced_by: str = ""
    """Who says so: `litellm` and its version, or `you`; empty without a price, and of a model on this machine."""
    priced_on: date | None = None
    """The day of which these prices are; None: it is not known, or there is no price."""
    corrected: tuple[str, ...] = ()
    """The names of the fields that hold what you said."""

    def _repr_html_(self) -> str:
        return shown.record(self, self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """How a model has done for you over the last 30 days."""

    model: str
    """Its id; it may have been removed since."""
    replies: int
    """Those that have ended."""
    failed: int
    """How many of them failed."""
    first_token_ms: int | None = None
    """Median, from asking to the first token; None: not known of any reply."""
    tokens_per_second: float | None = None
    """Median, from the first token on; None: not known of any reply."""
    cost_usd: Decimal | None = None
    """Mean of the replies whose cost is known; None: of none."""
    rated: int = 0
    """How many of them you have given a thumb, of those that you have not deleted."""
    liked: int = 0
    """How many of those a thumb up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suited:
    """How a model suits a question."""

    model: str
    """Its id."""
    suits: bool
    """Whether it can answer it."""
    why: tuple[str, ...]
    """What speaks for it; where it does not suit, what keeps it from answering."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Which model suits a question best, and why; it is for you to choose it."""

    model: str | None
    """Its id; None: none suits."""
    why: tuple[str, ...]
    needs: tuple[str, ...]
    """What the question takes of a model."""
    ranked: tuple[Suited, ...]
    """Every model, the best first; those that do not suit last."""
    rules: tuple[str, ...]
    """By what all of this was decided, in this order."""

    def _repr_html_(self) -> str:
        return shown.records(self.ranked, f"Suggested: {self.model or 'none'}", ("model", "suits", "why"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A model on its way to this machine."""

    model_id: str
    state: Literal["idle", "running", "complete", "failed", "cancelled"]
    received_bytes: int = 0
    total_bytes: int | None = None
    code: str = ""
    message: str = ""
    remedy: str = ""

    def _repr_html_(self) -> str:
        return shown.record(self, self.model_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A model that has been tried, and works."""

    model: str
    """Its id."""
    first_token_ms: int
    """How long its first piece took to arrive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture that goes with a question."""

    message_id: str
    number: int
    """Where it is kept: which it is of what was given with that message."""
    media_type: str
    name: str = "a picture"
    data: bytes = b""
    """Empty until it is known that it is sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pdf:
    """A PDF file that goes with a question."""

    message_id: str
    number: int
    """Where it is kept: which it is of what was given with that message."""
    name: str
    data: bytes = b""
    """Empty until it is known that it is sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One message of a request, in plain words."""

    role: Role
    text: str
    pictures: tuple[Picture, ...] = ()
    pdfs: tuple[Pdf, ...] = ()

    @property
    def shown(self) -> tuple[Picture | Pdf, ...]:
        """What goes along beside the text."""
        return (*self.pictures, *self.pdfs)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """What the chat asks a model."""

    model: Model
    turns: tuple[Turn, ...]
    continues: bool = False
    """The last turn is the beginning of the reply: go on from its last character."""
    max_output_tokens: int | None = None
    temperature: float | None = None

    @property
    def unsent(self) -> tuple[Parameter, ...]:
        """What is asked for and not sent, as the model does not take it."""
        return left_out(self.model, temperature=self.temperature)


def left_out(model: Model, *, temperature: float | None) -> tuple[Parameter, ...]:
    """What of these a model is not sent, as it does not take it; None: it is not asked for."""
    return ("temperature",) if temperature is not None and model.temperature is False else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TextDelta:
    """A piece of the answer."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasoningDelta:
    """A piece of what the model thinks aloud."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """What the model wants to have done. It is shown; nothing runs it."""

    name: str
    arguments: str = ""
    """JSON, or what came of it before the stream was cut."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """The provider said that its message is complete. A stream without it was cut."""

    reason: Literal["stop", "length", "refused", "other"]
    model_name: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    """How many of `input_tokens` the provider remembered from an earlier request."""
    cost_usd: Decimal | None = None
    """None: unknown."""


StreamEvent = TextDelta | ReasoningDelta | ToolCall | Finished
