"""Cases that come with the Workbench, and those made from one's own history."""

import tomllib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from workbench.config import shipped
from workbench.conversations import tree
from workbench.conversations.records import Message
from workbench.errors import NotFoundError
from workbench.trials.records import Assertion, Case, CaseSet, CaseTurn

_FOLDER = "trials"
_LONGEST_NAME = 60


class Listed(msgspec.Struct, forbid_unknown_fields=True):
    """A case as a file has it: a question, or the turns of a conversation that ends with one."""

    name: str
    question: str = ""
    turns: tuple[CaseTurn, ...] = ()
    assertions: tuple[Assertion, ...] = ()
    rubric: str = ""


class _File(msgspec.Struct, forbid_unknown_fields=True):
    """A set as a file has it."""

    name: str
    title: str
    description: str
    cases: tuple[Listed, ...]
    rubric: str = ""


def shipped_sets(folder: Path | None = None) -> tuple[CaseSet, ...]:
    """The shipped sets, by their names."""
    files = sorted((folder or shipped("data") / _FOLDER).glob("*.toml"))
    return tuple(_set(file) for file in files)


def find(name: str, folder: Path | None = None) -> CaseSet:
    """A shipped set. Raises NotFoundError."""
    found = {one.name: one for one in shipped_sets(folder)}
    if name not in found:
        raise NotFoundError(f"There is no set {name!r}.", remedy=f"There are {', '.join(found)}.")
    return found[name]


def from_branch(messages: Sequence[Message], head_id: str | None) -> tuple[Case, ...]:
    """Each question of the branch that is shown as a case, after what was said before it; it asserts nothing."""
    branch = [one for one in tree.branch(tree.by_id(messages), head_id) if one.text.strip()]
    found: list[Case] = []
    for place, message in enumerate(branch):
        if message.author == "user":
            turns = tuple(CaseTurn(role=one.author, text=one.text) for one in branch[: place + 1])
            found.append(Case(name=_named(message.text, found), turns=turns))
    return tuple(found)


def _named(text: str, before: Sequence[Case]) -> str:
    line = " ".join(text.split())
    short = line if len(line) <= _LONGEST_NAME else f"{line[: _LONGEST_NAME - 1]}…"
    taken = {case.name for case in before}
    return short if short not in taken else f"{len(before) + 1}. {short}"


def case(listed: Listed) -> Case:
    """The case that a file lists."""
    return Case(
        name=listed.name,
        turns=listed.turns or (CaseTurn(role="user", text=listed.question),),
        assertions=listed.assertions,
        rubric=listed.rubric,
    )


def _set(file: Path) -> CaseSet:
    found = msgspec.convert({**tomllib.loads(file.read_text(encoding="utf-8")), "name": file.stem}, _File)
    return CaseSet(
        name=found.name,
        title=found.title,
        description=found.description,
        cases=tuple(map(case, found.cases)),
        rubric=found.rubric,
    )
