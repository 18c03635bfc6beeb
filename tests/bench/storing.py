"""Large stores: listing, opening, size on disk."""

import http.client
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from tests.bench.figures import Figure, p95, spread
from tests.conftest import kill_owner
from workbench.app import MIGRATIONS
from workbench.client import connect, owner
from workbench.clock import new_id, utc_now
from workbench.config import Settings, private_folder
from workbench.security.vault import Vault
from workbench.storage.database import Database

CONVERSATIONS = 100_000
LONG = 1_000
TEXT_CHARACTERS = 465
"""The mean length of a message in the measured stores."""
_QUESTION = (
    "id, owner_id, conversation_id, experience_id, author, text, reasoning, status, created_at, updated_at, revision"
)
"""A question's columns; its others stay empty."""


def figures() -> Iterator[Figure]:
    """100,000 conversations, one of them with 1,000 messages."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder) / "home")
        experience, long = _fill(settings)
        bench = connect(settings.home)
        first = bench.conversations.list(experience)
        cursor = first.next_cursor
        last = _last_cursor(settings)
        list_path = f"/api/v1/conversations?experience={experience}&limit=50"
        found = owner.find(settings.home)
        yield _timed(found, "list the first page of 100,000 conversations", 10, list_path)
        yield _timed(found, "list the last page of 100,000 conversations", 10, f"{list_path}&cursor={last}")
        yield _timed(found, "open a conversation of 1,000 messages", 15, f"/api/v1/conversations/{long}")
        assert cursor is not None
        kill_owner(settings.home)
    yield _ratio()


def _timed(found: owner.Owner, what: str, budget: float, path: str) -> Figure:
    took = list(_times(lambda: _get(found, path), 40))
    return Figure(f"{what} (p95)", p95(took), budget, "ms", spread(took))


def _get(found: owner.Owner, path: str) -> bytes:
    connection = http.client.HTTPConnection("localhost")
    connection.sock = owner.connect(found, timeout_s=30)
    connection.request("GET", path, headers={"Authorization": f"Bearer {found.token}"})
    response = connection.getresponse()
    assert response.status == 200
    answer = response.read()
    connection.close()
    return answer


def _times(work: Callable[[], object], count: int) -> Iterator[float]:
    for _ in range(count):
        before = time.perf_counter()
        work()
        yield (time.perf_counter() - before) * 1000


def open_store(settings: Settings) -> Database:
    """The store of a home, made if there is none."""
    private_folder(settings.store)
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    vault = Vault(settings.key_file)
    keys = vault.open() if vault.exists() else vault.create()
    database = Database(settings.database, key=keys.database, spill=settings.store / "spill")
    database.migrate(MIGRATIONS)
    return database


def _fill(settings: Settings) -> tuple[str, str]:
    database = open_store(settings)
    experience, long = new_id(), new_id()
    start = utc_now() - timedelta(days=1000)
    database.write(
        lambda tx: tx.execute(
            """INSERT INTO conversations SELECT uuidv7(), 'me', ?::UUID, 'Conversation ' || i, NULL, 10,
               ?::TIMESTAMP + INTERVAL (i) MINUTE, ?::TIMESTAMP + INTERVAL (i) MINUTE, 1 FROM range(?) r(i)""",
            (experience, start, start, CONVERSATIONS),
        )
    )
    database.write(
        lambda tx: tx.execute(
            "INSERT INTO conversations VALUES (?, 'me', ?, 'Long', NULL, ?, ?, ?, 1)",
            (long, experience, LONG, start, start),
        )
    )
    database.write(
        lambda tx: tx.execute(
            f"""INSERT INTO messages ({_QUESTION}) SELECT uuidv7(), 'me', id, experience_id, 'user',
               repeat(md5(id::VARCHAR), 14), '', 'complete', created_at, created_at, 1
               FROM conversations, range(10) WHERE title <> 'Long'"""
        )
    )
    database.write(
        lambda tx: tx.execute(
            f"""INSERT INTO messages ({_QUESTION}) SELECT uuidv7(), 'me', ?::UUID, ?::UUID, 'user',
               repeat(md5(i::VARCHAR), 14), '', 'complete', now()::TIMESTAMP, now()::TIMESTAMP, 1 FROM range(?) r(i)""",
            (long, experience, LONG),
        )
    )
    database.close()
    return experience, long


def _last_cursor(settings: Settings) -> str:
    """The cursor in front of the last page: read from the client's own pages, the largest first."""
    with connect(settings.home) as bench:
        cursor, before = None, None
        while True:
            page = bench.conversations.list(limit=500, cursor=cursor)
            if page.next_cursor is None:
                assert before is not None
                return before
            before = cursor = page.next_cursor


def _ratio() -> Figure:
    """The store against the text in it, for text that reads like prose."""
    chance = random.Random(1)
    words = ["".join(chance.choices("etaoinshrdlu", k=chance.randint(2, 9))) for _ in range(4000)]
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder) / "home")
        database = open_store(settings)
        experience, size = new_id(), 0
        for _ in range(100):
            rows = []
            for _ in range(200):
                text = " ".join(chance.choices(words, k=80))[:TEXT_CHARACTERS]
                size += len(text)
                rows += [
                    new_id(),
                    "me",
                    experience,
                    experience,
                    "user",
                    text,
                    "",
                    "complete",
                    utc_now(),
                    utc_now(),
                    1,
                ]
            places = ", ".join(["(" + ", ".join("?" * 11) + ")"] * 200)
            database.write(
                lambda tx, rows=rows, places=places: tx.execute(
                    f"INSERT INTO messages ({_QUESTION}) VALUES {places}", rows
                )
            )
        database.close()
        return Figure("store on disk / text, without vectors", settings.database.stat().st_size / size, 1.5, "x")
