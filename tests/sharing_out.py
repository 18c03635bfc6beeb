"""Which tests one process is given where pytest runs several.

xdist's own `xdist_group` sets an item's `_nodeid`, which pytest 9.2 no longer reads: each test went to any process.
"""

import re

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

HOST = re.compile(r"tests/browser/hosts/.*[\[-]([a-z]+(?:_[a-z]+)*_page(?:_[a-z]+)*)[\]-]")
"""A test of one host: its parameter ends in `_page`, or goes on with the way to the owner."""


class Together(LoadScopeScheduling):
    """Gives all tests of one module, or of one host, to the same process: what they share costs seconds to start."""

    def _split_scope(self, nodeid: str) -> str:
        host = HOST.match(nodeid)
        return host[1] if host else nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Together:
    """How tests are shared out."""
    return Together(config, log)
