"""The tables of thresholds and of budgets."""

from workbench.storage.migrations import Migration
from workbench.storage.register import Table

MIGRATIONS = (
    Migration(
        slice="insights",
        number=1,
        statements=(
            """CREATE TABLE thresholds (
                id UUID NOT NULL, owner_id VARCHAR NOT NULL, measure VARCHAR NOT NULL, model VARCHAR,
                most DECIMAL(18, 6) NOT NULL, created_at TIMESTAMP NOT NULL, updated_at TIMESTAMP NOT NULL,
                revision INTEGER NOT NULL)""",
        ),
    ),
    Migration(
        slice="insights",
        number=2,
        statements=(
            """CREATE TABLE budgets (
                id UUID NOT NULL, owner_id VARCHAR NOT NULL, period VARCHAR NOT NULL, experience_id UUID,
                provider VARCHAR, amount_usd DECIMAL(18, 6) NOT NULL, warn_percent INTEGER NOT NULL,
                enabled BOOLEAN NOT NULL, created_at TIMESTAMP NOT NULL, updated_at TIMESTAMP NOT NULL,
                revision INTEGER NOT NULL)""",
        ),
    ),
)
TABLES = (
    Table(name="thresholds", slice="insights", key=("id",), personal=("model",)),
    Table(name="budgets", slice="insights", key=("id",), experience="experience_id", personal=("provider",)),
)
