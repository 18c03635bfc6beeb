import os
from datetime import date

import pytest

from workbench.app import MIGRATIONS
from workbench.errors import ConflictError, InvalidInputError, NameTakenError, NotFoundError
from workbench.events import Changes
from workbench.prompts.lint import lint
from workbench.prompts.records import Variable
from workbench.prompts.service import Prompts
from workbench.prompts.templates import shipped_templates
from workbench.storage.database import Database

TODAY = date(2026, 11, 29)
TOPIC = Variable(name="topic", label="What about")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("library")
    database = Database(folder / "store.duckdb", key=os.urandom(32), spill=folder / "spill")
    database.migrate(MIGRATIONS)
    yield database
    database.close()


@pytest.fixture
def prompts(store):
    yield Prompts(store, Changes())
    for table in ("prompts", "prompt_versions"):
        store.write(lambda tx, table=table: tx.execute(f"DELETE FROM {table}"))


def test_a_prompt_is_kept_under_a_name_that_a_slash_can_call(prompts):
    made = prompts.create(
        title="Explain It!",
        text="Explain {{ topic }}.\r\n",
        variables=[TOPIC],
        folder=" Work / Notes/",
        tags=["#Code", "code"],
    )
    assert (made.name, made.title, made.folder, made.tags) == ("explain-it", "Explain It!", "Work/Notes", ("code",))
    assert (made.text, made.version, made.revision) == ("Explain {{ topic }}.", 1, 1)
    assert prompts.find("/Explain-It") == prompts.get(made.id) == made


def test_a_name_in_use_is_refused_and_one_that_is_near_is_guessed(prompts):
    prompts.create("review", text="Review this.")
    with pytest.raises(NameTakenError, match="'review'"):
        prompts.create("Review", text="Again.")
    with pytest.raises(NotFoundError, match="'/revew'") as raised:
        prompts.find("/revew")
    assert raised.value.remedy == "Did you mean 'review'?"


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"name": "a", "text": "  "}, "empty"),
        ({"name": "¡!", "text": "x"}, "name of letters"),
        ({"name": "none", "text": "x"}, "cannot be called"),
        ({"name": "a", "text": "{{ x"}, "Line 1"),
        ({"name": "a", "text": "{% include 'b' %}"}, "'a' includes a prompt 'b' that there is not"),
        ({"name": "a", "text": "{% include 'a' %}"}, "a → a"),
        ({"name": "a", "text": "{{ for }}"}, "word of the language"),
        ({"name": "a", "text": "x", "folder": "a/../b"}, "folder cannot be called"),
        ({"name": "a", "text": "x", "folder": "/".join("abcdefghi")}, "9 deep"),
        ({"name": "x" * 61, "text": "x"}, "61 characters"),
    ],
)
def test_what_cannot_be_kept_says_why(prompts, given, fault):
    with pytest.raises(InvalidInputError, match=fault):
        prompts.create(**given)
    assert prompts.list() == ()


def test_what_the_text_uses_and_nobody_declares_is_asked_for_as_a_text(prompts):
    made = prompts.create("a", text="{{ topic }} {{ size }}", variables=[TOPIC])
    assert made.variables == (TOPIC, Variable(name="size"))


def test_the_library_is_searched_by_folder_tag_and_words(prompts):
    review = prompts.create("review", text="Find faults.", folder="Work/Code", tags=["code"])
    memo = prompts.create("memo", text="Write a memo.", folder="Work", description="For whoever decides")
    other = prompts.create("other", text="Else.", folder="Workshop")
    assert prompts.list() == (memo, review, other)
    assert prompts.list(folder="work") == (memo, review)
    assert prompts.list(tag="CODE") == (review,)
    assert prompts.list(words="WRITE decides") == (memo,)
    assert prompts.list(words="nothing") == ()


def test_filled_in_it_says_which_version_and_what_each_variable_was(prompts):
    made = prompts.create(
        "plan", text="Plan {{ topic }} by {{ due }}{% if n %} in {{ n }}{% endif %}.",
        variables=[TOPIC, Variable(name="due", kind="date", default="today"),
                   Variable(name="n", kind="number", required=False)],
    )  # fmt: skip
    found = prompts.render("plan", {"topic": "a trip"}, today=TODAY)
    assert (found.text, found.version) == ("Plan a trip by 2026-11-29.", 1)
    assert found.values == {"topic": "a trip", "due": "2026-11-29"}
    with pytest.raises(InvalidInputError, match="'topic' is not filled in"):
        prompts.render(made.id, {}, today=TODAY)


def test_an_included_prompt_brings_its_variables(prompts):
    prompts.create("tone", text="Write for {{ reader }}.", variables=[Variable(name="reader", default="me")])
    made = prompts.create("memo", text="{% include 'tone' %} About {{ topic }}.")
    assert [each.name for each in made.variables] == ["topic"]
    assert [each.name for each in prompts.asked("memo")] == ["topic", "reader"]
    assert prompts.render("memo", {"topic": "cost", "reader": "Ada"}).text == "Write for Ada. About cost."
    assert prompts.render("memo", {"topic": "cost"}).text == "Write for me. About cost."


def test_a_change_that_would_let_prompts_include_each_other_is_refused(prompts):
    inner = prompts.create("inner", text="x")
    prompts.create("outer", text="{% include 'inner' %}")
    with pytest.raises(InvalidInputError, match="inner → outer → inner"):
        prompts.update(inner.id, {"text": "{% include 'outer' %}"})
    assert prompts.get(inner.id) == inner


def test_what_is_written_makes_versions_and_where_it_lies_does_not(prompts):
    made = prompts.create("a", text="One.\nTwo.", variables=[])
    moved = prompts.update(made.id, {"folder": "Work", "tags": ("x",)})
    assert (moved.version, moved.revision) == (1, 2)
    after = prompts.update(made.id, {"text": "One.\nThree {{ topic }}.", "variables": (TOPIC,)}, note="Better")
    assert (after.version, after.revision) == (2, 3)
    assert prompts.update(made.id, {"text": "One.\nThree {{ topic }}."}) == after
    assert [(each.number, each.note) for each in prompts.versions(made.id)] == [(2, "Better"), (1, "")]
    assert str(prompts.difference(made.id, 1, 2)) == (
        "text:\n    One.\n  - Two.\n  + Three {{ topic }}.\nvariables:\n  + topic: text; What about"
    )
    back = prompts.roll_back(made.id, 1, revision=3)
    assert (back.text, back.variables, back.version, back.folder) == ("One.\nTwo.", (), 3, "Work")
    assert prompts.versions(made.id)[0].note == "Back to version 1"
    with pytest.raises(NotFoundError, match="no version 9"):
        prompts.difference(made.id, 1, 9)


def test_the_second_of_two_windows_is_told(prompts):
    made = prompts.create("a", text="x")
    prompts.update(made.id, {"text": "first"}, revision=1)
    with pytest.raises(ConflictError, match="'a' was changed elsewhere"):
        prompts.update(made.id, {"text": "second"}, revision=1)
    assert prompts.get(made.id).text == "first"


def test_a_deleted_prompt_comes_back_and_gives_way_to_a_new_one_of_its_name(prompts):
    made = prompts.create("a", text="x")
    assert prompts.delete(made.id).state == "trashed"
    assert prompts.list() == ()
    with pytest.raises(NotFoundError):
        prompts.render("a", {})
    with pytest.raises(InvalidInputError, match="in the trash"):
        prompts.update(made.id, {"text": "y"})
    prompts.create("a", text="another")
    back = prompts.restore(made.id)
    assert (back.name, back.state, back.text) == ("a-2", "active", "x")


def test_a_duplicate_stands_beside_the_original(prompts):
    made = prompts.create("a", title="A", text="{{ topic }}", variables=[TOPIC], folder="F")
    copy = prompts.duplicate(made.id)
    assert (copy.name, copy.title, copy.text, copy.folder, copy.version) == ("a-2", "A (copy)", made.text, "F", 1)


def test_making_one_twice_under_the_same_id_makes_one(prompts):
    made = prompts.create("a", text="x")
    assert prompts.create("a", text="x", id=made.id) == made
    assert prompts.list() == (made,)


def test_a_preview_shows_what_is_not_filled_in_and_says_so(prompts):
    variables = [
        TOPIC,
        Variable(name="n", kind="number", min=3),
        Variable(name="tone", kind="choice", choices=("a", "b")),
    ]
    found = prompts.preview("{{ topic }} {{ n }} {{ tone }} {{ new }}", variables, {"tone": "c", "n": 4}, today=TODAY)
    assert found.text == "[What about] 4 [tone] [new]"
    assert [problem.split("'")[1] for problem in found.problems] == ["topic", "tone", "new"]
    broken = prompts.preview("{{ x", [], {}, today=TODAY)
    assert (broken.text, len(broken.problems)) == ("", 1)


def test_linting_knows_the_library(prompts):
    prompts.create("tone", text="{{ reader }}", variables=[Variable(name="reader")])
    assert prompts.lint("{% include 'tone' %}", []).findings == ()
    (found,) = prompts.lint("{% include 'tune' %}", []).findings
    assert "'tune' that there is not" in found.message


# What is shipped


def test_there_are_twelve_templates_or_more():
    assert len(shipped_templates()) >= 12


@pytest.mark.parametrize("template", shipped_templates(), ids=lambda each: each.name)
def test_a_shipped_template_is_sound_and_its_example_fills_it_in(prompts, template):
    made = prompts.create(template=template.name)
    assert (made.name, made.title, made.folder, made.tags) == (
        template.name, template.title, template.folder, template.tags,
    )  # fmt: skip
    assert lint(made.text, made.variables, window_tokens=8_000).findings == ()
    assert made.variables == template.variables
    assert all(each.label for each in made.variables)
    text = prompts.render(made.name, template.example, today=TODAY).text
    assert not {"{{", "{%", "  \n", "\n\n\n"} & {text[i : i + n] for n in (2, 3) for i in range(len(text))}
    assert all(
        str(value) in text for value in template.example.values() if isinstance(value, str) and "\n" not in value
    )


def test_a_template_taken_twice_has_a_number(prompts):
    prompts.create(template="review-code")
    assert prompts.create(template="review-code").name == "review-code-2"
    assert prompts.create("mine", template="review-code", folder="").folder == ""
    with pytest.raises(NotFoundError, match="no template 'x'"):
        prompts.create(template="x")
