"""The views that SQL sees, defined once: what a history is made of, under names that stay.

docs/guides/history.md is written from here (docs/generate.py). Tables may change; these views are a promise.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a view."""

    name: str
    value: str
    """Where it comes from."""
    kind: str
    """DuckDB's type."""
    words: str
    join: str = ""
    """What else it takes to have it."""


@dataclass(frozen=True, slots=True)
class View:
    """Rows that SQL can read."""

    name: str
    words: str
    source: str
    within: str
    """The condition that leaves the rows of the Experience `{experience}`."""
    columns: tuple[Column, ...]
    kept: str = ""
    """The condition that leaves what is not deleted; empty: nothing of it can be."""

    @property
    def alias(self) -> str:
        """What its source is called in it."""
        return self.source.rpartition(" ")[2]

    def statement(self, experience_id: str | None, read: Collection[str] | None) -> str:
        """What makes the view, of one Experience's rows or of all; what takes a join only if it is in `read`."""
        return f"CREATE TEMP VIEW {self.name} AS {self.select(experience_id, read)}"

    def select(
        self, experience_id: str | None = None, read: Collection[str] | None = None, *, where: str = "true"
    ) -> str:
        """What gives the view's rows, those of its source that are so."""
        columns = [column for column in self.columns if not column.join or read is None or column.name in read]
        source = " ".join([self.source, *(column.join for column in columns)])
        if experience_id is not None:
            where += " AND " + self.within.format(experience=f"'{UUID(experience_id)}'::UUID")
        if self.kept:
            where += f" AND {self.kept}"
        values = ", ".join(f"{column.value} AS {column.name}" for column in columns)
        return f"SELECT {values} FROM {source} WHERE {where}"  # noqa: S608


_EXPERIENCE = "LEFT JOIN workbench.main.experiences AS e ON e.id = {}.experience_id"

MESSAGES = View(
    "messages",
    "Every question and every reply, of all branches; what you deleted is not among them. A row for each.",
    "workbench.main.messages AS m",
    "m.experience_id = {experience}",
    (
        Column("id", "m.id", "UUID", "UUIDv7: sorted by the time it was made"),
        Column("conversation_id", "m.conversation_id", "UUID", ""),
        Column(
            "conversation",
            "c.title",
            "VARCHAR",
            "the conversation's title",
            "LEFT JOIN workbench.main.conversations AS c ON c.id = m.conversation_id",
        ),
        Column("experience_id", "m.experience_id", "UUID", ""),
        Column("experience", "e.name", "VARCHAR", "the Experience's name", _EXPERIENCE.format("m")),
        Column("parent_id", "m.parent_id", "UUID", "the message it follows; null: it begins a branch"),
        Column("author", "m.author", "VARCHAR", "`user` or `assistant`"),
        Column("text", "m.text", "VARCHAR", "of a reply that still runs: empty"),
        Column("reasoning", "m.reasoning", "VARCHAR", "what a reasoning model thought aloud"),
        Column("status", "m.status", "VARCHAR", "`complete`, `running`, `stopped`, `interrupted` or `failed`"),
        Column("fault", "m.fault", "VARCHAR", "JSON: `code`, `message`, `remedy`; null: none"),
        Column("model", "m.model", "VARCHAR", "the id of the model that was asked; null: a question"),
        Column("model_name", "m.model_name", "VARCHAR", "what the provider says answered"),
        Column("provider", "m.provider", "VARCHAR", ""),
        Column("verified", "coalesce(m.verified, true)", "BOOLEAN", "false: a cut reply would pass for whole"),
        Column("tried", "m.tried", "VARCHAR", "JSON: `model` and `code` of those asked before; null: none"),
        Column(
            "unsent",
            "array_to_string(m.unsent, ', ')",
            "VARCHAR",
            "what is set and was not sent, as the model does not take it: `temperature`; null: nothing",
        ),
        Column(
            "personality", "m.personality_name", "VARCHAR", "what shaped the reply, as it was called then; null: none"
        ),
        Column("personality_id", "m.personality_id", "UUID", ""),
        Column("personality_version", "m.personality_version::BIGINT", "BIGINT", "which of its versions it was"),
        Column("prompt", "m.prompt_name", "VARCHAR", "its system prompt, as it was called then; null: none"),
        Column("prompt_id", "m.prompt_id", "UUID", ""),
        Column("prompt_version", "m.prompt_version::BIGINT", "BIGINT", "which of its versions it was"),
        Column("input_tokens", "m.input_tokens::BIGINT", "BIGINT", "null: unknown"),
        Column("output_tokens", "m.output_tokens::BIGINT", "BIGINT", "null: unknown"),
        Column("cost_usd", "m.cost_usd", "DECIMAL(18,9)", "US dollars; null: unknown, or a question"),
        Column("first_token_ms", "m.first_token_ms::BIGINT", "BIGINT", "from asking to the first token"),
        Column("total_ms", "m.total_ms::BIGINT", "BIGINT", "from asking to the end"),
        Column("rating", "m.rating", "VARCHAR", "your thumb: `up` or `down`; null: none, or a question"),
        Column("rating_note", "m.rating_note", "VARCHAR", "your note beside it; null: none"),
        Column("created_at", "m.created_at", "TIMESTAMP", "UTC"),
        Column("updated_at", "m.updated_at", "TIMESTAMP", "UTC"),
    ),
    kept="m.deleted_at IS NULL",
)
CALLS = View(
    "calls",
    "Every request that was sent to a model and has ended, also those that gave no reply or one that was deleted. "
    "A row for each.",
    "workbench.main.calls AS l",
    "l.experience_id = {experience}",
    (
        Column("id", "l.id", "UUID", ""),
        Column("experience_id", "l.experience_id", "UUID", "null: a model was tried"),
        Column("experience", "e.name", "VARCHAR", "the Experience's name", _EXPERIENCE.format("l")),
        Column("message_id", "l.message_id", "UUID", "the reply it was for, which may be deleted; null: none is kept"),
        Column(
            "purpose",
            "l.purpose",
            "VARCHAR",
            "`question`, `retry` (another reply), `merge` (one made of several), `continue`, "
            "`check` (a model is tried), `summary` (of an agent), `preview` (a personality is tried), `trial`, `judge` "
            "(of a trial's replies)",
        ),
        Column("provider", "l.provider", "VARCHAR", ""),
        Column("model", "l.model", "VARCHAR", "the id of the model"),
        Column("attempt", "l.attempt::BIGINT", "BIGINT", "from 1, of those to this model for the same reply"),
        Column(
            "ended",
            "l.ended",
            "VARCHAR",
            "`complete`, `stopped` (by you; a check stops by itself), `interrupted` or `failed`",
        ),
        Column("error", "l.error", "VARCHAR", "the error's code; null: it did not fail"),
        Column("input_tokens", "l.input_tokens::BIGINT", "BIGINT", "null: unknown"),
        Column("output_tokens", "l.output_tokens::BIGINT", "BIGINT", "null: unknown"),
        Column("cached_tokens", "l.cached_tokens::BIGINT", "BIGINT", "of the input, those remembered; null: unknown"),
        Column("cost_usd", "l.cost_usd", "DECIMAL(18,9)", "US dollars; null: unknown"),
        Column(
            "least_usd",
            "l.least_usd",
            "DECIMAL(18,9)",
            "US dollars that it was estimated to cost at least; null: no budget paid for it, or its price is unknown",
        ),
        Column("over_budget_id", "l.over_budget_id", "UUID", "the budget that it went over, as you asked; null: none"),
        Column("first_token_ms", "l.first_token_ms::BIGINT", "BIGINT", "from sending to the first token"),
        Column("total_ms", "l.total_ms::BIGINT", "BIGINT", "from sending to the end"),
        Column("created_at", "l.created_at", "TIMESTAMP", "when it was sent, in UTC"),
    ),
)
VIEWS = (
    MESSAGES,
    CALLS,
    View(
        "conversations",
        "Every conversation. A row for each.",
        "workbench.main.conversations AS c",
        "c.experience_id = {experience}",
        (
            Column("id", "c.id", "UUID", ""),
            Column("experience_id", "c.experience_id", "UUID", ""),
            Column("experience", "e.name", "VARCHAR", "the Experience's name", _EXPERIENCE.format("c")),
            Column("title", "c.title", "VARCHAR", ""),
            Column("head_id", "c.head_id", "UUID", "the last message of the branch that is shown; null: it is empty"),
            Column("message_count", "c.message_count::BIGINT", "BIGINT", "without what was deleted"),
            Column("created_at", "c.created_at", "TIMESTAMP", "UTC"),
            Column("updated_at", "c.updated_at", "TIMESTAMP", "UTC"),
        ),
    ),
    View(
        "attachments",
        "What was given with questions that are not deleted: tables, pictures, PDFs, files, values. A row for each.",
        "workbench.main.message_attachments AS a",
        "a.experience_id = {experience}",
        (
            Column("message_id", "a.message_id", "UUID", "the question"),
            Column("number", "a.number::BIGINT", "BIGINT", "its place among what was given, from 0"),
            Column("experience_id", "a.experience_id", "UUID", ""),
            Column("experience", "e.name", "VARCHAR", "the Experience's name", _EXPERIENCE.format("a")),
            Column("kind", "a.kind", "VARCHAR", "`table`, `picture`, `pdf`, `text` or `value`"),
            Column("name", "a.name", "VARCHAR", ""),
            Column("text", "a.text", "VARCHAR", "what a model reads of it; of a picture or a PDF its description"),
            Column("media_type", "a.media_type", "VARCHAR", ""),
            Column("size_bytes", "a.size_bytes::BIGINT", "BIGINT", "of a picture or a PDF; else 0"),
            Column("created_at", "a.created_at", "TIMESTAMP", "UTC"),
        ),
        kept="a.message_id NOT IN (SELECT id FROM workbench.main.messages WHERE deleted_at IS NOT NULL)",
    ),
    View(
        "experiences",
        "Every Experience, those in the archive and in the trash too. A row for each.",
        "workbench.main.experiences AS e",
        "e.id = {experience}",
        (
            Column("id", "e.id", "UUID", ""),
            Column("name", "e.name", "VARCHAR", ""),
            Column("slug", "e.slug", "VARCHAR", "the name of its folder"),
            Column("description", "e.description", "VARCHAR", ""),
            Column("category", "e.category", "VARCHAR", ""),
            Column("privacy", "e.privacy", "VARCHAR", "`private` or `public`"),
            Column("state", "e.state", "VARCHAR", "`active`, `archived` or `trashed`"),
            Column("model", "e.model", "VARCHAR", "the id of the model that answers there; null: the default one"),
            Column("fallbacks", "e.fallbacks", "VARCHAR", "JSON: the ids of those asked instead; null: none"),
            Column("temperature", "e.temperature", "DOUBLE", "null: the provider's own"),
            Column("max_output_tokens", "e.max_output_tokens::BIGINT", "BIGINT", "null: the provider's own"),
            Column("created_at", "e.created_at", "TIMESTAMP", "UTC"),
            Column("updated_at", "e.updated_at", "TIMESTAMP", "UTC"),
        ),
    ),
    View(
        "models",
        "Every model that is set up now; one that was removed is still named in `messages`.",
        "workbench.main.models AS o",
        "o.id IN (SELECT model FROM workbench.main.messages WHERE experience_id = {experience})",
        (
            Column("id", "o.id", "VARCHAR", "as `messages.model`"),
            Column("provider", "o.provider", "VARCHAR", ""),
            Column("name", "o.name", "VARCHAR", "under which the provider knows it"),
            Column(
                "context_tokens",
                "coalesce(k.context_tokens, o.context_tokens)",
                "BIGINT",
                "what you say of it, else as it was known when it was added; null: unknown",
                "LEFT JOIN workbench.main.model_corrections AS k ON k.model_id = o.id",
            ),
            Column("size_bytes", "o.size_bytes", "BIGINT", "null: it is not on this machine"),
            Column("is_default", "o.chosen", "BOOLEAN", ""),
            Column("created_at", "o.created_at", "TIMESTAMP", "UTC"),
        ),
    ),
)
NAMES = frozenset(view.name for view in VIEWS)


def statements(experience_id: str | None, read: Collection[str] | None = None) -> tuple[str, ...]:
    """What makes every view; of columns that cost a join, those in `read` (None: all)."""
    return tuple(view.statement(experience_id, read) for view in VIEWS)


def statements_with_deleted(experience_id: str | None) -> tuple[str, ...]:
    """What makes every view with what was deleted in it, without what takes a join: of what was spent, all counts."""
    return tuple(replace(view, kept="").statement(experience_id, ()) for view in VIEWS)


@dataclass(frozen=True, slots=True)
class Figure:
    """One column of `usage`."""

    name: str
    value: str
    words: str


USAGE = (
    Figure("day", "g.day", "in UTC"),
    Figure("experience_id", "g.experience_id", ""),
    Figure("experience", "e.name", "the Experience's name"),
    Figure("model", "g.model", "the id of the model; null: the questions"),
    Figure("provider", "g.provider", ""),
    Figure("messages", "g.messages", "questions and replies, deleted ones too: they were paid for"),
    Figure("replies", "g.replies", ""),
    Figure("failed", "g.failed", "replies that failed"),
    Figure("input_tokens", "g.input_tokens", "null: unknown for all of them"),
    Figure("output_tokens", "g.output_tokens", "null: unknown for all of them"),
    Figure("cost_usd", "g.cost_usd", "US dollars, of the replies whose cost is known; null: of none"),
    Figure("cost_unknown", "g.cost_unknown", "replies whose cost is unknown, and so not in `cost_usd`"),
    Figure("first_token_ms", "g.first_token_ms", "median, from asking to the first token"),
    Figure("total_ms", "g.total_ms[1]", "median, from asking to the end"),
    Figure("total_ms_p95", "g.total_ms[2]", "95 of 100 replies took no longer"),
)
_GROUPS = """SELECT created_at::DATE AS day, experience_id, model, any_value(provider) AS provider,
    count(*) AS messages, count(*) FILTER (author = 'assistant') AS replies,
    count(*) FILTER (status = 'failed') AS failed,
    sum(input_tokens)::BIGINT AS input_tokens, sum(output_tokens)::BIGINT AS output_tokens, sum(cost_usd) AS cost_usd,
    count(*) FILTER (author = 'assistant' AND status <> 'running' AND cost_usd IS NULL) AS cost_unknown,
    quantile_cont(first_token_ms, 0.5) AS first_token_ms, quantile_cont(total_ms, [0.5, 0.95]) AS total_ms
    FROM messages WHERE {where} GROUP BY ALL"""


def usage(where: str) -> str:
    """The query that gives `USAGE`, over views without what takes a join."""
    figures = ", ".join(f"{figure.value} AS {figure.name}" for figure in USAGE)
    groups = _GROUPS.format(where=where)
    return f"SELECT {figures} FROM ({groups}) AS g LEFT JOIN experiences AS e ON e.id = g.experience_id ORDER BY day"  # noqa: S608
