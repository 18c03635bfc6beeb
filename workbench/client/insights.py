"""One's history as DataFrames, from outside the owner."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from workbench.client.experiences import Experiences
from workbench.client.transport import Parameters, Transport
from workbench.clock import utc_now

if TYPE_CHECKING:
    import polars as pl

Moment = str | date | timedelta
"""When: a date, a time, their text, or how long ago, as `timedelta(days=7)` or `"7d"`. Without a zone, UTC is taken."""


class Insights:
    """What a home's history says."""

    def __init__(self, transport: Transport, experiences: Experiences) -> None:
        self._transport = transport
        self._experiences = experiences

    def history(
        self, experience: str | None = None, *, since: Moment | None = None, until: Moment | None = None
    ) -> "pl.DataFrame":
        """Every message from `since` to before `until`, of one Experience or of all, the earliest first."""
        found = self._frame("GET", "/history", self._filter([experience] if experience else [], since, until))
        return found if found["created_at"].is_sorted() else found.sort("created_at", "id")

    def calls(
        self, experience: str | None = None, *, since: Moment | None = None, until: Moment | None = None
    ) -> "pl.DataFrame":
        """Every request sent to a model from `since` to before `until`, the earliest first."""
        found = self._frame("GET", "/calls", self._filter([experience] if experience else [], since, until))
        return found.sort("created_at", "id")

    def sql(self, query: str, *, timeout_s: float | None = None) -> "pl.DataFrame":
        """What one SELECT over the views gives.

        Raises QueryRefusedError, QueryFailedError, QueryTooLargeError.
        """
        body: dict[str, object] = {"query": query} | ({"timeout_s": timeout_s} if timeout_s is not None else {})
        return self._frame("POST", "/sql", body=body)

    def usage(
        self,
        since: Moment | None = None,
        until: Moment | None = None,
        experiences: Sequence[str] = (),
    ) -> "pl.DataFrame":
        """Messages, tokens, cost and response times for each day, Experience and model."""
        return self._frame("GET", "/usage", self._filter(experiences, since, until))

    def _filter(self, experiences: Sequence[str], since: Moment | None, until: Moment | None) -> Parameters:
        ids = [self._experiences.find(name).id for name in experiences]
        return {"experience": ids, "since": written(since), "until": written(until)}

    def _frame(
        self, method: str, path: str, parameters: Parameters | None = None, body: object = None
    ) -> "pl.DataFrame":
        from workbench.client import frames  # noqa: PLC0415  (the door to polars: loaded when a DataFrame is asked for)

        return frames.frame(self._transport.rows(method, path, body=body, parameters=parameters))


def written(when: Moment | None) -> str | None:
    """A moment as the API takes it."""
    match when:
        case timedelta():
            return (utc_now() - when).isoformat()
        case datetime():
            return (when if when.tzinfo else when.replace(tzinfo=UTC)).isoformat()
        case date():
            return when.isoformat()
        case _:
            return when
