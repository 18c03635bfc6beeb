"""The way through to a real owner."""

import asyncio
import json
import time

import pytest

from tests.conftest import kill_owner
from tests.jupyter.browser import chunks, read_head
from workbench.client import owner as owners
from workbench.clock import new_id


async def ask(browser, method, path, body=None, **headers):
    sent = None if body is None else json.dumps(body).encode()
    headers = browser.by_token | {"Content-Type": "application/json"} | headers
    return await browser.ask(method, browser.api(path), headers, sent)


async def events(browser, path):
    """The names and data of a stream's events, until it ends."""
    reader, writer = await browser.open("GET", browser.api(path), browser.by_token)
    status, headers = await read_head(reader)
    assert (status, headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    text = b"".join([piece async for piece in chunks(reader)]).decode()
    writer.close()
    told = (event.splitlines() for event in text.split("\n\n") if event and not event.startswith(":"))
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in told]


def until_nobody_answers(home):
    while owners.find(home) is not None:
        time.sleep(0.05)


async def test_the_first_request_starts_the_owner(home, browser):
    assert owners.find(home) is None
    began = time.perf_counter()
    replies = await asyncio.gather(*(ask(browser, "GET", "status") for _ in range(8)))
    print(f"\nfirst answers after {time.perf_counter() - began:.2f} s")
    assert {reply.status for reply in replies} == {200}
    assert {reply.json()["pid"] for reply in replies} == {owners.find(home).pid}


async def test_an_experience_gets_its_notebook(home, browser, jp_root_dir):
    made = await ask(browser, "POST", "experiences", {"name": "a/b 🦀 ../c"})
    assert made.status == 201, made.body
    body = json.dumps({"experience_id": made.json()["id"]}).encode()
    reply = await browser.ask("POST", browser.base_url + "workbench/notebook", browser.by_token, body)
    slug = made.json()["slug"]
    assert reply.json() == {
        "folder": f"Experiences/{slug}",
        "path": f"Experiences/{slug}/{slug}.ipynb",
        "created": True,
    }
    assert (jp_root_dir / reply.json()["path"]).is_file()


async def test_an_unknown_experience_gets_none(home, browser, jp_root_dir):
    body = json.dumps({"experience_id": new_id()}).encode()
    reply = await browser.ask("POST", browser.base_url + "workbench/notebook", browser.by_token, body)
    assert (reply.status, reply.json()["code"]) == (404, "not_found")
    assert list(jp_root_dir.iterdir()) == []


async def test_a_reply_streams_through_and_can_be_joined_again(home, browser, bench, model):
    experience = bench.experiences.create("Physics")
    conversation = bench.conversations.create(experience.id)
    sent = await ask(browser, "POST", f"conversations/{conversation.id}/messages", {"text": "Why is the sky blue?"})
    assert sent.status == 201, sent.body
    reply_id = sent.json()["reply"]["id"]
    first = await events(browser, f"messages/{reply_id}/stream")
    again = await events(browser, f"messages/{reply_id}/stream")
    assert (first[0][0], first[-1][0]) == ("snapshot", "done")
    assert [name for name, _ in again] == ["snapshot", "done"]
    assert again[-1][1]["text"] == first[-1][1]["text"]
    assert first[-1][1]["status"] == "complete"


async def test_a_change_survives_the_owner_being_killed(home, browser):
    await ask(browser, "GET", "status")
    names = [f"Experience {number}" for number in range(6)]
    for name in names:
        kill_owner(home)
        reply = await ask(browser, "POST", "experiences", {"name": name}, **{"Idempotency-Key": new_id()})
        assert reply.status == 201, reply.body
    assert sorted(record["name"] for record in (await ask(browser, "GET", "experiences")).json()) == names


@pytest.mark.fault
async def test_changes_under_way_when_the_owner_is_killed_are_made_once(home, browser):
    await ask(browser, "GET", "status")
    wanted = set()
    for round_ in range(4):
        names = [f"Round {round_}, Experience {number}" for number in range(8)]
        wanted |= set(names)
        async with asyncio.TaskGroup() as group:
            asked = [
                group.create_task(ask(browser, "POST", "experiences", {"name": name}, **{"Idempotency-Key": new_id()}))
                for name in names
            ]
            await asyncio.sleep(0.004 * round_)
            kill_owner(home)
        assert [task.result().status for task in asked] == [201] * 8
    kept = [record["name"] for record in (await ask(browser, "GET", "experiences")).json()]
    assert sorted(kept) == sorted(wanted)


async def test_an_owner_that_was_stopped_and_started_by_another_is_found(home, browser, bench):
    await ask(browser, "GET", "status")
    bench.stop()
    await asyncio.to_thread(until_nobody_answers, home)
    started = owners.ensure(home)
    reply = await ask(browser, "POST", "experiences", {"name": "Physics"})
    assert reply.status == 201, reply.body
    assert (await ask(browser, "GET", "status")).json()["pid"] == started.pid


async def test_an_upload_that_is_too_large_is_refused_with_the_owners_words(home, browser):
    reply = await browser.ask("POST", browser.api("experiences"), browser.by_token, bytes(20_000_000))
    assert (reply.status, reply.json()["code"]) == (422, "invalid_input")
    assert reply.json()["remedy"]


async def test_changes_are_heard_until_the_browser_leaves(home, browser):
    reader, writer = await browser.open("GET", browser.api("events"), browser.by_token)
    await read_head(reader)
    made = await ask(browser, "POST", "experiences", {"name": "Physics"})
    async with asyncio.timeout(5):
        async for piece in chunks(reader):
            if made.json()["id"].encode() in piece:
                break
    writer.transport.abort()
