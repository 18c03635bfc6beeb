"""What is known of models and said of them, from Python and over HTTP, with a real owner."""

from datetime import date
from decimal import Decimal

import pytest

from workbench.client import Workbench
from workbench.errors import InvalidInputError, ModelMissingError
from workbench.providers.records import Model


def test_what_is_said_of_a_model_is_given_back_and_taken_back(bench: Workbench, model: Model):
    said = bench.models.correct(
        model.id, context_tokens=64_000, input_usd_per_million=1.25, deprecated_on=date(2027, 1, 31)
    )
    assert (said.context_tokens, said.input_usd_per_million) == (64_000, Decimal("1.25"))
    assert (said.deprecated_on, said.priced_by) == (date(2027, 1, 31), "you")
    assert bench.models.get(model.id) == said
    assert bench.sql("SELECT context_tokens FROM models").rows() == [(64_000,)]
    assert bench.models.correct(model.id, context_tokens=None).corrected == ("deprecated_on", "input_usd_per_million")


def test_a_model_whose_last_day_is_past_has_ended_and_is_not_suggested(bench: Workbench, model: Model):
    assert bench.models.correct(model.id, deprecated_on=date(2099, 1, 31)).ended is False
    ended = bench.models.correct(model.id, deprecated_on=date(2026, 1, 31))
    assert (ended.ended, ended.available) == (True, True)
    (judged,) = (each for each in bench.models.suggest("Hello?").ranked if each.model == model.id)
    assert (judged.suits, judged.why) == (False, ("Its provider ended it on 2026-01-31.",))


@pytest.mark.parametrize(
    "told",
    [
        {"input_usd_per_million": float("nan")},
        {"input_usd_per_million": "12 $"},
        {"output_usd_per_million": Decimal(-1)},
        {"context_tokens": 0},
        {"context_tokens": "12k"},
        {"tools": "perhaps"},
        {"colour": "red"},
        {},
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence_and_keeps_nothing(bench: Workbench, model: Model, told):
    with pytest.raises(InvalidInputError) as raised:
        bench.models.correct(model.id, **told)
    assert raised.value.message.endswith(".")
    assert raised.value.remedy
    assert bench.models.get(model.id) == model


def test_nothing_can_be_said_of_a_model_that_is_not_there(bench: Workbench, model: Model):
    for ask in (lambda: bench.models.get("standin/gone"), lambda: bench.models.correct("standin/gone", tools=True)):
        with pytest.raises(ModelMissingError):
            ask()


def test_a_reply_costs_what_you_say_and_earlier_ones_what_they_cost(bench: Workbench, model: Model):
    experience = bench.experiences.create("Prices")
    assert experience.ask("Why?").cost_usd is None
    bench.models.correct(model.id, input_usd_per_million=0, output_usd_per_million=1_000_000)
    priced = experience.ask("And now?")
    assert priced.cost_usd == Decimal(priced.output_tokens)
    bench.models.correct(model.id, output_usd_per_million=2_000_000 / 4)
    costs = [each.cost_usd for each in bench.conversations.get(priced.conversation_id).messages if each.model]
    assert costs == [None, Decimal(priced.output_tokens)]
