"""Files, pictures and PDFs for a question on a bare page, over a real owner: by button, drop and paste."""

import base64
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.hosts.test_attachments_in_hosts import png
from tests.browser.reader import Chat
from tests.browser.talk.looks import look
from workbench.client import Workbench
from workbench.client.experiences import OpenExperience

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PICTURE = png(32, 20)
PDF = b"%PDF-1.7\n\xff\xfe\n%%EOF\n"
TRANSFER = """(element, [type, named, data, media]) => {
  const files = new DataTransfer();
  files.items.add(new File([Uint8Array.from(atob(data), each => each.charCodeAt(0))], named, { type: media }));
  const about = { bubbles: true, composed: true, cancelable: true };
  element.dispatchEvent(
    type === 'paste'
      ? new ClipboardEvent(type, { ...about, clipboardData: files })
      : new DragEvent(type, { ...about, dataTransfer: files })
  );
}"""


@pytest.fixture
def experience(bench: Workbench, request: pytest.FixtureRequest) -> OpenExperience:
    """An Experience in which the model answers that repeats what it is sent."""
    return bench.experiences.create(request.node.name.replace("_", " "), model="standin/echo")


@pytest.fixture
def priced(bench: Workbench) -> Iterator[None]:
    """Two of the three models have prices: a tenth of a cent for a token."""
    both = ("standin/echo", "standin/paced-40-0")
    for model in both:
        bench.models.correct(model, input_usd_per_million=Decimal(1_000), output_usd_per_million=Decimal(1_000))
    yield
    for model in both:
        bench.models.correct(model, input_usd_per_million=None, output_usd_per_million=None)


def estimate(chat: Chat, rest: str = "") -> tuple[float, ...]:
    """The tokens below what is written, the lowest and the highest cost, where nothing but `rest` follows."""
    says = re.compile(rf"^\s*about (\d+) tokens · \$([\d.]+).\$([\d.]+){re.escape(rest)}\s*$")
    line = chat.element.locator("#wb-estimate")
    expect(line).to_have_text(says)
    found = says.match(line.text_content() or "")
    assert found is not None
    return tuple(float(each) for each in found.groups())


@pytest.mark.usefixtures("priced")
def test_what_a_question_would_cost_is_said_for_every_model_and_with_what_is_given(chat: Chat) -> None:
    chat.composer.fill("What is odd here?")
    tokens, low, high = estimate(chat)
    assert 0 < low < high
    chat.button("Ask several models").click()
    paced, scold = (chat.element.get_by_role("menuitemcheckbox", name=name) for name in ("paced-40-0", "scold"))
    paced.press("Enter")
    expect(chat.element.locator("#wb-estimate")).to_contain_text(f"about {tokens * 2:.0f} tokens")
    assert estimate(chat)[1:] == pytest.approx((low * 2, high * 2), rel=0.1)
    scold.press("Enter")
    unknown = " · cost unknown for 1 of 3"
    expect(chat.element.locator("#wb-estimate")).to_contain_text(unknown)
    assert estimate(chat, unknown)[0] == tokens * 3
    scold.press("Enter")
    paced.press("Enter")
    expect(chat.element.locator("#wb-estimate")).to_contain_text(f"about {tokens:.0f} tokens")
    chat.page.keyboard.press("Escape")
    transfer(chat, ".wb-Transcript", "drop", "more.txt", b"More. " * 400, "text/plain")
    expect(chat.element.locator("#wb-estimate")).to_contain_text(re.compile(r"about \d{3} tokens"))
    given = estimate(chat)
    assert given[0] > tokens + 400
    assert given[1] > low
    look(chat.page, "estimate")


def transfer(chat: Chat, target: str, how: str, named: str, data: bytes, media: str) -> None:
    """A file that the browser hands over, as it does when one is dropped or pasted."""
    given = [how, named, base64.b64encode(data).decode(), media]
    chat.element.locator(target).evaluate(TRANSFER, given)


def test_files_are_attached_removed_and_sent_with_the_question(
    chat: Chat, bench: Workbench, experience: OpenExperience, tmp_path: Path
) -> None:
    notes, report = tmp_path / "notes.md", tmp_path / "report.pdf"
    notes.write_text("Measured by hand.")
    report.write_bytes(b"%PDF-1.7\xff\xfe\x00")
    with chat.page.expect_file_chooser() as chosen:
        chat.button("Attach files").click()
    chosen.value.set_files([notes, report])
    chips = chat.element.get_by_role("list", name="Goes with the question").get_by_role("listitem")
    expect(chips).to_have_count(1)
    expect(chips.first).to_contain_text("notes.md 17 bytes")
    expect(chat.element.get_by_role("alert")).to_contain_text("“report.pdf” is cut off: it has no end.")
    expect(chat.element.get_by_role("status").filter(has_text="Attached: notes.md")).to_have_count(1)
    chat.button("Dismiss").click()
    transfer(chat, ".wb-Composer-text", "paste", "image.png", PICTURE, "image/png")
    expect(chips).to_have_count(2)
    expect(chat.element.get_by_text("echo: not shown pictures")).to_be_visible()
    transfer(chat, ".wb-Transcript", "drop", "more.txt", b"More.", "text/plain")
    expect(chips).to_have_count(3)
    transfer(chat, ".wb-Transcript", "drop", "paper.pdf", PDF, "application/pdf")
    expect(chips).to_have_count(4)
    expect(chips.last).to_contain_text("paper.pdf 18 bytes")
    expect(chat.element.get_by_text("echo: not shown PDFs, only told of them.")).to_be_visible()
    look(chat.page, "attaching")
    chat.button("Remove more.txt").press("Enter")
    expect(chips).to_have_count(3)
    assert chat.focused() == "Message"
    chat.ask("What is odd here?")
    chat.answered("Measured by hand.")
    expect(chips).to_have_count(0)
    expect(chat.messages.first.locator("summary")).to_have_text(
        "Given: notes.md (text), image.png (picture), paper.pdf (PDF, 18 bytes)"
    )
    expect(chat.element).to_contain_text("paper.pdf: a PDF, which you are not shown.")
    (conversation,) = bench.conversations.list(experience.id).conversations
    question = bench.conversations.get(conversation.id).messages[0]
    assert [each.name for each in question.attachments] == ["notes.md", "image.png", "paper.pdf"]
    assert bench.conversations.attachment(question.id, 1).data == PICTURE
    assert bench.conversations.attachment(question.id, 2).data == PDF
    bench.models.correct("standin/echo", pdf=True)
    chat.button("Try again").click()
    chat.answered(f"[paper.pdf data:application/pdf {base64.b64encode(PDF).decode()}]")
    bench.models.correct("standin/echo", pdf=None)


def test_text_that_is_pasted_with_a_picture_of_it_is_pasted_as_text(chat: Chat) -> None:
    chat.composer.evaluate(
        """element => {
          const both = new DataTransfer();
          both.setData('text/plain', 'cells');
          both.items.add(new File(['x'], 'image.png', { type: 'image/png' }));
          const event = new ClipboardEvent('paste', { clipboardData: both, bubbles: true, cancelable: true });
          element.dataset.kept = String(element.dispatchEvent(event));
        }"""
    )
    expect(chat.composer).to_have_attribute("data-kept", "true")
    expect(chat.element.get_by_role("listitem")).to_have_count(0)
