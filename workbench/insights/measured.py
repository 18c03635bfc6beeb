"""How each model has done: one query over the replies of the last 30 days."""

import threading
import time
from datetime import timedelta

from workbench.clock import utc_now
from workbench.providers.records import Measured
from workbench.storage.database import Database

DAYS = 30
_KEPT_S = 3.0
"""How long an answer stands: a picker that is opened again, or several at once, cost one query."""
_QUERY = """SELECT model, count(*), count(*) FILTER (status = 'failed'),
    round(quantile_cont(first_token_ms, 0.5))::BIGINT,
    quantile_cont(output_tokens * 1000.0 / (total_ms - first_token_ms), 0.5)
        FILTER (status = 'complete' AND output_tokens > 1 AND total_ms > first_token_ms),
    avg(cost_usd)::DECIMAL(18, 9),
    count(rating) FILTER (deleted_at IS NULL), count(*) FILTER (rating = 'up' AND deleted_at IS NULL)
    FROM messages WHERE author = 'assistant' AND status <> 'running' AND model IS NOT NULL AND created_at >= ?
    GROUP BY model ORDER BY model"""


class Measurements:
    """How each model has done. Safe to use from any thread."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._reading = threading.Lock()
        self._kept: tuple[Measured, ...] = ()
        self._kept_until = float("-inf")

    def read(self) -> tuple[Measured, ...]:
        """A record for each model that was asked in the last 30 days, by their ids."""
        with self._reading:
            if time.monotonic() >= self._kept_until:
                rows = self._database.read(_QUERY, (utc_now() - timedelta(days=DAYS),))
                self._kept = tuple(
                    Measured(
                        model=model,
                        replies=replies,
                        failed=failed,
                        first_token_ms=first_token_ms,
                        tokens_per_second=speed,
                        cost_usd=cost_usd,
                        rated=rated,
                        liked=liked,
                    )
                    for model, replies, failed, first_token_ms, speed, cost_usd, rated, liked in rows
                )
                self._kept_until = time.monotonic() + _KEPT_S
            return self._kept
