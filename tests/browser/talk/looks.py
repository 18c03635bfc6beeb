"""How a page looks."""

from playwright.sync_api import Page

from tests.browser.lab.axe import findings


def look(page: Page, name: str) -> None:
    """Nothing overflows and axe finds nothing, by day and by night, wide and narrow; pictures of it are kept."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert findings(page, "html") == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            page.screenshot(path=f"test-results/{name}-{scheme}-{width}.png")
