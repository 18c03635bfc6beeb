"""The chat in a notebook's cells where Jupyter's server has no way to the Workbench: the kernel's is taken."""

import pytest
from playwright.sync_api import WebSocket, expect

from tests.browser.lab.axe import findings
from tests.browser.lab.jupyterlab import Desk
from tests.browser.lab.provider import Provider
from tests.browser.widget.cells import WAIT
from workbench.client import Workbench

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SHOW = 'experiences["Physics"].chat()'
KERNELS = "@jupyterlab/apputils-extension:kernels-settings"
COMPONENT_BYTES = 100_000
"""No message of a kernel is as large but the one that brings the component."""


@pytest.fixture(scope="module")
def passage() -> bool:
    """The Workbench is switched off in Jupyter's server."""
    return False


def test_an_answer_streams_through_the_kernel(open_cells, scripted: Provider, workbench: Workbench) -> None:
    scripted.answer, scripted.seconds_a_token = " ".join(f"word{n}" for n in range(60)), 0.05
    cells = open_cells(SHOW)
    cells.run(1)
    chat = cells.chat()
    chat.ask("Count.")
    expect(chat.log.get_by_text("word3")).to_be_visible()
    assert not chat.element.get_by_role("article").last.get_by_text("word59").is_visible()
    chat.answered("word59")
    physics = workbench.experiences.find("Physics")
    assert workbench.conversations.list(physics.id).conversations[0].title == "Count."

    scripted.answer = " ".join(f"more{n}" for n in range(600))
    chat.ask("Go on.")
    expect(chat.log.get_by_text("more3")).to_be_visible()
    chat.element.get_by_role("button", name="Stop").click()
    expect(chat.element.get_by_role("button", name="Send")).to_be_visible()
    assert workbench.conversations.get(_latest(workbench)).messages[-1].status == "stopped"


def test_a_quick_long_answer_arrives_whole(open_cells, scripted: Provider) -> None:
    scripted.answer, scripted.seconds_a_token = " ".join(f"word{n}" for n in range(5000)), 0.0
    cells = open_cells(SHOW)
    cells.run(1)
    cells.chat().ask("Much.")
    cells.chat().answered("word4999")
    said = cells.chat().element.get_by_role("article").last.text_content() or ""
    assert all(f"word{n} " in f"{said} " for n in range(4999))
    expect(cells.notebook.get_by_text("rate exceeded")).to_have_count(0)


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


def test_a_chat_comes_while_its_own_cell_runs_on(open_cells, scripted: Provider) -> None:
    scripted.answer, scripted.seconds_a_token = "Here already.", 0.02
    cells = open_cells(f"display({SHOW})\n{WAIT}")
    cells.run(1)
    cells.chat().ask("There?")
    cells.chat().answered("Here already.")
    assert cells.is_running(1)
    cells.let_go()
    cells.done(1)


def test_a_kernel_that_hears_nothing_while_a_cell_runs_is_said_to_be_busy(
    open_cells, desk: Desk, scripted: Provider, set_up
) -> None:
    set_up(KERNELS, {"commsOverSubshells": "disabled"})
    scripted.answer, scripted.seconds_a_token = "At last.", 0.0
    cells = open_cells(SHOW, WAIT)
    cells.run(1)
    cells.chat().composer.wait_for()
    cells.run(2)
    cells.chat().ask("Now?")
    busy = cells.notebook.get_by_role("status").filter(has_text="The kernel is busy.")
    expect(busy).to_be_visible()
    assert findings(desk.page, ".wb-ChatCell") == []
    desk.page.screenshot(path="test-results/cell-busy.png")
    assert cells.is_running(2)
    cells.let_go()
    cells.chat().answered("At last.")
    expect(busy).not_to_be_visible()
    cells.done(2)


def test_the_component_is_sent_once_for_all_cells(open_cells, desk: Desk, workbench: Workbench) -> None:
    workbench.experiences.create("Music")
    large: list[int] = []
    desk.page.on("websocket", lambda socket: _note_large(socket, large))
    cells = open_cells(SHOW, SHOW, 'experiences["Music"].chat()', SHOW)
    cells.run_all()
    expect(cells.chats).to_have_count(4)
    cells.chat(3).composer.wait_for()
    assert len(large) == 1
    assert large[0] <= 170_000


def test_two_cells_stay_in_step_and_the_second_goes_on_when_the_first_is_closed(open_cells, scripted: Provider) -> None:
    scripted.answer, scripted.seconds_a_token = " ".join(f"word{n}" for n in range(120)), 0.1
    cells = open_cells(SHOW, SHOW)
    cells.run_all()
    cells.chat(1).ask("Count.")
    expect(cells.chat(0).log.get_by_text("word3")).to_be_visible()
    cells.clear(1)
    expect(cells.chats).to_have_count(1)
    cells.chat(0).answered("word119")


def test_a_closed_cell_ends_its_streams_in_the_kernel(open_cells, scripted: Provider) -> None:
    count = """import threading
def streams():
    return sum(thread.name == 'workbench-stream' for thread in threading.enumerate())
print('streams', streams())"""
    scripted.answer, scripted.seconds_a_token = " ".join(f"word{n}" for n in range(300)), 0.1
    cells = open_cells(SHOW, count, "while streams():\n    time.sleep(0.05)\nprint('streams', streams())")
    cells.run(1)
    cells.chat().ask("Count.")
    expect(cells.chat().log.get_by_text("word3")).to_be_visible()
    cells.run(2)
    expect(cells.notebook.get_by_text("streams 2", exact=True)).to_be_visible()
    cells.clear(1)
    expect(cells.chats).to_have_count(0)
    cells.run(3)
    expect(cells.notebook.get_by_text("streams 0", exact=True)).to_be_visible()


def test_a_restarted_kernel_is_said(open_cells, desk: Desk, scripted: Provider) -> None:
    scripted.answer, scripted.seconds_a_token = "Before.", 0.0
    cells = open_cells(SHOW)
    cells.run(1)
    cells.chat().ask("First")
    cells.chat().answered("Before.")
    desk.command("Restart Kernel…")
    desk.dialog.get_by_role("button", name="Confirm Kernel Restart").click()
    cells.chat().ask("Second")
    expect(cells.notebook.get_by_text("This notebook's kernel has ended.").first).to_be_visible()
    desk.page.screenshot(path="test-results/cell-restarted.png")
    desk.page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    cells.run(0)
    cells.done(0)
    cells.run(1)
    cells.chat().answered("Before.")


def test_a_page_gets_no_more_of_the_owner_than_a_chat_needs(open_cells, workbench: Workbench) -> None:
    diary = workbench.experiences.create("Diary")
    asked = [("GET", "status"), ("GET", "experiences"), ("POST", "stop"), ("GET", f"experiences/{diary.id}")]
    messages = [{"call": path, "kind": "ask", "method": method, "path": path} for method, path in asked]
    messages += [{"call": "s", "kind": "follow", "path": "status"}, {"call": "k", "kind": "proxy", "path": "status"}]
    # What a page sends arrives as this does: `_handle_msg` is what the widget's comm calls.
    hostile = f"""
shown = {SHOW}
said = []
shown._errands._post.put = lambda letter, enclosure=None: said.append(letter)
for message in {messages!r}:
    shown._handle_msg({{"content": {{"data": {{"method": "custom", "content": message}}}}, "buffers": []}})
while sum("fault" in letter for letter in said) < 6:
    time.sleep(0.05)
time.sleep(1)
faults = {{letter["call"]: letter["fault"]["code"] for letter in said if "fault" in letter}}
print(len(faults), "faults", *sorted(set(faults.values())))
print(sum("answer" in letter or "event" in letter for letter in said), "answers")"""
    cells = open_cells(hostile)
    cells.run(1)
    expect(cells.notebook.get_by_text("6 faults access_denied invalid_input")).to_be_visible()
    expect(cells.notebook.get_by_text("0 answers")).to_be_visible()


def _note_large(socket: WebSocket, large: list[int]) -> None:
    socket.on("framereceived", lambda data: large.append(len(data)) if len(data) > COMPONENT_BYTES else None)


def _latest(workbench: Workbench) -> str:
    physics = workbench.experiences.find("Physics")
    return workbench.conversations.list(physics.id).conversations[0].id
