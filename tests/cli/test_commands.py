import json
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.cli.conftest import NOW, FakeBench, Run
from workbench.cli import models as models_command
from workbench.cli.program import COMMANDS, program
from workbench.client.records import Delta, Snapshot
from workbench.conversations.records import Fault
from workbench.experiences.records import Experience
from workbench.providers.records import Download, Model

EXPERIENCE = {"id": "new", "name": "Physics", "slug": "physics-2", "created_at": NOW, "updated_at": NOW, "revision": 1}

# Experiences


def test_an_experience_is_made_and_listed(fake: FakeBench, run: Run):
    made = run("experiences", "create", "Physics", "--category", "study", "--public")
    assert (made.exit_code, made.stdout) == (0, "Made the public Experience 'Physics'.\n")
    listed = run("experiences", "list").stdout.splitlines()
    assert listed[0].split() == ["Name", "Category", "Privacy", "State", "Changed"]
    assert listed[1].split()[:4] == ["Physics", "study", "public", "active"]


def test_an_experience_is_private_unless_said_otherwise(fake: FakeBench, run: Run):
    assert json.loads(run("experiences", "create", "Physics", "--json").stdout)["privacy"] == "private"


def test_an_empty_list_says_how_to_begin(fake: FakeBench, run: Run):
    assert "workbench experiences create" in run("experiences", "list").stdout
    assert json.loads(run("experiences", "list", "--json").stdout) == []


@pytest.mark.parametrize(
    ("command", "state"),
    [("archive", "archived"), ("unarchive", "active"), ("delete", "trashed"), ("restore", "active")],
)
def test_the_state_of_an_experience_changes(fake: FakeBench, run: Run, command: str, state: str):
    fake.experiences.create("Physics")
    assert run("experiences", command, "physics").exit_code == 0
    assert [e.state for e in fake.experiences.list(None)] == [state]


def test_an_experience_is_renamed_and_described(fake: FakeBench, run: Run):
    fake.experiences.create("Physics")
    assert "now called 'Optics'" in run("experiences", "rename", "Physics", "Optics").stdout
    run("experiences", "describe", "Optics", "Light and lenses")
    shown = run("experiences", "show", "optics").stdout
    assert re.search(r"^Name +Optics$", shown, re.MULTILINE)
    assert re.search(r"^Description +Light and lenses$", shown, re.MULTILINE)


def test_what_was_thrown_away_is_restored_though_its_name_is_taken(fake: FakeBench, run: Run):
    thrown = fake.experiences.create("Physics")
    run("experiences", "delete", "Physics")
    fake.experiences.kept = {"new": Experience(**EXPERIENCE), **fake.experiences.kept}
    run("experiences", "restore", "physics")
    assert fake.experiences.kept[thrown.id].state == "active"


def test_an_unknown_name_suggests_a_near_one_on_one_line(fake: FakeBench, run: Run):
    told = run("experiences", "show", "Phisics")
    assert told.exit_code == 3
    assert told.stderr == "workbench: There is no Experience called 'Phisics'. Did you mean 'Physics'?\n"


def test_a_name_cannot_command_the_terminal(fake: FakeBench, run: Run):
    fake.experiences.create("\x1b]0;evil\x07Phy\x9b31msics\u202e")
    assert "Physics" in run("experiences", "list").stdout
    shown = run("experiences", "list", "--json").stdout
    assert "\x1b" not in shown
    assert "\x9b" not in shown


# Asking


def test_a_reply_is_printed_as_it_arrives_and_its_conversation_goes_on(fake: FakeBench, run: Run):
    fake.experiences.create("Physics")
    asked = run("ask", "Why is the sky blue?", "--experience", "Physics")
    assert (asked.exit_code, asked.stdout) == (0, "It is blue.\n")
    run("ask", "Really?", "-e", "Physics")
    assert len(fake.conversations.kept) == 1
    run("ask", "Why?", "-e", "Physics", "--new")
    assert len(fake.conversations.kept) == 2


def test_an_estimate_is_printed_and_nothing_is_asked(fake: FakeBench, run: Run):
    fake.experiences.create("Physics")
    first = run("ask", "Why?", "-e", "Physics", "--estimate")
    assert (first.exit_code, first.stderr) == (0, "")
    assert first.stdout.splitlines() == [
        "4,000 tokens would be sent to far/model.",
        "That is 40% of its 10,000.",
        "Its reply may have 50 to 1,000, as replies usually are.",
        "What it costs is unknown.",
    ]
    assert fake.conversations.kept == {}
    run("ask", "Why?", "-e", "Physics")
    known = len(fake.conversations.messages)
    again = run("ask", "And?", "-e", "Physics", "--estimate", "--json")
    assert json.loads(again.stdout)["input_tokens"] == 4
    assert len(fake.conversations.messages) == known


def test_a_question_is_read_from_stdin(fake: FakeBench, run: Run):
    fake.experiences.create("Physics")
    run("ask", "-", "-e", "Physics", stdin="A long\nquestion")
    assert fake.conversations.messages[0].text == "A long\nquestion"


def test_files_are_given_with_a_question_and_named(fake: FakeBench, run: Run, tmp_path: Path):
    notes, plot, paper = tmp_path / "notes.md", tmp_path / "plot.png", tmp_path / "paper.pdf"
    notes.write_text("Less is \x1b[31mmore.")
    plot.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(20))
    paper.write_bytes(b"%PDF-1.7\n\xff\n%%EOF\n")
    fake.experiences.create("Physics")
    asked = run("ask", "Why?", "-e", "Physics", "--with", str(notes), "-w", str(plot), "-w", str(paper))
    assert asked.stdout == "It is blue.\n"
    assert asked.stderr == "Given: notes.md (text, 18 bytes) · plot.png (picture) · paper.pdf (PDF, 17 bytes)\n"
    text, picture, pdf = fake.conversations.messages[0].attachments
    assert (text.kind, text.name, text.text) == ("text", "notes.md", "Less is \x1b[31mmore.")
    assert (picture.kind, picture.media_type, picture.size_bytes) == ("picture", "image/png", 28)
    assert (pdf.kind, pdf.media_type, pdf.size_bytes) == ("pdf", "application/pdf", 17)
    (conversation,) = fake.conversations.kept
    assert "Given: notes.md" in run("conversations", "show", conversation).stderr


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("missing.md", None, "no file"),
        ("", None, "folder"),
        ("data.bin", b"\x00\x01\xff", "no text in UTF-8"),
        ("cut.pdf", b"%PDF-1.7\n\xff", "is cut off"),
        ("vast.pdf", b"%PDF-1.7" + bytes(10 * 1024**2), "the largest allowed"),
        ("empty.md", b" \n", "is empty"),
        ("vast.png", b"\x89PNG\r\n\x1a\n" + bytes(5 * 1024**2), "the largest allowed"),
    ],
)
def test_a_file_that_cannot_be_given_is_one_line_and_begins_nothing(
    fake: FakeBench, run: Run, tmp_path: Path, name: str, content: bytes | None, says: str
):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    fake.experiences.create("Physics")
    refused = run("ask", "Why?", "-e", "Physics", "--with", str(tmp_path / name))
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert says in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert not fake.conversations.kept


def test_files_that_are_too_much_together_begin_nothing(fake: FakeBench, run: Run, tmp_path: Path):
    picture = tmp_path / "plot.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(4 * 1024**2))
    fake.experiences.create("Physics")
    refused = run("ask", "Why?", "-e", "Physics", *["--with", str(picture)] * 3)
    assert refused.exit_code == 2
    assert "together at most" in refused.stderr
    assert not fake.conversations.kept


def test_an_empty_question_is_not_sent(fake: FakeBench, run: Run):
    fake.experiences.create("Physics")
    assert run("ask", " ", "-e", "Physics").exit_code == 2
    assert fake.conversations.messages == []


def test_ctrl_c_stops_the_reply_and_says_that_it_is_kept(fake: FakeBench, run: Run):
    fake.experiences.create("Physics")
    fake.conversations.script = [Delta(text="It is"), KeyboardInterrupt]
    asked = run("ask", "Why?", "-e", "Physics")
    assert (asked.exit_code, asked.stdout) == (130, "It is\n")
    assert fake.conversations.stopped == [fake.conversations.messages[1].id]
    assert "kept" in asked.stderr


def test_a_failed_reply_gives_its_own_sentence_and_exit_code(fake: FakeBench, run: Run):
    fake.experiences.create("Physics")
    fake.conversations.fault = Fault(code="disk_full", message="The disk is full.", remedy="Make room.")
    asked = run("ask", "Why?", "-e", "Physics")
    assert asked.exit_code == 7
    assert asked.stdout == "It is blue.\n"
    assert asked.stderr == "workbench: The disk is full. Make room.\n"


def test_a_stream_that_begins_again_shows_nothing_twice(fake: FakeBench, run: Run):
    fake.experiences.create("Physics")
    fake.conversations.send(fake.conversations.create("x").id, "?")
    again = fake.conversations.messages[1]
    fake.conversations.script = [
        Delta(text="It is "),
        Snapshot(message=type(again)(**{f: getattr(again, f) for f in again.__slots__} | {"text": "It is sti"})),
        Delta(text="ll blue."),
    ]
    assert run("ask", "Why?", "-e", "Physics", "--new").stdout == "It is still blue.\n"


def test_a_model_cannot_command_the_terminal_even_in_pieces(fake: FakeBench, run: Run):
    fake.experiences.create("Physics")
    fake.conversations.script = [Delta(text="a\x1b"), Delta(text="]52;c;c3Rv"), Delta(text="bGVu\x07b")]
    assert run("ask", "Why?", "-e", "Physics").stdout == "ab\n"


def test_a_reply_as_json_is_its_message(fake: FakeBench, run: Run):
    fake.experiences.create("Physics")
    reply = json.loads(run("ask", "Why?", "-e", "Physics", "--json").stdout)
    assert (reply["text"], reply["author"], reply["status"]) == ("It is blue.", "assistant", "complete")


# Conversations


def test_conversations_are_listed_and_shown(fake: FakeBench, run: Run):
    fake.experiences.create("Physics")
    run("ask", "Why is the sky blue?", "-e", "Physics")
    (kept,) = fake.conversations.kept.values()
    line = run("conversations", "list").stdout.splitlines()[1]
    assert line.startswith("Physics")
    shown = run("conversations", "show", line.split()[-1]).stdout
    assert shown == run("conversations", "show", kept.id).stdout
    assert shown.index("Why is the sky blue?") < shown.index("It is blue.")


def test_an_unknown_conversation_is_not_found(fake: FakeBench, run: Run):
    assert run("conversations", "show", "0123456789ab").exit_code == 3


def test_a_conversation_as_json_has_every_branch(fake: FakeBench, run: Run):
    fake.experiences.create("Physics")
    run("ask", "Why?", "-e", "Physics")
    (kept,) = fake.conversations.kept
    tree = json.loads(run("conversations", "show", kept, "--json").stdout)
    assert [message["author"] for message in tree["messages"]] == ["user", "assistant"]


# Models


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models_command, "_LOOK_EVERY_S", 0)


def download(state: str, received: int = 0, **fields: str) -> Download:
    return Download(model_id="local/demo", state=state, received_bytes=received, total_bytes=98_000_000, **fields)


def test_the_demo_model_is_fetched(fake: FakeBench, run: Run, patient: None):
    fake.models.downloads = [download("running"), download("running", 50_000_000), download("complete", 98_000_000)]
    added = run("models", "add", "demo")
    assert (added.exit_code, added.stdout) == (0, "local/demo can be asked now.\n")


def test_ctrl_c_stops_the_download_and_keeps_what_is_there(fake: FakeBench, run: Run, monkeypatch: pytest.MonkeyPatch):
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(models_command.time, "sleep", interrupt)
    fake.models.downloads = [download("running")]
    stopped = run("models", "add", "demo")
    assert stopped.exit_code == 130
    assert fake.models.cancelled
    assert "Stopped at 41 MB" in stopped.stderr


def test_a_failed_download_says_why(fake: FakeBench, run: Run, patient: None):
    fake.models.downloads = [download("running"), download("failed", message="No network.", remedy="Connect.")]
    failed = run("models", "add", "demo")
    assert failed.exit_code == 9
    assert failed.stderr.splitlines()[-1] == "workbench: No network. Connect."


def test_a_model_of_a_server_takes_its_key_from_stdin(fake: FakeBench, run: Run):
    url = "http://127.0.0.1:8080/v1"
    added = run("models", "add", "gpt", "--base-url", url, "--key-stdin", stdin="secret\n")
    assert fake.models.remote == {
        "provider": "127-0-0-1",
        "base_url": url,
        "kind": None,
        "name": "gpt",
        "api_key": "secret",
        "sees": None,
    }
    assert "secret" not in added.output


def test_a_model_of_a_server_takes_its_key_from_the_environment(
    fake: FakeBench, run: Run, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MY_KEY", "secret")
    run("models", "add", "gpt", "--base-url", "http://127.0.0.1/v1", "--provider", "mine", "--key-env", "MY_KEY")
    assert fake.models.remote["api_key"] == "secret"
    assert run("models", "add", "gpt", "--base-url", "http://127.0.0.1/v1", "--key-env", "NONE").exit_code == 2


def test_whether_a_model_of_a_server_sees_can_be_said_and_of_one_on_this_machine_not(fake: FakeBench, run: Run):
    on_server = ("models", "add", "gpt", "--base-url", "http://127.0.0.1/v1")
    for given, expected in (("--sees", True), ("--no-sees", False)):
        run(*on_server, given)
        assert fake.models.remote["sees"] is expected
    refused = run("models", "add", "demo", "--sees")
    assert refused.exit_code == 2
    assert "sees no pictures" in refused.stderr


@pytest.mark.parametrize(
    ("given", "provider", "name", "kind"),
    [
        (["anthropic/claude-sonnet-4-5"], "anthropic", "claude-sonnet-4-5", None),
        (["openrouter/meta/llama-4"], "openrouter", "meta/llama-4", None),
        (["claude-sonnet-4-5", "--provider", "anthropic"], "anthropic", "claude-sonnet-4-5", None),
        (["a/b", "--base-url", "http://127.0.0.1/", "--kind", "gemini"], "127-0-0-1", "a/b", "gemini"),
    ],
)
def test_a_model_of_a_known_provider_needs_no_address(
    fake: FakeBench, run: Run, given: list[str], provider: str, name: str, kind: str | None
):
    assert run("models", "add", *given).exit_code == 0
    remote = fake.models.remote
    assert (remote["provider"], remote["name"], remote["kind"]) == (provider, name, kind)


def test_what_is_neither_a_file_nor_on_a_server_is_no_model(fake: FakeBench, run: Run):
    refused = run("models", "add", "gpt-9")
    assert refused.exit_code == 2
    assert "--base-url" in refused.stderr


def test_models_are_listed_with_the_default_and_what_is_not_available(fake: FakeBench, run: Run):
    fake.models.kept = [
        Model(id="local/a", name="a", provider="local", kind="local", demo=True, size_bytes=98_000_000),
        Model(id="x/b", name="b", provider="x", kind="openai", available=False, unavailable_reason="no key"),
    ]
    run("models", "default", "local/a")
    lines = run("models", "list").stdout.splitlines()
    assert lines[1].split() == ["local/a", "local", "98", "MB", "default,", "demo"]
    assert lines[2].endswith("not available: no key")
    run("models", "remove", "x/b")
    assert [m["id"] for m in json.loads(run("models", "list", "--json").stdout)] == ["local/a"]


def test_what_is_known_of_a_model_is_shown_and_what_is_not_says_so(fake: FakeBench, run: Run):
    fake.models.kept = [
        Model(
            id="x/b",
            name="b",
            provider="x",
            kind="openai",
            context_tokens=128_000,
            tools=True,
            reasoning=False,
            input_usd_per_million=Decimal("1.25"),
            dearer_above_tokens=200_000,
            priced_by="litellm 1.2.3",
            priced_on=date(2026, 10, 21),
            deprecated_on=date(2026, 11, 30),
        )
    ]
    lines = dict(line.split("  ", 1) for line in run("models", "show", "x/b").stdout.splitlines())
    told = {label: value.strip() for label, value in lines.items()}
    assert told["Context window"] == "128,000 tokens"
    assert (told["Calls tools"], told["Reasons"], told["Sees pictures"]) == ("yes", "no", "unknown")
    assert (told["Price, read"], told["Price, written"]) == ("$1.25 for a million tokens", "unknown")
    assert (told["Prices as of"], told["Ends on"]) == ("2026-10-21, litellm 1.2.3", "2026-11-30")
    assert json.loads(run("models", "show", "x/b", "--json").stdout)["input_usd_per_million"] == "1.25"
    fake.models.kept = [replace(fake.models.kept[0], ended=True)]
    assert re.search(r"^Ended on +2026-11-30$", run("models", "show", "x/b").stdout, re.MULTILINE)
    assert run("models", "list").stdout.splitlines()[1].endswith("ended on 2026-11-30")
    assert json.loads(run("models", "list", "--json").stdout)[0]["ended"] is True


def test_what_is_said_of_a_model_is_kept_and_shown_as_yours(fake: FakeBench, run: Run):
    fake.models.kept = [Model(id="x/b", name="b", provider="x", kind="openai")]
    said = (
        "--context",
        "128000",
        "--input-price",
        "1.25",
        "--no-tools",
        "--take-back",
        "sees",
        "--take-back",
        "ends-on",
    )
    corrected = run("models", "correct", "x/b", *said)
    assert fake.models.said == {
        "context_tokens": "128000",
        "input_usd_per_million": "1.25",
        "tools": False,
        "sees": None,
        "deprecated_on": None,
    }
    assert re.search(r"Calls tools +no \(yours\)", corrected.stdout)
    assert corrected.stderr == ""
    assert run("models", "correct", "x/b", "--take-back", "colour").exit_code == 2


# The owner


def test_status_is_said_for_people_and_for_programs(fake: FakeBench, run: Run):
    shown = run("status").stdout
    assert re.search(r"^Key +file. Whoever can read the file can read the store.$", shown, re.MULTILINE)
    assert "messages 1,200" in shown
    status = json.loads(run("status", "--json").stdout)
    assert status["key_protection"]["kind"] == "file"
    assert {"version", "pid", "home", "socket", "rows", "models", "memory_mb"} <= status.keys()


def test_stopping_twice_is_no_error(fake: FakeBench, run: Run):
    assert run("stop").stdout == "Stopped.\n"
    again = run("stop")
    assert (again.exit_code, again.stdout) == (0, "It was not running.\n")


def test_a_locked_store_is_opened_by_its_passphrase(fake: FakeBench, run: Run):
    fake.locked = True
    assert run("unlock", "--passphrase-stdin", stdin="correct horse\n").stdout == "Open.\n"
    assert fake.passphrases == ["correct horse"]
    assert "already" in run("unlock").stdout


def test_without_a_terminal_a_passphrase_is_not_waited_for(fake: FakeBench, run: Run):
    fake.locked = True
    refused = run("unlock", stdin="")
    assert refused.exit_code == 2
    assert "--passphrase-stdin" in refused.stderr


def test_a_passphrase_is_set_and_removed(fake: FakeBench, run: Run):
    assert run("passphrase", "set", "--passphrase-stdin", stdin="correct horse\n").exit_code == 0
    assert fake.passphrases == ["correct horse"]
    assert run("passphrase", "remove").stdout == "Kept in the file now.\n"


# The command itself


@pytest.mark.parametrize("arguments", [("experience",), ("models", "lst"), ("ask",), ("models", "list", "--jsn")])
def test_a_mistyped_command_is_one_line_and_names_the_help(fake: FakeBench, run: Run, arguments: tuple[str, ...]):
    told = run(*arguments)
    assert told.exit_code == 2
    assert told.stderr.startswith("workbench: ")
    assert told.stderr.count("\n") == 1
    assert "--help`" in told.stderr


def test_a_mistyped_command_suggests_a_near_one(fake: FakeBench, run: Run):
    assert "'experiences'" in run("experience").stderr


@pytest.mark.parametrize("arguments", [(), ("budgets",), ("alerts",)])
def test_a_command_without_its_verb_shows_its_help_as_it_is_set(fake: FakeBench, run: Run, arguments: tuple[str, ...]):
    told = run(*arguments)
    assert told.exit_code == 2
    lines = told.stderr.splitlines()
    assert lines[0] == f"Usage: {' '.join(('workbench', *arguments))} [OPTIONS] COMMAND [ARGS]..."
    assert "Commands:" in lines


def test_the_lines_of_help_are_those_of_the_commands():
    context = program.make_context("workbench", ["status"])
    for name, (_, line) in COMMANDS.items():
        command = program.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert (command.help or "").split("\n")[0].startswith(line.removesuffix("."))


def test_help_loads_no_command_and_nothing_heavy():
    seen = "import sys; from workbench.cli import program\ntry: program.main(['--help'])\nfinally: print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=True).stdout.split()
    assert not {"workbench.client", "workbench.cli.ask", "msgspec", "wcwidth", "httpx", "duckdb"} & set(loaded)


def test_a_reader_that_goes_away_is_no_error():
    code = "from workbench.cli import program; program.main(['--help'])"
    command = f'{sys.executable} -c "{code}" | true; exit ${{PIPESTATUS[0]}}'
    ended = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert ended.stderr == ""
    assert ended.returncode in (0, 1)


def test_names_are_completed_for_the_shell(fake: FakeBench, run: Run, monkeypatch: pytest.MonkeyPatch):
    fake.experiences.create("Physics")
    fake.experiences.create("Cooking")
    monkeypatch.setenv("_WORKBENCH_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "workbench experiences show ph")
    monkeypatch.setenv("COMP_CWORD", "3")
    assert run().stdout.split() == ["plain,Physics"]


def test_how_an_experience_is_answered_is_set_and_shown(fake, run):
    run("experiences", "create", "Physics")
    said = run("experiences", "set", "physics", "--model", "far/a", "--fallback", "far/b", "--fallback", "local/c")
    assert said.output == "'Physics' is answered by far/a, then far/b, then local/c.\n"
    run("experiences", "set", "physics", "--temperature", "0.5", "--max-output-tokens", "200")
    shown = run("experiences", "show", "physics").output
    for line in ("far/b, local/c", "0.5", "200 tokens"):
        assert line in shown
    fake.models.kept = [Model(id="far/b", name="b", provider="far", kind="openai", temperature=False)]
    assert run("experiences", "set", "physics", "--temperature", "0.3").stderr == (
        "The temperature is not sent to far/b, which takes none.\n"
    )
    shown = run("experiences", "show", "physics").output
    assert re.search(r"Temperature +0.3, not sent to far/b, which takes none\n", shown)
    run("experiences", "set", "physics", "--temperature", "own", "--no-fallbacks", "--model", "default")
    (kept,) = fake.experiences.kept.values()
    assert (kept.model, kept.fallbacks, kept.temperature, kept.max_output_tokens) == (None, (), None, 200)


@pytest.mark.parametrize(
    "given", [(), ("--temperature", "warm"), ("--fallback", "far/b", "--no-fallbacks"), ("--max-output-tokens", "1.5")]
)
def test_a_setting_that_makes_no_sense_is_refused(fake, run, given):
    run("experiences", "create", "Physics")
    refused = run("experiences", "set", "physics", *given)
    assert (refused.exit_code, refused.output.count("\n")) == (2, 1)
