import gzip
import json
import threading
import time

import pytest

from tests.conftest import kill_owner
from workbench.errors import WorkbenchError
from workbench.widget.errands import MOST_STREAMS, Errands


class Page:
    """What has come to the page."""

    def __init__(self):
        self.letters = []
        self.enclosures = []
        self._changed = threading.Condition()

    def send(self, letters, enclosures):
        with self._changed:
            for letter in letters:
                if "enclosed" in letter:
                    letter = {**letter, "enclosed": enclosures[letter["enclosed"]]}
                self.letters.append(letter)
            self._changed.notify_all()

    def of(self, call):
        return [letter for letter in self.letters if letter["call"] == call]

    def wait(self, condition, timeout_s=20):
        with self._changed:
            assert self._changed.wait_for(lambda: condition(self), timeout_s), self.letters

    def answer(self, call):
        """What ends a call."""
        self.wait(lambda page: any("taken" not in letter for letter in page.of(call)))
        return next(letter for letter in self.of(call) if "taken" not in letter)


@pytest.fixture
def page():
    return Page()


@pytest.fixture
def experience(bench):
    return bench.experiences.create("Physics")


@pytest.fixture
def errands(bench, experience, page):
    errands = Errands(bench.transport.as_door("widget"), experience.id, component=lambda: b"component", send=page.send)
    yield errands
    errands.close()


def test_a_request_is_heard_at_once_and_answered(errands, experience, page):
    errands.take({"call": "1", "kind": "ask", "method": "GET", "path": f"experiences/{experience.id}"})
    assert json.loads(page.answer("1")["answer"])["name"] == "Physics"
    assert page.of("1")[0] == {"call": "1", "taken": True}


def test_a_change_that_comes_twice_under_one_key_is_made_once(errands, bench, experience, page):
    change = {"kind": "ask", "method": "POST", "path": "conversations", "body": {"experience_id": experience.id}}
    for call in ("1", "2"):
        errands.take({"call": call, "key": "the-same", **change})
        page.answer(call)
    assert len(bench.conversations.list(experience.id).conversations) == 1


def test_a_refusal_is_a_sentence(errands, page):
    errands.take({"call": "1", "kind": "ask", "method": "POST", "path": "stop"})
    fault = page.answer("1")["fault"]
    assert (fault["code"], fault["status"]) == ("access_denied", 403)
    assert fault["message"]
    assert fault["remedy"]


def test_what_the_owner_refuses_comes_as_it_said_it(errands, page):
    errands.take(
        {"call": "1", "kind": "ask", "method": "GET", "path": "conversations/01a210da-a088-734c-b764-c44e302e68c0"}
    )
    assert page.answer("1")["fault"]["code"] == "not_found"


def test_a_long_answer_is_compressed(errands, bench, experience, model, page):
    conversation = bench.conversations.create(experience.id)
    turn = bench.conversations.send(conversation.id, "a long question " * 10_000, model=model.id)
    list(bench.conversations.stream(turn.reply.id))
    errands.take({"call": "1", "kind": "ask", "method": "GET", "path": f"conversations/{conversation.id}"})
    enclosed = page.answer("1")["enclosed"]
    assert len(enclosed) < 10_000
    assert json.loads(gzip.decompress(enclosed))["messages"][0]["text"].startswith("a long question")


def test_a_reply_streams_to_its_end(errands, bench, experience, model, page):
    conversation = bench.conversations.create(experience.id)
    turn = bench.conversations.send(conversation.id, "Count", model=model.id)
    errands.take({"call": "1", "kind": "follow", "path": f"messages/{turn.reply.id}/stream"})
    page.wait(lambda page: {"call": "1", "ended": True} in page.letters)
    names = [letter["event"][0] for letter in page.of("1") if "event" in letter]
    assert names[0] == "snapshot"
    assert names[-1] == "done"


def test_a_stream_whose_owner_dies_ends_and_can_be_opened_again(errands, bench, experience, page, home):
    errands.take({"call": "1", "kind": "follow", "path": "events"})
    until_open(errands, 1)
    kill_owner(home)
    page.wait(lambda page: {"call": "1", "ended": True} in page.letters)
    errands.take({"call": "2", "kind": "follow", "path": "events"})
    until_open(errands, 1)
    bench.conversations.create(experience.id)
    page.wait(lambda page: any("event" in letter for letter in page.of("2")))


def test_a_stream_that_is_left_ends_and_says_no_more(errands, bench, experience, page):
    errands.take({"call": "1", "kind": "follow", "path": "events"})
    until_open(errands, 1)
    errands.take({"call": "1", "kind": "leave"})
    until_no_streams()
    bench.conversations.create(experience.id)
    time.sleep(0.3)
    assert not any("event" in letter for letter in page.of("1"))


def test_changes_are_told_as_long_as_they_are_followed(errands, bench, experience, page):
    errands.take({"call": "1", "kind": "follow", "path": "events"})
    until_open(errands, 1)
    bench.conversations.create(experience.id)
    page.wait(lambda page: any("event" in letter for letter in page.of("1")))


def test_the_oldest_streams_give_way(errands, page):
    for number in range(MOST_STREAMS + 3):
        errands.take({"call": str(number), "kind": "follow", "path": "events"})
        until_open(errands, min(number + 1, MOST_STREAMS))
    page.wait(lambda page: len([letter for letter in page.letters if letter.get("ended")]) >= 3)
    assert [letter["call"] for letter in page.letters if letter.get("ended")] == ["0", "1", "2"]


def test_closing_ends_every_thread(errands, experience, page):
    errands.take({"call": "1", "kind": "follow", "path": "events"})
    errands.take({"call": "2", "kind": "ask", "method": "GET", "path": f"experiences/{experience.id}"})
    page.answer("2")
    until_open(errands, 1)
    errands.close()
    deadline = time.monotonic() + 10
    while any(thread.name.startswith("workbench-") for thread in threading.enumerate()):
        assert time.monotonic() < deadline, threading.enumerate()
        time.sleep(0.02)


def test_the_component_is_sent_to_who_wants_it(errands, page):
    errands.take({"call": "1", "kind": "want"})
    assert page.answer("1")["enclosed"] == b"component"


@pytest.mark.parametrize(
    "message",
    [
        None,
        7,
        "text",
        [],
        {},
        {"call": 7, "kind": "ask"},
        {"call": "", "kind": "ask"},
        {"call": "x" * 201, "kind": "ask"},
        {"call": "\u202e", "kind": "ask"},
        {"call": "1", "kind": "leave"},
        {"kind": "want"},
    ],
)
def test_what_is_no_call_is_left_alone(errands, page, message):
    errands.take(message)
    time.sleep(0.1)
    assert page.letters == []


@pytest.mark.parametrize(
    "message",
    [
        {"kind": None},
        {"kind": "proxy", "path": "status"},
        {"kind": "follow", "path": "status"},
        {"kind": "ask", "method": "GET", "path": "models", "key": "a\r\nX: y"},
        {"kind": "ask", "method": "GET", "path": "models", "body": [[[]]]},
    ],
)
def test_what_cannot_be_done_is_answered_with_a_fault(errands, page, message):
    errands.take({"call": "1", **message})
    assert page.answer("1")["fault"]["message"]


def test_what_nobody_expected_is_said_to_the_page_too(bench, experience, page):
    def broken():
        raise RuntimeError

    errands = Errands(bench.transport, experience.id, component=broken, send=page.send)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(threading, "excepthook", lambda _: None)
        errands.take({"call": "1", "kind": "want"})
        assert page.answer("1")["fault"]["code"] == "owner"
    errands.close()


def test_a_component_that_was_not_built_is_said(bench, experience, page):
    def missing():
        raise WorkbenchError("The chat component has not been built.")

    errands = Errands(bench.transport, experience.id, component=missing, send=page.send)
    errands.take({"call": "1", "kind": "want"})
    assert page.answer("1")["fault"]["message"] == "The chat component has not been built."
    errands.close()


def until_open(errands, count):
    deadline = time.monotonic() + 10
    while len([stream for stream in errands._streams.values() if stream is not None]) != count:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def until_no_streams():
    deadline = time.monotonic() + 10
    while any(thread.name == "workbench-stream" for thread in threading.enumerate()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
