"""The tables of personalities."""

from workbench.storage import versions
from workbench.storage.migrations import Migration
from workbench.storage.register import Table

VERSIONS = "personality_versions"

MIGRATIONS = (
    Migration(
        slice="personalities",
        number=1,
        statements=(
            """CREATE TABLE personalities (
                id UUID NOT NULL, owner_id VARCHAR NOT NULL, name VARCHAR NOT NULL, description VARCHAR NOT NULL,
                character VARCHAR NOT NULL, template VARCHAR, version INTEGER NOT NULL, state VARCHAR NOT NULL,
                created_at TIMESTAMP NOT NULL, updated_at TIMESTAMP NOT NULL, revision INTEGER NOT NULL,
                trashed_at TIMESTAMP)""",
            versions.statement(VERSIONS),
        ),
    ),
)
TABLES = (
    Table(name="personalities", slice="personalities", key=("id",), personal=("name", "description", "character")),
    versions.declared(VERSIONS, slice="personalities"),
)
