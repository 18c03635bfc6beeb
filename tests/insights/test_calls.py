"""The ledger of calls as DataFrames, through the client and a real owner."""

import pytest

from tests.conftest import add_model, kill_owner
from workbench.client import Workbench, connect
from workbench.client.conversations import Conversations
from workbench.conversations.records import Message
from workbench.errors import ProviderError


def ended(bench: Workbench, reply: Message) -> Message:
    *_, done = bench.conversations.stream(reply.id)
    return done.message


def told(bench: Workbench, *columns: str) -> list[tuple]:
    return bench.calls().select(columns).rows()


def test_each_request_is_a_row_whatever_it_was_for(bench: Workbench, provider, model):
    limited = add_model(bench, provider, "limited")
    stopping = add_model(bench, provider, "paced-1000-20")
    experience = bench.experiences.create("Physics")
    conversation = bench.conversations.create(experience.id)
    first = ended(bench, bench.conversations.send(conversation.id, "Why?", model=model.id).reply)
    failed = ended(bench, bench.conversations.retry(first.id, model=limited.id))
    assert failed.status == "failed"
    running = bench.conversations.retry(first.id, model=stopping.id)
    for event in bench.conversations.stream(running.id):
        if getattr(event, "text", "") or (hasattr(event, "message") and event.message.text):
            break
    bench.conversations.stop(running.id)
    ended(bench, bench.conversations.resume(failed.id))
    bench.models.check(model.id)
    with pytest.raises(ProviderError):
        bench.models.check(limited.id)
    bench.agents.summarise(experience.id)
    assert told(bench, "purpose", "model", "ended", "error") == [
        ("question", model.id, "complete", None),
        ("retry", limited.id, "failed", "rate_limited"),
        ("retry", stopping.id, "stopped", None),
        ("continue", limited.id, "failed", "rate_limited"),
        ("check", model.id, "stopped", None),
        ("check", limited.id, "failed", "rate_limited"),
        ("summary", model.id, "complete", None),
    ]
    assert told(bench, "message_id")[:4] == [(first.id,), (failed.id,), (running.id,), (failed.id,)]
    assert told(bench, "experience")[3:6] == [("Physics",), (None,), (None,)]
    assert told(bench, "input_tokens", "output_tokens", "cost_usd")[0] == (10, 20, None)
    assert bench.calls("physics").height == 5
    assert bench.calls(until="1h").height == 0
    costs = "select purpose, count(*) as n from calls where ended = 'failed' group by all order by all"
    assert bench.sql(costs).rows() == [("check", 1), ("continue", 1), ("retry", 1)]
    assert "cached_tokens" in bench.sql("describe calls")["column_name"].to_list()
    assert bench.usage()["replies"].sum() == 3


def test_a_killed_owner_loses_no_call_that_had_ended_and_the_next_one_tells_of_what_ran(home, provider):
    with connect(home) as bench:
        quick, slow = add_model(bench, provider, "paced-20-0"), add_model(bench, provider, "paced-1000-20")
        conversation = bench.conversations.create(bench.experiences.create("Physics").id)
        done = ended(bench, bench.conversations.send(conversation.id, "Why?", model=quick.id).reply)
        running = bench.conversations.send(conversation.id, "And then?", model=slow.id).reply
        following: Conversations = bench.conversations
        for event in following.stream(running.id):
            if getattr(event, "text", ""):
                break
        kill_owner(home)
        assert told(bench, "message_id", "purpose", "ended", "total_ms")[1:] == [
            (running.id, "question", "interrupted", None)
        ]
        assert told(bench, "message_id", "ended")[0] == (done.id, "complete")
