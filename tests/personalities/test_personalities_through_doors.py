"""Personalities through the client, the command line and what a model is sent, over a real owner."""

import json

import pytest

from tests.cli.conftest import Run, run  # noqa: F401  (a fixture)
from tests.conftest import add_model
from workbench.client import Workbench
from workbench.client.records import Delta
from workbench.errors import InvalidInputError, NotFoundError


@pytest.fixture
def recall(bench, provider):
    """A model that says everything it was told, with by whom."""
    return add_model(bench, provider, "recall")


@pytest.fixture
def physics(bench, recall):
    return bench.experiences.create("Physics", model=recall.id)


def asked(bench: Workbench, conversation_id: str, text: str = "Why?", **given):
    turn = bench.conversations.send(conversation_id, text, **given)
    list(bench.conversations.stream(turn.reply.id))
    return bench.conversations.message(turn.reply.id)


def test_it_shapes_every_reply_of_its_experience_which_says_so(bench, physics):
    plain = physics.ask("Why?")
    assert (plain.text.strip(), plain.message.personality) == ("user: Why?", None)
    tutor = bench.personalities.create("Tutor", tone="warm")
    bench.personalities.use("tutor", "Physics")
    first = physics.ask("And then?")
    assert first.text.startswith("system: Tone: warm. user: Why?")
    assert (first.message.personality.name, first.message.personality.version) == ("Tutor", 1)
    bench.personalities.update(tutor.id, tone="dry", name="Teacher")
    second = physics.ask("And now?")
    assert second.text.startswith("system: Tone: dry. user:")
    assert bench.conversations.message(first.message.id).personality == first.message.personality
    again = bench.conversations.retry(first.message.id)
    list(bench.conversations.stream(again.id))
    assert bench.conversations.message(again.id).personality.version == 2
    rows = bench.sql("SELECT personality, personality_version FROM messages WHERE author = 'assistant' ORDER BY id")
    assert rows.rows() == [(None, None), ("Tutor", 1), ("Teacher", 2), ("Teacher", 2)]


def test_a_conversation_can_have_its_own_or_none(bench, physics):
    bench.personalities.create("Tutor", tone="warm")
    bench.personalities.create("Critic", tone="sharp")
    bench.personalities.use("Tutor", "Physics")
    conversation = bench.conversations.create(physics.id)
    for name, told in (("Critic", "system: Tone: sharp. "), ("none", ""), (None, "system: Tone: warm. ")):
        bench.personalities.use_in_conversation(name, conversation.id)
        assert asked(bench, conversation.id, parent_id=None).text.strip() == f"{told}user: Why?"


def test_a_reply_that_goes_on_is_shaped_too_and_a_comparison_is(bench, provider, physics):
    bench.personalities.create("Tutor", tone="warm")
    bench.personalities.use("Tutor", "Physics")
    models = [add_model(bench, provider, "recall").id, add_model(bench, provider, "paced-2-0").id]
    conversation = bench.conversations.create(physics.id)
    turn = bench.conversations.send(conversation.id, "Why?", models=models)
    for each in turn.replies:
        list(bench.conversations.stream(each.id))
    assert {bench.conversations.message(each.id).personality.name for each in turn.replies} == {"Tutor"}
    cut = asked(bench, conversation.id, "Go", model=add_model(bench, provider, "cut-5").id)
    bench.personalities.update(bench.personalities["Tutor"].id, tone="dry")
    bench.conversations.resume(cut.id)
    list(bench.conversations.stream(cut.id))
    assert bench.conversations.message(cut.id).personality.version == 2


def test_an_estimate_counts_the_instruction(bench, physics):
    before = physics.estimate("Why?").input_tokens_high
    bench.personalities.create("Tutor", role="a tutor " * 200)
    bench.personalities.use("Tutor", "Physics")
    in_experience = bench.experiences.estimate(physics.id, "Why?")
    conversation = bench.conversations.create(physics.id)
    in_conversation = bench.conversations.estimate(conversation.id, "Why?")
    assert in_experience.input_tokens_high > before + 300
    assert in_conversation.input_tokens_high == in_experience.input_tokens_high


def test_what_is_in_the_trash_or_unknown_shapes_nothing_and_is_not_taken(bench, physics):
    tutor = bench.personalities.create("Tutor", tone="warm")
    bench.personalities.use("Tutor", "Physics")
    bench.personalities.delete(tutor.id)
    assert physics.ask("Why?").text.strip() == "user: Why?"
    bench.personalities.restore(tutor.id)
    assert physics.ask("Why?", new=True).text.strip() == "system: Tone: warm. user: Why?"
    bench.personalities.delete(tutor.id)
    with pytest.raises(InvalidInputError, match="in the trash"):
        bench.experiences.create("Chemistry", personality=tutor.id)
    with pytest.raises(NotFoundError, match="no personality"):
        bench.experiences.update(physics.id, personality="0192f0c0-0000-7000-8000-000000000001")
    assert [each.name for each in bench.experiences.list()] == ["Physics"]


def test_a_preview_is_asked_and_not_kept(bench, physics):
    bench.budgets.set(20)
    messages = bench.status().rows["messages"]
    ended = bench.personalities.preview("Why?", experience="Physics", tone="warm")
    assert (ended.status, ended.text.strip()) == ("complete", "system: Tone: warm. user: Why?")
    assert bench.status().rows["messages"] == messages
    calls = bench.sql("SELECT purpose, message_id, experience FROM calls ORDER BY id DESC LIMIT 1").rows()
    assert calls == [("preview", None, "Physics")]
    begun = bench.personalities.begin_preview("Again?", experience="Physics", tone="dry")
    pieces = [event.text for event in bench.personalities.stream_preview(begun.id) if isinstance(event, Delta)]
    assert "".join(pieces).strip() in ("", "system: Tone: dry. user: Again?")
    assert [event.message.text.strip() for event in bench.personalities.stream_preview(begun.id)] == [
        "system: Tone: dry. user: Again?"
    ] * 2


def test_a_preview_can_be_stopped_and_one_that_fails_says_why(bench, provider):
    slow = add_model(bench, provider, "stall-5").id
    begun = bench.personalities.begin_preview("Why?", model=slow, tone="warm")
    assert bench.personalities.stop_preview(begun.id).status == "stopped"
    failed = bench.personalities.preview("Why?", model=add_model(bench, provider, "scold").id)
    assert (failed.status, bool(failed.fault.message)) == ("failed", True)
    with pytest.raises(InvalidInputError, match="no question"):
        bench.transport.post("/previews", dict, {"turns": []})
    with pytest.raises(NotFoundError, match="gone"):
        bench.personalities.stop_preview("0192f0c0-0000-7000-8000-000000000001")


def test_the_command_line_makes_changes_compares_and_uses_one(bench, physics, run: Run):  # noqa: F811
    assert "No personalities yet." in run("personalities", "list").output
    assert "patient-tutor" in run("personalities", "templates").output
    said = run("personalities", "create", "--template", "patient-tutor")
    assert said.output.startswith("Made the personality 'Patient tutor'.")
    run("personalities", "set", "patient tutor", "--tone", "dry", "--clear", "examples", "--note", "Shorter")
    shown = run("personalities", "show", "Patient tutor").output
    assert shown.startswith("Patient tutor (version 2)")
    assert "Tone: dry." in shown
    found = run("personalities", "diff", "Patient tutor", "1").output
    assert "- warm, without flattery" in found
    assert "+ dry" in found
    assert "Shorter" in run("personalities", "versions", "Patient tutor").output
    back = run("personalities", "roll-back", "Patient tutor", "1").output
    assert back == "'Patient tutor' is what it was in version 1; that is version 3 now.\n"
    used = run("personalities", "use", "Patient tutor", "-e", "Physics").output
    assert used == "'Patient tutor' shapes the replies in 'Physics' from now on.\n"
    reply = json.loads(run("ask", "Why?", "-e", "Physics", "--json").output)
    assert reply["personality"]["version"] == 3
    assert "You are a tutor" in reply["text"]
    previewed = run("personalities", "preview", "concise-expert", "Why?", "-e", "Physics").output
    assert "answers other experts" in previewed
    bench.conversations.rate(reply["id"], "up")
    assert run("personalities", "figures", "Patient tutor").output.split()[-5:] == ["3", "1", "1", "0", "unknown"]
    assert run("personalities", "use", "none", "-e", "Physics").exit_code == 0
    assert bench.experiences.find("Physics").personality is None
    assert "is in the trash" in run("personalities", "delete", "Patient tutor").output
    assert run("personalities", "restore", "Patient tutor").output == "'Patient tutor' is active.\n"


def test_mistakes_on_the_command_line_are_named(bench, run: Run):  # noqa: F811
    run("personalities", "create", "Tutor")
    for mistaken, code, told in (
        (("show", "Tutro"), 3, "Did you mean 'Tutor'?"),
        (("create", "Tutor"), 2, "already a personality called 'Tutor'"),
        (("use", "Tutor"), 2, "Choose --experience or --conversation."),
        (("diff", "Tutor", "7"), 3, "no version 7"),
        (("create", "Other", "--template", "nonsense"), 3, "no template 'nonsense'"),
    ):
        said = run("personalities", *mistaken)
        assert (said.exit_code, told in said.stderr) == (code, True), said.stderr
