"""What is to be said of a prompt while it is written. Nothing here stops anybody from keeping it."""

import difflib
import re
from collections.abc import Callable, Collection, Mapping, Sequence

from workbench.errors import InvalidInputError
from workbench.prompts import template, variables
from workbench.prompts.contradictions import contradictions
from workbench.prompts.places import Places
from workbench.prompts.private import FindPrivate, nothing_private
from workbench.prompts.records import Finding, Linted, Severity, Variable
from workbench.prompts.template import Piece

CHARACTERS_PER_TOKEN = 3.5
"""A low estimate for English prose (about 4), so that nothing seems shorter than it is."""
LONG_SHARE = 0.25
"""Of a model's window: a prompt that takes more leaves little for the conversation."""
MOST_SHARE = 0.75
"""What a conversation may take of a window: the rest is kept for the reply."""
LONG_TOKENS = 4_000
"""Where no window is known."""
MOST_FINDINGS = 100

_ORDER: dict[Severity, int] = {"error": 0, "warning": 1, "note": 2}


Find = Callable[[str], str | None]
"""The text of a prompt by its name; None: there is none."""


def lint(
    text: str,
    declared: Sequence[Variable],
    *,
    name: str = "",
    find: Find = lambda _: None,
    declared_by_included: Mapping[str, Collection[str]] | None = None,
    window_tokens: int | None = None,
    find_private: FindPrivate = nothing_private,
) -> Linted:
    """What is to be said of a prompt.

    `find` gives what it may include, and `declared_by_included` the variables that those declare, by their names.
    """
    places = Places(text)
    tokens = round(len(text) / CHARACTERS_PER_TOKEN)
    found = [*_length(tokens, window_tokens, places), *_private(text, find_private, places)]
    if not text.strip():
        found.append(places.finding(0, "empty", "error", "The prompt is empty.", "Write what the model is to do."))
    names: frozenset[str] = frozenset()
    try:
        pieces = template.pieces(text)
        asked = template.parse(text)
        included = template.included(name or "this prompt", text, find)
    except InvalidInputError as error:
        found.append(_fault(error, places))
    else:
        inherited = {each for one in included for each in (declared_by_included or {}).get(one, ())}
        below = frozenset().union(*(template.parse(one).names for one in included.values()))
        names = asked.names | below
        found += _variables(asked.names, below, declared, inherited, pieces, places)
        found += contradictions(pieces, places)
    found += _declarations(declared, places)
    return Linted(
        findings=tuple(sorted(found, key=lambda f: (_ORDER[f.severity], f.line, f.column))[:MOST_FINDINGS]),
        characters=len(text),
        tokens=tokens,
        window_tokens=window_tokens,
        variables=tuple(sorted(names)),
    )


def _fault(error: InvalidInputError, places: Places) -> Finding:
    """Why a text is no prompt, where it says so itself."""
    line = re.match(r"Line (\d+): ", error.message)
    found = places.finding(0, "template", "error", error.message, error.remedy)
    if line is None:
        return found
    return Finding(
        code="template",
        severity="error",
        line=int(line[1]),
        column=1,
        message=error.message.removeprefix(line[0]),
        remedy=error.remedy,
    )


def _length(tokens: int, window_tokens: int | None, places: Places) -> list[Finding]:
    if window_tokens is None:
        if tokens <= LONG_TOKENS:
            return []
        message = f"The prompt takes about {tokens:,} tokens of every request."
        return [places.finding(0, "long", "note", message, "Keep what is needed each time; give the rest when it is.")]
    share = tokens / window_tokens
    taken = f"The prompt takes about {tokens:,} of the {window_tokens:,} tokens of the model's window"
    if share > MOST_SHARE:
        message = f"{taken}, which leaves no room for a question and its reply."
        return [places.finding(0, "too_long", "error", message, "Shorten it, or choose a model with a larger window.")]
    if share > LONG_SHARE:
        message = f"{taken}, and that each time; the conversation has to fit into the rest."
        return [places.finding(0, "long", "warning", message, "Shorten it, or choose a model with a larger window.")]
    return []


def _private(text: str, find_private: FindPrivate, places: Places) -> list[Finding]:
    found = []
    for one in find_private(text):
        if one.is_secret:
            message = f"There is a secret in the prompt ({one.what}): it would go to the model's provider each time."
            remedy = "Take it out; keep keys by `workbench keys set`."
            found.append(places.finding(one.start, "secret", "error", message, remedy))
        else:
            message = f"There is personal data in the prompt ({one.what})."
            found.append(places.finding(one.start, "personal", "note", message, "It may be meant to be sent."))
    return found


def _variables(
    used: frozenset[str],
    below: frozenset[str],
    declared: Sequence[Variable],
    inherited: Collection[str],
    pieces: Sequence[Piece],
    places: Places,
) -> list[Finding]:
    own = [variable.name for variable in declared]
    known = {*own, *inherited}
    found = []
    for name, at in template.names(pieces, used - known):
        near = difflib.get_close_matches(name, known, n=1)
        remedy = f"Did you mean {near[0]!r}?" if near else "Declare it, else it is asked for as a text."
        found.append(places.finding(at, "undeclared", "warning", f"The variable {name!r} is not declared.", remedy))
    for name in sorted(below - known):
        message = f"The variable {name!r} of an included prompt is declared neither there nor here."
        found.append(places.finding(0, "undeclared", "warning", message, "Declare it, else it is asked for as a text."))
    for name in own:
        if name not in used | below:
            message = f"The variable {name!r} is declared and not used."
            remedy = f"Put {{{{ {name} }}}} where it belongs, or take the variable out."
            found.append(places.finding(0, "unused", "warning", message, remedy))
    return found


def _declarations(declared: Sequence[Variable], places: Places) -> list[Finding]:
    try:
        variables.clean(declared)
    except InvalidInputError as error:
        return [places.finding(0, "variable", "error", error.message, error.remedy)]
    return []
