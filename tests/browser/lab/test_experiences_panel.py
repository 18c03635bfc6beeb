"""The list of Experiences in JupyterLab's side bar."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.lab.axe import findings
from tests.browser.lab.jupyterlab import Desk
from workbench.client import Workbench

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture
def panel(desk: Desk, workbench: Workbench) -> Desk:
    """The panel with three Experiences, and nothing left by other tests."""
    for experience in workbench.experiences.list("all"):
        if experience.state != "trashed":
            workbench.experiences.update(experience.id, name=f"{experience.id}")
            workbench.experiences.delete(experience.id)
    desk.show_experiences()
    expect(desk.rows).to_have_count(0)  # else the last test's rows, which have the same names, pass for this one's
    workbench.experiences.create("Physics", category="Study", description="Mechanics")
    workbench.experiences.create("Cooking", category="Home", privacy="public")
    workbench.experiences.create("Thesis")
    expect(desk.row("Thesis")).to_be_visible()
    expect(desk.rows).to_have_count(3)
    return desk


def test_a_change_made_elsewhere_appears_by_itself(panel: Desk, workbench: Workbench) -> None:
    made = workbench.experiences.create("From the command line")
    expect(panel.row("From the command line")).to_be_visible()
    workbench.experiences.update(made.id, name="Renamed there")
    expect(panel.row("Renamed there")).to_be_visible()


def test_a_search_leaves_what_matches(panel: Desk) -> None:
    panel.experiences.get_by_role("searchbox").fill("mechanics")
    expect(panel.rows).to_have_count(1)
    expect(panel.row("Physics")).to_be_visible()
    panel.experiences.get_by_role("searchbox").fill("nowhere")
    expect(panel.experiences.get_by_text("Nothing here matches “nowhere”.")).to_be_visible()
    panel.experiences.get_by_role("button", name="Clear the search").click()
    expect(panel.rows).to_have_count(3)


def test_what_is_deleted_can_be_undone_at_once(panel: Desk, workbench: Workbench) -> None:
    panel.choose("Thesis", "Move Experience to Trash")
    expect(panel.row("Thesis")).to_have_count(0)
    assert workbench.experiences.find("Thesis").state == "trashed"
    panel.page.get_by_role("button", name="Undo").click()
    expect(panel.row("Thesis")).to_be_visible()


def test_the_trash_gives_back_what_was_deleted(panel: Desk, workbench: Workbench) -> None:
    panel.choose("Thesis", "Move Experience to Trash")
    panel.experiences.get_by_role("button", name="Trash").click()
    panel.experiences.get_by_role("button", name="Restore Thesis").click()
    expect(panel.row("Thesis")).to_have_count(0)
    panel.experiences.get_by_role("button", name="Active").click()
    expect(panel.row("Thesis")).to_be_visible()


def test_archiving_puts_it_on_its_own_shelf(panel: Desk) -> None:
    panel.choose("Thesis", "Archive Experience")
    expect(panel.row("Thesis")).to_have_count(0)
    panel.experiences.get_by_role("button", name="Archived").click()
    panel.choose("Thesis", "Unarchive Experience")
    panel.experiences.get_by_role("button", name="Active").click()
    expect(panel.row("Thesis")).to_be_visible()


def test_details_are_changed_in_one_dialog(panel: Desk, workbench: Workbench) -> None:
    panel.choose("Thesis", "Describe Experience…")
    expect(panel.dialog.get_by_label("Description")).to_be_focused()
    panel.dialog.get_by_label("Description").fill("Two hundred pages\nabout one thing")
    panel.dialog.get_by_label("Category").fill("Study")
    panel.dialog.get_by_role("radio", name="Public").check()
    panel.dialog.get_by_role("button", name="Save").click()
    expect(panel.row("Thesis").get_by_text("Public")).to_be_visible()
    thesis = workbench.experiences.find("Thesis")
    assert (thesis.category, thesis.privacy) == ("Study", "public")
    assert thesis.description == "Two hundred pages\nabout one thing"


def test_how_replies_are_asked_for_is_set_in_the_dialog(panel: Desk, workbench: Workbench) -> None:
    for name in ("second", "third"):
        workbench.models.add_remote(provider="scripted", name=name)
    workbench.models.correct("scripted/third", temperature=False)
    panel.choose("Thesis", "Describe Experience…")
    panel.dialog.get_by_text("How replies are asked for").click()
    not_sent = panel.dialog.get_by_text("The temperature is not sent to scripted/third, which takes none.")
    expect(not_sent).to_have_count(0)
    for name in ("scripted", "second", "third"):
        panel.dialog.get_by_label("Model to fall back on").select_option(f"scripted/{name}")
        panel.dialog.get_by_role("button", name="Add fallback").click()
    expect(not_sent).to_be_visible()
    up = panel.dialog.get_by_role("button", name="Move scripted/third up")
    up.focus()
    panel.page.keyboard.press("Enter")
    expect(panel.dialog.get_by_role("status")).to_have_text("scripted/third is now number 2.")
    expect(up).to_be_focused()
    panel.page.keyboard.press("Enter")
    expect(panel.dialog.get_by_role("listitem")).to_have_text([re.compile(n) for n in ("third", "scripted", "second")])
    panel.dialog.get_by_role("button", name="Remove scripted/scripted").click()
    expect(panel.dialog.get_by_role("button", name="Remove scripted/second")).to_be_focused()
    panel.dialog.get_by_label("Temperature").fill("3")
    panel.dialog.get_by_label("Longest reply").fill("500")
    not_sent.scroll_into_view_if_needed()
    panel.page.screenshot(path="test-results/temperature-not-sent.png")
    assert findings(panel.page, ".wb-Details") == []
    panel.dialog.get_by_role("button", name="Save").click()
    expect(panel.dialog.get_by_role("alert")).to_contain_text("The temperature is a number from 0 to 2.")
    panel.dialog.get_by_label("Temperature").fill("0.5")
    panel.dialog.get_by_role("button", name="Save").click()
    expect(panel.dialog).to_have_count(0)
    thesis = workbench.experiences.find("Thesis")
    assert thesis.fallbacks == ("scripted/third", "scripted/second")
    assert (thesis.temperature, thesis.max_output_tokens) == (0.5, 500)


def test_a_name_that_cannot_be_used_is_said_in_the_dialog(panel: Desk) -> None:
    unusable = {"": "Give it a name", "x" * 300: "too long", "PHYSICS": "There is an Experience with this name"}
    for name, said in unusable.items():
        panel.new_experience(name)
        expect(panel.dialog.get_by_text(said)).to_be_visible()
        expect(panel.dialog.get_by_label("Name")).to_have_attribute("aria-invalid", "true")
        panel.page.keyboard.press("Escape")
        expect(panel.dialog).to_have_count(0)
        expect(panel.rows).to_have_count(3)


def test_what_the_owner_refuses_is_said_in_the_dialog_which_keeps_its_text(panel: Desk, workbench: Workbench) -> None:
    panel.page.route(
        re.compile(r"api/v1/experiences\?\d+$"), lambda route: route.continue_(post_data=b'{"name": "Physics"}')
    )
    panel.new_experience("Something else", description="kept")
    expect(panel.dialog.get_by_role("alert")).to_contain_text("There is already an Experience called 'Physics'.")
    expect(panel.dialog.get_by_label("Description")).to_have_value("kept")
    panel.page.unroute(re.compile(r"api/v1/experiences\?\d+$"))
    panel.dialog.get_by_role("button", name="Create").click()
    expect(panel.row("Something else")).to_be_visible()


def test_unusual_names_are_shown_as_they_are(panel: Desk, workbench: Workbench) -> None:
    names = ["../../etc", "🧪 Ünïcode", "‏עברית", "<img src=x onerror=alert(1)>", "a" * 200]
    for count, name in enumerate(names, 1):
        panel.new_experience(name)
        expect(panel.rows).to_have_count(3 + count)
        expect(panel.rows.first.locator(".wb-Experiences-name")).to_have_text(name)
        expect(panel.page.locator(".jp-NotebookPanel")).to_have_count(count)
        expect(panel.notebook).to_be_visible()


def test_the_list_is_walked_by_keyboard(panel: Desk) -> None:
    panel.experiences.get_by_role("searchbox").press("ArrowDown")
    expect(panel.button("Thesis")).to_be_focused()
    keys = panel.page.keyboard
    keys.press("ArrowDown")
    expect(panel.button("Cooking")).to_be_focused()
    keys.press("End")
    expect(panel.button("Physics")).to_be_focused()
    keys.press("Home")
    keys.press("ArrowRight")
    expect(panel.experiences.get_by_role("button", name="Actions for Thesis")).to_be_focused()
    keys.press("Enter")
    expect(panel.page.get_by_role("menuitem", name="Archive Experience")).to_be_visible()
    keys.press("Escape")
    expect(panel.experiences.get_by_role("button", name="Actions for Thesis")).to_be_focused()


def test_who_deletes_by_keyboard_goes_on_from_the_next_row(panel: Desk) -> None:
    panel.button("Cooking").press("Delete")
    expect(panel.rows).to_have_count(2)
    expect(panel.button("Physics")).to_be_focused()


def test_an_owner_that_is_gone_is_said_with_the_way_on(panel: Desk) -> None:
    panel.page.route("**/workbench/api/v1/**", lambda route: route.abort())
    panel.reload()
    panel.show_experiences()
    expect(panel.experiences.get_by_role("alert")).to_contain_text("The workbench does not answer.", timeout=30_000)
    expect(panel.page.get_by_role("button", name="Workbench: not reachable")).to_be_visible()
    panel.page.unroute("**/workbench/api/v1/**")
    panel.experiences.get_by_role("button", name="Try again", exact=True).click()
    expect(panel.button("Thesis")).to_be_visible()


def test_the_status_bar_names_the_model_and_leads_to_the_panel(panel: Desk) -> None:
    panel.page.get_by_role("tab", name=re.compile("File Browser")).click()
    expect(panel.experiences).not_to_be_visible()
    panel.page.get_by_role("button", name="Workbench: scripted").click()
    expect(panel.experiences).to_be_visible()
