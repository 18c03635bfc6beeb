"""The table of runs."""

from workbench.storage.migrations import Migration
from workbench.storage.register import Table

MIGRATIONS = (
    Migration(
        slice="agents",
        number=1,
        statements=(
            """CREATE TABLE agent_runs (
                id UUID NOT NULL, owner_id VARCHAR NOT NULL, agent VARCHAR NOT NULL, experience_id UUID NOT NULL,
                schedule_id UUID, due_at TIMESTAMP, since TIMESTAMP NOT NULL, until TIMESTAMP NOT NULL,
                state VARCHAR NOT NULL, cell INTEGER NOT NULL, cells INTEGER NOT NULL, line VARCHAR NOT NULL,
                fault VARCHAR, report VARCHAR, notebook VARCHAR, created_at TIMESTAMP NOT NULL,
                started_at TIMESTAMP, ended_at TIMESTAMP, updated_at TIMESTAMP NOT NULL, revision INTEGER NOT NULL)""",
        ),
    ),
    Migration(
        slice="agents",
        number=2,
        statements=(
            "ALTER TABLE agent_runs ADD COLUMN cost_usd DECIMAL(18, 9)",
            "ALTER TABLE agent_runs ADD COLUMN of_unknown_cost INTEGER DEFAULT 0",
        ),
    ),
)
TABLES = (
    Table(
        name="agent_runs",
        slice="agents",
        key=("id",),
        experience="experience_id",
        personal=("line", "fault", "report", "notebook"),
    ),
)
