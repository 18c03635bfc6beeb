"""One's history as rows, by one's own SQL, and summed up: read-only, and limited in what it takes.

Each gives an Arrow stream that is read in pieces. With `experience_id` all of them see that Experience alone.
"""

from collections.abc import Sequence

from workbench.clock import utc_now
from workbench.insights import views
from workbench.insights.periods import period
from workbench.insights.views import View
from workbench.storage import sql
from workbench.storage.database import Database
from workbench.storage.streams import Limits, Stream

QUERY_S = 30.0
"""How long a query may take where nothing else is asked for."""
LONGEST_QUERY_S = 300.0
_LARGEST_BYTES = 512 * 1024**2
"""How much a query may give."""
_PART_ROWS = 122_880
"""How many rows DuckDB gives to one thread."""
_HISTORY = Limits(seconds=LONGEST_QUERY_S)
_USAGE = Limits(seconds=QUERY_S)


class Insights:
    """What a home's history says."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def history(
        self,
        experiences: Sequence[str] = (),
        *,
        since: str | None = None,
        until: str | None = None,
        experience_id: str | None = None,
    ) -> Stream:
        """The messages of these Experiences (none: of all) from `since` to before `until`, as they lie: by their times.

        Read together, parts of the table would come in the order in which their threads end; to sort a million messages
        takes as much memory as they do. Only what was imported or restored may lie elsewhere. Raises InvalidInputError.
        """
        return self._rows(views.MESSAGES, experiences, since, until, experience_id)

    def calls(
        self,
        experiences: Sequence[str] = (),
        *,
        since: str | None = None,
        until: str | None = None,
        experience_id: str | None = None,
    ) -> Stream:
        """The requests sent from `since` to before `until` for these Experiences (none: all), as they ended.

        Raises InvalidInputError.
        """
        return self._rows(views.CALLS, experiences, since, until, experience_id)

    def sql(self, query: str, *, seconds: float = QUERY_S, experience_id: str | None = None) -> Stream:
        """What one SELECT over the views gives.

        Raises QueryRefusedError for anything else, QueryFailedError.
        """
        cleaned = sql.clean(query)
        read = sql.check(sql.tree(self._database.read(sql.PARSE, (cleaned,))[0][0]), views.NAMES)
        limits = Limits(seconds=seconds, size_bytes=_LARGEST_BYTES)
        return self._database.stream(cleaned, views=views.statements(experience_id, read), limits=limits)

    def usage(
        self,
        experiences: Sequence[str] = (),
        *,
        since: str | None = None,
        until: str | None = None,
        experience_id: str | None = None,
    ) -> Stream:
        """Messages, tokens, cost and response times for each day, Experience and model.

        Raises InvalidInputError.
        """
        where, values = _filter(experiences, since, until)
        return self._database.stream(
            views.usage(where), values, views=views.statements_with_deleted(experience_id), limits=_USAGE
        )

    def _rows(
        self, view: View, experiences: Sequence[str], since: str | None, until: str | None, experience_id: str | None
    ) -> Stream:
        """The rows of a view as they lie."""
        where, values = _filter(experiences, since, until)
        rows = view.select(experience_id, where=f"{view.alias}.rowid >= ? AND {view.alias}.rowid < ?")
        last = self._database.read(f"SELECT max(rowid) FROM {view.source}")[0][0] or 0  # noqa: S608
        return self._database.stream(
            f"SELECT * FROM ({rows}) WHERE {where}",  # noqa: S608
            *((first, first + _PART_ROWS, *values) for first in range(0, last + 1, _PART_ROWS)),
            utc=True,
            limits=_HISTORY,
        )


def _filter(experiences: Sequence[str], since: str | None, until: str | None) -> tuple[str, tuple[object, ...]]:
    """A condition, and the values of its places."""
    begin, end = period(since, until, utc_now())
    parts: list[tuple[str, tuple[object, ...]]] = [
        ("created_at >= ?", (begin,)) if begin else ("true", ()),
        ("created_at < ?", (end,)) if end else ("true", ()),
        (f"experience_id IN ({', '.join('?::UUID' for _ in experiences)})", tuple(experiences))
        if experiences
        else ("true", ()),
    ]
    return " AND ".join(part for part, _ in parts), tuple(value for _, values in parts for value in values)
