"""The tables of Experiences."""

from workbench.storage.migrations import Migration
from workbench.storage.register import Table

MIGRATIONS = (
    Migration(
        slice="experiences",
        number=1,
        statements=(
            """CREATE TABLE experiences (
                id UUID PRIMARY KEY, owner_id VARCHAR NOT NULL, name VARCHAR NOT NULL, slug VARCHAR NOT NULL,
                description VARCHAR NOT NULL, category VARCHAR NOT NULL, privacy VARCHAR NOT NULL,
                state VARCHAR NOT NULL, model VARCHAR, created_at TIMESTAMP NOT NULL,
                updated_at TIMESTAMP NOT NULL, revision INTEGER NOT NULL, trashed_at TIMESTAMP)""",
        ),
    ),
    Migration(
        slice="experiences",
        number=2,
        statements=(
            "ALTER TABLE experiences ADD COLUMN fallbacks VARCHAR",
            "ALTER TABLE experiences ADD COLUMN temperature DOUBLE",
            "ALTER TABLE experiences ADD COLUMN max_output_tokens INTEGER",
        ),
    ),
    Migration(
        slice="experiences",
        number=3,
        statements=(
            "ALTER TABLE experiences ADD COLUMN personality UUID",
            "ALTER TABLE experiences ADD COLUMN prompt UUID",
            "ALTER TABLE experiences ADD COLUMN prompt_values VARCHAR",
        ),
    ),
)
TABLES = (
    Table(
        name="experiences",
        slice="experiences",
        key=("id",),
        experience="id",
        personal=("name", "slug", "description", "category", "model", "fallbacks", "prompt_values"),
    ),
)
