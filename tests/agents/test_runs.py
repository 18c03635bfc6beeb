"""Runs of notebooks that misbehave, by the real runner in real kernels, over an owner in this process."""

import json
import os
import sys
import time
from dataclasses import replace
from decimal import Decimal

import psutil
import pytest

from tests.conftest import add_model
from tests.inside import owner_inside
from workbench.agents import notebooks
from workbench.agents.child import Limits
from workbench.client import owner
from workbench.config import scratch_folder
from workbench.errors import AccessError, InvalidInputError, NotFoundError

pytestmark = pytest.mark.timeout(180)
NEEDLE, STORED, PLAIN = (f"needle-{os.urandom(12).hex()}" for _ in range(3))

NOSY = [
    """
import json, os, pathlib, workbench
from workbench.errors import WorkbenchError
bench = workbench.connect()
workbench.connect("/elsewhere").experiences.list(None)
told = []

def tried(what):
    try:
        return what()
    except WorkbenchError as error:
        told.append(str(error))
""",
    "[e.name for e in bench.experiences.list(None)]",
    """
outside = pathlib.Path({place!r})
tried(lambda: bench.experiences.get((outside / "foreign").read_text()))
tried(bench.status)
import importlib, keyring
from workbench.client import owner
from workbench.client.transport import Transport
full = owner.find(outside / "home")
tried(lambda: workbench.Workbench(Transport(outside / "home", start=False, only=full)).experiences.list())
import subprocess, sys
spawned = subprocess.run([sys.executable, "-c", "import workbench; workbench.connect().experiences.list()"],
    capture_output=True, text=True)
(outside / "spawned").write_text(spawned.stderr)
(outside / "told").write_text(json.dumps(told))
(outside / "environment").write_text(json.dumps(dict(os.environ)))
(outside / "keyring").write_text(type(keyring.get_keyring()).__module__)
token = bench._transport._only.token
(outside / "token").write_text(token)
made = bench.conversations.create(experience, title="by the agent")
(outside / "made").write_text(made.id)
""",
    f"""
# what a careless notebook shows
print(dict(os.environ), token, full.token, {STORED!r})
x = {NEEDLE!r}; print(x, repr(full.token.encode()))
""",
    f"""
raise ValueError("plain words", token, full.token, {NEEDLE!r}, {STORED!r}, dict(os.environ))
""",
]
DIES = ["import os", "x = 1\nos._exit(3)", "print('never')"]
SLOW = [
    """
import os, pathlib, subprocess, sys, time
outside = pathlib.Path({place!r})
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
(outside / "pids").write_text(f"{os.getpid()} {child.pid}")
""",
    "time.sleep(600)",
]
GREEDY = ["import time", "held = []\nfor _ in range(600):\n    held.append(b'x' * 10_000_000)\n    time.sleep(0.02)"]
ASKS = ["import workbench\nbench = workbench.connect()", "[bench.agents.summarise(experience) for _ in range(3)]"]
FINE = ["import workbench", "'fine ' + experience"]


def cell(id, kind, source, **metadata):
    made = {"cell_type": kind, "id": id, "metadata": metadata, "source": source.strip()}
    return made | ({"outputs": [], "execution_count": None} if kind == "code" else {})


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("agents")


@pytest.fixture(scope="module")
def inside(place):
    """An owner whose agents are the notebooks above."""
    folder = place / "notebooks" / "agents"
    folder.mkdir(parents=True)
    given = {"nosy": NOSY, "dies": DIES, "slow": SLOW, "greedy": GREEDY, "asks": ASKS, "fine": FINE}
    for name, sources in given.items():
        cells = [
            cell("title", "markdown", f"# {name}\n\nWhat it does."),
            cell("parameters", "code", "experience = since = until = None", tags=["parameters"]),
            *(cell(f"c{n}", "code", text.replace("{place!r}", repr(str(place)))) for n, text in enumerate(sources)),
        ]
        nb = {"cells": cells, "metadata": {"kernelspec": {"name": "python3", "display_name": "", "language": "python"}}}
        (folder / f"{name}.ipynb").write_text(json.dumps(nb | {"nbformat": 4, "nbformat_minor": 5}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(notebooks, "shipped", lambda _: place / "notebooks")
        patch.setenv("WORKBENCH_NEEDLE", NEEDLE)
        patch.setenv("NEEDLE_TOKEN", NEEDLE)
        patch.setenv("NOT_PASSED_ON", PLAIN)
        with owner_inside(place / "home") as inside:
            yield inside


@pytest.fixture(scope="module")
def bench(inside, provider):
    bench = inside.bench()
    bench.models.add_remote(provider="p", base_url=provider.base_url, name="echo", api_key=STORED)
    return bench


@pytest.fixture
def experience(bench):
    return bench.experiences.create(os.urandom(4).hex())


def ended(bench, run):
    *_, last = bench.agents.watch(run.id)
    return last


def test_a_notebook_sees_its_experience_alone_and_its_report_holds_no_secret(inside, bench, experience, place):
    foreign = bench.experiences.create("Foreign")
    (place / "foreign").write_text(foreign.id)
    run = ended(bench, bench.agents.run("nosy", experience.id))
    assert (run.state, run.fault.code) == ("failed", "cell_failed"), run
    assert run.cell == 8
    assert run.line.startswith("raise ValueError(")
    assert "failed in cell 8" in run.fault.message
    assert "plain words" in run.fault.message

    told = json.loads((place / "told").read_text())
    assert len(told) == 3, told
    assert "another" in told[0]
    assert "may not do this" in told[1]
    if sys.platform == "linux":
        assert "may not use the owner's token" in told[2]
    assert "handed out already" in (place / "spawned").read_text()
    assert (place / "keyring").read_text() == "keyring.backends.fail"
    environment = json.loads((place / "environment").read_text())
    assert not {"WORKBENCH_NEEDLE", "NEEDLE_TOKEN", "NOT_PASSED_ON", "WORKBENCH_HOME"} & set(environment)
    token = (place / "token").read_text()
    assert token not in json.dumps(environment)

    report = bench.agents.report(run.id)
    notebook = json.dumps(bench.agents.notebook(run.id))
    assert experience.name in report.html
    assert "Foreign" not in report.html
    assert "plain words" in report.html
    for kept in (report.html, notebook, repr(run)):
        for secret in (NEEDLE, STORED, token, owner.find(inside.home).token):
            assert secret not in kept
    for secret in ("[removed]", "ValueError"):
        assert secret in report.html

    with pytest.raises(AccessError, match="run has ended"):
        inside.bench(token).experiences.list()
    rows = inside.app.services().database.read(
        "SELECT actor, action FROM audit WHERE record_id = ?", ((place / "made").read_text(),)
    )
    assert rows == [("agent:nosy", "conversations.create")]
    assert not scratch_folder(inside.home).joinpath(run.id).exists()


def test_two_runs_wait_for_each_other_and_a_kernel_that_dies_is_a_sentence(bench, experience):
    dies, fine = bench.agents.run("dies", experience.id), bench.agents.run("fine", experience.id)
    assert bench.status().agent_runs == 2
    assert bench.agents.get(fine.id).state == "queued"
    died, well = ended(bench, dies), ended(bench, fine)
    assert (died.state, died.fault.code) == ("failed", "kernel_died")
    assert "died in cell 5" in died.fault.message
    assert died.line == "x = 1"
    assert well.state == "succeeded"
    assert well.started_at >= died.ended_at
    assert f"fine {experience.id}" in bench.agents.report(fine.id).html


def gone(pids):
    deadline = time.monotonic() + 15
    while alive := [pid for pid in pids if psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie"]:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return not alive


def test_a_run_that_is_cancelled_leaves_no_process_and_no_report(inside, bench, experience, place):
    (place / "pids").unlink(missing_ok=True)
    run = bench.agents.run("slow", experience.id)
    waiting = bench.agents.run("slow", experience.id)
    assert bench.agents.cancel(waiting.id).state == "cancelled"
    for now in bench.agents.watch(run.id):
        if now.line.startswith("time.sleep") and now.ended_at is None:
            assert inside.app.is_needed()
            bench.agents.cancel(run.id)
    assert (now.state, now.cell, now.has_report) == ("cancelled", 5, False)
    assert gone(map(int, (place / "pids").read_text().split()))
    with pytest.raises(NotFoundError, match="no report"):
        bench.agents.report(run.id)
    assert bench.agents.cancel(run.id) == bench.agents.get(run.id)


@pytest.mark.parametrize(
    "case",
    [("greedy", Limits(memory_mb=700), "out_of_memory"), ("slow", Limits(seconds=12), "out_of_time")],
)
def test_a_run_that_takes_too_much_is_ended_with_a_sentence(inside, bench, experience, monkeypatch, case):
    agent, limits, code = case
    monkeypatch.setattr(inside.app.services().agents, "_limits", limits)
    run = ended(bench, bench.agents.run(agent, experience.id))
    assert (run.state, run.fault.code) == ("failed", code)
    assert "was ended in" in run.fault.message
    assert run.fault.remedy
    assert not list(scratch_folder(inside.home).glob(run.id))


def test_what_cannot_be_run_is_refused_with_a_sentence(bench, experience):
    for name in ("nothing", "../nosy", ""):
        with pytest.raises(NotFoundError, match="no agent"):
            bench.agents.run(name, experience.id)
    bench.experiences.delete(experience.id)
    with pytest.raises(InvalidInputError, match="trash"):
        bench.agents.run("fine", experience.id)


def test_a_model_is_asked_for_a_summary_and_what_keeps_it_from_that_is_said(bench, experience, provider):
    assert bench.agents.summarise(experience.id).text == "Nothing was discussed."
    echo = add_model(bench, provider, "echo")
    experience.ask("The sky is blue because air scatters blue light.", model=echo.id)
    written = bench.agents.summarise(experience.id)
    assert (written.source, written.model) == ("model", bench.models.default().id)
    assert "material to summarise" in written.text
    assert "scatters" in written.text
    for name, reason in (("cut-2", "was cut off"), ("limited", "to wait"), ("html", "not to a chat API")):
        bench.experiences.update(experience.id, model=add_model(bench, provider, name).id)
        fallen_back = bench.agents.summarise(experience.id)
        assert (fallen_back.source, fallen_back.model) == ("rules", None)
        assert reason in fallen_back.remark
        assert "picked by rule" in fallen_back.remark
        assert "The sky is blue because air scatters blue light." in fallen_back.text


def test_a_summary_is_asked_for_as_replies_are_of_the_next_model_where_one_fails(bench, experience, provider):
    echo, limited = add_model(bench, provider, "echo"), add_model(bench, provider, "limited")
    experience.ask("The sky is blue because air scatters blue light.", model=echo.id)
    bench.experiences.update(experience.id, model=limited.id, fallbacks=["nobody/here", echo.id])
    written = bench.agents.summarise(experience.id)
    assert (written.source, written.model) == ("model", echo.id)
    assert written.remark == "Written by echo, as limited could not be asked; a model can be wrong."
    asked = bench.sql("select model, ended from calls where purpose = 'summary' order by created_at")
    assert asked.rows()[-1] == (echo.id, "complete")
    assert (limited.id, "failed") in asked.rows()


def test_a_run_says_what_its_summaries_cost_as_far_as_it_is_known(inside, bench, experience, provider, monkeypatch):
    experience.ask("The sky is blue because air scatters blue light.", model=add_model(bench, provider, "echo").id)
    free = ended(bench, bench.agents.run("fine", experience.id))
    assert (free.cost_usd, free.of_unknown_cost) == (None, 0)
    unknown = ended(bench, bench.agents.run("asks", experience.id))
    assert (unknown.state, unknown.cost_usd, unknown.of_unknown_cost) == ("succeeded", None, 3)

    services, costs = inside.app.services(), iter((Decimal("0.0021"), None, Decimal("0.0009")))
    summarise = services.thinking.summarise

    async def priced(*given, **more):
        return replace(await summarise(*given, **more), cost_usd=next(costs))

    monkeypatch.setattr(services.thinking, "summarise", priced)
    known = ended(bench, bench.agents.run("asks", experience.id))
    assert (known.cost_usd, known.of_unknown_cost) == (Decimal("0.0030"), 1)
    monkeypatch.undo()
    bench.agents.summarise(experience.id)
    assert bench.agents.runs()[0] == known
