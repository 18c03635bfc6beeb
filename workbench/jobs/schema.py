"""The table of schedules."""

from workbench.storage.migrations import Migration
from workbench.storage.register import Table

MIGRATIONS = (
    Migration(
        slice="jobs",
        number=1,
        statements=(
            """CREATE TABLE schedules (
                id UUID NOT NULL, owner_id VARCHAR NOT NULL, experience_id UUID NOT NULL, agent VARCHAR NOT NULL,
                cron VARCHAR NOT NULL, time_zone VARCHAR NOT NULL, state VARCHAR NOT NULL, due_at TIMESTAMP NOT NULL,
                last_due_at TIMESTAMP, created_at TIMESTAMP NOT NULL, updated_at TIMESTAMP NOT NULL,
                revision INTEGER NOT NULL)""",
        ),
    ),
)
TABLES = (
    Table(name="schedules", slice="jobs", key=("id",), experience="experience_id", personal=("cron", "time_zone")),
)
