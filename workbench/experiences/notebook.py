"""What a notebook says of the Experience it belongs to: `{"workbench": {"experience": "<id>"}}` in its metadata."""

import json


def experience_of(notebook: str) -> str | None:
    """The id of the Experience that a notebook, given as JSON, says it belongs to."""
    try:
        found = json.loads(notebook)["metadata"]["workbench"]["experience"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return found if isinstance(found, str) else None
