"""The tables of rules and of what they have found."""

from workbench.storage.migrations import Migration
from workbench.storage.register import Table

_RISKY_LONGEST = 80
"""Of the patterns in data/rules/risky.toml when this step was written; each change of a rule writes it anew."""

MIGRATIONS = (
    Migration(
        slice="rules",
        number=1,
        statements=(
            """CREATE TABLE rules (
                id UUID NOT NULL, owner_id VARCHAR NOT NULL, name VARCHAR NOT NULL, kind VARCHAR NOT NULL,
                words VARCHAR NOT NULL, text VARCHAR NOT NULL, most_words INTEGER, direction VARCHAR NOT NULL,
                action VARCHAR NOT NULL, scope VARCHAR NOT NULL, experience_id UUID, conversation_id UUID,
                enabled BOOLEAN NOT NULL, position INTEGER NOT NULL, longest INTEGER NOT NULL,
                created_at TIMESTAMP NOT NULL, updated_at TIMESTAMP NOT NULL, revision INTEGER NOT NULL,
                deleted_at TIMESTAMP)""",
            """CREATE TABLE rule_firings (
                id UUID NOT NULL, owner_id VARCHAR NOT NULL, rule_id UUID NOT NULL, rule VARCHAR NOT NULL,
                rule_revision INTEGER NOT NULL, direction VARCHAR NOT NULL, outcome VARCHAR NOT NULL,
                what VARCHAR NOT NULL, count INTEGER NOT NULL, experience_id UUID, conversation_id UUID,
                message_id UUID, part VARCHAR NOT NULL, place INTEGER NOT NULL, marker VARCHAR NOT NULL,
                taken VARCHAR NOT NULL, undone_at TIMESTAMP, reported VARCHAR, created_at TIMESTAMP NOT NULL)""",
            f"""INSERT INTO rules SELECT uuidv7(), 'me', 'Risky prompts', 'risky', '[]', '', NULL, 'outgoing', 'warn',
                'home', NULL, NULL, true, 0, {_RISKY_LONGEST}, made, made, 1, NULL
                FROM (SELECT now() AT TIME ZONE 'UTC' AS made)""",  # noqa: S608
        ),
    ),
)
TABLES = (
    Table(
        name="rules",
        slice="rules",
        key=("id",),
        experience="experience_id",
        personal=("name", "words", "text"),
    ),
    Table(
        name="rule_firings",
        slice="rules",
        key=("id",),
        experience="experience_id",
        personal=("rule", "what", "marker", "reported"),
        secret=("taken",),
        audited=False,
        reason="what a rule finds is itself the record of it; undoing and reporting it is audited",
    ),
)
