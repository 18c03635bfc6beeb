"""The owner ends in the middle of a reply, in every host. Last, as whoever asks next waits for a new one to warm up."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.lab.provider import Answer, Provider
from tests.browser.reader import Chat
from tests.conftest import kill_owner

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SAVED_MS = 750
"""What has arrived for so long is on disk, whatever happens."""


def test_what_had_arrived_is_there_when_another_owner_has_taken_over(
    chat: Chat, model: Provider, shared_home: Path
) -> None:
    model.answers = [Answer(text="Half of it and the other half.", hold_at=11)]
    chat.ask("Tell me")
    expect(chat.reply).to_contain_text("Half of it")
    chat.page.wait_for_timeout(SAVED_MS)
    assert kill_owner(shared_home) is not None
    expect(chat.reply).to_contain_text("Interrupted. What had arrived was kept.")
    expect(chat.reply).to_contain_text("Half of it")
    expect(chat.button("Continue")).to_be_visible()
    expect(chat.messages).to_have_count(2)
