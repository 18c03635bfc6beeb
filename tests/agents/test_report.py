"""What is kept of a run: nothing secret, and nothing that runs or fetches."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from urllib.parse import quote

import pytest

from workbench.agents import report
from workbench.agents.records import Report, Run
from workbench.clock import new_id
from workbench.conversations.records import Fault

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
RUN = Run(
    id=new_id(), agent="weekly-report", experience_id=new_id(), since=NOW, until=NOW, state="succeeded", created_at=NOW
)
SECRET = 'needle-"7f3a\\9b'
CODE = {"cell_type": "code", "id": "c", "execution_count": 1, "source": "x"}


def notebook(*outputs, cells=()):
    made = [{**CODE, "metadata": {"papermill": {"start": 1}, "tags": []}, "outputs": list(outputs)}, *cells]
    return json.dumps({"cells": made, "metadata": {"papermill": {"parameters": {"a": 1}}}, "nbformat": 4}).encode()


def data(**forms):
    given = {name.replace("_", "/", 1).replace("__", "+"): value for name, value in forms.items()}
    return {"output_type": "display_data", "metadata": {"x": SECRET}, "data": given}


def both(raw, secrets=(), run=RUN):
    kept = report.cleaned(raw, secrets)
    return json.dumps(kept), report.page(kept, run, title="Weekly report", experience="<Physics>")


FORMS = [
    SECRET,
    quote(SECRET, safe=""),
    repr(SECRET)[1:-1],
    json.dumps(SECRET)[1:-1],
    base64.b64encode(SECRET.encode()).decode(),
]


@pytest.mark.parametrize("form", FORMS)
def test_a_secret_is_in_no_form_in_any_part(form):
    raw = notebook(
        {"output_type": "stream", "name": "stdout", "text": [f"said {form}", "\n"]},
        {"output_type": "error", "ename": f"E{form}", "evalue": form, "traceback": [f"\x1b[31m{form}\x1b[0m"]},
        data(text_plain=form, text_html=f"<p>{form}</p>", text_markdown=f"`{form}`"),
        cells=[{"cell_type": "markdown", "id": "m", "metadata": {}, "source": [form]}],
    )
    before, _ = both(raw)
    assert "needle" in before or base64.b64encode(b"needle-")[:6].decode() in before
    for kept in both(raw, {SECRET}):
        assert form not in kept
        assert "7f3a" not in kept
    assert report.REMOVED in both(raw, {SECRET})[1]


def test_what_looks_like_a_secret_in_the_environment_is_taken_for_one_and_common_words_are_not():
    found = report.secrets_of(
        {
            "OPENAI_API_KEY": "short-key",
            "GH": "ghp0123456789abcdefXYZ",
            "DB": "postgres://me:pw@host/db",
            "PATH": "/usr/bin:/bin",
            "ENVIRONMENT": "production",
            "LANG": "en_US.UTF-8",
            "SHLVL": "1",
            "PIN_TOKEN": "1",
        }
    )
    assert found == {"short-key", "ghp0123456789abcdefXYZ", "postgres://me:pw@host/db"}


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<img src='https://evil.example/x.png'>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "<p style='background:url(https://evil.example/x)'>x</p>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<svg onload=alert(1)><use href='https://evil.example/x#y'/></svg>",
    "<form action=https://evil.example><button>x</button></form>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "![x](https://evil.example/x.png)",
    "</pre></main><script>alert(1)</script>",
]


class Parts(HTMLParser):
    """What a browser would make of a page: its elements and their attributes."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def dangerous(self):
        return [
            (tag, attributes)
            for tag, attributes in self.found
            if tag in {"script", "iframe", "object", "embed", "form", "link", "base", "button", "svg", "use"}
            or any(name.startswith("on") or "url(" in (value or "") for name, value in attributes.items())
            or not attributes.get("src", "data:").startswith("data:")
            or not attributes.get("href", "https:").startswith(("https:", "http:", "mailto:"))
            or attributes.get("http-equiv", "Content-Security-Policy") != "Content-Security-Policy"
        ]


def test_the_search_finds_what_is_dangerous():
    assert [len(Parts(hostile).dangerous()) for hostile in HOSTILE] == [1, 1, 1, 1, 1, 1, 1, 2, 2, 1, 0, 1]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_that_a_model_wrote_runs_or_fetches(hostile):
    raw = notebook(
        {"output_type": "stream", "name": "stdout", "text": hostile},
        {"output_type": "error", "ename": hostile, "evalue": hostile, "traceback": [hostile]},
        data(text_html=hostile),
        data(text_markdown=hostile),
        data(text_plain=hostile),
        data(application_javascript="alert(1)", text_plain=hostile),
        cells=[{"cell_type": "markdown", "id": "m", "metadata": {}, "source": hostile}],
    )
    run = Run(**{name: getattr(RUN, name) for name in RUN.__slots__} | {"fault": Fault(code="x", message=hostile)})
    kept, page = both(raw, run=run)
    assert Parts(page).dangerous() == []
    assert page.count("<meta http-equiv") == 1
    for output in json.loads(kept)["cells"][0]["outputs"][2:]:
        assert set(output["data"]) <= {"text/plain", "text/html", "text/markdown"}
        for form in ("text/html", "text/markdown"):
            assert Parts(output["data"].get(form, "")).dangerous() == []


def test_a_drawing_keeps_its_shapes_and_loses_what_runs_or_fetches():
    drawing = """<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" onload="alert(1)">
        <script>alert(1)</script><a xlink:href="https://evil.example"><rect width="1"/></a>
        <g clip-path="url(#clip)" fill="url(https://evil.example/x)"><path d="M0,0" onclick="alert(1)"/>
        <image href="https://evil.example/x.png"/><foreignObject><p>x</p></foreignObject><text>a &lt; b</text></g>
        <style>@import "https://evil.example"</style></svg>"""
    kept = report.cleaned(notebook(data(image_svg__xml=drawing) | {}), ())
    output = kept["cells"][0]["outputs"][0]["data"]
    found = output.get("image/svg+xml", "")
    assert 'd="M0,0"' in found
    assert "url(#clip)" in found
    assert "a &lt; b" in found
    for mark in ("script", "evil", "alert", "image", "foreign", "style", "onclick", "onload"):
        assert mark not in found
    page = report.page(kept, RUN, title="t", experience="e")
    assert 'src="data:image/svg+xml;base64,' in page
    assert 'alt="Chart"' in page
    for broken in ("<svg", '<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg"/>', "<p/>"):
        assert report.cleaned(notebook(data(image_svg__xml=broken)), ())["cells"][0]["outputs"][0]["data"] == {}


def test_the_page_forbids_everything_but_its_own_pictures_and_says_what_it_is_of():
    _, page = both(notebook())
    assert page.index("Content-Security-Policy") < page.index("<title>")
    assert "default-src 'none'" in page
    assert "&lt;Physics&gt;" in page
    assert "This report is complete." in page


def test_in_a_notebook_the_page_stands_in_a_frame_that_runs_nothing_whatever_it_holds():
    hostile = "\"><script>alert(1)</script><p title='x'>5 $ &amp; more</p>"
    kept = Report(run=replace(RUN, agent='"><img src=x>'), html=hostile)
    (_, around), (tag, frame) = Parts(kept._repr_html_()).found
    assert "mathjax_ignore" in around["class"]
    assert (tag, frame["sandbox"], frame["srcdoc"]) == ("iframe", "", hostile)
    assert frame["title"].startswith('Report: "><img src=x>, 2026-11-23')
    assert hostile not in repr(kept)


def test_what_papermill_notes_down_is_left_out():
    marker = {"cell_type": "markdown", "id": "x", "metadata": {"tags": ["papermill-error-cell-tag"]}, "source": "HERE"}
    kept, page = both(notebook(cells=[marker]))
    assert "papermill" not in kept
    assert "HERE" not in kept + page


def test_a_picture_is_kept_if_it_is_one_and_long_output_is_cut():
    image = base64.b64encode(b"\x89PNG").decode()
    outputs = data(image_png=image), data(image_png='"><script>'), data(text_plain="x" * 200_000)
    kept = report.cleaned(notebook(*outputs), ())
    first, second, third = (output["data"] for output in kept["cells"][0]["outputs"])
    assert first == {"image/png": image}
    assert second == {}
    assert len(third["text/plain"]) < 110_000


@pytest.mark.parametrize("broken", [b"", b"{}", b"[]", b'{"cells": [1]}', b'{"cells": "x"}', b"x" * 40_000_000])
def test_what_is_no_notebook_or_too_large_is_refused(broken):
    with pytest.raises((ValueError, KeyError, TypeError, AttributeError)):
        report.cleaned(broken, ())


def test_a_secret_at_the_place_where_a_text_is_cut_leaves_no_part_of_itself():
    text = "x" * (report.LONGEST_TEXT - 5) + SECRET + "y" * 100
    coloured = "x" * (report.LONGEST_TEXT - 5) + f"nee\x1b[31m{SECRET[3:]}" + "y" * 100
    for given in (text, coloured):
        kept, _ = both(notebook(data(text_plain=given, text_html=given)), {SECRET})
        assert "nee" not in kept.replace("[removed]", "")
    for longest in range(1, 40):
        assert "nee" not in report.said_shortly(f"so {SECRET} it is", {SECRET}, longest)


def test_a_secret_in_the_entities_of_html_is_found():
    kept, page = both(notebook(data(text_html="<p>nee&#100;le-&quot;7f3a\\9b</p>")), {SECRET})
    assert "7f3a" not in kept + page
