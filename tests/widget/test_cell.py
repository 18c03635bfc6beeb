import sys

import pytest

import workbench.widget
from tests.conftest import kill_owner
from workbench.client import connect
from workbench.errors import InvalidInputError, OwnerError, PackageMissingError
from workbench.widget import Chat

KEPT = {"experience_id", "name", "height"}
ANYWIDGETS = {"_esm", "_css", "_anywidget_id", "_component"}
IPYWIDGETS = {
    "_dom_classes",
    "_model_module",
    "_model_module_version",
    "_model_name",
    "_view_count",
    "_view_module",
    "_view_module_version",
    "_view_name",
    "layout",
    "tabbable",
    "tooltip",
}


def test_its_state_is_the_experiences_id_and_name_and_its_height(bench):
    physics = bench.experiences.create("Physics", description="needle in the description")
    widget = physics.chat(height=300)
    state = widget.get_state()
    assert set(state) == KEPT | ANYWIDGETS | IPYWIDGETS
    assert (state["experience_id"], state["name"], state["height"]) == (physics.id, "Physics", 300)
    assert "needle" not in str(state)
    assert repr(widget) == "Chat('Physics')"
    widget.close()


def test_what_each_cell_brings_along_is_small(bench):
    physics = bench.experiences.create("Physics")
    widget = physics.chat()
    assert len(widget.get_state("_esm")["_esm"]) + len(widget.get_state("_css")["_css"]) < 6000
    widget.close()


def test_a_page_cannot_turn_a_chat_to_another_experience(bench):
    physics, other = bench.experiences.create("Physics"), bench.experiences.create("Diary")
    widget = physics.chat()
    widget.set_state({"experience_id": other.id})
    assert widget._errands._experience_id == physics.id
    widget.close()


def test_the_name_is_the_present_one(bench):
    physics = bench.experiences.create("Physics")
    bench.experiences.update(physics.id, name="Mechanics")
    widget = Chat(physics)
    assert widget.name == "Mechanics"
    widget.close()


def test_an_experience_in_the_trash_is_said_with_the_way_back(bench):
    physics = bench.experiences.create("Physics")
    bench.experiences.delete(physics.id)
    with pytest.raises(InvalidInputError, match=r"'Physics' is in the trash\. Restore it") as raised:
        physics.chat()
    assert raised.value.remedy


@pytest.mark.parametrize("height", [0, 100, 5000])
def test_a_height_that_cannot_be_used_is_said(bench, height):
    physics = bench.experiences.create("Physics")
    with pytest.raises(InvalidInputError, match=f"height of {height}"):
        physics.chat(height=height)


def test_without_an_owner_that_is_said(home, bench):
    with connect(home, start=False) as other:
        bench.experiences.create("Physics")
        physics = other.experiences["Physics"]
        kill_owner(home)
        with pytest.raises(OwnerError):
            physics.chat()


@pytest.mark.parametrize("package", ["anywidget", "IPython.display"])
def test_a_missing_package_is_named(bench, monkeypatch, package):
    physics = bench.experiences.create("Physics")
    monkeypatch.delitem(sys.modules, "workbench.widget.cell", raising=False)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(PackageMissingError, match=f"needs the package '{package}'"):
        physics.chat()


def test_the_class_is_loaded_on_first_use():
    assert Chat.__module__ == "workbench.widget.cell"
    with pytest.raises(AttributeError):
        _ = workbench.widget.Nothing
