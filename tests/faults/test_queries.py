"""Queries that never end, that eat memory, and whose callers go away, while somebody else's work goes on."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.bench.figures import p95
from workbench.client import Workbench, connect, owner
from workbench.errors import QueryTooLargeError, WorkbenchError

pytestmark = pytest.mark.fault

ENDLESS = {
    "a product": "select count(*) from range(100000000) a(i), range(100000000) b(j) where (i + j) % 3 = 5",
    "a recursion": "with recursive r as (select 1 as i union all select i + 1 from r) select count(*) from r",
    "rows": "select i from range(1000000000000) t(i) where i % 1000000007 = 1000000009",
}
HUNGRY = {
    "a text": "select length(string_agg(i::varchar || repeat('x', 60), '')) from range(200000000) t(i)",
    "a list": "select len(list(i::varchar || repeat('x', 60))) from range(200000000) t(i)",
    "lists of lists": "select len(list(l)) from "
    "(select list(i::varchar || repeat('x', 60)) as l from range(200000000) t(i) group by i % 1000)",
    "a set": "with recursive r as (select range(10000) as l, 1 as i union select l, i + 1 from r) "
    "select count(*) from r",
}


@contextmanager
def somebody_saves(home: Path, experience: str) -> Iterator[list[float]]:
    """Meanwhile another client saves, and how long each save took."""
    took: list[float] = []
    failed: list[Exception] = []
    over = threading.Event()

    def save() -> None:
        with connect(home) as other:
            while not over.wait(0.02):
                before = time.monotonic()
                try:
                    made = other.conversations.create(experience, title=f"Saved {len(took)}")
                    assert other.conversations.get(made.id).conversation.title == f"Saved {len(took)}"
                except WorkbenchError as error:
                    failed.append(error)
                took.append(time.monotonic() - before)

    thread = threading.Thread(target=save)
    thread.start()
    try:
        yield took
    finally:
        over.set()
        thread.join()
    assert failed == []


@pytest.mark.parametrize("query", ENDLESS.values(), ids=ENDLESS)
def test_a_query_that_never_ends_is_ended_and_others_hardly_notice(home: Path, bench: Workbench, query: str):
    experience = bench.experiences.create("Physics").id
    before = time.monotonic()
    with somebody_saves(home, experience) as took, pytest.raises(QueryTooLargeError, match="ended after 3 seconds"):
        bench.sql(query, timeout_s=3)
    assert time.monotonic() - before < 8
    assert len(took) > 10
    assert p95(took) < 1


@pytest.mark.parametrize("query", HUNGRY.values(), ids=HUNGRY)
def test_a_query_that_eats_memory_dies_and_what_others_save_is_saved(home: Path, bench: Workbench, query: str):
    experience = bench.experiences.create("Physics").id
    pid = bench.status().pid
    with somebody_saves(home, experience) as took, pytest.raises(QueryTooLargeError, match="ended"):
        bench.sql(query, timeout_s=60)
    saved = bench.sql("select count(*) as n from conversations")["n"][0]
    assert saved == len(took) > 3
    assert bench.status().pid == pid


def test_a_query_ends_when_its_caller_goes_away(home: Path, bench: Workbench):
    bench.status()
    running = owner.find(home)
    assert running
    body = json.dumps({"query": ENDLESS["a product"], "timeout_s": 300}).encode()
    for _ in range(12):  # more than may run at once
        connection = owner.Connection(running, timeout_s=5)
        headers = {"Authorization": f"Bearer {running.token}", "Content-Type": "application/json"}
        connection.request("POST", "/api/v1/sql", body=body, headers=headers)
        time.sleep(0.05)
        connection.close()
    before = time.monotonic()
    assert bench.sql("select 1 as one")["one"].to_list() == [1]
    assert time.monotonic() - before < 10


def test_an_owner_that_is_told_to_stop_does_not_wait_for_a_query(home: Path, bench: Workbench):
    bench.status()
    asking = threading.Thread(target=_ask_until_it_is_gone, args=(home,))
    asking.start()
    time.sleep(1)
    before = time.monotonic()
    bench.stop()
    while owner.find(home) is not None:
        time.sleep(0.05)
    assert time.monotonic() - before < 15
    asking.join(60)
    assert not asking.is_alive()


def _ask_until_it_is_gone(home: Path) -> None:
    with connect(home, start=False) as other, pytest.raises(WorkbenchError):
        other.sql(ENDLESS["a product"], timeout_s=40)
