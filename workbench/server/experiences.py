"""`/experiences`."""

from typing import Literal, cast

from fastapi import APIRouter, Response

from workbench.experiences.records import Experience, ExperienceChanges
from workbench.server.answers import record
from workbench.server.opened import OpenServices
from workbench.server.schemas import ExperienceChange, NewExperience, text_id
from workbench.server.scopes import within

router = APIRouter(prefix="/experiences", tags=["experiences"])


@router.get("", response_model=list[Experience])
def list_experiences(
    open_: OpenServices, state: Literal["active", "archived", "trashed", "all"] = "active"
) -> Response:
    """The Experiences in a state, the one changed last first; an agent sees its own one."""
    found = open_.experiences.list(None if state == "all" else state)
    own = within(None)
    return record([one for one in found if own in (None, one.id)])


@router.post("", response_model=Experience, status_code=201)
def create(open_: OpenServices, body: NewExperience) -> Response:
    """Create an Experience; repeating it with the same id changes nothing."""
    shaped = {"personality": text_id(body.personality), "prompt": text_id(body.prompt)}
    open_.shaping.checked(cast(ExperienceChanges, {**shaped, "prompt_values": body.prompt_values}))
    made = open_.experiences.create(
        body.name,
        description=body.description,
        category=body.category,
        privacy=body.privacy,
        model=body.model,
        fallbacks=body.fallbacks,
        temperature=body.temperature,
        max_output_tokens=body.max_output_tokens,
        **shaped,
        prompt_values=body.prompt_values,
        id=text_id(body.id),
    )
    return record(made, status=201)


@router.get("/{experience_id}", response_model=Experience)
def get(open_: OpenServices, experience_id: str) -> Response:
    """One Experience."""
    return record(open_.experiences.get(experience_id))


@router.patch("/{experience_id}", response_model=Experience)
def update(open_: OpenServices, experience_id: str, body: ExperienceChange) -> Response:
    """Change the fields that are given; with `revision`, only if nobody else has changed it since."""
    given = body.model_dump(exclude_unset=True, exclude={"revision"})
    given |= {name: text_id(given[name]) for name in ("personality", "prompt") if name in given}
    changes = open_.shaping.checked(cast(ExperienceChanges, given), open_.experiences.get(experience_id))
    return record(open_.experiences.update(experience_id, changes, revision=body.revision))


@router.delete("/{experience_id}", response_model=Experience)
def delete(open_: OpenServices, experience_id: str) -> Response:
    """Move it to the trash."""
    return record(open_.experiences.delete(experience_id))


@router.post("/{experience_id}/archive", response_model=Experience)
def archive(open_: OpenServices, experience_id: str) -> Response:
    """Put it out of the way."""
    return record(open_.experiences.archive(experience_id))


@router.post("/{experience_id}/unarchive", response_model=Experience)
def unarchive(open_: OpenServices, experience_id: str) -> Response:
    """Bring it back from the archive."""
    return record(open_.experiences.unarchive(experience_id))


@router.post("/{experience_id}/restore", response_model=Experience)
def restore(open_: OpenServices, experience_id: str) -> Response:
    """Take it out of the trash."""
    return record(open_.experiences.restore(experience_id))
