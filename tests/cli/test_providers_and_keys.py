"""Providers and their keys on the command line, over a real owner."""

import json

import pytest

from tests.faults.command import assert_told, done, run
from tests.stand_in import StandIn
from workbench.client import Workbench
from workbench.errors import KeyMissingError, ProviderDisabledError

KEY = "sk-needle-4Qv7wX91aB"


@pytest.fixture
def mine(home, provider: StandIn) -> str:
    """The stand-in, set up without a model."""
    assert done("providers", "list").split()[-4:] == ["local", "local", "this", "machine"]
    added = done("providers", "add", "mine", "--base-url", provider.base_url, "--key-stdin", stdin=f"  {KEY}\n")
    assert "Added mine." in added
    assert KEY not in added
    return "mine"


def test_a_provider_is_set_up_before_its_models_and_its_key_is_replaced(mine: str, bench: Workbench):
    assert f"kept, ends in {KEY[-4:]}" in done("keys", "list")
    done("models", "add", "paced-3-0", "--provider", mine)
    assert "works" in done("models", "check", "mine/paced-3-0")
    assert "ends in 9999" in done("keys", "set", mine, stdin="sk-another-key-9999\n")
    done("keys", "remove", mine)
    assert done("keys", "list").splitlines()[1].split() == ["mine", "none"]
    assert [model.id for model in bench.models.list()] == ["mine/paced-3-0"]
    assert_told(run("keys", "set", mine, stdin="sk-nee dle"), 2, "spaces")
    assert_told(run("keys", "set", mine, stdin="\n"), 2, "No key was given")
    assert_told(run("keys", "set", "nobody", stdin=KEY), 3, "nobody")


def test_providers_that_everybody_knows_are_listed_and_added_by_name(home, bench: Workbench):
    listed = done("providers", "known")
    assert "https://api.fireworks.ai/inference/v1" in listed
    (fireworks,) = (each for each in bench.providers.known() if each.name == "fireworks")
    assert json.loads(done("providers", "known", "--json"))[0]["name"] == "openai"
    done("providers", "add", "fireworks")
    assert bench.providers.list()[1].base_url == fireworks.base_url


def test_a_key_in_the_environment_is_read_when_it_is_needed(mine: str, monkeypatch: pytest.MonkeyPatch):
    done("models", "add", "paced-3-0", "--provider", mine)
    done("keys", "set", mine, "--env", "NO_SUCH_VARIABLE")
    assert "read from NO_SUCH_VARIABLE" in done("keys", "list")
    assert_told(run("models", "check", "mine/paced-3-0"), KeyMissingError.exit_code, "NO_SUCH_VARIABLE")
    done("stop")
    monkeypatch.setenv("NO_SUCH_VARIABLE", KEY)
    assert "works" in done("models", "check", "mine/paced-3-0")


def test_a_disabled_provider_says_how_to_enable_it(mine: str):
    done("models", "add", "paced-3-0", "--provider", mine)
    assert "workbench providers enable mine" in done("providers", "disable", mine)
    assert "disabled" in done("providers", "list")
    assert "workbench providers enable mine" in done("models", "list")
    refused = run("models", "check", "mine/paced-3-0")
    assert_told(refused, ProviderDisabledError.exit_code, "workbench providers enable mine")
    assert "mine is enabled." in done("providers", "enable", mine)
    assert "works" in done("models", "check", "mine/paced-3-0")


def test_what_is_set_is_listed_and_taken_back(mine: str, bench: Workbench):
    given = ("--header", "X-Team", "--header", "X-Trace", "--first-token-s", "60", "--connect-s", "5")
    done("providers", "set", mine, *given, stdin="needle one\nneedle two\n")
    listed = done("providers", "list", "--json")
    assert "needle" not in listed
    found = json.loads(listed)[1]
    assert (found["headers"], found["first_token_s"], found["connect_s"]) == (["x-team", "x-trace"], 60, 5)
    done("providers", "set", mine, "--no-header", "x-team", "--usual-times", "--connect-s", "9")
    found = bench.providers.list()[1]
    assert (found.headers, found.first_token_s, found.connect_s) == (("x-trace",), None, 9)
    assert_told(run("providers", "set", mine, "--proxy", "http://127.0.0.1:1"), 2, "on this machine")
    assert_told(run("providers", "set", mine, "--connect-s", "0"), 2, "between 1 and 120")
    assert_told(run("providers", "set", mine), 2, "Nothing to change")
    assert_told(run("providers", "add", mine, "--base-url", "https://example.com/v1"), 2, "already")


def test_a_provider_becomes_the_default_and_is_removed_with_its_models(mine: str, bench: Workbench, provider: StandIn):
    done("models", "add", "paced-1-0", "--base-url", provider.base_url, "--provider", "other")
    done("models", "add", "paced-2-0", "--provider", mine)
    assert done("models", "default") == "other/paced-1-0\n"
    assert done("providers", "default", mine) == "mine/paced-2-0 is the default.\n"
    done("providers", "remove", mine)
    assert [each.name for each in bench.providers.list()] == ["local", "other"]
    assert done("models", "default") == "other/paced-1-0\n"


def test_servers_on_this_machine_are_found_and_their_models_listed(
    home, provider: StandIn, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("WORKBENCH_LOCAL_PORTS", str(provider.port))
    while "Nothing was found" in (found := done("providers", "found")):  # this machine may be busy
        pass
    assert found.splitlines()[1].split() == [
        f"local-{provider.port}",
        provider.base_url,
        "echo,",
        "limited,",
        "paced-20-0",
    ]
    done("models", "add", "echo", "--base-url", provider.base_url, "--provider", "mine")
    while not (known := json.loads(done("providers", "found", "--json"))):
        pass
    assert known[0]["provider"] == "mine"
    assert [line.split() for line in done("providers", "models", "mine").splitlines()[1:]] == [
        ["echo", "32,768", "tokens", "added"], ["limited"], ["paced-20-0"],
    ]  # fmt: skip
    assert "unknown" in next(line for line in done("models", "show", "mine/echo").splitlines() if "window" in line)
    assert done("providers", "models", "mine", "--add", "echo", "--add", "limited") == (
        "Added mine/echo, mine/limited.\n"
    )
    assert json.loads(done("models", "show", "mine/echo", "--json"))["context_tokens"] == 32_768
    assert_told(run("providers", "models", "mine", "--add", "gone"), 2, "workbench providers models mine")
