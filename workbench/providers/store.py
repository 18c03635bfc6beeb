"""Models and providers in the database: rows in, records out."""

from dataclasses import dataclass
from datetime import datetime

from workbench.clock import utc_now
from workbench.providers import said
from workbench.providers.formats import WireFormat
from workbench.providers.records import Facts, ProviderKind
from workbench.storage.database import Reader, Row, Transaction
from workbench.storage.register import OWNER_ID

NOTHING_SAID = Facts()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A model as it is stored."""

    id: str
    provider: str
    name: str
    file: str | None = None
    """Of a local model."""
    demo: bool = False
    context_tokens: int | None = None
    size_bytes: int | None = None
    chosen: bool = False
    """It is the default."""
    sees: bool | None = None
    """Whether it can be sent pictures; None: unknown."""
    listed_context_tokens: int | None = None
    """As its provider's own list said when it was added from there; None, here and below: it did not."""
    listed_output_tokens: int | None = None
    said: Facts = NOTHING_SAID
    """What the person says of it against what is known."""
    priced_at: datetime | None = None
    """When they said something of its prices last; None: never, or before this was kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A remote provider as it is stored: where it is, what it speaks, and how it is asked."""

    provider: str
    base_url: str
    wire: WireFormat
    route: str | None = None
    """litellm's name for it, where litellm's own stream reads it in place of `wire`."""
    enabled: bool = True
    key_env: str | None = None
    """The environment variable that holds its key, where none is kept."""
    headers: tuple[str, ...] = ()
    """Their names; the values are secrets."""
    proxy: str | None = None
    connect_s: float | None = None
    """None, here and below: as long as usual."""
    first_token_s: float | None = None
    between_tokens_s: float | None = None
    revision: int = 1

    @property
    def kind(self) -> ProviderKind:
        """What it is known by: its format, or that litellm reads it."""
        return self.wire if self.route is None else "litellm"

    @property
    def verified(self) -> bool:
        """Whether it can be told that a reply is whole."""
        return self.route is None


_MODEL = (
    "SELECT m.id, m.provider, m.name, m.file, m.demo, m.context_tokens, m.size_bytes, m.chosen, m.sees, "  # noqa: S608
    f"m.listed_context_tokens, m.listed_output_tokens, c.priced_at, {said.COLUMNS} "
    "FROM models AS m LEFT JOIN model_corrections AS c ON c.model_id = m.id"
)
_SERVER_COLUMNS = (
    "name, base_url, kind, disabled, key_env, headers, proxy, connect_s, first_token_s, between_tokens_s, revision, "
    "route"
)
_SERVER = f"SELECT {_SERVER_COLUMNS} FROM providers"  # noqa: S608  (constants)


def models(read: Reader) -> tuple[Entry, ...]:
    """Every model, in the order they were added."""
    return tuple(_entry(row) for row in read(f"{_MODEL} ORDER BY m.created_at, m.id"))


def find(read: Reader, model_id: str) -> Entry | None:
    """The model with that id."""
    rows = read(f"{_MODEL} WHERE m.id = ?", (model_id,))
    return _entry(rows[0]) if rows else None


def add(tx: Transaction, entry: Entry) -> None:
    """Add a model, or bring the one with its id up to date; what was listed of it before stays where nothing is now."""
    now = utc_now()
    tx.execute(
        """INSERT INTO models VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?)
           ON CONFLICT (id) DO UPDATE SET file = excluded.file, demo = excluded.demo,
           context_tokens = excluded.context_tokens, size_bytes = excluded.size_bytes, sees = excluded.sees,
           listed_context_tokens = coalesce(excluded.listed_context_tokens, models.listed_context_tokens),
           listed_output_tokens = coalesce(excluded.listed_output_tokens, models.listed_output_tokens),
           updated_at = excluded.updated_at, revision = models.revision + 1""",
        (
            entry.id,
            OWNER_ID,
            entry.provider,
            entry.name,
            entry.file,
            entry.demo,
            entry.context_tokens,
            entry.size_bytes,
            entry.chosen,
            now,
            now,
            entry.sees,
            entry.listed_context_tokens,
            entry.listed_output_tokens,
        ),
    )


def forget_listed(tx: Transaction, provider: str) -> None:
    """Forget what the provider's own list said of its models."""
    tx.execute(
        "UPDATE models SET listed_context_tokens = NULL, listed_output_tokens = NULL, updated_at = ?, "
        "revision = revision + 1 WHERE provider = ?",
        (utc_now(), provider),
    )


def choose(tx: Transaction, model_id: str) -> None:
    """Make it the default."""
    tx.execute(
        """UPDATE models SET chosen = (id = ?), updated_at = ?, revision = revision + 1
           WHERE chosen != (id = ?)""",
        (model_id, utc_now(), model_id),
    )


def remove(tx: Transaction, model_id: str) -> None:
    """Remove a model, with what was said of it."""
    said.forget(tx, model_id)
    tx.execute("DELETE FROM models WHERE id = ?", (model_id,))


def choose_another(tx: Transaction) -> None:
    """Make the first model the default, if none is."""
    left = models(tx.execute)
    if left and not any(entry.chosen for entry in left):
        choose(tx, left[0].id)


def servers(read: Reader) -> dict[str, Server]:
    """Every remote provider under its name, in the order of their names."""
    return {row[0]: _server(row) for row in read(f"{_SERVER} ORDER BY name")}


def server(read: Reader, name: str) -> Server | None:
    """The remote provider of that name."""
    rows = read(f"{_SERVER} WHERE name = ?", (name,))
    return _server(rows[0]) if rows else None


def add_server(tx: Transaction, server: Server) -> None:
    """Add a provider."""
    now = utc_now()
    tx.execute(
        f"INSERT INTO providers (owner_id, created_at, updated_at, {_SERVER_COLUMNS}) "  # noqa: S608  (constants)
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (OWNER_ID, now, now, *_server_row(server)),
    )


def replace_server(tx: Transaction, server: Server) -> None:
    """Keep a provider as it is now."""
    columns = ", ".join(f"{column} = ?" for column in _SERVER_COLUMNS.split(", "))
    tx.execute(
        f"UPDATE providers SET updated_at = ?, {columns} WHERE name = ?",  # noqa: S608  (constants)
        (utc_now(), *_server_row(server), server.provider),
    )


def remove_server(tx: Transaction, name: str) -> None:
    """Remove a provider."""
    tx.execute("DELETE FROM providers WHERE name = ?", (name,))


def _server_row(server: Server) -> tuple[object, ...]:
    return (
        server.provider,
        server.base_url,
        server.wire,
        not server.enabled,
        server.key_env,
        ",".join(server.headers),
        server.proxy,
        server.connect_s,
        server.first_token_s,
        server.between_tokens_s,
        server.revision,
        server.route,
    )


def _server(row: Row) -> Server:
    name, base_url, wire, disabled, key_env, headers, proxy, connect_s, first_token_s, between_s, revision, route = row
    return Server(
        provider=name,
        base_url=base_url,
        wire=wire,
        enabled=not disabled,
        key_env=key_env,
        headers=tuple(filter(None, headers.split(","))),
        proxy=proxy,
        connect_s=connect_s,
        first_token_s=first_token_s,
        between_tokens_s=between_s,
        revision=revision,
        route=route,
    )


def _entry(row: Row) -> Entry:
    model_id, provider, name, file, demo, context_tokens, size_bytes, chosen, sees, context, output, *rest = row
    priced_at, *told = rest
    return Entry(
        id=model_id,
        provider=provider,
        name=name,
        file=file,
        demo=demo,
        context_tokens=context_tokens,
        size_bytes=size_bytes,
        chosen=chosen,
        sees=sees,
        listed_context_tokens=context,
        listed_output_tokens=output,
        said=said.read(tuple(told)),
        priced_at=priced_at,
    )
