"""How the replies were that a personality or a system prompt shaped, version by version."""

from dataclasses import fields
from typing import Any, Literal

from workbench.insights.records import VersionFigures
from workbench.storage.database import Database, Row

Shape = Literal["personality", "prompt"]


class Shapes:
    """Reads of replies what shaped them, how they were rated and what they cost. Deleted ones do not count."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def figures(self, shape: Shape, id: str) -> tuple[VersionFigures, ...]:
        """Of each version that shaped a reply, the latest first."""
        rows = self._database.read(
            f"""SELECT {shape}_version, count(*), count(*) FILTER (rating = 'up'), count(*) FILTER (rating = 'down'),
                   (sum(cost_usd) / count(cost_usd))::DECIMAL(18, 9), max(created_at)
               FROM messages WHERE {shape}_id = TRY_CAST(? AS UUID) AND deleted_at IS NULL
               GROUP BY 1 ORDER BY 1 DESC""",  # noqa: S608  (one of two words of ours)
            (id,),
        )
        return tuple(_figures(row) for row in rows)


def _figures(row: Row) -> VersionFigures:
    values: dict[str, Any] = dict(zip((field.name for field in fields(VersionFigures)), row, strict=True))
    return VersionFigures(**values)
