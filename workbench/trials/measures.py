"""What can be counted of a reply. Pure; the formulas are those that docs/guides/trials.md states."""

import re
import unicodedata
from itertools import pairwise

from workbench.trials.records import Measures

HEDGES = (
    "perhaps",
    "maybe",
    "possibly",
    "probably",
    "presumably",
    "apparently",
    "arguably",
    "generally",
    "typically",
    "usually",
    "often",
    "sometimes",
    "somewhat",
    "might",
    "may",
    "could",
    "seem",
    "seems",
    "appear",
    "appears",
    "suggest",
    "suggests",
    "likely",
    "unlikely",
    "i think",
    "i believe",
    "i guess",
    "in my opinion",
    "it depends",
    "sort of",
    "kind of",
    "to some extent",
    "in some cases",
    "not necessarily",
)
"""Words that make a statement weaker: the commonest in answers, from Hyland's list (Metadiscourse, 2005, appendix).

English alone."""
MOST_HEDGES_PER_100_WORDS = 3.0
"""Above it a text counts as hedging much: research articles, which hedge more than most, have about 2 (Hyland 1998,
Hedging in Scientific Research Articles)."""

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_WORD = re.compile(rf"[{_CJK}]|[^\W_{_CJK}]+(?:['\u2019\-][^\W_{_CJK}]+)*")
_SENTENCE_END = re.compile(
    r"([.!?…][\"'”\u2019)\]]*)\s+|([。\uff01\uff1f]+)|\n[^\S\n]*\n|\n(?=[^\S\n]*(?:[-*+•]|\d+[.)]|#{1,6})\s)"
)
_ABBREVIATION = re.compile(r"\b(e\.g|i\.e|etc|vs|cf|Dr|Mr|Mrs|Ms|Prof|St|No|Fig|approx|z\.B|d\.h|[A-Z])\.(?=\s)")
_HEDGE = re.compile(rf"(?<!\w)(?:{'|'.join(sorted(HEDGES, key=len, reverse=True))})(?!\w)", re.IGNORECASE)
_CODE = re.compile(r"^(`{3,}|~{3,}).*?(?:^\1[`~]*\s*$|\Z)", re.MULTILINE | re.DOTALL)
_ITEM = re.compile(r"^\s{0,12}(?:[-*+•]|\d{1,3}[.)])\s+\S", re.MULTILINE)
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+\S", re.MULTILINE)
_VOWELS = re.compile(r"[aeiouyàâäáãåæéèêëíìîïóòôöõøœúùûüýÿ]+", re.IGNORECASE)
_EMOJI = re.compile(
    "[\U0001f300-\U0001faff\U0001f1e6-\U0001f1ff\u2600-\u27bf\u2b50\u2b55\u231a\u231b\u23e9-\u23f3]"
    "(?:[\ufe0f\U0001f3fb-\U0001f3ff]|\u200d[\U0001f300-\U0001faff\u2600-\u27bf]\ufe0f?)*"
)
"""Pictographs (Unicode's emoji, without text symbols such as © and digits); a joined or coloured one is one."""


def measure(text: str) -> Measures:
    """All of it. Code in fences is no prose, so nothing inside of it is counted."""
    prose = _CODE.sub("\n\n", text)
    found, parts = words(prose), sentences(prose)
    pairs = list(pairwise(found))
    count = len(found)
    return Measures(
        words=count,
        sentences=len(parts),
        words_per_sentence=round(count / len(parts), 1) if parts else 0.0,
        reading_ease=_reading_ease(found, len(parts)),
        hedges_per_100_words=round(100 * len(_HEDGE.findall(prose.replace("\u2019", "'"))) / count, 2)
        if count
        else 0.0,
        distinct_pairs=round(len({(a.lower(), b.lower()) for a, b in pairs}) / len(pairs), 3) if pairs else 1.0,
        list_items=len(_ITEM.findall(prose)),
        headings=len(_HEADING.findall(prose)),
        emoji=len(_EMOJI.findall(prose)),
    )


def words(text: str) -> list[str]:
    """Its words: letters and digits, with apostrophes and hyphens inside; each Chinese or Japanese character is one."""
    return _WORD.findall(unicodedata.normalize("NFC", text))


def sentences(text: str) -> list[str]:
    """Its sentences, by their ends; an item of a list, a heading and a paragraph end one too."""
    kept = _ABBREVIATION.sub(lambda found: found[1].replace(".", "\u2024") + "\u2024", text)
    marked = _SENTENCE_END.sub(lambda end: f"{end[1] or end[2] or ''}\x00", kept)
    return [part.strip().replace("\u2024", ".") for part in marked.split("\x00") if _WORD.search(part)]


def _reading_ease(found: list[str], sentence_count: int) -> float | None:
    """206.835 - 1.015 words a sentence - 84.6 syllables a word (Flesch 1948, Journal of Applied Psychology 32, 221)."""
    if not found:
        return None
    syllables = sum(map(_syllables, found))
    return round(206.835 - 1.015 * len(found) / max(1, sentence_count) - 84.6 * syllables / len(found), 1)


def _syllables(word: str) -> int:
    """About how many it has: groups of vowels, without a silent e at the end; one at least."""
    groups = len(_VOWELS.findall(word))
    silent = groups > 1 and word.lower().endswith("e") and not word.lower().endswith(("le", "ee"))
    return max(1, groups - silent)
