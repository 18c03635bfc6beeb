import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench import errors
from workbench.errors import (
    AddressWrongError,
    ContextTooLongError,
    NetworkMissingError,
    ProviderError,
    ProviderUnavailableError,
    RateLimitedError,
    RequestRefusedError,
    StreamCutError,
)
from workbench.providers import attempts
from workbench.providers.attempts import LONGEST_WAIT_S, MOST_ATTEMPTS, WITHIN_S, may_help, wait_s
from workbench.providers.records import Model

BUSY = ProviderUnavailableError("HTTP 503")
KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, ProviderError)]
PASSING = {RateLimitedError, ProviderUnavailableError, NetworkMissingError, AddressWrongError, StreamCutError}


def model(window: int | None) -> Model:
    return Model(id=f"far/{window}", name="m", provider="far", kind="openai", context_tokens=window)


def test_waits_grow_and_end():
    waits = [wait_s(BUSY, attempt=n, elapsed_s=0, jitter=0.5) for n in range(1, MOST_ATTEMPTS + 1)]
    assert waits == [1, 2, 4, None]


def test_a_provider_that_says_how_long_is_given_as_long_and_a_long_wait_is_nobodys():
    assert wait_s(RateLimitedError("", retry_after_s=7), attempt=1, elapsed_s=0, jitter=0) == 7
    assert wait_s(RateLimitedError("", retry_after_s=21), attempt=1, elapsed_s=0, jitter=0) is None
    assert wait_s(RateLimitedError(""), attempt=1, elapsed_s=0, jitter=0.5) == 1
    assert wait_s(ProviderUnavailableError("", retry_after_s=7), attempt=1, elapsed_s=0, jitter=0) == 7
    assert wait_s(ProviderUnavailableError("", retry_after_s=21), attempt=1, elapsed_s=0, jitter=0) is None


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_only_what_may_pass_by_itself_is_waited_for(kind):
    waited = wait_s(kind("It failed."), attempt=1, elapsed_s=0, jitter=0) is not None
    assert waited == (kind in PASSING)


def test_what_has_to_be_set_right_first_is_not_waited_for():
    wrong = ProviderUnavailableError("This is a web page.", retryable=False)
    assert wait_s(wrong, attempt=1, elapsed_s=0, jitter=0) is None
    assert may_help(wrong, model(None), model(None))


@given(
    st.one_of(st.none(), st.floats(0, 1e6)),
    st.integers(1, 20),
    st.floats(0, 1e6),
    st.floats(0, 1),
)
def test_no_wait_is_too_long_and_all_of_them_have_an_end(retry_after_s, attempt, elapsed_s, jitter):
    found = wait_s(
        RateLimitedError("", retry_after_s=retry_after_s), attempt=attempt, elapsed_s=elapsed_s, jitter=jitter
    )
    if found is not None:
        assert attempt < MOST_ATTEMPTS
        assert (retry_after_s or 0) <= found <= LONGEST_WAIT_S
        assert elapsed_s + found <= WITHIN_S


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_another_model_may_help_but_for_a_request_that_was_declined(kind):
    helps = may_help(kind("It failed."), model(8_000), model(128_000))
    assert helps == (kind is not RequestRefusedError)


@pytest.mark.parametrize(
    ("asked", "other", "helps"),
    [(8_000, 8_000, False), (8_000, None, True), (128_000, None, False), (None, 64_000, True)],
)
def test_a_conversation_that_is_too_long_goes_to_a_larger_window_only(asked, other, helps):
    assert may_help(ContextTooLongError("Too long."), model(asked), model(other)) == helps


def test_a_model_whose_window_is_unknown_is_taken_as_the_chat_takes_it():
    from workbench.chat.context import UNKNOWN_WINDOW_TOKENS

    assert attempts._UNKNOWN_WINDOW_TOKENS == UNKNOWN_WINDOW_TOKENS
