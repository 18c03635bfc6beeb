import threading

import pytest

from workbench.widget.post import AT_ONCE, PACE_S, Pace, Post


def test_letters_are_gathered_and_keep_their_order():
    sent = []
    done = threading.Event()

    def send(letters, enclosures):
        sent.append((letters, enclosures))
        if letters[-1].get("number") == 2999:
            done.set()

    post = Post(send)
    for number in range(3000):
        post.put({"number": number}, b"odd" if number % 2 else None)
    assert done.wait(10)
    post.close()
    letters = [letter for together, _ in sent for letter in together]
    assert [letter["number"] for letter in letters] == list(range(3000))
    assert len(sent) < 100
    for together, enclosures in sent:
        assert [letter["enclosed"] for letter in together if "enclosed" in letter] == list(range(len(enclosures)))


def test_a_letter_alone_does_not_wait():
    sent = threading.Event()
    post = Post(lambda *_: sent.set())
    post.put({})
    assert sent.wait(PACE_S * 20)
    post.close()


def test_a_few_letters_go_without_a_pause_and_many_at_a_pace():
    pace, now = Pace(), 100.0
    assert [pace.rest_s(now) for _ in range(AT_ONCE)] == pytest.approx([0.0] * AT_ONCE)
    for _ in range(1000):
        now += pace.rest_s(now)
    assert now - 100.0 == pytest.approx(1000 * PACE_S)


def test_a_quiet_time_earns_no_more_than_a_few():
    pace = Pace()
    for _ in range(100):
        pace.rest_s(100.0)
    rests = [pace.rest_s(200.0) for _ in range(AT_ONCE + 3)]
    assert rests == pytest.approx([0.0] * AT_ONCE + [PACE_S, 2 * PACE_S, 3 * PACE_S])


def test_slow_letters_never_wait():
    pace = Pace()
    assert [pace.rest_s(number * PACE_S) for number in range(100)] == pytest.approx([0.0] * 100)
