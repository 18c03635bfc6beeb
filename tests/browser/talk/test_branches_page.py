"""The branches of a conversation on a bare page, over a real owner: looked at, gone to, deleted, brought back."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hosts.bare import BarePage
from tests.browser.lab.axe import findings
from tests.browser.reader import Chat
from workbench.client import Workbench
from workbench.client.experiences import OpenExperience

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture
def chat(page: Page, place: BarePage, bench: Workbench, experience: OpenExperience) -> Chat:
    """A chat whose conversation was edited twice: three branches, and the last one shown."""
    conversation = bench.conversations.create(experience.id)
    for question in ("Why is the sky blue?", "Why is the sea blue?", "Why is blood red?"):
        turn = bench.conversations.send(conversation.id, question, parent_id=None, model="standin/echo")
        list(bench.conversations.stream(turn.reply.id))
    page.emulate_media(reduced_motion="reduce")
    place.open(page, experience.record)
    return Chat(page)


def test_a_branch_is_gone_to_by_keyboard_deleted_and_brought_back(
    chat: Chat, bench: Workbench, experience: OpenExperience
) -> None:
    chat.button("Branches").press("Enter")
    tree = chat.element.get_by_role("tree", name="Branches")
    lines = tree.get_by_role("treeitem")
    expect(lines).to_have_count(3)
    shown = tree.locator("[aria-current]")
    expect(shown).to_be_focused()
    expect(shown).to_contain_text("Why is blood red?")
    expect(shown).to_contain_text("You · ")
    for scheme, size in (("light", 1440), ("dark", 390)):
        chat.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        chat.page.set_viewport_size({"width": size, "height": 800})
        expect(tree).to_be_visible()
        chat.page.screenshot(path=f"test-results/branches-{scheme}-{size}.png")
        assert findings(chat.page) == []
    chat.page.keyboard.press("Home")
    expect(lines.first).to_be_focused()
    chat.page.keyboard.press("Enter")
    expect(tree).to_have_count(0)
    expect(chat.button("Branches")).to_be_focused()
    expect(chat.element.get_by_role("log")).to_contain_text("Why is the sky blue?")

    chat.button("Branches").press("Enter")
    chat.page.keyboard.press("ArrowDown")
    chat.page.keyboard.press("Delete")
    expect(lines).to_have_count(2)
    expect(lines.nth(1)).to_be_focused()
    expect(chat.element.get_by_role("status")).to_contain_text("Deleted 2 messages.")
    chat.page.keyboard.press("Delete")
    expect(tree).to_have_count(0)
    expect(chat.button("Undo")).to_be_focused()
    expect(chat.button("Branches")).to_have_count(0)
    expect(chat.element.get_by_role("log")).to_contain_text("Why is the sky blue?")
    chat.page.screenshot(path="test-results/branches-deleted-390.png")
    assert findings(chat.page) == []
    chat.page.keyboard.press("Enter")
    expect(chat.button("Branches")).to_have_count(1)
    (conversation,) = bench.conversations.list(experience.id).conversations
    assert len(bench.branches.deleted(conversation.id)) == 1


def test_a_message_is_deleted_by_its_button_and_other_doors_are_followed(
    chat: Chat, bench: Workbench, experience: OpenExperience
) -> None:
    (conversation,) = bench.conversations.list(experience.id).conversations
    log = chat.element.get_by_role("log")
    expect(log).to_contain_text("Why is blood red?")
    log.get_by_role("button", name="Delete from here on").first.click()
    expect(log).to_contain_text("Why is the sea blue?")
    expect(chat.button("Undo")).to_be_focused()
    chat.button("Undo").click()
    expect(log).to_contain_text("Why is blood red?")
    question = next(m for m in bench.conversations.get(conversation.id).messages if m.text == "Why is blood red?")
    bench.branches.delete(question.id)
    expect(log).to_contain_text("Why is the sea blue?")
    bench.branches.restore(question.id)
    expect(chat.element.get_by_role("group", name="Versions").first).to_contain_text("of 3")
