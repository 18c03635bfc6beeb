import re
import time

import pytest

from workbench.prompts.lint import lint
from workbench.prompts.private import Private
from workbench.prompts.records import Variable


def codes(text, declared=(), **options):
    return [finding.code for finding in lint(text, declared, **options).findings]


def private(text):
    for found in re.finditer(r"sk-\w+", text):
        yield Private(start=found.start(), end=found.end(), what="an API key", is_secret=True)
    for found in re.finditer(r"\w+@\w+\.\w+", text):
        yield Private(start=found.start(), end=found.end(), what="an e-mail address", is_secret=False)


def test_a_sound_prompt_has_no_findings():
    found = lint("Explain {{ topic }} in three steps. Be brief.", [Variable(name="topic")], window_tokens=8_000)
    assert found.findings == ()
    assert (found.variables, found.tokens, found.window_tokens) == (("topic",), 13, 8_000)


@pytest.mark.parametrize(
    ("characters", "window", "expected"),
    [
        (3_500, 8_000, []),
        (10_500, 8_000, ["long"]),
        (35_000, 8_000, ["too_long"]),
        (3_500, None, []),
        (35_000, None, ["long"]),
    ],
)
def test_length_is_compared_with_the_models_window(characters, window, expected):
    assert codes("x" * characters, window_tokens=window) == expected


def test_variables_undeclared_and_unused_have_places_and_remedies():
    found = lint("Hi {{ name }}.\n{% if topc %}x{% endif %}", [Variable(name="topic"), Variable(name="name")]).findings
    assert [(f.code, f.severity, f.line, f.column) for f in found] == [
        ("unused", "warning", 1, 1),
        ("undeclared", "warning", 2, 7),
    ]
    assert found[1].remedy == "Did you mean 'topic'?"
    assert "{{ topic }}" in found[0].remedy


def test_what_included_prompts_declare_need_not_be_declared_again():
    find = {"b": "{{ audience }}"}.get
    assert codes("{% include 'b' %}", find=find, declared_by_included={"b": ["audience"]}) == []
    assert codes("{% include 'b' %}", find=find) == ["undeclared"]
    assert codes("{% include 'b' %}", [Variable(name="audience")], find=find) == []


def test_a_prompt_that_includes_itself_or_is_none_says_so():
    (found,) = lint("{% include 'a' %}", (), name="a", find={"a": "{% include 'a' %}"}.get).findings
    assert "a → a" in found.message
    (found,) = lint("a\nb {{ x", ()).findings
    assert (found.code, found.line, found.severity) == ("template", 2, "error")
    assert codes(" ") == ["empty"]


def test_secrets_are_errors_and_personal_data_is_shown():
    found = lint("Write to ada@example.org.\nKey: sk-abc123", (), find_private=private).findings
    assert [(f.code, f.severity, f.line, f.column) for f in found] == [
        ("secret", "error", 2, 6),
        ("personal", "note", 1, 10),
    ]
    assert not any("sk-abc123" in f.message + f.remedy for f in found)


def test_secrets_are_found_while_the_template_is_unfinished():
    assert codes("{{ x sk-abc123", find_private=private) == ["template", "secret"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Always cite your sources.\nNever cite sources.", "always_and_never"),
        ("You must use bullet points. Don't use bullet points.", "always_and_never"),
        ("Be sure to ask questions. Avoid asking questions.", "always_and_never"),
        ("Be concise. Explain everything in detail.", "brief_and_detailed"),
        ("Keep your answers short. Be thorough.", "brief_and_detailed"),
        ("Answer in French. Then reply in German.", "two_languages"),
        ("Return valid JSON only. Format your answer as Markdown.", "two_formats"),
        ("Be formal. Write in a casual tone.", "formal_and_casual"),
        ("Use at least ten sentences. Use at most 5 sentences.", "more_than_most"),
        ("Write no more than 50 words, but at least 2 paragraphs and at least 80 words.", "more_than_most"),
    ],
)
def test_contradictions_are_found(text, code):
    (found,) = lint(text, ()).findings
    assert (found.code, found.severity) == (code, "warning")
    assert "line 1" in found.message


@pytest.mark.parametrize(
    "text",
    [
        "Always cite your sources. Never cite a blog.",
        "Always answer in French. Never translate names.",
        "Be brief. If asked, go on.",
        "{% if brief %}Be brief.{% else %}Be thorough.{% endif %}",
        "{% if a %}Answer in French.{% elif b %}Answer in German.{% else %}Answer in Greek.{% endif %}",
        "Translate from German into French. Answer in French.",
        "Summarise the detailed report. Be brief.",
        "Return JSON. Every value is valid JSON.",
        "Use at least 2 sentences and at most 5 sentences, at most 3 examples.",
        "Never guess. Always say when you do not know.",
        "Do not use jargon. Always use plain words.",
    ],
)
def test_what_only_looks_like_a_contradiction_is_not_one(text):
    declared = [Variable(name=name) for name in ("a", "b", "brief") if f"if {name}" in text]
    assert not [code for code in codes(text, declared) if code != "unused"]


def test_what_two_separate_conditions_ask_for_may_contradict():
    text = "{% if a %}Be brief.{% endif %}{% if b %}Be thorough.{% endif %}"
    assert codes(text, [Variable(name="a"), Variable(name="b")]) == ["brief_and_detailed"]


@pytest.mark.parametrize(
    "text",
    [
        "always " * 8_000,
        "answer " * 8_000 + "in",
        "never a " * 6_000,
        "at least " * 8_000,
        "be very " * 8_000,
        "\n" * 90_000,
    ],
)
def test_linting_is_quick_for_any_text(text):
    begun = time.process_time()
    lint(text, ())
    assert time.process_time() - begun < 1
