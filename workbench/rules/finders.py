"""What a rule looks for, as patterns."""

import tomllib
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

from workbench.config import shipped
from workbench.errors import InvalidInputError
from workbench.rules import checks, detectors, patterns
from workbench.rules.patterns import Pattern, Span
from workbench.rules.records import Rule

MOST_WORDS = 200
LONGEST_WORD = 100
_CONTEXT_BYTES = 4
_REST_OF_WORD = r"[^\x00-&(-,./:-@[-^`{-\x{a0}\x{2000}-\x{206f}\x{3000}-\x{3003}]{0,30}"
_ADDRESS = r"(?i:https?://|www\.)[^\s<>()\[\]\"'`]{1,300}"


@dataclass(frozen=True, slots=True)
class Finder:
    """One thing that a rule looks for."""

    rule: Rule
    what: str
    pattern: Pattern
    check: Callable[[str], bool] | None = None
    """Whether what was found is meant; None: it always is."""
    is_word: bool = True
    """Whether it has to stand by itself."""

    def search(self, data: bytes, at: int) -> tuple[Span, Span] | None:
        """The first match from a place on, in bytes, and what of it is meant."""
        while (found := self.pattern.search(data, at)) is not None:
            (start, end), taken = found
            if self._is_meant(data, start, end, taken):
                return found
            at = start + 1
        return None

    def _is_meant(self, data: bytes, start: int, end: int, taken: Span) -> bool:
        if self.is_word and not checks.is_free(
            _last(data[max(0, start - _CONTEXT_BYTES) : start]), _first(data[end : end + _CONTEXT_BYTES])
        ):
            return False
        return self.check is None or self.check(_text(data[slice(*taken)]))


def finders(rule: Rule) -> tuple[Finder, ...]:
    """What a rule looks for. Raises InvalidInputError where that cannot be looked for."""
    match rule.kind:
        case "words":
            return tuple(Finder(rule, repr(word), _word(word)) for word in _words(rule))
        case "topic":
            return tuple(Finder(rule, repr(word), _word(word, more=_REST_OF_WORD)) for word in _words(rule))
        case "pattern":
            return (Finder(rule, "its pattern", patterns.compiled(rule.text), is_word=False),)
        case "secrets" | "personal":
            found = detectors.detectors(rule.kind, rule.words)
            return tuple(Finder(rule, one.what, one.pattern, one.check, one.is_word) for one in found)
        case "risky":
            return tuple(Finder(rule, why, pattern) for why, pattern in _risks())
        case "sources":
            hosts = tuple(word.casefold() for word in _words(rule))
            pattern = patterns.compiled(_ADDRESS)
            return (Finder(rule, "address", pattern, lambda found: not _is_of(found, hosts)),)
        case _:
            return ()


def longest(found: tuple[Finder, ...]) -> int:
    """How many characters a match of any of these has at most."""
    return max((one.pattern.longest for one in found), default=0)


def _words(rule: Rule) -> tuple[str, ...]:
    words = tuple(dict.fromkeys(" ".join(word.split()) for word in rule.words if word.strip()))
    if not words:
        raise InvalidInputError(
            f"A rule of the kind {rule.kind!r} needs words to look for.", remedy="Give it one at least."
        )
    if len(words) > MOST_WORDS or any(len(word) > LONGEST_WORD for word in words):
        raise InvalidInputError(
            f"A rule has at most {MOST_WORDS} words, each of at most {LONGEST_WORD} characters.",
            remedy="Make several rules of it.",
        )
    return words


@cache
def _word(word: str, *, more: str = "") -> Pattern:
    forms = dict.fromkeys(unicodedata.normalize(form, word) for form in ("NFC", "NFD"))
    spaced = (patterns.quoted(form).replace(" ", r"\s{1,3}") for form in forms)
    return patterns.compiled(f"(?:{'|'.join(spaced)}){more}", longest=4 * LONGEST_WORD)


def _is_of(address: str, hosts: tuple[str, ...]) -> bool:
    try:
        host = (urlsplit(address if "//" in address else f"//{address}").hostname or "").rstrip(".")
    except ValueError:
        return False
    return any(host == allowed or host.endswith(f".{allowed}") for allowed in hosts)


@cache
def _risks() -> tuple[tuple[str, Pattern], ...]:
    """Why something is risky to ask, and how it is asked."""
    found = tomllib.loads((shipped("data") / "rules" / "risky.toml").read_text(encoding="utf-8"))
    return tuple(
        (risk["why"], patterns.compiled(f"(?i:{'|'.join(f'(?:{one})' for one in risk['patterns'])})"))
        for risk in found["risk"]
    )


def _first(data: bytes) -> str:
    """The first character; of none nothing."""
    lead = data[0] if data else 0
    size = 1 + (lead >= 0xC0) + (lead >= 0xE0) + (lead >= 0xF0)
    return _text(data[:size])


def _last(data: bytes) -> str:
    """The last character; of none nothing."""
    at = len(data) - 1
    while at > 0 and data[at] & 0xC0 == 0x80:
        at -= 1
    return _text(data[max(0, at) :])


def _text(data: bytes) -> str:
    return data.decode(errors="surrogatepass")
