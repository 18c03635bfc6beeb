"""Text as parts of a page: what strangers wrote stays text."""

import pytest

from dashboards.frame import fault
from dashboards.text import facts, heading, meters, notice, table
from workbench.errors import WorkbenchError

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.mark.parametrize(
    "html",
    [
        notice(HOSTILE).object,
        notice(HOSTILE, kind="error").object,
        heading(HOSTILE, HOSTILE),
        facts({HOSTILE: HOSTILE}),
        meters([(HOSTILE, 81, HOSTILE)]),
        table(HOSTILE, [HOSTILE], [[HOSTILE, HOSTILE]]),
    ],
    ids=["notice", "error", "heading", "facts", "meters", "table"],
)
def test_what_a_stranger_wrote_stays_text(html: str) -> None:
    assert "<img" not in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html


def test_a_fault_quotes_nobody_as_html() -> None:
    async def again() -> None: ...

    said, _ = fault(WorkbenchError(HOSTILE, remedy=f"Not &lt;{HOSTILE}"), again)
    assert "<img" not in said.object
    assert "&amp;lt;" in said.object
