"""Models, from outside the owner."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Unpack
from urllib.parse import quote

from workbench.client.transport import Transport
from workbench.providers.formats import WireFormat
from workbench.providers.records import Check, Corrections, Download, Measured, Model, Suggestion
from workbench.shown import Records

if TYPE_CHECKING:
    import polars as pl


class Models:
    """The models a home can ask."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self) -> Records[Model]:
        """Every model that has been set up."""
        found = self._transport.get("/models", tuple[Model, ...])
        return Records(found, "Models", ("id", "kind", "context_tokens", "verified", "available"))

    def get(self, id: str) -> Model:
        """What is known of one model. Raises ModelMissingError."""
        return self._transport.get(f"/models/{quote(id, safe='/')}", Model)

    def correct(self, id: str, **facts: Unpack[Corrections]) -> Model:
        """Say of a model what is not as it is known; None takes back what you said.

        Prices are US dollars for a million tokens, and count from the next reply on. Raises ModelMissingError,
        InvalidInputError.
        """
        body = {name: str(told) if isinstance(told, (Decimal, float, date)) else told for name, told in facts.items()}
        return self._transport.call("PATCH", f"/models/{quote(id, safe='/')}", Model, body=body)

    def measured(self) -> "pl.DataFrame":
        """How each model has done for you over the last 30 days: speed, failures, cost. A row for each."""
        from workbench.client import frames  # noqa: PLC0415  (the door to polars: loaded when a DataFrame is asked for)

        return frames.of(self._transport.get("/models/measured", tuple[Measured, ...]), Measured)

    def suggest(self, text: str, *, conversation_id: str | None = None, pictures: int = 0, pdfs: int = 0) -> Suggestion:
        """Which model suits a question best, by stated rules, and why.

        `pictures` and `pdfs` are how many are given with it. Raises NotFoundError.
        """
        body = {"text": text, "conversation_id": conversation_id, "pictures": pictures, "pdfs": pdfs}
        return self._transport.post("/models/suggestion", Suggestion, body)

    def default(self) -> Model:
        """The model asked where nothing else is chosen. Raises ModelMissingError."""
        return self._transport.get("/models/default", Model)

    def set_default(self, id: str) -> Model:
        """Ask this model where nothing else is chosen."""
        return self._transport.call("PUT", "/models/default", Model, body={"id": id})

    def add_demo(self) -> Download:
        """Start fetching the demo model, or go on where it stopped; `demo` says how far it is."""
        return self._transport.post("/models/demo", Download)

    def demo(self) -> Download:
        """How far the demo model is."""
        return self._transport.get("/models/demo", Download)

    def cancel_demo(self) -> Download:
        """Stop fetching the demo model; what has arrived is used the next time."""
        return self._transport.post("/models/demo/cancel", Download)

    def add_file(self, path: Path | str) -> Model:
        """Add a GGUF file; it stays where it is. Raises ModelFileError."""
        return self._transport.post("/models/files", Model, {"path": str(Path(path).absolute())})

    def add_remote(
        self,
        *,
        provider: str,
        name: str,
        base_url: str | None = None,
        kind: WireFormat | None = None,
        api_key: str | None = None,
        sees: bool | None = None,
    ) -> Model:
        """Add a model of a server; the key goes into the keyring.

        `base_url` can be left out for a provider that has a model already, or is known to everybody, as `openai`,
        `anthropic` and `gemini` are. `kind` is what the server speaks, one of these three; None: what is known of its
        address, else `openai`. `sees` says whether it can be sent pictures; None: what is known of it.

        Raises InvalidInputError, NameTakenError.
        """
        body = {
            "provider": provider,
            "base_url": base_url,
            "kind": kind,
            "name": name,
            "api_key": api_key,
            "sees": sees,
        }
        return self._transport.post("/models/remote", Model, body)

    def check(self, id: str) -> Check:
        """Try a model: it is asked for one word, which costs next to nothing.

        Raises the error that a question would meet, with what to do: KeyRejectedError, KeyMissingError,
        QuotaExceededError, RateLimitedError, ModelUnknownError, ProviderUnavailableError and their like.
        """
        return self._transport.post("/models/check", Check, {"id": id})

    def remove(self, id: str) -> None:
        """Forget a model; replies it gave keep its name."""
        self._transport.call("DELETE", f"/models/{quote(id, safe='/')}", dict[str, str])
