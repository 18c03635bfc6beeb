"""The rules by which a model is suggested."""

import random
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from workbench.insights import suggestion
from workbench.insights.suggestion import Need, need, suggest
from workbench.providers.records import Measured, Model

SHORT = Need(read_tokens=100)


def model(id: str, **facts: object) -> Model:
    return Model(id=id, name=id.partition("/")[2], provider=id.partition("/")[0], kind="openai", **facts)


def figures(id: str, *, replies: int = 10, first_token_ms: int = 500, speed: float = 100, **counts: int) -> Measured:
    return Measured(
        model=id,
        replies=replies,
        first_token_ms=first_token_ms,
        tokens_per_second=speed,
        cost_usd=None,
        **{"failed": 0, **counts},
    )


def order(models: list[Model], measured: list[Measured] = [], needed: Need = SHORT, present: str | None = None) -> str:  # noqa: B006
    """The names of the ranked models, those that do not suit behind a bar; however they are given."""
    shuffled = random.Random(4711).sample(models, len(models))
    found = suggest(shuffled, measured, needed, present=present)
    assert [each.model for each in found.ranked if each.suits][:1] == ([found.model] if found.model else [])
    names = {suits: [e.model.partition("/")[2] for e in found.ranked if e.suits is suits] for suits in (True, False)}
    return " ".join(names[True]) + "|" + " ".join(names[False])


def test_every_rule_is_shown_in_its_order_and_in_the_guide():
    guide = (Path(__file__).parents[2] / "docs" / "guides" / "models.md").read_text("utf-8")
    assert re.findall(r"^\d+\. (.+)$", guide, re.MULTILINE) == list(suggestion.RULES)
    assert len(suggestion.RULES) == 10
    assert "pictures" in suggestion.RULES[1]
    assert suggest([], [], SHORT, present=None).rules == suggestion.RULES


def test_pictures_go_only_to_a_model_that_is_known_to_see():
    models = [model("x/blind", sees=False), model("x/unknown"), model("x/sees", sees=True)]
    found = suggest(models, [], Need(read_tokens=1000, pictures=1), present="x/blind")
    assert found.model == "x/sees"
    assert [(each.model, each.why) for each in found.ranked[1:]] == [
        ("x/blind", ("It sees no pictures.",)),
        ("x/unknown", ("It is not known to see pictures.",)),
    ]


def test_pdfs_go_only_to_a_model_that_is_known_to_take_them():
    models = [model("x/none", pdf=False), model("x/unknown"), model("x/takes", pdf=True)]
    found = suggest(models, [], Need(read_tokens=1000, pdfs=2), present="x/none")
    assert found.model == "x/takes"
    assert found.why[0] == "It takes PDFs."
    assert "2 PDFs given." in found.needs
    assert [(each.model, each.why) for each in found.ranked[1:]] == [
        ("x/none", ("It takes no PDFs.",)),
        ("x/unknown", ("It is not known to take PDFs.",)),
    ]


def test_what_does_not_fit_the_window_suits_nobody_and_a_quarter_is_left_for_the_reply():
    models = [model("x/small", context_tokens=8000), model("x/unknown"), model("x/large", context_tokens=1_000_000)]
    assert order(models, needed=Need(read_tokens=6000)) == "large small unknown|"
    assert order(models, needed=Need(read_tokens=6001)) == "large unknown|small"
    assert order(models, needed=Need(read_tokens=24_001)) == "large|small unknown"
    assert order(models, needed=Need(read_tokens=900_000)) == "|large small unknown"


def test_where_none_suits_none_is_suggested_and_each_says_why():
    found = suggest([model("x/a", available=False, unavailable_reason="Its file is gone.")], [], SHORT, present="x/a")
    assert (found.model, found.why) == (None, ("No model that is set up suits.",))
    assert found.ranked[0].why == ("Its file is gone.",)


def test_a_model_that_its_provider_has_ended_does_not_suit_and_says_when():
    models = [
        model("x/old", deprecated_on=date(2026, 1, 31), ended=True),
        model("x/ends", deprecated_on=date(2099, 1, 31)),
    ]
    found = suggest(models, [], SHORT, present="x/old")
    assert found.model == "x/ends"
    assert (found.ranked[1].suits, found.ranked[1].why) == (False, ("Its provider ended it on 2026-01-31.",))


def test_where_there_is_no_model_it_is_said_how_to_add_one():
    found = suggest([], [], SHORT, present=None)
    assert found.model is None
    assert "workbench models add demo" in found.why[0]


def test_models_that_reason_come_first_for_code_and_mathematics_only():
    models = [model("x/plain", reasoning=False), model("x/thinks", reasoning=True)]
    assert order(models, present="x/plain") == "plain thinks|"
    assert order(models, needed=need("def f(x): fix this", read_tokens=9), present="x/plain") == "thinks plain|"
    assert order(models, needed=need("Solve the equation", read_tokens=9), present="x/plain") == "thinks plain|"


def test_failures_go_before_speed_and_speed_before_cost():
    cheap = {"input_usd_per_million": Decimal("0.1"), "output_usd_per_million": Decimal("0.1")}
    dear = {"input_usd_per_million": Decimal(300), "output_usd_per_million": Decimal(300)}
    models = [model("x/fails", **cheap), model("x/slow", **cheap), model("x/dear", **dear), model("x/good", **cheap)]
    measured = [figures("x/fails", failed=5), figures("x/slow", speed=5), figures("x/dear"), figures("x/good")]
    assert order(models, measured) == "good dear slow fails|"


def test_models_whose_replies_were_liked_come_first_once_five_were_rated():
    models = [model("x/disliked"), model("x/liked"), model("x/mixed"), model("x/unrated")]
    measured = [
        figures("x/disliked", rated=5, liked=2, speed=1000),
        figures("x/liked", rated=5, liked=4, speed=30),
        figures("x/mixed", rated=10, liked=5),
        figures("x/unrated", rated=4, liked=0),
    ]
    assert order(models, measured, present="x/unrated") == "liked unrated mixed disliked|"
    assert order(models, [figures("x/disliked", failed=9), *measured[1:]]).endswith("disliked|")
    why = suggest(models, measured, SHORT, present=None).why
    assert "You liked 4 of the 5 replies of it that you rated." in why
    assert not [each for each in suggest([model("x/unrated")], measured, SHORT, present=None).why if "liked" in each]


def test_two_replies_say_nothing_of_a_model():
    models = [model("x/a"), model("x/b")]
    assert order(models, [figures("x/a", replies=2, failed=2)]) == "a b|"
    assert order(models, [figures("x/a", replies=3, failed=2)]) == "b a|"


def test_what_is_equal_stays_with_the_model_that_answers_now_and_the_demo_model_comes_last():
    models = [model("x/a"), model("x/b"), model("local/demo", demo=True)]
    assert order(models, present="x/b") == "b a demo|"
    assert order(models, present="local/demo") == "a b demo|"


def test_the_reasons_name_ones_own_figures():
    found = suggest(
        [model("x/a", context_tokens=8000, input_usd_per_million=Decimal(1), output_usd_per_million=Decimal(10))],
        [figures("x/a", replies=24)],
        SHORT,
        present=None,
    )
    assert found.why == (
        "What is read fits its window of 8,000 tokens.",
        "None of its 24 replies to you failed.",
        "It writes 500 tokens in about 6 s.",
        "It costs about $0.0051 for this.",
    )


@pytest.mark.parametrize(
    ("text", "code", "maths"),
    [
        ("```\nx\n```", True, False),
        ("Why does this traceback appear?", True, False),
        ("SELECT name FROM people", True, False),
        ("What is the integral of x^2?", False, True),
        ("What is 12 * 17?", False, True),
        ("Write a letter to my aunt about the garden.", False, False),
        ("Who was the first to class whales as mammals?", False, False),
        ("", False, False),
    ],
)
def test_code_and_mathematics_are_known_by_their_marks(text: str, code: bool, maths: bool):
    found = need(text, read_tokens=1)
    assert (found.code, found.maths) == (code, maths)
