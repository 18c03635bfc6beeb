"""The personalities that are shipped: one TOML file for each, in data/personalities."""

import tomllib
from functools import cache
from pathlib import Path

import msgspec

from workbench.config import shipped
from workbench.errors import NotFoundError
from workbench.personalities.instruction import render
from workbench.personalities.records import Character, PersonalityTemplate


@cache
def shipped_templates() -> tuple[PersonalityTemplate, ...]:
    """Those that are shipped, by title."""
    found = (_read(path) for path in (shipped("data") / "personalities").glob("*.toml"))
    return tuple(sorted(found, key=lambda each: each.title))


def find(name: str) -> PersonalityTemplate:
    """The template of that name. Raises NotFoundError."""
    for found in shipped_templates():
        if found.name == name:
            return found
    raise NotFoundError(
        f"There is no template {name[:60]!r}.", remedy="`workbench personalities templates` shows those there are."
    )


def _read(path: Path) -> PersonalityTemplate:
    content = tomllib.loads(path.read_text("utf-8"))
    character = msgspec.convert(content["character"], type=Character, strict=True)
    return PersonalityTemplate(
        name=path.stem,
        title=content["title"],
        description=content["description"],
        character=character,
        instruction=render(character),
        samples=tuple(content["samples"]),
    )
