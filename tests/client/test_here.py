import json
from pathlib import Path

import pytest

import workbench as wb
from tests.client.conftest import error, printed, running
from workbench.client import Workbench, notebook
from workbench.errors import InvalidInputError, NotFoundError
from workbench.providers.records import Model


def written(path: Path, **metadata: object) -> Path:
    """A notebook's file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        json.dumps({"cells": [], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8"
    )
    return path


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    def name(path: object) -> None:
        monkeypatch.setenv("JPY_SESSION_NAME", str(path))

    monkeypatch.chdir(tmp_path)
    return name


def test_a_notebook_knows_its_experience_by_its_whole_path(named, tmp_path: Path):
    named(written(tmp_path / "a.ipynb", workbench={"experience": "some-id"}))
    assert notebook.experience_id() == "some-id"


def test_a_notebook_knows_its_experience_by_a_path_below_jupyters_root(named, tmp_path: Path, monkeypatch):
    written(tmp_path / "Experiences" / "physics" / "physics.ipynb", workbench={"experience": "some-id"})
    monkeypatch.chdir(tmp_path / "Experiences" / "physics")
    named("Experiences/physics/physics.ipynb")
    assert notebook.experience_id() == "some-id"
    named("physics.ipynb")
    assert notebook.experience_id() == "some-id"


def test_a_script_is_told_to_open_by_name(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    with pytest.raises(InvalidInputError, match="not running in a notebook") as told:
        wb.here()
    assert "experiences.open" in told.value.remedy


def test_a_console_is_told_to_open_by_name(named):
    named("/somewhere/console-1-abc")
    with pytest.raises(InvalidInputError, match="console"):
        notebook.experience_id()


def test_a_notebook_that_was_moved_under_its_kernel_is_told_to_restart_it(named, tmp_path: Path):
    named(tmp_path / "gone.ipynb")
    with pytest.raises(NotFoundError, match="moved or renamed") as told:
        notebook.experience_id()
    assert "Restart the kernel" in told.value.remedy


@pytest.mark.parametrize("metadata", [{}, {"workbench": {}}, {"workbench": "x"}, {"workbench": {"experience": 3}}])
def test_a_notebook_of_no_experience_says_so(named, tmp_path: Path, metadata: dict[str, object]):
    named(written(tmp_path / "a.ipynb", **metadata))
    with pytest.raises(InvalidInputError, match="belongs to no Experience"):
        notebook.experience_id()


def test_a_notebook_that_is_broken_says_that_it_belongs_to_none(named, tmp_path: Path):
    (tmp_path / "a.ipynb").write_bytes(b"\xff not json")
    named(tmp_path / "a.ipynb")
    with pytest.raises(InvalidInputError, match="belongs to no Experience"):
        notebook.experience_id()


def test_a_notebook_from_another_home_is_told_so(named, tmp_path: Path, bench: Workbench):
    named(written(tmp_path / "a.ipynb", workbench={"experience": "01a210d7-0000-7000-8000-000000000000"}))
    with pytest.raises(NotFoundError, match="not in this home folder") as told:
        wb.here()
    assert "copied from elsewhere" in told.value.remedy


async def test_questions_of_a_notebooks_cells_go_on_in_one_conversation(bench: Workbench, model: Model, tmp_path: Path):
    bench.models.set_default(model.id)
    physics = bench.experiences.create("Physics")
    path = written(tmp_path / "physics.ipynb", workbench={"experience": physics.id})
    async with running(tmp_path, JPY_SESSION_NAME=str(path)) as cells:
        await cells.run("import workbench as wb")
        first = await cells.run("a = wb.here().ask('one')\nprint(wb.here().name, a.conversation_id)")
        second = await cells.run("print(wb.here().ask('two').conversation_id)")
        assert error(first) == ""
        assert printed(first) == f"Physics {printed(second)}"
        bench.experiences.update(physics.id, name="Chemistry")
        assert printed(await cells.run("print(wb.here().name)")) == "Chemistry\n"
        path.rename(tmp_path / "elsewhere.ipynb")
        assert error(await cells.run("wb.here()")).startswith("NotFoundError: The notebook")
