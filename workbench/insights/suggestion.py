"""Which model suits a question: stated rules, and nothing else. No state; nobody is asked.

1. A model that cannot be used now, or whose provider has ended it by the date that is known, does not suit.
2. Where pictures are given, a model suits only if it is known to see; where PDFs are, only if it is known to take them.
3. What is read has to fit a model's window, with a quarter of it left for the reply; an unknown one counts as 32,000.
4. The demo model comes last of those that suit.
5. For code and mathematics, models that reason come first.
6. Then those of whose replies to you fewer failed, in steps: up to 2 of 100, up to 10 or not known, more.
7. Then those whose replies you liked, of five or more you rated, in steps: 80 of 100, 50 or not known, fewer.
8. Then those that have been faster for you, in steps: 500 tokens within 10 s, within 30 s or not known, slower.
9. Then those that cost less for this question, in steps: up to 1 cent, up to 10 cents or not known, more.
10. What is still equal stays with the model that would answer now; then the cheaper one comes first.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from workbench.chat.context import REPLY_SHARE, UNKNOWN_WINDOW_TOKENS
from workbench.providers.records import Measured, Model, Suggestion, Suited
from workbench.shown import counted

RULES = tuple(re.findall(r"^\d+\. (.+)$", __doc__ or "", re.MULTILINE))
REPLY_TOKENS = 500
"""How long a reply is taken to be."""
_ENOUGH_REPLIES = 3
"""Below this nothing is made of one's own figures."""
_ENOUGH_RATED = 5
"""The same of the thumbs that one has given."""
_CODE = re.compile(
    r"```|^\s*(def|class|import|from|function|const|let|SELECT|#include|public|fn) |=>|\b(traceback|stack trace|regex|"
    r"refactor|debug|compile[rs]?|unit tests?|function|algorithm|code|python|javascript|typescript|sql|rust|bash)\b",
    re.IGNORECASE | re.MULTILINE,
)
_MATHS = re.compile(
    r"\$\$|\\(frac|int|sum|sqrt|begin)\b|[∫∑√≤≥∞]|\d\s*[\^*/]\s*\d|"
    r"\b(prove|proof|theorem|integrals?|derivatives?|equations?|matrix|eigenvalues?|probability|calculate|solve)\b",
    re.IGNORECASE,
)
_EXPECTED = 1
"""The step of what is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a question takes of a model."""

    read_tokens: int
    """The conversation and the question, about."""
    pictures: int = 0
    pdfs: int = 0
    code: bool = False
    maths: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """In words."""
        found = [f"About {counted(self.read_tokens, 'token')} are read."]
        found += [f"{counted(self.pictures, 'picture')} given."] if self.pictures else []
        found += [f"{counted(self.pdfs, 'PDF')} given."] if self.pdfs else []
        found += ["It looks like code."] if self.code else []
        found += ["It looks like mathematics."] if self.maths else []
        return tuple(found)


_NONE_SUITS = ("No model that is set up suits.",)
_NONE_SET_UP = ("No model is set up. Add the small demo model with `workbench models add demo`, or one of your own.",)


def need(text: str, *, read_tokens: int, pictures: int = 0, pdfs: int = 0) -> Need:
    """What a question takes, by its text and what goes with it."""
    return Need(
        read_tokens=read_tokens,
        pictures=pictures,
        pdfs=pdfs,
        code=_CODE.search(text) is not None,
        maths=_MATHS.search(text) is not None,
    )


def suggest(models: Sequence[Model], measured: Iterable[Measured], need: Need, *, present: str | None) -> Suggestion:
    """The best of the models for what is needed; `present` is the one that would answer now."""
    figures = {each.model: each for each in measured}
    judged = [(_obstacles(model, need), model, _Judged(model, figures.get(model.id), need)) for model in models]
    suited = sorted((each for each in judged if not each[0]), key=lambda each: each[2].order(present))
    others = sorted((each for each in judged if each[0]), key=lambda each: each[1].id)
    ranked = [
        *(Suited(model=model.id, suits=True, why=judgement.why) for _, model, judgement in suited),
        *(Suited(model=model.id, suits=False, why=obstacles) for obstacles, model, _ in others),
    ]
    best = ranked[0] if suited else None
    return Suggestion(
        model=best.model if best else None,
        why=best.why if best else _NONE_SUITS if models else _NONE_SET_UP,
        needs=need.words,
        ranked=tuple(ranked),
        rules=RULES,
    )


def _obstacles(model: Model, need: Need) -> tuple[str, ...]:
    found = []
    if not model.available:
        found.append(model.unavailable_reason or "It cannot be used now.")
    if model.ended:
        found.append(f"Its provider ended it on {model.deprecated_on}.")
    if need.pictures and not model.sees:
        found.append("It sees no pictures." if model.sees is False else "It is not known to see pictures.")
    if need.pdfs and not model.pdf:
        found.append("It takes no PDFs." if model.pdf is False else "It is not known to take PDFs.")
    if need.read_tokens > _room(model):
        window = _window(model)
        found.append(f"What is read, about {need.read_tokens:,} tokens, does not fit its window ({window}).")
    return tuple(found)


def _room(model: Model) -> float:
    return (model.context_tokens or UNKNOWN_WINDOW_TOKENS) * (1 - REPLY_SHARE)


def _window(model: Model) -> str:
    if model.context_tokens is None:
        return f"unknown, taken as {UNKNOWN_WINDOW_TOKENS:,}"
    return f"{model.context_tokens:,}"


class _Judged:
    """How a model that can answer ranks."""

    def __init__(self, model: Model, figures: Measured | None, need: Need) -> None:
        self._model = model
        self._figures = figures if figures and figures.replies >= _ENOUGH_REPLIES else None
        self._need = need

    def order(self, present: str | None) -> tuple[object, ...]:
        """What it is sorted by, the smallest first: the rules from the fourth on."""
        cost = self._cost_usd
        return (
            self._model.demo,
            (self._need.code or self._need.maths) and not self._model.reasoning,
            _step(self._failed, 0.02, 0.10),
            _step(self._disliked, 0.20, 0.50),
            _step(self._seconds, 10, 30),
            _step(cost, Decimal("0.01"), Decimal("0.10")),
            self._model.id != present,
            Decimal("Infinity") if cost is None else cost,
            self._model.id,
        )

    @property
    def why(self) -> tuple[str, ...]:
        """What speaks for it, in words."""
        model, need, figures = self._model, self._need, self._figures
        found = ["It sees pictures."] if need.pictures else []
        found += ["It takes PDFs."] if need.pdfs else []
        if model.reasoning and (need.code or need.maths):
            found.append(f"It reasons, which helps with {'code' if need.code else 'mathematics'}.")
        if model.context_tokens is not None:
            found.append(f"What is read fits its window of {model.context_tokens:,} tokens.")
        if figures and self._failed is not None:
            share = f"{figures.failed} of its {figures.replies:,} replies to you failed."
            found.append(share if figures.failed else f"None of its {figures.replies:,} replies to you failed.")
        if figures and self._disliked is not None:
            found.append(f"You liked {figures.liked:,} of the {figures.rated:,} replies of it that you rated.")
        if self._seconds is not None:
            found.append(f"It writes {REPLY_TOKENS} tokens in about {self._seconds:.0f} s.")
        if (cost := self._cost_usd) is not None:
            found.append(f"It costs about ${cost:.4f} for this." if cost else "It costs nothing.")
        return tuple(found)

    @property
    def _failed(self) -> float | None:
        return self._figures.failed / self._figures.replies if self._figures else None

    @property
    def _disliked(self) -> float | None:
        figures = self._figures
        if figures is None or figures.rated < _ENOUGH_RATED:
            return None
        return (figures.rated - figures.liked) / figures.rated

    @property
    def _seconds(self) -> float | None:
        figures = self._figures
        if figures is None or figures.first_token_ms is None or not figures.tokens_per_second:
            return None
        return figures.first_token_ms / 1000 + REPLY_TOKENS / figures.tokens_per_second

    @property
    def _cost_usd(self) -> Decimal | None:
        read, written = self._model.input_usd_per_million, self._model.output_usd_per_million
        if read is None or written is None:
            return None
        return (read * self._need.read_tokens + written * REPLY_TOKENS) / 1_000_000


def _step(value: float | Decimal | None, low: float | Decimal, high: float | Decimal) -> int:
    if value is None:
        return _EXPECTED
    return 0 if value <= low else 1 if value <= high else 2
