"""What a model wrote, as HTML that is safe in any page: a cell's output, a report.

It runs, styles, names and fetches nothing: HTML in the text stays text, an image becomes a link that says so, a link
leads to `http`, `https` or `mailto` or nowhere. The result is sanitised once more on its way out. Jupyter's own
Markdown is not used for this, as it fetches the images that a text names.

Formulas are left to the page's MathJax, each in an element of its own; everything else is kept from it, whatever
delimiters the text holds.
"""

import re
from collections.abc import Sequence
from html import escape
from typing import Any

import nh3

# Pygments has no types.
import pygments.lexers  # type: ignore[import-untyped]
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from pygments.token import Token as Kind  # type: ignore[import-untyped]
from pygments.util import ClassNotFound  # type: ignore[import-untyped]

from workbench import tex

LONGEST_CODE = 50_000
"""Longer blocks of code stay in one colour."""
DEEPEST_NESTING = 40

_SAFE_LINK = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_LANGUAGE = re.compile(r"[\w+#.-]{1,30}")
_TASK = re.compile(r"\[([ xX])\]\s")
_ALIGNED = re.compile(r"text-align:(right|center)")
_SIGN = re.compile(r"\\.|\$", re.DOTALL)
_BRACKETS = {"\\(", "\\)", "\\[", "\\]"}
_MARKS = (("$$", "$$", True), ("$", "$", False), ("\\(", "\\)", False), ("\\[", "\\]", True))

_COLOURS = (
    (Kind.Comment, "comment"),
    (Kind.Keyword.Constant, "atom"),
    (Kind.Keyword, "keyword"),
    (Kind.Operator.Word, "keyword"),
    (Kind.Operator, "operator"),
    (Kind.Name.Builtin, "builtin"),
    (Kind.Name.Function, "def"),
    (Kind.Name.Class, "def"),
    (Kind.Name.Decorator, "meta"),
    (Kind.Name.Tag, "tag"),
    (Kind.Name.Attribute, "attribute"),
    (Kind.Literal.String, "string"),
    (Kind.Literal.Number, "number"),
)
"""Jupyter's names for the colours of code, the first that fits."""

_FALLBACKS = {
    "comment": ("#356b6b", "#8fb8b8"),
    "atom": ("#1a5fb4", "#8ab8ff"),
    "keyword": ("#006b00", "#7fd37f"),
    "operator": ("#7a28c4", "#d0a8ff"),
    "builtin": ("#006b00", "#7fd37f"),
    "def": ("#0000d6", "#9cb8ff"),
    "meta": ("#7a28c4", "#d0a8ff"),
    "tag": ("#116611", "#7fd37f"),
    "attribute": ("#0000b0", "#9cb8ff"),
    "string": ("#a31515", "#ff9d8a"),
    "number": ("#006b00", "#7fd37f"),
}

STYLE = (
    ".wb-Markdown th,.wb-Markdown td{text-align:left}"
    ".wb-Markdown th.wb-mod-right,.wb-Markdown td.wb-mod-right{text-align:right}"
    ".wb-Markdown th.wb-mod-center,.wb-Markdown td.wb-mod-center{text-align:center}"
    ".wb-Markdown pre{overflow-x:auto}"
) + "".join(
    f".wb-Markdown .wb-Code-{name}{{color:var(--jp-mirror-editor-{name}-color,light-dark({light},{dark}))}}"
    for name, (light, dark) in _FALLBACKS.items()
)
"""CSS for the classes used here: Jupyter's colours where there are any, else the page's `color-scheme`."""

_TAGS = {
    "a", "blockquote", "br", "code", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s",
    "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_MATH_CLASSES = {"wb-Math", "mathjax_process", "tex2jax_process"}
_OUTSIDE_CLASSES = {"wb-Markdown", "mathjax_ignore", "tex2jax_ignore"}
_ALIGNMENTS = {"wb-mod-right", "wb-mod-center"}
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes={"a": {"href", "title"}, "ol": {"start"}},
    tag_attribute_values={"a": {"target": {"_blank"}}, "pre": {"tabindex": {"0"}}},
    allowed_classes={
        "div": _MATH_CLASSES | _OUTSIDE_CLASSES,
        "span": _MATH_CLASSES | {f"wb-Code-{name}" for name in _FALLBACKS},
        "th": _ALIGNMENTS,
        "td": _ALIGNMENTS,
    },
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
    link_rel="noopener noreferrer nofollow",
)


def to_html(text: str) -> str:
    """Markdown (CommonMark with tables, strikethrough, tasks and math) as one sanitised `<div class="wb-Markdown">`.

    `STYLE` gives it its colours; without it everything is there, in one colour.
    """
    body = _MARKDOWN.render(text.replace("\x00", "�"))
    return _CLEANER.clean(f'<div class="wb-Markdown mathjax_ignore tex2jax_ignore">{body}</div>')


def highlighted(code: str, language: str) -> str:
    """Code as HTML in which what a word is becomes its class; one colour where the language is not known."""
    try:
        lexer = pygments.lexers.get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return escape(code)
    if len(code) > LONGEST_CODE:
        return escape(code)
    return "".join(
        f'<span class="wb-Code-{colour}">{escape(value)}</span>' if colour else escape(value)
        for colour, value in ((_colour(kind), value) for kind, value in lexer.get_tokens(code))
    )


def _colour(kind: Any) -> str | None:  # noqa: ANN401  (pygments has no types)
    return next((name for family, name in _COLOURS if kind in family), None)


# What is drawn


class _Renderer(RendererHTML):
    """Draws what is ours to draw; the rest is CommonMark's own."""

    def text(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:  # noqa: ANN401, ARG002
        """Text in which no typesetter finds a formula."""
        return tex.as_text(tokens[idx].content)

    def link_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:  # noqa: ANN401, ARG002
        """A link, which leads nowhere unless it is absolute and of a kind that runs nothing."""
        href = str(tokens[idx].attrGet("href") or "")
        if not _SAFE_LINK.match(href):
            return "<a>"
        return f'<a href="{escape(href)}" title="{escape(href)}" target="_blank">'

    def image(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:  # noqa: ANN401
        """An image is never fetched: it becomes a link that says so, or its label where that would lead nowhere."""
        token = tokens[idx]
        source = str(token.attrGet("src") or "")
        about = self.renderInlineAsText(token.children or [], options, env).strip()
        label = escape(f"Image: {about}" if about else "Image")
        if not _SAFE_LINK.match(source) or token.meta.get("linked"):
            return f"<span>{label}</span>"
        return f'<a href="{escape(source)}" title="{escape(source)}" target="_blank">{label}</a>'

    def fence(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:  # noqa: ANN401, ARG002
        """A block of code; it can be reached with the keyboard, as it may have to be scrolled."""
        token = tokens[idx]
        language = _LANGUAGE.match(token.info.strip())
        code = highlighted(token.content, language[0]) if language else escape(token.content)
        return f'<pre tabindex="0"><code>{code}</code></pre>\n'

    code_block = fence

    def th_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:  # noqa: ANN401, ARG002
        """A cell of a table; its alignment becomes a class, since styles do not get through."""
        token = tokens[idx]
        align = _ALIGNED.search(str(token.attrGet("style") or ""))
        return f'<{token.tag} class="wb-mod-{align[1]}">' if align else f"<{token.tag}>"

    td_open = th_open

    def math_inline(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:  # noqa: ANN401, ARG002
        """A formula in a line."""
        return _formula(tokens[idx].content, display=False)

    def math_display(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:  # noqa: ANN401, ARG002
        """A formula set apart."""
        tag = "div" if tokens[idx].block else "span"
        return _formula(tokens[idx].content, display=True, tag=tag)


def _formula(source: str, *, display: bool, tag: str = "span") -> str:
    """What MathJax will typeset, or the source as code where it had better not."""
    open_, close = ("\\[", "\\]") if display else ("\\(", "\\)")
    if not tex.is_harmless(source):
        code = f"<code>{escape(source)}</code>"
        return f"<p>{code}</p>\n" if tag == "div" else code
    return f'<{tag} class="wb-Math mathjax_process tex2jax_process">{open_}{escape(source)}{close}</{tag}>'


# What is read


def _inline_math(state: StateInline, silent: bool) -> bool:  # noqa: FBT001  (a rule's signature)
    r"""`$…$` and `\(…\)` in a line, `$$…$$` and `\[…\]` set apart.

    A dollar opens a formula only before something other than space, and closes one only after something other than
    space and before something other than a digit, so that prices stay prices.
    """
    source, at = state.src, state.pos
    marks = next((marks for marks in _MARKS if source.startswith(marks[0], at)), None)
    if marks is None:
        return False
    open_, close, display = marks
    end = _end(source, at + len(open_), close)
    if end is None:
        if open_ != "$$":
            return False
        if not silent:
            state.pending += open_
        state.pos += len(open_)
        return True
    if not silent:
        token = state.push("math_display" if display else "math_inline", "math", 0)
        token.content = source[at + len(open_) : end].strip()
    state.pos = end + len(close)
    return True


def _end(source: str, begin: int, close: str) -> int | None:
    """Where the mark that closes the formula stands; None: another one begins before, so it is no formula."""
    if close == "$" and source[begin : begin + 1].isspace():
        return None
    for found in _SIGN.finditer(source, begin, begin + tex.LONGEST):
        at, sign = found.start(), found[0]
        if close == "$" and sign == "$":
            fits = not (source[at - 1].isspace() or source[at + 1 : at + 2].isdigit())
            return at if fits and at > begin else None
        if sign == close or (close == "$$" and source.startswith("$$", at)):
            return at if source[begin:at].strip() else None
        if close[0] == "\\" and sign in _BRACKETS:
            return None
    return None


def _block_math(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001  (a rule's signature)
    r"""`$$…$$` and `\[…\]` that begin a line and end one, with no empty line between."""
    if state.is_code_block(start):
        return False
    first = _line(state, start)
    close = {"$$": "$$", "\\[": "\\]"}.get(first[:2])
    if close is None:
        return False
    lines: list[str] = []
    for at in range(start, end):
        line = first[2:] if at == start else _line(state, at)
        if (at > start and not line) or state.sCount[at] < state.blkIndent or len(lines) > tex.LONGEST:
            return False
        ends = line.find(close)
        if ends >= 0:
            if ends != len(line) - 2:
                return False  # more follows in the line: the formula stands in a paragraph
            content = "\n".join([*lines, line[:-2]]).strip()
            if not content:
                return False
            if not silent:
                token = state.push("math_display", "math", 0)
                token.block = True
                token.content = content
                state.line = at + 1
            return True
        lines.append(line)
    return False


def _line(state: StateBlock, at: int) -> str:
    return state.src[state.bMarks[at] + state.tShift[at] : state.eMarks[at]].strip()


def _mark(state: StateCore) -> None:
    """Tell images whether they stand in a link, and draw the boxes of tasks."""
    for before, token in zip([None, None, *state.tokens], state.tokens, strict=False):
        children = token.children or []
        depth = 0
        for child in children:
            depth += child.nesting if child.type in ("link_open", "link_close") else 0
            if child.type == "image":
                child.meta = {"linked": depth > 0}
        box = _TASK.match(children[0].content) if children and children[0].type == "text" else None
        if box and before is not None and before.type == "list_item_open":
            children[0].content = f"{'☐' if box[1] == ' ' else '☑'} {children[0].content[box.end() :]}"


def _parser() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False, "maxNesting": DEEPEST_NESTING}, renderer_cls=_Renderer)
    markdown.enable(["table", "strikethrough"])
    markdown.inline.ruler.before("escape", "math_inline", _inline_math)
    markdown.block.ruler.before(
        "fence", "math_block", _block_math, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )
    markdown.core.ruler.push("mark", _mark)
    return markdown


_MARKDOWN = _parser()
