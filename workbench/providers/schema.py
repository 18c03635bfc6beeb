"""The tables of models and of what serves them."""

from workbench.storage.migrations import Migration
from workbench.storage.register import Table

MIGRATIONS = (
    Migration(
        slice="providers",
        number=1,
        statements=(
            """CREATE TABLE providers (
                name VARCHAR PRIMARY KEY, owner_id VARCHAR NOT NULL, base_url VARCHAR NOT NULL,
                created_at TIMESTAMP NOT NULL, updated_at TIMESTAMP NOT NULL, revision INTEGER NOT NULL)""",
            """CREATE TABLE models (
                id VARCHAR PRIMARY KEY, owner_id VARCHAR NOT NULL, provider VARCHAR NOT NULL, name VARCHAR NOT NULL,
                file VARCHAR, demo BOOLEAN NOT NULL, context_tokens BIGINT, size_bytes BIGINT,
                chosen BOOLEAN NOT NULL, created_at TIMESTAMP NOT NULL, updated_at TIMESTAMP NOT NULL,
                revision INTEGER NOT NULL)""",
        ),
    ),
    Migration(slice="providers", number=2, statements=("ALTER TABLE models ADD COLUMN sees BOOLEAN",)),
    Migration(
        slice="providers", number=3, statements=("ALTER TABLE providers ADD COLUMN kind VARCHAR DEFAULT 'openai'",)
    ),
)
TABLES = (
    Table(name="providers", slice="providers", key=("name",), personal=("name", "base_url")),
    Table(name="models", slice="providers", key=("id",), personal=("id", "provider", "name", "file")),
)
