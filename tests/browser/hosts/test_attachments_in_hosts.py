"""What was given with a question, in every host: folded away, shown on demand, harmless, kept when it is edited."""

import re
import struct
import zlib

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.hostile_markdown import numbered_payloads
from tests.browser.hosts.conftest import Shown, Sink
from tests.browser.hosts.host import Host, Scheme
from tests.browser.hosts.test_access_in_hosts import assert_accessible
from tests.browser.lab.provider import Provider
from tests.browser.reader import Chat
from workbench.client import Workbench
from workbench.conversations.records import Given

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def png(width: int, height: int) -> bytes:
    """A picture of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + bytes((36, 87, 197)) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


TABLE = Given(
    kind="table",
    name="df",
    text="1,000 rows × 3 columns\n\n" + "\n".join(f"| {n} | {n * n} | {'wide ' * 30} |" for n in range(40)),
)
PICTURE = Given(
    kind="picture", name="fig", text="A rising line over 3 months.", media_type="image/png", data=png(320, 200)
)


def asked_elsewhere(chat: Chat, workbench: Workbench, *given: Given) -> Locator:
    """A question with which that was given, sent through the client into the conversation that is open."""
    chat.ask("Before")
    chat.answered("All is well.")
    conversation = chat.element.evaluate("chat => chat.model.state.conversation.id")
    workbench.conversations.send(conversation, "What is odd here?", attachments=given)
    expect(chat.messages).to_have_count(4)
    chat.answered("All is well.")
    return chat.messages.nth(2)


def test_a_table_and_a_picture_are_folded_away_and_shown_on_demand(
    chat: Chat, workbench: Workbench, model: Provider
) -> None:
    question = asked_elsewhere(chat, workbench, TABLE, PICTURE)
    summary = question.locator("summary")
    expect(summary).to_have_text("Given: df (table, 1,000 × 3), fig (picture)")
    expect(question.locator("pre").first).to_be_hidden()
    summary.focus()
    summary.press("Enter")
    expect(question.locator("pre").first).to_have_text(TABLE.text)
    picture = question.get_by_role("img", name="fig")
    expect(picture).to_be_visible()
    picture.evaluate("image => image.decode()")
    assert picture.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [320, 200]
    chat.page.keyboard.press("Tab")
    assert chat.focused().startswith("df")
    summary.press("Enter")
    expect(picture).to_be_hidden()
    assert "df (table)" in model.questions[-1]
    assert "A rising line over 3 months." in model.questions[-1]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_what_was_given(chat: Chat, host: Host, workbench: Workbench, scheme: Scheme) -> None:
    host.theme(chat.page, scheme)
    question = asked_elsewhere(chat, workbench, TABLE, PICTURE)
    question.locator("summary").click()
    expect(question.get_by_role("img", name="fig")).to_be_visible()
    assert_accessible(chat, host)
    chat.page.screenshot(path=f"test-results/given-{type(host).__name__}-{scheme}.png")


def test_an_edited_question_keeps_what_was_given(chat: Chat, workbench: Workbench) -> None:
    question = asked_elsewhere(chat, workbench, TABLE, PICTURE)
    question.hover()
    question.get_by_role("button", name="Edit this question").click()
    chat.element.get_by_role("textbox", name="Your question").fill("And what is not?")
    chat.button("Ask again").click()
    chat.answered("All is well.")
    expect(question).to_contain_text("And what is not?")
    expect(question).to_contain_text("2 of 2")
    question.locator("summary").click()
    expect(question.get_by_role("img", name="fig")).to_be_visible()
    question.get_by_role("button", name="Previous version").click()
    expect(question).to_contain_text("What is odd here?")
    expect(question.get_by_role("img", name="fig")).to_be_hidden()


def test_what_was_given_runs_nothing_and_fetches_nothing(
    chat: Chat, shown: Shown, host: Host, workbench: Workbench, sink: Sink
) -> None:
    payloads = list(numbered_payloads(sink.url).values())
    names = [" ".join(text.split())[:150] for text in payloads]
    hostile = [Given(kind="text", name=names[n], text="\n\n".join(payloads[n::19])) for n in range(19)]
    broken = Given(kind="picture", name=names[19], media_type="image/png", data=b"\x89PNG\r\n\x1a\n<script>hacked=1")
    shown.asked.clear()
    question = asked_elsewhere(chat, workbench, *hostile, broken)
    question.locator("summary").click()
    expect(question.locator("img")).to_have_attribute("src", re.compile("^data:image/png;base64,"))
    chat.page.wait_for_timeout(500)
    assert chat.page.evaluate("window.hacked") is None
    assert sink.reached == []
    own = re.compile(rf"{re.escape(host.url)}/(?!.*sink){host.asks.pattern}")
    assert [url for url in shown.asked if not own.fullmatch(url)] == []
    drawn = question.locator("details *").evaluate_all("all => [...new Set(all.map(each => each.localName))]")
    assert set(drawn) == {"summary", "bdi", "p", "pre", "img"}
