"""Contradictions in a prompt, by simple rules over single phrases.

They are meant to be seldom wrong rather than to find everything: what stands in two branches of one `{% if %}`
contradicts nothing.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workbench.prompts.places import Places
from workbench.prompts.records import Finding
from workbench.prompts.template import Piece


@dataclass(frozen=True, slots=True)
class _Said:
    """A phrase of the prompt that asks for something."""

    what: str
    at: int
    words: str
    ways: tuple[tuple[int, int], ...]


_LANGUAGES = (
    "Arabic|Bengali|Chinese|Czech|Danish|Dutch|English|Finnish|French|German|Greek|Hebrew|Hindi|Hungarian|Indonesian|"
    "Italian|Japanese|Korean|Norwegian|Persian|Polish|Portuguese|Romanian|Russian|Spanish|Swedish|Thai|Turkish|"
    "Ukrainian|Vietnamese"
)
_FORMATS = "JSON|YAML|XML|CSV|HTML|LaTeX|Markdown|plain text"
_ASKS = r"\b(?:answer|reply|respond|write|return|output|format|give|produce)\b"
_SAME = r"[^.!?\n;:]{0,40}?"
_LANGUAGE = re.compile(rf"{_ASKS}{_SAME}\bin (?P<what>{_LANGUAGES})\b", re.IGNORECASE)
_FORMAT = re.compile(
    rf"{_ASKS}{_SAME}\b(?:in|as|only|valid|with)\s+(?:an?\s+|valid\s+|pure\s+|only\s+)*(?P<what>{_FORMATS})\b",
    re.IGNORECASE,
)
_BRIEF = re.compile(
    r"\b(?:be|keep (?:it|your (?:answers?|replies|reply))|answer|reply|respond|stay)\s+(?:\w+ly\s+|very\s+|always\s+)?"
    r"(?:brief|concise|short|terse|succinct)(?:ly)?\b|\bin (?:one|a single|at most one) sentence\b"
    r"|\bas (?:briefly|concisely) as\b",
    re.IGNORECASE,
)
_DETAILED = re.compile(
    r"\b(?:be|answer|reply|respond|explain)\s+(?:(?:it|everything|each \w+)\s+)?(?:\w+ly\s+|very\s+|always\s+|as\s+)?"
    r"(?:detailed|thorough|thoroughly|comprehensive|comprehensively|exhaustive|exhaustively|in (?:great |full )?detail|"
    r"at length|in depth)\b|\bleave nothing out\b|\bgo into (?:great |full )?detail\b",
    re.IGNORECASE,
)
_FORMAL = re.compile(
    r"\b(?:be|stay|write|sound|answer|reply|use)\s+(?:an?\s+|in\s+an?\s+|very\s+|always\s+)*formal(?:ly)?\b",
    re.IGNORECASE,
)
_CASUAL = re.compile(
    r"\b(?:be|stay|write|sound|answer|reply|use)\s+(?:an?\s+|in\s+an?\s+|very\s+|always\s+)*"
    r"(?:casual|informal|chatty|colloquial)(?:ly)?\b",
    re.IGNORECASE,
)
_NUMBERS = {
    word: number
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), start=1
    )
}
_MOST = re.compile(
    rf"\b(?:at most|no more than|up to|fewer than|less than|under|a maximum of)\s+(?P<n>\d+|{'|'.join(_NUMBERS)})\s+"
    r"(?P<unit>word|sentence|paragraph|line|bullet|point|item|page|step|question|example)s?\b",
    re.IGNORECASE,
)
_LEAST = re.compile(
    rf"\b(?:at least|no fewer than|no less than|more than|a minimum of)\s+(?P<n>\d+|{'|'.join(_NUMBERS)})\s+"
    r"(?P<unit>word|sentence|paragraph|line|bullet|point|item|page|step|question|example)s?\b",
    re.IGNORECASE,
)
_ALWAYS = re.compile(
    r"\b(?:always|you must|make sure to|be sure to)(?!\s+not\b)\s+(?P<what>[^.!?\n;,:]{2,80})", re.IGNORECASE
)
_NEVER = re.compile(
    r"\b(?:never|do not|don['\u2019]t|you must not|must never|avoid)\s+(?P<what>[^.!?\n;,:]{2,80})", re.IGNORECASE
)
_UNSAYING = re.compile(r"\b(?:unless|except|if|when|where|without|before|until)\b.*", re.IGNORECASE | re.DOTALL)
_EMPTY_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a an the to any all your you it its of in on at for with and or be is are as by that this these those my me",
    )
)


def contradictions(pieces: Sequence[Piece], places: Places) -> list[Finding]:
    """What asks for opposite things, where the later of the two stands."""
    prose = "".join(piece.text if not piece.is_code else re.sub(r"[^\n]", "\0", piece.text) for piece in pieces)
    begins = [piece.at for piece in pieces]

    def said(pattern: re.Pattern[str], what: str | None = None) -> list[_Said]:
        return [
            _Said(
                (what or found["what"]).strip(),
                found.start(),
                found[0].strip(),
                pieces[bisect_right(begins, found.start()) - 1].ways,
            )
            for found in pattern.finditer(prose)
            if "\0" not in found[0]
        ]

    found = [
        *_different(said(_LANGUAGE), "two_languages", places),
        *_different(said(_FORMAT), "two_formats", places),
        *_opposed(said(_BRIEF, "brief"), said(_DETAILED, "detailed"), "brief_and_detailed", places),
        *_opposed(said(_FORMAL, "formal"), said(_CASUAL, "casual"), "formal_and_casual", places),
        *_numbers(prose, said, places),
    ]
    nevers = said(_NEVER)
    for one in said(_ALWAYS):
        other = next((each for each in nevers if _together(one, each) and _same(one.what, each.what)), None)
        if other:
            found.append(_contradiction(one, other, "always_and_never", places))
    return found


def _different(found: Sequence[_Said], code: str, places: Places) -> list[Finding]:
    """A finding for the first phrase that wants something else than the first of all."""
    for number, one in enumerate(found):
        for other in found[:number]:
            if one.what.casefold() != other.what.casefold() and _together(one, other):
                return [_contradiction(one, other, code, places)]
    return []


def _opposed(some: Sequence[_Said], others: Sequence[_Said], code: str, places: Places) -> list[Finding]:
    for one in some:
        for other in others:
            if _together(one, other):
                return [_contradiction(one, other, code, places)]
    return []


def _numbers(prose: str, said: Callable[[re.Pattern[str], str | None], list[_Said]], places: Places) -> list[Finding]:
    def amounts(pattern: re.Pattern[str]) -> list[tuple[int, str, _Said]]:
        texts = said(pattern, "number")
        parsed = []
        for one in texts:
            found = pattern.match(prose, one.at)
            if found:
                word = found["n"].casefold()
                parsed.append((_NUMBERS.get(word) or int(word), found["unit"].casefold(), one))
        return parsed

    for least, unit, one in amounts(_LEAST):
        for most, other_unit, other in amounts(_MOST):
            if unit == other_unit and least > most and _together(one, other):
                return [_contradiction(one, other, "more_than_most", places)]
    return []


def _together(one: _Said, other: _Said) -> bool:
    """Whether both can stand in one rendering: not in different branches of the same `if`."""
    ways = dict(one.ways)
    return all(ways.get(which, branch) == branch for which, branch in other.ways)


def _same(one: str, other: str) -> bool:
    """Whether two phrases are about the same: the same first word, and most of the rest."""
    some, others = _words(one), _words(other)
    if not some or not others or some[0] != others[0]:
        return False
    rest, other_rest = set(some[1:]), set(others[1:])
    if not rest or not other_rest:
        return not rest and not other_rest
    return len(rest & other_rest) * 2 >= max(len(rest), len(other_rest))


def _words(phrase: str) -> list[str]:
    found = re.findall(r"\w+", _UNSAYING.sub("", phrase).casefold())
    return [_stem(word) for word in found if word not in _EMPTY_WORDS]


def _stem(word: str) -> str:
    for ending in ("ing", "ies", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)].rstrip("e")
    return word.rstrip("e")


def _contradiction(one: _Said, other: _Said, code: str, places: Places) -> Finding:
    earlier, later = sorted((one, other), key=lambda said: said.at)
    line, _ = places.of(earlier.at)
    return places.finding(
        later.at,
        code,
        "warning",
        f"“{_cut(later.words)}” and “{_cut(earlier.words)}” (line {line}) ask for opposite things.",
        "Keep one of them, or say when each holds.",
    )


def _cut(words: str) -> str:
    return words if len(words) <= 60 else f"{words[:60].rstrip()}…"
