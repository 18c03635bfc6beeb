"""The remote providers of a home: what is set of them, and their keys."""

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Protocol

from workbench.errors import (
    InvalidInputError,
    KeyMissingError,
    NameTakenError,
    NotFoundError,
    ProviderDisabledError,
)
from workbench.providers import catalogue, settings, store
from workbench.providers.endpoints import Endpoint, clean_base_url, end_mark
from workbench.providers.formats import WireFormat
from workbench.providers.records import Provider, ProviderChanges
from workbench.providers.store import Server
from workbench.security import audit
from workbench.storage.database import Database, Transaction

OnChange = Callable[[str, str, str], None]
"""Told the noun, the id and the action of each change: `workbench.events.Changes.publish`."""


class SecretKeeper(Protocol):
    """Where keys are kept: `workbench.security.secrets.Secrets`."""

    def set(self, name: str, value: str) -> None:
        """Keep a secret."""

    def get(self, name: str) -> str | None:
        """The secret; None if there is none."""

    def hint(self, name: str) -> str | None:
        """Its last four characters at most; None if there is none."""

    def delete(self, name: str) -> None:
        """Forget it."""


class Providers:
    """All providers of a home. Safe to use from any thread; what it gives never holds a secret, but for `endpoint`."""

    def __init__(
        self,
        database: Database,
        secrets: SecretKeeper,
        on_change: OnChange,
        *,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        """`environment` is where keys are read that are kept nowhere."""
        self._database = database
        self._secrets = secrets
        self._on_change = on_change
        self._environment = environment
        self._servers = store.servers(database.read)
        self._endpoints: dict[str, Endpoint] = {}
        self._changing = threading.Lock()

    # Asking

    def list(self) -> tuple[Provider, ...]:
        """What serves models: the engine on this machine, then the remote ones by name."""
        remote = (self._provider(server) for _, server in sorted(self._servers.items()))
        return (Provider(name=catalogue.LOCAL, kind="local"), *remote)

    def server(self, name: str) -> Server | None:
        """A remote provider as it is stored; None if there is none of that name."""
        return self._servers.get(name)

    def named(self, name: str) -> Server:
        """A remote provider as it is stored. Raises NotFoundError, and InvalidInputError for the local engine."""
        if name == catalogue.LOCAL:
            raise InvalidInputError(
                "`local` is the engine on this machine; there is nothing to set of it.",
                remedy="`workbench providers list` shows the others.",
            )
        server = self._servers.get(name)
        if server is None:
            raise _missing(name)
        return server

    def endpoint(self, name: str) -> Endpoint:
        """Where a provider is asked, with its key and headers.

        Raises NotFoundError, ProviderDisabledError, KeyMissingError for a variable that is not set, and
        KeyringUnavailableError.
        """
        server = self.named(name)
        if not server.enabled:
            raise ProviderDisabledError(settings.disabled(name), remedy=settings.enable(name))
        found = self._endpoints.get(name)
        if found is None:
            with self._changing:
                server = self.named(name)
                found = self._endpoints[name] = self._find_endpoint(server)
        return found if server.key_env is None else replace(found, api_key=self._borrowed(server, server.key_env))

    def borrowed_keys(self) -> tuple[str, ...]:
        """The keys that are read from the environment, for what must not show any."""
        variables = (server.key_env for server in self._servers.values())
        return tuple(self._environment[each].strip() for each in variables if each and each in self._environment)

    # Changing

    def add(
        self,
        name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        *,
        wire: WireFormat | None = None,
        route: str | None = None,
        key_env: str | None = None,
        changes: ProviderChanges | None = None,
    ) -> Provider:
        """Add a provider; its models come later. One that is there as it is given is left as it is.

        `base_url` is not needed for one that everybody knows. `wire` is what it speaks; None: what is known of its
        address, else OpenAI's format. `route` is litellm's name for it, where litellm's own stream is to read it.
        `changes` are its other settings. Raises InvalidInputError, and NameTakenError
        if there is another one of that name.
        """
        name = catalogue.clean_provider(name)
        if api_key is not None and key_env is not None:
            raise InvalidInputError(
                "Both a key and a variable to read it from were given.", remedy="Give one of the two."
            )
        key = catalogue.clean_key(api_key)
        headers = settings.clean_headers((changes or {}).get("headers", {}))
        server = settings.changed(catalogue.server(name, base_url, wire, route), changes or {}, headers)
        server = replace(server, key_env=None if key_env is None else settings.clean_variable(key_env))
        settings.check(server)
        with self._changing:
            if name not in self._servers:
                self._keep_new(server, key, headers)
            elif self._servers[name] != server or self._secrets.get(_secret(name)) != key:
                raise NameTakenError(
                    f"There is already a provider {name!r}.",
                    remedy=f"Change it with `workbench providers set {name}`, or choose another name.",
                )
        self._on_change("providers", name, "add")
        return self._provider(server)

    def join(self, name: str, base_url: str | None, api_key: str | None, wire: WireFormat | None) -> Server:
        """The provider that a model is added to: one that is known, with the new key if one is given, or a new one.

        Raises InvalidInputError, and NameTakenError if it is known under another address: a key never goes to another
        server than it was given for.
        """
        name = catalogue.clean_provider(name)
        key = catalogue.clean_key(api_key)
        with self._changing:
            known = self._servers.get(name)
            if known is None:
                self._keep_new(catalogue.server(name, base_url, wire), key, {})
            else:
                settings.refuse_other_server(known, base_url, wire)
                if key is not None:
                    self._keep_key(known, key)
        if known is None or key is not None:
            self._on_change("providers", name, "add" if known is None else "key")
        return self._servers[name]

    def update(self, name: str, changes: ProviderChanges, *, revision: int | None = None) -> Provider:
        """The provider with those settings changed.

        Raises ConflictError if `revision` is given and is not the present one, NotFoundError, InvalidInputError.
        """
        headers = settings.clean_headers(changes.get("headers", {}))
        with self._changing:
            before = self.named(name)
            settings.refuse_conflict(before, revision if headers else None)
            self._refuse_new_place(before, changes)
            settings.check(settings.changed(before, changes, headers))
            for header, value in headers.items():
                if value is not None:
                    self._secrets.set(_header_secret(name, header), value)
            detail: audit.Detail = {"changed": ", ".join(sorted(changes)), "enabled": changes.get("enabled")}
            self._write(
                name, "update", lambda now: settings.changed(now, changes, headers), detail=detail, revision=revision
            )
            for header in before.headers:
                if header in headers and headers[header] is None:
                    self._secrets.delete(_header_secret(name, header))
        return self._told(name, "update")

    def set_key(self, name: str, api_key: str) -> Provider:
        """Keep this key for the provider, in place of any before. Raises NotFoundError, InvalidInputError."""
        key = catalogue.clean_key(api_key)
        if key is None:
            raise InvalidInputError("The key is empty.", remedy="Give the key, or remove the one there is.")
        with self._changing:
            self._keep_key(self.named(name), key)
        return self._told(name, "key")

    def borrow_key(self, name: str, variable: str) -> Provider:
        """Read the provider's key from an environment variable whenever it is needed; a key that is kept is forgotten.

        The variable need not be set yet. Raises NotFoundError, InvalidInputError.
        """
        cleaned = settings.clean_variable(variable)
        with self._changing:
            self.named(name)
            self._write(name, "borrow_key", lambda now: replace(now, key_env=cleaned))
            self._secrets.delete(_secret(name))
        return self._told(name, "key")

    def remove_key(self, name: str) -> Provider:
        """Forget the provider's key, or where it is read; its models stay. Raises NotFoundError."""
        with self._changing:
            self.named(name)
            self._write(name, "remove_key", lambda now: replace(now, key_env=None))
            self._secrets.delete(_secret(name))
        return self._told(name, "key")

    def remove(self, name: str) -> None:
        """Remove a provider with its models, its key and its headers. Raises NotFoundError.

        If the default was among its models, the first one left is now.
        """

        def forget(tx: Transaction) -> Server:
            server = store.server(tx.execute, name)
            if server is None:
                raise _missing(name)
            for entry in store.models(tx.execute):
                if entry.provider == name:
                    store.remove(tx, entry.id)
                    audit.record(tx, "models.remove", entry.id)
            store.remove_server(tx, name)
            store.choose_another(tx)
            audit.record(tx, "providers.remove", name)
            return server

        with self._changing:
            if name == catalogue.LOCAL:
                self.named(name)
            server = self._database.write(forget, returns=Server)
            self._read_again(name)
            for secret in (_secret(name), *(_header_secret(name, header) for header in server.headers)):
                self._secrets.delete(secret)
        self._on_change("providers", name, "remove")
        self._on_change("models", name, "remove")

    # Inside

    def _provider(self, server: Server) -> Provider:
        return Provider(
            name=server.provider,
            kind=server.kind,
            base_url=server.base_url,
            route=server.route,
            verified=server.verified,
            key_hint=self._secrets.hint(_secret(server.provider)),
            key_env=server.key_env,
            enabled=server.enabled,
            headers=server.headers,
            proxy=server.proxy,
            connect_s=server.connect_s,
            first_token_s=server.first_token_s,
            between_tokens_s=server.between_tokens_s,
            revision=server.revision,
        )

    def _find_endpoint(self, server: Server) -> Endpoint:
        name = server.provider
        headers = {each: self._secrets.get(_header_secret(name, each)) for each in server.headers}
        return Endpoint(
            provider=name,
            base_url=server.base_url,
            wire=server.wire,
            route=server.route,
            api_key=None if server.key_env else self._secrets.get(_secret(name)),
            headers={each: value for each, value in headers.items() if value is not None},
            proxy=server.proxy,
            connect_s=server.connect_s,
            first_token_s=server.first_token_s,
            between_tokens_s=server.between_tokens_s,
            end_mark=end_mark(server.base_url),
        )

    def _borrowed(self, server: Server, variable: str) -> str:
        """The key that a variable holds now. Raises KeyMissingError, InvalidInputError."""
        key = catalogue.clean_key(self._environment.get(variable))
        if key is None:
            raise KeyMissingError(
                f"The key for {server.provider!r} is read from the environment variable {variable!r}, which is not "
                "set where the Workbench runs.",
                remedy="Set it, run `workbench stop`, and start the Workbench from there; or keep the key: "
                f"`workbench keys set {server.provider}`.",
            )
        catalogue.refuse_anothers_key(key, server)
        return key

    def _keep_new(self, server: Server, key: str | None, headers: Mapping[str, str | None]) -> None:
        name = server.provider
        catalogue.refuse_anothers_key(key, server)
        if key is None:
            self._secrets.delete(_secret(name))  # of an earlier one of that name, whose removal was cut short
        else:
            self._secrets.set(_secret(name), key)
        for header, value in headers.items():
            if value is not None:
                self._secrets.set(_header_secret(name, header), value)

        def add(tx: Transaction) -> Server:
            store.add_server(tx, server)
            audit.record(tx, "providers.add", name, {"kind": server.kind})
            return server

        self._database.write(add, returns=Server)
        self._read_again(name)

    def _keep_key(self, server: Server, key: str) -> None:
        catalogue.refuse_anothers_key(key, server)
        self._secrets.set(_secret(server.provider), key)
        self._write(server.provider, "set_key", lambda now: replace(now, key_env=None))

    def _write(
        self,
        name: str,
        action: str,
        change: Callable[[Server], Server],
        *,
        detail: audit.Detail | None = None,
        revision: int | None = None,
    ) -> None:
        def work(tx: Transaction) -> Server:
            before = store.server(tx.execute, name)
            if before is None:
                raise _missing(name)
            settings.refuse_conflict(before, revision)
            after = replace(change(before), revision=before.revision + 1)
            store.replace_server(tx, after)
            if after.base_url != before.base_url:
                store.forget_listed(tx, name)
            audit.record(tx, f"providers.{action}", name, detail)
            return after

        self._database.write(work, returns=Server)
        self._read_again(name)

    def _read_again(self, name: str) -> None:
        self._servers = store.servers(self._database.read)
        self._endpoints.pop(name, None)

    def _told(self, name: str, action: str) -> Provider:
        self._on_change("providers", name, action)
        self._on_change("models", name, action)  # whether they can be asked may have changed
        return self._provider(self.named(name))

    def _refuse_new_place(self, before: Server, changes: ProviderChanges) -> None:
        """A key, and what headers hold, never go to another server than they were given for."""
        given = changes.get("base_url")
        holds = before.headers or before.key_env or self._secrets.hint(_secret(before.provider)) is not None
        if given is not None and holds:
            after = clean_base_url(given, changes.get("kind", before.wire))
            if settings.place(after) != settings.place(before.base_url):
                raise InvalidInputError(
                    f"The key and the headers of {before.provider!r} were given for {before.base_url}, and are sent to "
                    "no other server.",
                    remedy=f"Run `workbench keys remove {before.provider}` and take away its headers first, or add "
                    "another provider.",
                )


def _missing(name: str) -> NotFoundError:
    return NotFoundError(
        f"There is no provider {name[:50]!r}.", remedy="`workbench providers list` shows those there are."
    )


def _secret(name: str) -> str:
    return f"provider/{name}"


def _header_secret(name: str, header: str) -> str:
    return f"header/{name}/{header}"
