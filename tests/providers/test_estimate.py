from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.providers.estimate import Count, ReplyLength, about, dollars, estimate, exactly, usual_reply
from workbench.providers.prices import Prices, Rate
from workbench.providers.records import Model

REMOTE = Model(id="p/m", name="m", provider="p", kind="openai", context_tokens=1_000)
PRICES = Prices(rates=(Rate(read_usd=Decimal("2e-6"), cached_usd=Decimal("1e-6"), written_usd=Decimal("10e-6")),))
REPLY = ReplyLength(low=10, high=100, source="default")
COUNTS = st.integers(0, 10**7)


def test_the_cost_is_from_the_fewest_to_the_most_tokens():
    found = estimate(REMOTE, PRICES, exactly(500), REPLY)
    assert (found.cost_low_usd, found.cost_high_usd) == (Decimal("0.0011"), Decimal("0.002"))
    assert (found.counted, found.window_share) == ("exact", 0.5)


def test_what_was_sent_before_may_cost_less():
    found = estimate(REMOTE, PRICES, exactly(500), REPLY, remembered=400)
    assert (found.cost_low_usd, found.cost_high_usd) == (Decimal("0.0007"), Decimal("0.002"))


def test_an_unknown_price_is_unknown_and_a_local_model_free():
    unknown = estimate(REMOTE, None, exactly(500), REPLY)
    assert (unknown.cost_low_usd, unknown.cost_high_usd) == (None, None)
    assert unknown.lines()[-1] == "What it costs is unknown."
    local = estimate(replace(REMOTE, kind="local"), None, exactly(500), REPLY)
    assert (local.cost_low_usd, local.cost_high_usd) == (0, 0)
    assert local.lines()[-1] == "It costs nothing: the model runs on this machine."


@given(low=COUNTS, more=COUNTS, written=COUNTS, longer=COUNTS, remembered=COUNTS)
def test_the_low_end_is_never_above_the_high_end(low, more, written, longer, remembered):
    sent = Count(low=low, middle=low + more // 2, high=low + more)
    reply = ReplyLength(low=written, high=written + longer, source="default")
    found = estimate(REMOTE, PRICES, sent, reply, remembered=remembered)
    assert 0 <= found.cost_low_usd <= found.cost_high_usd


@given(tokens=st.integers(0, 10**8), percent=st.integers(0, 100))
def test_an_estimate_lies_within_its_range(tokens, percent):
    found = about(Decimal(tokens), Decimal(percent) / 100)
    assert found.low <= found.middle <= found.high
    assert found.is_exact or percent


def test_the_usual_reply_is_no_longer_than_the_model_can_write():
    assert usual_reply(REMOTE).high == 1_000
    assert usual_reply(replace(REMOTE, max_output_tokens=30)) == ReplyLength(low=30, high=30, source="default")


@pytest.mark.parametrize(
    ("amount", "text"),
    [("0", "$0.00"), ("0.0031", "$0.0031"), ("0.00312", "$0.0031"), ("0.25", "$0.25"), ("1234.5", "$1,234.50")],
)
def test_an_amount_is_told_with_what_matters_of_it(amount, text):
    assert dollars(Decimal(amount)) == text
