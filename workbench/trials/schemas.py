"""JSON schemas: the only door to jsonschema, loaded where a schema is first looked at. Nothing is ever fetched."""

import json
from typing import Any

# It has no stubs of its own.
import jsonschema  # type: ignore[import-untyped]
import referencing
from jsonschema.exceptions import SchemaError, best_match  # type: ignore[import-untyped]
from referencing.exceptions import Unresolvable

from workbench.errors import InvalidInputError

LONGEST_SCHEMA = 20_000


Schema = dict[str, Any] | bool


def checked(text: str) -> Schema:
    """A schema (draft 2020-12, or what its `$schema` says). Raises InvalidInputError.

    Patterns in it run in Python's own engine, which can take for ever, so a schema with any is refused.
    """
    if len(text) > LONGEST_SCHEMA:
        raise InvalidInputError(
            f"A JSON schema may have {LONGEST_SCHEMA:,} characters; this has {len(text):,}.", remedy="Shorten it."
        )
    try:
        schema = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidInputError(f"The schema is no JSON: {error}.", remedy="Write it as a JSON object.") from error
    if not isinstance(schema, dict | bool):
        raise InvalidInputError("A JSON schema is an object.", remedy='Write it as in {"type": "object"}.')
    if _has_pattern(schema):
        raise InvalidInputError(
            "Patterns inside of a JSON schema are not supported.", remedy="Add an assertion that `matches` instead."
        )
    try:
        jsonschema.validators.validator_for(schema, jsonschema.Draft202012Validator).check_schema(schema)
    except (SchemaError, RecursionError) as error:
        said = error.message if isinstance(error, SchemaError) else "it is nested too deeply"
        raise InvalidInputError(f"This is no JSON schema: {said[:200]}.", remedy="Correct the schema.") from error
    return schema


def fault(schema: Schema, value: object) -> str:
    """What is wrong with a value, in a sentence without a full stop; empty: nothing."""
    kind = jsonschema.validators.validator_for(schema, jsonschema.Draft202012Validator)
    validator = kind(schema, registry=referencing.Registry())
    try:
        found = best_match(validator.iter_errors(value))
    except (Unresolvable, RecursionError):
        return "the schema refers to something that is not in it"
    if found is None:
        return ""
    return f"at {found.json_path}: {found.message[:200]}"


def _has_pattern(schema: object) -> bool:
    if isinstance(schema, dict):
        return (
            isinstance(schema.get("pattern"), str)
            or isinstance(schema.get("patternProperties"), dict)
            or any(_has_pattern(value) for value in schema.values())
        )
    return isinstance(schema, list) and any(map(_has_pattern, schema))
