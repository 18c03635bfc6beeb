import pytest

from workbench.errors import InvalidInputError
from workbench.prompts.records import Variable
from workbench.prompts.slash import Call, completed, parsed


@pytest.mark.parametrize(
    "text",
    ["Why?", "/etc/hosts says what?", "1/2", "", "/", "/ review", " /review", "/über x", "//review", "a\n/review"],
)
def test_other_questions_call_no_prompt(text):
    assert parsed(text) is None


def test_a_call_has_values_and_what_stands_below():
    assert parsed("/Review-Code language=Python purpose='merge two lists' x=\n\ndef f():\n  pass\n") == Call(
        name="review-code",
        values={"language": "Python", "purpose": "merge two lists", "x": ""},
        below="def f():\n  pass",
    )
    assert parsed("/review") == Call(name="review", values={}, below="")


@pytest.mark.parametrize("text", ["/review Python", "/review a='b", "/review 1a=b", "/review =b"])
def test_what_says_nothing_of_a_variable_is_refused(text):
    with pytest.raises(InvalidInputError, match=r"variable|quotes"):
        parsed(text)


def test_what_stands_below_is_the_first_text_that_is_missing_or_follows():
    code, size = Variable(name="code"), Variable(name="size", kind="number")
    call = parsed("/review size=3\ndef f(): ...")
    assert completed(call, [size, code]) == ({"size": "3", "code": "def f(): ..."}, "")
    assert completed(call, [size]) == ({"size": "3"}, "def f(): ...")
    assert completed(parsed("/review code=x\nAnd then?"), [code]) == ({"code": "x"}, "And then?")
