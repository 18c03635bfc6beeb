from datetime import date

import pytest

from workbench.errors import InvalidInputError
from workbench.prompts.records import Variable
from workbench.prompts.variables import clean, filled, missing

TODAY = date(2026, 11, 29)
ALL = clean(
    [
        Variable(name="topic", label="What it is about", longest=20),
        Variable(name="size", kind="number", default=3, min=1, max=10),
        Variable(name="tone", kind="choice", choices=("plain", "formal"), default="plain"),
        Variable(name="sources", kind="yes/no", required=False),
        Variable(name="due", kind="date", default="today"),
        Variable(name="note", required=False),
        Variable(name="limit", kind="number", required=False),
    ]
)


def test_defaults_stand_for_what_is_not_given():
    assert filled(ALL, {"topic": "Heat"}, today=TODAY) == {
        "topic": "Heat",
        "size": 3,
        "tone": "plain",
        "sources": False,
        "due": "2026-11-29",
        "note": "",
        "limit": None,
    }


def test_texts_are_taken_for_what_they_stand_for():
    given = {"topic": "Heat", "size": "2.5", "tone": "FORMAL", "sources": "Yes", "due": "2026-02-28", "limit": "1e2"}
    found = filled(ALL, given, today=TODAY)
    assert (found["size"], found["tone"], found["sources"], found["due"]) == (2.5, "formal", True, "2026-02-28")
    assert found["limit"] == 100
    assert isinstance(found["limit"], int)


@pytest.mark.parametrize(
    ("given", "fault", "remedy"),
    [
        ({}, "'topic' is not filled in", "Give topic (What it is about): a text."),
        ({"topic": "  "}, "'topic' is not filled in", "a text"),
        ({"topic": "x" * 21}, "'topic' has 21 characters", "Shorten it to 20."),
        ({"topic": "x", "size": "three"}, "'size' cannot be 'three'", "Give a number"),
        ({"topic": "x", "size": "nan"}, "'size' cannot be 'nan'", "Give a number"),
        ({"topic": "x", "size": True}, "'size' cannot be 'True'", "Give a number"),
        ({"topic": "x", "size": 0}, "'size' cannot be 0", "The least is 1."),
        ({"topic": "x", "size": 11}, "'size' cannot be 11", "The most is 10."),
        ({"topic": "x", "tone": "formel"}, "'tone' cannot be 'formel'", "Did you mean 'formal'?"),
        ({"topic": "x", "tone": "loud"}, "'tone' cannot be 'loud'", "Choose plain or formal."),
        ({"topic": "x", "sources": "maybe"}, "'sources' cannot be 'maybe'", "Give yes or no."),
        ({"topic": "x", "due": "2026-02-30"}, "'due' cannot be '2026-02-30'", "Give a date"),
        ({"topic": "x", "due": "20260228"}, "'due' cannot be", "Give a date"),
        ({"topik": "x"}, "no variable 'topik'", "Did you mean 'topic'?"),
        ({"zzz": "x"}, "no variable 'zzz'", "It has topic, size"),
    ],
)
def test_what_does_not_fit_names_the_variable_and_what_to_do(given, fault, remedy):
    with pytest.raises(InvalidInputError) as raised:
        filled(ALL, given, today=TODAY)
    assert fault in raised.value.message
    assert remedy in raised.value.remedy


@pytest.mark.parametrize(
    ("variables", "fault"),
    [
        ([Variable(name="a"), Variable(name="a")], "declared twice"),
        ([Variable(name="a", kind="choice")], "choice of 0"),
        ([Variable(name="a", kind="number", min=2, max=1)], "allows no number"),
        ([Variable(name="a", kind="number", default="x")], "default does not fit: The variable 'a'"),
        ([Variable(name="a", kind="choice", choices=("b",), default="c")], "default does not fit"),
        ([Variable(name="a", longest=0)], "cannot be 0 characters"),
        ([Variable(name="a", label="x" * 201)], "label of 201"),
        ([Variable(name=f"a{n}") for n in range(51)], "at most 50 variables"),
        ([Variable(name="for")], "word of the language"),
    ],
)
def test_declarations_that_do_not_fit_are_refused(variables, fault):
    with pytest.raises(InvalidInputError, match=fault):
        clean(variables)


def test_a_declaration_keeps_only_what_its_kind_uses():
    (kept,) = clean([Variable(name="\uff41", kind="yes/no", choices=("x",), min=1, longest=2, default="on")])
    assert (kept.name, kept.choices, kept.min, kept.longest, kept.default) == ("a", (), None, None, True)


def test_what_is_missing_can_be_asked_for():
    assert [variable.name for variable in missing(ALL, {"size": 4})] == ["topic"]
