"""The filters of prompts, and what one rendering may take. None gives more than a prompt may hold."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from workbench.errors import InvalidInputError

LONGEST_OUTPUT = 500_000
MOST_TURNS = 10_000
"""Of all loops of a prompt together."""
LONGEST_S = 1.0
MOST_DIGITS = 15
WIDEST_INDENT = 40

INNER = frozenset({"counted", "joined"})
"""What stands for loops and `~`; nobody writes them."""


@dataclass(slots=True)
class Budget:
    """What one rendering may still take. Each step raises InvalidInputError where it is more than that."""

    ends_at: float = field(default_factory=lambda: time.monotonic() + LONGEST_S)
    turns: int = 0
    characters: int = 0

    def check(self) -> None:
        """Look at the time."""
        if time.monotonic() > self.ends_at:
            raise InvalidInputError(
                f"The prompt took longer than {LONGEST_S:g} s to fill in.",
                remedy="Loop over less, or over fewer lines.",
            )

    def turn(self) -> None:
        """One turn of a loop."""
        self.turns += 1
        if self.turns > MOST_TURNS:
            raise InvalidInputError(
                f"The prompt's loops take more than {MOST_TURNS:,} turns.", remedy="Loop over less, or not in a loop."
            )
        self.check()

    def text(self, characters: int) -> None:
        """A text of so many characters."""
        if characters > LONGEST_OUTPUT:
            raise InvalidInputError(
                f"The prompt becomes longer than {LONGEST_OUTPUT:,} characters.", remedy="Give it shorter texts."
            )
        self.check()

    def put_out(self, piece: str) -> None:
        """A piece of what the prompt becomes."""
        self.characters += len(piece)
        self.text(self.characters)


class _Filters:
    def __init__(self, budget: Budget) -> None:
        self._budget = budget

    def bounded(self, value: object) -> str:
        text = written(value)
        self._budget.text(len(text))
        return text

    def counted(self, values: object) -> Iterator[object]:
        for each in _several(values):
            self._budget.turn()
            yield each

    def join(self, values: object, between: object = "") -> str:
        texts, glue = [written(each) for each in _several(values)], written(between)
        self._budget.text(sum(map(len, texts)) + len(glue) * len(texts))
        return glue.join(texts)

    def replace(self, value: object, old: object, new: object) -> str:
        where, what, instead = self.bounded(value), written(old), written(new)
        if not what:
            raise InvalidInputError("`replace` needs something to replace.", remedy='As in `name|replace("a", "b")`.')
        self._budget.text(len(where) + where.count(what) * len(instead))
        return where.replace(what, instead)

    def quote(self, value: object) -> str:
        return self._before_lines(value, "> ")

    def indent(self, value: object, width: object = 4) -> str:
        if not isinstance(width, int) or not 0 <= width <= WIDEST_INDENT:
            raise InvalidInputError(f"`indent` goes from 0 to {WIDEST_INDENT}.", remedy="As in `text|indent(4)`.")
        return self._before_lines(value, " " * width)

    def split(self, value: object, between: object = ",") -> list[str]:
        parts = self.bounded(value).split(written(between) or ",")
        return [part.strip() for part in parts if part.strip()]

    def lines(self, value: object) -> list[str]:
        return [line.strip() for line in self.bounded(value).splitlines() if line.strip()]

    def _before_lines(self, value: object, mark: str) -> str:
        lines = self.bounded(value).splitlines()
        self._budget.text(sum(map(len, lines)) + len(lines) * (len(mark) + 1))
        return "\n".join(f"{mark}{line}".rstrip() for line in lines)


def filters(budget: Budget) -> dict[str, Callable[..., object]]:
    """Those there are, by their names."""
    made = _Filters(budget)
    return {
        "capitalize": lambda value: made.bounded(value).capitalize(),
        "counted": made.counted,
        "default": lambda value, other: other if value is None or value == "" else value,
        "first": _first,
        "indent": made.indent,
        "join": made.join,
        "joined": made.join,
        "last": _last,
        "length": lambda value: len(_several(value)),
        "lines": made.lines,
        "lower": lambda value: made.bounded(value).lower(),
        "quote": made.quote,
        "replace": made.replace,
        "round": _rounded,
        "split": made.split,
        "title": lambda value: made.bounded(value).title(),
        "trim": lambda value: made.bounded(value).strip(),
        "upper": lambda value: made.bounded(value).upper(),
    }


def shown(value: object) -> object:
    """A value as it stands in a text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    return written(value) if isinstance(value, list | tuple) else value


def written(value: object) -> str:
    """A value as a text; of several, each."""
    if isinstance(value, list | tuple):
        return ", ".join(map(written, value))
    return str(shown(value))


def is_number(value: object) -> bool:
    """Whether it can be counted with."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _several(values: object) -> "list[object] | tuple[object, ...] | str":
    if isinstance(values, list | tuple | str):
        return values
    if values is None:
        return ()
    raise InvalidInputError(
        f"{written(values)!r} is one value, and not several.", remedy="`text|lines` and `text|split(',')` give several."
    )


def _first(values: object) -> object:
    return next(iter(_several(values)), "")


def _last(values: object) -> object:
    return ([*_several(values)] or [""])[-1]


def _rounded(value: object, digits: object = 0) -> object:
    if not is_number(value) or not isinstance(digits, int) or not 0 <= digits <= MOST_DIGITS:
        raise InvalidInputError(
            f"`round` is for numbers, to 0 to {MOST_DIGITS} digits.", remedy="As in `size|round(2)`."
        )
    return round(value, digits)  # type: ignore[call-overload]
