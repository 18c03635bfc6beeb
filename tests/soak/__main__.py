"""Long loops, run before a release: what a short test may miss by luck.

    python -m tests.soak [kill] [crowd] [intervals] [--rounds 500] [--seconds 60] [--seed N]

All parts by default. It prints what it finds, and fails if anything was lost.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from tests import stand_in
from tests.conftest import kill_owner
from tests.faults.crowd import crowd
from tests.faults.kill import Account, kill_rounds
from tests.trials import simulated

MOST_TEXT_LOST_S = 0.75
TELL_EVERY = 25
TRIALS = 2_000
MOST_OFF = 0.02
"""How far the coverage of an interval may be from the 95 % that it promises."""
ROUNDS_A_HOME = 50
"""Each round reads the whole audit log of its home, so that many rounds in one would take ever longer."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description="Long loops of faults.")
    parser.add_argument("parts", nargs="*", metavar="PART", help="kill, crowd, intervals: all by default")
    parser.add_argument("--rounds", type=int, default=500, help="of killing the owner")
    parser.add_argument("--seconds", type=float, default=60, help="for which six processes write")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of what is left to chance")
    given = parser.parse_args()
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    print(f"seed {given.seed}, load {os.getloadavg()[0]:.1f}", flush=True)
    parts = {
        "kill": lambda: _kill(given.rounds, given.seed),
        "crowd": lambda: _crowd(given.seconds, given.seed),
        "intervals": lambda: _intervals(given.seed),
    }
    wanted = given.parts or list(parts)
    if not set(wanted) <= parts.keys():
        parser.error(f"the parts are {', '.join(parts)}")
    failed = [name for name in wanted if not parts[name]()]
    sys.exit(f"failed: {', '.join(failed)}" if failed else 0)


def _kill(rounds: int, seed: int) -> bool:
    began = time.monotonic()
    total = Account()

    def tell(account: Account) -> None:
        so_far = Account()
        so_far.add(total)
        so_far.add(account)
        if so_far.rounds % TELL_EVERY == 0:
            print(f"  {(time.monotonic() - began) / 60:.1f} min, {so_far.line()}", flush=True)

    with stand_in.running() as provider:
        while total.rounds < rounds:
            with tempfile.TemporaryDirectory() as folder:
                more = min(ROUNDS_A_HOME, rounds - total.rounds)
                total.add(kill_rounds(Path(folder), provider, more, seed=seed + total.rounds, tell=tell))
    print(total.line(), *total.lost_rows[:20], *total.wrong[:20], sep="\n  ", flush=True)
    return not (total.lost_rows or total.wrong) and max(total.lost_text_s) <= MOST_TEXT_LOST_S


def _crowd(seconds: float, seed: int) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        try:
            account = crowd(Path(folder), seconds, seed=seed)
        finally:
            kill_owner(Path(folder) / "home")
    print(account.line(), *account.lost[:20], *account.surplus[:20], *account.uncounted.items(), sep="\n  ", flush=True)
    return not (account.lost or account.surplus or account.uncounted)


def _intervals(seed: int) -> bool:
    """Whether the intervals of trials hold what is true as often as they promise, over so many simulated trials."""
    found = {kind: simulated.coverage(kind, TRIALS, seed=seed) for kind in simulated.KINDS}
    print(
        *(f"  {kind}: {share:.2%} of {TRIALS:,} intervals hold the truth" for kind, share in found.items()),
        sep="\n",
        flush=True,
    )
    return all(abs(share - 0.95) <= MOST_OFF for share in found.values())


if __name__ == "__main__":
    main()
