"""Asking again over real HTTP, in each format, of a stand-in that nobody here wrote."""

import asyncio
from collections.abc import Iterator

import pytest
from llmock.scenarios import Fail, Reply, StreamFault
from llmock.testing import LLMockServer

from tests.providers.asking import REMOTE, ask, gateway_to
from tests.providers.raw_server import RawServer, answer
from tests.providers.test_llmock import TEXT, base_url, each_format
from workbench.chat.replies import Replies
from workbench.clock import new_id, utc_now
from workbench.conversations.records import Message
from workbench.conversations.service import Conversations
from workbench.errors import ProviderError
from workbench.events import Changes
from workbench.experiences.service import Experiences
from workbench.providers.fallback import Asker, Plan, Waiting
from workbench.providers.ledger import About
from workbench.providers.records import Finished, TextDelta
from workbench.providers.spending import Granted

PLAN = Plan(first=ask(), build=lambda _: ask(), allowance=Granted())
ABOUT = About(purpose="question")


@pytest.fixture(scope="module")
def server() -> Iterator[LLMockServer]:
    with LLMockServer() as server:
        yield server


@each_format
@pytest.mark.parametrize(
    ("behaviour", "slept", "code"),
    [
        (Fail(429, retry_after=3), [3.0], "rate_limited"),
        (Fail(429, retry_after=70), [], "rate_limited"),
        (Fail(503, times=2), [1.0, 1.0], "provider_unavailable"),  # it says so: Retry-After: 1
        (Fail(503, retry_after=3), [3.0], "provider_unavailable"),
        (Fail(529, retry_after=70), [], "provider_unavailable"),
        (Fail(500), [0.75], "provider_unavailable"),
        (StreamFault("disconnect", after_chunks=0), [0.75], "stream_cut"),
        (Fail(401), [], "key_rejected"),
    ],
    ids=["429", "429 for long", "503 twice", "503 with a time", "529 for long", "500", "disconnect", "401"],
)
async def test_what_passes_is_waited_for_and_what_does_not_is_told(server, wire, behaviour, slept, code):
    waits, calls, text, ended, failed = [], [], "", None, None

    async def sleep(seconds):
        waits.append(seconds)

    server.state.scenarios.clear()
    server.state.scenarios.add(Reply(text=TEXT, times=None), behaviour)
    async with gateway_to(base_url(server, wire), wire=wire) as gateway:
        await gateway.warm()
        try:
            async for event in Asker(gateway, sleep=sleep, jitter=lambda: 0.0).stream(PLAN, ABOUT, calls.append):
                match event:
                    case Waiting():
                        assert "Trying again in" in event.message
                    case TextDelta():
                        text += event.text
                    case Finished():
                        ended = event
        except ProviderError as error:
            failed = error.code
    assert waits == slept
    assert {call.error for call in calls[: len(slept) or 1]} == {code}
    assert (text, ended is None, failed) == ((TEXT, False, None) if slept else ("", True, code))


class Running:
    """A reply that is asked for over HTTP."""

    def __init__(self, database, gateway, group, **more):
        experience = Experiences(database, Changes()).create("Physics")
        conversations = Conversations(database, Changes())
        conversation = conversations.create(experience.id)
        self.replies = Replies(Asker(gateway, **more), conversations, group)
        place = {"conversation_id": conversation.id, "experience_id": experience.id}
        times = {"created_at": utc_now(), "updated_at": utc_now()}
        asked = Message(id=new_id(), author="user", text="Why?", **place, **times)
        self.id = new_id()
        pending = Message(
            id=self.id,
            parent_id=asked.id,
            author="assistant",
            text="",
            status="running",
            model=REMOTE.id,
            **place,
            **times,
        )
        conversations.ask(asked, pending)
        self.replies.start(pending, PLAN, "question")


async def test_nothing_more_is_sent_once_a_wait_was_stopped(database):
    waiting, never = asyncio.Event(), asyncio.Event()

    async def sleep(_seconds):
        waiting.set()
        await never.wait()

    busy = answer("503 Service Unavailable", b"{}")
    async with (
        RawServer(busy).running() as server,
        gateway_to(server.base_url) as gateway,
        asyncio.TaskGroup() as group,
    ):
        running = Running(database, gateway, group, sleep=sleep)
        await waiting.wait()
        stopped = await running.replies.stop(running.id)
        never.set()
        running.replies.leave()
    assert stopped.status == "stopped"
    assert len(server.requests) == 1
