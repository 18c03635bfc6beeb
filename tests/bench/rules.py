"""What rules cost for each piece of a stream, and how much of prose they hold back."""

import random
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figures import Figure, p95
from tests.rules.corpus import ITEMS
from tests.rules.made import rule
from workbench.rules.streams import INCOMING, StreamFilter, Watch, watch

ROUNDS = 5
RULES = [
    rule("secrets"),
    rule("personal"),
    rule("words", words=tuple(f"codename {word}" for word in ("albatross", "basalt", "cirrus", "dolomite", "ember"))),
    rule("topic", words=("gambl", "casino", "lotter")),
    rule("pattern", text=r"INC-[0-9]{4,8}"),
]


def figures() -> Iterator[Figure]:
    """All detectors and three rules of one's own, on prose and on prose full of what they find; one rule alone."""
    prose = "".join(path.read_text("utf-8") for path in sorted(Path("docs/guides").glob("*.md")))[:100_000]
    full = " ".join(f"{item.text} {prose[at * 60 : at * 60 + 60]}" for at, item in enumerate(ITEMS))
    all_of_them = watch(RULES, INCOMING)
    began = time.process_time()
    watch([rule("words", words=("never seen",)), *RULES], INCOMING)
    yield Figure("five rules made ready: CPU", (time.process_time() - began) * 1000, None, "ms", "once for a rule set")
    for what, text, by in (
        ("prose, every detector and three rules", prose, all_of_them),
        ("prose, one rule", prose, watch(RULES[-1:], INCOMING)),
        ("a text full of what is found, every detector and three rules", full, all_of_them),
    ):
        assert by is not None
        cpu_us, held = _streamed(text, by)
        note = f"held back: mean {sum(held) / len(held):.1f}, p95 {p95(held):.0f}, most {max(held)} characters"
        yield Figure(f"rules on a piece of 2 to 7 characters of {what}: CPU", cpu_us, 50, "us", note)


def _streamed(text: str, by: Watch) -> tuple[float, list[int]]:
    """The CPU of a piece in microseconds, and what was held back after each."""
    choose, pieces, at = random.Random(5), [], 0
    while at < len(text):
        size = choose.randint(2, 7)
        pieces.append(text[at : at + size])
        at += size
    held, best = [], float("inf")
    for _ in range(ROUNDS):
        shown = StreamFilter(by)
        began = time.process_time()
        for piece in pieces:
            shown.feed(piece)
        best = min(best, time.process_time() - began)
    shown = StreamFilter(by)
    for piece in pieces:
        shown.feed(piece)
        held.append(shown.held)
    return best / len(pieces) * 1e6, held
