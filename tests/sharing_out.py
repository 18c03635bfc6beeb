"""In which order tests run, and which of them one process is given where pytest runs several.

xdist's own `xdist_group` sets an item's `_nodeid`, which pytest 9.2 no longer reads: each test went to any process.
"""

import re
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

HOST = re.compile(r"tests/browser/hosts/.*[\[-]([a-z]+(?:_[a-z]+)*_page(?:_[a-z]+)*)[\]-]")
"""A test of one host: its parameter ends in `_page`, or goes on with the way to the owner."""

LONGEST_FIRST = ("lab", "hosts", "widget", "dashboards")
"""Folders of browser tests."""


def put_in_order(items: list[pytest.Item]) -> None:
    """Modules with browser tests come last: Playwright keeps an event loop running, beside which no coroutine can run.

    Of them, those of the folders that take longest come first, so that all processes end at about the same time.
    """
    places: dict[Path, int] = {}
    for item in items:
        places[item.path] = max(places.get(item.path, -1), _place(item))
    items.sort(key=lambda item: places[item.path])


def _place(item: pytest.Item) -> int:
    if item.get_closest_marker("browser") is None:
        return -1
    folder = item.path.parent.name
    return LONGEST_FIRST.index(folder) if folder in LONGEST_FIRST else len(LONGEST_FIRST)


class Together(LoadScopeScheduling):
    """Gives all tests of one module, or of one host, to the same process: what they share costs seconds to start."""

    def _split_scope(self, nodeid: str) -> str:
        host = HOST.match(nodeid)
        return host[1] if host else nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Together:
    """How tests are shared out."""
    return Together(config, log)
