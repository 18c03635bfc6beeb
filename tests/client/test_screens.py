import os
import subprocess
import sys
import time
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from tests.stand_in import token
from workbench.client import Workbench, screens
from workbench.client.screens import Cell, Nothing, Terminal
from workbench.clock import new_id, utc_now
from workbench.conversations import drawn
from workbench.conversations.records import Fault, Message
from workbench.providers.records import Model


def reply(text: str = "", **facts: object) -> Message:
    common = {"author": "assistant", "status": "running", "model": "standin/m", "model_name": "m"}
    ids = {"id": new_id(), "conversation_id": new_id(), "experience_id": new_id()}
    return Message(text=text, created_at=utc_now(), updated_at=utc_now(), **ids, **{**common, **facts})


@pytest.fixture
def drawings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The HTML that a cell is told to show, in order."""
    shown: list[str] = []

    class Handle:
        def update(self, bundle: dict[str, str], *, raw: bool) -> None:
            assert raw
            shown.append(bundle["text/html"])

    def display(bundle: dict[str, str], *, raw: bool, display_id: bool) -> Handle:
        assert raw
        assert display_id
        shown.append(bundle["text/html"])
        return Handle()

    monkeypatch.setattr(screens, "_display", display)
    return shown


def test_outside_of_ipython_nothing_is_drawn():
    assert isinstance(screens.current(), Nothing)
    assert screens.this_run() is None


def test_a_burst_of_pieces_is_drawn_once_and_then_when_it_is_due(drawings: list[str]):
    drawn.text("`code`")
    cell, text = Cell(), ""
    for number in range(500):
        text += token(number)
        cell.grow(reply(text))
    assert len(drawings) == 1
    assert 0 < cell.wait_s() <= screens.LEAST_PAUSE_S
    time.sleep(cell.wait_s())
    cell.draw()
    assert token(499).strip() in drawings[-1]
    assert cell.wait_s() is None
    cell.draw()
    assert len(drawings) == 2


def test_the_longer_drawing_takes_the_longer_it_rests(drawings: list[str], monkeypatch: pytest.MonkeyPatch):
    now = [0.0]
    monkeypatch.setattr(screens.time, "monotonic", lambda: now[0])

    def slow(message: Message) -> str:
        now[0] += 0.5
        return message.text

    monkeypatch.setattr(drawn, "growing", slow)
    cell = Cell()
    cell.grow(reply("a"))
    cell.grow(reply("ab"))
    assert cell.wait_s() == pytest.approx(2.0)
    assert 0.5 / (0.5 + cell.wait_s()) <= 0.2


def test_the_end_is_drawn_at_once_and_once(drawings: list[str]):
    cell = Cell()
    cell.grow(reply("a"))
    cell.grow(reply("ab"))
    cell.end(reply("abc", status="complete"))
    assert len(drawings) == 2
    assert "abc" in drawings[-1]
    assert cell.wait_s() is None


def test_a_terminal_gets_plain_text_piece_by_piece(capsys: pytest.CaptureFixture[str]):
    terminal = Terminal()
    terminal.grow(reply("Blue\x1b]0;ev"))
    assert capsys.readouterr().out == "Blue"
    terminal.grow(reply("Blue\x1b]0;evil\x07 sky"))
    assert capsys.readouterr().out == " sky"
    terminal.grow(reply("Blue"))  # its owner was killed, and the last words were not saved
    fault = Fault(code="interrupted", message="Cut.", remedy="Try again.")
    terminal.end(reply("Blue\x1b]0;evil\x07 sky", status="interrupted", fault=fault))
    assert capsys.readouterr().out == (
        "\nCut. Try again.\n── Interrupted; what had arrived is kept · m · tokens unknown · cost unknown\n"
    )


@pytest.mark.parametrize(
    ("facts", "line"),
    [
        ({"output_tokens": 1, "input_tokens": 1200, "total_ms": 1250}, "m · 1,200 + 1 token · 1.2 s · cost unknown"),
        ({"output_tokens": 2, "cost_usd": Decimal("0.000120000")}, "m · 2 tokens · $0.00012"),
        ({"output_tokens": 0, "cost_usd": Decimal(0)}, "m · 0 tokens · $0"),
        ({"cost_usd": Decimal("1.5")}, "m · tokens unknown · $1.50"),
    ],
)
def test_the_line_below_a_reply_says_unknown_where_it_does_not_know(facts: dict[str, object], line: str):
    assert drawn.about(reply("x", status="complete", **facts)) == line


def test_what_a_model_thought_first_is_folded_away():
    html = drawn.answer(reply("4", status="complete", reasoning="2 + 2 <b>"))
    assert "<details><summary>What the model thought first</summary>" in html
    assert "2 + 2 &lt;b&gt;" in html
    assert "Thinking…" in drawn.growing(reply(reasoning="2 +"))
    assert "Asking m…" in drawn.growing(reply())


def test_a_models_name_cannot_leave_its_attribute():
    html = drawn.answer(replace(reply("x", status="complete"), model_name='"><script>alert(1)</script> $x$'))
    assert "<script" not in html
    assert 'aria-label="Reply of &quot;&gt;&lt;script' in html


def test_ipythons_terminal_prints_a_reply_once(bench: Workbench, model: Model, tmp_path: Path):
    bench.models.set_default(model.id)
    bench.experiences.create("Physics")
    code = "import workbench as wb\nwb.connect().experiences['Physics'].ask('Why?')"
    command = [sys.executable, "-m", "IPython", "--simple-prompt", "--no-banner", "--colors=nocolor", "-c", code]
    environment = {**os.environ, "IPYTHONDIR": str(tmp_path)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("w0 w1 w2") == 1
    assert "── paced-20-0 · 10 + 20 tokens" in done.stdout


def test_a_script_gets_the_reply_and_prints_nothing(bench: Workbench, model: Model, tmp_path: Path):
    bench.models.set_default(model.id)
    bench.experiences.create("Physics")
    code = "import workbench as wb\nreply = wb.connect().experiences['Physics'].ask('Why?')\nprint(repr(reply))"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.stdout.startswith("<Reply complete, standin/paced-20-0: w0 w1 w2")
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""
