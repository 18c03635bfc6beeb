"""`/models`."""

import asyncio

from fastapi import APIRouter, Response

from workbench.providers import checks
from workbench.providers.records import Check, Download, Measured, Model, Suggestion
from workbench.server.answers import record
from workbench.server.opened import OpenServices
from workbench.server.schemas import ModelChoice, ModelCorrection, ModelFile, ModelQuestion, RemoteModel, text_id

router = APIRouter(prefix="/models", tags=["models"])


@router.get("", response_model=list[Model])
def list_models(open_: OpenServices) -> Response:
    """Every model that has been set up."""
    return record(open_.models.list())


@router.get("/default", response_model=Model)
def default(open_: OpenServices) -> Response:
    """The model asked where nothing else is chosen."""
    return record(open_.models.resolve(None))


@router.put("/default", response_model=Model)
def set_default(open_: OpenServices, body: ModelChoice) -> Response:
    """Ask this model where nothing else is chosen."""
    return record(open_.models.set_default(body.id))


@router.get("/demo", response_model=Download)
def demo(open_: OpenServices) -> Response:
    """How far the demo model is."""
    return record(open_.models.demo())


@router.post("/demo", response_model=Download)
def add_demo(open_: OpenServices) -> Response:
    """Start fetching the demo model, or go on where it stopped."""
    return record(open_.models.start_demo())


@router.post("/demo/cancel", response_model=Download)
def cancel_demo(open_: OpenServices) -> Response:
    """Stop fetching the demo model; what has arrived is used the next time."""
    return record(open_.models.cancel_demo())


@router.post("/files", response_model=Model, status_code=201)
def add_file(open_: OpenServices, body: ModelFile) -> Response:
    """Add a GGUF file; it stays where it is."""
    return record(open_.models.add_file(body.path), status=201)


@router.post("/remote", response_model=Model, status_code=201)
def add_remote(open_: OpenServices, body: RemoteModel) -> Response:
    """Add a model of a server; its key goes into the keyring or the vault."""
    made = open_.models.add_remote(
        body.provider, body.base_url, body.name, body.api_key, wire=body.kind, sees=body.sees
    )
    return record(made, status=201)


@router.get("/measured", response_model=list[Measured])
def measured(open_: OpenServices) -> Response:
    """How each model has done for you over the last 30 days: speed, failures, cost."""
    return record(open_.measurements.read())


@router.post("/suggestion", response_model=Suggestion)
def suggest(open_: OpenServices, body: ModelQuestion) -> Response:
    """Which model suits a question best, by stated rules, and why; nothing is changed."""
    conversation_id = text_id(body.conversation_id)
    advice = open_.advice.suggest(body.text, conversation_id=conversation_id, pictures=body.pictures, pdfs=body.pdfs)
    return record(advice)


@router.post("/check", response_model=Check)
async def check(open_: OpenServices, body: ModelChoice) -> Response:
    """Try a model: it is asked for one word. The answer is the error of the first question where it does not work."""
    model = await asyncio.to_thread(open_.models.resolve, body.id)
    return record(await checks.check(open_.ledger, model))


@router.get("/{model_id:path}", response_model=Model)
def show(open_: OpenServices, model_id: str) -> Response:
    """What is known of one model."""
    return record(open_.models.get(model_id))


@router.patch("/{model_id:path}", response_model=Model)
def correct(open_: OpenServices, model_id: str, body: ModelCorrection) -> Response:
    """Say of a model what is not as it is known; null takes back what you said. Prices count from now on."""
    return record(open_.models.correct(model_id, body.model_dump(exclude_unset=True)))


@router.delete("/{model_id:path}")
def remove(open_: OpenServices, model_id: str) -> Response:
    """Forget a model; replies it gave keep its name."""
    open_.models.remove(model_id)
    return record({})
