"""Models that rest, as they failed again and again or asked for it: others are asked before them.

A rest is no refusal: where every model rests, the one that is to rest least is asked all the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

FAILURES = 3
WITHIN_S = 60.0
"""So many failures in so short a time, and a model rests."""
FIRST_S = 30.0
LONGEST_S = 300.0


@dataclass(slots=True)
class _Model:
    failures: list[float] = field(default_factory=list)
    """When it failed, lately."""
    rests: int = 0
    """How often it had to rest since it last worked."""
    until: float = 0.0
    code: str = ""
    """Of the error it failed with last."""


class Rests:
    """Which models rest, and until when. Times are seconds of whatever clock the caller has."""

    def __init__(self) -> None:
        self._models: dict[str, _Model] = {}

    def failed(
        self, id: str, code: str, at: float, *, retry_after_s: float | None = None, kept_waiting: bool = False
    ) -> None:
        """It was busy or out of reach: it rests for as long as it asks; where it fails on, for longer each time.

        One that kept somebody waiting to the limit of time rests after the first time.
        """
        model = self._models.setdefault(id, _Model())
        model.code = code
        if retry_after_s is not None:
            model.until = max(model.until, at + retry_after_s)
        model.failures = [when for when in model.failures if at - when < WITHIN_S] + [at]
        if (kept_waiting or len(model.failures) >= FAILURES) and model.until <= at:
            model.until = at + min(LONGEST_S, FIRST_S * 2**model.rests)
            model.rests += 1

    def worked(self, id: str) -> None:
        """It answered: all is forgotten."""
        self._models.pop(id, None)

    def why(self, id: str, at: float) -> str | None:
        """The code of the error for which it rests; None: it does not."""
        model = self._models.get(id)
        return model.code if model is not None and model.until > at else None

    def order(self, ids: Iterable[str], at: float) -> tuple[str, ...]:
        """The models as they are to be asked: in the order given, then those that rest, the shortest rest first."""
        return tuple(sorted(ids, key=lambda id: self._left(id, at)))

    def _left(self, id: str, at: float) -> float:
        model = self._models.get(id)
        return 0.0 if model is None else max(0.0, model.until - at)
