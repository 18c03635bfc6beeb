"""What asking adds to a provider's own time: the API by hand, `ask` in a script, and `ask` in a notebook's cell.

All ask by turns for the same reply, 20 tokens at once, each in a conversation of its own, beside httpx asking the
provider straight. In a script a reply is seen when `ask` hands its first text to the screen; in a cell, when the cell's
first output with text in it has come out of the kernel, beside httpx in a cell of the same kernel.
"""

import asyncio
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import uvloop
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

from tests.bench import peer
from tests.bench.figures import Figure, added
from tests.bench.light import Light
from tests.bench.peer import Took
from tests.conftest import add_model, kill_owner
from tests.stand_in import StandIn, token
from workbench.client import OpenExperience, connect, owner, screens
from workbench.conversations.records import Message

ROUNDS = 40
MODEL = "paced-20-0"
BUDGET_MS = 20
_FIRST = token(0).strip()
_OPEN = """
import json, httpx, workbench
from IPython.display import display
bench = workbench.connect({home!r})
experience = bench.experiences.open("Bench")
def begun():
    return bench.conversations.create(experience.id)
def bare(client=httpx.Client(timeout=60, trust_env=False, verify=False)):
    text = ""
    with client.stream("POST", {url!r}, content={question!r}) as response:
        for line in response.iter_lines():
            if line.startswith("data: {{"):
                choices = json.loads(line[6:])["choices"]
                text += choices[0]["delta"].get("content", "") if choices else ""
                if text and not text.endswith("shown "):
                    display({{"text/plain": text}}, raw=True)
                    text = "shown "
next_one = begun()
"""


class Watch:
    """A screen that shows nothing, and notes when the first text of a reply has come."""

    def __init__(self) -> None:
        self.first_at = 0.0

    def grow(self, message: Message) -> None:
        """There is text."""
        if not self.first_at and message.text:
            self.first_at = time.perf_counter()

    def wait_s(self) -> None:
        """Nothing is ever due."""

    def draw(self) -> None:
        """Nothing to draw on."""

    def end(self, message: Message) -> None:
        """The first text, if all came at once."""
        self.grow(message)


def figures(provider: StandIn) -> Iterator[Figure]:
    """First text and whole reply, for each door."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        with connect(home) as bench:
            experience = bench.experiences.open(bench.experiences.create("Bench").id)
            bench.models.set_default(add_model(bench, provider, MODEL).id)
            found = owner.find(home)
            assert found is not None
            yield from _from_a_program(provider, experience, Light(found))
            yield from _from_a_cell(provider, home)
        kill_owner(home)


def _from_a_program(provider: StandIn, experience: OpenExperience, light: Light) -> Iterator[Figure]:
    bare: list[Took] = []
    by_hand: list[Took] = []
    asked: list[Took] = []
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        client = peer.client()
        for _ in range(ROUNDS + 1):  # the first is not counted: connections are opened, and litellm is loaded
            bare.append(runner.run(peer.ask(client, provider, MODEL)))
            conversation = runner.run(light.create(experience.id))
            followed = runner.run(light.ask(conversation, f"standin/{MODEL}"))
            by_hand.append(Took(followed.first_ms, followed.total_ms))
            asked.append(_asked(experience, runner.run(light.create(experience.id))))
        runner.run(client.aclose())
    yield from _beside("the API by hand", by_hand[1:], bare[1:])
    yield from _beside("`ask` in a script", asked[1:], bare[1:])


def _asked(experience: OpenExperience, conversation: str) -> Took:
    watch = Watch()
    with mock.patch.object(screens, "current", return_value=watch):
        before = time.perf_counter()
        reply = experience.ask("Count", conversation=conversation)
        ended = time.perf_counter()
    assert reply.status == "complete"
    return Took((watch.first_at - before) * 1000, (ended - before) * 1000)


def _from_a_cell(provider: StandIn, home: Path) -> Iterator[Figure]:
    manager, client = start_new_kernel(stderr=subprocess.DEVNULL)
    try:
        url = f"{provider.base_url}/chat/completions"
        _run(client, _OPEN.format(home=str(home), url=url, question=peer.question(MODEL)))
        bare: list[Took] = []
        asked: list[Took] = []
        for _ in range(ROUNDS + 1):
            bare.append(_run(client, "bare()"))
            asked.append(_run(client, "reply = experience.ask('Count', conversation=next_one)"))
            _run(client, "assert reply.status == 'complete'; next_one = begun()")
        yield from _beside("`ask` in a cell", asked[1:], bare[1:])
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def _run(client: BlockingKernelClient, code: str) -> Took:
    """When a cell's first output with the reply's first token came, and when it had run."""
    before = time.perf_counter()
    first = 0.0
    asked = client.execute(code, allow_stdin=False)
    while True:
        message = client.get_iopub_msg(timeout=60)
        if message["parent_header"].get("msg_id") != asked:
            continue
        content = message["content"]
        assert message["msg_type"] != "error", content
        if not first and _FIRST in content.get("data", {}).get("text/plain", ""):
            first = (time.perf_counter() - before) * 1000
        if content.get("execution_state") == "idle":
            return Took(first, (time.perf_counter() - before) * 1000)


def _beside(door: str, ours: list[Took], bare: list[Took]) -> Iterator[Figure]:
    firsts = [took.first_ms for took in ours], [took.first_ms for took in bare]
    yield Figure(f"first token added over bare httpx by {door} (p50)", *added(*firsts, BUDGET_MS))
    totals = [took.total_ms for took in ours], [took.total_ms for took in bare]
    yield Figure(f"whole reply of 20 tokens, added by {door} (p50)", *added(*totals, None))
