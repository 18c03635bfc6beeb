"""The chat in a notebook's cells, by way of Jupyter's server."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.lab.axe import findings
from tests.browser.lab.jupyterlab import TOKEN, Desk
from tests.browser.lab.provider import Provider
from tests.browser.widget.cells import WAIT
from workbench.client import Workbench, owner

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SHOW = 'experiences["Physics"].chat()'
LONG = " ".join(f"word{n}" for n in range(150))


def test_an_answer_streams_into_the_cell(open_cells, scripted: Provider, workbench: Workbench) -> None:
    scripted.answer, scripted.seconds_a_token = "The **speed** of light is $c$.", 0.02
    cells = open_cells(SHOW)
    cells.run(1)
    chat = cells.chat()
    chat.ask("How fast is light?")
    chat.answered("The speed of light is")
    expect(chat.log.locator("strong")).to_have_text("speed")
    expect(chat.log.locator("math")).to_be_visible()
    physics = workbench.experiences.find("Physics")
    assert workbench.conversations.list(physics.id).conversations[0].title == "How fast is light?"


def test_the_chat_goes_on_while_a_cell_runs(open_cells, scripted: Provider) -> None:
    scripted.answer, scripted.seconds_a_token = "While you wait.", 0.02
    cells = open_cells(SHOW, WAIT)
    cells.run(1)
    cells.chat().composer.wait_for()
    cells.run(2)
    cells.chat().ask("Meanwhile?")
    cells.chat().answered("While you wait.")
    assert cells.is_running(2), "The answer came before the cell had ended."
    cells.let_go()
    cells.done(2)


def test_the_component_is_loaded_once_for_all_cells(open_cells, desk: Desk, workbench: Workbench) -> None:
    workbench.experiences.create("Music")
    loaded: list[int] = []
    desk.page.on(
        "response", lambda answer: loaded.append(len(answer.body())) if "/workbench/chat/" in answer.url else None
    )
    cells = open_cells(SHOW, SHOW, 'experiences["Music"].chat()', SHOW, SHOW)
    cells.run_all()
    expect(cells.chats).to_have_count(5)
    cells.chat(4).composer.wait_for()
    assert len(loaded) == 1
    cells.run(1)
    expect(cells.chats).to_have_count(5)
    cells.chat(0).composer.wait_for()
    assert len(loaded) == 1


def test_cells_with_one_experience_show_one_chat(open_cells, desk: Desk, scripted: Provider) -> None:
    scripted.answer, scripted.seconds_a_token = LONG, 0.02
    followed: list[str] = []
    desk.page.on("request", lambda asked: followed.append(asked.url) if "/stream" in asked.url else None)
    cells = open_cells(SHOW, 'experiences["Physics"].chat(height=300)')
    cells.run_all()
    first, second = cells.chat(0), cells.chat(1)
    first.composer.fill("Draft in one")
    expect(second.composer).to_have_value("Draft in one")
    second.ask("Count.")
    expect(first.log.get_by_text("word3")).to_be_visible()
    second.answered("word149")
    first.answered("word149")
    assert len(followed) == 1
    first.element.get_by_role("button", name="New conversation").last.click()
    expect(second.element.get_by_role("article")).to_have_count(0)


def test_it_stays_in_step_with_the_chat_beside_the_notebook(
    open_cells, desk: Desk, scripted: Provider, workbench: Workbench
) -> None:
    scripted.answer, scripted.seconds_a_token = "From the cell.", 0.0
    cells = open_cells(SHOW)
    cells.run(1)
    cells.chat().ask("First")
    cells.chat().answered("From the cell.")
    desk.show_experiences()
    desk.button("Physics").click()
    beside = desk.page.locator(".wb-ChatPanel wb-chat")
    expect(beside.get_by_text("From the cell.")).to_be_visible()
    desk.tab(cells.name).click()
    scripted.answer = "From beside."
    composer = beside.get_by_role("textbox", name="Message")
    composer.fill("Second")
    composer.press("Enter")
    cells.chat().answered("From beside.")


@pytest.mark.parametrize("saves_state", [False, True])
def test_a_saved_notebook_holds_no_text_and_no_token(
    open_cells, desk: Desk, scripted: Provider, workbench: Workbench, lab_home, set_up, saves_state: bool
) -> None:
    set_up("@jupyter-widgets/jupyterlab-manager:plugin", {"saveState": saves_state})
    scripted.answer, scripted.seconds_a_token = "needle-in-the-answer", 0.0
    cells = open_cells(SHOW)
    cells.run(1)
    cells.chat().ask("needle-in-the-question")
    cells.chat().answered("needle-in-the-answer")
    cells.chat().composer.fill("needle-in-the-draft")
    saved = cells.save()
    for secret in ("needle", TOKEN, owner.find(lab_home).token, "sk-test"):
        assert secret not in saved
    physics = workbench.experiences.find("Physics")
    notebook = json.loads(saved)
    states = notebook["metadata"].get("widgets", {}).get("application/vnd.jupyter.widget-state+json", {})
    kept = [each["state"] for each in states.get("state", {}).values() if each["model_name"] == "AnyModel"]
    assert [(each["experience_id"], each["name"]) for each in kept] == [(physics.id, "Physics")] * saves_state
    assert sum(len(each["_esm"]) + len(each["_css"]) for each in kept) < 6000

    desk.close(cells.name)
    desk.shut_down_kernels()
    desk.open(cells.name)
    output = cells.notebook.locator(".jp-Cell").nth(1).locator(".jp-Cell-outputArea")
    expect(output).to_contain_text("run this cell to bring it back", timeout=60_000)
    expect(output.get_by_text("run this cell to bring it back").filter(visible=True)).to_have_count(1)
    expect(output.get_by_text("widget").filter(visible=True)).to_have_count(0)  # of ipywidgets' own words
    assert findings(desk.page, ".jp-OutputArea-output") == []
    desk.page.screenshot(path=f"test-results/cell-away-{saves_state}.png")
    desk.page.get_by_text(re.compile(r"Python 3 \(ipykernel\) \| Idle")).wait_for()
    cells.run(0)
    cells.done(0)
    cells.run(1)
    cells.chat().answered("needle-in-the-answer")


def test_it_is_there_again_after_a_reload(open_cells, desk: Desk, scripted: Provider) -> None:
    scripted.answer, scripted.seconds_a_token = "Still here.", 0.0
    cells = open_cells(SHOW)
    cells.run(1)
    cells.chat().ask("Stay")
    cells.chat().answered("Still here.")
    cells.save()
    desk.reload()
    cells.chat().answered("Still here.")


def test_typing_is_none_of_the_notebooks_shortcuts(open_cells, desk: Desk, scripted: Provider) -> None:
    scripted.answer, scripted.seconds_a_token = "Yes.", 0.0
    cells = open_cells(SHOW, "1")
    cells.run(1)
    composer = cells.chat().composer
    composer.click()
    keys = desk.page.keyboard
    keys.type("abdd m y 00 ii")
    keys.press("Shift+Enter")
    keys.type("second line")
    keys.press("Control+a")
    keys.press("Control+c")
    keys.press("ArrowRight")
    keys.press("Control+v")
    once = "abdd m y 00 ii\nsecond line"
    expect(composer).to_have_value(once * 2)
    expect(cells.notebook.locator(".jp-Cell")).to_have_count(3)
    keys.press("Control+Enter")
    keys.press("Escape")
    expect(cells.notebook.locator(".jp-Cell")).to_have_count(3)
    assert not cells.is_running(1)

    with desk.page.expect_response(lambda each: each.request.method == "PUT" and "/api/contents/" in each.url):
        composer.press("Control+s")
    composer.press("Control+Shift+c")
    expect(desk.page.locator("#modal-command-palette input")).to_be_visible()
    keys.press("Escape")

    composer.focus()
    keys.press("Shift+Tab")
    expect(composer).not_to_be_focused()
    keys.press("j")
    keys.press("d")
    keys.press("d")
    expect(cells.notebook.locator(".jp-Cell")).to_have_count(3)


def test_typing_after_a_button_of_the_chat_is_none_of_them_either(open_cells, desk: Desk) -> None:
    cells = open_cells(SHOW, "1")
    cells.run(1)
    chat = cells.chat()
    chat.composer.wait_for()
    chat.element.get_by_role("button", name="New conversation", exact=True).click()
    expect(chat.composer).to_be_focused()
    desk.page.keyboard.type("add ii cabbage")
    expect(chat.composer).to_have_value("add ii cabbage")
    expect(cells.notebook.locator(".jp-Cell")).to_have_count(3)


def test_scrolling_past_the_end_goes_on_in_the_notebook(open_cells, desk: Desk, scripted: Provider) -> None:
    scripted.answer, scripted.seconds_a_token = "\n\n".join(f"line {n}" for n in range(60)), 0.0
    cells = open_cells(SHOW, *["# space\n" * 30] * 4)
    cells.run(1)
    cells.chat().ask("Long")
    cells.chat().answered("line 59")
    desk.page.wait_for_timeout(300)
    box = cells.chat().log.bounding_box()
    desk.page.mouse.move(box["x"] + 100, box["y"] + 50)
    for _ in range(30):
        desk.page.mouse.wheel(0, 200)
        desk.page.wait_for_timeout(30)
    expect(cells.chat().element).not_to_be_in_viewport()


def test_a_closed_cell_ends_its_streams(open_cells, desk: Desk, scripted: Provider) -> None:
    scripted.answer, scripted.seconds_a_token = LONG, 0.1
    open_streams: set[str] = set()
    # JupyterLab's own panel adds a number to each address that it asks for.
    desk.page.on("request", lambda asked: open_streams.add(asked.url) if _is_ours(asked.url) else None)
    for event in ("requestfinished", "requestfailed"):
        desk.page.on(event, lambda asked: open_streams.discard(asked.url))
    cells = open_cells(SHOW, SHOW)
    cells.run_all()
    cells.chat(1).ask("Count.")
    expect(cells.chat(0).log.get_by_text("word3")).to_be_visible()
    desk.until(lambda: len(open_streams) == 2)
    cells.clear(1)
    expect(cells.chats).to_have_count(1)
    desk.page.wait_for_timeout(500)
    assert len(open_streams) == 2
    cells.clear(2)
    expect(cells.chats).to_have_count(0)
    desk.until(lambda: not open_streams)


def test_an_experience_thrown_away_meanwhile_is_said(open_cells, workbench: Workbench) -> None:
    cells = open_cells(SHOW)
    cells.run(1)
    cells.chat().composer.wait_for()
    physics = workbench.experiences.find("Physics")
    workbench.experiences.delete(physics.id)
    notice = cells.notebook.get_by_role("status").filter(has_text="in the trash")
    expect(notice).to_be_visible()
    workbench.experiences.restore(physics.id)
    expect(notice).not_to_be_visible()


def test_its_height_is_what_was_asked_for_and_can_be_changed(open_cells) -> None:
    cells = open_cells('shown = experiences["Physics"].chat(height=333)\nshown', "shown.height = 555", "shown.close()")
    cells.run(1)
    box = cells.notebook.locator(".wb-ChatCell-box")
    expect(box).to_have_css("height", "333px")
    expect(box).to_have_css("resize", "vertical")
    cells.run(2)
    expect(box).to_have_css("height", "555px")
    cells.run(3)
    expect(cells.chats).to_have_count(0)


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_axe_finds_nothing_in_the_cell(open_cells, desk: Desk, scripted: Provider, set_up, theme: str) -> None:
    set_up("@jupyterlab/apputils-extension:themes", {"theme": theme})
    scripted.answer = "Some **text**, `code`, $x^2$ and a [link](https://example.org).\n\n```python\nprint(1)\n```"
    scripted.seconds_a_token = 0.0
    cells = open_cells(SHOW)
    cells.run(1)
    cells.chat().ask("Show everything.")
    cells.chat().answered("Some text")
    assert findings(desk.page, ".wb-ChatCell") == []
    surface = cells.chat().element.evaluate("each => getComputedStyle(each).getPropertyValue('--wb-color-scheme')")
    assert surface.strip() == ("dark" if "Dark" in theme else "light")
    desk.page.screenshot(path=f"test-results/cell-{theme.rpartition(' ')[2].lower()}.png")


def _is_ours(url: str) -> bool:
    return "/workbench/api/v1/" in url and re.search(r"/(events|stream)$", url) is not None
