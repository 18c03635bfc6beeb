import re
from collections.abc import Callable

import pytest

from tests.client.conftest import words
from workbench.client import Workbench
from workbench.providers.records import Download, Model
from workbench.shown import MOST_ROWS, Records, record, table
from workbench.shown import words as spelled

HOSTILE = "<img src=x onerror=alert(1)> $\\href{javascript:alert(1)}{x}$"


@pytest.fixture
def asked(bench: Workbench, model: Model) -> str:
    """A conversation with a question and its reply."""
    bench.models.set_default(model.id)
    return bench.experiences.create(HOSTILE, description="Heat").ask("Why **so**?").conversation_id


KINDS: dict[str, Callable[[Workbench, str], object]] = {
    "Experience": lambda b, _: b.experiences.list()[0],
    "OpenExperience": lambda b, _: b.experiences.open(b.experiences.list()[0].id),
    "Experiences": lambda b, _: b.experiences,
    "Experiences listed": lambda b, _: b.experiences.list(),
    "Conversation": lambda b, c: b.conversations.get(c).conversation,
    "ConversationPage": lambda b, _: b.conversations.list(),
    "ConversationTree": lambda b, c: b.conversations.get(c),
    "Message": lambda b, c: b.conversations.get(c).messages[0],
    "Model": lambda b, _: b.models.default(),
    "Models listed": lambda b, _: b.models.list(),
    "Download": lambda b, _: b.models.demo(),
    "Status": lambda b, _: b.status(),
    "Agent": lambda b, _: b.agents.list()[0],
    "Agents listed": lambda b, _: b.agents.list(),
    "Run": lambda b, _: b.agents.run("weekly-report", b.experiences.list()[0].id),
    "Schedule": lambda b, _: b.agents.schedule("weekly-report", b.experiences.list()[0].id, "0 8 * * 1"),
}


def test_every_record_of_the_client_has_a_face(bench: Workbench, asked: str):
    for kind, get in KINDS.items():
        html = get(bench, asked)._repr_html_()
        assert "mathjax_ignore" in html, kind
        assert "<img" not in html, kind
        assert not re.search(r"\$[^<]", html), kind
        assert "<caption" in html or kind in ("Message", "ConversationTree"), kind
        if "<table" in html:
            assert re.search(r'<th scope="(row|col)"', html), kind
        assert "color:#" not in html, kind


def test_a_conversation_is_read_as_a_conversation(bench: Workbench, asked: str):
    text = words(bench.conversations.get(asked)._repr_html_())
    assert text.startswith("Why **so**? · 2 messages You Why so ? paced-20-0 w0 w1")
    assert "10 + 20 tokens" in text


def test_values_are_written_as_a_person_would():
    assert spelled(None) == spelled("") == spelled(()) == "—"
    assert spelled(True) == "yes"
    assert spelled({"a": 1, "b": None}) == "a: 1\nb: —"
    assert spelled("x" * 1000) == "x" * 600 + "…"
    shown = words(record(Download(model_id=HOSTILE, state="idle")))
    assert "received_bytes 0" in shown
    assert "total_bytes —" in shown


def test_a_long_listing_says_that_it_is_cut():
    many = Records([Download(model_id=f"m{n}", state="idle") for n in range(250)], "Downloads", ("model_id",))
    html = many._repr_html_()
    assert f"Downloads: 250, the first {MOST_ROWS} of them" in words(html)
    assert html.count("<tr>") == MOST_ROWS + 1
    assert words(Records([], "Downloads", ("model_id",))._repr_html_()) == "Downloads: none model_id"


def test_records_are_a_tuple():
    both = Records([1, 2], "Numbers", ())
    assert both == (1, 2)
    assert both[1:] == (2,)


def test_a_table_has_a_caption_and_named_columns():
    html = table("Two & two", ["a"], [["<b>"]])
    assert '<th scope="col"' in html
    assert "Two &amp; two" in html
    assert "&lt;b&gt;" in html
