"""Alerts and their thresholds, from outside the owner."""

from decimal import Decimal

from workbench.client.transport import Transport
from workbench.insights.records import Alert, Measure, Threshold
from workbench.shown import Records


class Alerts:
    """What models may take, and where they take more."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def list(self) -> Records[Alert]:
        """The thresholds that are passed now, by the requests of the last 24 hours."""
        found = self._transport.get("/alerts", tuple[Alert, ...])
        return Records(found, "Alerts", ("model", "measure", "value", "most", "requests"))

    def thresholds(self) -> Records[Threshold]:
        """All thresholds, the oldest first."""
        found = self._transport.get("/thresholds", tuple[Threshold, ...])
        return Records(found, "Thresholds", ("measure", "model", "most"))

    def set(self, measure: Measure, most: Decimal | float, *, model: str | None = None) -> Threshold:
        """Raise an alert where a model takes more; None: whichever model.

        `most` is in what the measure's name ends in. Raises InvalidInputError, ModelMissingError.
        """
        body = {"measure": measure, "most": str(most), "model": model}
        return self._transport.call("PUT", "/thresholds", Threshold, body=body)

    def remove(self, id: str) -> None:
        """Raise no alert for this threshold any more. Raises NotFoundError."""
        self._transport.call("DELETE", f"/thresholds/{id}", dict[str, object])
