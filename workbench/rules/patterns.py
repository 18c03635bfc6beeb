"""The only door to RE2, whose time is linear in the text whatever the pattern is (github.com/google/re2)."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import re2

from workbench.errors import InvalidInputError
from workbench.rules import syntax

LONGEST = 500
"""How many characters a match of a user's pattern may have."""
_MEMORY_BYTES = 8 << 20
"""For a user's pattern, its automaton included."""
_MEMORY_OF_ALL_BYTES = 64 << 20

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern that can be looked for. All places are in bytes of UTF-8."""

    node: syntax.Node
    longest: int
    """How many characters a match has at most."""
    _exact: "re2._Regexp"
    _begun: "re2._Regexp"

    def search(self, data: bytes, at: int) -> tuple[Span, Span] | None:
        """The first match from a place on, the longest of those that begin there; and what of it is meant."""
        found = self._exact.search(data, at)
        if found is None:
            return None
        taken = found.span(1) if self._exact.groups else found.span()
        return found.span(), taken if taken[0] >= 0 else found.span()

    def begins(self, data: bytes, at: int) -> int:
        """Where the first thing begins, from a place on, that may become a match with what follows; else the end."""
        return int(self._begun.search(data, at).start())


@dataclass(frozen=True, slots=True)
class Together:
    """Several patterns, looked for at once."""

    _any: "re2._Regexp"
    _begun: "re2._Regexp"

    def may_match(self, data: bytes, at: int) -> bool:
        """False: none of them matches from a place on."""
        return self._any.search(data, at) is not None

    def begins(self, data: bytes, at: int) -> int:
        """As `Pattern.begins`, of any of them."""
        return int(self._begun.search(data, at).start())


@functools.lru_cache(maxsize=512)
def compiled(pattern: str, *, longest: int = LONGEST) -> Pattern:
    """A pattern; raises InvalidInputError, with what is wrong, for one that cannot be used."""
    node = syntax.parse(pattern)
    if not syntax.shortest(node):
        raise InvalidInputError(
            f"The pattern {pattern[:80]!r} matches nothing at all too.", remedy="Let it take one character at least."
        )
    most = syntax.longest(node)
    if most > longest:
        raise InvalidInputError(
            f"A match of the pattern {pattern[:80]!r} can have {most:,} characters, and {longest:,} are possible.",
            remedy="Let its parts repeat less often.",
        )
    return Pattern(node, most, _re2(syntax.exactly(node), pattern), _re2(rf"(?:{syntax.begun(node)})\z", pattern))


def together(patterns: Sequence[Pattern]) -> Together:
    """Several patterns at once."""
    nodes = [pattern.node for pattern in patterns]
    some = "|".join(f"(?:{syntax.loosely(node)})" for node in nodes)
    begun = "|".join(f"(?:{syntax.begun(node)})" for node in nodes)
    return Together(
        _re2(some, "all of them", _MEMORY_OF_ALL_BYTES), _re2(rf"(?:{begun})\z", "all of them", _MEMORY_OF_ALL_BYTES)
    )


def quoted(text: str) -> str:
    """A pattern of exactly this text, whatever the case of its letters."""
    return f"(?i:{''.join(_quoted(character) for character in text)})"


def _quoted(character: str) -> str:
    return f"\\{character}" if character.isascii() and not character.isalnum() and character > " " else character


def _re2(source: str, pattern: str, memory_bytes: int = _MEMORY_BYTES) -> "re2._Regexp":
    options = re2.Options()
    options.longest_match = True
    options.log_errors = False
    options.max_mem = memory_bytes
    try:
        return re2.compile(source, options)
    except re2.error as error:
        said = error.args[0].decode(errors="replace") if isinstance(error.args[0], bytes) else str(error)
        raise InvalidInputError(
            f"The pattern {pattern[:80]!r} cannot be used: {said.rstrip('.')}.",
            remedy="Patterns are of RE2's syntax; one that is too large needs to repeat less often.",
        ) from error
