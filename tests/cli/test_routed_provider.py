"""A provider that litellm reads, from adding it to reading its replies again, over a real owner and a real socket."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import workbench
from tests.faults.command import assert_told, done, run
from tests.providers.raw_server import RawServer, answer
from tests.providers.routed import COHERE, OLLAMA
from workbench.client import Workbench
from workbench.errors import InvalidInputError, ProviderUnavailableError, RateLimitedError, StreamCutError

KEY = "sk-needle-4Qv7wX91aB"


@pytest.fixture
def server() -> Iterator[RawServer]:
    """One that says Hello, world; half of it to `half`, and to wait to `wait`."""
    server = RawServer(
        *COHERE.whole("Hello, ", "world."),
        asked={
            "half": COHERE.cut("Hello, "),
            "wait": (answer("429 Slow Down", b"{}", "application/json", "retry-after: 90"),),
        },
    )
    with server.apart():
        yield server


@pytest.fixture
def mine(home: Path, server: RawServer) -> str:
    """The provider, added by what everybody knows of its name, and a model of it."""
    base_url = f"http://127.0.0.1:{server.port}/v2/chat"
    added = done("providers", "add", "cohere", "--base-url", base_url, "--key-stdin", stdin=KEY)
    assert KEY not in added
    done("models", "add", "command-a", "--provider", "cohere")
    done("experiences", "create", "Astronomy")
    return "cohere"


def test_its_replies_are_marked_in_every_word_of_the_command_line(mine: str, server: RawServer, bench: Workbench):
    listed = done("providers", "list")
    assert f"http://127.0.0.1:{server.port}  " in listed
    assert "replies not verified" in listed
    assert "replies not verified" in done("models", "list")
    assert "not verified: a cut one would pass for complete" in done("models", "show", "cohere/command-a")
    assert "works" in done("models", "check", "cohere/command-a")
    assert done("ask", "-e", "Astronomy", "Why?").strip() == "Hello, world."
    (said,) = bench.conversations.list(bench.experiences.find("Astronomy").id).conversations
    assert "not verified" in done("conversations", "show", said.id)
    assert KEY not in listed + done("providers", "list", "--json")


def test_what_was_verified_stays_so_when_the_provider_is_asked_otherwise(mine: str, bench: Workbench):
    reply = json.loads(done("ask", "-e", "Astronomy", "Why?", "--json"))
    assert (reply["status"], reply["verified"]) == ("complete", False)
    assert (reply["input_tokens"], reply["output_tokens"]) == COHERE.tokens
    provider = bench.providers.update(mine, kind="openai")
    assert (provider.kind, provider.route, provider.verified) == ("openai", None, True)
    assert bench.models.get("cohere/command-a").verified
    kept = bench.conversations.get(reply["conversation_id"]).messages
    assert [message.verified for message in kept] == [True, False]
    assert bench.sql("SELECT verified FROM messages ORDER BY created_at")["verified"].to_list() == [True, False]
    again = bench.providers.update(mine, route="cohere_chat")
    assert (again.kind, again.route, again.verified) == ("litellm", "cohere_chat", False)


def test_a_reply_by_hand_says_that_it_is_not_verified(mine: str, bench: Workbench):
    reply = workbench.OpenExperience(bench.experiences.find("Astronomy"), bench).ask("Why?")
    assert (reply.text, reply.status, reply.verified) == ("Hello, world.", "complete", False)
    assert "not verified" in reply._repr_html_()


def test_a_cut_reply_and_a_limit_end_as_of_any_provider(mine: str, home: Path):
    cut = run("ask", "-e", "Astronomy", "half", "--json")
    assert (cut.returncode, json.loads(cut.stdout)["text"]) == (StreamCutError.exit_code, "Hello, ")
    assert_told(run("ask", "-e", "Astronomy", "--new", "wait"), RateLimitedError.exit_code, "asks to wait for 90 s")
    written = [path.read_bytes() for path in home.rglob("*") if path.is_file()]
    assert written
    assert all(KEY.encode() not in each for each in written)


def test_a_route_is_said_where_the_name_does_not_say_it(home: Path, bench: Workbench):
    server = RawServer(*OLLAMA.whole("Good evening."))
    with server.apart():
        done("providers", "add", "cellar", "--base-url", f"http://127.0.0.1:{server.port}", "--route", "ollama_chat")
        done("models", "add", "qwen3:8b", "--provider", "cellar")
        assert "works" in done("models", "check", "cellar/qwen3:8b")
    assert_told(run("providers", "models", "cellar"), ProviderUnavailableError.exit_code, "gives no list of its models")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("v", "--base-url", "https://x.example", "--route", "vertex_ai"), "needs Google's own modules"),
        (("v", "--base-url", "https://x.example", "--route", "nonsense"), "cohere_chat"),
        (("snowflake",), "https://ACCOUNT.snowflakecomputing.com"),
        (("mine", "--route", "bedrock"), "https://bedrock-runtime.us-east-1.amazonaws.com"),
        (
            ("v", "--base-url", "https://x.example", "--route", "bedrock", "--kind", "openai"),
            "Both a format and a route",
        ),
    ],
)
def test_what_cannot_be_added_says_why(home: Path, arguments: tuple[str, ...], words: str):
    assert_told(run("providers", "add", *arguments), InvalidInputError.exit_code, words)
