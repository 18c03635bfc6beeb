"""Rules on text that comes in pieces: what may be shown of it, however it was cut.

What could still become a match is held back, and nothing else; that is never more than the longest match of a rule.
Places are in bytes of UTF-8, and matches begin and end where characters do.
"""

from bisect import insort
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from workbench.rules.finders import Finder, finders
from workbench.rules.patterns import Together, together
from workbench.rules.records import ACTIONS, Action, Found, Rule

Act = Literal["keep", "take", "stop"]
"""What becomes of the text that was found: it stays, something stands in its place, or the text ends before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acts:
    """What becomes of what a rule finds, by its action."""

    warn: Act = "keep"
    ask: Act = "take"
    redact: Act = "take"
    block: Act

    def of(self, action: Action) -> Act:
        """What becomes of it."""
        found: Act = getattr(self, action)
        return found


INCOMING = Acts(block="stop")
ASKED = Acts(ask="keep", block="keep")
"""Of what is about to be sent: that a rule asks or blocks is for the sender to hear, and nothing is sent till then."""
SENT = Acts(block="take")
"""Of what goes along with it, such as what was said before."""
_SHORT_BYTES = 48
"""So much is held back without a closer look at whose match it may become."""
_TRIM_BYTES = 2_048
_CONTEXT_BYTES = 8
"""Of what is shown already, kept for what has to stand by itself."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What several rules look for."""

    finders: tuple[Finder, ...]
    together: Together
    acts: Acts
    allowed: frozenset[str] = frozenset()
    """The ids of rules that a person has allowed what they find."""

    def act(self, rule: Rule) -> Act:
        """What becomes of what a rule finds."""
        return "keep" if rule.id in self.allowed else self.acts.of(rule.action)


def watch(rules: Iterable[Rule], acts: Acts, *, allowed: Iterable[str] = ()) -> Watch | None:
    """What these rules, in the order of precedence, look for; None: they look for nothing."""
    return _watch(tuple(rules), acts, frozenset(allowed))


@lru_cache(maxsize=64)
def _watch(rules: tuple[Rule, ...], acts: Acts, allowed: frozenset[str]) -> Watch | None:
    found = tuple(finder for rule in rules for finder in finders(rule))
    return Watch(found, together(tuple(finder.pattern for finder in found)), acts, allowed) if found else None


@dataclass(order=True, slots=True)
class _Span:
    """What a finder has found, in the order in which it is dealt with."""

    start: int
    strength: int
    order: int
    end: int = field(compare=False)
    finder: Finder = field(compare=False)


@dataclass(slots=True)
class _Taken:
    """What was found and, as it goes on, taken."""

    finder: Finder
    marker: str
    data: bytes


def filtered(text: str, by: Watch | None) -> tuple[str, tuple[Found, ...]]:
    """A whole text as it may be shown or sent, and what was found."""
    if by is None or not text:
        return text, ()
    shown = StreamFilter(by)
    return shown.feed(text) + shown.finish(), shown.found


class StreamFilter:
    """What may be shown of a text that comes in pieces. Any cut of a text gives the same."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._data = b""
        self._at = 0
        """What lies before it is dealt with."""
        self._next = [0] * len(watch.finders)
        """Where each finder goes on, if that is later."""
        self._pending: list[_Span] = []
        """Found, and not dealt with yet; they begin where something else may begin before them."""
        self._covered = 0
        """Up to where something is taken out."""
        self._found: list[_Taken] = []
        self._covering: _Taken | None = None
        self.is_stopped = False

    @property
    def found(self) -> tuple[Found, ...]:
        """What was found, in the order of the text."""
        return tuple(map(_found, self._found))

    @property
    def held(self) -> int:
        """How many characters are held back."""
        return len(_decoded(self._data[max(self._at, self._covered) :]))

    def feed(self, piece: str) -> str:
        """What may be shown, now that a piece has come."""
        if self.is_stopped:
            return ""
        self._data += piece.encode(errors="surrogatepass")
        return self._shown(self._decided())

    def finish(self) -> str:
        """What may be shown of the rest; nothing comes any more."""
        return "" if self.is_stopped else self._shown(len(self._data))

    def _decided(self) -> int:
        """Up to where it is known what begins: nothing that comes can change it."""
        data, at = self._data, self._at
        decided = self._watch.together.begins(data, at)
        if len(data) - decided <= _SHORT_BYTES:
            return decided
        held = _decoded(data[at:])
        begins = [
            at + len(held[: max(0, len(held) - longest)].encode(errors="surrogatepass"))
            for longest in (finder.pattern.longest for finder in self._watch.finders)
        ]
        found = zip(self._watch.finders, begins, strict=True)
        return min(max(begin, finder.pattern.begins(data, at)) for finder, begin in found)

    def _shown(self, decided: int) -> str:
        if self._pending or self._watch.together.may_match(self._data, self._at):
            shown = self._dealt_with(decided)
        else:
            shown = _decoded(self._data[max(self._at, self._covered) : decided])
        self._at = max(self._at, decided)
        if self._at > _TRIM_BYTES:
            self._trim()
        return shown

    def _dealt_with(self, decided: int) -> str:
        self._find(decided)
        shown: list[bytes] = []
        at = max(self._at, self._covered)
        while self._pending and self._pending[0].start < decided:
            span = self._pending.pop(0)
            act = self._watch.act(span.finder.rule)
            if span.start > at:
                shown.append(self._data[at : span.start])
                at = span.start
            if act == "stop":
                self._found.append(_Taken(span.finder, "", self._data[span.start : span.end]))
                self.is_stopped = True
                return _decoded(b"".join(shown))
            if act == "keep":
                self._found.append(_Taken(span.finder, "", self._data[span.start : span.end]))
            elif self._covering is not None and span.start < self._covered:
                self._go_on(span)
            else:
                self._covering = _Taken(span.finder, _marker(span.finder), self._data[span.start : span.end])
                self._found.append(self._covering)
                shown.append(self._covering.marker.encode(errors="surrogatepass"))
                self._covered = span.end
            at = max(at, self._covered)
        if at < decided:
            shown.append(self._data[at:decided])
        return _decoded(b"".join(shown))

    def _go_on(self, span: _Span) -> None:
        """Take out more of what is being taken out, where a match overlaps it."""
        if span.end > self._covered and self._covering is not None:
            self._covering.data += self._data[self._covered : span.end]
            self._covered = span.end
        if self._covering is not None and span.finder.rule.id != self._covering.finder.rule.id:
            self._found.append(_Taken(span.finder, "", self._data[span.start : span.end]))

    def _find(self, decided: int) -> None:
        for order, finder in enumerate(self._watch.finders):
            at = max(self._next[order], self._at)
            while (found := finder.search(self._data, at)) is not None and found[0][0] < decided:
                (_, at), (start, end) = found
                strength = -ACTIONS.index(finder.rule.action)
                insort(self._pending, _Span(start, strength, order, end, finder))
                self._next[order] = at

    def _trim(self) -> None:
        cut = min([self._at, *(span.start for span in self._pending)]) - _CONTEXT_BYTES
        if cut <= 0:
            return
        self._data = self._data[cut:]
        self._at -= cut
        self._covered = max(0, self._covered - cut)
        self._next = [max(0, at - cut) for at in self._next]
        for span in self._pending:
            span.start, span.end = span.start - cut, span.end - cut


_CALLED = {"words": "word", "topic": "topic", "pattern": "text", "risky": "text"}


def _marker(finder: Finder) -> str:
    """What stands in the place of what was taken out; it says nothing of what that was, as a rule's name may."""
    return f"[removed: {_CALLED.get(finder.rule.kind, finder.what)}]"


def _found(taken: _Taken) -> Found:
    rule = taken.finder.rule
    return Found(
        rule_id=rule.id,
        rule=rule.name,
        revision=rule.revision,
        action=rule.action,
        what=taken.finder.what,
        taken=_decoded(taken.data),
        marker=taken.marker,
    )


def _decoded(data: bytes) -> str:
    return data.decode(errors="surrogatepass")
