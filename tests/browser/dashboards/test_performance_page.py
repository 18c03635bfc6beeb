"""*Models*: how they have done, side by side."""

import polars as pl
import pytest
from playwright.sync_api import Page, expect

from tests.browser.dashboards.conftest import Opener
from tests.browser.lab.axe import findings
from tests.made_up import MODELS
from workbench.client import Workbench

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture
def models(screen: Opener) -> Page:
    """The page, drawn."""
    page = screen("/models").page
    expect(page.get_by_text("Cost of a reply, as a table")).to_be_visible()
    return page


def test_models_stand_side_by_side_with_what_is_known_of_them(models: Page, workbench: Workbench) -> None:
    table = models.get_by_role("region", name="Side by side")
    calls = workbench.calls(since="30d")
    for model in MODELS:
        own = calls.filter(pl.col("model") == model)
        row = table.get_by_role("row").filter(has=models.get_by_role("rowheader", name=model))
        expect(row.get_by_role("cell").first).to_have_text(f"{own.height:,}")
        failed = own.filter(pl.col("ended") == "failed").height
        expect(row.get_by_role("cell").nth(4)).to_have_text(f"{failed} ({100 * failed / own.height:.1f} %)")
    unknown = table.get_by_role("row").filter(has=models.get_by_role("rowheader", name=MODELS[-1]))
    expect(unknown.get_by_role("cell").last).to_have_text("unknown")
    expect(models.get_by_text("The first token came fastest from")).to_be_visible()


def test_what_is_above_a_threshold_is_said(workbench: Workbench, screen: Opener) -> None:
    made = workbench.alerts.set("cost_usd", 0.000001)
    budget = workbench.budgets.set(20)
    try:
        page = screen("/models").page
        (alert,) = [each for each in workbench.alerts.list() if each.model == MODELS[0]]
        expect(page.get_by_role("alert").filter(has_text=alert.message)).to_be_visible()
        expect(page.get_by_role("meter", name="This month's budget")).to_be_visible()
        expect(page.get_by_text("of $20.00 is spent until")).to_be_visible()
        assert findings(page, "body") == []
    finally:
        workbench.alerts.remove(made.id)
        workbench.budgets.remove(budget.id)


def test_what_is_shown_can_be_narrowed_and_saved(models: Page, workbench: Workbench, tmp_path) -> None:
    models.get_by_role("button", name="Models: ").press("Enter")
    box = models.get_by_role("group", name="Models").get_by_role("checkbox", name=MODELS[0], exact=True)
    box.press("Space")
    box.press("Escape")
    expect(models.locator("dt:text-is('Models') + dd")).to_have_text("1")
    with models.expect_download() as saving:
        models.get_by_role("button", name="Save as CSV").click()
    file = tmp_path / saving.value.suggested_filename
    saving.value.save_as(file)
    assert file.name.startswith("models-20")
    rows = pl.read_csv(file)
    assert rows["model"].to_list() == [MODELS[0]]
    assert rows["requests"].sum() == workbench.calls(since="30d").filter(pl.col("model") == MODELS[0]).height
