import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.errors import InvalidInputError
from workbench.trials import languages
from workbench.trials.assertions import check, usable
from workbench.trials.records import Assertion

PERSON = '{"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}'
KINDS = {
    "contains": {"text": "Ada"},
    "not_contains": {"text": "Ada"},
    "equals": {"text": "Ada"},
    "matches": {"text": "a{1,3}"},
    "not_matches": {"text": "a{1,3}"},
    "json": {},
    "schema": {"text": PERSON},
    "length": {"most": 3},
    "language": {"text": "en"},
    "refused": {},
    "not_refused": {},
}


@pytest.mark.parametrize(
    ("assertion", "reply", "passed", "why"),
    [
        ({"kind": "contains", "text": "ada"}, "Ada and Ada", True, "“ada” stands in it 2 times."),
        ({"kind": "contains", "text": "ada", "case_sensitive": True}, "Ada", False, "“ada” does not stand in it."),
        ({"kind": "not_contains", "text": "sorry"}, "Sorry!", False, "“sorry” stands in it 1 time."),
        ({"kind": "equals", "text": "42"}, " 42\n", True, "It is “42”."),
        ({"kind": "equals", "text": "42"}, "It is 42.", False, "It is “It is 42.”, not “42”."),
        ({"kind": "matches", "text": r"\b\d{3}\b"}, "über 408.", True, r"The pattern “\b\d{3}\b” matches “408”."),
        ({"kind": "matches", "text": "ADA"}, "ada", True, "The pattern “ADA” matches “ada”."),
        ({"kind": "not_matches", "text": "a|b"}, "xyz", True, "The pattern “a|b” matches nothing in it."),
        ({"kind": "json"}, '```json\n{"a": 1}\n```', True, "It is JSON: an object of 1 member."),
        ({"kind": "json"}, 'Sure: {"a": 1}', False, "It is no JSON: Expecting value (line 1, column 1)."),
        ({"kind": "json"}, "[" * 100_000, False, "It is no JSON that can be read: it is nested too deeply."),
        ({"kind": "json"}, "9" * 5_000, False, "It is no JSON that can be read: a number in it is too long."),
        ({"kind": "schema", "text": PERSON}, '{"name": "Ada"}', True, "It is JSON that fits the schema."),
        (
            {"kind": "schema", "text": PERSON},
            '{"name": 1}',
            False,
            "It does not fit the schema, at $.name: 1 is not of type 'string'.",
        ),
        ({"kind": "length", "most": 3}, "One two-three four", True, "It has 3 words; at most 3 are asked for."),
        (
            {"kind": "length", "least": 2, "unit": "sentences"},
            "Only one.",
            False,
            "It has 1 sentence; at least 2 are asked for.",
        ),
        (
            {"kind": "length", "least": 1, "most": 4, "unit": "characters"},
            "abcde",
            False,
            "It has 5 characters; 1 to 4 are asked for.",
        ),
        ({"kind": "language", "text": "de"}, "Das ist nicht der Weg, den ich gehe.", True, "It is in German."),
        (
            {"kind": "language", "text": "de"},
            "This is not the way that I go.",
            False,
            "It is in English, not in German.",
        ),
        (
            {"kind": "language", "text": "de"},
            "42",
            False,
            "Its language cannot be told, so it is not known to be German.",
        ),
        (
            {"kind": "refused"},
            "I\u2019m sorry, but I can\u2019t help with that.",
            True,
            "It refuses: “I'm sorry, but I can't”.",
        ),
        ({"kind": "not_refused"}, "I cannot do this.", False, "It refuses: “I cannot”."),
        ({"kind": "not_refused"}, "You cannot divide by zero.", True, "It does not refuse."),
    ],
)
def test_an_assertion_says_what_it_found(assertion, reply, passed, why):
    found = check(usable(Assertion(**assertion)), reply)
    assert (found.passed, found.why) == (passed, why)


def test_what_the_provider_says_is_a_refusal():
    assert check(Assertion(kind="refused"), "", refused=True).passed


def test_every_kind_bears_an_empty_reply():
    for kind, given_ in KINDS.items():
        assert check(usable(Assertion(kind=kind, **given_)), "").why.endswith(".")


@given(st.text(max_size=400), st.sampled_from(sorted(KINDS)))
def test_no_reply_brings_a_check_down(reply, kind):
    verdict = check(Assertion(kind=kind, **KINDS[kind]), reply)
    assert verdict.why
    assert "\n" not in verdict.why


@pytest.mark.parametrize(
    ("assertion", "said"),
    [
        ({"kind": "contains", "text": " "}, "needs a text"),
        ({"kind": "matches", "text": "(a+)+$"}, "without end"),
        ({"kind": "matches", "text": "("}, "cannot be used"),
        ({"kind": "length"}, "needs `least`"),
        ({"kind": "length", "least": 5, "most": 2}, "No length is from 5 to 2"),
        ({"kind": "language", "text": "Klingon"}, "cannot be told"),
        ({"kind": "schema", "text": "{"}, "is no JSON"),
        ({"kind": "schema", "text": "[]"}, "is an object"),
        ({"kind": "schema", "text": '{"type": "nothing"}'}, "no JSON schema"),
        ({"kind": "schema", "text": '{"items": {"pattern": "(a+)+$"}}'}, "not supported"),
        ({"kind": "contains", "text": "a" * 20_001}, "may have 20,000"),
    ],
)
def test_an_assertion_that_cannot_be_checked_is_refused(assertion, said):
    with pytest.raises(InvalidInputError, match=said) as caught:
        usable(Assertion(**assertion))
    assert caught.value.remedy


def test_a_schema_fetches_nothing():
    schema = '{"$ref": "http://127.0.0.1:9/schema.json"}'
    found = check(usable(Assertion(kind="schema", text=schema)), "1")
    assert found.why == "It does not fit the schema, the schema refers to something that is not in it."


SENTENCES = {
    "de": "Ich habe das Buch nicht gelesen, aber es wird mir sicher auch gefallen.",
    "en": "I have not read the book, but I am sure that it will be good.",
    "es": "No he leído el libro, pero estoy seguro de que es muy bueno para los niños.",
    "fr": "Je ne suis pas sûr que ce livre est bon, mais il est dans la maison.",
    "it": "Il libro non è nella casa, ma sono sicuro che questo è il più bello.",
    "nl": "Het boek is niet van mij, maar ik heb het met een vriend gelezen.",
    "pl": "Książka jest na stole, ale nie jest to moja książka, tylko jego.",
    "pt": "O livro não está na mesa, mas eu acho que você vai gostar dele como eu.",
    "sv": "Boken är inte min, men jag har läst den och det var en bra bok.",
    "ar": "الكتاب على الطاولة",
    "el": "\u03a4\u03bf βιβλίο είναι στο τραπέζι",
    "he": "הספר על השולחן",
    "hi": "किताब मेज़ पर है",
    "ja": "本はテーブルの上にあります。",
    "ko": "책은 탁자 위에 있습니다.",
    "ru": "Книга лежит на столе.",
    "zh": "书在桌子上。",
}


def test_each_language_that_can_be_asked_for_is_told():
    assert {code: languages.language(text) for code, text in SENTENCES.items()} == {
        code: code for code in languages.NAMES
    }


def test_code_says_nothing_about_the_language():
    assert languages.language("```python\nfor x in the_list and not of:\n    is = that\n```") is None
