"""What a model writes runs nothing and fetches nothing in a cell's output, whether the notebook is trusted or not."""

import contextlib
import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Error as PageError
from playwright.sync_api import Locator, expect

from tests.browser.hostile_markdown import PAYLOADS
from tests.browser.lab.axe import findings
from tests.browser.lab.jupyterlab import Desk, JupyterLab
from tests.browser.lab.provider import Provider
from tests.browser.lab.sink import Sink
from workbench.client import Workbench

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

A_CELL = 25
"""Outputs of one cell; JupyterLab shows no more than 50."""
RENDER = """
from IPython.display import HTML, display
from tests.browser.hostile_markdown import payloads
from workbench.conversations import drawn
from workbench.conversations.records import Given
for name, text in list(payloads({sink!r}).items())[{first}:{last}]:
    given = drawn.given([Given(kind="text", name=text, text=text)])
    display(HTML(f'<div class="payload">{{drawn.text(text)}}{{given}}</div>'))
display(HTML('<div class="no-formula">' + drawn.text({plain!r}) + "</div>"))
print("rendered to {last}")
"""
PLAIN = r"\$a\$ \\(b\\) \\[c\\] \begin{align}d\end{align} $ e $"
"""What is no formula in a reply, though a typesetter would take it for one."""
UNTAMED = """
from IPython.display import HTML, display
display(HTML('<img src="{sink}/untamed.png" onerror="window.hacked = 1">'))
display(HTML(r'<p class="untamed">$\\href{{https://example.org}}{{x}} \\mmlToken{{mi}}[href="https://example.org"]{{y}}$</p>'))
print("rendered untamed")
"""
ASK = """
import workbench as wb
import polars as pl
from matplotlib.figure import Figure
experience = wb.connect().experiences[{name!r}]
falls = pl.DataFrame({{"height in m": [1, 5, 20] * 20, "a<b>": ["|", "`", "$x$"] * 20}})
plot = Figure(figsize=(3, 2))
plot.subplots().plot([1, 2, 4])
experience.ask("Show me math.", with_=[falls, plot])
"""
ANSWER = r"""
Energy is $E = mc^2$ and costs \$5 or $6 a piece.

$$
\int_0^1 x^2 \, dx = \frac{1}{3}
$$

```python
def area(radius):  # why
    return 3.14 * radius ** 2
```

| name | value |
|:-----|------:|
| pi   | 3.14  |
"""


def notebook(lab: JupyterLab, name: str, *sources: str) -> None:
    """A notebook's file with these cells."""
    cells = [
        {"cell_type": "code", "execution_count": None, "id": f"c{n}", "metadata": {}, "outputs": [], "source": source}
        for n, source in enumerate(sources)
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    (lab.notebooks / name).write_text(
        json.dumps({"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5})
    )


def run(desk: Desk, name: str) -> None:
    """Open a notebook and run all of it."""
    desk.open_file(name)
    desk.page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    desk.command("Run All Cells")


def test_hostile_replies_run_nothing_and_fetch_nothing_in_cells(desk: Desk, lab: JupyterLab, sink: Sink) -> None:
    asked: list[str] = []
    desk.page.on("request", lambda request: asked.append(request.url))
    desk.page.on("popup", lambda popup: asked.append(f"popup: {popup.url}"))
    desk.page.on("dialog", lambda dialog: asked.append(f"dialog: {dialog.message}"))
    starts = range(0, len(PAYLOADS), A_CELL)
    sources = [RENDER.format(sink=sink.url, first=n, last=n + A_CELL, plain=PLAIN) for n in starts]
    notebook(lab, "hostile.ipynb", *sources)
    run(desk, "hostile.ipynb")
    assert_harmless(desk, sink, asked, len(starts))

    desk.save("hostile.ipynb")
    stored = json.loads((lab.notebooks / "hostile.ipynb").read_text())
    stored["metadata"]["changed"] = "by another hand, so that it is not trusted"
    (lab.notebooks / "foreign.ipynb").write_text(json.dumps(stored))
    desk.open_file("foreign.ipynb")
    assert_harmless(desk, sink, asked, len(starts))


def assert_harmless(desk: Desk, sink: Sink, asked: list[str], cells: int) -> None:
    """Look at every cell's outputs, formulas set: nothing has run, nothing was fetched, nothing could be later."""
    seen = 0
    for n in range(cells):
        cell = desk.notebook.locator(".jp-CodeCell").nth(n)
        show(cell)
        expect(cell.get_by_text(f"rendered to {(n + 1) * A_CELL}", exact=True)).to_be_attached(timeout=60_000)
        outputs = cell.locator(".jp-OutputArea-output.jp-RenderedHTMLCommon")
        for at in range(outputs.count()):
            show(outputs.nth(at))
        desk.page.wait_for_timeout(500)
        seen += cell.locator(".payload").count()
        assert cell.locator(INERT).count() == 0
        assert cell.locator(IN_FORMULAS).count() == 0
        assert cell.locator(".no-formula mjx-container").count() == 0
        assert [link for link in cell.locator("a[href]").evaluate_all(HREFS) if not link.startswith(SAFE)] == []
    assert seen == len(PAYLOADS)
    assert desk.page.evaluate("window.hacked") is None
    assert sink.reached == []
    assert [url for url in asked if not url.startswith((f"http://127.0.0.1:{desk.lab.port}/", "data:", "blob:"))] == []


def show(part: Locator) -> None:
    """Scroll there; JupyterLab takes cells out of the page and puts them in again meanwhile."""
    for _ in range(20):
        with contextlib.suppress(PageError):
            part.scroll_into_view_if_needed(timeout=2000)
            return
    part.scroll_into_view_if_needed()


INERT = (
    ".jp-OutputArea-output :is(img, script, iframe, object, embed, form, input, button, video, audio, svg image, "
    "base, meta, link, [onerror], [onload], [id='model'], [srcset], [ping], .x)"
)
IN_FORMULAS = "mjx-container a[href]"
HREFS = "links => links.map(link => link.getAttribute('href'))"
SAFE = ("http://", "https://", "mailto:")


def test_the_same_payloads_are_noticed_where_nothing_tames_them(desk: Desk, lab: JupyterLab, sink: Sink) -> None:
    notebook(lab, "untamed.ipynb", UNTAMED.format(sink=sink.url))
    run(desk, "untamed.ipynb")
    desk.page.wait_for_function("window.hacked === 1")
    assert set(sink.reached) == {"/untamed.png"}
    # JupyterLab's MathJax makes links: those of a reply are missed because they were kept from it.
    expect(desk.notebook.locator(".untamed").locator(IN_FORMULAS)).to_have_count(2)


@pytest.fixture(params=["JupyterLab Light", "JupyterLab Dark"])
def themed(request: pytest.FixtureRequest, lab: JupyterLab) -> Iterator[str]:
    """JupyterLab in one theme."""
    settings = lab.folder / "settings" / "@jupyterlab" / "apputils-extension" / "themes.jupyterlab-settings"
    settings.write_text(json.dumps({"theme": request.param}))
    yield request.param
    settings.unlink()


def test_a_reply_in_a_cell_is_set_and_coloured_and_accessible(
    themed: str, desk: Desk, lab: JupyterLab, workbench: Workbench, scripted: Provider
) -> None:
    scripted.answer = ANSWER
    made = workbench.experiences.create(f"Cells in {themed}")
    notebook(lab, "math.ipynb", ASK.format(name=made.name), "experience")
    run(desk, "math.ipynb")
    reply = desk.notebook.get_by_role("group", name="Reply of scripted")
    expect(reply.get_by_text("cost unknown")).to_be_visible()
    expect(reply).not_to_have_attribute("aria-busy", "true")
    expect(reply.locator("mjx-container")).to_have_count(2)
    expect(reply.get_by_text("costs $5 or $6 a piece")).to_be_visible()
    expect(desk.notebook.get_by_role("table", name=f"Experience {made.name}")).to_be_visible()
    plain = reply.locator("code").evaluate("code => getComputedStyle(code).color")
    keyword = reply.locator(".wb-Code-keyword").first.evaluate("word => getComputedStyle(word).color")
    assert keyword != plain
    given = reply.get_by_text("Given: falls (table, 60 × 2) · plot (picture)")
    parts = reply.get_by_role("region")
    expect(parts).to_have_count(0)
    given.focus()
    given.press("Enter")
    expect(parts).to_have_count(2)
    expect(parts.first).to_contain_text("| a<b> | String | 0 |")
    expect(parts.first).to_contain_text("$x$")
    assert reply.get_by_role("img", name="plot").evaluate("image => image.complete && image.naturalWidth") == 450
    assert findings(desk.page, ".wb-Shown") == []
