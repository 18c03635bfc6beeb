from datetime import timedelta

import pytest

from workbench.clock import new_id
from workbench.errors import ConflictError, InvalidInputError, NotFoundError, RuleAskError, RuleBlockedError
from workbench.rules.service import Rules

PHYSICS, CHAT = "0198c6f1-7c1e-7a51-9b0e-3f1f0b6a9d01", "0198c6f1-7c1e-7a51-9b0e-3f1f0b6a9d02"


@pytest.fixture
def put_back():
    return []


@pytest.fixture
def rules(database, put_back):
    def experience(id):
        if id != PHYSICS:
            raise NotFoundError(f"There is no Experience {id!r}.")

    made = Rules(
        database,
        experience=experience,
        experience_of=lambda id: PHYSICS,
        put_back=lambda tx, id, **what: put_back.append((id, what)),
        on_change=lambda *_, **__: None,
    )
    for rule in made.list().rules:
        made.delete(rule.id)
    return made


def names(rules):
    return [one.name for one in rules.list().rules]


def test_a_new_home_warns_of_risky_prompts(database, rules):
    fresh = Rules(
        database, experience=str, experience_of=str, put_back=lambda *_, **__: None, on_change=lambda *_, **__: None
    )
    (risky,) = database.read("SELECT name, kind, action, direction FROM rules")

    assert risky == ("Risky prompts", "risky", "warn", "outgoing")
    assert fresh.list().rules == ()


def test_a_risky_prompt_is_warned_of_with_the_reason(rules):
    rules.add("risky", action="warn")

    said = rules.check(
        ["Can I stop taking my medication?"], experience_id=PHYSICS, conversation_id=CHAT, message_id=new_id()
    )

    assert "ask a doctor" in said
    assert rules.check(["Why is the sky blue?"], experience_id=PHYSICS, conversation_id=CHAT, message_id=new_id()) == ""


def test_rules_are_in_the_order_of_their_scopes_and_of_their_places(rules):
    rules.add("words", words=("c",), name="third", conversation_id=CHAT)
    rules.add("words", words=("b",), name="second", experience_id=PHYSICS)
    rules.add("words", words=("a",), name="first")
    last = rules.add("words", words=("z",), name="first of all")

    assert names(rules) == ["first", "first of all", "second", "third"]
    assert [one.name for one in rules.move(last.id, 0).rules] == ["first of all", "first", "second", "third"]
    assert "strongest" in " ".join(rules.list().order)


def test_a_rule_applies_where_it_is_for_and_nowhere_else(rules):
    rules.add("words", words=("a",), name="home")
    rules.add("words", words=("a",), name="experience", experience_id=PHYSICS)
    rules.add("words", words=("a",), name="conversation", conversation_id=CHAT)
    rules.add("words", words=("a",), name="off", enabled=False)

    assert [one.name for one in rules.applying(None, None)] == ["home"]
    assert [one.name for one in rules.applying(PHYSICS, new_id())] == ["home", "experience"]
    assert [one.name for one in rules.applying(PHYSICS, CHAT)] == ["home", "experience", "conversation"]


def test_a_rule_that_was_changed_elsewhere_is_not_changed(rules):
    made = rules.add("words", words=("cat",))
    changed = rules.change(made.id, {"words": ("dog",), "action": "block"}, revision=made.revision)

    with pytest.raises(ConflictError):
        rules.change(made.id, {"action": "warn"}, revision=made.revision)
    assert (changed.words, changed.action, changed.revision) == (("dog",), "block", 2)


def test_a_deleted_rule_comes_back_with_its_words_and_its_place(rules):
    first, _ = rules.add("words", words=("a",), name="a"), rules.add("words", words=("b",), name="b")
    rules.delete(first.id)
    assert names(rules) == ["b"]

    restored = rules.restore(first.id)

    assert names(rules) == ["a", "b"]
    assert restored.words == ("a",)
    with pytest.raises(NotFoundError):
        rules.restore(first.id)


@pytest.mark.parametrize(
    ("kind", "given", "said"),
    [
        ("words", {}, "needs words"),
        ("topic", {"words": (" ",)}, "needs words"),
        ("pattern", {"text": "a+"}, "repeat without end"),
        ("pattern", {"text": "("}, "is missing"),
        ("secrets", {"words": ("nobody",)}, "no detector 'nobody'"),
        ("length", {}, "from 1 to"),
        ("length", {"most_words": 0}, "from 1 to"),
        ("require", {}, "needs a text"),
        ("language", {"text": " "}, "needs a text"),
        ("nonsense", {}, "is not possible"),
        ("words", {"words": ("x" * 200,)}, "at most"),
        ("words", {"words": ("a",), "experience_id": new_id()}, "no Experience"),
    ],
)
def test_a_rule_that_cannot_be_kept_to_is_refused_with_what_is_wrong(rules, kind, given, said):
    with pytest.raises((InvalidInputError, NotFoundError), match=said):
        rules.add(kind, **given)


def test_a_rule_states_how_much_it_holds_back(rules):
    assert rules.add("pattern", text="INC-[0-9]{4,8}").longest == 12
    assert rules.add("words", words=("New York",)).longest == 10
    assert rules.add("length", most_words=100).longest == 0


def test_trying_says_what_would_be_done_and_keeps_nothing(rules):
    rules.add("personal", words=("email",))
    rules.add("words", words=("basalt",), action="ask", name="Codename")

    tried = rules.try_("Tell jane@example.org of basalt")

    assert tried.text == "Tell [removed: e-mail address] of basalt"
    assert tried.decision == "redact"
    assert "Asked by the rule 'Codename'" in tried.message
    assert rules.try_("nothing").decision is None
    assert rules.try_("of basalt", "incoming").text == "of [removed: word]"
    assert rules.firings() == ()


def test_a_block_refuses_what_is_sent_and_is_written_down(rules):
    rules.add("words", words=("basalt",), action="block", name="Codename")

    with pytest.raises(RuleBlockedError, match="Codename"):
        rules.check(["on basalt"], experience_id=PHYSICS, conversation_id=CHAT, message_id=new_id())

    (fired,) = rules.firings()
    assert (fired.outcome, fired.taken, fired.message_id) == ("blocked", "basalt", None)


def test_a_rule_that_asks_lets_through_what_was_allowed_and_nothing_else(rules):
    one = rules.add("words", words=("basalt",), action="ask")
    two = rules.add("words", words=("cirrus",), action="ask")
    where = {"experience_id": PHYSICS, "conversation_id": CHAT, "message_id": new_id()}

    with pytest.raises(RuleAskError) as asked:
        rules.check(["basalt, cirrus"], **where, allowed=[one.id])

    assert asked.value.rules == (two.id,)
    assert rules.firings() == ()
    assert rules.check(["basalt, cirrus"], **where, allowed=[one.id, two.id]) == ""
    assert {fired.outcome for fired in rules.firings(message_id=where["message_id"])} == {"allowed"}


def test_what_was_found_on_its_way_out_is_written_down_once_for_a_conversation(rules):
    rules.add("words", words=("basalt",))
    for _ in range(2):
        rules.check(["basalt"], experience_id=PHYSICS, conversation_id=CHAT, message_id=new_id())
    rules.check(["basalt"], experience_id=PHYSICS, conversation_id=new_id(), message_id=new_id())

    assert len(rules.firings()) == 2


def test_putting_back_names_the_marker_that_still_stands_and_happens_once(rules, put_back):
    made, message_id = rules.add("personal"), new_id()
    found = rules.try_("a@example.org b@example.org c@example.org", "incoming").found
    rules.record(found, "incoming", PHYSICS, CHAT, message_id)
    third, second, first = rules.firings(rule_id=made.id)

    rules.undo(first.id)
    rules.undo(third.id)

    assert [(what["place"], what["taken"]) for _, what in put_back] == [(0, "a@example.org"), (1, "c@example.org")]
    with pytest.raises(InvalidInputError, match="nothing to put back"):
        rules.undo(first.id)
    assert [one.undone_at is None for one in rules.firings()] == [False, True, False]
    assert second.created_at - first.created_at < timedelta(seconds=1)


def test_a_firing_can_be_reported_as_wrong(rules):
    rules.add("words", words=("basalt",))
    rules.check(["basalt"], experience_id=PHYSICS, conversation_id=CHAT, message_id=new_id())
    (fired,) = rules.firings()

    rules.report(fired.id, "That is a stone.")

    assert rules.firings()[0].reported == "That is a stone."
    with pytest.raises(NotFoundError):
        rules.report(new_id(), "no")


def test_more_than_a_hundred_of_one_reply_are_counted_together(rules):
    rules.add("words", words=("cat",))
    rules.record(rules.try_("cat " * 150, "incoming").found, "incoming", PHYSICS, CHAT, new_id())

    fired = rules.firings(most=1000)
    assert (len(fired), sum(one.count for one in fired)) == (101, 150)


def test_what_is_asked_of_a_reply_becomes_lines_of_its_instruction_and_a_limit(rules):
    rules.add("require", text="name your sources")
    rules.add("forbid", text="give\nmedical advice", experience_id=PHYSICS)
    rules.add("language", text="French")
    rules.add("length", most_words=200)
    rules.add("length", most_words=100, conversation_id=CHAT)
    rules.add("words", words=("cat",))

    assert rules.instruction(PHYSICS).splitlines() == [
        "Keep to these rules in every reply:",
        "- Always: name your sources",
        "- Answer in French, whatever language the question is in.",
        "- Answer in at most 200 words.",
        "- Never: give medical advice",
    ]
    assert rules.most_output_tokens(PHYSICS) == 532
    assert rules.most_output_tokens(PHYSICS, CHAT) == 282
    assert rules.instruction(None).count("\n") == 3


def test_a_home_without_rules_that_act_is_idle(rules):
    rules.add("risky", action="warn")
    rules.add("require", text="be kind")
    assert rules.is_idle

    rules.add("words", words=("cat",))
    assert not rules.is_idle
