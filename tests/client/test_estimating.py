"""Estimates through the client, over a real owner; the models are known by name, and nothing is sent to them."""

from decimal import Decimal
from pathlib import Path

import pytest

from workbench.client import Workbench
from workbench.errors import InvalidInputError, NotFoundError
from workbench.providers.records import Model

NOWHERE = "01a210d7-0000-7000-8000-000000000000"


@pytest.fixture
def openai(bench: Workbench) -> Model:
    return bench.models.add_remote(provider="openai", name="gpt-4o-mini", api_key="sk-none")


def test_a_first_question_is_counted_exactly_where_the_encoding_is_known(bench: Workbench, openai: Model):
    found = bench.experiences.create("Physics").estimate("hello world", model=openai)
    # 2 for the words, 4 around the message and 3 around the request
    assert (found.counted, found.input_tokens, found.input_tokens_low) == ("exact", 9, 9)
    assert (found.reply_tokens_low, found.reply_tokens_high, found.reply_from) == (50, 1_000, "default")
    read, written = openai.input_usd_per_million, openai.output_usd_per_million
    assert read is not None
    assert written is not None
    assert found.cost_low_usd == (9 * read + 50 * written) / 1_000_000
    assert found.cost_high_usd == (9 * read + 1_000 * written) / 1_000_000
    assert bench.conversations.list().total == 0


def test_what_goes_before_and_what_is_given_count(bench: Workbench, model: Model, openai: Model):
    bench.models.set_default(model.id)
    physics = bench.experiences.create("Physics")
    alone = physics.estimate("And why?", model=openai)
    physics.ask("Why is the sky blue?")
    after = physics.estimate("And why?", model=openai)
    given = physics.estimate("And why?", model=openai, with_={"notes": ["x" * 400]})
    assert alone.input_tokens < after.input_tokens < given.input_tokens
    assert physics.estimate("And why?", model=openai, new=True) == alone
    with pytest.raises(InvalidInputError):
        physics.estimate("  ")
    where = bench.asked_in[physics.id]
    assert bench.conversations.estimate(where, "And why?", model=openai.id, parent_id=None) == alone
    with pytest.raises(NotFoundError):
        bench.conversations.estimate(where, "And why?", parent_id=NOWHERE)


def test_what_a_pdf_takes_is_unknown_and_said_and_who_is_not_shown_it_is_too(
    bench: Workbench, openai: Model, tmp_path: Path
):
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(b"%PDF-1.7\n%%EOF\n")
    physics = bench.experiences.create("Physics")
    assert openai.pdf
    found = physics.estimate("Why?", model=openai, with_=[paper])
    assert (found.pdfs_not_counted, found.not_shown) == (1, ())
    assert found.lines()[0].endswith("tokens would be sent to openai/gpt-4o-mini, without 1 PDF.")
    assert found.lines()[-1].endswith(", without 1 PDF.")
    bench.models.correct(openai.id, pdf=False)
    told = physics.estimate("Why?", model=openai, with_=[paper])
    assert (told.pdfs_not_counted, told.not_shown) == (0, ("paper.pdf",))
    assert told.lines()[1] == "The model is not shown, only told of: paper.pdf."
    paper.write_bytes(b"%PDF-1.7\n/Encrypt 1 0 R\n%%EOF\n")
    with pytest.raises(InvalidInputError, match="is encrypted"):
        physics.estimate("Why?", model=openai, with_=[paper])


def test_earlier_replies_say_how_long_the_next_may_be(bench: Workbench, model: Model):
    bench.models.set_default(model.id)
    physics = bench.experiences.create("Physics")
    lengths = []
    for number in range(5):
        assert physics.estimate(f"{number}?").reply_from == "default"
        lengths.append(physics.ask("Why?").message.output_tokens)
    found = physics.estimate("Why?")
    assert found.reply_from == "conversation"
    assert (found.reply_tokens_low, found.reply_tokens_high) == (min(lengths), max(lengths))
    assert physics.estimate("Why?", new=True).reply_from == "experience"


def test_a_price_that_is_unknown_stays_unknown(bench: Workbench, model: Model):
    found = bench.experiences.create("Physics").estimate("Why?", model=model)
    assert (found.cost_low_usd, found.cost_high_usd, found.counted) == (None, None, "estimated")
    bench.models.correct(model.id, input_usd_per_million=Decimal(1_000_000), output_usd_per_million=Decimal(0))
    again = bench.experiences["Physics"].estimate("Why?", model=model)
    assert again.cost_low_usd == again.input_tokens_low
