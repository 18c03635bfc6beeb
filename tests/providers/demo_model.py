"""The real demo model for tests: fetched once, the product's own way, into a folder outside of the checkout.

`WORKBENCH_TEST_MODELS` names the folder; else it is one in the user's cache. A test that wants the model asks for the
fixture: `from tests.providers.demo_model import demo_model_file`.
"""

import asyncio
import fcntl
import os
from pathlib import Path

import pytest

from workbench.providers import demo


def models_folder() -> Path:
    """Where tests keep models from one run to the next."""
    given = os.environ.get("WORKBENCH_TEST_MODELS")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(given) if given else cache / "workbench-test-models"


def fetched_demo_model() -> Path:
    """The demo model's file, fetched if no run before this one has; of tests that run beside each other, by one."""
    folder = models_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "fetching.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        return asyncio.run(demo.fetch(demo.SMOLLM2, folder, report=lambda _: None))


@pytest.fixture(scope="session")
def demo_model_file() -> Path:
    return fetched_demo_model()
