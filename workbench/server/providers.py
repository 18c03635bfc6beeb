"""`/providers`."""

import asyncio
from typing import cast

from fastapi import APIRouter, Response

from workbench.errors import InvalidInputError
from workbench.providers import listing
from workbench.providers.records import FoundServer, Listing, Model, Provider, ProviderChanges
from workbench.providers.services import SERVICES, Service
from workbench.server.answers import record
from workbench.server.opened import OpenServices
from workbench.server.schemas import ListedModels, NewProvider, ProviderChange, ProviderKey

router = APIRouter(prefix="/providers", tags=["providers"])
_BESIDE = {"name", "base_url", "kind", "route", "api_key", "key_env"}


@router.get("", response_model=list[Provider])
def list_providers(open_: OpenServices) -> Response:
    """What serves models: the engine on this machine, then the remote ones by name."""
    return record(open_.providers.list())


@router.post("", response_model=Provider, status_code=201)
def add(open_: OpenServices, body: NewProvider) -> Response:
    """Add a provider; its key and the values of its headers go into the keyring or the vault."""
    changes = cast(ProviderChanges, body.model_dump(exclude_unset=True, exclude=_BESIDE))
    made = open_.providers.add(
        body.name,
        body.base_url,
        body.api_key,
        wire=body.kind,
        route=body.route,
        key_env=body.key_env,
        changes=changes,
    )
    return record(made, status=201)


@router.get("/found", response_model=list[FoundServer])
async def found(open_: OpenServices) -> Response:
    """The servers of models on this machine that answer at the usual ports, and as what they have been added."""
    return record(await listing.found(await asyncio.to_thread(open_.providers.list)))


@router.get("/known", response_model=list[Service])
def known() -> Response:
    """The providers that everybody knows: the name of one is enough, and its address where that is your own."""
    return record(tuple(SERVICES.values()))


@router.get("/{name}/models", response_model=Listing)
async def models(open_: OpenServices, name: str) -> Response:
    """The provider's own list of models, asked for now."""
    return record(await _listing(open_, name))


@router.post("/{name}/models", response_model=list[Model], status_code=201)
async def add_models(open_: OpenServices, name: str, body: ListedModels) -> Response:
    """Add models from the provider's own list, which is asked for now, with the limits that it says of them."""
    listed = await _listing(open_, name)
    return record(await asyncio.to_thread(open_.models.add_listed, listed, body.names), status=201)


@router.patch("/{name}", response_model=Provider)
def update(open_: OpenServices, name: str, body: ProviderChange) -> Response:
    """Change the settings that are given; with `revision`, only if nobody else has changed them since."""
    changes = cast(ProviderChanges, body.model_dump(exclude_unset=True, exclude={"revision"}))
    return record(open_.providers.update(name, changes, revision=body.revision))


@router.delete("/{name}")
def remove(open_: OpenServices, name: str) -> Response:
    """Remove a provider with its models, its key and its headers; replies keep the names of the models."""
    open_.providers.remove(name)
    return record({})


@router.put("/{name}/key", response_model=Provider)
def set_key(open_: OpenServices, name: str, body: ProviderKey) -> Response:
    """Keep this key in place of any before, or read it from an environment variable from now on."""
    if body.api_key is not None and body.key_env is None:
        return record(open_.providers.set_key(name, body.api_key))
    if body.key_env is not None and body.api_key is None:
        return record(open_.providers.borrow_key(name, body.key_env))
    raise InvalidInputError("A key is given, or a variable to read it from.", remedy="Give one of the two.")


@router.delete("/{name}/key", response_model=Provider)
def remove_key(open_: OpenServices, name: str) -> Response:
    """Forget the key, or where it is read; the provider and its models stay."""
    return record(open_.providers.remove_key(name))


@router.put("/{name}/default", response_model=Model)
def set_default(open_: OpenServices, name: str) -> Response:
    """Ask this provider where no model is named: the default model, if it is one of its, else its first usable one."""
    return record(open_.models.set_default_provider(name))


async def _listing(open_: OpenServices, name: str) -> Listing:
    endpoint = await asyncio.to_thread(open_.providers.endpoint, name)
    known = await asyncio.to_thread(open_.models.list)
    return await listing.models_of(endpoint, [each.name for each in known if each.provider == name])
