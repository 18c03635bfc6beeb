"""`/personalities`."""

from typing import Any, Literal, cast

from fastapi import APIRouter, Response

from workbench.insights.records import VersionFigures
from workbench.personalities.records import (
    CharacterChanges,
    Exchange,
    Personality,
    PersonalityDifference,
    PersonalityTemplate,
    PersonalityVersion,
)
from workbench.server.answers import record
from workbench.server.opened import OpenServices
from workbench.server.schemas import Character, NewPersonality, PersonalityChange, RenderedText, RollBack, text_id

router = APIRouter(prefix="/personalities", tags=["personalities"])


@router.get("", response_model=list[Personality])
def list_personalities(open_: OpenServices, state: Literal["active", "trashed", "all"] = "active") -> Response:
    """The personalities in a state, by name."""
    return record(open_.personalities.list(None if state == "all" else state))


@router.get("/templates", response_model=list[PersonalityTemplate])
def templates(open_: OpenServices) -> Response:
    """The personalities that are shipped, by title."""
    return record(open_.personalities.templates())


@router.post("/render", response_model=RenderedText)
def render(open_: OpenServices, body: Character) -> Response:
    """A character in words, as a model would be told it; nothing is kept."""
    return record({"text": open_.personalities.render(changed(body))})


@router.post("", response_model=Personality, status_code=201)
def create(open_: OpenServices, body: NewPersonality) -> Response:
    """Make a personality, from a template or from nothing; repeating it with the same id changes nothing."""
    made = open_.personalities.create(
        body.name,
        description=body.description,
        character=changed(body.character),
        template=body.template,
        id=text_id(body.id),
    )
    return record(made, status=201)


@router.get("/{personality_id}", response_model=Personality)
def get(open_: OpenServices, personality_id: str) -> Response:
    """One personality."""
    return record(open_.personalities.get(personality_id))


@router.patch("/{personality_id}", response_model=Personality)
def update(open_: OpenServices, personality_id: str, body: PersonalityChange) -> Response:
    """Change the fields that are given, as its next version; with `revision`, only if nobody else has changed it."""
    found = open_.personalities.update(
        personality_id,
        name=body.name,
        description=body.description,
        character=changed(body.character),
        note=body.note,
        revision=body.revision,
    )
    return record(found)


@router.get("/{personality_id}/versions", response_model=list[PersonalityVersion])
def versions(open_: OpenServices, personality_id: str) -> Response:
    """All that it has been, the latest first."""
    return record(open_.personalities.versions(personality_id))


@router.get("/{personality_id}/difference", response_model=PersonalityDifference)
def difference(open_: OpenServices, personality_id: str, before: int, after: int) -> Response:
    """What is different between two of its versions."""
    return record(open_.personalities.difference(personality_id, before, after))


@router.post("/{personality_id}/roll-back", response_model=Personality)
def roll_back(open_: OpenServices, personality_id: str, body: RollBack) -> Response:
    """Make it what it was in an earlier version, as its next one."""
    return record(open_.personalities.roll_back(personality_id, body.version, revision=body.revision))


@router.get("/{personality_id}/figures", response_model=list[VersionFigures])
def figures(open_: OpenServices, personality_id: str) -> Response:
    """How the replies were that each version shaped, the latest first."""
    return record(open_.shapes.figures("personality", open_.personalities.get(personality_id).id))


@router.delete("/{personality_id}", response_model=Personality)
def delete(open_: OpenServices, personality_id: str) -> Response:
    """Move it to the trash: it shapes nothing from now on."""
    return record(open_.personalities.delete(personality_id))


@router.post("/{personality_id}/restore", response_model=Personality)
def restore(open_: OpenServices, personality_id: str) -> Response:
    """Take it out of the trash."""
    return record(open_.personalities.restore(personality_id))


def changed(body: Character) -> CharacterChanges:
    """The fields of a character that are given."""
    given: dict[str, Any] = body.model_dump(exclude_unset=True)
    if "examples" in given:
        given["examples"] = tuple(Exchange(**each) for each in given["examples"])
    return cast(CharacterChanges, given)
