import os
import subprocess
import sys
import time
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.browser.hostile_markdown import payloads
from tests.stand_in import token
from workbench.client import Workbench, screens
from workbench.client.screens import Cell, Nothing, Terminal
from workbench.clock import new_id, utc_now
from workbench.conversations import drawn
from workbench.conversations.records import Attachment, Fault, Given, Message
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

    def slow(message: Message, _: object) -> str:
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


PICTURE = Given(kind="picture", name="plot", text="A line.", media_type="image/png", data=b"\x89PNG")
TABLE = Given(kind="table", name="df", text="1,000 rows × 5 columns (polars DataFrame)\n\nColumns: …")
NAMED = "Given: df (table, 1,000 × 5) · plot (picture)"


def test_what_was_given_is_named_while_a_reply_grows_and_folded_away_at_its_end(drawings: list[str]):
    cell = Cell((TABLE, PICTURE))
    cell.grow(reply("Bl"))
    assert NAMED in drawings[0]
    assert "<details" not in drawings[0]
    assert "polars" not in drawings[0]
    cell.end(reply("Blue", status="complete"))
    before, _, after = drawings[1].partition("</details>")
    assert f"<details><summary>{NAMED}</summary>" in before
    assert "polars DataFrame" in before
    assert '<img src="data:image/png;base64,iVBORw==" alt="plot"' in before
    assert "Blue" in after


def test_a_terminal_names_what_was_given(capsys: pytest.CaptureFixture[str]):
    terminal = Terminal((TABLE, replace(PICTURE, name="a\x1b[2J\nb")))
    terminal.grow(reply("Blue"))
    assert capsys.readouterr().out == "Given: df (table, 1,000 × 5) · a b (picture)\nBlue"
    assert drawn.plainly(reply("Blue"), (TABLE,)).startswith("Given: df (table, 1,000 × 5)\nBlue\n──")
    assert drawn.plainly(reply("Blue")).startswith("Blue")


@pytest.mark.parametrize(
    ("text", "extent"),
    [
        ("1 row × 1 column (pandas Series)", "table, 1 × 1"),
        ("3 × 4 × 5 (numpy array, float64)", "table, 3 × 4 × 5"),
        ("4 columns, of rows that have not been computed", "table"),
        ("Whatever", "table"),
    ],
)
def test_the_size_of_a_table_is_read_off_its_text(text: str, extent: str):
    assert drawn.given_plainly([Attachment(kind="table", name="t", text=text)]) == f"Given: t ({extent})"


class Elements(HTMLParser):
    """The elements of a page, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str | None]] = set()
        self.pieces: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(attrs)

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)


def given(said: str) -> list[Given]:
    """Something of each kind that says this wherever something can be said."""
    picture = Given(kind="picture", name=said, text=said, media_type="image/png", data=b"\x89PNG")
    other = [replace(picture, media_type=kind) for kind in ("image/svg+xml", f"image/png{said}")]
    return [picture, *other, Given(kind="text", name=said, text=said), Given(kind="table", name=said, text=said)]


@pytest.mark.parametrize("name", payloads("http://127.0.0.1:9"))
def test_what_was_given_stays_text_whatever_it_holds(name: str):
    hostile = payloads("http://127.0.0.1:9")[name]
    for draw in (drawn.answer, drawn.growing):
        found, plain = (Elements(draw(reply("x"), given(said))) for said in (hostile, "x"))
        assert found.tags - {"span"} == plain.tags
        said = {(key, value) for key, value in plain.attributes if value != "x"}
        assert {each for each in found.attributes if each[0] not in ("alt", "aria-label")} <= said
        assert all(len(piece) == 1 for piece in found.pieces if set(piece) & set("$\\"))
    assert hostile in "".join(Elements(drawn.given(given(hostile))).pieces)


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
