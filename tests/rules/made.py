"""Rules made for tests."""

from datetime import UTC, datetime

from workbench.rules.records import Action, Kind, Rule


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
