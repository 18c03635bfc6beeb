from hypothesis import given
from hypothesis import strategies as st

from workbench.providers.rests import FAILURES, FIRST_S, LONGEST_S, Rests


def fail(rests: Rests, id: str, at: float, times: int = FAILURES) -> None:
    for _ in range(times):
        rests.failed(id, "provider_unavailable", at)


def test_a_model_that_fails_again_and_again_comes_after_the_others_for_a_while():
    rests = Rests()
    fail(rests, "a", 100, FAILURES - 1)
    assert rests.order(["a", "b"], 100) == ("a", "b")
    rests.failed("a", "stream_cut", 110)
    assert rests.order(["a", "b"], 110) == ("b", "a")
    assert rests.why("a", 110) == "stream_cut"
    assert rests.order(["a", "b"], 110 + FIRST_S) == ("a", "b")
    assert rests.why("a", 110 + FIRST_S) is None


def test_failures_far_apart_are_no_reason_to_rest():
    rests = Rests()
    for at in range(0, 600, 60):
        rests.failed("a", "provider_unavailable", at)
        assert rests.order(["a", "b"], at) == ("a", "b")


def test_each_rest_is_twice_as_long_up_to_five_minutes_and_an_answer_ends_all():
    rests, at, lengths = Rests(), 0.0, []
    for _ in range(6):
        fail(rests, "a", at)
        length = next(s for s in range(1, 1000) if rests.why("a", at + s) is None)
        lengths.append(length)
        at += length
    assert lengths == [30, 60, 120, 240, LONGEST_S, LONGEST_S]
    fail(rests, "a", at)
    rests.worked("a")
    assert rests.order(["a", "b"], at) == ("a", "b")
    fail(rests, "a", at)
    assert rests.why("a", at + FIRST_S) is None


def test_a_model_that_asks_to_wait_rests_as_long_as_it_asks():
    rests = Rests()
    rests.failed("a", "rate_limited", 0, retry_after_s=70)
    assert rests.order(["a", "b"], 69) == ("b", "a")
    assert rests.order(["a", "b"], 70) == ("a", "b")


def test_a_model_that_fails_on_rests_although_it_asks_for_no_wait():
    rests = Rests()
    for at in range(3):
        rests.failed("a", "provider_unavailable", at, retry_after_s=0)
    assert rests.why("a", 3) == "provider_unavailable"


def test_a_model_that_kept_somebody_waiting_rests_after_the_first_time():
    rests = Rests()
    rests.failed("a", "stream_stalled", 300, kept_waiting=True)
    assert rests.order(["a", "b"], 300) == ("b", "a")
    assert rests.why("a", 300 + FIRST_S) is None


def test_where_all_rest_the_one_with_the_shortest_rest_is_first():
    rests = Rests()
    rests.failed("a", "rate_limited", 0, retry_after_s=70)
    rests.failed("b", "rate_limited", 0, retry_after_s=20)
    assert rests.order(["a", "b"], 10) == ("b", "a")


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 500), st.one_of(st.none(), st.floats(0, 1e4)))),
    st.permutations("abc"),
)
def test_nobody_is_ever_left_out_or_asked_twice(failures, ids):
    rests, at = Rests(), 0.0
    for id, gap, retry_after_s in failures:
        at += gap
        rests.failed(id, "provider_unavailable", at, retry_after_s=retry_after_s)
        assert sorted(rests.order(ids, at)) == sorted(ids)
