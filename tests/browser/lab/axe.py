"""axe, asked about parts of a page: JupyterLab's own page has findings of its own."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


def findings(page: Page, *ours: str) -> list[str]:
    """What axe says of the parts of a page that are ours, and why."""
    found = Axe().run(page, context={"include": [[each] for each in ours]}).response["violations"]
    return [f"{each['id']}: {node['target']} {node.get('failureSummary')}" for each in found for node in each["nodes"]]
