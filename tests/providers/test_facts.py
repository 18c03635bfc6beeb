"""What is known of models without asking anybody, beside litellm's own arithmetic."""

import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.providers import facts, library
from workbench.providers.prices import Prices, Rate
from workbench.providers.records import Facts

OPENAI = "https://api.openai.com/v1"
ANTHROPIC = "https://api.anthropic.com"
GEMINI = "https://generativelanguage.googleapis.com/v1beta"
PRICED = {
    "gpt-4o": ("openai", OPENAI),
    "gpt-5-mini": ("openai", OPENAI),
    "claude-sonnet-4-5": ("anthropic", ANTHROPIC),
    "gemini-2.5-flash": ("gemini", GEMINI),
    "gemini-2.5-pro": ("gemini", GEMINI),
    "mistral-large-latest": ("mistral", "https://api.mistral.ai/v1"),
    "openai/gpt-oss-120b": ("groq", "https://api.groq.com/openai/v1"),
}


def test_the_context_window_is_known_offline_or_unknown() -> None:
    assert facts.known("gpt-4o", OPENAI).context_tokens == 128_000
    assert facts.known("claude-sonnet-4-5", ANTHROPIC).context_tokens == 200_000
    assert facts.known("gemini-2.5-flash", GEMINI).context_tokens == 1_048_576
    assert facts.known("openai/gpt-oss-120b", "https://api.groq.com/openai/v1").context_tokens == 131_072


@pytest.mark.parametrize(("name", "base_url"), [("no-such-model", OPENAI), ("gpt-4o", "http://127.0.0.1:8000/v1")])
def test_of_a_model_that_nobody_knows_nothing_is_made_up(name: str, base_url: str) -> None:
    assert facts.known(name, base_url) == Facts()


def test_what_a_model_can_do_is_known_offline() -> None:
    known = facts.known("gpt-4o", OPENAI)
    assert (known.sees, known.tools, known.pdf, known.max_output_tokens) == (True, True, True, 16_384)
    assert known.reasoning is None
    assert facts.known("claude-sonnet-4-5", ANTHROPIC).reasoning is True


@pytest.mark.parametrize(
    ("name", "base_url", "takes"),
    [
        ("o3", OPENAI, False),
        ("gpt-5-mini", OPENAI, False),
        ("gpt-5.1", OPENAI, True),  # it reasons only where it is told to
        ("gpt-5-chat-latest", OPENAI, None),
        ("gpt-4o", OPENAI, None),
        ("claude-opus-4-7", ANTHROPIC, False),
        ("claude-sonnet-4-5", ANTHROPIC, None),
        ("gemini-3.7-flash", GEMINI, False),
        ("gemini-2.5-flash", GEMINI, None),
        ("openai/o3", "https://openrouter.ai/api/v1", False),
        ("gpt-5-mini", "https://gateway.internal/v1", False),
        ("o3-of-my-own", "http://127.0.0.1:8000/v1", None),
        ("no-such-model", OPENAI, None),
    ],
)
def test_whether_a_model_takes_a_temperature_is_known_offline(name: str, base_url: str, takes: bool | None) -> None:
    assert facts.known(name, base_url).temperature is takes


def test_no_temperature_is_sent_where_litellm_would_send_none() -> None:
    litellm = library.load()
    served = {"openai": OPENAI, "anthropic": ANTHROPIC}
    models = [
        (name, told["litellm_provider"])
        for name, told in litellm.model_cost.items()
        if told.get("litellm_provider") in served and told.get("mode") == "chat" and "/" not in name
    ]

    def leaves_out(name: str, maker: str) -> bool:
        options = litellm.utils.get_optional_params(
            model=name, custom_llm_provider=maker, temperature=0.2, drop_params=True
        )
        return "temperature" not in options

    theirs = [name for name, maker in models if leaves_out(name, maker)]
    ours = [name for name, maker in models if facts.known(name, served[maker]).temperature is False]
    assert ours == theirs
    assert len(theirs) > 20


def test_prices_are_those_of_the_map_for_a_million_tokens_and_exact() -> None:
    known = facts.known("gpt-4o", OPENAI)
    prices = (known.input_usd_per_million, known.cached_usd_per_million, known.output_usd_per_million)
    assert prices == (Decimal("2.5"), Decimal("1.25"), Decimal(10))
    assert str(known.output_usd_per_million) == "10"
    assert re.fullmatch(r"litellm [0-9.]+\S*", facts.source())


def test_the_day_on_which_a_model_ends_is_a_date_where_it_is_known() -> None:
    assert isinstance(facts.known("claude-sonnet-4-5", ANTHROPIC).deprecated_on, date)
    assert facts.known("gpt-4o", OPENAI).deprecated_on is None


@pytest.mark.parametrize("name", PRICED)
@settings(deadline=None)
@given(read=st.integers(0, 1_000_000), written=st.integers(0, 100_000), share=st.floats(0, 1))
def test_a_reply_costs_what_litellm_says(name: str, read: int, written: int, share: float) -> None:
    provider, base_url = PRICED[name]
    cached = int(read * share)
    known = facts.prices(name, base_url)
    assert known is not None
    details = {"cached_tokens": cached}
    usage = {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
    litellm = library.load()
    told = litellm.cost_per_token(
        model=name,
        custom_llm_provider=provider,
        usage_object=litellm.Usage(**usage, prompt_tokens_details=details, cache_read_input_tokens=cached),
    )
    assert float(known.cost_usd(read=read, written=written, cached=cached)) == pytest.approx(sum(told), abs=1e-9)


@pytest.mark.parametrize(
    ("name", "base_url"),
    [
        ("no-such-model", OPENAI),
        ("gpt-4o", "http://127.0.0.1:8000/v1"),
        ("gemma-3-27b-it", GEMINI),  # 0 in the map
        ("sonar-deep-research", "https://api.perplexity.ai"),  # what it thinks has another price
    ],
)
def test_a_price_that_is_not_known_is_not_0(name: str, base_url: str) -> None:
    assert facts.prices(name, base_url) is None


def test_costs_are_exact_and_a_large_request_has_one_rate() -> None:
    small = Rate(read_usd=Decimal("0.1"), cached_usd=Decimal("0.01"), written_usd=Decimal("0.3"))
    large = Rate(above_tokens=10, read_usd=Decimal("0.2"), cached_usd=Decimal("0.02"), written_usd=Decimal("0.6"))
    prices = Prices(rates=(small, large))
    assert prices.cost_usd(read=3, written=3) == Decimal("1.2")
    assert prices.cost_usd(read=10, written=0, cached=4) == Decimal("0.64")
    assert prices.cost_usd(read=11, written=1, cached=1) == Decimal("2.62")
    assert prices.cost_usd(read=2, written=0, cached=5) == Decimal("0.02")
    assert prices.cost_usd(read=0, written=0) == 0
