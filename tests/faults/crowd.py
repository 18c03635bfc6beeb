"""Six processes that write to one home at once while its owner comes and goes, and an account of what came of it.

Two Jupyter servers, two notebook kernels, the command line and a script. Each makes records of its own, and counts up
in one Experience that all share. The only error that they answer themselves is that another was faster.

    python -m tests.faults.crowd DOOR EXPERIENCE_ID SECONDS [ADDRESS]      one member: prints what it did as JSON
"""

import contextlib
import http.client
import http.cookies
import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from jupyter_client.manager import KernelManager
from tornado.testing import bind_unused_port

import workbench
from tests.conftest import kill_owner
from tests.jupyter.jupyter_process import ROOT, TOKEN, jupyter
from workbench.client import Workbench, connect, owner
from workbench.clock import new_id
from workbench.errors import ConflictError, OwnerError

NEWER_CLIENT = "from workbench.client import owner; owner.__version__ = '99.0.0'; owner.ensure()"
REST_S = 0.05
"""A member that has counted lets the others try."""
GRACE_S = 90
"""How long a member may need beyond its time: to begin, and for its last request."""


class Door(Protocol):
    """One member's way to the home."""

    def make(self, name: str) -> str:
        """Make a record of one's own; its id."""

    def count_up(self, before: int) -> None:
        """Add one to what is shared; `before` is how often this member has. Raises ConflictError."""


class Script:
    """Python: a plain script, and the code in a notebook."""

    def __init__(self, experience_id: str) -> None:
        self._bench = workbench.connect()
        self._experience_id = experience_id

    def make(self, name: str) -> str:
        return self._bench.conversations.create(self._experience_id, title=name).id

    def count_up(self, before: int) -> None:
        del before
        found = self._bench.experiences.get(self._experience_id)
        number = int(found.description or 0) + 1
        self._bench.experiences.update(found.id, description=str(number), revision=found.revision)


class Page:
    """A page of JupyterLab: signed in with the token, then by cookie, with Jupyter's guard against foreign pages."""

    def __init__(self, experience_id: str, address: str) -> None:
        self._experience_id = experience_id
        self._connection = http.client.HTTPConnection(address, timeout=120)
        cookies = http.cookies.SimpleCookie()
        for path, by in (("/login", {}), ("/api/status", {"Authorization": f"token {TOKEN}"})):
            self._connection.request("GET", path, headers=by)
            answer = self._connection.getresponse()
            answer.read()
            for given in answer.headers.get_all("Set-Cookie", ()):
                cookies.load(given)
        self._headers = {
            "Cookie": "; ".join(f"{name}={morsel.coded_value}" for name, morsel in cookies.items()),
            "X-XSRFToken": cookies["_xsrf"].value,
            "Origin": f"http://{address}",
            "Content-Type": "application/json",
        }

    def make(self, name: str) -> str:
        body = {"id": new_id(), "experience_id": self._experience_id, "title": name}
        return str(self._ask("POST", "conversations", body)["id"])

    def count_up(self, before: int) -> None:
        del before
        path = f"experiences/{self._experience_id}"
        found = self._ask("GET", path)
        number = int(str(found["description"] or 0)) + 1
        self._ask("PATCH", path, {"description": str(number), "revision": found["revision"]})

    def _ask(self, method: str, path: str, body: object = None) -> dict[str, object]:
        headers = self._headers | ({} if method == "GET" else {"Idempotency-Key": new_id()})
        sent = None if body is None else json.dumps(body)
        self._connection.request(method, f"/workbench/api/v1/{path}", sent, headers)
        answer = self._connection.getresponse()
        said = json.loads(answer.read())
        if answer.status == ConflictError.status and said["code"] == ConflictError.code:
            raise ConflictError(said["message"])
        assert answer.status < 300, f"{method} {path}: {answer.status} {said}"
        return said


class CommandLine:
    """`workbench …`. It counts in the name: a second process that read and wrote a number could not but lose some."""

    def __init__(self, experience_id: str) -> None:
        self._experience_id = experience_id

    def make(self, name: str) -> str:
        return str(json.loads(self._run("create", name, "--json"))["id"])

    def count_up(self, before: int) -> None:
        self._run("rename", self._experience_id, shared_name(before + 1))

    def _run(self, *arguments: str) -> str:
        command = [sys.executable, "-m", "workbench", "experiences", *arguments]
        ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        if ended.returncode == ConflictError.exit_code:
            raise ConflictError(ended.stderr)
        assert (ended.returncode, ended.stderr) == (0, ""), f"{arguments}: {ended.returncode} {ended.stderr}"
        return ended.stdout


DOORS: dict[str, Callable[..., Door]] = {"script": Script, "kernel": Script, "jupyter": Page, "cli": CommandLine}


def shared_name(number: int) -> str:
    """What the shared Experience is called when the command line has counted so far."""
    return f"Shared {number}"


@dataclass
class Member:
    """What one member did."""

    door: str
    made: dict[str, str] = field(default_factory=dict)
    """Names by id."""
    counted: int = 0
    outrun: int = 0
    """How often another was faster."""
    longest_s: float = 0.0
    """The longest that a record took to be made."""


def take_part(door: str, experience_id: str, seconds: float, *address: str) -> Member:
    """Make records and count up, as long as told."""
    way, member = DOORS[door](experience_id, *address), Member(door)
    until = time.monotonic() + seconds
    while (began := time.monotonic()) < until:
        name = f"{door} {os.getpid()} {len(member.made)}"
        member.made[way.make(name)] = name
        member.longest_s = max(member.longest_s, time.monotonic() - began)
        while True:
            try:
                way.count_up(member.counted)
                break
            except ConflictError:
                member.outrun += 1
        member.counted += 1
        time.sleep(REST_S)
    return member


@dataclass
class Chaos:
    """Somebody who ends the owner again and again, in each way there is."""

    home: Path
    chance: random.Random
    killed: int = 0
    stopped: int = 0
    upgraded: int = 0
    _enough: threading.Event = field(default_factory=threading.Event)
    _failure: Exception | None = None

    def run(self) -> None:
        try:
            while True:
                ways = [self._kill, self._stop, self._upgrade]
                self.chance.shuffle(ways)
                for end in ways:
                    if self._enough.wait(self.chance.uniform(0.2, 2.0)) or not self._until_one_runs():
                        return
                    end()
        except Exception as error:  # noqa: BLE001  (raised again where it is waited for)
            self._failure = error

    def _until_one_runs(self) -> bool:
        while owner.find(self.home) is None:
            if self._enough.wait(0.02):
                return False
        return True

    def _kill(self) -> None:
        self.killed += kill_owner(self.home) is not None

    def _stop(self) -> None:
        with contextlib.suppress(OwnerError), connect(self.home, start=False) as bench:
            bench.stop()
            self.stopped += 1

    def _upgrade(self) -> None:
        environment = os.environ | {"WORKBENCH_HOME": str(self.home)}
        subprocess.run([sys.executable, "-c", NEWER_CLIENT], check=True, timeout=120, env=environment)
        self.upgraded += 1

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        """While inside, no owner is safe."""
        thread = threading.Thread(target=self.run)
        thread.start()
        try:
            yield
        finally:
            self._enough.set()
            thread.join()
        if self._failure is not None:
            raise self._failure


@dataclass
class Account:
    """What came of it all."""

    members: list[Member]
    chaos: Chaos
    lost: list[str]
    """Names of records that somebody was told are saved, and are not there."""
    surplus: list[str]
    """Names of records that are there twice, or were made by nobody."""
    uncounted: dict[str, tuple[object, object]]
    """What the shared Experience says, beside what it should, where they differ."""

    def line(self) -> str:
        """The figures, in words."""
        made, counted = (
            sum(numbers) for numbers in zip(*((len(m.made), m.counted) for m in self.members), strict=True)
        )
        return (
            f"{len(self.members)} processes: {made} records, {counted} shared updates "
            f"({sum(m.outrun for m in self.members)} times another was faster); owner killed {self.chaos.killed}, "
            f"stopped {self.chaos.stopped}, upgraded {self.chaos.upgraded} times; {len(self.lost)} records lost, "
            f"{len(self.surplus)} twice, {len(self.uncounted)} counts wrong; longest wait "
            f"{max(m.longest_s for m in self.members):.1f} s"
        )


def crowd(folder: Path, seconds: float, *, seed: int = 0) -> Account:
    """Let all six write to a new home in `folder` for so long. What goes wrong in any of them is raised."""
    home = folder / "home"
    bench = connect(home)
    experience_id = bench.experiences.create(shared_name(0), description="0").id
    chaos = Chaos(home, random.Random(seed))
    with contextlib.ExitStack() as running, ThreadPoolExecutor(6) as pool:
        ways: list[Callable[[], Member]] = []
        for number in range(2):
            address = running.enter_context(_jupyter_server(folder / f"jupyter{number}", home))
            ways.append(_in_a_process(home, "jupyter", experience_id, seconds, address))
            kernel = running.enter_context(_kernel(home))
            ways.append(lambda kernel=kernel: kernel(experience_id, seconds))
        ways.append(_in_a_process(home, "cli", experience_id, seconds))
        ways.append(_in_a_process(home, "script", experience_id, seconds))
        with chaos.at_work():
            members = [each.result() for each in [pool.submit(way) for way in ways]]
    return _account(bench, experience_id, members, chaos)


def _account(bench: Workbench, experience_id: str, members: list[Member], chaos: Chaos) -> Account:
    there = [(c.id, c.title) for c in _conversations(bench, experience_id)]
    there += [(e.id, e.name) for e in bench.experiences.list(None) if e.id != experience_id]
    told = {id: name for member in members for id, name in member.made.items()}
    shared = bench.experiences.get(experience_id)
    by_hand = sum(m.counted for m in members if m.door == "cli")
    everyone = sum(m.counted for m in members)
    said = {"name": shared.name, "description": shared.description, "revision": shared.revision}
    true = {"name": shared_name(by_hand), "description": str(everyone - by_hand), "revision": 1 + everyone}
    kept = dict(there)
    return Account(
        members=members,
        chaos=chaos,
        lost=[name for id, name in told.items() if kept.get(id) != name],
        surplus=[name for id, name in there if id not in told] + [name for _, name in there][len(kept) :],
        uncounted={what: (said[what], true[what]) for what in said if said[what] != true[what]},
    )


def _conversations(bench: Workbench, experience_id: str):
    cursor = None
    while True:
        page = bench.conversations.list(experience_id, limit=500, cursor=cursor)
        yield from page.conversations
        cursor = page.next_cursor
        if cursor is None:
            return


def _in_a_process(home: Path, door: str, experience_id: str, seconds: float, *address: str) -> Callable[[], Member]:
    command = [sys.executable, "-m", "tests.faults.crowd", door, experience_id, str(seconds), *address]
    environment = os.environ | {"WORKBENCH_HOME": str(home)}

    def run() -> Member:
        ended = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=seconds + GRACE_S
        )
        assert (ended.returncode, ended.stderr) == (0, ""), f"{door}: {ended.stderr}"
        return Member(**json.loads(ended.stdout))

    return run


@contextlib.contextmanager
def _jupyter_server(folder: Path, home: Path) -> Iterator[str]:
    folder.mkdir()
    listening, port = bind_unused_port()
    listening.close()
    with jupyter(folder, port, home=home):
        yield f"127.0.0.1:{port}"


@contextlib.contextmanager
def _kernel(home: Path) -> Iterator[Callable[[str, float], Member]]:
    """A notebook's kernel that has loaded what it needs."""
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(cwd=str(ROOT), env=os.environ | {"WORKBENCH_HOME": str(home)})
    client = manager.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)

        def run(code: str, limit_s: float) -> str:
            printed: list[str] = []

            def heard(message: dict) -> None:
                if message["msg_type"] == "stream" and message["content"]["name"] == "stdout":
                    printed.append(message["content"]["text"])

            reply = client.execute_interactive(code, timeout=limit_s, output_hook=heard)
            assert reply["content"]["status"] == "ok", reply["content"]
            return "".join(printed)

        run("from tests.faults import crowd", 60)
        yield lambda experience_id, seconds: Member(
            **json.loads(run(f"crowd.tell('kernel', {experience_id!r}, {seconds})", seconds + GRACE_S))
        )
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def tell(door: str, experience_id: str, seconds: float, *address: str) -> None:
    """Take part, then print what was done."""
    print(json.dumps(vars(take_part(door, experience_id, seconds, *address))))


if __name__ == "__main__":
    door, experience_id, seconds, *address = sys.argv[1:]
    tell(door, experience_id, float(seconds), *address)
