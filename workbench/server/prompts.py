"""`/prompts`."""

from typing import Annotated, Literal, cast

from fastapi import APIRouter, Query, Response

from workbench.insights.records import VersionFigures
from workbench.prompts.records import (
    Linted,
    Prompt,
    PromptChanges,
    PromptDifference,
    PromptPreview,
    PromptTemplate,
    PromptVersion,
    Rendered,
    Variable,
)
from workbench.server.answers import record
from workbench.server.opened import OpenServices
from workbench.server.schemas import (
    NewPrompt,
    PromptChange,
    PromptDuplicate,
    PromptToFill,
    PromptToLint,
    PromptToPreview,
    PromptVariable,
    RollBack,
    text_id,
)

router = APIRouter(prefix="/prompts", tags=["prompts"])
_Asked = Annotated[str | None, Query(max_length=1000)]


@router.get("", response_model=list[Prompt])
def list_prompts(
    open_: OpenServices,
    state: Literal["active", "trashed", "all"] = "active",
    folder: _Asked = None,
    tag: _Asked = None,
    words: _Asked = None,
) -> Response:
    """The prompts in a state, by folder and title; of a folder, those in its folders are, too."""
    wanted = None if state == "all" else state
    return record(open_.prompts.list(wanted, folder=folder, tag=tag, words=words or ""))


@router.get("/templates", response_model=list[PromptTemplate])
def templates(open_: OpenServices) -> Response:
    """The prompts that are shipped, by title."""
    return record(open_.prompts.templates())


@router.post("/lint", response_model=Linted)
def lint(open_: OpenServices, body: PromptToLint) -> Response:
    """What is to be said of a prompt while it is written; nothing is kept."""
    window = None if body.model is None else open_.models.get(body.model).context_tokens
    return record(open_.prompts.lint(body.text, _variables(body.variables), name=body.name, window_tokens=window))


@router.post("/preview", response_model=PromptPreview)
def preview(open_: OpenServices, body: PromptToPreview) -> Response:
    """What a prompt would become while it is written; nothing is kept."""
    return record(open_.prompts.preview(body.text, _variables(body.variables), body.values, name=body.name))


@router.post("", response_model=Prompt, status_code=201)
def create(open_: OpenServices, body: NewPrompt) -> Response:
    """Make a prompt, from a template or from nothing; repeating it with the same id changes nothing."""
    made = open_.prompts.create(
        body.name,
        title=body.title,
        folder=body.folder,
        tags=body.tags,
        description=body.description,
        text=body.text,
        variables=None if body.variables is None else _variables(body.variables),
        use=body.use,
        template=body.template,
        id=text_id(body.id),
    )
    return record(made, status=201)


@router.get("/{prompt_id}", response_model=Prompt)
def get(open_: OpenServices, prompt_id: str) -> Response:
    """One prompt, by its id or its name."""
    return record(open_.prompts.get(prompt_id))


@router.patch("/{prompt_id}", response_model=Prompt)
def update(open_: OpenServices, prompt_id: str, body: PromptChange) -> Response:
    """Change the fields that are given; with `revision`, only if nobody else has changed it since."""
    given = body.model_dump(exclude_unset=True, exclude={"revision", "note", "variables"})
    if "variables" in body.model_fields_set:
        given["variables"] = _variables(body.variables)
    found = open_.prompts.update(prompt_id, cast(PromptChanges, given), note=body.note, revision=body.revision)
    return record(found)


@router.get("/{prompt_id}/variables", response_model=list[Variable])
def variables(open_: OpenServices, prompt_id: str) -> Response:
    """What a prompt asks for, with what the prompts that it includes ask for."""
    return record(open_.prompts.asked(prompt_id))


@router.post("/{prompt_id}/render", response_model=Rendered)
def render(open_: OpenServices, prompt_id: str, body: PromptToFill) -> Response:
    """A prompt (its id or its name) with its variables filled in; nothing is kept."""
    return record(open_.prompts.render(prompt_id, body.values))


@router.get("/{prompt_id}/versions", response_model=list[PromptVersion])
def versions(open_: OpenServices, prompt_id: str) -> Response:
    """All that it has been, the latest first."""
    return record(open_.prompts.versions(prompt_id))


@router.get("/{prompt_id}/difference", response_model=PromptDifference)
def difference(open_: OpenServices, prompt_id: str, before: int, after: int) -> Response:
    """What is different between two of its versions."""
    return record(open_.prompts.difference(prompt_id, before, after))


@router.post("/{prompt_id}/roll-back", response_model=Prompt)
def roll_back(open_: OpenServices, prompt_id: str, body: RollBack) -> Response:
    """Make it what it was in an earlier version, as its next one."""
    return record(open_.prompts.roll_back(prompt_id, body.version, revision=body.revision))


@router.post("/{prompt_id}/duplicate", response_model=Prompt, status_code=201)
def duplicate(open_: OpenServices, prompt_id: str, body: PromptDuplicate) -> Response:
    """Make another with the same content; repeating it with the same id changes nothing."""
    return record(open_.prompts.duplicate(prompt_id, new=text_id(body.id)), status=201)


@router.get("/{prompt_id}/figures", response_model=list[VersionFigures])
def figures(open_: OpenServices, prompt_id: str) -> Response:
    """How the replies were that each version shaped as a system prompt, the latest first."""
    return record(open_.shapes.figures("prompt", open_.prompts.get(prompt_id).id))


@router.delete("/{prompt_id}", response_model=Prompt)
def delete(open_: OpenServices, prompt_id: str) -> Response:
    """Move it to the trash: nothing uses it from now on."""
    return record(open_.prompts.delete(prompt_id))


@router.post("/{prompt_id}/restore", response_model=Prompt)
def restore(open_: OpenServices, prompt_id: str) -> Response:
    """Take it out of the trash."""
    return record(open_.prompts.restore(prompt_id))


def _variables(given: tuple[PromptVariable, ...]) -> tuple[Variable, ...]:
    return tuple(each.record() for each in given)
