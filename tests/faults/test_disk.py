"""A home on a disk that is full, or that cannot be written."""

import contextlib
import json
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import add_model, kill_owner
from tests.faults.command import assert_told, run
from workbench.client import connect, owner
from workbench.client.records import Delta, Done, Snapshot
from workbench.conversations.records import SavedDraft
from workbench.errors import DiskFullError, HomeNotWritableError

pytestmark = [pytest.mark.fault, pytest.mark.timeout(180)]
DISK_MB = 24
SUMMARY_CELL = 6
"""Of the weekly report, with that of its parameters: what it saves by itself it does there."""


class Disk:
    """A small disk of its own, mounted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self) -> None:
        """Leave not a page."""
        with (self.folder / "filler").open("ab", buffering=0) as filler, contextlib.suppress(OSError):
            while filler.write(bytes(4096)):
                pass

    def free(self) -> None:
        (self.folder / "filler").unlink()

    def remount(self, mode: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{mode}", str(self.folder)], check=True)


@pytest.fixture
def disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=0700", "tmpfs", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"a disk of its own cannot be mounted here: {mounted.stderr.strip()}")
    yield Disk(folder)
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def home(disk, monkeypatch):
    home = disk.folder / "home"
    monkeypatch.setenv("WORKBENCH_HOME", str(home))
    yield home
    with contextlib.suppress(subprocess.CalledProcessError):
        disk.remount("rw")
    kill_owner(home)


def fill_store(bench, disk: Disk, conversation_id: str) -> list[str]:
    """Save titles until there is no room; those that were acknowledged."""
    disk.fill()
    saved: list[str] = []

    def title(size_bytes: int) -> None:
        bench.conversations.update(conversation_id, title=f"{len(saved)} {os.urandom(size_bytes).hex()}")
        saved.append(str(len(saved)))

    def draft() -> None:
        bench.transport.call("PUT", f"/conversations/{conversation_id}/draft", SavedDraft, body={"text": "x"})

    def go_on(write: Callable[[], None]) -> None:
        while True:
            write()

    # Where there is no room for much, there may be some for little; nothing takes less than a draft.
    for write in (lambda: title(90), lambda: title(1), draft):
        with pytest.raises(DiskFullError) as told:
            go_on(write)
    assert "safe" in told.value.message
    assert "Free some space" in told.value.remedy
    return saved


def test_a_full_disk_is_said_by_everything_that_writes_and_costs_nothing_that_was_saved(home, bench, disk, provider):
    model = add_model(bench, provider, "paced-5-0")
    kept = bench.experiences.create("Kept", description="before")
    conversation = bench.conversations.create(kept.id)
    reply = bench.conversations.send(conversation.id, "Why?", model=model.id).reply
    list(bench.conversations.stream(reply.id))
    pid = bench.status().pid
    saved = fill_store(bench, disk, conversation.id)

    for write in (
        lambda: bench.experiences.create("New"),
        lambda: bench.experiences.update(kept.id, name="Renamed"),
        lambda: bench.experiences.archive(kept.id),
        lambda: bench.experiences.delete(kept.id),
        lambda: bench.conversations.create(kept.id),
        lambda: bench.conversations.update(conversation.id, title="New"),
        lambda: bench.conversations.send(conversation.id, "And then?", model=model.id),
        lambda: bench.conversations.retry(reply.id),
        lambda: bench.models.add_remote(provider="other", base_url=provider.base_url, name="x", api_key="sk-other"),
        lambda: bench.models.set_default(model.id),
        lambda: bench.models.remove(model.id),
        lambda: bench.set_passphrase("correct horse battery"),
    ):
        with pytest.raises(DiskFullError) as told:
            write()
        assert told.value.remedy
        # What a change that failed had begun to write is taken away in a while, and leaves room for a smaller one.
        saved = fill_store(bench, disk, conversation.id) or saved
    assert_told(run("experiences", "create", "New"), 7, "disk is full", "Free some space")
    assert_told(run("ask", "Why?", "-e", "Kept"), 7, "disk is full", "Free some space")
    assert bench.experiences.list() == (kept.record,)
    assert json.loads(run("status", "--json").stdout)["pid"] == pid

    disk.free()
    assert bench.status().pid == pid
    assert bench.conversations.get(conversation.id).conversation.title.split()[0] == (saved or ["Why?"])[-1]
    assert bench.experiences.create("After").name == "After"
    turn = bench.conversations.send(conversation.id, "And then?", model=model.id)
    *_, done = bench.conversations.stream(turn.reply.id)
    assert done.message.status == "complete"
    assert bench.status().key_protection.kind == "file"
    kill_owner(home)
    assert {e.name for e in bench.experiences.list()} == {"Kept", "After"}


def test_a_reply_that_runs_when_the_disk_fills_is_kept_and_saved_when_there_is_room(home, bench, disk, provider):
    experience = bench.experiences.create("Kept")
    asked, other = bench.conversations.create(experience.id), bench.conversations.create(experience.id)
    turn = bench.conversations.send(asked.id, "Count", model=add_model(bench, provider, "paced-150-50").id)
    stream = bench.conversations.stream(turn.reply.id)
    text = ""
    while len(text) < 20:
        event = next(stream)
        text = event.message.text if isinstance(event, Snapshot) else text + event.text
    fill_store(bench, disk, other.id)
    for event in stream:
        text = text + event.text if isinstance(event, Delta) else event.message.text
        if isinstance(event, Done):
            assert (event.message.status, event.message.fault.code) == ("failed", "disk_full")
            assert event.message.fault.remedy
    assert text.split() == [f"w{n}" for n in range(150)]
    assert next(bench.conversations.stream(turn.reply.id)).message.text == text
    disk.free()
    deadline = time.monotonic() + 20
    while bench.status().running_replies and time.monotonic() < deadline:
        time.sleep(0.1)
    kept = bench.conversations.message(turn.reply.id)
    assert (kept.status, kept.text, kept.fault) == ("complete", text, None)


def test_an_owner_killed_on_a_full_disk_opens_again_with_everything_that_was_saved(home, bench, disk):
    experience = bench.experiences.create("Kept")
    conversation = bench.conversations.create(experience.id)
    saved = fill_store(bench, disk, conversation.id)
    kill_owner(home)
    assert_told(run("experiences", "create", "New"), 7, "disk is full", "Free some space")
    disk.free()
    time.sleep(2.1)
    assert bench.experiences.list() == (experience.record,)
    if saved:
        assert bench.conversations.get(conversation.id).conversation.title.split()[0] == saved[-1]


def test_a_new_home_on_a_full_disk_is_said_and_made_when_there_is_room(home, disk):
    disk.fill()
    assert_told(run("experiences", "create", "First"), 7, "full", "Free some space")
    disk.free()
    time.sleep(2.1)
    assert run("experiences", "create", "First").returncode == 0
    assert run("experiences", "list").stdout.count("First") == 1


def test_a_home_that_cannot_be_written_is_said_and_unchanged(home, bench, disk):
    made = bench.experiences.create("Kept")
    kill_owner(home)
    while owner.find(home) is not None:
        time.sleep(0.05)
    deadline = time.monotonic() + 10
    while True:
        try:
            disk.remount("ro")
            break
        except subprocess.CalledProcessError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    assert_told(run("experiences", "list"), 7, str(home), "WORKBENCH_HOME")
    assert_told(run("status"), 7, str(home))
    with pytest.raises(HomeNotWritableError):
        connect(home).experiences.create("New")
    disk.remount("rw")
    assert bench.experiences.list() == (made.record,)


def test_a_report_that_is_made_while_the_disk_is_full_is_kept_when_there_is_room(home, bench, disk):
    experience = bench.experiences.create("Kept")
    conversation = bench.conversations.create(experience.id)
    run_ = bench.agents.run("weekly-report", experience.id)
    filled, waited = [], None
    for now in bench.agents.watch(run_.id):
        if now.cell > SUMMARY_CELL and not filled:
            filled = fill_store(bench, disk, conversation.id) or ["nothing more"]
        if now.fault is not None and now.ended_at is None:
            waited = now
            assert bench.agents.runs()[0] == now
            disk.free()
    assert (waited.state, waited.fault.code) == ("running", "disk_full")
    assert "Free some space" in waited.fault.remedy
    assert (now.state, now.fault, now.has_report) == ("succeeded", None, True)
    assert "What was discussed" in bench.agents.report(run_.id).html
    kill_owner(home)
    assert bench.agents.get(run_.id) == now
