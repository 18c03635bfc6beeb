"""`%%ask` and `%ask`: asking from a cell without writing code. `%load_ext workbench` brings them.

%%ask -e Physics
Why does {name} fall faster than {other.name:>10}?
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from string import Formatter
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import no_var_expand

from workbench import client
from workbench.client.comparison import Comparison
from workbench.client.opened import OpenExperience
from workbench.client.reply import Reply
from workbench.errors import InvalidInputError, WorkbenchError
from workbench.prompts import slash

USAGE = "%%ask [-e EXPERIENCE] [-m MODEL]… [-w NAME] [--new] [--over-budget] [--allow-rule ID]…"
_OPTION = re.compile(
    r"""\s*(?:(?P<flag>--new|--over-budget)(?=\s|$)
        |(?P<name>-e|--experience|-m|--model|-w|--with|--allow-rule)(?:\s+|=)(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"']\S*)))""",
    re.VERBOSE,
)
_BEGUN = re.compile(r"\s(?:-e|--experience)[\s=]+(?P<begun>\S*)$")
_MODEL = {"-m", "--model"}
_EXPERIENCE = {"-e", "--experience"}
_CONVERSIONS: dict[str | None, Callable[[object], object]] = {
    None: lambda value: value,
    "s": str,
    "r": repr,
    "a": ascii,
}


def load(shell: InteractiveShell) -> None:
    """Give the shell its magics, and names of Experiences where `-e` wants one."""

    @no_var_expand
    def ask(line: str, cell: str | None = None) -> Reply | Comparison:
        """Ask a model: `%%ask [-e EXPERIENCE] [-m MODEL]… [-w NAME] [--new]`, and the question below.

        -e, --experience NAME   where to ask; without it, the Experience of this notebook
        -m, --model ID          the model to ask; without it, the Experience's own or the default; several of them
                                (`-m a -m b`) are asked at once, and their replies stand side by side
        -w, --with NAMES        variables and files to give with the question: `-w df,fig -w "my notes.md"`
        --new                   begin a conversation; without it, that of the cells before goes on
        --over-budget           ask though a budget is reached; that is written down
        --allow-rule ID         ask in spite of a rule that asks before; that is written down

        `{name}`, `{name.attribute}` and `{name:.2f}` in the question stand for what your variables hold; `{{` and
        `}}` are braces. A question that begins with `/name variable=value …` calls a prompt of your library; what
        stands below is the first text that it asks for. The reply is shown as it arrives and is the cell's value:
        `_` in the next cell. As `%ask` it takes the question in the same line:
        `reply = %ask -e Physics Why is the sky blue?`.
        """
        return _ask(line, cell, shell.user_ns)

    # IPython's types take a magic to be a method, and its hooks to have none.
    shell.register_magic_function(ask, "line_cell", "ask")  # type: ignore[arg-type]
    for command in ("%ask", "%%ask"):
        shell.set_hook("complete_command", _experiences, str_key=command)  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True)
class Options:
    """What stands before the question."""

    experience: str | None = None
    models: tuple[str, ...] = ()
    with_: tuple[str, ...] = ()
    new: bool = False
    over_budget: bool = False
    allow_rules: tuple[str, ...] = ()


def parsed(line: str) -> tuple[Options, str]:
    """The options at the beginning of a line, and the rest. Raises InvalidInputError for one that does not exist."""
    given: dict[str, Any] = {}
    at = 0
    while found := _OPTION.match(line, at):
        at = found.end()
        if found["flag"]:
            given[found["flag"].removeprefix("--").replace("-", "_")] = True
        else:
            written = next(text for text in found.group("double", "single", "bare") if text is not None)
            if found["name"] in _EXPERIENCE:
                given["experience"] = written
            elif found["name"] in _MODEL:
                given["models"] = (*given.get("models", ()), written)
            elif found["name"] == "--allow-rule":
                given["allow_rules"] = (*given.get("allow_rules", ()), written)
            else:
                names = [written] if found["bare"] is None else filter(None, written.split(","))
                given["with_"] = (*given.get("with_", ()), *names)
    rest = line[at:].strip()
    if re.match(r"-{1,2}[a-z]", rest):
        raise InvalidInputError(f"{rest.split()[0]!r} is no option here, or lacks its value.", remedy=f"Use {USAGE}.")
    return Options(**given), rest


def filled(text: str, names: Mapping[str, object]) -> str:
    """The text with `{name}`, `{name.attribute}` and `{name:format}` in place of what they stand for.

    Nothing is called or evaluated beyond that. Raises InvalidInputError for a name that there is not, and for
    anything else in braces.
    """
    try:
        parts = list(Formatter().parse(text))
    except ValueError as error:
        raise InvalidInputError(
            f"The braces of the question do not fit ({error}).", remedy="Write {{ and }} for braces that are meant."
        ) from error
    return "".join(
        literal + ("" if field is None else _value(field, spec or "", conversion, names))
        for literal, field, spec, conversion in parts
    )


def _value(field: str, spec: str, conversion: str | None, names: Mapping[str, object]) -> str:
    name, *attributes = field.split(".")
    plain = all(part.isidentifier() and not part.startswith("__") for part in (name, *attributes))
    if not plain or "{" in spec or conversion not in _CONVERSIONS:
        raise InvalidInputError(
            f"{{{field}}} is not the name of a variable.",
            remedy="Write {{ and }} for braces that are meant; put a calculation into a variable first.",
        )
    if name not in names:
        raise InvalidInputError(
            f"There is no variable {name!r}.", remedy="Run the cell that makes it, or write {{ and }} for braces."
        )
    try:
        value = names[name]
        for attribute in attributes:
            value = getattr(value, attribute)
        return format(_CONVERSIONS[conversion](value), spec)
    except (AttributeError, TypeError, ValueError) as error:
        raise InvalidInputError(
            f"{{{field}}} cannot be put into the question: {error}.", remedy="Put the text you mean into a variable."
        ) from error


def _ask(line: str, cell: str | None, names: Mapping[str, object]) -> Reply | Comparison:
    options, rest = parsed(line)
    question = _question("\n".join(filter(None, [rest, (cell or "").strip("\n")])), names)
    if not question.strip():
        raise InvalidInputError("There is no question.", remedy=f"Write it below {USAGE}.")
    with_ = {name: _thing(name, names) for name in options.with_} or None
    experience = _experience(options)
    over, rules = options.over_budget, options.allow_rules
    if len(options.models) > 1:
        return experience.compare(
            question, with_=with_, models=options.models, new=options.new, over_budget=over, allow_rules=rules
        )
    model = next(iter(options.models), None)
    return experience.ask(question, with_=with_, model=model, new=options.new, over_budget=over, allow_rules=rules)


def _question(text: str, names: Mapping[str, object]) -> str:
    """What is asked: the text, or the prompt that it calls, with variables in the places of their names."""
    call = slash.parsed(text)
    if call is None:
        return filled(text, names)
    values = {variable: filled(value, names) for variable, value in call.values.items()}
    return client.shared().prompts.fill(replace(call, values=values, below=filled(call.below, names)))


def _thing(name: str, names: Mapping[str, object]) -> object:
    """The variable, else the file of that name. Raises InvalidInputError where there is neither."""
    from workbench.client.given import files  # noqa: PLC0415  (loaded where something is given)

    if name in names:
        return names[name]
    if files.found(name):
        return Path(name)
    raise InvalidInputError(
        f"There is neither a variable nor a file {name!r} to give with the question.",
        remedy="Run the cell that makes the variable, or look at the file's path; put a calculation into a variable.",
    )


def _experience(options: Options) -> OpenExperience:
    if options.experience is None:
        return client.here()
    return client.shared().experiences.open(options.experience)


def _experiences(_: object, event: Any) -> list[str]:  # noqa: ANN401  (IPython's, without types)
    """The names that fit behind `-e`."""
    begun = _BEGUN.search(event.line)
    if begun is None:
        return []
    try:
        names = [one.name for one in client.shared().experiences.list()]
    except WorkbenchError:
        return []
    written = [f'"{name}"' if re.search(r"\s", name) else name for name in names]
    prefix = begun["begun"].strip("\"'").casefold()
    return [text for text in written if text.strip('"').casefold().startswith(prefix)]
