"""The tables of prompts."""

from workbench.storage import versions
from workbench.storage.migrations import Migration
from workbench.storage.register import Table

VERSIONS = "prompt_versions"

MIGRATIONS = (
    Migration(
        slice="prompts",
        number=1,
        statements=(
            """CREATE TABLE prompts (
                id UUID NOT NULL, owner_id VARCHAR NOT NULL, name VARCHAR NOT NULL, title VARCHAR NOT NULL,
                folder VARCHAR NOT NULL, tags VARCHAR NOT NULL, description VARCHAR NOT NULL, text VARCHAR NOT NULL,
                variables VARCHAR NOT NULL, use VARCHAR NOT NULL, version INTEGER NOT NULL, state VARCHAR NOT NULL,
                created_at TIMESTAMP NOT NULL, updated_at TIMESTAMP NOT NULL, revision INTEGER NOT NULL,
                trashed_at TIMESTAMP)""",
            versions.statement(VERSIONS),
        ),
    ),
)
TABLES = (
    Table(
        name="prompts",
        slice="prompts",
        key=("id",),
        personal=("name", "title", "folder", "tags", "description", "text", "variables"),
    ),
    versions.declared(VERSIONS, slice="prompts"),
)
