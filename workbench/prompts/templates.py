"""The prompts that are shipped: one TOML file for each, in data/prompts."""

import tomllib
from functools import cache
from pathlib import Path

import msgspec

from workbench.config import shipped
from workbench.errors import NotFoundError
from workbench.prompts.records import PromptTemplate, Variable


@cache
def shipped_templates() -> tuple[PromptTemplate, ...]:
    """Those that are shipped, by title."""
    found = (_read(path) for path in (shipped("data") / "prompts").glob("*.toml"))
    return tuple(sorted(found, key=lambda each: each.title))


def find(name: str) -> PromptTemplate:
    """The template of that name. Raises NotFoundError."""
    for found in shipped_templates():
        if found.name == name:
            return found
    raise NotFoundError(
        f"There is no template {name[:60]!r}.", remedy="`workbench prompts templates` shows those there are."
    )


def _read(path: Path) -> PromptTemplate:
    content = tomllib.loads(path.read_text("utf-8"))
    return PromptTemplate(
        name=path.stem,
        title=content["title"],
        folder=content["folder"],
        tags=tuple(content["tags"]),
        description=content["description"],
        text=content["text"].strip(),
        variables=msgspec.convert(content["variables"], type=tuple[Variable, ...], strict=True),
        use=content["use"],
        example=content["example"],
    )
