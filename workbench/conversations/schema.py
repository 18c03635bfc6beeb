"""The tables of conversations.

Messages carry no index: ids are UUIDv7, so the rows of one time lie together and DuckDB's zone maps find them, and a
table without an index can be altered.

A message says in `attachment_count` how many it has (null: none), so that nobody looks where there are none.

Whether a reply is `verified` is kept with it, as its provider may be asked otherwise later; null is true.

What shaped a reply is kept with the name and the version that it had then: it may be changed, or be gone, since.

A conversation's `personality` and `prompt` are ids, or `none`: the Experience's is not wanted; null: it is.

A draft stands under the id of its conversation; one for a new conversation, under that of its Experience.

A deleted branch is hidden: its messages say since when (`deleted_at`), by which of them they are brought back
(`deleted_with`, the first), and which was the last one shown (`was_head`). All three are null of what is there.
"""

from workbench.storage.migrations import Migration
from workbench.storage.register import Table

MIGRATIONS = (
    Migration(
        slice="conversations",
        number=1,
        statements=(
            """CREATE TABLE conversations (
                id UUID PRIMARY KEY, owner_id VARCHAR NOT NULL, experience_id UUID NOT NULL, title VARCHAR NOT NULL,
                head_id UUID, message_count INTEGER NOT NULL, created_at TIMESTAMP NOT NULL,
                updated_at TIMESTAMP NOT NULL, revision INTEGER NOT NULL)""",
            """CREATE TABLE messages (
                id UUID NOT NULL, owner_id VARCHAR NOT NULL, conversation_id UUID NOT NULL,
                experience_id UUID NOT NULL, parent_id UUID, author VARCHAR NOT NULL, text VARCHAR NOT NULL,
                reasoning VARCHAR NOT NULL, status VARCHAR NOT NULL, fault VARCHAR, model VARCHAR,
                model_name VARCHAR, provider VARCHAR, input_tokens INTEGER, output_tokens INTEGER,
                cost_usd DECIMAL(18, 9), first_token_ms INTEGER, total_ms INTEGER,
                created_at TIMESTAMP NOT NULL, updated_at TIMESTAMP NOT NULL, revision INTEGER NOT NULL)""",
            """CREATE TABLE message_parts (
                message_id UUID NOT NULL, experience_id UUID NOT NULL, number INTEGER NOT NULL,
                text VARCHAR NOT NULL, reasoning VARCHAR NOT NULL, created_at TIMESTAMP NOT NULL)""",
        ),
    ),
    Migration(
        slice="conversations",
        number=2,
        statements=(
            "ALTER TABLE messages ADD COLUMN attachment_count INTEGER",
            """CREATE TABLE message_attachments (
                message_id UUID NOT NULL, owner_id VARCHAR NOT NULL, experience_id UUID NOT NULL,
                number INTEGER NOT NULL, kind VARCHAR NOT NULL, name VARCHAR NOT NULL, text VARCHAR NOT NULL,
                media_type VARCHAR NOT NULL, size_bytes INTEGER NOT NULL, data BLOB NOT NULL,
                created_at TIMESTAMP NOT NULL)""",
        ),
    ),
    Migration(slice="conversations", number=3, statements=("ALTER TABLE messages ADD COLUMN tried VARCHAR",)),
    Migration(slice="conversations", number=4, statements=("ALTER TABLE messages ADD COLUMN merged_from UUID[]",)),
    Migration(
        slice="conversations",
        number=5,
        statements=(
            "ALTER TABLE messages ADD COLUMN rating VARCHAR",
            "ALTER TABLE messages ADD COLUMN rating_note VARCHAR",
        ),
    ),
    Migration(
        slice="conversations",
        number=6,
        statements=(
            "ALTER TABLE messages ADD COLUMN deleted_at TIMESTAMP",
            "ALTER TABLE messages ADD COLUMN deleted_with UUID",
            "ALTER TABLE messages ADD COLUMN was_head BOOLEAN",
        ),
    ),
    Migration(
        slice="conversations",
        number=7,
        statements=(
            """CREATE TABLE drafts (
                place_id UUID NOT NULL, owner_id VARCHAR NOT NULL, experience_id UUID NOT NULL,
                text VARCHAR NOT NULL, updated_at TIMESTAMP NOT NULL)""",
        ),
    ),
    Migration(slice="conversations", number=8, statements=("ALTER TABLE messages ADD COLUMN unsent VARCHAR[]",)),
    Migration(slice="conversations", number=9, statements=("ALTER TABLE messages ADD COLUMN verified BOOLEAN",)),
    Migration(
        slice="conversations",
        number=10,
        statements=(
            "ALTER TABLE conversations ADD COLUMN personality VARCHAR",
            "ALTER TABLE conversations ADD COLUMN prompt VARCHAR",
            "ALTER TABLE conversations ADD COLUMN prompt_values VARCHAR",
            *(
                f"ALTER TABLE messages ADD COLUMN {what}_{column}"
                for what in ("personality", "prompt")
                for column in ("id UUID", "name VARCHAR", "version INTEGER")
            ),
        ),
    ),
)
TABLES = (
    Table(
        name="conversations",
        slice="conversations",
        key=("id",),
        experience="experience_id",
        personal=("title", "prompt_values"),
    ),
    Table(
        name="messages",
        slice="conversations",
        key=("id",),
        experience="experience_id",
        personal=(
            "text",
            "reasoning",
            "fault",
            "model",
            "model_name",
            "provider",
            "tried",
            "personality_name",
            "prompt_name",
            "rating_note",
        ),
    ),
    Table(
        name="message_attachments",
        slice="conversations",
        key=("message_id", "number"),
        experience="experience_id",
        personal=("name", "text", "data"),
    ),
    Table(
        name="message_parts",
        slice="conversations",
        key=("message_id", "number"),
        experience="experience_id",
        exported=False,
        personal=("text", "reasoning"),
        audited=False,
        reason="What of a running reply has arrived: folded into its message when the reply ends, which is audited.",
    ),
    Table(
        name="drafts",
        slice="conversations",
        key=("place_id",),
        experience="experience_id",
        personal=("text",),
        audited=False,
        reason="Unfinished text, saved every second while it is written; what is sent is audited.",
    ),
)
