"""The tables of models, of what serves them, and of the calls that were made."""

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
    Migration(
        slice="providers",
        number=4,
        statements=(
            """CREATE TABLE calls (
                id UUID NOT NULL, owner_id VARCHAR NOT NULL, experience_id UUID, message_id UUID,
                purpose VARCHAR NOT NULL, provider VARCHAR NOT NULL, model VARCHAR NOT NULL, attempt INTEGER NOT NULL,
                ended VARCHAR NOT NULL, error VARCHAR, input_tokens INTEGER, output_tokens INTEGER,
                cached_tokens INTEGER, cost_usd DECIMAL(18, 9), first_token_ms INTEGER, total_ms INTEGER,
                created_at TIMESTAMP NOT NULL)""",
        ),
    ),
    Migration(
        slice="providers",
        number=5,
        statements=(
            """CREATE TABLE model_corrections (
                model_id VARCHAR PRIMARY KEY, owner_id VARCHAR NOT NULL, context_tokens BIGINT,
                max_output_tokens BIGINT, sees BOOLEAN, tools BOOLEAN, reasoning BOOLEAN, pdf BOOLEAN,
                deprecated_on DATE, input_usd_per_million DECIMAL(18, 6), cached_usd_per_million DECIMAL(18, 6),
                output_usd_per_million DECIMAL(18, 6), created_at TIMESTAMP NOT NULL, updated_at TIMESTAMP NOT NULL,
                revision INTEGER NOT NULL)""",
        ),
    ),
    Migration(
        slice="providers",
        number=6,
        statements=(
            "ALTER TABLE providers ADD COLUMN disabled BOOLEAN",
            "ALTER TABLE providers ADD COLUMN key_env VARCHAR",
            "ALTER TABLE providers ADD COLUMN headers VARCHAR DEFAULT ''",
            "ALTER TABLE providers ADD COLUMN proxy VARCHAR",
            "ALTER TABLE providers ADD COLUMN connect_s DOUBLE",
            "ALTER TABLE providers ADD COLUMN first_token_s DOUBLE",
            "ALTER TABLE providers ADD COLUMN between_tokens_s DOUBLE",
        ),
    ),
    Migration(slice="providers", number=7, statements=("ALTER TABLE calls ADD COLUMN over_budget_id UUID",)),
    Migration(slice="providers", number=8, statements=("ALTER TABLE calls ADD COLUMN least_usd DECIMAL(18, 9)",)),
    Migration(
        slice="providers", number=9, statements=("ALTER TABLE model_corrections ADD COLUMN priced_at TIMESTAMP",)
    ),
    Migration(
        slice="providers", number=10, statements=("ALTER TABLE model_corrections ADD COLUMN temperature BOOLEAN",)
    ),
    Migration(
        slice="providers",
        number=11,
        statements=(
            "ALTER TABLE models ADD COLUMN listed_context_tokens BIGINT",
            "ALTER TABLE models ADD COLUMN listed_output_tokens BIGINT",
        ),
    ),
    Migration(slice="providers", number=12, statements=("ALTER TABLE providers ADD COLUMN route VARCHAR",)),
)
TABLES = (
    Table(
        name="providers",
        slice="providers",
        key=("name",),
        personal=("name", "base_url", "key_env", "headers", "proxy"),
    ),
    Table(name="models", slice="providers", key=("id",), personal=("id", "provider", "name", "file")),
    Table(name="model_corrections", slice="providers", key=("model_id",), personal=("model_id",)),
    Table(
        name="calls",
        slice="providers",
        key=("id",),
        experience="experience_id",
        personal=("provider", "model"),
        audited=False,
        reason="A log itself, of which no row changes; what was asked for is audited as such.",
    ),
)
