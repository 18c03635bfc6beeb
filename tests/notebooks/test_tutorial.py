"""The tutorial's notebooks, run from their first cell to their last as somebody would who reads them."""

import html
import json
import re
from pathlib import Path

import nbformat
import papermill
import pytest

from workbench.client import Workbench
from workbench.providers.records import Model

FOLDER = Path(__file__).parents[2] / "notebooks" / "tutorial"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def run(notebook: Path, folder: Path) -> nbformat.NotebookNode:
    """The notebook with its outputs; what a cell raises is raised here."""
    return papermill.execute_notebook(
        str(notebook), str(folder / notebook.name), cwd=str(folder), progress_bar=False, log_output=False
    )


def test_they_are_numbered_in_the_order_in_which_the_readme_lists_them():
    readme = (FOLDER.parent / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"\(tutorial/(.+?)\)", readme) == [notebook.name for notebook in NOTEBOOKS]
    assert [notebook.name[:2] for notebook in NOTEBOOKS] == [f"{number:02}" for number in range(1, len(NOTEBOOKS) + 1)]
    assert len(NOTEBOOKS) > 1


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.stem)
def test_a_tutorial_runs_from_its_first_cell_to_its_last_and_again(
    notebook: Path, bench: Workbench, model: Model, tmp_path: Path
):
    bench.models.set_default(model.id)
    for _ in range(2):
        done = run(notebook, tmp_path)
        cells = [cell for cell in done.cells if cell.cell_type == "code"]
        assert all(cell.execution_count for cell in cells)
        assert [output for cell in cells for output in cell.outputs if output.get("name") == "stderr"] == []


def test_the_report_tells_what_the_first_tutorial_asked_with_no_model_left(
    bench: Workbench, model: Model, tmp_path: Path
):
    bench.models.set_default(model.id)
    run(FOLDER / "01-first-chat.ipynb", tmp_path)
    bench.models.remove(model.id)
    done = run(FOLDER / "04-a-report-on-a-schedule.ipynb", tmp_path)
    ended = bench.agents.runs("Tutorial")[0]
    page = bench.agents.report(ended.id).html
    for words in ("Why is the sky blue?", "Name three kinds of clouds.", "No model could be asked"):
        assert words in page
    shown = [
        output["data"].get("text/html", "")
        for cell in done.cells
        for output in cell.get("outputs", ())
        if output.get("data")
    ]
    assert any(html.escape(page) in one for one in shown)
    assert bench.agents.schedules() == ()


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda notebook: notebook.stem)
def test_a_tutorial_is_kept_without_outputs_and_names_no_machine(notebook: Path):
    text = notebook.read_text(encoding="utf-8")
    read = nbformat.reads(text, as_version=4)
    nbformat.validate(read)
    assert [cell for cell in read.cells if cell.cell_type == "code" and (cell.outputs or cell.execution_count)] == []
    assert str(Path.home()) not in text
    assert json.loads(text)["metadata"].keys() == {"kernelspec", "language_info"}
