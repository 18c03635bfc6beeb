"""Fills prompts in: the only door to jinja2.

A prompt is text with `{{ variable }}`, `{% if %}`, `{% for %}` and `{% include "name" %}`, and the filters of
`prompts.filters`. Everything else of the language is refused before anything runs: there are no calls, no assignments,
and no attributes but those of `loop`. What is left is bounded in time, turns, length and includes, and runs in
jinja2's immutable sandbox.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from types import TracebackType

import jinja2
from jinja2 import meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from workbench.errors import InvalidInputError
from workbench.prompts.filters import INNER, Budget, filters, is_number, shown
from workbench.prompts.variables import RESERVED

LONGEST_TEXT = 100_000
"""Characters of a prompt, and of what a variable is given."""
MOST_INCLUDES = 100
"""Counted as often as each is included, by those that are included too."""
MOST_PARTS = 5_000

_ITSELF = frozenset({"caller", "self", "super"})
_LOOP = frozenset({"index", "index0", "first", "last", "length"})
_STATEMENTS = "`if`, `for`, `include` and `raw`"
_PLAIN = (
    nodes.Add, nodes.Concat, nodes.Sub,
    nodes.And, nodes.CondExpr, nodes.Compare, nodes.Const, nodes.If, nodes.Keyword, nodes.List, nodes.Neg, nodes.Not,
    nodes.Operand, nodes.Or, nodes.Output, nodes.Pos, nodes.Template, nodes.TemplateData, nodes.Tuple,
)  # fmt: skip
_NAMED: dict[type[nodes.Node], str] = {
    nodes.Call: "A call",
    nodes.Getitem: "An element by its place or key",
    nodes.Slice: "A part by its places",
    nodes.Dict: "A dictionary",
    nodes.Assign: "`set`",
    nodes.AssignBlock: "`set`",
    nodes.Macro: "`macro`",
    nodes.CallBlock: "`call`",
    nodes.Import: "`import`",
    nodes.FromImport: "`from … import`",
    nodes.Extends: "`extends`",
    nodes.Block: "`block`",
    nodes.FilterBlock: "`filter`",
    nodes.With: "`with`",
    nodes.Mul: "A multiplication",
    nodes.Div: "A division",
    nodes.FloorDiv: "A division",
    nodes.Mod: "A remainder",
    nodes.Pow: "A power",
}

Sources = Mapping[str, str]
"""The texts of prompts by their names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What a prompt's text asks for, itself and not what it includes."""

    names: frozenset[str]
    """The variables it uses."""
    includes: tuple[str, ...]
    """The prompts it includes, as often as it does."""


class _Environment(ImmutableSandboxedEnvironment):
    """The language of prompts."""

    intercepted_binops = frozenset({"+", "-"})

    def __init__(self, budget: Budget, sources: Sources) -> None:
        super().__init__(
            autoescape=False,  # a prompt is text and not a page
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            optimized=False,  # nothing is worked out before it is checked
            loader=jinja2.FunctionLoader(lambda name: sources.get(name)),
            finalize=shown,
            cache_size=MOST_INCLUDES,
        )
        self.globals.clear()
        self.filters = filters(budget)
        self.tests = {"defined": _given, "undefined": lambda value: not _given(value), "odd": _odd, "even": _even}

    def is_safe_attribute(self, obj: object, attr: str, value: object) -> bool:  # noqa: ARG002  (jinja2's signature)
        return attr in _LOOP

    def call_binop(self, context: object, operator: str, left: object, right: object) -> object:  # noqa: ARG002
        if not is_number(left) or not is_number(right):
            raise InvalidInputError(f"`{operator}` is for numbers.", remedy="Texts are joined by `~`.")
        return left + right if operator == "+" else left - right  # type: ignore[operator]

    def preprocess(self, source: str, name: str | None = None, filename: str | None = None) -> str:
        """The text in which a line of tags alone leaves nothing behind, and any other line keeps its end."""
        return _keeping_lines(super().preprocess(source, name, filename))

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        _check(tree, self)
        return tree


_RAW = re.compile(r"\{%[-+]?\s*raw\s*[-+]?%\}.*?\{%[-+]?\s*endraw\s*[-+]?%\}", re.DOTALL)
_TAGS = re.compile(r"\s*(?:\{%(?:[^%]|%(?!\}))*%\}\s*)+")
_ENDS_IN_TAG = re.compile(r"^(?P<line>.*[^-+\n])%\}(?P<space>[ \t]*)$", re.MULTILINE)


def _keeping_lines(text: str) -> str:
    raw = [found.span() for found in _RAW.finditer(text)]

    def kept(found: re.Match[str]) -> str:
        within = any(begin < found.end() < end for begin, end in raw)
        return found[0] if within or _TAGS.fullmatch(found[0]) else f"{found['line']}+%}}{found['space']}"

    return _ENDS_IN_TAG.sub(kept, text)


def parse(text: str) -> Parsed:
    """What the text asks for. Raises InvalidInputError, with the line, where it is not of the language of prompts."""
    tree = _tree(text, _Environment(Budget(), {}))
    included = (node.template for node in tree.find_all(nodes.Include))
    return Parsed(
        names=frozenset(meta.find_undeclared_variables(tree)),
        includes=tuple(node.value for node in included if isinstance(node, nodes.Const)),
    )


def included(name: str, text: str, find: Callable[[str], str | None]) -> dict[str, str]:
    """The texts of all that a prompt includes, itself or through others, by their names.

    Raises InvalidInputError for a prompt that includes itself, naming the chain, for one that there is not, and for
    more includes than are allowed.
    """
    found: dict[str, str] = {}
    counted: dict[str, int] = {}

    def walk(at: str, source: str, chain: tuple[str, ...]) -> int:
        total = 0
        for each in _parsed(at, source, is_included=len(chain) > 1).includes:
            if each in chain:
                way = " → ".join((*chain[chain.index(each) :], each))
                raise InvalidInputError(
                    f"The prompt {each!r} includes itself: {way}.", remedy="Take one of these includes out."
                )
            if each not in counted:
                below = find(each)
                if below is None:
                    raise InvalidInputError(
                        f"{at!r} includes a prompt {each!r} that there is not.",
                        remedy="Correct the name, or make that prompt.",
                    )
                found[each] = below
                counted[each] = walk(each, below, (*chain, each))
            total += 1 + counted[each]
            if total > MOST_INCLUDES:
                raise InvalidInputError(
                    f"The prompt {name!r} includes more than {MOST_INCLUDES} prompts.",
                    remedy="Write their text into it, or include fewer.",
                )
        return total

    walk(name, text, (name,))
    return found


def _parsed(name: str, text: str, *, is_included: bool) -> Parsed:
    try:
        return parse(text)
    except InvalidInputError as error:
        if not is_included:
            raise
        fault = f"{error.message[0].lower()}{error.message[1:]}"
        raise InvalidInputError(f"In the included prompt {name!r}, {fault}", remedy=error.remedy) from error


def render(text: str, values: Mapping[str, object], sources: Sources | None = None) -> str:
    """The text with `values` in the places of its variables, without white space at its ends.

    `sources` holds what it includes. Raises InvalidInputError, also where it takes too long or becomes too long.
    """
    budget = Budget()
    environment = _Environment(budget, sources or {})
    written: list[str] = []
    try:
        for piece in environment.from_string(text).generate(values):
            budget.put_out(piece)
            written.append(piece)
    except jinja2.UndefinedError as error:
        raise InvalidInputError(
            f"{_at(error)}{error.message}.", remedy="Declare the variable, or take it out."
        ) from error
    except jinja2.TemplateNotFound as error:
        raise InvalidInputError(f"There is no prompt {error.name!r} to include.", remedy="Correct its name.") from error
    except jinja2.TemplateSyntaxError as error:
        raise _syntax(error) from error
    except (TypeError, ValueError, ArithmeticError, RecursionError, MemoryError, SyntaxError) as error:
        raise InvalidInputError(
            f"{_at(error)}The prompt cannot be filled in: {_reason(error)}.", remedy="Simplify what stands there."
        ) from error
    return "".join(written).strip()


def _tree(text: str, environment: _Environment) -> nodes.Template:
    if len(text) > LONGEST_TEXT:
        raise InvalidInputError(
            f"The prompt has {len(text):,} characters; the longest allowed has {LONGEST_TEXT:,}.",
            remedy="Shorten it, or give long texts with the question.",
        )
    try:
        return environment.parse(text)
    except jinja2.TemplateSyntaxError as error:
        raise _syntax(error) from error
    except (RecursionError, MemoryError, ValueError, SyntaxError) as error:
        raise InvalidInputError(
            f"The prompt cannot be read: {_reason(error)}.", remedy="Simplify what stands in its braces."
        ) from error


def _syntax(error: jinja2.TemplateSyntaxError) -> InvalidInputError:
    message = (error.message or "this is not understood").rstrip(".")
    return InvalidInputError(
        f"Line {error.lineno}: {message[0].upper()}{message[1:]}.",
        remedy="Braces that are meant stand between {% raw %} and {% endraw %}.",
    )


def _check(tree: nodes.Template, environment: _Environment) -> None:
    """Refuse what is not of the language, and put counting where a loop or a long text could run away.

    Raises TemplateSyntaxError.
    """
    waiting: list[nodes.Node] = [tree]
    parts = 0
    while waiting:
        node = waiting.pop()
        parts += 1
        if parts > MOST_PARTS:
            raise jinja2.TemplateSyntaxError(f"the prompt has more than {MOST_PARTS:,} parts", node.lineno)
        fault = _fault(node, environment)
        if fault:
            raise jinja2.TemplateSyntaxError(fault, node.lineno)
        waiting.extend(node.iter_child_nodes())
    for loop in tree.find_all(nodes.For):
        loop.iter = _filtered(loop.iter, "counted")
    for holder in [tree, *tree.find_all(nodes.Node)]:
        for name, value in holder.iter_fields():
            if isinstance(value, nodes.Concat):
                setattr(holder, name, _joined(value))
            elif isinstance(value, list):
                setattr(holder, name, [_joined(one) if isinstance(one, nodes.Concat) else one for one in value])
    tree.set_environment(environment)


def _fault(node: nodes.Node, environment: _Environment) -> str:
    """Why a part is not of the language; empty if it is."""
    if isinstance(node, _PLAIN):
        return ""
    match node:
        case nodes.Name():
            return _name_fault(node)
        case nodes.Getattr():
            of_loop = isinstance(node.node, nodes.Name) and node.node.name == "loop" and node.attr in _LOOP
            return "" if of_loop else f"`.{node.attr}`: a variable is one value, and nothing is inside it"
        case nodes.Filter():
            return _filter_fault(node, sorted(set(environment.filters) - INNER))
        case nodes.Test():
            there = node.name in environment.tests
            return "" if there else f"there is no test {node.name!r}; there are {', '.join(environment.tests)}"
        case nodes.For():
            return "a loop cannot be recursive" if node.recursive else ""
        case nodes.Include():
            named = isinstance(node.template, nodes.Const) and isinstance(node.template.value, str)
            plain = named and node.with_context and not node.ignore_missing
            return "" if plain else 'what is included is named in quotes, and nothing else: {% include "name" %}'
    return f"{_NAMED.get(type(node), 'this')} is not for prompts, which know variables, filters, {_STATEMENTS}"


def _name_fault(node: nodes.Name) -> str:
    if node.ctx == "store" and (node.name.casefold() in RESERVED or node.name.startswith("_")):
        return f"a loop's variable cannot be called {node.name!r}"
    is_none = node.name.startswith("_") or node.name in _ITSELF
    return f"{node.name!r} is no name for a variable" if is_none else ""


def _filter_fault(node: nodes.Filter, known: Collection[str]) -> str:
    if node.dyn_args or node.dyn_kwargs or node.kwargs:
        return f"the filter {node.name!r} takes values without names"
    return "" if node.name in known else f"there is no filter {node.name!r}; there are {', '.join(known)}"


def _filtered(node: nodes.Node, name: str) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)


def _joined(node: nodes.Concat) -> nodes.Filter:
    return _filtered(nodes.List(node.nodes, lineno=node.lineno), "joined")


def _given(value: object) -> bool:
    return value is not None and not isinstance(value, jinja2.Undefined)


def _odd(value: object) -> bool:
    return is_number(value) and value % 2 == 1  # type: ignore[operator]


def _even(value: object) -> bool:
    return is_number(value) and value % 2 == 0  # type: ignore[operator]


def _reason(error: BaseException) -> str:
    if isinstance(error, RecursionError | MemoryError | SyntaxError):
        return "it is nested too deeply"
    if "set_int_max_str_digits" in str(error):
        return "a number has too many digits"
    return str(error).rstrip(".") or type(error).__name__


def _at(error: BaseException) -> str:
    """The line of the prompt in which it went wrong, as the beginning of a sentence."""
    line, traceback = None, error.__traceback__
    while isinstance(traceback, TracebackType):
        if traceback.tb_frame.f_code.co_filename == "<template>":
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return "" if line is None else f"Line {line}: "


# Where what stands in a text


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A run of a prompt's text."""

    at: int
    text: str
    is_code: bool
    ways: tuple[tuple[int, int], ...]
    """The branches of `if` it stands in: which `if`, and which of its branches."""
    name: bool = False
    """Whether it can be a variable: a name in code that is no filter and no attribute."""


def pieces(text: str) -> tuple[Piece, ...]:
    """The text cut into prose and code; together they are the text. Raises InvalidInputError where it is no prompt."""
    lexer = jinja2.Environment(keep_trailing_newline=True, newline_sequence="\n")  # noqa: S701  (nothing is rendered)
    try:
        tokens = list(lexer.lex(text))
    except jinja2.TemplateSyntaxError as error:
        raise _syntax(error) from error
    found: list[Piece] = []
    ways: list[tuple[int, int] | None] = []
    at, ifs, begins, before = 0, 0, False, ""
    for _, kind, value in tokens:
        if kind == "name" and begins:
            if value == "if":
                ifs += 1
                ways.append((ifs, 0))
            elif value == "for":
                ways.append(None)
            elif value in ("elif", "else") and ways and ways[-1] is not None:
                ways[-1] = (ways[-1][0], ways[-1][1] + 1)
            elif value in ("endif", "endfor") and ways:
                ways.pop()
        start = text.index(value, at)
        if start > at:  # white space that `{{-` and `-}}` take out
            found.append(Piece(at=at, text=text[at:start], is_code=False, ways=()))
        found.append(
            Piece(
                at=start,
                text=value,
                is_code=kind != "data",
                ways=tuple(way for way in ways if way),
                name=kind == "name" and not begins and before not in (".", "|", "is") and value not in RESERVED,
            )
        )
        begins = kind == "block_begin" or (begins and kind == "whitespace")
        before = before if kind == "whitespace" else value
        at = start + len(value)
    if at < len(text):
        found.append(Piece(at=at, text=text[at:], is_code=False, ways=()))
    return tuple(found)


def names(pieces: Iterable[Piece], used: Iterable[str]) -> list[tuple[str, int]]:
    """Where in the text variables are used: name and place."""
    wanted = set(used)
    return [(piece.text, piece.at) for piece in pieces if piece.name and piece.text in wanted]
