"""`/name variable=value …`: a prompt that is called where a question is typed. Nothing here fills it in."""

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from workbench.errors import InvalidInputError
from workbench.prompts.records import Value, Variable
from workbench.prompts.variables import missing

_CALL = re.compile(r"/(?P<name>[A-Za-z0-9][A-Za-z0-9-]*)(?=\s|$)(?P<line>[^\n]*)(?:\n(?P<below>.*))?", re.DOTALL)
_GIVEN = re.compile(r"(?P<name>[^\W\d]\w*)=(?P<value>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A prompt's name, what its variables are given, and what stands below."""

    name: str
    values: dict[str, str]
    below: str


def parsed(text: str) -> Call | None:
    """The call that a question begins with; None where it begins otherwise, as `/etc/hosts` and `1/2` do.

    Values with spaces stand in quotes. Raises InvalidInputError for what is not `variable=value`.
    """
    found = _CALL.fullmatch(text.lstrip("\n"))
    if found is None:
        return None
    name = found["name"].lower()
    return Call(name=name, values=given(_words(name, found["line"]), name), below=(found["below"] or "").strip("\n"))


def given(words: Sequence[str], name: str = "name") -> dict[str, str]:
    """What `variable=value` each say. Raises InvalidInputError for anything else."""
    values: dict[str, str] = {}
    for word in words:
        one = _GIVEN.fullmatch(word)
        if one is None:
            raise InvalidInputError(
                f"{word[:60]!r} says nothing of a variable.",
                remedy=f"Write /{name} variable=value, with quotes around a value that has spaces.",
            )
        values[one["name"]] = one["value"]
    return values


def completed(call: Call, variables: Sequence[Variable]) -> tuple[dict[str, Value], str]:
    """The values, and what is to follow the prompt.

    What stands below is the value of the first text that has to be given and is not; where there is none, it follows.
    """
    open_ = [each for each in missing(variables, call.values) if each.kind == "text"]
    if call.below.strip() and open_:
        return {**call.values, open_[0].name: call.below}, ""
    return {**call.values}, call.below


def _words(name: str, line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError as error:
        raise InvalidInputError(
            f"The quotes behind /{name} do not fit.", remedy="Close them, or put a backslash before one that is meant."
        ) from error
