"""An open Experience in a script, over a real owner."""

from dataclasses import fields

import pytest

from workbench.client import OpenExperience, Workbench
from workbench.errors import ConflictError, InvalidInputError, NotFoundError
from workbench.experiences.records import Experience
from workbench.providers.records import Model


@pytest.fixture
def physics(bench: Workbench, model: Model) -> OpenExperience:
    bench.models.set_default(model.id)
    return bench.experiences.create("Physics", description="Heat")


def test_it_has_the_fields_of_its_record(physics: OpenExperience):
    names = [field.name for field in fields(Experience)]
    assert [getattr(physics, name) for name in names] == [getattr(physics.record, name) for name in names]
    assert set(names) <= set(dir(physics))
    assert set(names) <= set(OpenExperience.__annotations__)
    with pytest.raises(AttributeError, match="nmae"):
        _ = physics.nmae


def test_it_is_opened_by_name_id_or_folder(bench: Workbench, physics: OpenExperience):
    for name in ("physics", physics.id, "PHYSICS"):
        assert bench.experiences.open(name).record == bench.experiences[name].record == physics.record
    assert list(bench.experiences._ipython_key_completions_()) == ["Physics"]
    with pytest.raises(NotFoundError, match="Phisics"):
        bench.experiences.open("Phisics")


def test_its_fields_stay_as_they_were_read_until_it_is_refreshed(bench: Workbench, physics: OpenExperience):
    bench.experiences.update(physics.id, name="Chemistry")
    assert physics.name == "Physics"
    with pytest.raises(ConflictError):
        bench.experiences.update(physics.id, revision=physics.revision, name="Third")
    assert repr(physics) == "<Experience 'Chemistry', private, active>"
    assert physics.refresh().name == "Chemistry"


def test_a_conversation_that_is_gone_is_begun_anew(bench: Workbench, physics: OpenExperience):
    bench.asked_in[physics.id] = "01a210d7-0000-7000-8000-000000000000"
    assert physics.ask("Why?").status == "complete"
    with pytest.raises(NotFoundError):
        physics.ask("Why?", conversation="01a210d7-0000-7000-8000-000000000000")


def test_a_conversation_can_be_given_as_what_one_has_of_it(bench: Workbench, physics: OpenExperience, model: Model):
    first = physics.ask("one", model=model)
    tree = bench.conversations.get(first.conversation_id)
    assert physics.ask("two", new=True).conversation_id != first.conversation_id
    assert physics.ask("three", conversation=tree).conversation_id == first.conversation_id
    assert physics.ask("four", conversation=tree.conversation).conversation_id == first.conversation_id
    assert [c.message_count for c in physics.conversations().conversations] == [6, 2]
    with pytest.raises(InvalidInputError, match="cannot both be meant"):
        physics.ask("five", conversation=tree, new=True)


def test_its_history_is_its_own(bench: Workbench, physics: OpenExperience):
    physics.ask("Why?")
    bench.experiences.create("Cooking").ask("How?")
    assert physics.history()["text"].to_list()[0] == "Why?"
    assert set(physics.history()["experience"]) == {"Physics"}
    assert physics.history(until="1h").height == 0
