"""What is given with a question from a notebook, described for a model: tables, plots, files, values.

Nothing that is given is changed, and no library is loaded for it: what it is made with is loaded already.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from workbench.client.given import files, ours, pictures, tables, values
from workbench.conversations.attachments import LONGEST_NAME, MOST
from workbench.conversations.records import Given
from workbench.errors import InvalidInputError
from workbench.plain import one_line

_KINDS = (ours.described, pictures.described, tables.described, files.described, values.described)
"""The first that knows what it is describes it; the last knows everything."""
_NOUNS = {"table": "table", "picture": "figure", "pdf": "PDF", "text": "text", "value": "value"}


def describe(things: object, *, names: Mapping[str, object]) -> tuple[Given, ...]:
    """What a model is to know of each: a list or tuple of things, a dict of them by name, or a single one.

    Of a list each is called as the one variable in `names` that holds it, a file by its own name, and what has
    neither by its place. Raises InvalidInputError for what cannot be given.
    """
    named = _named(things)
    if len(named) > MOST:
        raise InvalidInputError(
            f"At most {MOST} things can be given with a question; these are {len(named):,}.",
            remedy="Leave some out; or, to give them as one value, put them into a list: `with_=[things]`.",
        )
    return tuple(_described(thing, name, place, names) for place, (name, thing) in enumerate(named, 1))


def _named(things: object) -> Sequence[tuple[str, object]]:
    if things is None:
        return ()
    if type(things) is dict:
        return [(str(name), thing) for name, thing in things.items()]
    if type(things) is list or type(things) is tuple:
        return [("", thing) for thing in things]
    return [("", things)]


def _described(thing: object, name: str, place: int, names: Mapping[str, object]) -> Given:
    given = next(given for described in _KINDS if (given := described(thing)))
    called = name or given.name or _variable(thing, names) or f"{_NOUNS[given.kind]} {place}"
    return replace(given, name=one_line(_whole(called))[:LONGEST_NAME], text=_whole(given.text))


def _variable(thing: object, names: Mapping[str, object]) -> str:
    """The one variable that holds the thing; none where there are several."""
    found = [name for name, value in names.items() if value is thing and not name.startswith("_")]
    return found[0] if len(found) == 1 else ""


def _whole(text: str) -> str:
    """Text without the halves of characters that Python's may hold, and no other may."""
    return text.encode("utf-8", "replace").decode()
