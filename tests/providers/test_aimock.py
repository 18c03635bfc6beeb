"""What models say in each wire format, from a second stand-in that nobody here wrote, over real HTTP."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.providers.asking import Reply, gateway_to, whole
from workbench.providers.formats import WireFormat
from workbench.providers.records import ChatRequest, Finished, Model, ToolCall, Turn

AIMOCK = Path(__file__).parents[2] / "extension" / "node_modules" / "@copilotkit" / "aimock" / "dist" / "cli.js"
PATHS: dict[WireFormat, str] = {"openai": "/v1", "anthropic": "", "gemini": "/v1beta"}
"""Of base URLs, below the stand-in's own."""
each_format = pytest.mark.parametrize("wire", PATHS)
ARGUMENTS = {"city": "Zürich", "days": 3}
HUGE = "Word after word, Grüße. " * 8500
"""200,000 characters, each of which is one in UTF-16: the stand-in cuts longer ones in two."""
ANSWERS: dict[str, dict[str, Any]] = {
    "Say it": {"content": "Grüße 🐝, 世界\n\nund data: [DONE]"},
    "Think first": {"content": "Four.", "reasoning": "Two and two, 数えて."},
    "Ask a tool": {"content": "Let me look.", "toolCalls": [{"name": "weather", "arguments": json.dumps(ARGUMENTS)}]},
    "Only a tool": {"toolCalls": [{"name": name, "arguments": "{}"} for name in ("time", "date")]},
    "Too long": {"content": "As far as it goes", "finishReason": "length"},
    "At length": {"content": HUGE},
}


@dataclass(frozen=True)
class StandIn:
    """A running server."""

    url: str

    def base_url(self, wire: WireFormat) -> str:
        return self.url + PATHS[wire]

    def asked(self) -> dict[str, Any]:
        """The body of the last request."""
        with urllib.request.urlopen(f"{self.url}/__aimock/journal?limit=1000") as answer:
            entries = json.load(answer)
        entries = entries if isinstance(entries, list) else entries["entries"]
        return entries[-1]["body"]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    fixtures = tmp_path_factory.mktemp("aimock") / "answers.json"
    told = [{"match": {"userMessage": asked}, "response": answer} for asked, answer in ANSWERS.items()]
    fixtures.write_text(json.dumps({"fixtures": told}), "utf-8")
    node = shutil.which("node", path=str(Path(sys.executable).parent)) or shutil.which("node")
    assert node, "Node comes with the packages that build the extension."
    command = [node, AIMOCK, "-p", "0", "-f", fixtures]
    # What comes with the packages as `node` starts the real one: both are ended as one group.
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        try:
            lines = iter(process.stdout)
            yield StandIn(next(found[1] for line in lines if (found := re.search(r"on (http://127\S+)", line))))
        finally:
            os.killpg(process.pid, signal.SIGKILL)


async def reply_to(server: StandIn, wire: WireFormat, *turns: Turn) -> Reply:
    model = Model(id="somewhere/a-model", name="a-model", provider="somewhere", kind=wire)
    async with gateway_to(server.base_url(wire), wire=wire) as gateway:
        await gateway.warm()
        return await whole(gateway, ChatRequest(model=model, turns=turns))


def asking(text: str) -> Turn:
    return Turn(role="user", text=text)


@each_format
@pytest.mark.parametrize("question", ["Say it", "At length"])
async def test_a_text_arrives_as_it_was_said(server, wire, question):
    reply = await reply_to(server, wire, asking(question))
    assert reply.error is None
    assert (reply.text, reply.finished.reason) == (ANSWERS[question]["content"], "stop")


@each_format
async def test_thoughts_are_kept_apart(server, wire):
    reply = await reply_to(server, wire, asking("Think first"))
    assert (reply.reasoning, reply.text) == (ANSWERS["Think first"]["reasoning"], "Four.")


@each_format
async def test_what_is_asked_of_tools_is_read(server, wire):
    reply = await reply_to(server, wire, asking("Ask a tool"))
    assert reply.text == "Let me look."
    assert [(call.name, json.loads(call.arguments)) for call in reply.calls] == [("weather", ARGUMENTS)]
    reply = await reply_to(server, wire, asking("Only a tool"))
    assert [call.name for call in reply.calls] == ["time", "date"]
    assert (reply.text, type(reply.finished), reply.error) == ("", Finished, None)
    assert all(isinstance(call, ToolCall) for call in reply.calls)


@each_format
async def test_an_end_at_the_longest_length_is_told_from_a_whole_answer(server, wire):
    reply = await reply_to(server, wire, asking("Too long"))
    assert (reply.text, reply.finished.reason) == ("As far as it goes", "length")


@each_format
async def test_a_conversation_arrives_in_its_order(server, wire):
    turns = (
        Turn(role="system", text="Be brief."),
        asking("First"),
        Turn(role="assistant", text="Yes."),
        asking("Say it"),
    )
    reply = await reply_to(server, wire, *turns)
    assert reply.text == ANSWERS["Say it"]["content"]
    said = json.dumps(server.asked(), ensure_ascii=False)
    places = [said.index(text) for text in ("Be brief.", "First", "Yes.", "Say it")]
    assert places == sorted(places)
