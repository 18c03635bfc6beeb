"""What must hold of a reply, and whether it does. Pure; each answer is one sentence with what was found."""

import json
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from workbench.errors import InvalidInputError
from workbench.shown import counted
from workbench.trials import languages
from workbench.trials.measures import sentences, words
from workbench.trials.records import Assertion, AssertionKind, Unit, Verdict

LONGEST_TEXT = 20_000
LONGEST_QUOTE = 80
LONGEST_MATCH = 2_000
_NEEDS_TEXT: tuple[AssertionKind, ...] = (
    "contains",
    "not_contains",
    "equals",
    "matches",
    "not_matches",
    "schema",
    "language",
)
_FENCE = re.compile(r"\A\s*```[\w-]*\s*\n(.*?)\n?\s*```\s*\Z", re.DOTALL)
_REFUSAL = re.compile(
    r"\b(?:I(?:'m| am) (?:sorry|afraid)[^.!?\n]{0,60}\b(?:can(?:'t|not)|unable|won't|not able)"
    r"|I (?:can(?:'t|not)|won't|am unable to|am not able to|must decline|have to decline|refuse)"
    r"|as an AI(?: language model)?,? I (?:can(?:'t|not)|do not|don't|am unable|am not able)"
    r"|(?:ich kann|ich darf)[^.!?\n]{0,60}\bnicht|je ne peux pas|no puedo|não posso|non posso)\b",
    re.IGNORECASE,
)
_LOOKED_AT = 300
"""A refusal stands at the beginning: so many characters of it are looked at."""


def check(assertion: Assertion, reply: str, *, refused: bool = False) -> Verdict:
    """Whether it holds of a reply; `refused`: the provider said that the model refused. Raises InvalidInputError."""
    passed, why = _CHECKS[assertion.kind](assertion, reply, refused)
    return Verdict(kind=assertion.kind, passed=passed, why=why)


def check_all(assertions: tuple[Assertion, ...], reply: str, *, refused: bool = False) -> tuple[Verdict, ...]:
    """The verdict on each."""
    return tuple(check(one, reply, refused=refused) for one in assertions)


def usable(assertion: Assertion) -> Assertion:
    """The assertion, if it can be checked. Raises InvalidInputError."""
    kind = assertion.kind
    if kind in _NEEDS_TEXT and not assertion.text.strip():
        raise InvalidInputError(f"An assertion of the kind {kind!r} needs a text.", remedy="Give one.")
    if len(assertion.text) > LONGEST_TEXT:
        raise InvalidInputError(
            f"An assertion's text may have {LONGEST_TEXT:,} characters; this has {len(assertion.text):,}.",
            remedy="Shorten it.",
        )
    if kind == "length":
        _check_bounds(assertion)
    if kind == "language" and assertion.text not in languages.NAMES:
        raise InvalidInputError(
            f"The language {assertion.text!r} cannot be told.", remedy=f"Give one of {', '.join(languages.NAMES)}."
        )
    if kind == "schema":
        _schema(assertion.text)
    if kind in {"matches", "not_matches"}:
        _pattern(assertion.text, case_sensitive=assertion.case_sensitive)
    return assertion


def _check_bounds(assertion: Assertion) -> None:
    least, most = assertion.least, assertion.most
    if not least and most is None:
        raise InvalidInputError("A length needs `least`, `most` or both.", remedy="Give one of them.")
    if (least or 0) < 0 or (most is not None and most < (least or 0)):
        raise InvalidInputError(
            f"No length is from {least or 0} to {most}.", remedy="Let `least` be 0 or more, and `most` not below it."
        )


def _contains(assertion: Assertion, reply: str, _: bool) -> tuple[bool, str]:  # noqa: FBT001  (one shape for all)
    text, where = assertion.text, reply
    if not assertion.case_sensitive:
        text, where = text.casefold(), where.casefold()
    times = where.count(text)
    wanted = assertion.kind == "contains"
    found = f"stands in it {counted(times, 'time')}" if times else "does not stand in it"
    return (times > 0) == wanted, f"{_quoted(assertion.text)} {found}."


def _equals(assertion: Assertion, reply: str, _: bool) -> tuple[bool, str]:  # noqa: FBT001
    given, expected = reply.strip(), assertion.text.strip()
    same = given == expected or (not assertion.case_sensitive and given.casefold() == expected.casefold())
    return same, f"It is {_quoted(given)}" + ("." if same else f", not {_quoted(expected)}.")


def _matches(assertion: Assertion, reply: str, _: bool) -> tuple[bool, str]:  # noqa: FBT001
    data = reply.encode("utf-8", "replace")
    found = _pattern(assertion.text, case_sensitive=assertion.case_sensitive).search(data, 0)
    said = "matches nothing in it"
    if found is not None:
        begin, end = found[0]
        said = f"matches {_quoted(data[begin:end].decode(errors='replace'))}"
    return (found is not None) == (assertion.kind == "matches"), f"The pattern {_quoted(assertion.text)} {said}."


def _json(_: Assertion, reply: str, __: bool) -> tuple[bool, str]:  # noqa: FBT001
    value, problem = _parsed(reply)
    return not problem, problem or f"It is JSON: {_kind(value)}."


def _fits(assertion: Assertion, reply: str, _: bool) -> tuple[bool, str]:  # noqa: FBT001
    value, problem = _parsed(reply)
    if problem:
        return False, problem
    fault = _door().fault(_schema(assertion.text), value)
    return not fault, f"It does not fit the schema, {fault}." if fault else "It is JSON that fits the schema."


def _length(assertion: Assertion, reply: str, _: bool) -> tuple[bool, str]:  # noqa: FBT001
    count = length(reply, assertion.unit)
    least, most = assertion.least, assertion.most
    fits = (least is None or count >= least) and (most is None or count <= most)
    match (least, most):
        case (None | 0, _):
            wanted = f"at most {most:,}"
        case (_, None):
            wanted = f"at least {least:,}"
        case _:
            wanted = f"{least:,} to {most:,}"
    return fits, f"It has {counted(count, assertion.unit.removesuffix('s'))}; {wanted} are asked for."


def _language(assertion: Assertion, reply: str, _: bool) -> tuple[bool, str]:  # noqa: FBT001
    found = languages.language(reply)
    wanted = languages.NAMES[assertion.text]
    if found is None:
        return False, f"Its language cannot be told, so it is not known to be {wanted}."
    if found == assertion.text:
        return True, f"It is in {wanted}."
    return False, f"It is in {languages.NAMES[found]}, not in {wanted}."


def _refused(assertion: Assertion, reply: str, said: bool) -> tuple[bool, str]:  # noqa: FBT001
    found = _REFUSAL.search(reply[:_LOOKED_AT].replace("\u2019", "'"))
    is_refusal = said or found is not None
    wanted = assertion.kind == "refused"
    if said:
        why = "The provider says that the model refused."
    elif found is not None:
        why = f"It refuses: {_quoted(found[0])}."
    else:
        why = "It does not refuse."
    return is_refusal == wanted, why


_CHECKS: dict[AssertionKind, Callable[[Assertion, str, bool], tuple[bool, str]]] = {
    "contains": _contains,
    "not_contains": _contains,
    "equals": _equals,
    "matches": _matches,
    "not_matches": _matches,
    "json": _json,
    "schema": _fits,
    "length": _length,
    "language": _language,
    "refused": _refused,
    "not_refused": _refused,
}


def length(text: str, unit: Unit) -> int:
    """How long it is. Characters are Unicode's code points, without white space at the ends."""
    match unit:
        case "words":
            return len(words(text))
        case "sentences":
            return len(sentences(text))
        case "characters":
            return len(text.strip())


def _parsed(reply: str) -> tuple[Any, str]:
    """The value of a reply that is JSON, alone or in one fence, and what is wrong else."""
    fenced = _FENCE.match(reply)
    try:
        return json.loads(fenced[1] if fenced else reply), ""
    except json.JSONDecodeError as error:
        return None, f"It is no JSON: {error.msg.rstrip('.')} (line {error.lineno}, column {error.colno})."
    except RecursionError:
        return None, "It is no JSON that can be read: it is nested too deeply."
    except ValueError:
        return None, "It is no JSON that can be read: a number in it is too long."


def _kind(value: object) -> str:
    match value:
        case dict():
            return f"an object of {counted(len(value), 'member')}"
        case list():
            return f"a list of {counted(len(value), 'item')}"
        case _:
            return _quoted(json.dumps(value, ensure_ascii=False))


def _quoted(text: str) -> str:
    line = " ".join(text.split())
    return f"“{line if len(line) <= LONGEST_QUOTE else line[: LONGEST_QUOTE - 1] + '…'}”"


def _door() -> Any:  # noqa: ANN401  (a module)
    from workbench.trials import schemas  # noqa: PLC0415  (the door to jsonschema: loaded when a schema is looked at)

    return schemas


@lru_cache(maxsize=64)
def _schema(text: str) -> Any:  # noqa: ANN401  (any JSON)
    return _door().checked(text)


@lru_cache(maxsize=64)
def _pattern(text: str, *, case_sensitive: bool) -> Any:  # noqa: ANN401  (its door is loaded when it is first used)
    """Raises InvalidInputError for a pattern that cannot be used."""
    from workbench.rules import patterns  # noqa: PLC0415  (the door to RE2: loaded when a pattern is looked at)

    patterns.compiled(text, longest=LONGEST_MATCH)
    return patterns.compiled(text if case_sensitive else f"(?i:{text})", longest=LONGEST_MATCH)
