"""The life of the owner: starting, being killed, being replaced, ending."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.conftest import add_model, kill_owner
from workbench import client
from workbench.client import connect, owner
from workbench.client.records import Delta, Done, Snapshot
from workbench.errors import (
    HomeNotWritableError,
    HomeTooNewError,
    KeyLostError,
    LockedError,
    OwnerUnreachableError,
    WrongPassphraseError,
)

pytestmark = [pytest.mark.fault, pytest.mark.starts_itself]


def start_in_a_process(home) -> int:
    code = f"from workbench.client import owner; print(owner.ensure({str(home)!r}).pid)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return int(done.stdout)


def wait_for_text(bench, message_id) -> None:
    """Until the reply has some text."""
    seen = ""
    for event in bench.conversations.stream(message_id):
        seen += event.message.text if isinstance(event, Snapshot) else event.text if isinstance(event, Delta) else ""
        if len(seen) > 20:
            return


def test_clients_that_start_it_at_the_same_instant_share_one_owner(home):
    with ThreadPoolExecutor(8) as pool:
        pids = set(pool.map(start_in_a_process, [home] * 8))
    assert len(pids) == 1


def test_nothing_is_started_for_a_client_that_does_not_want_it(home):
    with pytest.raises(OwnerUnreachableError):
        connect(home, start=False).status()
    assert owner.find(home) is None


def test_what_a_killed_owner_left_behind_does_not_keep_the_next_from_starting(home, bench):
    first = bench.status()
    made = bench.experiences.create("Kept")
    kill_owner(home)
    assert Path(first.socket).exists()
    second = bench.status()
    assert second.pid != first.pid
    assert bench.experiences.list() == (made.record,)


def test_an_owner_that_is_killed_as_soon_as_it_runs_is_started_again(home, bench, monkeypatch):
    real, killed = owner._spawn, []

    def spawn_and_kill(settings) -> None:
        real(settings)
        if len(killed) < 2:
            killed.append(kill_owner(home))

    monkeypatch.setattr(owner, "_spawn", spawn_and_kill)
    assert bench.status().pid not in killed
    assert len(killed) == 2


def test_a_home_whose_path_is_too_long_for_a_socket_works(tmp_path):
    home = tmp_path / ("long" * 30)
    try:
        status = connect(home).status()
        assert len(status.socket.encode()) <= 107
        assert not status.socket.startswith(str(home))
    finally:
        kill_owner(home)


def test_where_no_socket_can_be_made_it_listens_on_loopback(home, monkeypatch):
    refuse = (
        "import socket, sys; real = socket.socket.bind\n"
        "def bind(self, address):\n"
        "    if self.family == socket.AF_UNIX: raise OSError(1, 'Operation not permitted')\n"
        "    return real(self, address)\n"
        "socket.socket.bind = bind\n"
    )
    (home.parent / "sitecustomize.py").write_text(refuse)
    monkeypatch.setenv("PYTHONPATH", str(home.parent))
    bench = connect(home)
    assert bench.status().socket.startswith("127.0.0.1:")
    found = owner.find(home)
    assert (found.socket, found.host) == (None, "127.0.0.1")
    bench.experiences.create("Over loopback")


def test_stopping_ends_the_process_and_leaves_no_socket(home, bench):
    status = bench.status()
    bench.stop()
    deadline = time.monotonic() + 10
    while owner.find(home) is not None and time.monotonic() < deadline:
        time.sleep(0.05)
    while Path(status.socket).exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(status.socket).exists()


def test_stopping_in_mid_reply_keeps_the_text_and_says_interrupted(home, bench, provider):
    experience = bench.experiences.create("Stopped")
    conversation = bench.conversations.create(experience.id)
    turn = bench.conversations.send(conversation.id, "Count", model=add_model(bench, provider, "paced-300-50").id)
    wait_for_text(bench, turn.reply.id)
    bench.stop()
    reply = bench.conversations.message(turn.reply.id)
    assert reply.status == "interrupted"
    assert reply.text.startswith("w0 w1 w2 ")


def test_an_older_owner_is_replaced_and_nothing_is_lost(home, bench, monkeypatch):
    made = bench.experiences.create("Kept")
    before = bench.status().pid
    monkeypatch.setattr(owner, "__version__", "99.0.0")
    newer = connect(home)
    assert newer.status().pid != before
    assert newer.experiences.list() == (made.record,)


def test_an_older_owner_is_left_alone_while_a_reply_runs(home, bench, provider, monkeypatch):
    experience = bench.experiences.create("Busy")
    conversation = bench.conversations.create(experience.id)
    turn = bench.conversations.send(conversation.id, "Count", model=add_model(bench, provider, "paced-60-30").id)
    before = bench.status().pid
    monkeypatch.setattr(owner, "__version__", "99.0.0")
    newer = connect(home)
    assert newer.status().pid == before
    *_, last = newer.conversations.stream(turn.reply.id)
    assert isinstance(last, Done)
    assert last.message.status == "complete"


def test_a_request_whose_owner_was_killed_is_repeated_by_itself(home, bench):
    experience = bench.experiences.create("Repeat")
    stop = threading.Event()

    def keep_killing() -> None:
        while not stop.wait(0.7):
            kill_owner(home)

    killer = threading.Thread(target=keep_killing)
    killer.start()
    made = [bench.conversations.create(experience.id, title=str(n)).id for n in range(40)]
    stop.set()
    killer.join()
    found = {c.id for c in bench.conversations.list(experience.id, limit=500).conversations}
    assert found == set(made)


def test_it_leaves_when_nobody_has_needed_it(home):
    code = (
        "from pathlib import Path; from workbench.config import Settings; from workbench.server.process import main;"
        f"main(Settings(home=Path({str(home)!r}), idle_exit_s=1.5))"
    )
    with subprocess.Popen([sys.executable, "-c", code]) as process:
        try:
            assert process.wait(30) == 0
        finally:
            process.kill()


def test_a_newer_home_is_refused_with_a_remedy_and_unchanged(home, bench, tmp_path):
    bench.experiences.create("Kept")
    kill_owner(home)
    edit = (
        "import sys; from pathlib import Path; from workbench.security.vault import Vault;"
        "from workbench.storage.database import Database; from workbench.clock import utc_now\n"
        f"home = Path({str(home)!r}); keys = Vault(home / 'keys.json').open()\n"
        "db = Database(home / 'store/workbench.duckdb', key=keys.database, spill=home / 'x')\n"
        "db.write(lambda tx: tx.execute(sys.argv[1]))\ndb.close()"
    )
    add = "INSERT INTO schema_migrations VALUES ('experiences', 99, TIMESTAMP '2030-01-01')"
    subprocess.run([sys.executable, "-c", edit, add], check=True)
    with pytest.raises(HomeTooNewError, match="newer version"):
        bench.experiences.list()
    assert bench.status().problem.code == "home_too_new"
    kill_owner(home)
    subprocess.run([sys.executable, "-c", edit, "DELETE FROM schema_migrations WHERE number = 99"], check=True)
    assert [e.name for e in bench.experiences.list()] == ["Kept"]


def test_a_key_file_that_is_gone_is_said_and_nothing_new_is_made_over_the_store(home, bench):
    bench.experiences.create("Kept")
    kill_owner(home)
    (home / "keys.json").rename(home / "aside")
    with pytest.raises(KeyLostError, match=r"keys\.json"):
        bench.experiences.list()
    (home / "aside").rename(home / "keys.json")
    time.sleep(2.1)
    assert [e.name for e in bench.experiences.list()] == ["Kept"]


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(HomeNotWritableError, match="cannot be made"):
        connect(tmp_path / "file" / "home").status()


def test_with_a_passphrase_it_starts_locked_and_any_door_unlocks_it(home, bench):
    made = bench.experiences.create("Secret")
    bench.set_passphrase("correct horse battery")
    assert bench.status().key_protection.kind == "passphrase"
    kill_owner(home)
    assert bench.status().locked
    with pytest.raises(LockedError):
        bench.experiences.list()
    with pytest.raises(WrongPassphraseError):
        bench.unlock("wrong horse battery")
    with pytest.raises(LockedError):
        bench.experiences.list()
    assert bench.status().problem.code == "locked"
    assert not bench.unlock("correct horse battery").locked
    assert bench.experiences.list() == (made.record,)
    bench.remove_passphrase()
    kill_owner(home)
    assert not bench.status().locked


def test_its_log_says_what_happened_and_nothing_of_what_was_written(home, bench, provider):
    needle = os.urandom(16).hex()
    experience = bench.experiences.create(needle)
    conversation = bench.conversations.create(experience.id, title=needle)
    bench.conversations.send(conversation.id, needle, model=add_model(bench, provider, "html").id)
    with pytest.raises(client.transport.WorkbenchError):
        bench.experiences.create(needle)
    bench.stop()
    text = "".join(file.read_text() for file in (home / "logs").iterdir())
    assert "The owner answers" in text
    assert needle not in text
    assert "sk-test-key" not in text


def test_the_way_to_it_is_private(home, bench):
    status = bench.status()
    for path in (home, home / "run", home / "store", home / "logs"):
        assert path.stat().st_mode & 0o077 == 0
    assert Path(status.socket).stat().st_mode & 0o077 == 0
    assert (home / "run" / "owner.json").stat().st_mode & 0o077 == 0
    assert json.loads((home / "run" / "owner.json").read_text())["pid"] == status.pid
    os.kill(status.pid, signal.SIGTERM)
