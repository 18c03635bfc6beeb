"""How models have done, and which one is suggested, through the client and a real owner."""

import polars as pl
import pytest

from tests.conftest import add_model
from workbench.client import Workbench
from workbench.errors import NotFoundError


def test_each_model_is_measured_by_its_own_replies(bench: Workbench, provider, model):
    assert bench.models.measured().is_empty()
    assert bench.models.measured().schema["cost_usd"] == pl.Decimal(18, 9)
    failing = add_model(bench, provider, "limited")
    bench.models.correct(model.id, input_usd_per_million=0, output_usd_per_million=100)
    experience = bench.experiences.create("Figures")
    reply = experience.ask("Why?", model=model.id)
    (kept,) = [each for each in bench.conversations.get(reply.conversation_id).messages if each.author == "assistant"]
    sent = bench.conversations.send(reply.conversation_id, "Again?", model=failing.id)
    *_, done = bench.conversations.stream(sent.reply.id)
    assert done.message.status == "failed"
    measured = {row["model"]: row for row in fresh(bench, replies=2).iter_rows(named=True)}
    assert (measured[model.id]["replies"], measured[model.id]["failed"]) == (1, 0)
    assert measured[model.id]["first_token_ms"] == kept.first_token_ms
    assert measured[model.id]["cost_usd"] == kept.cost_usd
    assert (measured[failing.id]["failed"], measured[failing.id]["cost_usd"]) == (1, None)


def test_thumbs_are_counted_for_the_model_that_gave_the_reply(bench: Workbench, provider, model):
    experience = bench.experiences.create("Figures")
    for rating in ("up", "down", "up", None):
        reply = experience.ask("Why?", model=model.id)
        if rating:
            reply.rate(rating)
    other = experience.ask("Why?", model=add_model(bench, provider, "paced-2-0").id)
    measured = {row["model"]: row for row in fresh(bench, replies=5).iter_rows(named=True)}
    assert (measured[model.id]["rated"], measured[model.id]["liked"]) == (3, 2)
    assert (measured[other.model]["rated"], measured[other.model]["liked"]) == (0, 0)


def fresh(bench: Workbench, *, replies: int) -> pl.DataFrame:
    """The figures once they know of so many replies: an answer stands for some seconds."""
    while (found := bench.models.measured())["replies"].sum() < replies:
        pass
    return found


def test_a_model_is_suggested_for_a_question_and_for_a_conversation_and_none_is_changed(bench, provider, model):
    seeing = bench.models.add_remote(provider="standin", base_url=provider.base_url, name="paced-1-0", sees=True)
    bench.models.correct(model.id, context_tokens=1000)
    plain = bench.models.suggest("Hello?")
    assert plain.model == model.id == bench.models.default().id
    assert {each.model for each in plain.ranked} == {model.id, seeing.id}
    assert bench.models.suggest("What is this?", pictures=1).model == seeing.id
    long = bench.models.suggest("word " * 2000)
    assert long.model == seeing.id
    assert "does not fit its window (1,000)" in long.ranked[1].why[0]
    asked = bench.experiences.create("Long").ask("word " * 2000)
    assert bench.models.suggest("And?", conversation_id=asked.conversation_id).model == seeing.id
    assert bench.models.default() == bench.models.get(model.id)
    with pytest.raises(NotFoundError):
        bench.models.suggest("And?", conversation_id=bench.experiences.list()[0].id)
