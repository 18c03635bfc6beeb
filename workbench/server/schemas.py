"""What requests hold: checked once, here, before anything else sees it."""

from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field

from workbench.conversations.records import AttachmentKind, Author, Rating
from workbench.experiences.records import Privacy
from workbench.insights.budgets import WARN_PERCENT
from workbench.insights.records import Measure, Period
from workbench.insights.service import LONGEST_QUERY_S, QUERY_S
from workbench.personalities.records import Emoji, Formality, Length
from workbench.prompts.records import Use as PromptUse
from workbench.prompts.records import Variable, VariableKind
from workbench.providers.formats import WireFormat
from workbench.rules.records import Action, Direction, Kind
from workbench.trials.records import Case, Choice, Configuration, Outcome, Stopping

Text = Annotated[str, Field(max_length=2_000_000)]
PromptValues = Annotated[dict[Annotated[str, Field(max_length=200)], Text], Field(max_length=200)]
Fallbacks = Annotated[tuple[Annotated[str, Field(max_length=10_000)], ...], Field(max_length=1000)]

AllowedRules = Annotated[tuple[UUID, ...], Field(max_length=1000)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewExperience(_Body):
    """An Experience to create."""

    id: UUID | None = None
    name: Text
    description: Text = ""
    category: Text = ""
    privacy: Privacy = "private"
    model: str | None = None
    fallbacks: Fallbacks = ()
    """The ids of the models that are asked instead, in this order."""
    temperature: float | None = None
    max_output_tokens: int | None = None
    personality: UUID | None = None
    prompt: UUID | None = None
    prompt_values: PromptValues = {}


class ExperienceChange(_Body):
    """What to change of an Experience; what is absent stays."""

    name: Text = ""
    description: Text = ""
    category: Text = ""
    privacy: Privacy = "private"
    model: str | None = None
    fallbacks: Fallbacks = ()
    """The ids of the models that are asked instead, in this order."""
    temperature: float | None = None
    max_output_tokens: int | None = None
    personality: UUID | None = None
    """The personality that shapes the replies; null: none."""
    prompt: UUID | None = None
    """The system prompt; null: none."""
    prompt_values: PromptValues = {}
    """What its variables are filled with."""
    revision: int | None = None


class NewConversation(_Body):
    """A conversation to begin."""

    id: UUID | None = None
    experience_id: UUID
    title: Text = ""


class ConversationChange(_Body):
    """What to change of a conversation; what is absent stays."""

    title: Text = ""
    head_id: UUID | None = None
    personality: UUID | Literal["none"] | None = None
    """What shapes the replies; null: the Experience's; `none`: no personality."""
    prompt: UUID | Literal["none"] | None = None
    """The system prompt; null: the Experience's; `none`: none."""
    prompt_values: PromptValues = {}
    revision: int | None = None


class Given(_Body):
    """Something given with a question."""

    kind: AttachmentKind
    name: Text
    text: Text = ""
    """What a model reads, Markdown; of a picture or a PDF its description."""
    media_type: Annotated[str, Field(max_length=100)] = "text/markdown"
    data: Base64Bytes = b""
    """A picture's or a PDF's own."""


class NewMessage(_Body):
    """A question to send."""

    id: UUID | None = None
    reply_id: UUID | None = None
    parent_id: UUID | None = None
    """The message it follows; absent: the last one shown; null: none, it begins another branch at the root."""
    text: Text
    model: str | None = None
    attachments: tuple[Given, ...] = ()
    """What is given with it."""
    given_of: UUID | None = None
    """A message of the conversation: what was given with it is given again."""
    models: Annotated[tuple[str, ...], Field(max_length=100)] = ()
    """Several models to ask at once, 2 to 6, instead of `model`."""
    reply_ids: Annotated[tuple[UUID, ...], Field(max_length=100)] = ()
    """The ids of their replies, in the same order."""
    over_budget: bool = False
    """Send it though a budget is reached; that is written down."""
    allow_rules: AllowedRules = ()
    """The ids of rules that ask before, and are answered with yes; that is written down."""


class Draft(_Body):
    """A question that may be sent."""

    text: Text
    model: str | None = None
    attachments: tuple[Given, ...] = ()
    """What would be given with it."""


class DraftInConversation(Draft):
    """A question that may be sent in a conversation."""

    parent_id: UUID | None = None
    """The message it would follow; absent: the last one shown; null: none."""
    given_of: UUID | None = None
    """A message of the conversation: what was given with it would be given again."""


class NewDraft(_Body):
    """What is written and not sent yet."""

    text: Text
    """Empty: nothing is."""


class NewReply(_Body):
    """Another reply to ask for."""

    reply_id: UUID | None = None
    model: str | None = None
    over_budget: bool = False
    """Send it though a budget is reached; that is written down."""
    allow_rules: AllowedRules = ()
    """The ids of rules that ask before, and are answered with yes; that is written down."""


class Continuation(_Body):
    """How a reply is to go on."""

    model: str | None = None
    """Null: the model that began it."""
    over_budget: bool = False
    """Send it though a budget is reached; that is written down."""
    allow_rules: AllowedRules = ()
    """The ids of rules that ask before, and are answered with yes; that is written down."""


class NewMerge(_Body):
    """A reply to ask for that merges others."""

    reply_id: UUID | None = None
    model: str | None = None
    replies: Annotated[tuple[UUID, ...], Field(max_length=100)] = ()
    """Those to merge; none: of each model the latest with text."""
    over_budget: bool = False
    """Send it though a budget is reached; that is written down."""
    allow_rules: AllowedRules = ()
    """The ids of rules that ask before, and are answered with yes; that is written down."""


class NewRating(_Body):
    """What you think of a reply; what is absent or null stays as it is."""

    rating: Rating | None = None
    note: Text | None = None
    """Beside a thumb, at most 2,000 characters; empty: none."""


class Stop(_Body):
    """How to stop the owner."""

    when_idle: bool = False
    """Refuse if a reply is running."""


class Unlock(_Body):
    """What opens a locked store; without a passphrase opening is only tried again."""

    passphrase: Annotated[str, Field(max_length=10_000)] | None = None


class NewPassphrase(_Body):
    """A passphrase to protect the store with."""

    passphrase: Annotated[str, Field(max_length=10_000)]


class ModelChoice(_Body):
    """A model by its id."""

    id: str


class ModelFile(_Body):
    """A GGUF file on this machine."""

    path: Annotated[str, Field(max_length=4096)]


class RemoteModel(_Body):
    """A model of a server."""

    provider: Annotated[str, Field(max_length=200)]
    base_url: Annotated[str, Field(max_length=2048)] | None = None
    """Null: the provider is known, here or to everybody."""
    kind: WireFormat | None = None
    """What the server speaks; null: what is known of its address, else OpenAI's format."""
    name: Annotated[str, Field(max_length=500)]
    api_key: Annotated[str, Field(max_length=10_000)] | None = None
    sees: bool | None = None
    """Whether it can be sent pictures; null: what is known of it."""


Written = Annotated[str, Field(max_length=50)]
"""Something short that is read further in, where it can be said what is wrong with it."""
Tokens = int | Written | None
Usd = float | Written | None
"""US dollars for a million tokens."""


class ModelCorrection(_Body):
    """What you say of a model; what is absent stays, and null takes back what you said."""

    context_tokens: Tokens = None
    max_output_tokens: Tokens = None
    sees: bool | None = None
    tools: bool | None = None
    reasoning: bool | None = None
    pdf: bool | None = None
    temperature: bool | None = None
    deprecated_on: Written | None = None
    """A date."""
    input_usd_per_million: Usd = None
    cached_usd_per_million: Usd = None
    output_usd_per_million: Usd = None


_Url = Annotated[str, Field(max_length=2048)]
_Key = Annotated[str, Field(max_length=10_000)]
_Route = Annotated[str, Field(max_length=100)]
_HeaderName = Annotated[str, Field(max_length=200)]


class ProviderChange(_Body):
    """What to change of a provider; what is absent stays."""

    enabled: bool = True
    base_url: _Url = ""
    kind: WireFormat = "openai"
    route: _Route | None = None
    """litellm's name for the provider, for litellm's own stream to read it; null: it is read here, in `kind`."""
    headers: Annotated[dict[_HeaderName, _Key | None], Field(max_length=100)] = {}
    """Values by name; null takes a header away, and those that are not named stay."""
    proxy: _Url | None = None
    """Null: what the environment says."""
    connect_s: float | None = None
    """Null, here and below: as long as usual."""
    first_token_s: float | None = None
    between_tokens_s: float | None = None
    revision: int | None = None


class NewProvider(_Body):
    """A provider to add; its models come later."""

    name: Annotated[str, Field(max_length=200)]
    base_url: _Url | None = None
    """Null: the provider is known to everybody."""
    kind: WireFormat | None = None
    """What it speaks; null: what is known of its address, else OpenAI's format."""
    route: _Route | None = None
    """litellm's name for the provider, for litellm's own stream to read it; null: as is known of its name."""
    api_key: _Key | None = None
    key_env: _Key | None = None
    """The environment variable to read its key from whenever it is needed, in place of keeping one."""
    enabled: bool = True
    headers: Annotated[dict[_HeaderName, _Key], Field(max_length=100)] = {}
    proxy: _Url | None = None
    connect_s: float | None = None
    first_token_s: float | None = None
    between_tokens_s: float | None = None


class ProviderKey(_Body):
    """A key to keep, or the environment variable to read it from whenever it is needed: one of the two."""

    api_key: _Key | None = None
    key_env: _Key | None = None


class ListedModels(_Body):
    """Models of a provider's own list, by their names there."""

    names: Annotated[list[Annotated[str, Field(max_length=500)]], Field(min_length=1, max_length=1000)]


class ModelQuestion(_Body):
    """A question that a model is sought for."""

    text: Text
    conversation_id: UUID | None = None
    """Where it is to be asked; null: in a new one."""
    pictures: Annotated[int, Field(ge=0, le=1000)] = 0
    """How many are given with it."""
    pdfs: Annotated[int, Field(ge=0, le=1000)] = 0
    """The same of PDFs."""


class Query(_Body):
    """SQL: one SELECT over the views of docs/guides/history.md."""

    query: Text
    timeout_s: Annotated[float, Field(gt=0, le=LONGEST_QUERY_S)] = QUERY_S
    """When it is ended."""


class NewRun(_Body):
    """A run to ask for."""

    id: UUID | None = None
    agent: Annotated[str, Field(max_length=200)]
    experience_id: UUID
    since: Annotated[str, Field(max_length=100)] | None = None
    until: Annotated[str, Field(max_length=100)] | None = None


class NewSchedule(_Body):
    """When an agent is to run by itself."""

    id: UUID | None = None
    agent: Annotated[str, Field(max_length=200)]
    experience_id: UUID
    cron: Annotated[str, Field(max_length=1000)]


class ScheduleChange(_Body):
    """When a schedule is to run from now on."""

    cron: Annotated[str, Field(max_length=1000)]


class Days(_Body):
    """Some days of an Experience."""

    experience_id: UUID
    since: Annotated[str, Field(max_length=100)] | None = None
    until: Annotated[str, Field(max_length=100)] | None = None


def text_id(given: UUID | None) -> str | None:
    """An id as it is kept."""
    return None if given is None else str(given)


class NewThreshold(_Body):
    """What a model, or each of them (null), may take at most over 24 hours."""

    measure: Measure
    most: Decimal
    model: Annotated[str, Field(max_length=500)] | None = None


class NewBudget(_Body):
    """What models may cost in a day or a month, in an Experience or at a provider (null, both: everywhere)."""

    amount_usd: Decimal
    period: Period = "month"
    experience_id: UUID | None = None
    provider: Annotated[str, Field(max_length=200)] | None = None
    warn_percent: int = WARN_PERCENT
    """From which share on it is said how much is spent."""
    enabled: bool = True
    """False: it stops nothing."""


class BudgetChange(_Body):
    """What to change of a budget; what is absent stays."""

    amount_usd: Decimal = Decimal(0)
    warn_percent: int = 0
    enabled: bool = True
    revision: int | None = None


Texts = Annotated[tuple[Text, ...], Field(max_length=1000)]


class Exchange(_Body):
    """An example: what is asked, and how it is to be answered."""

    question: Text
    answer: Text


class Character(_Body):
    """What shapes replies; what is absent stays, or says nothing."""

    role: Text = ""
    traits: Texts = ()
    tone: Text = ""
    style: Text = ""
    formality: Formality | None = None
    audience: Text = ""
    do: Texts = ()
    dont: Texts = ()
    examples: Annotated[tuple[Exchange, ...], Field(max_length=1000)] = ()
    language: Text = ""
    emoji: Emoji | None = None
    length: Length | None = None


class NewPersonality(_Body):
    """A personality to make."""

    id: UUID | None = None
    name: Text = ""
    """Empty: the template's title."""
    description: Text = ""
    character: Character = Character()
    """What is given here stands instead of what the template says."""
    template: Annotated[str, Field(max_length=200)] | None = None


class PersonalityChange(_Body):
    """What to change of a personality; what is absent or null stays."""

    name: Text | None = None
    description: Text | None = None
    character: Character = Character()
    """The fields that are given are changed."""
    note: Text = ""
    """Why, to be kept with the version."""
    revision: int | None = None


class RollBack(_Body):
    """An earlier version to go back to."""

    version: int
    revision: int | None = None


class RenderedText(_Body):
    """A text that was made of fields."""

    text: str


class Said(_Body):
    """A turn of a scratch chat."""

    author: Author
    text: Text


class NewPreview(_Body):
    """A scratch chat whose last question is to be answered."""

    character: Character = Character()
    turns: Annotated[tuple[Said, ...], Field(max_length=1000)]
    experience_id: UUID | None = None
    """Whose model and settings it is asked with; null: the home's default model."""
    model: str | None = None


class NewTrial(_Body):
    """Configurations to try on cases: either these, or a shipped set's."""

    id: UUID | None = None
    name: Annotated[str, Field(max_length=1000)]
    experience_id: UUID | None = None
    """Whose budgets and rules hold; null: the home's alone."""
    cases: Annotated[tuple[Case, ...], Field(max_length=1000)] = ()
    case_set: Annotated[str, Field(max_length=200)] | None = None
    """The name of a shipped set, whose cases come first."""
    configurations: Annotated[tuple[Configuration, ...], Field(max_length=100)]
    repetitions: int = 1
    outcome: Outcome = "passes"
    judge: Annotated[str, Field(max_length=500)] | None = None
    rubric: Text = ""
    smallest_effect: float = 0.75
    stopping: Stopping = "fixed"
    looks: int = 1
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    """0: one is drawn."""


class NewChoice(_Body):
    """Which reply of a pair is better."""

    choice: Choice


PromptName = Annotated[str, Field(max_length=200)]
AnyValue = Text | bool | int | float | None
AnyValues = Annotated[dict[PromptName, AnyValue], Field(max_length=200)]


class PromptVariable(_Body):
    """Something that a prompt leaves open until it is used."""

    name: PromptName
    kind: VariableKind = "text"
    label: Text = ""
    default: AnyValue = None
    required: bool = True
    choices: Annotated[tuple[Text, ...], Field(max_length=1000)] = ()
    min: float | None = None
    max: float | None = None
    longest: int | None = None

    def record(self) -> Variable:
        """The same as the library has it."""
        return Variable(**self.model_dump())


PromptVariables = Annotated[tuple[PromptVariable, ...], Field(max_length=200)]
PromptTags = Annotated[tuple[Text, ...], Field(max_length=200)]


class NewPrompt(_Body):
    """A prompt to make."""

    id: UUID | None = None
    name: Text = ""
    """Empty: the template's, with a number if that is in use, or made of the title."""
    title: Text = ""
    folder: Text | None = None
    """Null, here and below: the template's, or none."""
    tags: PromptTags | None = None
    description: Text = ""
    text: Text = ""
    variables: PromptVariables | None = None
    """What the text uses and nobody declares is asked for as a text."""
    use: PromptUse | None = None
    template: PromptName | None = None


class PromptChange(_Body):
    """What to change of a prompt; what is absent stays."""

    name: Text = ""
    title: Text = ""
    folder: Text = ""
    tags: PromptTags = ()
    description: Text = ""
    text: Text = ""
    variables: PromptVariables = ()
    use: PromptUse = "either"
    note: Text = ""
    """Why, to be kept with the version."""
    revision: int | None = None


class PromptToFill(_Body):
    """What a prompt's variables are to be."""

    values: AnyValues = {}


class PromptDraft(_Body):
    """A prompt that is being written."""

    name: PromptName = ""
    """What it is called, or is to be: it may not include itself."""
    text: Text
    variables: PromptVariables = ()


class PromptToLint(PromptDraft):
    """A prompt to look at while it is written."""

    model: str | None = None
    """Its window is compared with; null: with none."""


class PromptToPreview(PromptDraft):
    """A prompt to fill in while it is written."""

    values: AnyValues = {}


class PromptDuplicate(_Body):
    """A copy of a prompt."""

    id: UUID | None = None


Words = Annotated[tuple[Annotated[str, Field(max_length=1_000)], ...], Field(max_length=1_000)]
RuleText = Annotated[str, Field(max_length=10_000)]


class NewRule(_Body):
    """A rule to add, for an Experience or a conversation (null, both: for the home)."""

    kind: Kind
    name: RuleText = ""
    """Empty: it is named by what it is."""
    words: Words = ()
    """Words, beginnings of words, names of detectors (none: all), tools or hosts."""
    text: RuleText = ""
    """A pattern of RE2's syntax, what is required or forbidden, or a language."""
    most_words: int | None = None
    direction: Direction = "both"
    action: Action = "redact"
    enabled: bool = True
    experience_id: UUID | None = None
    conversation_id: UUID | None = None


class RuleChange(_Body):
    """What to change of a rule; what is absent stays."""

    name: RuleText = ""
    words: Words = ()
    text: RuleText = ""
    most_words: int | None = None
    direction: Direction = "both"
    action: Action = "redact"
    enabled: bool = True
    revision: int | None = None


class RuleMove(_Body):
    """Where a rule is to stand."""

    position: Annotated[int, Field(ge=0, le=10_000)]
    """From 0, among those of its scope."""


class RuleTrial(_Body):
    """A text to try rules on: those of the home, and of an Experience or a conversation."""

    text: Text
    direction: Direction = "outgoing"
    experience_id: UUID | None = None
    conversation_id: UUID | None = None


class RuleReport(_Body):
    """Why what a rule has done was wrong."""

    why: RuleText
    """Empty: it was not."""
