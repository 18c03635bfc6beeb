import time

import pytest

from workbench.errors import InvalidInputError
from workbench.rules import patterns, syntax


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("a+", "repeat without end"),
        ("a*b", "repeat without end"),
        ("a{3,}", "repeat without end"),
        ("(a", "`)` is missing"),
        ("a)", "`)` too many"),
        ("[ab", "`]` is missing"),
        ("*a", "nothing that `*`"),
        (r"(a)\1", "means nothing here"),
        ("(?=a)b", "of groups"),
        ("(?<!a)b", "of groups"),
        (r"\Ca", "means nothing here"),
        ("a{2}{3}", "repeated twice"),
        ("[z-a]", "invalid character class range"),
        (r"\p{Nonsense}", "invalid character class range"),
        ("a{1,2000}", "1,000 at most"),
        ("a{1,900}", "can have 900 characters"),
        ("", "matches nothing at all"),
        ("a?", "matches nothing at all"),
        ("(" * 60 + "a" + ")" * 60, "nested too deeply"),
        ("\\", "means nothing here"),
        ("((a{1,20}){1,20}){1,3}", "characters"),
    ],
)
def test_a_pattern_that_cannot_be_used_is_refused_with_what_is_wrong(pattern, said):
    with pytest.raises(InvalidInputError) as refused:
        patterns.compiled(pattern)

    assert said in refused.value.message
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("pattern", "least", "most"),
    [
        ("abc", 3, 3),
        ("a|bcd", 1, 3),
        (r"\d{2,4}[ab]?", 2, 5),
        (r"(?i)a(?:b|cc){1,3}$", 2, 7),
        (r"[]a]\x41\x{1F600}\pL\p{Greek}[[:alpha:]\]]", 6, 6),
        ("a{,3}", 5, 5),
        ("x{y}", 4, 4),
        (r"\bword\b", 4, 4),
    ],
)
def test_how_long_a_match_can_be_is_known(pattern, least, most):
    node = syntax.parse(pattern)
    patterns.compiled(pattern)

    assert (syntax.shortest(node), syntax.longest(node)) == (least, most)


@pytest.mark.parametrize("pattern", [r"(?:a{1,20}){1,20}b", "(?:a|aa){1,200}b", "(?:.{1,20}x){1,20}y"])
def test_a_pattern_that_would_explode_takes_time_that_is_linear(pattern):
    found, text = patterns.compiled(pattern, longest=1_000), b"a" * 20_000
    began = time.process_time()

    assert found.search(text, 0) is None
    assert time.process_time() - began < 2


def test_a_pattern_that_takes_too_much_memory_is_refused():
    with pytest.raises(InvalidInputError, match="too large"):
        patterns.compiled(r"(?:\pL{1,100}\pN{1,100}){1,5}", longest=1_000)
