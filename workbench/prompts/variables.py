"""What variables may be called, what they may be given, and what they are where nothing is given."""

import difflib
import math
import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date

from workbench.errors import InvalidInputError
from workbench.prompts.records import Value, Values, Variable, VariableKind

MOST_VARIABLES = 50
MOST_CHOICES = 100
LONGEST_NAME = 50
LONGEST_LABEL = 200
LONGEST_VALUE = 100_000
"""Characters of a text, where its variable says nothing else."""
TODAY = "today"
"""As a date: that of the day."""
RESERVED = frozenset(
    re.findall(
        "[a-z]+",
        "and caller elif else endfor endif endraw false for if in include is loop none not or raw self super true",
    )
)
"""Words of the templates' language, which no variable can be called."""

_EMPTY: dict[VariableKind, Value] = {"text": "", "choice": "", "yes/no": False}
"""What one is that may be left out and is; numbers and dates are then None."""
_YES = frozenset({"yes", "y", "true", "on", "1"})
_NO = frozenset({"no", "n", "false", "off", "0"})


def clean(variables: Iterable[Variable]) -> tuple[Variable, ...]:
    """The declarations as they are kept.

    Raises InvalidInputError, naming the variable, for one that cannot be called so, does not fit together, or is there
    twice.
    """
    cleaned: list[Variable] = []
    for variable in variables:
        name = clean_name(variable.name)
        if any(each.name == name for each in cleaned):
            raise InvalidInputError(f"The variable {name!r} is declared twice.", remedy="Take one of them out.")
        cleaned.append(_clean(replace(variable, name=name)))
    if len(cleaned) > MOST_VARIABLES:
        raise InvalidInputError(
            f"A prompt can have at most {MOST_VARIABLES} variables, and this has {len(cleaned)}.",
            remedy="Ask for less, or for several things in one text.",
        )
    return tuple(cleaned)


def clean_name(text: str) -> str:
    """A variable's name as it is kept. Raises InvalidInputError, saying why, for what no variable can be called."""
    name = unicodedata.normalize("NFKC", text).strip()
    if not name:
        raise InvalidInputError("A variable needs a name.", remedy="Give it a word, like `audience`.")
    if name.casefold() in RESERVED:
        raise InvalidInputError(
            f"A variable cannot be called {name!r}: it is a word of the language that prompts are written in.",
            remedy=f"Call it {name}_text, for example.",
        )
    if not name.isidentifier() or name.startswith("_") or len(name) > LONGEST_NAME:
        raise InvalidInputError(
            f"A variable cannot be called {name[:LONGEST_NAME]!r}.",
            remedy=f"Use up to {LONGEST_NAME} letters, digits and _, beginning with a letter.",
        )
    return name


def filled(variables: Sequence[Variable], given: Values, *, today: date) -> dict[str, Value | None]:
    """What each variable is, in their order: what is given, else its default; None where it may be left out and is.

    Texts are taken for what they stand for (`"3"`, `"yes"`), as forms and command lines give nothing else. Raises
    InvalidInputError, naming the variable and what to do.
    """
    _refuse_unknown(variables, given)
    return {variable.name: _filled(variable, given.get(variable.name), today) for variable in variables}


def missing(variables: Iterable[Variable], given: Values) -> tuple[Variable, ...]:
    """Those that have to be given, and are not."""
    return tuple(v for v in variables if v.required and _nothing(v.default) and _nothing(given.get(v.name)))


def _refuse_unknown(variables: Sequence[Variable], given: Values) -> None:
    known = [variable.name for variable in variables]
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            there = f"It has {', '.join(known)}." if known else "It has none."
            raise InvalidInputError(
                f"The prompt has no variable {name!r}.", remedy=f"Did you mean {near[0]!r}?" if near else there
            )


def _filled(variable: Variable, given: Value | None, today: date) -> Value | None:
    value = variable.default if _nothing(given) else given
    if _nothing(value):
        if variable.required:
            raise InvalidInputError(f"The variable {variable.name!r} is not filled in.", remedy=_wanted(variable))
        return _EMPTY.get(variable.kind)
    assert value is not None  # noqa: S101  (`_nothing` holds of None)
    if variable.kind == "date" and value == TODAY:
        return today.isoformat()
    return _checked(variable, value)


def _nothing(value: Value | None) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _checked(variable: Variable, value: Value) -> Value:
    """A value as the variable's kind has it. Raises InvalidInputError."""
    match variable.kind:
        case "text":
            return _text(variable, value)
        case "number":
            return _number(variable, value)
        case "choice":
            return _choice(variable, value)
        case "yes/no":
            return _yes_or_no(variable, value)
        case "date":
            return _date(variable, value)


def _text(variable: Variable, value: Value) -> str:
    text = ("yes" if value else "no") if isinstance(value, bool) else str(value)
    longest = variable.longest or LONGEST_VALUE
    if len(text) > longest:
        raise _wrong(variable, f"has {len(text):,} characters", f"Shorten it to {longest:,}.")
    return text


def _number(variable: Variable, value: Value) -> int | float:
    try:
        number = float(value) if not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise _wrong(variable, f"cannot be {_short(value)}", "Give a number, as in 3 or 0.5.")
    if variable.min is not None and number < variable.min:
        raise _wrong(variable, f"cannot be {number:g}", f"The least is {variable.min:g}.")
    if variable.max is not None and number > variable.max:
        raise _wrong(variable, f"cannot be {number:g}", f"The most is {variable.max:g}.")
    return int(number) if number.is_integer() else number


def _choice(variable: Variable, value: Value) -> str:
    wanted = str(value).strip().casefold()
    for choice in variable.choices:
        if choice.casefold() == wanted:
            return choice
    near = difflib.get_close_matches(wanted, [choice.casefold() for choice in variable.choices], n=1)
    guess = next((c for c in variable.choices if near and c.casefold() == near[0]), None)
    remedy = f"Did you mean {guess!r}?" if guess else f"Choose {_or(variable.choices)}."
    raise _wrong(variable, f"cannot be {_short(value)}", remedy)


def _yes_or_no(variable: Variable, value: Value) -> bool:
    word = str(value).strip().casefold()
    if word in _YES | _NO:
        return word in _YES
    raise _wrong(variable, f"cannot be {_short(value)}", "Give yes or no.")


def _date(variable: Variable, value: Value) -> str:
    text = str(value).strip()
    written = text if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII) else ""
    try:
        return date.fromisoformat(written).isoformat()
    except ValueError as error:
        raise _wrong(variable, f"cannot be {_short(value)}", "Give a date as in 2026-11-29, or today.") from error


def _wrong(variable: Variable, fault: str, remedy: str) -> InvalidInputError:
    return InvalidInputError(f"The variable {variable.name!r} {fault}.", remedy=remedy)


def _wanted(variable: Variable) -> str:
    """What to give it."""
    asked = f" ({variable.label})" if variable.label else ""
    kinds = {
        "text": "a text",
        "number": "a number",
        "yes/no": "yes or no",
        "date": "a date as in 2026-11-29, or today",
    }
    return f"Give {variable.name}{asked}: {kinds.get(variable.kind) or _or(variable.choices)}."


def _clean(variable: Variable) -> Variable:
    """The declaration without what its kind has no use for. Raises InvalidInputError."""
    label = " ".join(variable.label.split())
    if len(label) > LONGEST_LABEL:
        raise _wrong(variable, f"has a label of {len(label):,} characters", f"Shorten it to {LONGEST_LABEL}.")
    is_number, is_text = variable.kind == "number", variable.kind == "text"
    cleaned = replace(
        variable,
        label=label,
        default=None if _nothing(variable.default) else variable.default,
        choices=_choices(variable) if variable.kind == "choice" else (),
        min=variable.min if is_number else None,
        max=variable.max if is_number else None,
        longest=variable.longest if is_text else None,
    )
    if cleaned.min is not None and cleaned.max is not None and cleaned.min > cleaned.max:
        raise _wrong(cleaned, "allows no number", f"{cleaned.min:g} is more than {cleaned.max:g}; swap them.")
    if cleaned.longest is not None and not 1 <= cleaned.longest <= LONGEST_VALUE:
        raise _wrong(cleaned, f"cannot be {cleaned.longest:,} characters long", f"Say 1 to {LONGEST_VALUE:,}.")
    if cleaned.default is None or (cleaned.kind == "date" and cleaned.default == TODAY):
        return cleaned
    try:
        return replace(cleaned, default=_checked(cleaned, cleaned.default))
    except InvalidInputError as error:
        raise InvalidInputError(f"Its default does not fit: {error.message}", remedy=error.remedy) from error


def _choices(variable: Variable) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(" ".join(choice.split()) for choice in variable.choices if choice.strip()))
    if not 1 <= len(found) <= MOST_CHOICES:
        raise _wrong(variable, f"is a choice of {len(found)}", f"Give it 1 to {MOST_CHOICES} choices.")
    return found


def _or(choices: Collection[str]) -> str:
    *others, last = choices
    return f"{', '.join(others)} or {last}" if others else last


def _short(value: Value) -> str:
    text = str(value)
    return repr(text if len(text) <= 60 else f"{text[:60]}…")
