import pytest

from workbench.errors import ConflictError, InvalidInputError, NameTakenError, NotFoundError
from workbench.events import Changes
from workbench.personalities.instruction import render
from workbench.personalities.records import Character, Exchange
from workbench.personalities.service import Personalities
from workbench.personalities.templates import shipped_templates


@pytest.fixture
def personalities(database):
    return Personalities(database, Changes())


# The instruction


def test_what_is_not_said_is_not_in_the_instruction():
    assert render(Character()) == ""
    assert render(Character(tone="warm")) == "Tone: warm."


def test_every_field_is_in_the_instruction():
    written = render(
        Character(
            role="a statistician",
            traits=("patient", "exact"),
            tone="calm",
            style="short paragraphs",
            formality="technical",
            audience="students",
            do=("Name the assumptions.",),
            dont=("Make up figures.",),
            examples=(Exchange(question="What is a mean?", answer="The sum over the count."),),
            language="French",
            emoji="never",
            length="brief",
        )
    )
    for part in (
        "You are a statistician.",
        "Your traits: patient, exact.",
        "Tone: calm.",
        "Style: short paragraphs.",
        "Formality: technical:",
        "You write for students.",
        "Do:\n- Name the assumptions.",
        "Do not:\n- Make up figures.",
        "Asked:\nWhat is a mean?\n\nAnswered:\nThe sum over the count.",
        "always answer in French",
        "Emoji: use none.",
        "Length: brief:",
    ):
        assert part in written


# The shipped ones


def test_at_least_twelve_are_shipped_each_with_words_and_samples():
    templates = shipped_templates()
    assert len(templates) >= 12
    for each in templates:
        assert all((each.title, each.description, len(each.samples) >= 2, len(each.instruction) > 200)), each.name
    assert sum(bool(each.character.examples) for each in templates) >= 6


@pytest.mark.parametrize("template", shipped_templates(), ids=lambda each: each.name)
def test_a_shipped_one_can_be_made_as_it_is(personalities, template):
    made = personalities.create("", template=template.name)
    assert (made.name, made.description, made.template) == (template.title, template.description, template.name)
    assert made.character == template.character
    assert made.instruction == template.instruction


# Making and changing


def test_a_template_taken_twice_gets_a_number_and_what_is_given_stands_instead(personalities):
    personalities.create("", template="patient-tutor")
    again = personalities.create("", template="patient-tutor", character={"language": "French"})
    assert (again.name, again.character.language) == ("Patient tutor 2", "French")
    assert again.character.traits


def test_each_change_is_a_version_and_no_change_is_none(personalities):
    made = personalities.create("Tutor", character={"tone": "warm"})
    same = personalities.update(made.id, character={"tone": "warm"})
    assert (same.version, same.revision) == (1, 1)
    changed = personalities.update(made.id, character={"traits": ("patient",)}, note="Was hasty")
    assert (changed.version, changed.character.tone) == (2, "warm")
    latest, first = personalities.versions(made.id)
    assert (latest.number, latest.note, latest.character) == (2, "Was hasty", changed.character)
    assert (first.number, first.character.traits) == (1, ())


def test_a_difference_names_fields_and_lines(personalities):
    made = personalities.create("Tutor", character={"tone": "warm", "do": ("Ask.", "Wait.")})
    personalities.update(made.id, character={"tone": "dry", "do": ("Ask.", "Listen.", "Wait.")})
    found = personalities.difference(made.id, 1, 2)
    assert str(found) == "tone:\n  - warm\n  + dry\ndo:\n    Ask.\n  + Listen.\n    Wait."
    assert personalities.difference(made.id, 2, 2).fields == ()


def test_rolling_back_makes_another_version_and_loses_none(personalities):
    made = personalities.create("Tutor", character={"tone": "warm"})
    personalities.update(made.id, name="Teacher", character={"tone": "dry"})
    back = personalities.roll_back(made.id, 1)
    assert (back.version, back.name, back.character, back.instruction) == (3, "Tutor", made.character, made.instruction)
    assert [each.number for each in personalities.versions(made.id)] == [3, 2, 1]
    assert personalities.versions(made.id)[0].note == "Back to version 1"


def test_two_windows_cannot_overwrite_each_other(personalities):
    made = personalities.create("Tutor")
    personalities.update(made.id, character={"tone": "warm"}, revision=1)
    with pytest.raises(ConflictError, match="changed elsewhere"):
        personalities.update(made.id, character={"tone": "dry"}, revision=1)
    assert personalities.get(made.id).character.tone == "warm"
    with pytest.raises(ConflictError):
        personalities.roll_back(made.id, 1, revision=1)


def test_the_trash_keeps_it_whole_and_frees_its_name(personalities):
    made = personalities.create("Tutor", character={"tone": "warm"})
    thrown = personalities.delete(made.id)
    assert (thrown.state, personalities.list(), personalities.delete(made.id)) == ("trashed", (), thrown)
    other = personalities.create("tutor")
    back = personalities.restore(made.id)
    assert (back.name, back.character, back.state) == ("Tutor 2", made.character, "active")
    assert {each.id for each in personalities.list()} == {made.id, other.id}


def test_what_is_in_the_trash_is_not_changed(personalities):
    made = personalities.create("Tutor")
    personalities.delete(made.id)
    with pytest.raises(InvalidInputError, match="in the trash"):
        personalities.update(made.id, character={"tone": "warm"})


def test_making_it_again_with_the_same_id_changes_nothing(personalities):
    made = personalities.create("Tutor", id="0192f0c0-0000-7000-8000-000000000001")
    assert personalities.create("Tutor", id=made.id) == made


# Bad input


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"tone": "x" * 301}, "This tone has 301 characters; the longest allowed has 300"),
        ({"traits": tuple(f"trait {n}" for n in range(21))}, "21 entries for the traits; the most allowed is 20"),
        ({"examples": (Exchange(question="Why?", answer=""),)}, "An example needs both"),
        ({"examples": (Exchange(question="Why?", answer="So."),) * 11}, "11 examples; the most allowed is 10"),
        ({"role": "x" * 4001}, "This role has 4,001 characters"),
    ],
)
def test_what_is_too_much_is_refused_with_both_numbers(personalities, changes, said):
    made = personalities.create("Tutor", character={"tone": "warm"})
    with pytest.raises(InvalidInputError, match=said):
        personalities.update(made.id, character=changes)
    assert personalities.get(made.id) == made


@pytest.mark.parametrize("name", ["", " ", "\u200b", "none", "NONE"])
def test_a_name_needs_something_to_see_and_is_not_none(personalities, name):
    with pytest.raises(InvalidInputError):
        personalities.create(name)


def test_a_name_is_taken_whatever_its_case(personalities):
    personalities.create("Tutor")
    with pytest.raises(NameTakenError, match="already a personality called 'Tutor'"):
        personalities.create("TUTOR")


def test_what_nobody_sees_is_not_kept(personalities):
    made = personalities.create("Tu\u202etor", character={"traits": (" patient ", "patient", "", "calm\n")})
    assert (made.name, made.character.traits) == ("Tutor", ("patient", "calm"))


def test_an_unknown_one_is_said_to_be_unknown(personalities):
    for ask in (
        lambda: personalities.get("nonsense"),
        lambda: personalities.versions("nonsense"),
        lambda: personalities.roll_back(personalities.create("Tutor").id, 7),
        lambda: personalities.create("", template="nonsense"),
    ):
        with pytest.raises(NotFoundError):
            ask()
