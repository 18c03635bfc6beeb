"""Several processes that write to one home at once, each with a door of its own, and an account of what came of it.

python -m tests.faults.crowd HOME EXPERIENCE_ID SECONDS DOOR      one member: prints what it did as JSON
"""

import json
import sys
import time

from workbench.client import connect
from workbench.errors import ConflictError


def member(home: str, experience_id: str, seconds: float, door: str) -> dict[str, object]:
    """Create conversations and count up in the Experience's shared description, as long as told."""
    bench = connect(home, door=door)
    made: list[str] = []
    counted = 0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        made.append(bench.conversations.create(experience_id, title=f"{door} {len(made)}").id)
        counted += _count_up(bench, experience_id)
    return {"made": made, "counted": counted}


def _count_up(bench, experience_id: str) -> int:
    """Add one to the number that everyone shares, as often as it takes to do so without overwriting another's."""
    while True:
        before = bench.experiences.get(experience_id)
        try:
            bench.experiences.update(
                experience_id, description=str(int(before.description or 0) + 1), revision=before.revision
            )
        except ConflictError:
            continue
        return 1


if __name__ == "__main__":
    home, experience_id, seconds, door = sys.argv[1:]
    print(json.dumps(member(home, experience_id, float(seconds), door)))
