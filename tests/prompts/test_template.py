import contextlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.errors import InvalidInputError
from workbench.prompts import clean, variables
from workbench.prompts.template import included, parse, pieces, render

PARTS = st.sampled_from(
    [
        *("{{", "}}", "{%", "%}", "{#", "#}", " x ", "|upper", "|lines", "if ", "else ", "endif ", "for i in x "),
        *("endfor ", "raw ", "endraw ", "include 'b' ", "\n", "a", '"', "(", ")", ".", "[0]", " ~ ", " + ", "1", "-"),
        *("{{- ", " -}}", "{%- ", "-%}", " \n "),
        *("äé", "__class__"),
    ]
)


def test_variables_conditions_loops_and_filters_are_filled_in():
    text = (
        "Dear {{ name|title }},\n{% if brief %}\nBe brief.\n{% endif %}\n"
        "{% for one in items|lines %}\n- {{ one }}\n{% endfor %}"
    )
    values = {"name": "ada", "brief": True, "items": "one\n\ntwo"}
    assert render(text, values) == "Dear Ada,\nBe brief.\n- one\n- two"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a{% if x %} b{% endif %}\nc", "a b\nc"),
        ("a{% if x %} b{% endif %}\n\nc", "a b\n\nc"),
        ("a\n  {% if x %}\n  b\n  {% endif %}\nc", "a\n  b\nc"),
        ("a\n{% if x %}{% endif %}\nc", "a\nc"),
        ("{% if x -%}\n b{% endif %}", "b"),
        ("{% raw %}\na {% if %}\nb{% endraw %}", "a {% if %}\nb"),
        ("{% for i in x|split %}{{ i }} {% endfor %}\nc", "p q \nc"),
    ],
)
def test_a_line_of_tags_leaves_nothing_behind_and_other_lines_keep_their_end(text, expected):
    assert render(text, {"x": "p,q"}) == expected


def test_values_stand_as_a_reader_would_write_them():
    values = {"a": True, "b": 2.0, "c": None, "d": 2.5, "e": "<b>"}
    assert render("{{ a }} {{ b }} [{{ c }}] {{ d }} {{ e }} {{ b + 1 }}", values) == "yes 2 [] 2.5 <b> 3"


def test_what_a_value_holds_is_never_filled_in_itself():
    assert render("{{ x }}", {"x": "{{ y }}{% include 'z' %}"}) == "{{ y }}{% include 'z' %}"


@pytest.mark.parametrize(
    "text",
    [
        "{{ ''.__class__ }}",
        "{{ x.__init__.__globals__ }}",
        "{{ x|attr('__class__') }}",
        "{{ x['__class__'] }}",
        "{{ self._TemplateReference__context }}",
        "{{ self }}",
        "{{ lipsum.__globals__['os'] }}",
        "{{ cycler.__init__ }}",
        "{{ x.format(y) }}",
        "{{ x|map('upper') }}",
        "{% for _x in x %}{% endfor %}",
        "{% set y = x %}",
        "{% macro m() %}{% endmacro %}",
        "{% import 'b' as b %}",
        "{% extends 'b' %}",
        "{% include x %}",
        "{% include ['b', 'c'] %}",
        "{% include 'b' ignore missing %}",
        "{% block b %}{% endblock %}",
        "{% filter upper %}x{% endfilter %}",
        "{% with y = x %}{% endwith %}",
        "{{ x ** x }}",
        "{{ x % x }}",
        "{{ 'x' * 9 }}",
        "{{ {'a': x} }}",
        "{% for i in x recursive %}{{ loop(i) }}{% endfor %}",
    ],
)
def test_what_is_not_of_the_language_is_refused_with_its_line(text):
    with pytest.raises(InvalidInputError, match=r"^Line 2: "):
        render(f"\n{text}", {"x": "abc"}, {"b": "", "c": ""})


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("{% for i in range(10**9) %}x{% endfor %}", "call"),
        ("{% for i in x %}{% for j in x %}{% for k in x %}a{% endfor %}{% endfor %}{% endfor %}", "10,000 turns"),
        ("{% for i in x %}{{ x|lines|length }}{{ x|replace('a', 'b')|length }}{% endfor %}", "longer than 1 s|turns"),
        ("{{ x|replace('a', x)|replace('a', x) }}", "500,000 characters"),
        ("{{ " + " ~ ".join(["x"] * 100) + " }}", "500,000 characters"),
        ("{{ x|lines|join(x)|replace('a', x) }}", "500,000 characters"),
        ("{{ x }}" * 100, "500,000 characters"),
        ("{{ " + "(" * 3000 + "x" + ")" * 3000 + " }}", "nested too deeply"),
        ("{% if x %}" * 300 + "{% endif %}" * 300, "nested too deeply"),
        ("{{ x" + "|upper" * 6000 + " }}", "nested too deeply|parts"),
        ("{{ " + "9" * 9000 + " }}", "too many digits"),
        ("{{ x }} " * 12_501, "5,000 parts"),
    ],
)
def test_what_would_run_away_ends_soon_and_says_why(text, word):
    begun = time.monotonic()
    with pytest.raises(InvalidInputError, match=word):
        render(text, {"x": "a" * 99_000})
    assert time.monotonic() - begun < 3


@pytest.mark.parametrize("name", ["range", "dict", "print", "class", "import", "id", "lipsum", "cycler", "namespace"])
def test_a_variable_called_like_a_builtin_works(name):
    assert variables.clean_name(name) == name
    assert render(f"{{{{ {name} }}}}{{% if {name} %}}!{{% endif %}}", {name: "value"}) == "value!"


@pytest.mark.parametrize(
    "name", sorted(variables.RESERVED | {"True", "None", "Self", "__class__", "_x", "a b", "1a", ""})
)
def test_a_variable_that_cannot_work_is_refused(name):
    with pytest.raises(InvalidInputError, match=r"cannot be called|needs a name"):
        variables.clean_name(name)


def test_a_text_that_is_too_long_is_refused_with_both_numbers():
    with pytest.raises(InvalidInputError, match=r"100,001 characters; the longest allowed has 100,000"):
        parse("x" * 100_001)


def test_an_undeclared_variable_is_named():
    with pytest.raises(InvalidInputError, match="Line 2: 'y' is undefined"):
        render("a\n{{ y }}", {})


def test_a_text_and_a_number_are_not_compared():
    with pytest.raises(InvalidInputError, match=r"^Line 1: .*not supported"):
        render("{% if x < 1 %}{% endif %}", {"x": "a"})


# Includes


def test_included_prompts_are_filled_in_with_the_same_values():
    sources = {"b": "B{{ x }}{% include 'c' %}", "c": "C{{ x }}"}
    assert included("a", "{% include 'b' %}", sources.get) == sources
    assert render("A{% include 'b' %}", {"x": 1}, sources) == "AB1C1"


@pytest.mark.parametrize(
    ("sources", "chain"),
    [
        ({"a": "{% include 'a' %}"}, "a → a"),
        ({"a": "{% include 'b' %}", "b": "{% include 'c' %}", "c": "{% include 'b' %}"}, "b → c → b"),
        ({"a": "{% include 'b' %}", "b": "{% include 'c' %}", "c": "{% include 'a' %}"}, "a → b → c → a"),
    ],
)
def test_a_prompt_that_includes_itself_names_the_chain(sources, chain):
    with pytest.raises(InvalidInputError, match=rf"includes itself: {chain}\."):
        included("a", sources["a"], sources.get)


def test_includes_that_multiply_are_refused():
    sources = {f"p{n}": f"{{% include 'p{n + 1}' %}}" * 10 for n in range(9)} | {"p9": "x" * 1000}
    with pytest.raises(InvalidInputError, match="more than 100 prompts"):
        included("p0", sources["p0"], sources.get)


def test_an_include_that_there_is_not_says_who_asks_for_it():
    with pytest.raises(InvalidInputError, match="'b' includes a prompt 'c' that there is not"):
        included("a", "{% include 'b' %}", {"b": "{% include 'c' %}"}.get)


def test_a_fault_in_what_is_included_names_it():
    with pytest.raises(InvalidInputError, match="In the included prompt 'b', line 1: "):
        included("a", "{% include 'b' %}", {"b": "{{ x.y }}"}.get)


# Any text


@settings(max_examples=300, deadline=None)
@given(st.lists(PARTS, max_size=25).map("".join))
def test_any_text_is_filled_in_or_refused_in_words(text):
    with contextlib.suppress(InvalidInputError):
        parse(text)
        render(text, {"x": "a\nb", "i": 1, "a": "q"}, {"b": "B"})
    with contextlib.suppress(InvalidInputError):
        assert "".join(piece.text for piece in pieces(text)) == text


def test_pieces_know_names_and_branches():
    text = "{% if a %}x{{ b|upper }}{% else %}y{% endif %}{{ loop.index }}"
    found = pieces(text)
    assert [piece.text for piece in found if piece.name] == ["a", "b"]
    assert [(p.text, p.ways) for p in found if not p.is_code] == [("x", ((1, 0),)), ("y", ((1, 1),))]


def test_text_is_kept_without_what_a_terminal_would_obey():
    assert clean.text("  a\r\nb\x1b[31m\x00\tc \n") == "a\nb[31m\tc"
