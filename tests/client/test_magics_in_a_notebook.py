import json
from pathlib import Path

import pytest

from tests.client.conftest import Notebook, drawn, error, printed, running, words
from tests.conftest import add_model
from tests.stand_in import StandIn
from workbench.client import Workbench
from workbench.providers.records import Model


@pytest.fixture
async def cells(bench: Workbench, model: Model, provider: StandIn, tmp_path: Path):
    """A notebook of the Experience *Physics* with the magics, where a model says again what it is asked."""
    bench.models.set_default(add_model(bench, provider, "echo").id)
    metadata = {"workbench": {"experience": bench.experiences.create("Physics").id}}
    path = tmp_path / "physics.ipynb"
    path.write_text(json.dumps({"cells": [], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}))
    async with running(tmp_path, JPY_SESSION_NAME=str(path)) as notebook:
        assert await notebook.run("%load_ext workbench") == []
        yield notebook


async def test_a_cell_is_a_question_with_variables_in_it(cells: Notebook, bench: Workbench):
    await cells.run("body, speed = 'stone', 9.8134")
    outputs = await cells.run("%%ask\nWhy does a {body} fall at {speed:.1f}?\n\nSay {{it}}.")
    [html] = drawn(outputs)
    assert len(outputs) == 1
    assert "Why does a stone fall at 9.8? Say {it}." in words(html)
    [conversation] = bench.conversations.list().conversations
    assert bench.conversations.get(conversation.id).messages[0].text == "Why does a stone fall at 9.8?\n\nSay {it}."
    assert printed(await cells.run("print(_.text.split()[0], _.status)")) == "Why complete\n"


async def test_a_cell_calls_a_prompt_by_its_name(cells: Notebook, bench: Workbench):
    bench.prompts.create("review", text="Review this{% if lang != '-' %} {{ lang }}{% endif %}: {{ code }}")
    await cells.run("lang, source = 'Python 3', 'x = {1: 2}\\ny = 3'")
    await cells.run("%%ask\n/review lang={lang} code={source}")
    await cells.run("%%ask /review lang=-\nspeed = '{lang}'")
    [conversation] = bench.conversations.list().conversations
    asked = [each.text for each in bench.conversations.get(conversation.id).messages if each.author == "user"]
    assert asked == ["Review this Python 3: x = {1: 2}\ny = 3", "Review this: speed = 'Python 3'"]
    assert "There is no prompt called 'reviw'.\nDid you mean 'review'?" in error(await cells.run("%%ask\n/reviw\nx"))
    assert "'code' is not filled in" in error(await cells.run("%%ask\n/review lang=x"))


async def test_the_conversation_goes_on_between_cells_and_in_code(cells: Notebook, bench: Workbench):
    await cells.run("%%ask\none")
    await cells.run("%%ask -e physics -m standin/paced-20-0\ntwo")
    await cells.run("import workbench as wb\nwb.here().ask('three')")
    await cells.run("%%ask --new\nfour")
    await cells.run("reply = %ask what's five")
    found = bench.conversations.list().conversations
    asked = [[m.text for m in bench.conversations.get(c.id).messages if m.author == "user"] for c in found]
    assert asked == [["four", "what's five"], ["one", "two", "three"]]
    models = {m.model for c in found for m in bench.conversations.get(c.id).messages if m.author == "assistant"}
    assert models == {"standin/echo", "standin/paced-20-0"}


async def test_variables_and_files_are_given_with_a_question(cells: Notebook, bench: Workbench, tmp_path: Path):
    (tmp_path / "my notes.md").write_text("# Falling", encoding="utf-8")
    await cells.run("import polars as pl\ndf, speed = pl.DataFrame({'a': [1, 2]}), 9.8")
    outputs = await cells.run('%%ask -w df,speed -w "my notes.md"\nWhat does {speed} mean?')
    assert error(outputs) == ""
    [html] = drawn(outputs)
    assert words(html).startswith("Given: df (table, 2 × 1) · speed (value) · my notes.md (text, 9 bytes)")
    assert "# Falling" in html.partition("</details>")[2]
    [conversation] = bench.conversations.list().conversations
    question = bench.conversations.get(conversation.id).messages[0]
    assert question.text == "What does 9.8 mean?"
    assert [each.name for each in question.attachments] == ["df", "speed", "my notes.md"]
    assert error(await cells.run("%%ask -w nothing\nWhy?")) == (
        "InvalidInputError: There is neither a variable nor a file 'nothing' to give with the question.\n"
        "Run the cell that makes the variable, or look at the file's path; put a calculation into a variable."
    )


async def test_a_mistake_is_told_in_a_sentence(cells: Notebook):
    assert error(await cells.run("%%ask\nWhat is {nothing}?")) == (
        "InvalidInputError: There is no variable 'nothing'.\nRun the cell that makes it, or write {{ and }} for braces."
    )
    assert "There is no question." in error(await cells.run("%%ask -e Physics\n \n"))
    assert "There is no Experience called 'Chemistry'." in error(await cells.run("%%ask -e Chemistry\nWhy?"))


async def test_names_of_experiences_are_completed(cells: Notebook, bench: Workbench):
    bench.experiences.create("Linear algebra")
    code = "%%ask -e Phy"
    completed = await cells.client.kc.complete(code, reply=True)
    assert completed["content"]["matches"] == ["Physics"]
    await cells.run("import workbench as wb\nbench = wb.connect()")
    completed = await cells.client.kc.complete("bench.experiences['Lin", reply=True)
    assert any("Linear algebra" in match for match in completed["content"]["matches"])
