"""Rounds of killing the owner while a reply streams and others write, with an account of what was lost."""

import itertools
import os
import random
import shutil
import signal
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tests.conftest import add_model, kill_owner
from tests.stand_in import StandIn, token
from workbench.client import Workbench, connect, owner
from workbench.client.conversations import Conversations
from workbench.client.records import Delta, Done, Snapshot
from workbench.client.transport import Transport
from workbench.errors import OwnerError
from workbench.security import audit
from workbench.security.vault import Vault
from workbench.storage.database import Database

RATE_PER_S = 100
"""Tokens the stand-in sends a second: one token is 10 ms of text."""
WRITERS = 6
"""So many write at once that the owner is nearly always in the middle of a commit."""
LONGEST_REPLY_S = 1.5
"""A kill comes at a random moment of so much of the reply."""
FIRST_TEXT_LIMIT_S = 60


@dataclass
class Account:
    """What a number of rounds came to."""

    rounds: int = 0
    acknowledged: int = 0
    lost_rows: list[str] = field(default_factory=list)
    in_doubt: int = 0
    """Writes that the owner was at when it was killed: nobody was told how they ended."""
    in_doubt_kept: int = 0
    lost_text_s: list[float] = field(default_factory=list)
    """For each reply, how much of what a reader had seen was not kept, in seconds of streaming."""
    wrong: list[str] = field(default_factory=list)

    def line(self) -> str:
        """The figures, in words."""
        return (
            f"{self.rounds} kills: {self.acknowledged} acknowledged writes, {len(self.lost_rows)} lost; "
            f"{self.in_doubt} were under way ({self.in_doubt_kept} of them kept); "
            f"text lost at most {max(self.lost_text_s, default=0):.2f} s; {len(self.wrong)} other faults"
        )

    def add(self, other: "Account") -> None:
        """Count another's rounds too."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


def kill_rounds(
    folder: Path,
    provider: StandIn,
    rounds: int,
    *,
    seed: int = 0,
    lanes: int = 2,
    tell: Callable[[Account], None] = lambda _: None,
) -> Account:
    """Kill owners `rounds` times at random moments of a reply and of others' commits; `tell` hears of each round.

    Each lane has a home of its own in `folder`. A round is mostly an owner's start, so lanes share the machine well.
    """
    all_lanes: list[_Lane] = []

    def account() -> Account:
        sum_ = Account()
        for lane in all_lanes:
            sum_.add(lane.account)
        return sum_

    def one_lane(index: int) -> None:
        lane = _Lane(folder / f"lane{index}", provider, random.Random(seed * lanes + index))
        all_lanes.append(lane)
        for _ in range(rounds // lanes + (index < rounds % lanes)):
            lane.one_round()
            tell(account())

    try:
        with ThreadPoolExecutor(lanes) as pool:
            for each in [pool.submit(one_lane, index) for index in range(lanes)]:
                each.result()
    finally:
        for index in range(lanes):
            kill_owner(folder / f"lane{index}")
    return account()


@dataclass
class _Writer:
    """Somebody who saves one thing after the other, and what they were told of it."""

    saved: list[str] = field(default_factory=list)
    """The titles of conversations that are saved."""
    counted: int = 0
    """The last number that is saved."""
    doubtful: str | None = None
    """What was being saved when the owner was killed, or was to be saved just after."""
    asked_at: float = 0.0
    began: threading.Event = field(default_factory=threading.Event)

    def write(self, home: Path, experience_id: str, name: str) -> None:
        """Save conversations until the owner is gone."""
        with connect(home, start=False) as bench:
            for number in itertools.count():
                self.doubtful, self.asked_at = f"{name} {number}", time.monotonic()
                try:
                    bench.conversations.create(experience_id, title=self.doubtful)
                except OwnerError:
                    return
                self.saved.append(self.doubtful)
                self.doubtful = None
                self.began.set()

    def count(self, home: Path, experience_id: str) -> None:
        """Count up in the Experience until the owner is gone."""
        with connect(home, start=False) as bench:
            for number in itertools.count(1):
                self.doubtful, self.asked_at = f"count {number}", time.monotonic()
                try:
                    bench.experiences.update(experience_id, description=str(number))
                except OwnerError:
                    return
                self.counted = number
                self.began.set()


class _Lane:
    """One home and its owners, one after the other."""

    def __init__(self, home: Path, provider: StandIn, chance: random.Random) -> None:
        self.account = Account()
        self._home = home
        self._chance = chance
        with connect(home) as bench:
            self._experience_id = bench.experiences.create("Kill").id
            self._model_id = add_model(bench, provider, f"paced-400-{RATE_PER_S}").id

    def one_round(self) -> None:
        """Ask, wait for the first text, let everybody write, kill, look what is there."""
        round_ = self.account.rounds
        bench = connect(self._home)
        bench.experiences.update(self._experience_id, description="0")
        conversation = bench.conversations.create(self._experience_id, title=f"asked {round_}")
        turn = bench.conversations.send(conversation.id, "Count, please.", model=self._model_id)
        running = owner.find(self._home)
        assert running is not None
        killed, seen = threading.Event(), [""]
        reader = threading.Thread(target=_read, args=(self._home, turn.reply.id, seen, killed))
        reader.start()
        until = time.monotonic() + FIRST_TEXT_LIMIT_S
        while not seen[0] and time.monotonic() < until:
            time.sleep(0.01)
        assert seen[0], "no text arrived, so none could be lost"
        writers = [_Writer() for _ in range(WRITERS + 1)]
        threads = [
            threading.Thread(target=w.write, args=(self._home, self._experience_id, f"{round_} {index}"))
            for index, w in enumerate(writers[:-1])
        ]
        threads.append(threading.Thread(target=writers[-1].count, args=(self._home, self._experience_id)))
        for thread in threads:
            thread.start()
        for writer in writers:
            writer.began.wait(10)
        time.sleep(self._chance.uniform(0, LONGEST_REPLY_S))
        killed_at = time.monotonic()
        os.kill(running.pid, signal.SIGKILL)
        killed.set()
        for thread in (*threads, reader):
            thread.join()
        bench.close()
        self._check_store()
        with connect(self._home) as after:
            self._account_for_reply(after, turn.reply.id, seen[0])
            self._account_for_rows(after, writers, conversation.title, killed_at)
            if after.conversations.message(turn.message.id).text != "Count, please.":
                self.account.lost_rows.append(turn.message.id)
        self.account.rounds += 1

    def _check_store(self) -> None:
        """What a killed owner left opens, and its audit log has no gap: seen on a copy, before the next owner does."""
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "store"
            shutil.copytree(self._home / "store", copy)
            key = Vault(self._home / "keys.json").open().database
            database = Database(copy / "workbench.duckdb", key=key, spill=copy / "spill")
            try:
                broken_at = audit.verify(database)
            finally:
                database.close()
        if broken_at is not None:
            self.account.wrong.append(f"the audit log is broken at row {broken_at}")

    def _account_for_reply(self, bench: Workbench, reply_id: str, seen: str) -> None:
        reply = bench.conversations.message(reply_id)
        if reply.status not in ("interrupted", "complete"):
            self.account.wrong.append(f"status {reply.status}")
        words = reply.text.split()
        if words != [token(n).strip() for n in range(len(words))]:
            self.account.wrong.append(f"text {reply.text!r}")
        self.account.lost_text_s.append(max(0, len(seen.split()) - len(words)) / RATE_PER_S)

    def _account_for_rows(self, bench: Workbench, writers: list[_Writer], asked: str, killed_at: float) -> None:
        told = [asked, *(title for writer in writers for title in writer.saved)]
        titles = [c.title for c in _latest_conversations(bench, self._experience_id, len(told) + len(writers))]
        counted = int(bench.experiences.get(self._experience_id).description)
        there = {*titles, f"count {counted}"}
        if len(set(titles)) < len(titles):
            self.account.wrong.append("a conversation was saved twice")
        self.account.acknowledged += len(told) + writers[-1].counted
        self.account.lost_rows += [title for title in told if title not in there]
        if counted not in (writers[-1].counted, writers[-1].counted + 1):
            self.account.lost_rows.append(f"count {writers[-1].counted}, found {counted}")
        doubtful = [writer.doubtful for writer in writers if writer.asked_at < killed_at]
        self.account.in_doubt += len(doubtful)
        self.account.in_doubt_kept += sum(what in there for what in doubtful)


def _read(home: Path, reply_id: str, seen: list[str], killed: threading.Event) -> None:
    """Read the stream of the one owner until it is gone."""
    transport = Transport(home, start=False)
    try:
        for event in Conversations(transport)._events(reply_id):
            match event:
                case Snapshot(message=message):
                    seen[0] = message.text
                case Delta(text=text):
                    seen[0] += text
                case Done():
                    return
    except OwnerError:
        assert killed.wait(5)


def _latest_conversations(bench: Workbench, experience_id: str, count: int):
    """At least the last `count` that were changed."""
    cursor = None
    while count > 0:
        page = bench.conversations.list(experience_id, limit=500, cursor=cursor)
        yield from page.conversations
        count -= len(page.conversations)
        cursor = page.next_cursor
        if cursor is None:
            return
