"""Models and providers in the database: rows in, records out."""

from dataclasses import dataclass

from workbench.clock import utc_now
from workbench.providers import said
from workbench.providers.formats import WireFormat
from workbench.providers.records import Facts
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
    said: Facts = NOTHING_SAID
    """What the person says of it against what is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where a remote provider is, and what it speaks."""

    provider: str
    base_url: str
    wire: WireFormat


_MODEL = (
    "SELECT m.id, m.provider, m.name, m.file, m.demo, m.context_tokens, m.size_bytes, m.chosen, m.sees, "  # noqa: S608
    f"{said.COLUMNS} FROM models AS m LEFT JOIN model_corrections AS c ON c.model_id = m.id"
)


def models(read: Reader) -> tuple[Entry, ...]:
    """Every model, in the order they were added."""
    return tuple(_entry(row) for row in read(f"{_MODEL} ORDER BY m.created_at, m.id"))


def find(read: Reader, model_id: str) -> Entry | None:
    """The model with that id."""
    rows = read(f"{_MODEL} WHERE m.id = ?", (model_id,))
    return _entry(rows[0]) if rows else None


def add(tx: Transaction, entry: Entry) -> None:
    """Add a model, or bring the one with its id up to date."""
    now = utc_now()
    tx.execute(
        """INSERT INTO models VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?)
           ON CONFLICT (id) DO UPDATE SET file = excluded.file, demo = excluded.demo,
           context_tokens = excluded.context_tokens, size_bytes = excluded.size_bytes, sees = excluded.sees,
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
        ),
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


def servers(read: Reader) -> dict[str, Server]:
    """Every remote provider under its name, in the order of their names."""
    rows = read("SELECT name, base_url, kind FROM providers ORDER BY name")
    return {name: Server(provider=name, base_url=url, wire=kind) for name, url, kind in rows}


def add_server(tx: Transaction, server: Server) -> None:
    """Add a provider."""
    now = utc_now()
    tx.execute(
        "INSERT INTO providers VALUES (?, ?, ?, ?, ?, 1, ?)",
        (server.provider, OWNER_ID, server.base_url, now, now, server.wire),
    )


def remove_provider(tx: Transaction, name: str) -> None:
    """Remove a provider."""
    tx.execute("DELETE FROM providers WHERE name = ?", (name,))


def _entry(row: Row) -> Entry:
    model_id, provider, name, file, demo, context_tokens, size_bytes, chosen, sees, *told = row
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
        said=said.read(tuple(told)),
    )
