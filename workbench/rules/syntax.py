"""The syntax of patterns: RE2's (github.com/google/re2/wiki/Syntax), without what has no longest match.

A pattern becomes a tree, and the tree is written down again in three ways: exactly; loosely, for a quick look; and as
what the beginning of a match may look like. Nothing here runs a pattern.
"""

from dataclasses import dataclass

from workbench.errors import InvalidInputError

TAKEN = "taken"
"""The name of the group that is taken out in the place of the whole match."""
_DEEPEST = 40
_KEPT_REPEATS = 4
"""What repeats more often is any number of times in a quick look, so that its automaton stays small."""
_ONE = frozenset("dDsSwW")
_CONTROLS = frozenset("ntrfva")
_ASSERTIONS = frozenset("bBAz")
_HEX = frozenset("0123456789abcdefABCDEF")


@dataclass(frozen=True, slots=True)
class One:
    """Exactly one character."""

    source: str


@dataclass(frozen=True, slots=True)
class Here:
    """An assertion: it takes no character."""

    source: str


@dataclass(frozen=True, slots=True)
class Join:
    """One part after another."""

    parts: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Either:
    """One of several."""

    options: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part, from so many times to so many."""

    part: "Node"
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Group:
    """A part under flags, or the part that is taken out."""

    opening: str
    part: "Node"


Node = One | Here | Join | Either | Repeat | Group


def parse(pattern: str) -> Node:
    """A pattern as a tree. Raises InvalidInputError for what is not one, or may match without end."""
    parser = _Parser(pattern)
    node = parser.either(0)
    if not parser.is_done:
        raise parser.wrong("there is a `)` too many")
    return node


def longest(node: Node) -> int:
    """How many characters a match has at most."""
    match node:
        case One():
            return 1
        case Here():
            return 0
        case Join(parts=parts):
            return sum(map(longest, parts))
        case Either(options=options):
            return max(map(longest, options))
        case Repeat(part=part, most=most):
            return longest(part) * most
        case Group(part=part):
            return longest(part)


def shortest(node: Node) -> int:
    """How many characters a match has at least."""
    match node:
        case One():
            return 1
        case Here():
            return 0
        case Join(parts=parts):
            return sum(map(shortest, parts))
        case Either(options=options):
            return min(map(shortest, options))
        case Repeat(part=part, least=least):
            return shortest(part) * least
        case Group(part=part):
            return shortest(part)


def exactly(node: Node) -> str:
    """The pattern."""
    match node:
        case One(source=source) | Here(source=source):
            return source
        case Join(parts=parts):
            return "".join(map(exactly, parts))
        case Either(options=options):
            return f"(?:{'|'.join(map(exactly, options))})"
        case Repeat(part=part, least=least, most=most):
            return f"(?:{exactly(part)}){{{least},{most}}}"
        case Group(opening=opening, part=part):
            return f"{opening}{exactly(part)})"


def loosely(node: Node) -> str:
    """A pattern that matches wherever this one does, and elsewhere too."""
    match node:
        case One(source=source) | Here(source=source):
            return source
        case Join(parts=parts):
            return "".join(map(loosely, parts))
        case Either(options=options):
            return f"(?:{'|'.join(map(loosely, options))})"
        case Repeat(part=part, least=least, most=most):
            inner = f"(?:{loosely(part)})"
            if most <= _KEPT_REPEATS:
                return f"{inner}{{{least},{most}}}"
            kept = min(least, _KEPT_REPEATS)
            return f"{inner}{{{kept},}}"
        case Group(part=part):
            return f"{_flags(node)}{loosely(part)})"


def begun(node: Node) -> str:
    """A pattern of everything that a match may begin with: nothing, each of its beginnings, and all of it."""
    match node:
        case One(source=source):
            return f"{source}?"
        case Here():
            return ""
        case Join(parts=parts):
            return _begun_join(parts)
        case Either(options=options):
            return f"(?:{'|'.join(map(begun, options))})"
        case Repeat(part=One(source=source), most=most):
            return f"{source}{{0,{most}}}" if most <= _KEPT_REPEATS else f"{source}*"
        case Repeat(part=part, most=most):
            often = f"{{0,{most - 1}}}" if most <= _KEPT_REPEATS else "*"
            return f"(?:{loosely(part)}){often}{begun(part)}" if most else ""
        case Group(part=part):
            return f"{_flags(node)}{begun(part)})"


def _begun_join(parts: tuple[Node, ...]) -> str:
    if not parts:
        return ""
    first, rest = parts[0], _begun_join(parts[1:])
    if isinstance(first, One | Here):
        return f"(?:{first.source}{rest})?"
    return f"(?:{begun(first)}|{loosely(first)}{rest})"


def _flags(group: Group) -> str:
    return "(?:" if group.opening.startswith("(?P<") else group.opening


class _Parser:
    """Reads a pattern from its beginning."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0

    @property
    def is_done(self) -> bool:
        return self._at == len(self._pattern)

    def wrong(self, why: str, remedy: str = "The guide to rules says what a pattern can be.") -> InvalidInputError:
        return InvalidInputError(f"The pattern {self._pattern[:80]!r} cannot be used: {why}.", remedy=remedy)

    def either(self, depth: int) -> Node:
        if depth > _DEEPEST:
            raise self.wrong("its groups are nested too deeply")
        options = [self._join(depth)]
        while self._take("|"):
            options.append(self._join(depth))
        return options[0] if len(options) == 1 else Either(tuple(options))

    def _join(self, depth: int) -> Node:
        parts: list[Node] = []
        while not self.is_done and self._next not in "|)":
            if flags := self._flags_for_the_rest():
                parts.append(Group(flags, self.either(depth + 1)))  # an `|` after them is within them
                break
            parts.append(self._repeated(self._one(depth)))
        return parts[0] if len(parts) == 1 else Join(tuple(parts))

    @property
    def _next(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _take(self, text: str) -> bool:
        if not self._pattern.startswith(text, self._at):
            return False
        self._at += len(text)
        return True

    def _flags_for_the_rest(self) -> str:
        end = self._pattern.find(")", self._at)
        inside = self._pattern[self._at + 2 : end]
        if end < 0 or not self._pattern.startswith("(?", self._at) or not inside or not set(inside) <= set("ims-"):
            return ""
        self._at = end + 1
        return f"(?{inside}:"

    def _one(self, depth: int) -> Node:
        if self._take("("):
            return self._group(depth)
        if self._next in "*+?":
            raise self.wrong(f"there is nothing that `{self._next}` could repeat")
        if self._next == "[":
            return One(self._class())
        if self._next == "\\":
            return self._escaped()
        found = self._next
        self._at += 1
        if found in "^$":
            return Here(found)
        return One(f"\\{found}" if found in "{}]" else found)

    def _group(self, depth: int) -> Node:
        opening = "(?:"
        if self._take(f"?P<{TAKEN}>"):
            opening = f"(?P<{TAKEN}>"
        elif self._take("?"):
            end = self._pattern.find(":", self._at)
            flags = self._pattern[self._at : end] if end >= 0 else "?"
            if not set(flags) <= set("ims-"):
                raise self.wrong("of groups there are `(…)`, `(?:…)`, `(?i:…)`" + f" and `(?P<{TAKEN}>…)`")
            opening = f"(?{flags}:"
            self._at = end + 1
        part = self.either(depth + 1)
        if not self._take(")"):
            raise self.wrong("a `)` is missing")
        return Group(opening, part)

    def _class(self) -> str:
        start = self._at
        self._at += 1
        self._take("^")
        self._take("]")
        while not self._take("]"):
            if self.is_done:
                raise self.wrong("a `]` is missing")
            if self._pattern.startswith("[:", self._at) and (end := self._pattern.find(":]", self._at)) > 0:
                self._at = end + 2
            else:
                self._at += 2 if self._next == "\\" else 1
        return self._pattern[start : self._at]

    def _escaped(self) -> Node:
        start = self._at
        self._at += 1
        found = self._next
        self._at += 1
        if found in _ASSERTIONS and found:
            return Here(f"\\{found}")
        if found in {"p", "P"}:
            self._braced()
        elif found == "x":
            if self._next == "{":
                self._braced()
            else:
                self._at += 2
            if not set(self._pattern[start + 2 : self._at]) - {"{", "}"} <= _HEX:
                raise self.wrong("after `\\x` two hexadecimal digits stand, or several in braces")
        elif not found or (found not in _ONE | _CONTROLS and (found.isalnum() or not found.isascii())):
            raise self.wrong(f"`\\{found}` means nothing here")
        return One(self._pattern[start : self._at])

    def _braced(self) -> None:
        if self._next != "{":
            self._at += 1
            return
        end = self._pattern.find("}", self._at)
        if end < 0:
            raise self.wrong("a `}` is missing")
        self._at = end + 1

    def _repeated(self, part: Node) -> Node:
        if self._take("?"):
            least, most = 0, 1
        elif self._next in {"*", "+"} or (bounds := self._bounds()) == (-1, -1):
            raise self.wrong(
                "a part of it may repeat without end, and then nobody knows how long to wait for the rest of a reply",
                "Say how often at most, as in `{0,40}` for `*` and `{1,40}` for `+`.",
            )
        elif bounds is None:
            return part
        else:
            least, most = bounds
        self._take("?")  # which of several matches is meant: always the longest
        if self._next in {"*", "+", "?"} or self._bounds() is not None:
            raise self.wrong("something is repeated twice")
        return Repeat(part, least, most)

    def _bounds(self) -> tuple[int, int] | None:
        """What `{2}` or `{2,5}` says here; (-1, -1): it has no end; None: it is not one."""
        end = self._pattern.find("}", self._at)
        least, comma, most = self._pattern[self._at + 1 : end].partition(",")
        if end < 0 or self._next != "{" or not least.isdecimal() or not (most.isdecimal() or not most):
            return None
        self._at = end + 1
        if comma and not most:
            return -1, -1
        found = int(least), int(most or least)
        if found[0] > found[1] or found[1] > 1_000:
            raise self.wrong("what repeats does so from few to many times, 1,000 at most")
        return found
