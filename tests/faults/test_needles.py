"""What a person writes, and every key, lies nowhere in the clear: random needles, looked for in every byte there is."""

import base64
import contextlib
import json
import os
import secrets
import string
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tornado.testing import bind_unused_port

from tests.conftest import kill_owner
from tests.faults.command import done, run
from tests.jupyter.jupyter_process import TOKEN, jupyter
from workbench.app import MIGRATIONS
from workbench.client.records import Snapshot
from workbench.clock import new_id
from workbench.errors import NameTakenError, RequestRefusedError
from workbench.security.vault import Vault
from workbench.storage.database import Database
from workbench.storage.migrations import Migration

pytestmark = [pytest.mark.fault, pytest.mark.starts_itself, pytest.mark.timeout(300)]
LETTERS = string.ascii_letters + string.digits


def needle() -> str:
    """32 random letters: no compression hides them, and nobody else has written them."""
    return "".join(secrets.choice(LETTERS) for _ in range(32))


def forms(text: str) -> dict[str, bytes]:
    """How a text may lie somewhere."""
    raw = text.encode()
    found = {
        "as it is": raw,
        "in small letters": text.lower().encode(),
        "hexadecimal": raw.hex().encode(),
        "HEXADECIMAL": raw.hex().upper().encode(),
        "UTF-16, little end first": text.encode("utf-16-le"),
        "UTF-16, big end first": text.encode("utf-16-be"),
        "JSON-escaped": "".join(f"\\u{ord(c):04x}" for c in text).encode(),
        "JSON-ESCAPED": "".join(f"\\u{ord(c):04X}" for c in text).encode(),
        "URL-encoded": "".join(f"%{ord(c):02x}" for c in text).encode(),
        "URL-ENCODED": "".join(f"%{ord(c):02X}" for c in text).encode(),
    }
    for shift in range(3):
        # What does not depend on the bytes before and after.
        inner = base64.b64encode(bytes(shift) + raw + bytes(3))[-(-shift * 8 // 6) : (shift + len(raw)) * 8 // 6]
        found[f"base64, {shift} bytes in"] = inner
    return found


@dataclass
class Haystack:
    """Everywhere that something could have been left."""

    folder: Path
    needles: dict[str, str] = field(default_factory=dict)
    """What they were used for, by needle."""
    allowed: dict[str, Path] = field(default_factory=dict)
    """The folder in which a needle may lie, because the user put it there."""

    def hide(self, use: str) -> str:
        """A fresh needle for `use`."""
        made = needle()
        self.needles[made] = use
        return made

    def found(self) -> list[str]:
        """Each needle that lies where it must not."""
        folders = [at for folder in (self.folder, Path("/dev/shm")) for at in os.walk(folder)]
        files = [Path(at, name) for at, inner, names in folders for name in (*inner, *names)]
        return [hit for file in files for hit in self._in_file(file)]

    def _in_file(self, file: Path) -> Iterator[str]:
        data = os.fsencode(file)
        with contextlib.suppress(FileNotFoundError):  # it has just ended
            data += b"\n" + (file.read_bytes() if file.is_file() else b"")
        for text, use in self.needles.items():
            allowed = self.allowed.get(text)
            if allowed is None or not file.is_relative_to(allowed):
                yield from (f"{use}, {form}: {file}" for form, bytes_ in forms(text).items() if bytes_ in data)


@dataclass
class Onlooker:
    """Somebody who reads the command line and the environment of every process, as any program of the user's can."""

    needles: dict[str, str]
    seen: set[str] = field(default_factory=set)
    looked: int = 0
    _enough: threading.Event = field(default_factory=threading.Event)

    @contextlib.contextmanager
    def looking(self) -> Iterator[None]:
        """Look on while inside."""
        thread = threading.Thread(target=self._look)
        thread.start()
        try:
            yield
        finally:
            self._enough.set()
            thread.join()

    def _look(self) -> None:
        while not self._enough.wait(0.02):
            self.looked += 1
            for process in Path("/proc").glob("[0-9]*"):
                for file in ("cmdline", "environ"):
                    with contextlib.suppress(OSError):
                        data = (process / file).read_bytes()
                        self.seen |= {f"{use} in {file}" for text, use in self.needles.items() if text.encode() in data}


class Page:
    """A page of JupyterLab."""

    def __init__(self, port: int) -> None:
        self._root = f"http://127.0.0.1:{port}/workbench"

    def ask(self, method: str, path: str, body: object = None) -> dict[str, object]:
        request = urllib.request.Request(f"{self._root}/{path}", method=method)
        request.add_header("Authorization", f"token {TOKEN}")
        request.add_header("Content-Type", "application/json")
        request.add_header("Idempotency-Key", new_id())
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(request, data, timeout=60) as answer:
            return json.loads(answer.read())


def test_the_search_finds_a_needle_in_every_form(tmp_path):
    haystack = Haystack(tmp_path)
    made = haystack.hide("message")
    for number, (_, bytes_) in enumerate(forms(made).items()):
        (tmp_path / f"{number}").write_bytes(os.urandom(5000) + bytes_ + os.urandom(5000))
    assert len(haystack.found()) >= len(forms(made))
    for before in range(3):
        (tmp_path / "whole").write_bytes(base64.b64encode(os.urandom(before) + made.encode() + os.urandom(7)))
        assert any(hit.startswith("message, base64") and hit.endswith("whole") for hit in haystack.found())
    (tmp_path / made).touch()
    assert any(hit.endswith(made) for hit in haystack.found())


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine whose every folder that may be written is in `tmp_path`."""
    for name in ("TMPDIR", "HOME", "XDG_RUNTIME_DIR", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        (tmp_path / name).mkdir(mode=0o700)
        monkeypatch.setenv(name, str(tmp_path / name))
    return tmp_path


def test_what_was_written_and_every_key_is_nowhere_in_the_clear(machine, home, bench, provider, monkeypatch):
    haystack = Haystack(machine)
    words = {use: haystack.hide(use) for use in ("asked in Python", "asked in a terminal", "asked in JupyterLab")}
    keys = {use: haystack.hide(use) for use in ("key by Python", "key by a terminal", "key by JupyterLab")}
    first, second = haystack.hide("passphrase"), haystack.hide("second passphrase")
    values = {use: haystack.hide(use) for use in ("header by a terminal", "header by JupyterLab")}
    onlooker = Onlooker(dict(haystack.needles))  # before the names: `experiences create NAME` shows them to everyone
    borrowed = haystack.hide("key in the environment")  # which is for everyone to see, as the user put it there
    monkeypatch.setenv("MY_OWN_VARIABLE", borrowed)
    listening, port = bind_unused_port()
    listening.close()
    (machine / "jupyter").mkdir()
    with onlooker.looking(), jupyter(machine / "jupyter", port, home=home):
        page = Page(port)
        url = ("--base-url", provider.base_url, "--provider", "terminal", "--key-stdin")
        done("models", "add", "echo", *url, stdin=f"sk-{keys['key by a terminal']}\n")
        bench.models.add_remote(
            provider="python", base_url=provider.base_url, name="scold", api_key=keys["key by Python"]
        )
        remote = {"provider": "page", "base_url": provider.base_url, "name": "echo-0-10"}
        page.ask("POST", "api/v1/models/remote", remote | {"api_key": keys["key by JupyterLab"]})

        done("providers", "set", "terminal", "--header", "X-Team", stdin=f"{values['header by a terminal']}\n")
        named = {"headers": {"X-Team": values["header by JupyterLab"]}}
        assert page.ask("PATCH", "api/v1/providers/page", named)["headers"] == ["x-team"]
        bench.providers.add("borrowing", base_url=provider.base_url, key_env="MY_OWN_VARIABLE")
        bench.models.add_remote(provider="borrowing", name="scold")
        with pytest.raises(RequestRefusedError):
            bench.models.check("borrowing/scold")

        name = haystack.hide("name by Python")
        physics = bench.experiences.create(name, description=haystack.hide("description by Python"))
        done(
            "experiences", "create", haystack.hide("name by a terminal"),
            "--description", haystack.hide("description by a terminal"), "--category", haystack.hide("category"),
        )  # fmt: skip
        shown = haystack.hide("name in a notebook"), haystack.hide("description in a notebook")
        haystack.allowed = dict.fromkeys(shown, machine / "jupyter" / "notebooks")
        opened = page.ask("POST", "api/v1/experiences", {"name": shown[0], "description": shown[1]})
        notebook = page.ask("POST", "notebook", {"experience_id": opened["id"]})
        with pytest.raises(NameTakenError):
            bench.experiences.create(name)
        assert run("experiences", "create", haystack.hide("name too long") * 400).returncode == 2

        conversation = bench.conversations.create(physics.id, title=haystack.hide("title by Python"))
        page.ask("PATCH", f"api/v1/conversations/{conversation.id}", {"title": haystack.hide("title by JupyterLab")})
        text = {use: f"{made} “ü漢🦀”\n{made}" for use, made in words.items()}
        echo = "terminal/echo"
        reply = bench.conversations.send(conversation.id, text["asked in Python"], model=echo).reply
        *_, last = bench.conversations.stream(reply.id)
        assert words["asked in Python"] in last.message.text
        scolded = bench.conversations.retry(reply.id, model="python/scold")
        *_, last = bench.conversations.stream(scolded.id)
        assert (last.message.status, last.message.text) == ("failed", "")
        asked = run("ask", "-", "-e", name, "--new", "-m", echo, stdin=text["asked in a terminal"])
        assert words["asked in a terminal"] in asked.stdout
        slow = {"text": " ".join([words["asked in JupyterLab"]] * 300), "model": "page/echo-0-10"}
        elsewhere = page.ask("POST", "api/v1/conversations", {"experience_id": opened["id"]})
        running = page.ask("POST", f"api/v1/conversations/{elsewhere['id']}/messages", slow)["reply"]
        until_saved(bench, running["id"])
        assert haystack.found() == []

        kill_owner(home)
        assert haystack.found() == []
        interrupted = bench.conversations.message(running["id"])
        assert interrupted.status == "interrupted"
        assert words["asked in JupyterLab"] in interrupted.text

        done("passphrase", "set", "--passphrase-stdin", stdin=f"{first}\n")
        page.ask("PUT", "api/v1/passphrase", {"passphrase": second})
        done("stop")
        until_gone(home)
        assert haystack.found() == []
        assert run("unlock", "--passphrase-stdin", stdin=f"{first}\n").returncode == 8
        page.ask("POST", "api/v1/unlock", {"passphrase": second})
        assert bench.experiences.get(physics.id).name == name
        bench.remove_passphrase()
    kill_owner(home)

    last = max(step.number for step in MIGRATIONS if step.slice == "experiences")
    later = Migration(slice="experiences", number=last + 1, statements=("CREATE TABLE later (id UUID)",))
    key = Vault(home / "keys.json").open().database
    database = Database(home / "store" / "workbench.duckdb", key=key, spill=home / "store" / "spill")
    database.migrate((*MIGRATIONS, later))
    assert len(database.read("SELECT 1 FROM experiences WHERE name = ?", (name,))) == 1
    assert haystack.found() == []
    database.close()
    assert len(list((home / "store").glob("before-*.duckdb"))) == 1
    assert haystack.found() == []

    assert onlooker.looked > 100
    assert onlooker.seen == set()
    seen = (machine / "jupyter" / "notebooks" / str(notebook["path"])).read_text()
    assert all(made in seen for made in shown)
    assert [made for made in haystack.needles if made in seen] == list(shown)


def until_saved(bench, message_id: str) -> None:
    """Until some of a running reply is in the store."""
    deadline = time.monotonic() + 30
    while not bench.conversations.message(message_id).text:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert isinstance(next(bench.conversations.stream(message_id)), Snapshot)


def until_gone(home: Path) -> None:
    """Until an owner that was told to stop has put everything away."""
    deadline = time.monotonic() + 20
    while (home / "run" / "owner.sock").exists() or (home / "run" / "owner.json").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    time.sleep(0.5)
