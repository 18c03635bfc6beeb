import threading

from workbench.widget.post import PACE_S, Post


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
