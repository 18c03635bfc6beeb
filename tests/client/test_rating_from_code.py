"""Thumbs and notes from code, over a real owner."""

import msgspec
import polars as pl
import pytest

from tests.client.conftest import words
from workbench.client import OpenExperience, Workbench
from workbench.errors import InvalidInputError, ReplyRunningError
from workbench.providers.records import Model


@pytest.fixture
def physics(bench: Workbench, model: Model) -> OpenExperience:
    bench.models.set_default(model.id)
    return bench.experiences.create("Physics")


def test_a_reply_is_rated_from_code_and_its_thumb_is_in_the_history(bench: Workbench, physics: OpenExperience):
    reply = physics.ask("Why?")
    physics.ask("And then?")
    reply.rate("down", note="Only *numbers*.")
    assert (reply.rating, reply.rating_note) == ("down", "Only *numbers*.")
    assert "Rated bad: Only *numbers*." in words(reply._repr_html_())
    history = physics.history()
    assert history.select("rating", "rating_note").rows() == [
        (None, None), ("down", "Only *numbers*."), (None, None), (None, None),
    ]  # fmt: skip
    last = history.filter(pl.col("author") == "assistant")["id"][-1]
    bench.conversations.rate(last, "up")
    liked = "SELECT model, avg((rating = 'up')::INTEGER) AS liked FROM messages WHERE rating IS NOT NULL GROUP BY model"
    assert bench.sql(liked)["liked"].to_list() == [0.5]
    reply.rate("up")
    assert (reply.rating, reply.rating_note) == ("up", "Only *numbers*.")
    reply.remove_rating()
    assert (reply.rating, reply.rating_note) == (None, "")
    assert "Rated" not in reply._repr_html_()
    with pytest.raises(InvalidInputError, match="this reply has none"):
        reply.rate(note="Too late.")


def test_what_cannot_be_rated_says_why_over_http(bench: Workbench, physics: OpenExperience):
    reply = physics.ask("Why?")
    for body, words_ in (
        ({"rating": "great"}, "'rating'"),
        ({"rating": "up", "note": "x" * 2_001}, "this one has 2,001"),
        ({"rating": "up", "stars": 5}, "'stars'"),
    ):
        with pytest.raises(InvalidInputError, match=words_):
            bench.transport.call("PUT", f"/messages/{reply.id}/rating", msgspec.Raw, body=body)
    assert bench.conversations.message(reply.id).rating is None


def test_a_running_reply_is_rated_once_it_has_ended(bench: Workbench, physics: OpenExperience, provider):
    slow = bench.models.add_remote(provider="slow", base_url=provider.base_url, name="paced-200-1", api_key="sk-test")
    conversation = bench.conversations.create(physics.id)
    running = bench.conversations.send(conversation.id, "Why?", model=slow.id).reply
    with pytest.raises(ReplyRunningError):
        bench.conversations.rate(running.id, "up")
    bench.conversations.stop(running.id)
    assert bench.conversations.rate(running.id, "up").status == "stopped"
