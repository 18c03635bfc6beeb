"""What a user or a machine may do wrong: each is a sentence, a remedy and an exit code, and nothing is lost."""

import json
import shutil
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psutil
import pytest
from llmock.scenarios import Reply, StreamFault
from llmock.testing import LLMockServer

from tests.conftest import add_model, kill_owner
from tests.faults.command import assert_told, done, run
from tests.jupyter.jupyter_process import ROOT
from tests.providers.test_gguf import PAIRS, gguf
from tests.stand_in import token
from workbench.app import TRY_AGAIN_S
from workbench.client import owner

pytestmark = [pytest.mark.fault, pytest.mark.timeout(180)]


@pytest.fixture
def physics(home):
    """A home with something in it."""
    done("experiences", "create", "Physics", "--description", "kept")
    return home


@pytest.fixture(scope="module")
def lasting_home(tmp_path_factory):
    home = tmp_path_factory.mktemp("refusing") / "home"
    yield home
    kill_owner(home)


@pytest.fixture
def refusing(lasting_home, monkeypatch):
    """A home with something in it, for all tests that leave it as it was."""
    monkeypatch.setenv("WORKBENCH_HOME", str(lasting_home))
    if "Physics" not in names():
        done("experiences", "create", "Physics", "--description", "kept")
    return lasting_home


def names() -> list[str]:
    return [record["name"] for record in json.loads(done("experiences", "list", "--json"))]


# Names


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("", "needs a name"),
        (" \t ", "needs a name"),
        ("\u200f\u200e\u202e", "needs a name"),
        ("x" * 10_000, "10,000 characters"),
        ("physics", "already an Experience called 'Physics'"),
        ("Phy\u200bsics", "already an Experience called 'Physics'"),
    ],
    ids=["empty", "blank", "marks", "long", "taken", "taken-unseen"],
)
def test_a_name_that_cannot_be_used_is_refused(refusing, name, word):
    assert_told(run("experiences", "create", name), 2, word)
    assert_told(run("experiences", "rename", "Physics", "x" * 10_000), 2, "10,000 characters")
    assert names() == ["Physics"]


@pytest.mark.parametrize(
    ("name", "kept", "slug"),
    [
        ("a/b/../c\\d", "a/b/../c\\d", "a-b-c-d"),
        ("🦀🧪", "🦀🧪", "experience"),
        ("\u202eevil\u202c", "evil", "evil"),
        ("\u05d0\u05d1 \u200fab", "\u05d0\u05d1 \u200fab", "ab"),
        ("two\nlines\x1b[31m", "two lines [31m", "two-lines-31m"),
        ("CON", "CON", "con-experience"),
        ("--json", "--json", "json"),
    ],
    ids=["slashes", "emoji", "override", "right-to-left", "control", "reserved", "option"],
)
def test_an_odd_name_is_kept_and_its_folder_is_plain(refusing, name, kept, slug):
    made = json.loads(done("experiences", "create", "--json", "--", name))
    assert (made["name"], made["slug"]) == (kept, slug)
    assert json.loads(done("experiences", "show", "--json", "--", kept)) == made
    assert "\x1b" not in done("experiences", "list")
    done("experiences", "delete", "--", kept)


def test_what_cannot_be_saved_says_so_and_saves_nothing(refusing):
    assert_told(run("experiences", "describe", "Physics", "x" * 10_001), 2, "10,001 characters")
    assert_told(run("experiences", "create", "Other", "--category", "x" * 101), 2, "101 characters")
    assert_told(run("experiences", "show", "Phisics"), 3, "Did you mean 'Physics'")
    assert_told(run("ask", " ", "-e", "Physics"), 2, "no question")
    assert_told(run("ask", "-", "-e", "Physics", stdin="x" * 1_000_001), 2, "1,000,001 characters")
    assert_told(run("ask", "Why?", "-e", "Physics"), 9, "no model yet", "workbench models add demo")
    assert_told(run("conversations", "show", "not-an-id"), 3, "no conversation")
    assert_told(run("conversations", "list", "--cursor", "nonsense"), 2, "cursor")
    assert names() == ["Physics"]


# The home, its keys and its encryption


def test_a_home_of_a_newer_version_is_refused_and_left_alone(physics):
    kill_owner(physics)
    newer = (
        "import sys; from pathlib import Path; from workbench.security.vault import Vault;"
        "from workbench.storage.database import Database\n"
        "home = Path(sys.argv[1]); keys = Vault(home / 'keys.json').open()\n"
        "store = Database(home / 'store/workbench.duckdb', key=keys.database, spill=home / 'x')\n"
        "store.write(lambda tx: tx.execute(sys.argv[2]))\nstore.close()"
    )
    add = "INSERT INTO schema_migrations VALUES ('experiences', 99, TIMESTAMP '2030-01-01')"
    subprocess.run([sys.executable, "-c", newer, physics, add], check=True, cwd=ROOT)
    assert_told(run("experiences", "list"), 7, "newer version", "Install")
    assert "newer version" in done("status")
    kill_owner(physics)
    subprocess.run(
        [sys.executable, "-c", newer, physics, "DELETE FROM schema_migrations WHERE number = 99"], check=True
    )
    assert names() == ["Physics"]


def test_a_wrong_passphrase_opens_nothing_and_the_right_one_everything(physics):
    done("passphrase", "set", "--passphrase-stdin", stdin="correct horse battery\n")
    stop(physics)
    assert_told(run("experiences", "list"), 8, "locked", "workbench unlock")
    assert_told(run("unlock", "--passphrase-stdin", stdin="wrong horse battery\n"), 8, "not the passphrase")
    assert_told(run("unlock", "--passphrase-stdin", stdin=""), 8, "not the passphrase")
    assert_told(run("unlock"), 2, "no terminal", "--passphrase-stdin")
    assert_told(run("experiences", "list"), 8, "locked")
    assert done("unlock", "--passphrase-stdin", stdin="correct horse battery\n") == "Open.\n"
    assert names() == ["Physics"]
    assert_told(run("passphrase", "set", "--passphrase-stdin", stdin="short\n"), 2, "at least 8")


@pytest.mark.parametrize("extension", ["missing", "damaged", "of another version"])
def test_without_its_encryption_the_store_stays_closed(physics, tmp_path, monkeypatch, extension):
    kill_owner(physics)
    before = (physics / "store" / "workbench.duckdb").read_bytes()
    package = tmp_path / "path" / "duckdb_extension_httpfs"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    if extension != "missing":
        version = {"damaged": "v1.5.5", "of another version": "v1.5.6"}[extension]
        folder = package / "extensions" / version
        folder.mkdir(parents=True)
        (folder / "httpfs.duckdb_extension").write_bytes(b"\x7fELF" + bytes(4000))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "path"))
    assert_told(run("experiences", "list"), 7, "encryption extension", "pip install duckdb-extension-httpfs==")
    assert_told(run("experiences", "create", "New"), 7, "encryption extension")
    assert "stays closed" in done("status")
    kill_owner(physics)
    assert (physics / "store" / "workbench.duckdb").read_bytes() == before
    monkeypatch.delenv("PYTHONPATH")
    assert names() == ["Physics"]


def test_a_new_home_without_encryption_is_not_made_in_the_clear(home, tmp_path, monkeypatch):
    (tmp_path / "path" / "duckdb_extension_httpfs").mkdir(parents=True)
    (tmp_path / "path" / "duckdb_extension_httpfs" / "__init__.py").touch()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "path"))
    assert_told(run("experiences", "create", "New"), 7, "encryption extension")
    assert not (home / "store" / "workbench.duckdb").exists()


@pytest.mark.parametrize("damage", ["keys gone", "keys cut", "store cut", "store exchanged", "master key gone"])
def test_a_damaged_home_is_said_and_nothing_new_is_made_over_it(physics, damage):
    stop(physics)
    store, keys, master = physics / "store" / "workbench.duckdb", physics / "keys.json", physics / "master.key"
    broken = {"keys gone": keys, "keys cut": keys, "master key gone": master}.get(damage, store)
    aside = physics / "aside"
    shutil.copy2(broken, aside)
    if damage.endswith("gone"):
        broken.unlink()
    else:
        broken.write_bytes(b"" if damage == "keys cut" else broken.read_bytes()[:5000])
    if damage == "store exchanged":
        broken.write_bytes(bytes(20_000))
    ended = run("experiences", "list")
    assert_told(ended, 8 if damage.endswith("gone") else 7, "estore" if "master" not in damage else "keyring")
    assert_told(run("experiences", "create", "New"), ended.returncode)
    shutil.copy2(aside, broken)
    time.sleep(TRY_AGAIN_S)
    assert names() == ["Physics"]


def stop(home: Path) -> None:
    """End the owner, and wait until it has put everything away."""
    pid = owner.find(home).pid
    done("stop")
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.05)


# The keyring

FAKE_KEYRING = """
    import json, os
    from pathlib import Path
    from keyring.backend import KeyringBackend
    from keyring.errors import KeyringError, KeyringLocked

    FOLDER = Path(os.environ["FAKE_KEYRING"])

    class Keyring(KeyringBackend):
        priority = 1

        def kept(self):
            if (FOLDER / "locked").exists():
                raise KeyringLocked("secret collection is locked")
            if (FOLDER / "gone").exists():
                raise KeyringError("org.freedesktop.secrets was not provided by any .service files")
            file = FOLDER / "kept.json"
            return json.loads(file.read_text()) if file.exists() else {}

        def get_password(self, service, username):
            return self.kept().get(f"{service}/{username}")

        def set_password(self, service, username, password):
            (FOLDER / "kept.json").write_text(json.dumps(self.kept() | {f"{service}/{username}": password}))

        def delete_password(self, service, username):
            kept = self.kept()
            del kept[f"{service}/{username}"]
            (FOLDER / "kept.json").write_text(json.dumps(kept))
"""


@pytest.fixture
def fake_keyring(tmp_path, monkeypatch):
    """A keyring that is locked while there is a file `locked` in this folder, and does not answer with one `gone`."""
    folder = tmp_path / "keyring"
    folder.mkdir()
    (folder / "fake_keyring.py").write_text(textwrap.dedent(FAKE_KEYRING))
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.setenv("FAKE_KEYRING", str(folder))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "fake_keyring.Keyring")
    return folder


@pytest.mark.parametrize(("fault", "word"), [("locked", "keyring is locked"), ("gone", "keyring does not answer")])
def test_a_keyring_that_is_locked_or_gone_is_said_and_awaited(fake_keyring, physics, fault, word):
    assert json.loads(done("status", "--json"))["key_protection"]["kind"] == "keyring"
    assert not (physics / "master.key").exists()
    stop(physics)
    (fake_keyring / fault).touch()
    assert_told(run("experiences", "list"), 8, word, "then try again")
    status = json.loads(done("status", "--json"))
    assert (status["locked"], status["problem"]["code"]) == (True, "keyring_unavailable")
    (fake_keyring / fault).unlink()
    time.sleep(TRY_AGAIN_S)
    assert names() == ["Physics"]
    assert json.loads(done("status", "--json"))["pid"] == status["pid"]


def test_a_new_home_waits_for_a_locked_keyring_and_makes_no_weaker_key(fake_keyring, home):
    (fake_keyring / "locked").touch()
    assert_told(run("experiences", "create", "First"), 8, "keyring is locked", "Unlock it")
    assert not (home / "keys.json").exists()
    assert not (home / "master.key").exists()


def test_a_master_key_that_is_gone_from_the_keyring_is_said(fake_keyring, physics):
    stop(physics)
    (fake_keyring / "kept.json").rename(fake_keyring / "aside")
    assert_told(run("experiences", "list"), 8, "not where it was kept", "backup")
    assert not (fake_keyring / "kept.json").exists()
    (fake_keyring / "aside").rename(fake_keyring / "kept.json")
    time.sleep(TRY_AGAIN_S)
    assert names() == ["Physics"]


def test_a_providers_key_in_a_locked_keyring_fails_the_reply_and_not_the_question(
    fake_keyring, physics, bench, provider
):
    add_model(bench, provider, "paced-5-0")
    (fake_keyring / "locked").touch()
    stop(physics)
    (fake_keyring / "locked").unlink()
    names()
    (fake_keyring / "locked").touch()
    assert_told(run("ask", "Why?", "-e", "Physics"), 8, "keyring is locked")
    (fake_keyring / "locked").unlink()
    conversation = bench.conversations.list().conversations[0]
    _, reply = bench.conversations.get(conversation.id).messages
    assert (reply.status, reply.fault.code) == ("failed", "keyring_unavailable")
    again = bench.conversations.resume(reply.id)
    *_, last = bench.conversations.stream(again.id)
    assert last.message.text.split() == [f"w{n}" for n in range(5)]


@pytest.mark.skipif(
    not (shutil.which("dbus-run-session") and shutil.which("gnome-keyring-daemon")),
    reason="there is no Secret Service on this machine (Debian: dbus-daemon and gnome-keyring)",
)
def test_the_secret_service_of_a_desktop_keeps_the_keys(home, provider, tmp_path, monkeypatch):
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
    for name in ("HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        (tmp_path / name).mkdir(mode=0o700)
        monkeypatch.setenv(name, str(tmp_path / name))
    script = f"""
        set -e
        cd {tmp_path}
        echo -n login | gnome-keyring-daemon --unlock --components=secrets >/dev/null
        workbench() {{ {sys.executable} -m workbench "$@"; }}
        workbench experiences create Physics
        echo sk-desktop-1234567890 | workbench models add paced-3-0 --base-url {provider.base_url} --key-stdin
        workbench status --json | grep -o '"kind": "[a-z]*"'
        workbench stop
        workbench experiences list
        workbench ask Why? -e Physics
        workbench passphrase set --passphrase-stdin <<< 'correct horse battery'
        workbench passphrase remove
        workbench stop
        {sys.executable} - <<'END'
        import secretstorage
        secretstorage.get_default_collection(secretstorage.dbus_init()).lock()
        END
        sleep 1
        workbench experiences list || echo "code $?"
        workbench stop
    """
    ended = subprocess.run(
        ["dbus-run-session", "--", "bash", "-c", textwrap.dedent(script)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert '"kind": "keyring"' in ended.stdout, ended.stderr
    assert "w0 w1 w2" in ended.stdout
    assert "Kept in the keyring now." in ended.stdout
    assert "code 8" in ended.stdout
    assert "keyring is locked" in ended.stderr
    assert not (home / "master.key").exists()


# Models


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "not a GGUF model"),
        (b"<!doctype html>", "not a GGUF model"),
        (gguf()[:300], "damaged or incomplete"),
        (gguf(pairs=PAIRS[:7]), "cannot chat"),
        (gguf(version=99), "of a version"),
    ],
    ids=["empty", "page", "cut", "base", "newer"],
)
def test_a_model_file_that_cannot_be_used_is_refused(refusing, tmp_path, data, word):
    file = tmp_path / "model.gguf"
    file.write_bytes(data)
    assert_told(run("models", "add", str(file)), 9, word)
    assert json.loads(done("models", "list", "--json")) == []


def test_a_model_file_that_is_not_there_is_named(refusing, tmp_path):
    assert_told(run("models", "add", str(tmp_path / "gone.gguf")), 9, "There is no file", "Check the path")
    assert_told(run("models", "add", "gone"), 2, "neither `demo` nor the path", "--base-url")


@pytest.mark.parametrize(("size_bytes", "word"), [(4096, "damaged"), (1 << 42, "too large for this machine")])
def test_a_model_that_cannot_be_loaded_fails_the_reply_and_not_the_question(physics, tmp_path, size_bytes, word):
    file = tmp_path / "model.gguf"
    file.write_bytes(gguf())
    with file.open("ab") as model:
        model.truncate(file.stat().st_size - 4096 + size_bytes)
    done("models", "add", str(file))
    assert_told(run("ask", "Why?", "-e", "Physics"), 9, word, "model")
    assert "Why?" in done_with_notes("conversations", "show", latest()["id"])
    file.unlink()
    assert_told(run("ask", "Why?", "-e", "Physics"), 9, "Its file is gone")
    assert names() == ["Physics"]


def done_with_notes(*arguments: str) -> str:
    ended = run(*arguments)
    assert ended.returncode == 0
    return ended.stdout


def latest() -> dict[str, object]:
    return json.loads(done("conversations", "list", "--json"))["conversations"][0]


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("example.com", "begins with https://"),
        ("ftp://example.com", "begins with https://"),
        ("http://example.com/v1", "plain http"),
        ("https://user:secret@example.com/v1", "user name or a password"),
        ("https://exa mple.com", "characters that a URL cannot"),
    ],
)
def test_a_base_url_that_cannot_be_one_is_refused(refusing, url, word):
    assert_told(run("models", "add", "m", "--base-url", url, "--provider", "p", "--key-stdin"), 2, word)


# Streams that end badly


@pytest.fixture
def impatient(home):
    """An owner that waits for a provider no longer than a second."""
    code = (
        "import functools, sys; from pathlib import Path; from workbench.providers import gateway;"
        "gateway.Limits = functools.partial(gateway.Limits, first_token_s=20, between_tokens_s=1)\n"
        "from workbench.config import Settings; from workbench.server.process import main;"
        "main(Settings(home=Path(sys.argv[1])))"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(home)], cwd=ROOT) as process:
        while owner.find(home) is None:
            assert process.poll() is None
            time.sleep(0.05)
        yield home
        process.terminate()


def test_a_web_page_in_place_of_an_api_is_named(physics, provider):
    given = ["--base-url", provider.base_url, "--provider", "standin", "--key-stdin"]
    done("models", "add", "html", *given, stdin="sk-test-key\n")
    assert_told(run("ask", "Why?", "-e", "Physics"), 9, "not to a chat API", "base URL")
    assert latest()["message_count"] == 2


@pytest.mark.parametrize(
    ("name", "code"), [("stall-5", "stream_stalled"), ("cut-5", "stream_cut"), ("truncated-5", "stream_cut")]
)
def test_a_broken_stream_is_kept_named_and_goes_on_where_it_broke(impatient, bench, provider, name, code):
    bench.experiences.create("Physics")
    add_model(bench, provider, name)
    asked = run("ask", "Count", "-e", "Physics")
    assert_told(asked, 9, "Continue")
    assert asked.stdout == "".join(map(token, range(5))) + "\n"
    _, reply = bench.conversations.get(str(latest()["id"])).messages
    assert (reply.status, reply.fault.code, reply.model) == ("failed", code, f"standin/{name}")
    resumed = bench.conversations.resume(reply.id)
    *_, last = bench.conversations.stream(resumed.id)
    assert (last.message.status, last.message.fault) == ("complete", None)
    assert last.message.text == "".join(map(token, range(10)))


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("disconnect", "stream_cut"),
        ("truncate", "stream_cut"),
        ("malformed", "stream_malformed"),
        ("stall", "stream_stalled"),
    ],
)
def test_a_stand_in_of_others_broken_in_the_middle_is_kept_and_goes_on(impatient, bench, kind, code):
    text = "The quick brown fox jumps over the lazy dog, twice, and rests."
    with LLMockServer() as server:
        server.state.scenarios.clear()
        server.state.scenarios.add(Reply(text=text, times=None), StreamFault(kind, after_chunks=4, stall_seconds=5))
        bench.experiences.create("Physics")
        url = server.base_url("openai")
        bench.models.add_remote(provider="llmock", base_url=url, name="gpt-4o", api_key="sk-test")
        asked = run("ask", "Why?", "-e", "Physics")
        assert_told(asked, 9)
        _, reply = bench.conversations.get(str(latest()["id"])).messages
        assert (reply.status, reply.fault.code) == ("failed", code)
        assert reply.text
        assert text.startswith(reply.text)
        assert asked.stdout == f"{reply.text}\n"
        *_, last = bench.conversations.stream(bench.conversations.resume(reply.id).id)
        assert (last.message.status, last.message.text) == ("complete", reply.text + text)
