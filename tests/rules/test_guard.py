import pytest

from tests.rules.made import rules_of
from workbench.conversations.service import Conversations
from workbench.errors import RuleAskError, RuleBlockedError, StoreError
from workbench.events import Changes
from workbench.experiences.service import Experiences
from workbench.providers.records import ChatRequest, Finished, Model, ReasoningDelta, TextDelta, ToolCall, Turn
from workbench.rules.guard import Guard

MODEL = Model(id="far/a", name="a", provider="far", kind="openai")


@pytest.fixture
def rules(database):
    changes = Changes()
    made = rules_of(database, Experiences(database, changes), Conversations(database, changes))
    for rule in made.list().rules:
        made.delete(rule.id)
    return made


def screen(rules, *turns, allowed=()):
    request = ChatRequest(model=MODEL, turns=turns or (Turn(role="user", text="Why?"),))
    where = {"experience_id": None, "conversation_id": None, "message_id": None}
    return Guard(rules).screen(request, **where, allowed=tuple(allowed))


def shown(by, *events):
    return [each for event in events for each in by.shown(event)]


def test_without_a_rule_that_acts_everything_goes_as_it_is(rules):
    rules.add("risky", action="warn")

    assert Guard(rules).is_idle
    assert screen(rules) is None


def test_text_and_what_is_thought_aloud_are_held_back_apart(rules):
    rules.add("personal", words=("email",))
    by = screen(rules)

    events = shown(
        by,
        ReasoningDelta(text="ask jane@exa"),
        TextDelta(text="Write to jane@"),
        ReasoningDelta(text="mple.org then"),
        TextDelta(text="example.org."),
        Finished(reason="stop"),
    )

    said = "".join(each.text for each in events if isinstance(each, TextDelta))
    thought = "".join(each.text for each in events if isinstance(each, ReasoningDelta))
    assert said == "Write to [removed: e-mail address]."
    assert thought == "ask [removed: e-mail address] then"
    assert isinstance(events[-1], Finished)
    by.keep()
    assert {(one.part, one.taken) for one in rules.firings()} == {
        ("text", "jane@example.org"),
        ("reasoning", "jane@example.org"),
    }


def test_what_is_held_back_is_not_shown_where_the_answer_is_cut(rules):
    rules.add("personal", words=("email",))

    assert shown(screen(rules), TextDelta(text="Write to jane@exa")) == [TextDelta(text="Write to ")]


def test_a_call_of_a_tool_goes_through_the_rules_and_one_that_is_not_allowed_is_only_named(rules):
    rules.add("personal", words=("email",))
    rules.add("tools", words=("search",))
    by = screen(rules)

    events = shown(
        by,
        TextDelta(text="I call"),
        ToolCall(name="search", arguments='{"for": "jane@example.org"}'),
        ToolCall(name="shell", arguments='{"run": "rm"}'),
        Finished(reason="stop"),
    )

    assert "".join(each.text for each in events if isinstance(each, TextDelta)) == "I call[removed: a call of a tool]"
    assert [each for each in events if isinstance(each, ToolCall)] == [
        ToolCall(name="search", arguments='{"for": "[removed: e-mail address]"}')
    ]
    by.keep()
    assert {one.taken for one in rules.firings()} == {"jane@example.org", '{"run": "rm"}'}


def test_a_block_ends_the_answer_before_what_was_found_and_before_its_end(rules):
    rules.add("words", words=("stop here",), action="block", name="End")
    by = screen(rules)
    assert shown(by, TextDelta(text="Go on, ")) == [TextDelta(text="Go on, ")]
    assert shown(by, TextDelta(text="stop")) == []
    with pytest.raises(RuleBlockedError, match="'End'"):
        shown(by, TextDelta(text=" here and"))
    with pytest.raises(RuleBlockedError):
        shown(by, Finished(reason="stop"))


def test_the_last_question_is_refused_and_what_was_said_before_is_taken_out(rules):
    asks = rules.add("words", words=("basalt",), action="ask")
    rules.add("secrets")
    before = (
        Turn(role="system", text="Never say basalt."),
        Turn(role="user", text="on basalt"),
        Turn(role="assistant", text="basalt is a stone"),
    )

    with pytest.raises(RuleAskError):
        screen(rules, *before, Turn(role="user", text="basalt?"))

    sent = screen(rules, *before, Turn(role="user", text="and now?")).request.turns
    assert [turn.text for turn in sent] == [
        "Never say basalt.",
        "on [removed: word]",
        "[removed: word] is a stone",
        "and now?",
    ]
    assert (
        screen(rules, *before, Turn(role="user", text="basalt?"), allowed=[asks.id]).request.turns[3].text == "basalt?"
    )


def test_an_answer_is_not_lost_where_what_was_found_cannot_be_written_down(rules, monkeypatch, caplog):
    rules.add("words", words=("cat",))
    by = screen(rules)
    shown(by, TextDelta(text="a cat."), Finished(reason="stop"))

    def full(*_, **__):
        raise StoreError("There is no room.")

    monkeypatch.setattr(rules, "record", full)
    by.keep()

    assert "could not be written down: store" in caplog.text
