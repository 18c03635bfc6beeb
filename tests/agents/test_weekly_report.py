"""The weekly report as a person uses it: by the command line, over a real owner, in a real kernel."""

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.agents.test_report import Parts
from tests.conftest import add_model, kill_owner
from tests.faults.command import assert_told, run
from workbench.config import scratch_folder

pytestmark = pytest.mark.timeout(180)


def done(*arguments):
    ended = run(*arguments)
    assert ended.returncode == 0, ended.stderr
    return ended


def processes_of(home: Path) -> list[int]:
    """What runs for the agents of a home: all of it is started in the home's scratch folder."""
    found = []
    for process in psutil.process_iter(["cwd", "status"]):
        inside = (process.info["cwd"] or "").startswith(str(scratch_folder(home)))
        found += [process.pid] if inside and process.info["status"] != "zombie" else []
    return found


def test_a_report_is_made_read_and_saved_without_a_model(home, bench, provider, tmp_path):
    model = add_model(bench, provider, "echo")
    physics = bench.experiences.create("Physics")
    hostile = "<script>alert(1)</script> ![x](https://evil.example/x.png) is what air does to blue light in the sky."
    for text in ("The sky is blue because air scatters blue light.", hostile):
        physics.ask(text, model=model.id, new=True)
    physics.ask("Why is the sea blue?", model=add_model(bench, provider, "html").id, new=True)
    for known in bench.models.list():
        bench.models.remove(known.id)

    ran = done("agents", "run", "weekly-report", "-e", "Physics")
    assert "16/16" in ran.stderr
    name = re.search(r"agents open (\w+)", ran.stdout)[1]
    shown = done("agents", "show", name).stdout
    assert re.search(r"^State +succeeded$", shown, re.MULTILINE)
    assert name in done("agents", "runs", "-e", "Physics").stdout
    done("agents", "save", name, str(tmp_path / "saved"))
    page = (tmp_path / "saved" / "report.html").read_text("utf-8")
    assert Parts(page).dangerous() == []
    assert page.count("data:image/svg+xml;base64,") == 2
    for words in ("air scatters blue light", "Why is the sea blue?", "Its reply failed", "No model could be asked",
                  "picked by rule", "This report is complete."):  # fmt: skip
        assert words in page
    notebook = json.loads((tmp_path / "saved" / "report.ipynb").read_text("utf-8"))
    assert len(notebook["cells"]) == 16
    assert not any(output["output_type"] == "error" for cell in notebook["cells"] for output in cell.get("outputs", ()))
    assert (tmp_path / "saved" / "report.html").stat().st_mode & 0o077 == 0

    kill_owner(home)
    assert bench.agents.report(bench.agents.runs()[0].id).html == page
    assert processes_of(home) == []


def test_an_owner_that_is_killed_leaves_no_process_and_the_run_says_interrupted(home, bench):
    experience = bench.experiences.create("Physics")
    begun = bench.agents.run("weekly-report", experience.id)
    waiting = bench.agents.run("weekly-report", experience.id)
    for now in bench.agents.watch(begun.id):
        if now.cell >= 4:
            break
    assert len(processes_of(home)) >= 2
    kill_owner(home)
    deadline = time.monotonic() + 15
    while processes_of(home):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    left = bench.agents.get(begun.id)
    assert (left.state, left.fault.code, left.has_report) == ("interrupted", "interrupted", False)
    assert not (scratch_folder(home) / begun.id).exists()
    *_, last = bench.agents.watch(waiting.id)
    assert last.state == "succeeded"


def test_an_owner_that_is_stopped_interrupts_the_run_and_ends_at_once(home, bench):
    experience = bench.experiences.create("Physics")
    begun = bench.agents.run("weekly-report", experience.id)
    for now in bench.agents.watch(begun.id):
        if now.cell >= 4:
            break
    bench.stop()
    assert bench.agents.get(begun.id).state == "interrupted"
    assert processes_of(home) == []


def test_a_schedule_is_made_shown_paused_and_taken_away(home, bench):
    bench.experiences.create("Physics")
    assert "--weekly" in done("agents", "list").stdout
    made = json.loads(done("agents", "schedule", "weekly-report", "-e", "Physics", "--weekly", "--json").stdout)
    assert made["cron"] == "0 8 * * 1"
    assert bench.status().next_due_at is not None
    name = made["id"][-12:]
    assert name in done("agents", "list").stdout
    changed = json.loads(done("agents", "reschedule", name, "--cron", "30 17 * * FRI", "--json").stdout)
    assert (changed["id"], changed["cron"]) == (made["id"], "30 17 * * FRI")
    assert bench.agents.preview("30 17 * * FRI").due_at.isoformat() == changed["due_at"].replace("Z", "+00:00")
    done("agents", "pause", name)
    assert "paused" in done("agents", "list", "-e", "Physics").stdout
    assert bench.status().next_due_at is None
    assert "Next" in done("agents", "resume", name).stdout
    assert "kept" in done("agents", "unschedule", name).stdout
    assert json.loads(done("agents", "list", "--json").stdout)["schedules"] == []


def test_what_is_wrong_is_said_in_one_line(home, bench):
    bench.experiences.create("Physics")
    given = ("agents", "schedule", "weekly-report", "-e", "Physics")
    assert_told(run(*given, "--cron", "0 25 * * *"), 2, "hour", "0 to 23")
    assert_told(run(*given, "--cron", "hourly"), 2, "five fields")
    assert_told(run(*given), 2, "--weekly")
    assert_told(run("agents", "run", "nothing", "-e", "Physics"), 3, "no agent", "agents list")
    assert_told(run("agents", "show", "abc"), 3, "no run", "agents runs")
    assert_told(run("agents", "pause", "abc"), 3, "no schedule", "agents list")
    assert_told(run("agents", "run", "weekly-report", "-e", "Physics", "--since", "yesterdayish"), 2, "not a time")


def test_the_owner_loads_nothing_heavy_for_agents_that_do_not_run():
    code = (
        "import sys, workbench.app, workbench.server.api;"
        "heavy = {'papermill', 'psutil', 'altair', 'nbclient', 'IPython', 'jupyter_client', 'polars', 'pandas'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert said.stdout == "[]\n"
