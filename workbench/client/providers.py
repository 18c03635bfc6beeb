"""Providers, from outside the owner."""

from collections.abc import Sequence
from typing import Unpack
from urllib.parse import quote

from workbench.client.transport import Transport
from workbench.providers.formats import WireFormat
from workbench.providers.records import FoundServer, Listing, Model, Provider, ProviderChanges
from workbench.providers.services import Service
from workbench.shown import Records


class Providers:
    """What serves a home's models."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self) -> Records[Provider]:
        """The engine on this machine, then the remote providers by name."""
        found = self._transport.get("/providers", tuple[Provider, ...])
        return Records(found, "Providers", ("name", "kind", "base_url", "verified", "enabled", "key_hint", "key_env"))

    def found(self) -> Records[FoundServer]:
        """The servers of models on this machine that answer at the usual ports, and as which provider each is added."""
        found = self._transport.get("/providers/found", tuple[FoundServer, ...])
        return Records(found, "Found on this machine", ("name", "base_url", "models", "provider"))

    def known(self) -> Records[Service]:
        """The providers that everybody knows: the name of one is enough, and its address where that is your own."""
        found = self._transport.get("/providers/known", tuple[Service, ...])
        return Records(found, "Known providers", ("name", "title", "kind", "base_url", "verified"))

    def models(self, name: str) -> Listing:
        """What a provider says it has, asked for now. Raises the error that a question would meet."""
        return self._transport.get(f"{_path(name)}/models", Listing)

    def add_models(self, name: str, models: Sequence[str]) -> Records[Model]:
        """Add models from a provider's own list, by their names there, with the limits that it says of them.

        Raises the error that a question would meet, and InvalidInputError for one that the list does not have.
        """
        found = self._transport.post(f"{_path(name)}/models", tuple[Model, ...], {"names": list(models)})
        return Records(found, "Models", ("id", "kind", "context_tokens", "available"))

    def add(
        self,
        name: str,
        *,
        base_url: str | None = None,
        kind: WireFormat | None = None,
        route: str | None = None,
        api_key: str | None = None,
        key_env: str | None = None,
        headers: dict[str, str] | None = None,
        proxy: str | None = None,
        connect_s: float | None = None,
        first_token_s: float | None = None,
        between_tokens_s: float | None = None,
    ) -> Provider:
        """Add a provider; its models come later, with `models.add_remote`.

        `base_url` and `kind` can be left out as there. `route` is litellm's name for a provider that litellm's own
        stream is to read; its replies are not verified. `key_env` names the environment variable that the key is read
        from whenever it is needed, in place of keeping one. `headers` are sent with each request; their values are
        kept as keys are. Raises InvalidInputError, NameTakenError.
        """
        body = {
            "name": name,
            "base_url": base_url,
            "kind": kind,
            "route": route,
            "api_key": api_key,
            "key_env": key_env,
            "headers": headers or {},
            "proxy": proxy,
            "connect_s": connect_s,
            "first_token_s": first_token_s,
            "between_tokens_s": between_tokens_s,
        }
        return self._transport.post("/providers", Provider, body)

    def update(self, name: str, *, revision: int | None = None, **changes: Unpack[ProviderChanges]) -> Provider:
        """The provider with those settings changed; a header whose value is None is taken away.

        Raises ConflictError if `revision` is given and is not the present one, InvalidInputError, NotFoundError.
        """
        body = {**changes, "revision": revision}
        return self._transport.call("PATCH", _path(name), Provider, body=body)

    def enable(self, name: str) -> Provider:
        """Let its models be asked."""
        return self.update(name, enabled=True)

    def disable(self, name: str) -> Provider:
        """Send nothing there any more; nothing is lost."""
        return self.update(name, enabled=False)

    def remove(self, name: str) -> None:
        """Remove a provider with its models, its key and its headers; replies keep the names of the models."""
        self._transport.call("DELETE", _path(name), dict[str, str])

    def set_default(self, name: str) -> Model:
        """Ask this provider where no model is named: the default model, if it is one of its, else its first usable one.

        Raises ModelMissingError if it has none, ProviderDisabledError.
        """
        return self._transport.call("PUT", f"{_path(name)}/default", Model)

    def set_key(self, name: str, api_key: str) -> Provider:
        """Keep this key in place of any before; it goes into the keyring. Raises InvalidInputError."""
        return self._transport.call("PUT", f"{_path(name)}/key", Provider, body={"api_key": api_key})

    def borrow_key(self, name: str, variable: str) -> Provider:
        """Read the key from an environment variable of the owner's whenever it is needed, and keep none."""
        return self._transport.call("PUT", f"{_path(name)}/key", Provider, body={"key_env": variable})

    def remove_key(self, name: str) -> Provider:
        """Forget the key, or where it is read; the provider and its models stay."""
        return self._transport.call("DELETE", f"{_path(name)}/key", Provider)


def _path(name: str) -> str:
    return f"/providers/{quote(name, safe='')}"
