import re
import time
from html.parser import HTMLParser

import pytest

from tests.browser.hostile_markdown import payloads
from workbench import tex
from workbench.markdown import STYLE, highlighted, to_html

TAGS = {
    "a", "blockquote", "br", "code", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s",
    "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
SINK = "http://127.0.0.1:9"


class Parts(HTMLParser):
    """What a page would be made of."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str | None]] = set()
        self.formulas: list[str] = []
        self.outside = ""
        self._within: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(attrs)
        kind = "math" if "mathjax_process" in (dict(attrs).get("class") or "") else tag
        if tag not in ("br", "hr"):
            self._within.append(kind)
        if kind == "math":
            self.formulas.append("")

    def handle_endtag(self, tag: str) -> None:
        self._within.pop()

    def handle_data(self, data: str) -> None:
        if "math" in self._within:
            self.formulas[-1] += data
        elif not {"code", "pre"} & set(self._within):
            self.outside += f"\n{data}"


@pytest.mark.parametrize("name", payloads(SINK))
def test_a_hostile_text_becomes_harmless_html(name: str):
    parts = Parts(to_html(payloads(SINK)[name]))
    assert parts.tags <= TAGS
    for attribute, value in parts.attributes:
        assert attribute in ("class", "href", "title", "rel", "target", "start", "tabindex")
        if attribute == "href":
            assert re.match(r"https?://|mailto:", value or "")
        if attribute == "class":
            assert re.fullmatch(r"(?:(?:wb-[\w-]+|(?:mathjax|tex2jax)_(?:process|ignore))\s?)+", value or "")
    assert all(tex.is_harmless(formula[2:-2]) for formula in parts.formulas)


@pytest.mark.parametrize("name", payloads(SINK))
def test_no_text_outside_of_a_formula_can_be_taken_for_one(name: str):
    """Pieces of text between tags are what a typesetter looks at: none holds more of a delimiter than its one sign."""
    outside = Parts(to_html(r"$ x $ \$y\$ \\(z\\) \begin{align}1\end{align}" + "\n\n" + payloads(SINK)[name])).outside
    pieces = [piece for piece in outside.split("\n") if set(piece) & set("$\\")]
    assert pieces
    assert all(len(piece) == 1 for piece in pieces)


def test_an_image_becomes_a_link_that_says_so():
    html = to_html("![A chart](https://example.org/chart.png) ![](data:image/png;base64,AAAA)")
    assert '<a href="https://example.org/chart.png"' in html
    assert 'target="_blank" rel="noopener noreferrer nofollow">Image: A chart</a>' in html
    assert "<span>Image</span>" in html
    assert "<img" not in html


def test_a_link_that_leads_into_the_own_page_leads_nowhere():
    assert "href" not in to_html("[x](/lab?reset) [y](../api/shutdown) [z](?a=1) [w](#top) [v](//example.org)")


def test_prose_is_what_commonmark_makes_of_it():
    html = to_html("# Title\n\n*a* **b** ~~c~~ `d`\n\n- [ ] open\n- [x] done\n\n3. three\n\n> said\n\n---\n")
    for piece in ("<h1>Title</h1>", "<em>a</em>", "<strong>b</strong>", "<s>c</s>", "<code>d</code>"):
        assert piece in html
    for piece in ("<li>☐ open</li>", "<li>☑ done</li>", '<ol start="3">', "<blockquote>", "<hr>"):
        assert piece in html


def test_a_table_keeps_its_alignment():
    html = to_html("| a | b | c |\n|---|--:|:-:|\n| 1 | 2 | 3 |")
    assert "<td>1</td>" in html
    assert '<td class="wb-mod-right">2</td>' in html
    assert '<th class="wb-mod-center">c</th>' in html


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        (r"so $a^2$ is", r"\(a^2\)"),
        (r"so \(a^2\) is", r"\(a^2\)"),
        (r"so $$a^2$$ is", r"\[a^2\]"),
        ("$$\na\n= b\n- c\n$$", "\\[a\n= b\n- c\\]"),
        ("\\[\na < b\n\\]", "\\[a &lt; b\\]"),
        (r"$\begin{pmatrix} 1 \\[4pt] 2 \end{pmatrix}$", r"\(\begin{pmatrix} 1 \\[4pt] 2 \end{pmatrix}\)"),
        (r"$\ce{H2O}$", r"\(\ce{H2O}\)"),
    ],
)
def test_a_formula_is_left_to_the_page(text: str, formula: str):
    assert re.search(rf'class="wb-Math mathjax_process tex2jax_process">{re.escape(formula)}<', to_html(text))


@pytest.mark.parametrize(
    "formula",
    [
        r"\href{javascript:x}{y}", r"\url{x}", r"\require{html}", r"\htmlClass{a}{b}", r"\style{color:red}{x}",
        r"\class{a}{x}", r"\cssId{a}{x}", r"\includegraphics{x}", r"\def\a{b}", r"\let\a\b", r"\newcommand{\a}{b}",
        r"\csname href\endcsname", r"\bbox[background:url(http://x)]{y}", r'\mmlToken{mi}[href="javascript:x"]{y}',
        r"\unicode{x3c}", r"\begin{html}x\end{html}", r"\begin", r"\rule{1em}{1em}", r"\hspace{9999em}", r"\\[5000pt]",
        r"\begin{array}{p{900em}}x\end{array}", "{" * 60 + "}" * 60, "x" * 4001, "\\HREF{a}{b}", r"\label{a}", r"\@x",
        r"\toggle{a}{b}\endtoggle", r"\setOptions{x}", r"\verb|x|", "x\\",
    ],
)  # fmt: skip
def test_a_formula_that_does_more_than_draw_is_refused(formula: str):
    assert not tex.is_harmless(formula)
    assert "mathjax_process" not in to_html(f"so ${formula}$ is")


@pytest.mark.parametrize("text", ["$5 and $6", "it is $ 5 $", "costs $5", "5$ or 6$", r"\$a\$", "`$a$`", "$$ $$"])
def test_a_price_is_not_a_formula(text: str):
    assert "mathjax_process" not in to_html(text)


def test_code_is_coloured_by_classes_that_the_style_knows():
    html = to_html('```python\ndef f(x):\n    return "s" + str(1)  # why\n```')
    classes = set(re.findall(r"wb-Code-\w+", html))
    assert {"wb-Code-keyword", "wb-Code-string", "wb-Code-number", "wb-Code-comment"} <= classes
    assert all(f".{name}{{" in STYLE for name in classes)


def test_code_of_a_language_nobody_knows_stays_as_it_is():
    assert highlighted("a < b", "no-such") == "a &lt; b"
    assert "<code>\n  a &lt; b\n</code>" in to_html("```x y\n\n  a < b\n```")


@pytest.mark.parametrize("piece", ["\\(", "$a ", "[", "![", ">", "*a_ ", "`a", "[a](", "<a", "$$\n", "\\(\\alpha "])
def test_a_text_made_to_take_long_takes_no_longer_than_its_length(piece: str):
    def seconds(count: int) -> float:
        began = time.process_time()
        to_html(piece * count)
        return time.process_time() - began

    seconds(100)
    assert seconds(8000) < max(40 * seconds(1000), 1.0)
