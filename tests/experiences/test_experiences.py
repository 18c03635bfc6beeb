import pytest

from workbench import written
from workbench.errors import ConflictError, InvalidInputError, NameTakenError, NotFoundError
from workbench.events import Changes
from workbench.experiences.service import Experiences


@pytest.fixture
def experiences(database):
    return Experiences(database, Changes())


def test_a_new_experience_is_private_active_and_has_a_folder_name(experiences):
    made = experiences.create("Physics", description="Heat and light", category="Study")
    assert (made.name, made.slug, made.privacy, made.state, made.revision) == (
        "Physics", "physics", "private", "active", 1,
    )  # fmt: skip
    assert experiences.get(made.id) == made
    assert experiences.list() == (made,)


@pytest.mark.parametrize("name", ["", "   ", "\n\t", "\u200b\u200f", "\u202e"])
def test_a_name_needs_something_to_see(experiences, name):
    with pytest.raises(InvalidInputError, match="needs a name"):
        experiences.create(name)


def test_a_name_of_ten_thousand_characters_is_refused_with_both_numbers(experiences):
    with pytest.raises(InvalidInputError, match=r"10,000 characters; the longest allowed has 200"):
        experiences.create("x" * 10_000)
    assert experiences.list() == ()


@pytest.mark.parametrize(
    ("name", "kept", "slug"),
    [
        ("a/b\\c", "a/b\\c", "a-b-c"),
        ("../../etc/passwd", "../../etc/passwd", "etc-passwd"),
        ("🌡️ Heat 🔥", "🌡️ Heat 🔥", "heat"),
        ("🔥", "🔥", "experience"),
        ("שלום\u200f", "שלום\u200f", "experience"),
        ("safe\u202egnp.exe", "safegnp.exe", "safegnp-exe"),
        ("Crème brûlée", "Crème brûlée", "creme-brulee"),
        ("  many   spaces\nand lines ", "many spaces and lines", "many-spaces-and-lines"),
        ("con", "con", "con-experience"),
        ("-rf ~", "-rf ~", "rf"),
    ],
)
def test_any_name_is_kept_and_its_folder_name_is_harmless(experiences, name, kept, slug):
    made = experiences.create(name)
    assert (made.name, made.slug) == (kept, slug)


@pytest.mark.parametrize("other", ["physics", "PHYSICS", "  Physics ", "Phy\u200bsics", "\uff30hysics"])
def test_a_name_that_reads_the_same_is_taken(experiences, other):
    experiences.create("Physics")
    with pytest.raises(NameTakenError, match="'Physics'"):
        experiences.create(other)


def test_creating_again_with_the_same_id_changes_nothing(experiences):
    made = experiences.create("Physics")
    assert experiences.create("Physics", id=made.id) == made
    assert len(experiences.list()) == 1


def test_two_names_with_one_folder_name_get_different_folders(experiences):
    assert [experiences.create(name).slug for name in ("a b", "a-b", "a/b")] == ["a-b", "a-b-2", "a-b-3"]


def test_renaming_never_moves_the_folder(experiences):
    made = experiences.create("Physics")
    renamed = experiences.update(made.id, {"name": "Thermodynamics"})
    assert (renamed.name, renamed.slug, renamed.revision) == ("Thermodynamics", "physics", 2)


def test_only_the_given_fields_change(experiences):
    made = experiences.create("Physics", description="old", category="Study", model="local/a")
    changed = experiences.update(made.id, {"description": "new"})
    assert (changed.description, changed.category, changed.model) == ("new", "Study", "local/a")
    assert experiences.update(made.id, {"model": None}).model is None


def test_a_change_to_an_older_revision_is_refused(experiences):
    made = experiences.create("Physics")
    experiences.update(made.id, {"description": "first"}, revision=1)
    with pytest.raises(ConflictError):
        experiences.update(made.id, {"description": "second"}, revision=1)
    assert experiences.get(made.id).description == "first"


def test_the_trash_gives_everything_back(experiences):
    made = experiences.create("Physics", description="kept")
    trashed = experiences.delete(made.id)
    assert trashed.state == "trashed"
    assert trashed.trashed_at is not None
    assert experiences.list() == ()
    restored = experiences.restore(made.id)
    assert (restored.state, restored.trashed_at, restored.description) == ("active", None, "kept")


def test_a_name_is_free_again_once_it_is_in_the_trash_and_restoring_takes_another(experiences):
    first = experiences.create("Physics")
    experiences.delete(first.id)
    experiences.create("Physics")
    assert experiences.restore(first.id).name == "Physics 2"


def test_archiving_and_back(experiences):
    made = experiences.create("Physics")
    assert experiences.archive(made.id).state == "archived"
    assert experiences.list() == ()
    assert experiences.unarchive(made.id).state == "active"
    experiences.delete(made.id)
    with pytest.raises(InvalidInputError, match="in the trash"):
        experiences.archive(made.id)


@pytest.mark.parametrize("id", ["nonsense", "01a206eb-69fc-79c3-ae7d-1c33294dbc73", ""])
def test_an_unknown_id_is_not_found(experiences, id):
    with pytest.raises(NotFoundError):
        experiences.get(id)


def test_every_change_is_in_the_audit_log(experiences, database):
    made = experiences.create("Physics")
    experiences.update(made.id, {"name": "Heat"})
    experiences.archive(made.id)
    experiences.unarchive(made.id)
    experiences.delete(made.id)
    experiences.restore(made.id)
    actions = [action for (action,) in database.read("SELECT action FROM audit ORDER BY number")]
    assert actions == [
        f"experiences.{verb}" for verb in ("create", "update", "archive", "unarchive", "delete", "restore")
    ]


def test_a_free_name_counts_upward():
    assert written.free_name("A", {"a", "a 2"}, longest=200) == "A 3"
