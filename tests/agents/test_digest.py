"""What some days come to, by rules."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from workbench.agents.digest import digest
from workbench.clock import new_id
from workbench.conversations.records import Fault, Message

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
HERE = new_id()


class Talk:
    """A conversation as a list of messages."""

    def __init__(self):
        self.messages = []

    def say(self, author, text, parent=None, **more):
        at = NOW + timedelta(minutes=len(self.messages))
        made = Message(
            id=new_id(), conversation_id=HERE, experience_id=HERE, parent_id=parent and parent.id, author=author,
            text=text, created_at=at, updated_at=at, **more,
        )  # fmt: skip
        self.messages.append(made)
        return made

    def digest(self, **more):
        until = NOW + timedelta(days=1)
        return digest("Physics", self.messages, {HERE: "Sky"}, since=NOW, until=until, **more)


def reason(text, **more):
    talk = Talk()
    asked = talk.say("user", "Why is the sky blue?")
    talk.say("assistant", text, asked, **more)
    return [one.reason for one in talk.digest().open_questions]


def test_a_question_that_was_answered_is_not_open():
    assert reason("Because air scatters blue light. Do you want to know more? Just ask.") == []


@pytest.mark.parametrize(
    ("text", "more", "why"),
    [
        ("Because", {"status": "stopped"}, "Its reply was stopped."),
        ("Because", {"status": "interrupted"}, "Its reply was interrupted."),
        ("", {"status": "failed", "fault": Fault(code="x", message="No key.")}, "Its reply failed: No key."),
        ("I'm not sure about that.", {}, "The reply says that it does not know."),
        ("I don\u2019t know.", {}, "The reply says that it does not know."),
        ("Which sky do you mean?", {}, "The reply ends with a question, and was not answered."),
    ],
)
def test_an_open_question_says_by_which_rule_it_is_one(text, more, why):
    assert reason(text, **more) == [why]


def test_a_question_without_a_reply_is_open_unless_the_reply_came_just_afterwards():
    talk = Talk()
    asked = talk.say("user", "Why?")
    assert [one.reason for one in talk.digest().open_questions] == ["No reply to it was found."]
    other = Talk()
    later = other.say("assistant", "Because.", asked)
    assert talk.digest(later=[later]).open_questions == ()


def test_a_second_try_settles_a_question_and_so_does_another_wording():
    talk = Talk()
    asked = talk.say("user", "Why?")
    talk.say("assistant", "", asked, status="failed")
    talk.say("assistant", "Because.", asked)
    assert talk.digest().open_questions == ()
    talk = Talk()
    first = talk.say("user", "Wy is the sky blue?")
    talk.say("assistant", "What", first, status="stopped")
    second = talk.say("user", "Why is the sky blue?")
    talk.say("assistant", "Because.", second)
    assert talk.digest().open_questions == ()


def test_a_question_that_was_asked_back_and_answered_is_not_open():
    talk = Talk()
    asked = talk.say("user", "Why?")
    back = talk.say("assistant", "Why what?", asked)
    more = talk.say("user", "Why is the sky blue?", back)
    talk.say("assistant", "Because.", more)
    assert talk.digest().open_questions == ()


def test_a_cost_that_is_not_known_is_counted_as_such_and_never_as_nothing():
    talk = Talk()
    for cost in (Decimal("0.25"), Decimal("0.5"), None):
        talk.say("assistant", "x", model="p/m", cost_usd=cost, input_tokens=10, output_tokens=5)
    talk.say("assistant", "x", model="p/free")
    free, paid = sorted(talk.digest().expenses, key=lambda one: one.model)
    assert (paid.cost_usd, paid.of_unknown_cost, paid.replies, paid.input_tokens) == (Decimal("0.75"), 1, 3, 30)
    assert (free.cost_usd, free.of_unknown_cost) == (None, 1)
    assert [row["cost_usd"] for row in talk.digest().by_day] == [None, 0.75]


def test_conversations_have_their_sizes_and_sentences_and_what_was_left_out_is_said():
    talk = Talk()
    asked = talk.say("user", "Why is the sky blue on a clear day?")
    talk.say("assistant", "Air scatters blue light more than red light. So the sky looks blue by day.", asked)
    found = talk.digest(left_out=1200)
    (one,) = found.discussed
    assert (one.title, one.questions, one.replies, one.words) == ("Sky", 1, 1, 24)
    assert len(one.key_sentences) == 2
    assert all(any(p.text in m.text for m in talk.messages) for p in found.passages)
    assert "1,200 were left out" in found.remark


def test_nothing_comes_of_no_messages():
    found = Talk().digest()
    assert (found.discussed, found.passages, found.open_questions, found.expenses, found.remark) == ((), (), (), (), "")
