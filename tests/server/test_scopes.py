"""What an agent's narrow token opens, tried on every route there is; and who may not use the full one."""

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import add_model
from tests.inside import Inside, owner_inside
from workbench.agents.processes import Families
from workbench.client import Workbench
from workbench.clock import new_id
from workbench.conversations.records import Given
from workbench.errors import AccessError, TokenUnknownError
from workbench.security import audit
from workbench.security.access import Grants
from workbench.server.api import PREFIX, describe
from workbench.server.scopes import OPEN_TO_AGENTS

ROUTES = {
    f"{method.upper()} {path.removeprefix(PREFIX)}"
    for path, methods in describe().openapi()["paths"].items()
    for method in methods
}


@pytest.fixture(scope="module")
def inside(tmp_path_factory):
    with owner_inside(tmp_path_factory.mktemp("scopes") / "home") as inside:
        yield inside


@dataclass
class Two:
    """Two Experiences with a conversation and a message each, and an agent for the first."""

    inside: Inside
    agent: Workbench
    own: dict[str, str]
    foreign: dict[str, str]


@pytest.fixture(scope="module")
def two(inside, provider):
    bench = inside.bench()
    model = add_model(bench, provider, "paced-3-0")

    def ids(name):
        experience = bench.experiences.create(name)
        conversation = bench.conversations.create(experience.id)
        notes = Given(kind="text", name=f"{name}.md", text="notes")
        turn = bench.conversations.send(conversation.id, "Why?", model=model.id, attachments=[notes])
        list(bench.conversations.stream(turn.reply.id))
        return {
            "experience_id": experience.id,
            "conversation_id": conversation.id,
            "message_id": turn.reply.id,
            "question_id": turn.message.id,
            "number": "0",
            "model": model.id,
        }

    own, foreign = ids("Own"), ids("Foreign")
    token = inside.app.grants.issue("agent:test", experience_id=own["experience_id"], limit_s=60)
    return Two(inside, inside.bench(token), own, foreign)


def call(bench: Workbench, route: str, ids: dict[str, str]) -> object:
    """Ask a route for what those ids name, in its path, its query and its body."""
    method, path = route.split(" ")
    named = {"{" + name + "}": value for name, value in ids.items()}
    if "/attachments/" in path:
        named["{message_id}"] = ids["question_id"]
    for place, value in named.items():
        path = path.replace(place, value)
    body = None if method == "GET" else BODIES.get(route, lambda _: {})(ids)
    parameters = {"experience": ids["experience_id"]} if route in BY_QUERY else None
    if path.endswith("/stream"):
        return list(bench._transport.events(path))
    if path in ROWS:
        return list(bench._transport.rows(method, path, body=body, parameters=parameters))
    return bench._transport.call(method, path, object, body=body, parameters=parameters)


BODIES = {
    "POST /agents/summaries": lambda ids: {"experience_id": ids["experience_id"]},
    "POST /sql": lambda ids: {"query": "SELECT count(*) FROM messages"},
    "POST /conversations": lambda ids: {"experience_id": ids["experience_id"]},
    "POST /conversations/{conversation_id}/messages": lambda ids: {"text": "Why?", "model": ids["model"]},
}
for _path in ("/conversations/{conversation_id}", "/experiences/{experience_id}"):
    BODIES[f"POST {_path}/estimate"] = lambda ids: {"text": "Why?", "model": ids["model"]}
BY_QUERY = {"GET /agents/digest", "GET /calls", "GET /conversations", "GET /history", "GET /usage"}
ROWS = {"/calls", "/history", "/usage", "/sql"}
UNNAMED = {"GET /experiences", "POST /sql"}
"""What names no Experience, and shows an agent its own."""


@pytest.mark.parametrize("route", sorted(ROUTES - OPEN_TO_AGENTS))
def test_every_other_route_is_closed_to_an_agent(two, route):
    with pytest.raises(AccessError, match=r"may not do this"):
        call(two.agent, route.replace("{", "").replace("}", ""), two.own)


@pytest.mark.parametrize("route", sorted(OPEN_TO_AGENTS))
def test_what_is_open_opens_the_agents_own_experience(two, route):
    call(two.agent, route, two.own)


@pytest.mark.parametrize("route", sorted(OPEN_TO_AGENTS - UNNAMED))
def test_what_is_open_is_closed_for_another_experience(two, route):
    with pytest.raises(AccessError, match="another"):
        call(two.agent, route, two.foreign)


def test_where_none_is_named_an_agent_sees_its_own_experience_alone(two):
    assert [e.id for e in two.agent.experiences.list(None)] == [two.own["experience_id"]]
    counted = "SELECT DISTINCT experience FROM {}"
    for frame in (two.agent.history(), two.agent.usage(), two.agent.sql(counted.format("messages"))):
        assert set(frame["experience"]) == {"Own"}
    assert set(two.agent.sql("SELECT name FROM experiences")["name"]) == {"Own"}
    assert set(two.inside.bench().history()["experience"]) == {"Own", "Foreign"}
    found = two.agent.conversations.list().conversations
    assert {c.experience_id for c in found} == {two.own["experience_id"]}
    assert {c.experience_id for c in two.inside.bench().conversations.list().conversations} > {two.own["experience_id"]}


def test_an_agent_asks_in_its_own_experience(two):
    asked = two.agent.experiences["Own"].ask("Why?", model=two.own["model"])
    assert str(asked.text).split() == ["w0", "w1", "w2"]


def test_an_id_of_another_experience_in_a_body_shows_nothing_of_it(two):
    with pytest.raises(AccessError):
        two.agent._transport.post(
            "/conversations", object, {"id": two.foreign["conversation_id"], "experience_id": two.own["experience_id"]}
        )
    path = f"/conversations/{two.own['conversation_id']}/messages"
    for field in ("id", "reply_id", "parent_id", "given_of"):
        body = {"text": "Why?", "model": two.own["model"], field: two.foreign["message_id"]}
        with pytest.raises(Exception, match=r"message|id") as told:
            two.agent._transport.post(path, object, body)
        assert "Foreign" not in str(told.value)


def test_the_answer_to_somebody_elses_request_is_not_given_under_its_key(two, monkeypatch):
    key = new_id()
    monkeypatch.setattr("workbench.client.transport.new_id", lambda: key)
    two.inside.bench().conversations.create(two.foreign["experience_id"], title="foreign")
    made = two.agent.conversations.create(two.own["experience_id"], title="own")
    assert (made.title, made.experience_id) == ("own", two.own["experience_id"])


def test_the_audit_log_says_which_agent_it_was(two):
    made = two.agent.conversations.create(two.own["experience_id"])
    database = two.inside.app.services().database
    rows = database.read("SELECT actor FROM audit WHERE record_id = ?", (made.id,))
    assert rows == [("agent:test",)]
    assert audit.verify(database) is None


def test_after_its_run_and_after_its_time_a_token_opens_nothing_and_says_why(two):
    grants = two.inside.app.grants
    token = grants.issue("agent:test", experience_id=two.own["experience_id"], limit_s=60)
    late = grants.issue("agent:test", experience_id=two.own["experience_id"], limit_s=-1)
    agent = two.inside.bench(token)
    agent.experiences.list()
    grants.end(token)
    for ended in (agent, two.inside.bench(late)):
        with pytest.raises(AccessError, match="run has ended"):
            ended.experiences.list()
    with pytest.raises(TokenUnknownError):
        two.inside.bench(token[:-1]).experiences.list()


def test_a_token_is_not_kept_as_it_is():
    grants = Grants()
    token = grants.issue("agent:test", experience_id=new_id(), limit_s=60)
    assert grants.find(token).actor == "agent:test"
    assert token not in repr(vars(grants))


# The full token

ASK = """
import subprocess, sys, os, time
from workbench.client import connect
if sys.argv[2:] == ["orphan"]:
    if os.fork():
        time.sleep(2)  # stays, so that whoever adopts its child is one of the family
        os._exit(0)
    if os.fork():
        os._exit(0)
    time.sleep(0.3)
try:
    connect(sys.argv[1], start=False).experiences.list()
    said = "let in"
except Exception as error:
    said = str(error)
open(sys.argv[1] + "/said", "w").write(said)
"""


def said(home: Path) -> str:
    deadline = time.monotonic() + 20
    while not (home / "said").exists() or not (home / "said").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    text = (home / "said").read_text()
    (home / "said").unlink()
    return text


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not say who is at the other end")
def test_what_descends_from_a_run_is_refused_the_full_token(two):
    adopt = "from workbench.agents.processes import adopt_descendants as adopt; adopt();"
    runner = [sys.executable, "-c", f"{adopt} import subprocess, sys; subprocess.run([sys.executable, *sys.argv[1:]])"]
    families = two.inside.app.families
    home = str(two.inside.home)

    def asked(*more: str, watched: bool) -> str:
        with subprocess.Popen([*runner, "-c", ASK, home, *more]) as running:
            if watched:
                families.add(running.pid)
            try:
                return said(two.inside.home)
            finally:
                families.remove(running.pid)
                running.wait(20)

    assert asked(watched=False) == "let in"
    assert "may not use the owner's token" in asked(watched=True)
    assert "may not use the owner's token" in asked("orphan", watched=True)
    two.inside.bench().experiences.list()


def test_a_process_that_is_gone_counts_as_an_agents_while_one_runs(two):
    families = Families()
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait(20)
    assert not families.hold(gone.pid)
    families.add(1)
    assert families.hold(gone.pid)
