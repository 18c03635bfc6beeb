"""Rounds of killing the owner while a reply streams and others write, with an account of what was lost."""

import os
import random
import signal
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.conftest import add_model
from tests.stand_in import StandIn, token
from workbench.client import connect, owner
from workbench.client.conversations import Conversations
from workbench.client.records import Delta, Done, Snapshot
from workbench.client.transport import Transport
from workbench.errors import OwnerError

RATE_PER_S = 100
"""Tokens the stand-in sends a second: one token is 10 ms of text."""


@dataclass
class Account:
    """What a number of rounds came to."""

    rounds: int = 0
    acknowledged: int = 0
    lost_rows: list[str] = field(default_factory=list)
    lost_text_s: list[float] = field(default_factory=list)
    """For each reply, how much of what a reader had seen was not kept, in seconds of streaming."""
    wrong: list[str] = field(default_factory=list)


def kill_rounds(home: Path, provider: StandIn, rounds: int, *, seed: int = 0) -> Account:
    """Kill the owner `rounds` times at random moments of a reply and of others' commits."""
    chance = random.Random(seed)
    account = Account()
    with connect(home) as bench:
        experience = bench.experiences.create("Kill")
        model = add_model(bench, provider, f"paced-400-{RATE_PER_S}")
    for _ in range(rounds):
        _one_round(home, experience.id, model.id, chance.uniform(0.05, 1.5), account)
        account.rounds += 1
    return account


def _one_round(home: Path, experience_id: str, model_id: str, after_s: float, account: Account) -> None:
    bench = connect(home)
    conversation = bench.conversations.create(experience_id)
    turn = bench.conversations.send(conversation.id, "Count, please.", model=model_id)
    running = owner.find(home)
    assert running is not None
    saved: list[str] = []
    killed = threading.Event()
    writer = threading.Thread(target=_keep_writing, args=(home, experience_id, saved, killed))
    writer.start()
    seen = [""]
    reader = threading.Thread(target=_read, args=(home, turn.reply.id, seen, killed))
    reader.start()
    until = time.monotonic() + 20
    while not seen[0] and time.monotonic() < until:
        time.sleep(0.01)
    assert seen[0], "no text arrived, so none could be lost"
    time.sleep(after_s)
    os.kill(running.pid, signal.SIGKILL)
    killed.set()
    writer.join()
    reader.join()
    bench.close()
    with connect(home) as after:
        _account_for(after, turn.reply.id, seen[0], account)
        there = {c.id for c in _every_conversation(after, experience_id)}
        account.acknowledged += len(saved) + 1
        account.lost_rows += [i for i in (*saved, conversation.id) if i not in there]
        if after.conversations.message(turn.message.id).text != "Count, please.":
            account.lost_rows.append(turn.message.id)


def _account_for(bench, reply_id: str, seen: str, account: Account) -> None:
    reply = bench.conversations.message(reply_id)
    if reply.status not in ("interrupted", "complete"):
        account.wrong.append(f"status {reply.status}")
    words = reply.text.split()
    if words != [token(n).strip() for n in range(len(words))]:
        account.wrong.append(f"text {reply.text!r}")
    account.lost_text_s.append(max(0, len(seen.split()) - len(words)) / RATE_PER_S)


def _keep_writing(home: Path, experience_id: str, saved: list[str], killed: threading.Event) -> None:
    bench = connect(home, start=False)
    while not killed.is_set():
        try:
            saved.append(bench.conversations.create(experience_id).id)
        except OwnerError:
            return


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


def _every_conversation(bench, experience_id: str):
    cursor = None
    while True:
        page = bench.conversations.list(experience_id, limit=500, cursor=cursor)
        yield from page.conversations
        cursor = page.next_cursor
        if cursor is None:
            return
