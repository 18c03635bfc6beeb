"""The providers that everybody knows, beside what litellm knows of them."""

from typing import Any

import pytest

from workbench.providers import catalogue, facts, formats, library, services
from workbench.providers.endpoints import wire_format
from workbench.providers.services import SERVICES

OURS = ("openai", "anthropic", "gemini", "openrouter")
"""Of these litellm names no address offline."""
ELSEWHERE = {"deepseek", "together"}
"""litellm has another address of theirs: of features in trial, and a newer name of the same."""


READ_HERE = [service for service in SERVICES.values() if service.verified]


@pytest.fixture(scope="module")
def litellm() -> Any:
    return library.load()


def _address(litellm: Any, name: str) -> str:
    """Where litellm sends a chat request for this provider."""
    provider = litellm.LlmProviders(name) if name in set(litellm.LlmProviders) else None
    _, _, _, base_url = litellm.get_llm_provider(model=f"{name}/m", api_key="k")
    config = provider and litellm.utils.ProviderConfigManager.get_provider_chat_config("m", provider)
    if config is None:
        return f"{base_url.rstrip('/')}/chat/completions"
    address: str = config.get_complete_url(
        api_base=base_url.rstrip("/") if base_url else None,
        api_key="k",
        model="m",
        optional_params={},
        litellm_params={},
        stream=True,
    )
    return address


@pytest.mark.parametrize("name", [service.name for service in READ_HERE if service.name not in OURS])
def test_a_service_is_where_litellm_finds_it(litellm: Any, name: str) -> None:
    ours = formats.url("openai", SERVICES[name].base_url or "", "m")
    found = _address(litellm, services.litellm_name(name))
    assert (found == ours) is (name not in ELSEWHERE), found


@pytest.mark.parametrize("service", READ_HERE, ids=lambda service: service.name)
def test_the_name_of_a_service_is_enough_to_add_it(service: services.Service) -> None:
    server = catalogue.server(catalogue.clean_provider(service.name), None, None)
    assert (
        (server.base_url, server.wire)
        == (service.base_url, service.kind)
        == (server.base_url, wire_format(server.base_url))
    )
    assert services.at(service.base_url) == service
    assert service.title


def test_models_of_a_service_are_found_under_what_litellm_calls_it() -> None:
    together, fireworks = SERVICES["together"].base_url, SERVICES["fireworks"].base_url
    assert facts.prices("deepseek-ai/DeepSeek-V3", together)
    assert facts.known("accounts/fireworks/models/deepseek-v3", fireworks).context_tokens


@pytest.mark.parametrize("service", [one for one in SERVICES.values() if not one.verified], ids=lambda one: one.name)
def test_a_service_that_litellm_reads_is_added_by_its_name_and_its_address(service: services.Service) -> None:
    address = service.base_url or service.url_example
    server = catalogue.server(catalogue.clean_provider(service.name), None if service.base_url else address, None)
    assert (server.base_url.lower(), server.route, server.kind) == (address.lower(), service.route, "litellm")
    assert catalogue.server(service.name, address, "openai").route is None
