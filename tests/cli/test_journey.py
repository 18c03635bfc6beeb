"""The command line as it is installed, over a real owner."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.stand_in import StandIn, token
from workbench.errors import RateLimitedError

Ended = subprocess.CompletedProcess[str]


@pytest.fixture
def ran(home: Path):
    """Run `workbench …` in a process of its own, on an empty home."""

    def ran(*arguments: str, stdin: str = "") -> Ended:
        command = [sys.executable, "-m", "workbench", *arguments]
        return subprocess.run(command, input=stdin, capture_output=True, text=True, check=False, timeout=60)

    return ran


@pytest.fixture
def model(ran, provider: StandIn) -> str:
    """A model of the stand-in, added with its key from stdin."""
    given = ["--base-url", provider.base_url, "--provider", "standin", "--key-stdin", "--json"]
    added = ran("models", "add", "paced-20-0", *given, stdin="sk-secret\n")
    assert added.returncode == 0, added.stderr
    assert "sk-secret" not in added.stdout + added.stderr
    return json.loads(added.stdout)["id"]


def test_a_model_is_tried_before_it_is_asked(ran, provider: StandIn, model: str):
    assert model in ran("models", "check").stdout
    given = ["--base-url", provider.base_url, "--provider", "standin"]
    ran("models", "add", "limited", *given)
    refused = ran("models", "check", "standin/limited")
    assert refused.returncode == RateLimitedError.exit_code
    assert "70 s" in refused.stderr
    assert refused.stdout == ""
    described = ran("models", "check", "standin/limited", "--json")
    assert described.returncode == RateLimitedError.exit_code
    assert json.loads(described.stdout)["code"] == "rate_limited"
    assert "70 s" in described.stderr
    assert ran("conversations", "list", "--json").stdout.count('"id"') == 0


def test_what_is_not_known_of_a_servers_model_says_so(ran, model: str):
    shown = ran("models", "show", model)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "Context window           unknown" in shown.stdout
    assert json.loads(ran("models", "show", model, "--json").stdout)["tools"] is None
    corrected = ran("models", "correct", model, "--context", "64000")
    assert (corrected.returncode, corrected.stderr) == (0, "")
    assert "64,000 tokens (yours)" in corrected.stdout
    refused = ran("models", "correct", model, "--input-price", "12 $")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "US dollars for a million tokens" in refused.stderr
    assert ran("models", "list", "--measured").stdout == "No model has been asked in the last 30 days.\n"
    suggested = ran("models", "suggest", "Why is the sky blue?")
    assert (suggested.returncode, suggested.stderr) == (0, "")
    assert suggested.stdout.startswith(f"Suggested: {model}. What is read fits its window of 64,000 tokens.")
    gone = ran("models", "show", "standin/gone")
    assert "workbench models list" in gone.stderr


def test_from_an_empty_home_to_an_answer_that_is_kept(ran, model: str):
    assert ran("models", "default", model).stdout == f"{model}\n"
    assert ran("experiences", "create", "Physics", "--category", "study").returncode == 0
    asked = ran("ask", "-", "--experience", "physics", stdin="Why is the sky blue?")
    assert asked.returncode == 0, asked.stderr
    assert asked.stdout == "".join(map(token, range(20))) + "\n"
    measured = json.loads(ran("models", "list", "--measured", "--json").stdout)
    assert [(each["model"], each["replies"], each["failed"]) for each in measured] == [(model, 1, 0)]
    assert ran("models", "list", "--measured").stdout.splitlines()[1].split()[:4] == [model, "1", "0", "%"]
    (conversation,) = json.loads(ran("conversations", "list", "--json").stdout)["conversations"]
    shown = ran("conversations", "show", conversation["id"]).stdout
    assert "Why is the sky blue?" in shown
    assert token(19).strip() in shown


def test_status_names_what_runs_and_how_the_key_is_kept(ran, home: Path):
    status = json.loads(ran("status", "--json").stdout)
    assert status["home"] == str(home)
    assert status["key_protection"]["kind"] == "file"
    assert "Key " in ran("status").stdout
    assert ran("stop").stdout == "Stopped.\n"
    assert ran("stop").stdout == "It was not running.\n"


def test_a_mistyped_experience_is_one_line_with_a_near_name_and_a_code_of_its_own(ran):
    ran("experiences", "create", "Physics")
    refused = ran("experiences", "show", "Phisics")
    assert (refused.returncode, refused.stdout) == (3, "")
    assert "'Physics'" in refused.stderr
    assert refused.stderr.count("\n") == 1
    taken = ran("experiences", "create", "PHYSICS")
    assert taken.returncode == 2
    assert taken.stderr.count("\n") == 1


def test_without_a_model_the_remedy_is_named(ran):
    ran("experiences", "create", "Physics")
    refused = ran("ask", "Why?", "-e", "Physics")
    assert refused.returncode == 9
    assert "Traceback" not in refused.stderr


def test_ctrl_c_keeps_what_had_arrived(ran, provider: StandIn):
    given = ["--base-url", provider.base_url, "--provider", "slow", "--key-stdin", "--json"]
    slow = json.loads(ran("models", "add", "paced-500-20", *given).stdout)["id"]
    ran("experiences", "create", "Physics")
    command = [sys.executable, "-m", "workbench", "ask", "Why?", "-e", "Physics", "-m", slow]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as asking:
        assert asking.stdout
        assert asking.stdout.read(2) == token(0)[:2]
        time.sleep(1)
        asking.send_signal(signal.SIGINT)
        _, said = asking.communicate(timeout=20)
    assert asking.returncode == 130
    assert "kept" in said
    (conversation,) = json.loads(ran("conversations", "list", "--json").stdout)["conversations"]
    tree = json.loads(ran("conversations", "show", conversation["id"], "--json").stdout)
    assert tree["messages"][1]["status"] == "stopped"
    assert tree["messages"][1]["text"].startswith(token(0))


def test_the_owner_runs_in_the_foreground_until_it_is_told_to_stop(home: Path):
    command = [sys.executable, "-m", "workbench", "serve"]
    with subprocess.Popen(command, env=os.environ | {"WORKBENCH_HOME": str(home)}) as serving:
        deadline = time.monotonic() + 30
        while not (home / "run" / "owner.json").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        serving.send_signal(signal.SIGINT)
        assert serving.wait(20) in (0, 130, -signal.SIGINT)


def test_several_models_reply_each_below_its_name_and_are_merged(ran, provider: StandIn, model: str):
    given = ["--base-url", provider.base_url, "--provider", "standin"]
    for name in ("echo", "limited"):
        assert ran("models", "add", name, *given).returncode == 0
    ran("experiences", "create", "Physics")
    both = ["-e", "Physics", "-m", model, "-m", "standin/echo"]
    asked = ran("ask", "Why so?", *both, "--merge", "standin/echo")
    assert (asked.returncode, asked.stderr) == (0, "")
    first, second, merged = asked.stdout.split("── ")[1:]
    assert first.startswith(f"{model}\n{token(0)}")
    assert second.startswith("standin/echo\nWhy so? \n(echo · 10 + 20 tokens")
    assert merged.startswith("standin/echo (merged)\nWhy so?")
    assert "Reply 2 of 2:\n\n```\nWhy so?\n```" in merged
    failed = ran("ask", "Why?", *both, "-m", "standin/limited", "--json")
    assert failed.returncode == RateLimitedError.exit_code
    assert [each["status"] for each in json.loads(failed.stdout)] == ["complete", "complete", "failed"]
    refused = ran("ask", "Why?", "-e", "Physics", "--merge", model)
    assert (refused.returncode, refused.stdout) == (2, "")


def test_ctrl_c_stops_all_that_were_asked(ran, home: Path, provider: StandIn):
    given = ["--base-url", provider.base_url, "--provider", "standin"]
    for name in ("stall-5", "stall-3"):
        ran("models", "add", name, *given)
    ran("experiences", "create", "Physics")
    command = [sys.executable, "-m", "workbench", "ask", "Why?", "-e", "Physics", "-m", "standin/stall-5"]
    with subprocess.Popen([*command, "-m", "standin/stall-3"], stdout=subprocess.PIPE, text=True) as asking:
        assert asking.stdout.readline() == "── standin/stall-5\n"
        assert asking.stdout.read(2) == token(0)[:2]
        asking.send_signal(signal.SIGINT)
        asking.wait(60)
    found = json.loads(ran("conversations", "list", "--json").stdout)["conversations"]
    shown = json.loads(ran("conversations", "show", found[0]["id"], "--json").stdout)
    assert [m["status"] for m in shown["messages"] if m["author"] == "assistant"] == ["stopped", "stopped"]
