"""The sentences that say most, picked and not written: deterministic, without a model or a network.

Sentences that share words with many others are central to a text (TextRank: Mihalcea and Tarau 2004, section 4); of
these the best are taken, none of which repeats another. Words that occur everywhere count little, so no list of stop
words is needed, and any language will do.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

MOST_SENTENCES = 300
"""As each is compared with each: of more, those that hold the rarest words are looked at."""
SHORTEST_WORDS = 4
LONGEST_CHARACTERS = 400
"""A longer sentence is cut: it is more likely to be a table or a log."""
DAMPING = 0.85
_STEPS = 30
_REPEATS = 0.5
"""Two sentences more alike than this say the same."""

_CODE = re.compile(r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)", re.DOTALL)
_LEADING = re.compile(r"^\s*(?:[#>*+\-|]+|\d+[.)])\s*")
_HEADING = re.compile(r"^(\s*#{1,6}\s.*)$", re.MULTILINE)
_WRAPPED = re.compile(r"(?<=\S)[ \t]*\n(?=[^\s#>*+\-|\d])")
"""The end of a line that goes on in the next one."""
_END = re.compile(r"(?<=[.!?\u2026])[\"'\u201d\u2019)\]]*\s+(?=\S)|(?<=[\u3002\uff01\uff1f])")
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, and which of the given texts it is of."""

    text: str
    source: int


def sentences(text: str) -> list[str]:
    """The sentences of a text in Markdown, without its code, headings' marks and bullets."""
    found: list[str] = []
    blocks = _WRAPPED.sub(" ", _HEADING.sub(r"\1\n", _CODE.sub("\n\n", text)))
    for line in blocks.splitlines():
        for part in _END.split(_LEADING.sub("", line)):
            sentence = " ".join(part.split())
            if sentence:
                found.append(sentence)
    return found


def key_sentences(texts: Sequence[str], count: int) -> tuple[Sentence, ...]:
    """The `count` sentences that say most of all these texts, in the order in which they stand there."""
    candidates = _candidates(texts)
    bags = [_bag(one.text) for one in candidates]
    weights = _rarity(bags)
    if len(candidates) > MOST_SENTENCES:
        rarest = sorted(range(len(bags)), key=lambda n: (-sum(weights[w] for w in bags[n]) / len(bags[n]), n))
        kept = sorted(rarest[:MOST_SENTENCES])
        candidates, bags = [candidates[n] for n in kept], [bags[n] for n in kept]
    vectors = [_vector(bag, weights) for bag in bags]
    alike = [[0.0] * len(vectors) for _ in vectors]
    for a, one in enumerate(vectors):
        for b in range(a):
            alike[a][b] = alike[b][a] = _cosine(one, vectors[b])
    ranks = _ranks(alike)
    chosen: list[int] = []
    for number in sorted(range(len(ranks)), key=lambda n: (-ranks[n], n)):
        if len(chosen) == count:
            break
        if all(alike[number][other] < _REPEATS for other in chosen):
            chosen.append(number)
    return tuple(candidates[number] for number in sorted(chosen))


def _candidates(texts: Sequence[str]) -> list[Sentence]:
    """Sentences long enough to say something; where there is none, all of them. Each but once."""
    every = [Sentence(sentence, source) for source, text in enumerate(texts) for sentence in sentences(text)]
    once = {one.text.casefold(): one for one in reversed(every) if words(one.text)}
    every = [one for one in every if once.get(one.text.casefold()) is one]
    long = [one for one in every if len(words(one.text)) >= SHORTEST_WORDS]
    return [Sentence(_cut(one.text), one.source) for one in long or every]


def words(text: str) -> list[str]:
    """The words of a text; of scripts without spaces, pairs of characters."""
    found: list[str] = []
    for word in _WORD.findall(text.casefold()):
        if len(word) > 2 and _CJK.search(word):
            found.extend(word[n : n + 2] for n in range(len(word) - 1))
        else:
            found.append(word)
    return found


def _bag(text: str) -> Counter[str]:
    return Counter(words(text))


def _rarity(bags: Sequence[Counter[str]]) -> dict[str, float]:
    """For each word the logarithm of how rare it is among the sentences."""
    holding = Counter(word for bag in bags for word in bag)
    return {word: math.log(1 + len(bags) / count) for word, count in holding.items()}


def _vector(bag: Counter[str], weights: dict[str, float]) -> dict[str, float]:
    """Of length 1."""
    values = {word: count * weights[word] for word, count in bag.items()}
    length = math.sqrt(sum(value * value for value in values.values())) or 1.0
    return {word: value / length for word, value in values.items()}


def _cosine(one: dict[str, float], other: dict[str, float]) -> float:
    small, large = (one, other) if len(one) < len(other) else (other, one)
    return sum(value * large[word] for word, value in small.items() if word in large)


def _ranks(alike: Sequence[Sequence[float]]) -> list[float]:
    """How central each sentence is (PageRank over their likeness); of equals the first is a little ahead."""
    count = len(alike)
    totals = [sum(row) for row in alike]
    ranks = [1.0] * count
    for _ in range(_STEPS):
        shares = [rank / total if total else 0.0 for rank, total in zip(ranks, totals, strict=True)]
        ranks = [
            1 - DAMPING + DAMPING * sum(likeness * share for likeness, share in zip(row, shares, strict=True))
            for row in alike
        ]
    return [rank * (1 + 0.1 * (1 - n / count)) for n, rank in enumerate(ranks)]


def _cut(text: str) -> str:
    if len(text) <= LONGEST_CHARACTERS:
        return text
    cut = text[:LONGEST_CHARACTERS]
    return f"{cut[: cut.rfind(' ')] if ' ' in cut[LONGEST_CHARACTERS // 2 :] else cut}…"
