"""The formats that are not read here: providers that are asked by litellm's own streams, under litellm's names.

A list of ours, so that adding a provider or choosing one never loads litellm. What such a provider answers is marked as
not verified: litellm calls a reply that was cut complete.
"""

import re
from dataclasses import dataclass

from workbench.errors import InvalidInputError

_REGION = re.compile(r"bedrock-runtime(?:-fips)?\.([a-z0-9-]+)\.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """How litellm is told to ask a provider."""

    name: str
    """litellm's for the provider."""
    path: str = ""
    """What comes behind a base URL for litellm to find the chat API."""
    model_prefix: str = ""
    """What comes before a model's name for litellm to use the format that all models of the provider have."""
    key_prefix: str = ""
    """What begins a key that litellm is to tell from another kind; it is no part of what is sent."""
    needs_key: bool = True


ROUTES = {
    route.name: route
    for route in (
        Route(name="azure_ai"),
        Route(name="bedrock", model_prefix="converse/"),
        Route(name="cloudflare"),
        Route(name="cohere_chat", path="/v2/chat"),
        Route(name="databricks"),
        Route(name="ollama_chat", needs_key=False),
        Route(name="snowflake", key_prefix="pat/"),
    )
}
_CLOUD_KEYS = "it signs in otherwise than with a key"
_UNUSABLE = {
    "azure": "Azure OpenAI speaks OpenAI's format: leave out the route, and give https://NAME.openai.azure.com/openai/v1",
    "bytez": "it does not keep to the base URL",
    "gigachat": "it fetches a token by itself",
    "maritalk": "it sends the question past the Workbench",
    "nlp_cloud": "it sends the question past the Workbench",
    "oci": _CLOUD_KEYS,
    "replicate": "litellm keeps to no base URL there, and asks for the reply again and again instead of streaming it",
    "sagemaker": _CLOUD_KEYS,
    "sagemaker_chat": _CLOUD_KEYS,
    "sagemaker_nova": _CLOUD_KEYS,
    "sap": _CLOUD_KEYS,
    "vertex_ai": "it needs Google's own modules, and signs in otherwise than with a key",
    "vertex_ai_beta": "it needs Google's own modules, and signs in otherwise than with a key",
    "watsonx": "it fetches a token by itself",
    "watsonx_text": "it fetches a token by itself",
}
"""Why some that litellm has cannot be used."""
_ENDS = ("/chat/completions", "/v2/chat", "/v2", "/api/chat", "/api")
"""What people paste along with a base URL, and is not part of it."""


def named(name: str) -> Route:
    """The route of that name. Raises InvalidInputError, which says why where it is known."""
    route = ROUTES.get(name.strip().lower())
    if route is not None:
        return route
    why = _UNUSABLE.get(name.strip().lower())
    raise InvalidInputError(
        f"The route {name[:50]!r} cannot be used: {why}." if why else f"There is no route {name[:50]!r}.",
        remedy=f"There are these: {', '.join(ROUTES)}. A server that speaks OpenAI's format needs none.",
    )


def base_path(route: str, path: str) -> str:
    """The path of a base URL, of what was given for one."""
    path = path.rstrip("/")
    ends = _ENDS if ROUTES[route].path or not ROUTES[route].needs_key else _ENDS[:1]
    for end in ends:
        path = path.removesuffix(end).rstrip("/")
    return path


def region(base_url: str) -> str:
    """The region in an address of Amazon's; litellm wants one whatever the address is."""
    found = _REGION.search(base_url)
    return found[1] if found else "us-east-1"
