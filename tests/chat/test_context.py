from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from workbench.chat import context
from workbench.clock import new_id, utc_now
from workbench.conversations.records import Message
from workbench.providers.records import Turn

NOW = utc_now()
QUESTION = Message(
    id=new_id(),
    conversation_id=new_id(),
    experience_id=new_id(),
    author="user",
    text="Why?",
    created_at=NOW,
    updated_at=NOW,
)


def conversation(count: int, length: int = 100) -> tuple[Turn, ...]:
    return tuple(Turn(role="assistant" if n % 2 else "user", text=f"{n} " + "x" * length) for n in range(count))


def test_what_fits_is_sent_whole():
    turns = conversation(5)
    assert context.fit(turns, 4096) == turns


def test_the_latest_turns_are_kept_beginning_with_a_question():
    turns = conversation(41)
    kept = context.fit(turns, 512)
    assert kept == turns[-len(kept) :]
    assert kept[0].role == "user"
    assert len(kept) < len(turns)


def test_a_question_larger_than_the_window_is_still_sent():
    turns = conversation(3, length=100_000)
    assert context.fit(turns, 512) == turns[-1:]


def test_a_reply_that_goes_on_is_sent_with_its_question():
    turns = conversation(2, length=100_000)
    assert context.fit(turns, 512) == turns


def test_empty_replies_are_left_out():
    empty = replace(QUESTION, author="assistant", text="", status="failed")
    assert context.turns([QUESTION, empty, QUESTION]) == (Turn(role="user", text="Why?"),) * 2


@given(st.integers(1, 60), st.integers(0, 2000), st.sampled_from([None, 256, 2048, 128_000]))
def test_it_never_sends_more_than_the_window_once_the_last_question_is_in(count, length, window):
    turns = conversation(count, length)
    kept = context.fit(turns, window)
    budget = (window or context.UNKNOWN_WINDOW_TOKENS) * (1 - context.REPLY_SHARE)
    questions = [t for t in kept if t.role == "user"]
    assert questions
    assert len(kept) <= 2 or sum(map(context.tokens, kept)) <= budget
