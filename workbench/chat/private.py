"""Secrets and personal data in a prompt, found by what rules find them with."""

from collections.abc import Iterator
from functools import cache

from workbench.clock import utc_now
from workbench.prompts.private import Private
from workbench.rules.finders import Finder, finders
from workbench.rules.records import Kind, Rule

_KINDS: tuple[Kind, ...] = ("secrets", "personal")
MOST = 50
"""So many are named."""


def find_private(text: str) -> Iterator[Private]:
    """What is in the text, secrets first; what is part of something found before is not found again."""
    data = text.encode(errors="surrogatepass")
    taken: list[tuple[int, int]] = []
    for kind in _KINDS:
        for finder in _finders(kind):
            at = 0
            while len(taken) < MOST and (found := finder.search(data, at)) is not None:
                start, end = found[1]
                at = max(end, at + 1)
                if any(start < other_end and other_start < end for other_start, other_end in taken):
                    continue
                taken.append((start, end))
                before = len(data[:start].decode(errors="surrogatepass"))
                inside = len(data[start:end].decode(errors="surrogatepass"))
                yield Private(start=before, end=before + inside, what=finder.what, is_secret=kind == "secrets")


@cache
def _finders(kind: Kind) -> tuple[Finder, ...]:
    now = utc_now()
    return finders(Rule(id="", name="", kind=kind, created_at=now, updated_at=now, revision=1))
