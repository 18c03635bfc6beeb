"""*Usage*: numbers, filters, tables, files."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.dashboards.conftest import Opener
from tests.browser.lab.axe import findings
from tests.conftest import kill_owner
from tests.dashboards import hosted
from tests.dashboards.hosted import Hosted
from tests.made_up import MODELS
from workbench.client import Workbench

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture
def usage(screen: Opener) -> Page:
    """The page, drawn."""
    page = screen("/usage").page
    expect(page.get_by_text("Response times, as a table")).to_be_visible()
    return page


def fact(page: Page, name: str) -> str:
    """A number of the summary."""
    return page.locator(f"dt:text-is('{name}') + dd").inner_text()


def choose(page: Page, label: str, option: str) -> None:
    """Tick one of a list, with the keyboard."""
    page.get_by_role("button", name=f"{label}: ").press("Enter")
    box = page.get_by_role("group", name=label).get_by_role("checkbox", name=option, exact=True)
    box.press("Space")
    expect(box).to_be_checked()
    assert findings(page, "body") == []
    box.press("Escape")
    expect(box).to_be_hidden()
    expect(page.get_by_role("button", name=f"{label}: {option}")).to_be_focused()


def test_what_is_known_is_shown_and_what_is_not_is_said(usage: Page, workbench: Workbench) -> None:
    rows = workbench.usage(since="30d")
    assert fact(usage, "Messages") == f"{rows['messages'].sum():,}"
    assert fact(usage, "Tokens written") == f"{rows['output_tokens'].sum():,}"
    unknown = rows["cost_unknown"].sum()
    assert fact(usage, "Cost") == f"${rows['cost_usd'].sum():.2f}, and unknown for {unknown} replies"
    expect(usage.get_by_text(f"{unknown} replies of unknown cost are not in the chart.")).to_be_visible()
    expect(usage.get_by_text("The first token came fastest from")).to_be_visible()


def test_filters_change_what_is_shown(usage: Page, workbench: Workbench) -> None:
    physics = workbench.usage(since="30d", experiences=["Physics"])
    choose(usage, "Experiences", "Physics")
    expect(usage.locator("dt:text-is('Messages') + dd")).to_have_text(f"{physics['messages'].sum():,}")
    of_one = physics.filter(pl.col("model") == MODELS[0])
    choose(usage, "Models", MODELS[0])
    expect(usage.locator("dt:text-is('Messages') + dd")).to_have_text(f"{of_one['messages'].sum():,}")
    usage.get_by_text("Response times, as a table").click()
    table = usage.get_by_role("region", name="Response times, as a table")
    expect(table.get_by_role("row")).to_have_count(2)
    usage.get_by_label("Period").select_option("Choose dates")
    day = of_one["day"].max()
    usage.get_by_label("From", exact=True).fill(day.isoformat())
    one_day = of_one.filter(pl.col("day") == day)
    expect(usage.locator("dt:text-is('Messages') + dd")).to_have_text(f"{one_day['messages'].sum():,}")


def test_each_chart_has_a_table(usage: Page) -> None:
    for name in ("Messages", "Tokens", "Cost"):
        region = usage.get_by_role("region", name=f"{name}, as a table")
        expect(region).to_be_hidden()
        usage.get_by_text(f"{name}, as a table").click()
        expect(region.get_by_role("columnheader", name="Together")).to_be_visible()
        assert region.get_by_role("row").count() > 25
    usage.get_by_role("button", name="Experiences", exact=True).click()
    expect(usage.locator(".vega-embed").first.get_by_text("Physics")).to_be_visible()
    usage.get_by_text("Messages, as a table").click()
    region = usage.get_by_role("region", name="Messages, as a table")
    expect(region.get_by_role("columnheader", name="Physics")).to_be_visible()


@pytest.mark.parametrize(("button", "read"), [("Save as CSV", pl.read_csv), ("Save as Parquet", pl.read_parquet)])
def test_what_is_shown_can_be_saved(usage: Page, workbench: Workbench, tmp_path: Path, button: str, read) -> None:
    choose(usage, "Experiences", "Cooking")
    shown = workbench.usage(since="30d", experiences=["Cooking"])
    expect(usage.locator("dt:text-is('Messages') + dd")).to_have_text(f"{shown['messages'].sum():,}")
    with usage.expect_download() as saving:
        usage.get_by_role("button", name=button).click()
    file = tmp_path / saving.value.suggested_filename
    saving.value.save_as(file)
    rows = read(file)
    assert rows.columns == shown.columns
    assert rows.height == shown.height
    assert rows["messages"].sum() == shown["messages"].sum()
    assert set(rows["experience"]) == {"Cooking"}
    assert file.name.startswith("usage-20")


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Hosted]:
    """The pages of a home in which nothing has happened."""
    with hosted.running(tmp_path / "home") as running:
        yield running
    kill_owner(tmp_path / "home")


def test_a_new_home_says_what_to_do(browser: Browser, fresh: Hosted) -> None:
    page = browser.new_page()
    page.goto(fresh.url)
    expect(page.get_by_text("No messages yet.")).to_be_visible()
    page.get_by_role("link", name="in the chat").click()
    expect(page.get_by_text("No Experience is open")).to_be_visible()
    page.close()
