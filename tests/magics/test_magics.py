from types import SimpleNamespace

import pytest

from workbench.errors import InvalidInputError
from workbench.magics import Options, filled, parsed


@pytest.mark.parametrize(
    ("line", "options", "rest"),
    [
        ("", Options(), ""),
        ("Why is it so?", Options(), "Why is it so?"),
        ("-e Physics Why -e not?", Options(experience="Physics"), "Why -e not?"),
        ('-e "Linear algebra" -m openai/gpt --new', Options("Linear algebra", ("openai/gpt",), new=True), ""),
        ("-m a/b --model=c/d Why?", Options(models=("a/b", "c/d")), "Why?"),
        ("--experience='It is' --model=m don't", Options("It is", ("m",)), "don't"),
        ("-w df,fig --with=notes.md Why?", Options(with_=("df", "fig", "notes.md")), "Why?"),
        ('-w "my, own.md" --new', Options(with_=("my, own.md",), new=True), ""),
        ("-w", None, None),
        ("--newer", None, None),
        ("-x y", None, None),
        ("-e", None, None),
        ("-1 is negative?", Options(), "-1 is negative?"),
    ],
)
def test_options_stand_before_the_question(line: str, options: Options | None, rest: str | None):
    if options is None:
        with pytest.raises(InvalidInputError, match="no option"):
            parsed(line)
    else:
        assert parsed(line) == (options, rest)


NAMES = {"x": 1.234, "name": "Ann", "thing": SimpleNamespace(size=SimpleNamespace(width=7)), "größe": 3}


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("{name} has {x:.2f}", "Ann has 1.23"),
        ("{name!r:>7} {thing.size.width:03d} {größe}", "  'Ann' 007 3"),
        (r"{{name}} \frac{{1}}{{2}}", r"{name} \frac{1}{2}"),
        ("no braces, 100 %, $x", "no braces, 100 %, $x"),
    ],
)
def test_a_name_in_braces_stands_for_what_it_holds(text: str, result: str):
    assert filled(text, NAMES) == result


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{nobody}", "There is no variable 'nobody'."),
        ("{x + 1}", "{x + 1} is not the name of a variable."),
        ("{name[0]}", "is not the name of a variable"),
        ("{name.upper()}", "is not the name of a variable"),
        ("{name.__class__}", "is not the name of a variable"),
        ("{}", "is not the name of a variable"),
        ("{0}", "is not the name of a variable"),
        ('{"a": 1}', "is not the name of a variable"),
        ("{x:{name}}", "is not the name of a variable"),
        ("{name!x}", "is not the name of a variable"),
        ("{name.nothing}", "cannot be put into the question"),
        ("{name:.2f}", "cannot be put into the question"),
        ("a } b", "braces of the question do not fit"),
        ("a { b", "braces of the question do not fit"),
    ],
)
def test_anything_else_in_braces_is_refused_with_a_remedy(text: str, sentence: str):
    with pytest.raises(InvalidInputError) as told:
        filled(text, NAMES)
    assert sentence in told.value.message
    assert told.value.remedy
