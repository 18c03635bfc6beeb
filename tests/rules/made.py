"""Rules made for tests."""

from datetime import UTC, datetime

from workbench.conversations.service import Conversations
from workbench.experiences.service import Experiences
from workbench.rules.records import Action, Kind, Rule
from workbench.rules.service import Rules
from workbench.storage.database import Database


def rule(kind: Kind, action: Action = "redact", *, id: str | None = None, **given) -> Rule:
    at = datetime(2026, 11, 1, tzinfo=UTC)
    return Rule(
        **{
            "id": id or f"{kind}-{action}",
            "name": f"{kind} rule",
            "kind": kind,
            "action": action,
            "created_at": at,
            "updated_at": at,
            "revision": 1,
            **given,
        }
    )


def rules_of(database: Database, experiences: Experiences, conversations: Conversations) -> Rules:
    """The rules of a store, as the owner builds them."""
    return Rules(
        database,
        experience=experiences.get,
        experience_of=lambda id: conversations.get(id).experience_id,
        put_back=conversations.put_back,
        on_change=lambda *_, **__: None,
    )
