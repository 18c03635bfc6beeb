"""Prompts through the client, the command line and what a model is sent, over a real owner."""

import json

import pytest

from tests.cli.conftest import Run, run  # noqa: F401  (a fixture)
from tests.conftest import add_model
from workbench.errors import ConflictError, InvalidInputError, NotFoundError
from workbench.prompts.records import Variable


@pytest.fixture
def physics(bench, provider):
    """An Experience whose model says everything it was told, with by whom."""
    return bench.experiences.create("Physics", model=add_model(bench, provider, "recall").id)


def test_a_prompt_is_made_filled_in_and_asked(bench, physics):
    made = bench.prompts.create("why", text="Why is {{ thing }} {{ colour }}?", tags=["test"])
    assert [each.name for each in made.variables] == ["colour", "thing"]
    found = bench.prompts["/why"].render(thing="the sky", colour="blue")
    assert (str(found), found.version) == ("Why is the sky blue?", 1)
    assert physics.ask(found.text).text.strip() == "user: Why is the sky blue?"
    with pytest.raises(InvalidInputError, match="'thing' is not filled in"):
        bench.prompts["why"].render(colour="blue")
    with pytest.raises(NotFoundError, match=r"'wyh'.* Did you mean 'why'\?"):
        bench.prompts["wyh"]
    assert bench.prompts.list(tag="test", words="colour")[0].name == "why"
    assert "why" in bench.prompts._repr_html_()


def test_as_a_system_prompt_it_stands_behind_the_personality_and_the_reply_names_both(bench, physics):
    made = bench.prompts.create("brief", text="Answer in {{ language }}.", use="system")
    bench.prompts.use("brief", "Physics", language="Latin")
    bench.personalities.create("Tutor", tone="warm")
    bench.personalities.use("Tutor", "Physics")
    first = physics.ask("Why?")
    assert " ".join(first.text.split()) == "system: Tone: warm. Answer in Latin. user: Why?"
    by = first.message.prompt
    assert (by.id, by.name, by.version) == (made.id, "brief", 1)
    bench.prompts.update(made.id, text="Reply in {{ language }}.")
    assert physics.ask("And?").message.prompt.version == 2
    bench.conversations.rate(first.message.id, "up")
    assert [(each.version, each.replies, each.up) for each in bench.prompts.figures("brief")] == [(2, 1, 0), (1, 1, 1)]
    rows = bench.sql("SELECT DISTINCT prompt, prompt_version FROM messages WHERE prompt IS NOT NULL ORDER BY 2")
    assert rows.rows() == [("brief", 1), ("brief", 2)]


def test_a_conversation_can_have_its_own_system_prompt_or_none(bench, physics):
    bench.prompts.create("one", text="One {{ x }}.")
    bench.prompts.create("two", text="Two.")
    bench.prompts.use("one", "Physics", x=1)
    conversation = bench.conversations.create(physics.id)
    for name, told in (("two", "system: Two. "), ("none", ""), (None, "system: One 1. ")):
        bench.prompts.use_in_conversation(name, conversation.id)
        turn = bench.conversations.send(conversation.id, "Why?", parent_id=None)
        list(bench.conversations.stream(turn.reply.id))
        assert bench.conversations.message(turn.reply.id).text.strip() == f"{told}user: Why?"


def test_a_system_prompt_is_used_only_with_all_its_values(bench, physics):
    made = bench.prompts.create("topic", text="About {{ topic }}.")
    with pytest.raises(InvalidInputError, match="'topic' is not filled in"):
        bench.prompts.use("topic", "Physics")
    with pytest.raises(InvalidInputError, match="no variable 'topik'"):
        bench.prompts.use("topic", "Physics", topik="heat")
    bench.prompts.use("topic", "Physics", topic="heat")
    bench.prompts.update(made.id, text="About {{ topic }} for {{ reader }}.")
    with pytest.raises(InvalidInputError, match=r"system prompt cannot be used\. The variable 'reader'"):
        physics.ask("Why?")
    bench.prompts.delete(made.id)
    assert physics.ask("Why?").text.strip() == "user: Why?"
    with pytest.raises(InvalidInputError, match="in the trash"):
        bench.prompts.use(made.id, "Physics", topic="x")


def test_two_windows_and_two_versions(bench):
    made = bench.prompts.create("a", text="x")
    bench.prompts.update(made.id, text="y", note="Shorter", revision=1)
    with pytest.raises(ConflictError, match="changed elsewhere"):
        bench.prompts.update(made.id, text="z", revision=1)
    assert [each.note for each in bench.prompts.versions("a")] == ["Shorter", ""]
    assert str(bench.prompts.difference("a", 1, 2)) == "text:\n  - x\n  + y"
    assert bench.prompts.roll_back("a", 1).text == "x"
    assert bench.prompts.duplicate("a").name == "a-2"
    assert bench.prompts.restore(bench.prompts.delete(made.id).id).name == "a"


def test_what_is_being_written_is_linted_and_previewed(bench, physics):
    model = bench.models.list()[0].id
    bench.models.correct(model, context_tokens=2_000)
    found = bench.prompts.lint("Always quote. Never quote. {{ x }}" + " y" * 1_000, model=model)
    assert [(each.code, each.column) for each in found.findings] == [
        ("long", 1), ("always_and_never", 15), ("undeclared", 31),
    ]  # fmt: skip
    key = "sk-ant-api03-" + "aB3xY9qLmN2pR7sT4vW8zK1cD5eF6gH0jU" * 2
    found = bench.prompts.lint(f"Grüße an ada@example.org.\nUse {key}.")
    assert [(each.code, each.severity, each.line, each.column) for each in found.findings] == [
        ("secret", "error", 2, 5), ("personal", "note", 1, 10),
    ]  # fmt: skip
    assert found.findings[0].message.startswith("There is a secret in the prompt (Anthropic key):")
    shown = bench.prompts.preview("{{ x }} {{ n }}", [Variable(name="n", kind="number", max=3)], {"x": "a", "n": 4})
    assert shown.text == "a 1"
    assert shown.problems == ("The variable 'n' cannot be 4. The most is 3.",)


def test_the_command_line_makes_fills_in_changes_and_uses_one(bench, physics, run: Run, tmp_path):  # noqa: F811
    assert "No prompts yet." in run("prompts", "list").output
    assert "review-code" in run("prompts", "templates").output
    assert run("prompts", "create", "--template", "review-code").output == "Made the prompt /review-code.\n"
    assert "language: Its language (text, may be left out)" in run("prompts", "show", "review-code").output
    file = tmp_path / "ask.toml"
    file.write_text(
        'text = "{{ n }} words on {{ topic }}"\ntags = ["x"]\n[[variables]]\nname = "n"\nkind = "number"\ndefault = 5\n'
        '[[variables]]\nname = "topic"\n',
        encoding="utf-8",
    )
    made = json.loads(run("prompts", "create", "words", "--from", str(file), "--folder", "F", "--json").output)
    assert (made["folder"], made["tags"], made["variables"][0]["default"]) == ("F", ["x"], 5)
    assert run("prompts", "render", "words", "topic=the sky").output == "5 words on the sky\n"
    failed = run("prompts", "render", "/words", "n=many", "topic=x")
    assert (failed.exit_code, "'n' cannot be 'many'" in failed.stderr) == (2, True)
    said = run("prompts", "set", "words", "--text", "{{ n }} words about {{ topic }}", "--note", "Clearer")
    assert said.output == "/words is at version 2.\n"
    assert "  - {{ n }} words on {{ topic }}\n  + {{ n }} words about" in run("prompts", "diff", "words", "1").output
    assert "Clearer" in run("prompts", "versions", "words").output
    assert "that is version 3 now" in run("prompts", "roll-back", "words", "1").output
    assert run("prompts", "use", "words", "topic=heat", "-e", "physics").output == (
        "/words is the system prompt in 'Physics' from now on.\n"
    )
    assert physics.ask("Why?").text.strip() == "system: 5 words on heat user: Why?"
    assert run("prompts", "figures", "words").output.splitlines()[1].split()[:2] == ["3", "1"]
    assert "in the trash" in run("prompts", "delete", "words").output
    assert run("prompts", "restore", "words").output == "/words is active.\n"
    assert (
        run("prompts", "use", "none", "-e", "Physics").output == "No system prompt is used in 'Physics' from now on.\n"
    )
    assert "Nothing to be said of it." in run("prompts", "lint", "words").output
    file.write_text("{{ x", encoding="utf-8")
    broken = run("prompts", "lint", "--from", str(file))
    assert (broken.exit_code, broken.stderr.startswith("workbench: 'ask.toml' cannot be read")) == (2, True)
    text = tmp_path / "p.txt"
    text.write_text("a\n{{ x", encoding="utf-8")
    broken = run("prompts", "lint", "--from", str(text))
    assert (broken.exit_code, broken.output[:11]) == (2, "2:1 error: ")


def test_a_question_on_the_command_line_calls_a_prompt(bench, physics, run: Run):  # noqa: F811
    bench.prompts.create("why", text="Why is {{ thing }} {{ colour }}?")
    said = run("ask", "/why colour='sky blue'\nThe sky", "-e", "Physics").output
    assert said.strip() == "user: Why is The sky sky blue?"
    failed = run("ask", "/wy", "-e", "Physics")
    assert (failed.exit_code, "Did you mean 'why'?" in failed.stderr) == (3, True)
    assert run("ask", "/etc/hosts says what?", "-e", "Physics", "--new").output.strip() == "user: /etc/hosts says what?"
