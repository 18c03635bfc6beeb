"""A million messages as a DataFrame, by SQL, and summed up: times, and the memory of both processes."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from tests.bench.figures import Figure, cpu_s, median, spread
from tests.bench.storing import TEXT_CHARACTERS, open_store
from tests.conftest import kill_owner
from workbench.client import Workbench, connect
from workbench.clock import utc_now
from workbench.config import Settings

MESSAGES = 1_000_000
CONVERSATIONS = 50_000
EXPERIENCES = 20
QUERIES = {
    "cost by model": "select model, sum(cost_usd) from messages group by model",
    "messages by day and model": "select created_at::date as day, model, count(*) from messages group by all",
    "median and p95 by Experience": "select experience, quantile_cont(total_ms, [0.5, 0.95]) from messages group by 1",
}
ROUNDS = 10
_READ = """
import json, sys, time, workbench
from pathlib import Path

def memory_mb(what):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what)) / 1000

with workbench.connect(sys.argv[1]) as bench:
    bench.sql("select 1")
    idle, before, cpu = memory_mb("VmRSS"), time.perf_counter(), time.process_time()
    frame = bench.history()
    print(json.dumps({
        "seconds": time.perf_counter() - before,
        "cpu": time.process_time() - cpu,
        "rows": frame.height,
        "frame_mb": memory_mb("VmRSS") - idle,
        "most_mb": memory_mb("VmHWM") - idle,
    }))
"""


def figures() -> Iterator[Figure]:
    """One home of a million messages of 465 characters."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder) / "home")
        _fill(settings)
        with connect(settings.home) as bench:
            bench.sql("select 1")
            idle_mb = _most_mb(bench)
            yield from _reading(settings, bench, idle_mb)
            for what, query in QUERIES.items():
                yield _timed(f"SQL over 1,000,000 messages: {what}", 40, bench, lambda query=query: bench.sql(query))
            yield _timed("usage of 1,000,000 messages, all of it", 500, bench, bench.usage)
            yield _timed("usage of the last 90 days", 100, bench, lambda: bench.usage(since="90d"))
        kill_owner(settings.home)


def _reading(settings: Settings, bench: Workbench, idle_mb: float) -> Iterator[Figure]:
    runs = []
    before_s = _cpu_s(bench)
    for _ in range(3):
        done = subprocess.run(
            [sys.executable, "-c", _READ, str(settings.home)], capture_output=True, text=True, check=True
        )
        runs.append(json.loads(done.stdout))
    assert all(run["rows"] == MESSAGES for run in runs)
    took = [run["seconds"] for run in runs]
    cpu = f"CPU: client {median([run['cpu'] for run in runs]):.1f} s, owner {(_cpu_s(bench) - before_s) / 3:.1f} s"
    yield Figure("history of 1,000,000 messages as a DataFrame", median(took), 2, "s", f"{spread(took, 's')}; {cpu}")
    frame_mb = median([run["frame_mb"] for run in runs])
    most = max(run["most_mb"] / run["frame_mb"] for run in runs)
    yield Figure("the reader's memory at most / its DataFrame", most, 1.2, "x", f"DataFrame {frame_mb:.0f} MB")
    grown = _most_mb(bench) - idle_mb
    yield Figure("the owner's memory over idle, at most", grown, 1024, "MB", f"{idle_mb:.0f} MB idle")


def _cpu_s(bench: Workbench) -> float:
    return cpu_s(bench.status().pid)


def _timed(what: str, budget_ms: float, bench: Workbench, work) -> Figure:
    took = []
    before_s = _cpu_s(bench)
    for _ in range(ROUNDS):
        before = time.perf_counter()
        work()
        took.append((time.perf_counter() - before) * 1000)
    used_ms = (_cpu_s(bench) - before_s) / ROUNDS * 1000
    return Figure(what, median(took), budget_ms, "ms", f"{spread(took)}; owner's CPU {used_ms:.0f} ms each")


def _most_mb(bench: Workbench) -> float:
    """The most memory that the owner has held."""
    lines = Path(f"/proc/{bench.status().pid}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1000


def _fill(settings: Settings) -> None:
    database = open_store(settings)
    start = utc_now() - timedelta(days=1000)
    each = MESSAGES // CONVERSATIONS
    database.write(
        lambda tx: tx.execute(
            """INSERT INTO experiences SELECT uuidv7(), 'me', 'Experience ' || i, 'experience-' || i, '', '', 'private',
               'active', NULL, ?::TIMESTAMP, ?::TIMESTAMP, 1, NULL FROM range(?) r(i)""",
            (start, start, EXPERIENCES),
        )
    )
    database.write(
        lambda tx: tx.execute(
            """INSERT INTO conversations SELECT uuidv7(), 'me', e.id, 'Conversation ' || i, NULL, ?,
               ?::TIMESTAMP + INTERVAL (i * 1728) SECOND, ?::TIMESTAMP + INTERVAL (i * 1728) SECOND, 1
               FROM range(?) r(i) JOIN (SELECT id, row_number() OVER () - 1 AS n FROM experiences) e ON e.n = i % ?""",
            (each, start, start, CONVERSATIONS, EXPERIENCES),
        )
    )
    database.write(
        lambda tx: tx.execute(
            f"""INSERT INTO messages (id, owner_id, conversation_id, experience_id, author, text, reasoning, status,
               model, model_name, provider, input_tokens, output_tokens, cost_usd, first_token_ms, total_ms, created_at,
               updated_at, revision) SELECT uuidv7(), 'me', c.id, c.experience_id,
               CASE WHEN asks THEN 'user' ELSE 'assistant' END, left(repeat(md5(c.id::VARCHAR || j), 15),
               {TEXT_CHARACTERS}), '', 'complete', CASE WHEN NOT asks THEN 'openai/gpt-' || hash(c.id) % 5 END,
               CASE WHEN NOT asks THEN 'gpt-' || hash(c.id) % 5 END, CASE WHEN NOT asks THEN 'openai' END,
               CASE WHEN NOT asks THEN 100 + j END, CASE WHEN NOT asks THEN 200 + j END,
               CASE WHEN NOT asks AND j % 7 <> 3 THEN (j * 0.001)::DECIMAL(18, 9) END,
               CASE WHEN NOT asks THEN hash(j, c.id) % 900 END, CASE WHEN NOT asks THEN 1000 + hash(c.id, j) % 9000 END,
               c.created_at + INTERVAL (j * 60) SECOND, c.created_at + INTERVAL (j * 60) SECOND, 1
               FROM conversations c, (SELECT i AS j, i % 2 = 0 AS asks FROM range(?) r(i))
               ORDER BY c.created_at, j""",
            (each,),
        )
    )
    database.close()
