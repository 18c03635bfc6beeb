"""What a person says of a model against what is known of it."""

import os
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.test_gguf import gguf
from workbench.clock import utc_now
from workbench.errors import InvalidInputError, ModelMissingError
from workbench.providers import corrections
from workbench.providers.records import Model
from workbench.providers.servers import Providers
from workbench.providers.service import Models
from workbench.security.secrets import Secrets
from workbench.storage.database import Database

PRICES = ("input_usd_per_million", "cached_usd_per_million", "output_usd_per_million")


@pytest.fixture
def models(database: Database, tmp_path, monkeypatch) -> Models:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    secrets = Secrets(database, os.urandom(32), "a-home")
    return Models(database, Providers(database, secrets, lambda *_: None), tmp_path / "models", lambda *_: None)


@pytest.fixture
def known(models) -> Model:
    """A model of which much is known."""
    return models.add_remote("openai", None, "gpt-4o")


@pytest.fixture
def unknown(models) -> Model:
    """A model of which nothing is known."""
    return models.add_remote("mine", "http://127.0.0.1:9/v1", "m")


def test_what_is_said_stands_before_what_is_known_and_is_marked(models, known):
    said = models.correct(known.id, {"context_tokens": "64000", "reasoning": True, "deprecated_on": "2027-01-31"})
    assert (said.context_tokens, said.reasoning, said.deprecated_on) == (64_000, True, date(2027, 1, 31))
    assert said.corrected == ("context_tokens", "reasoning", "deprecated_on")
    assert (said.tools, said.input_usd_per_million) == (known.tools, known.input_usd_per_million)
    assert models.get(known.id) == said == models.list()[0] == models.resolve(known.id)


def test_facts_are_taken_back_one_by_one_and_the_known_ones_come_back(models, known):
    models.correct(known.id, {"context_tokens": 1, "sees": False})
    halfway = models.correct(known.id, {"context_tokens": None})
    assert (halfway.context_tokens, halfway.sees, halfway.corrected) == (128_000, False, ("sees",))
    assert models.correct(known.id, {"sees": None}) == known


def test_a_model_that_is_added_again_keeps_what_was_said_and_one_that_was_removed_does_not(models, known):
    models.correct(known.id, {"tools": False})
    assert models.add_remote("openai", None, "gpt-4o").tools is False
    models.remove(known.id)
    assert models.add_remote("openai", None, "gpt-4o") == known


def test_whether_a_model_sees_said_while_adding_it_is_taken_back_like_the_rest(models):
    added = models.add_remote("openai", None, "gpt-4o", sees=False)
    assert (added.sees, added.corrected) == (False, ("sees",))
    assert models.add_remote("openai", None, "gpt-4o").sees is False
    assert models.correct(added.id, {"sees": None}).sees is True


def test_a_reply_costs_what_was_said_from_then_on(models, known):
    before = models.prices(known)
    said = models.correct(known.id, {"input_usd_per_million": "1.25"})
    assert (said.priced_by, said.priced_on) == ("you", utc_now().date())
    assert models.prices(known).cost_usd(read=1_000_000, written=1_000_000) == Decimal("11.25")
    models.correct(known.id, {"input_usd_per_million": None})
    assert models.prices(known) == before


def test_the_day_of_a_price_is_that_on_which_a_price_was_said_last(models, known, monkeypatch):
    def at(day: int) -> None:
        monkeypatch.setattr("workbench.providers.said.utc_now", lambda: datetime(2026, 3, day, tzinfo=UTC))

    at(1)
    models.correct(known.id, {"input_usd_per_million": "1.25"})
    at(2)
    assert models.correct(known.id, {"tools": False}).priced_on == date(2026, 3, 1)
    at(3)
    models.correct(known.id, {"output_usd_per_million": "2"})
    assert models.get(known.id).priced_on == date(2026, 3, 3)


def test_a_price_that_holds_for_large_requests_too_is_said_so(models):
    tiered = models.add_remote("gemini", None, "gemini-2.5-pro")
    assert tiered.dearer_above_tokens == 200_000
    said = models.correct(tiered.id, {"output_usd_per_million": 1})
    assert said.dearer_above_tokens is None
    assert len(models.prices(tiered).rates) == 1


def test_prices_of_a_model_that_nobody_knows_count_once_both_are_said(models, unknown):
    models.correct(unknown.id, {"input_usd_per_million": 2})
    assert models.prices(unknown) is None
    models.correct(unknown.id, {"output_usd_per_million": "4.5"})
    assert models.prices(unknown).cost_usd(read=1_000_000, cached=1_000_000, written=0) == Decimal(2)
    models.correct(unknown.id, {"cached_usd_per_million": 0})
    assert models.prices(unknown).cost_usd(read=1_000_000, cached=1_000_000, written=0) == 0


def test_a_model_that_is_said_to_be_free_costs_nothing(models, unknown):
    models.correct(unknown.id, {"input_usd_per_million": 0, "output_usd_per_million": 0})
    assert models.prices(unknown).cost_usd(read=9, written=9) == 0
    assert models.get(unknown.id).input_usd_per_million == Decimal(0)


@pytest.mark.parametrize("fact", ["context_tokens", "max_output_tokens"])
@pytest.mark.parametrize("told", [0, "0", -1, "-5", "128k", "1.5", 1.5, "", "NaN", True, 10**12, "١٢"])
def test_what_is_no_number_of_tokens_is_refused_in_a_sentence(models, unknown, fact, told):
    refused(models, unknown, fact, told)


@pytest.mark.parametrize("fact", PRICES)
@pytest.mark.parametrize(
    "told", [-1, "-0.01", "12 $", "$12", "NaN", float("nan"), "inf", "", "1,25", True, "1e9", "1e-9"]
)
def test_what_is_no_price_is_refused_in_a_sentence(models, unknown, fact, told):
    refused(models, unknown, fact, told)


@pytest.mark.parametrize(
    ("fact", "told"), [("deprecated_on", "soon"), ("deprecated_on", "2026-02-30"), ("tools", "yes"), ("pdf", 1)]
)
def test_what_is_no_day_or_answer_is_refused_in_a_sentence(models, unknown, fact, told):
    refused(models, unknown, fact, told)


def refused(models: Models, model: Model, fact: str, told: object) -> None:
    with pytest.raises(InvalidInputError) as raised:
        models.correct(model.id, {"reasoning": True, fact: told})
    assert raised.value.remedy
    assert models.get(model.id) == model  # nothing of it was kept


def test_what_is_no_fact_and_nothing_at_all_are_refused(models, unknown):
    for told in ({"name": "x"}, {}):
        with pytest.raises(InvalidInputError):
            models.correct(unknown.id, told)
    with pytest.raises(ModelMissingError):
        models.correct("mine/gone", {"tools": True})


def test_a_model_on_this_machine_stays_free_and_is_sent_no_pictures(models, tmp_path):
    file = tmp_path / "m.gguf"
    file.write_bytes(gguf())
    local = models.add_file(file)
    for fact, told in (("sees", True), ("input_usd_per_million", 1)):
        with pytest.raises(InvalidInputError):
            models.correct(local.id, {fact: told})
    models.correct(local.id, {"context_tokens": 1024, "sees": None})
    assert models.file(local).context_tokens == 1024


@given(
    said=st.dictionaries(st.sampled_from(["context_tokens", "max_output_tokens"]), st.integers(1, 10**9), min_size=1),
    price=st.decimals(0, 10**6, places=6, allow_nan=False),
)
def test_what_is_accepted_is_kept_as_it_was_given(said, price):
    for given_ in (said, {name: str(value) for name, value in said.items()}):
        assert corrections.clean(given_, local=False) == said
    assert corrections.clean({"input_usd_per_million": str(price)}, local=False)["input_usd_per_million"] == price
