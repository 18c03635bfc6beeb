"""The tables of trials, of their replies, and of how pairs were rated."""

from workbench.storage.migrations import Migration
from workbench.storage.register import Table

MIGRATIONS = (
    Migration(
        slice="trials",
        number=1,
        statements=(
            """CREATE TABLE trials (
                id UUID NOT NULL, owner_id VARCHAR NOT NULL, experience_id UUID, name VARCHAR NOT NULL,
                design VARCHAR NOT NULL, state VARCHAR NOT NULL, reason VARCHAR NOT NULL, fault VARCHAR,
                looked INTEGER NOT NULL, difference_found BOOLEAN NOT NULL,
                judge_cost_usd DECIMAL(18, 9), judge_of_unknown_cost INTEGER NOT NULL, ended_at TIMESTAMP,
                created_at TIMESTAMP NOT NULL, updated_at TIMESTAMP NOT NULL, revision INTEGER NOT NULL)""",
            """CREATE TABLE trial_results (
                id UUID NOT NULL, owner_id VARCHAR NOT NULL, trial_id UUID NOT NULL, experience_id UUID,
                case_number INTEGER NOT NULL, configuration INTEGER NOT NULL, repetition INTEGER NOT NULL,
                text VARCHAR NOT NULL, model VARCHAR NOT NULL, refused BOOLEAN NOT NULL, passed BOOLEAN,
                verdicts VARCHAR NOT NULL, score INTEGER, score_reason VARCHAR,
                words INTEGER, sentences INTEGER, words_per_sentence DOUBLE, reading_ease DOUBLE,
                hedges_per_100_words DOUBLE, distinct_pairs DOUBLE, list_items INTEGER, headings INTEGER, emoji INTEGER,
                input_tokens INTEGER, output_tokens INTEGER, cost_usd DECIMAL(18, 9), total_ms INTEGER,
                fault VARCHAR, created_at TIMESTAMP NOT NULL)""",
            """CREATE TABLE trial_ratings (
                trial_id UUID NOT NULL, owner_id VARCHAR NOT NULL, experience_id UUID, number INTEGER NOT NULL,
                choice VARCHAR NOT NULL, created_at TIMESTAMP NOT NULL)""",
        ),
    ),
)
TABLES = (
    Table(
        name="trials",
        slice="trials",
        key=("id",),
        experience="experience_id",
        personal=("name", "design", "reason", "fault"),
    ),
    Table(
        name="trial_results",
        slice="trials",
        key=("id",),
        experience="experience_id",
        personal=("text", "model", "verdicts", "score_reason", "fault"),
        audited=False,
        reason="What models answered while a trial ran; that it ran, and how it ended, is audited.",
    ),
    Table(name="trial_ratings", slice="trials", key=("trial_id", "number"), experience="experience_id"),
)
