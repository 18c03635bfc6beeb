"""What it costs to import, to ask for help, and to start the owner."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figures import Figure, median, spread
from tests.conftest import add_model, kill_owner
from tests.stand_in import StandIn
from workbench.client import connect

ROUNDS = 10


def figures(provider: StandIn) -> Iterator[Figure]:
    """Imports, help, start and memory."""
    bare = [_wall_ms([sys.executable, "-c", "pass"]) for _ in range(ROUNDS)]
    package = [_wall_ms([sys.executable, "-c", "import workbench"]) for _ in range(ROUNDS)]
    yield Figure("import workbench, over bare Python", median(package) - median(bare), 60, "ms", spread(package))
    program = str(Path(sys.executable).with_name("workbench"))
    helped = [_wall_ms([program, "--help"]) for _ in range(ROUNDS)]
    yield Figure("workbench --help", median(helped), 150, "ms", spread(helped))
    yield from _owner(provider)


def _owner(provider: StandIn) -> Iterator[Figure]:
    cold: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        for _ in range(5):
            kill_owner(home)
            before = time.perf_counter()
            bench = connect(home)
            status = bench.status()
            cold.append((time.perf_counter() - before) * 1000)
        yield Figure("owner ready to answer, cold", median(cold), 2000, "ms", spread(cold))
        yield Figure("owner's resident memory, litellm not loaded", status.memory_mb, 150, "MB")
        model = add_model(bench, provider, "paced-20-0")
        conversation = bench.conversations.create(bench.experiences.create("Memory").id)
        turn = bench.conversations.send(conversation.id, "Count", model=model.id)
        list(bench.conversations.stream(turn.reply.id))
        yield Figure("owner's resident memory, litellm warm", bench.status().memory_mb, 400, "MB")
        kill_owner(home)


def _wall_ms(command: list[str]) -> float:
    before = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, cwd=os.sep)
    return (time.perf_counter() - before) * 1000
