"""axe, asked about parts of a page: JupyterLab's own page has findings of its own."""

from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parents[3] / "extension" / "node_modules" / "axe-core" / "axe.min.js"


def findings(page: Page, *ours: str) -> list[str]:
    """What axe says of the parts of a page that are ours, and why: all its rules, best practices among them."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("ours => axe.run({ include: ours }).then(result => result.violations)", [[it] for it in ours])
    return [f"{each['id']}: {node['target']} {node.get('failureSummary')}" for each in found for node in each["nodes"]]
