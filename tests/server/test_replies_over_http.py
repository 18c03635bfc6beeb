"""Replies from a provider to a client, over real HTTP both ways: how soon one is stopped, and how long one may be."""

import time

import pytest

from tests.inside import owner_inside
from tests.providers.raw_server import SSE, RawServer
from tests.providers.spoken import FORMATS
from workbench.client.records import Snapshot
from workbench.conversations.service import Conversations

each_format = pytest.mark.parametrize("spoken", FORMATS, ids=lambda spoken: spoken.wire)


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    with owner_inside(tmp_path_factory.mktemp("replies") / "home") as inside:
        yield inside.bench()


def conversation_with(bench, server, spoken, name):
    """A new conversation, and the server's model under its id."""
    model = bench.models.add_remote(
        provider=f"{name}-{spoken.wire}", base_url=server.base_url, kind=spoken.wire, name="a-model", api_key="sk-test"
    )
    experience = bench.experiences.create(f"{name} {spoken.wire}")
    return bench.conversations.create(experience.id).id, model.id


@each_format
@pytest.mark.parametrize("said", ["", "Begins"], ids=["before its text", "in its text"])
def test_the_provider_sees_its_connection_closed_within_half_a_second_of_stop(bench, spoken, said):
    server = RawServer(SSE, spoken.begin, *([spoken.say(said)] if said else []), 600.0)
    took_s = []
    with server.apart() as wait:
        conversation, model = conversation_with(bench, server, spoken, f"stop{len(said)}")
        for _ in range(3):  # the best of three: a busy machine is not what is measured
            server.asked.clear()
            server.left.clear()
            reply = bench.conversations.send(conversation, "Why?", model=model).reply
            wait(server.asked)
            for event in bench.conversations.stream(reply.id):
                if said == (event.message.text if isinstance(event, Snapshot) else event.text):
                    break
            began = time.monotonic()
            stopped = bench.conversations.stop(reply.id)
            wait(server.left)
            took_s.append(server.left_at - began)
            assert (stopped.status, stopped.text) == ("stopped", said)
    assert min(took_s) < 0.5


@each_format
def test_a_reply_of_200_000_tokens_is_kept_whole_and_each_word_goes_each_way_once(bench, spoken, monkeypatch):
    words = [f"{number:x} " for number in range(200_000)]
    text = "".join(words)
    saved = []
    append = Conversations.append_parts

    def noted(conversations, parts, calls=()):
        saved.extend(part.text for part in parts)
        append(conversations, parts, calls)

    monkeypatch.setattr(Conversations, "append_parts", noted)
    pieces = [b"".join(map(spoken.say, words[at : at + 50])) for at in range(0, len(words), 50)]
    server = RawServer(SSE, spoken.begin, *pieces, spoken.last)
    with server.apart():
        conversation, model = conversation_with(bench, server, spoken, "long")
        reply = bench.conversations.send(conversation, "Count.", model=model).reply
        snapshot, *deltas, done = bench.conversations.stream(reply.id)
        received = snapshot.message.text + "".join(delta.text for delta in deltas)
        kept = bench.conversations.message(reply.id)
        again = bench.conversations.get(conversation).messages[-1]
        server.script = (SSE, spoken.message("Well counted."))
        after = bench.conversations.send(conversation, "And then?", model=model).reply
        *_, ended = bench.conversations.stream(after.id)
    assert (kept.status, kept.fault) == ("complete", None)
    # Compared before they are asserted: nobody wants to read the difference of megabytes.
    wholes = [each == text for each in (received, kept.text, again.text, done.message.text)]
    assert wholes == [True] * 4
    begins = text.startswith("".join(saved))
    assert begins
    assert (ended.message.status, ended.message.text) == ("complete", "Well counted.")
    assert len(server.requests[-1][2]) < 1000  # more than the model's window takes is not sent along
