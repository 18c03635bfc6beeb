"""A home with a made-up past: rows put straight into its store, as many as are asked for."""

import os
from datetime import timedelta

from workbench.app import MIGRATIONS
from workbench.clock import new_id, utc_now
from workbench.config import Settings, private_folder
from workbench.security.vault import Vault
from workbench.storage.database import Database

MODELS = ("openai/quick", "anthropic/careful", "local/small")
"""What the made-up replies came from; nobody knows what the last one's cost."""


def open_store(settings: Settings) -> Database:
    """The store of a home whose owner does not run, made if there is none."""
    private_folder(settings.store)
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    vault = Vault(settings.key_file)
    keys = vault.open() if vault.exists() else vault.create()
    database = Database(settings.database, key=keys.database, spill=settings.store / "spill")
    database.migrate(MIGRATIONS)
    return database


def fill(
    settings: Settings, messages: int, *, days: int = 28, experiences: tuple[str, ...] = ("Physics", "Cooking")
) -> None:
    """`messages` rows, each other one a reply, spread over the last `days` and over the Experiences."""
    database = open_store(settings)
    ids = [new_id() for _ in experiences]
    now = utc_now()
    start = now - timedelta(days=days)
    for id, name in zip(ids, experiences, strict=True):
        values = (id, name, name.lower(), start, start)
        database.write(
            lambda tx, values=values: tx.execute(
                "INSERT INTO experiences (id, owner_id, name, slug, description, category, privacy, state, created_at, "
                "updated_at, revision) VALUES (?, 'me', ?, ?, '', '', 'private', 'active', ?, ?, 1)",
                values,
            )
        )
    database.write(
        lambda tx: tx.execute(
            """INSERT INTO messages (id, owner_id, conversation_id, experience_id, author, text, reasoning, status,
                   model, model_name, provider, input_tokens, output_tokens, cost_usd, first_token_ms, total_ms,
                   created_at, updated_at, revision)
               SELECT uuidv7(), 'me', uuidv7(), list_extract(?::UUID[], 1 + (i // 6) % ?),
                   if(model IS NULL, 'user', 'assistant'), 'Made up', '', 'complete',
                   model, model, split_part(model, '/', 1),
                   if(model IS NULL, NULL, 200 + hash(i) % 800),
                   if(model IS NULL, NULL, 50 + hash(i + 1) % 400),
                   if(model IS NULL OR model = ?, NULL, (hash(i + 2) % 1000) / 100000.0),
                   if(model IS NULL, NULL, 200 + hash(i + 3) % 900),
                   if(model IS NULL, NULL, 1500 + hash(i + 4) % 9000),
                   ?::TIMESTAMP + to_seconds((?::DOUBLE * i / ?)::BIGINT), ?::TIMESTAMP, 1
               FROM (
                   SELECT i, if(i % 2 = 0, NULL, list_extract(?::VARCHAR[], 1 + (hash(i) % ?)::INTEGER)) AS model
                   FROM range(?) r(i)
               )""",
            (ids, len(ids), MODELS[-1], start, days * 86_400, messages, now, list(MODELS), len(MODELS), messages),
        )
    )
    database.write(
        lambda tx: tx.execute(
            """INSERT INTO calls (id, owner_id, experience_id, message_id, purpose, provider, model, attempt, ended,
                   error, input_tokens, output_tokens, cost_usd, first_token_ms, total_ms, created_at)
               SELECT uuidv7(), 'me', experience_id, id, 'question', provider, model, 1,
                   if(hash(id) % 20 = 0, 'failed', 'complete'), if(hash(id) % 20 = 0, 'provider_unavailable', NULL),
                   input_tokens, output_tokens, cost_usd, first_token_ms, total_ms, created_at
               FROM messages WHERE author = 'assistant'"""
        )
    )
    database.close()
