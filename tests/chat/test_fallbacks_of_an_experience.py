"""Fallbacks through a real owner, as the client and the command line set and see them."""

import json

import pytest

from tests.conftest import add_model
from workbench.client import Workbench
from workbench.conversations.records import Tried
from workbench.errors import InvalidInputError


def test_an_experience_falls_back_and_its_replies_say_so(bench: Workbench, provider, model):
    limited, other = add_model(bench, provider, "limited"), add_model(bench, provider, "echo")
    made = bench.experiences.create("Physics", model=limited.id, fallbacks=["gone/away", model.id])
    reply = made.ask("Why?")
    assert (reply.status, reply.model, reply.text.split()[-1]) == ("complete", model.id, "w19")
    assert reply.message.tried == (
        Tried(model=limited.id, code="rate_limited"), Tried(model="gone/away", code="model_missing")
    )  # fmt: skip
    assert "instead of standin/limited (rate limited), gone/away (model missing)" in reply._repr_html_()
    assert bench.history()["tried"].to_list()[1].startswith('[{"model":"standin/limited","code":"rate_limited"}')
    changed = bench.experiences.update(made.id, fallbacks=[other.id], temperature=0.5, max_output_tokens=7)
    assert (changed.fallbacks, changed.temperature, changed.max_output_tokens) == ((other.id,), 0.5, 7)
    assert made.ask("Once more?", new=True).text == "Once more? "
    row = bench.sql("select fallbacks, temperature, max_output_tokens from experiences").row(0)
    assert row == ('["standin/echo"]', 0.5, 7)
    with pytest.raises(InvalidInputError, match="0 to 2"):
        bench.experiences.update(made.id, temperature=3)


def test_what_a_model_does_not_take_is_not_sent_and_its_reply_says_so(bench: Workbench, provider):
    told, limited = add_model(bench, provider, "told"), add_model(bench, provider, "limited")
    made = bench.experiences.create("Physics", model=told.id, temperature=0.25)
    taken = made.ask("Why?")
    assert (json.loads(taken.text)["temperature"], taken.message.unsent) == (0.25, ())
    assert "not sent" not in taken._repr_html_()

    bench.models.correct(told.id, temperature=False)
    left_out = made.ask("Why?", new=True)
    assert "temperature" not in json.loads(left_out.text)
    assert left_out.message.unsent == ("temperature",)
    assert "temperature was not sent: told does not take it" in left_out._repr_html_()
    assert bench.sql("select unsent from messages where unsent is not null")["unsent"].to_list() == ["temperature"]

    bench.experiences.update(made.id, model=limited.id, fallbacks=[told.id])
    instead = made.ask("Why?", new=True)
    assert (instead.message.model, instead.message.unsent) == (told.id, ("temperature",))
    bench.models.correct(limited.id, temperature=False)
    bench.models.correct(told.id, temperature=None)
    other_way = made.ask("Why?", new=True)
    assert (json.loads(other_way.text)["temperature"], other_way.message.unsent) == (0.25, ())


def test_a_reply_that_goes_on_says_what_its_new_model_was_not_sent(bench: Workbench, provider):
    cut, reasoning = add_model(bench, provider, "cut-5"), add_model(bench, provider, "o3")
    made = bench.experiences.create("Physics", model=cut.id, temperature=0.25)
    begun = made.ask("Why?")
    assert begun.message.unsent == ()
    resumed = bench.conversations.resume(begun.id, model=reasoning.id)
    assert resumed.unsent == ("temperature",)
    *_, done = bench.conversations.stream(begun.id)
    assert (done.message.status, done.message.unsent) == ("complete", ("temperature",))


def test_of_a_reply_in_one_piece_that_was_cut_what_came_is_kept(bench: Workbench, provider):
    made = bench.experiences.create("Physics", model=add_model(bench, provider, "piece-5").id)
    begun = made.ask("Why?")
    assert (begun.status, begun.message.fault.code, begun.text.split()) == (
        "failed", "stream_cut", ["w0", "w1", "w2", "w3", "w4"],
    )  # fmt: skip
    (call,) = bench.sql("select ended, error from calls").rows()
    assert call == ("failed", "stream_cut")


def test_a_cut_reply_goes_on_with_another_model(bench: Workbench, provider, model):
    cut = add_model(bench, provider, "cut-5")
    made = bench.experiences.create("Physics", model=cut.id)
    begun = made.ask("Why?")
    assert (begun.status, begun.text.split()[-1]) == ("failed", "w4")
    bench.conversations.resume(begun.id, model=model.id)
    *_, done = bench.conversations.stream(begun.id)
    assert (done.message.status, done.message.text.split()[-1]) == ("complete", "w24")
    assert (done.message.model, done.message.tried) == (model.id, (Tried(model=cut.id, code="stream_cut"),))
