"""The pages, as everybody meets them: large and small, light and dark."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.dashboards.conftest import PHONE, WIDE, Opener
from tests.browser.lab.axe import findings
from tests.dashboards.hosted import Hosted

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

READY = {"/usage": "Response times, as a table", "/models": "Cost of a reply, as a table"}
"""What can be seen once a page of charts stands."""
CHARTS = {"/usage": 4, "/models": 5}
DARK = "rgb(22, 24, 29)"


def stands(page: Page, path: str) -> None:
    if path in READY:
        expect(page.get_by_text(READY[path])).to_be_visible()
        expect(page.locator(".vega-embed :is(canvas, svg)")).to_have_count(CHARTS[path])
    else:
        expect(page.get_by_label("Experience", exact=True)).to_be_enabled()
        expect(page.get_by_role("textbox")).to_be_visible()


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("path", ["/usage", "/models", "/chat"])
def test_a_page_is_whole_for_everybody(screen: Opener, server: Hosted, path: str, size: tuple[int, int]) -> None:
    opened_dark = size == PHONE
    shown = screen(path, size, dark=opened_dark)
    page = shown.page
    for dark in (opened_dark, not opened_dark):
        page.emulate_media(color_scheme="dark" if dark else "light")
        looks(page, path, dark=dark)
        expect(page).to_have_title(re.compile("Workbench"))
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        assert findings(page, "body") == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        look = "dark" if dark else "light"
        page.screenshot(path=f"test-results/page{path.replace('/', '-')}-{size[0]}-{look}.png", full_page=True)
    if size == PHONE:
        assert too_small_for_a_finger(page) == []
    outside = [url for url in shown.asked if not url.startswith((f"http://{server.host}/", "blob:", "data:"))]
    assert outside == []
    assert shown.complaints == []


def looks(page: Page, path: str, *, dark: bool) -> None:
    """The page stands, and is light or dark in each part."""
    surface = page.locator("main")
    expect(surface).to_have_css("background-color", DARK if dark else "rgb(255, 255, 255)")
    stands(page, path)
    if path in READY:  # Panel's widgets fade from one look to the other
        if path == "/usage" and dark:
            expect(page.get_by_text("Colours show")).to_have_css("color", "rgb(163, 172, 186)")
        save = page.get_by_role("button", name="Save as CSV")
        expect(save).to_have_css("color", "rgb(143, 179, 255)" if dark else "rgb(36, 87, 197)")


def too_small_for_a_finger(page: Page) -> list[str]:
    found: list[str] = page.evaluate("""() => {
      const found = [];
      const walk = root => {
        for (const each of root.querySelectorAll('*')) {
          if (each.shadowRoot) walk(each.shadowRoot);
          if (each.matches('a, button, select, summary, [role=combobox], textarea')) {
            const { width, height } = each.getBoundingClientRect();
            if (width > 1 && height > 1 && (height < 43.5 || width < 43.5)) {
              found.push(`${each.localName} ${each.textContent.trim().slice(0, 30)} ${width}x${height}`);
            }
          }
        }
      };
      walk(document);
      return found;
    }""")
    return found


def test_the_pages_lead_to_each_other(screen: Opener) -> None:
    page = screen("/usage").page
    pages = page.get_by_role("navigation", name="Pages")
    expect(pages.get_by_role("link", name="Usage")).to_have_attribute("aria-current", "page")
    pages.get_by_role("link", name="Chat").click()
    stands(page, "/chat")
    expect(pages.get_by_role("link", name="Chat")).to_have_attribute("aria-current", "page")
