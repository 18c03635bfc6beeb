"""Several models side by side on a bare page, over a real owner: asked, looked at, one kept, all merged."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.reader import Chat
from tests.browser.talk.looks import look
from tests.conftest import add_model
from tests.stand_in import StandIn
from workbench.client import Workbench
from workbench.client.experiences import OpenExperience

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def ask_all(chat: Chat, question: str, others: tuple[str, str] = ("scold", "echo")) -> None:
    """Choose two more models by keyboard, and ask all three."""
    chat.button("Ask several models").click()
    chosen = chat.element.get_by_role("menuitemcheckbox", checked=True)
    expect(chosen).to_have_count(1)  # the one that answers here
    for name in others:
        chat.element.get_by_role("menuitemcheckbox", name=name).press("Enter")
    expect(chosen).to_have_count(3)
    chat.page.keyboard.press("Escape")
    expect(chat.element.get_by_role("menu")).to_have_count(0)
    chat.ask(question)


def test_three_models_are_compared_and_one_is_kept(chat: Chat, bench: Workbench, experience: OpenExperience) -> None:
    ask_all(chat, "Why is the sky blue?")
    columns = chat.element.locator(".wb-Column")
    expect(columns).to_have_count(3)
    for number, holds in enumerate(("w0 w1 w2", "rejected", "Why is the sky blue?")):
        expect(columns.nth(number)).to_have_attribute("aria-busy", "false")
        expect(columns.nth(number)).to_contain_text(f"{number + 1} of 3")
        if number != 1:
            expect(columns.nth(number)).to_contain_text(holds)
    expect(columns.nth(1).locator(".wb-Notice")).to_be_visible()
    expect(columns.nth(1).get_by_role("button")).to_have_text(["Try again"])
    expect(chat.element.get_by_role("status").filter(has_text="3 answers, 2 of them whole.")).to_have_count(1)
    look(chat.page, "comparing")
    assert chat.log.evaluate("log => log.scrollWidth <= log.clientWidth")
    group = chat.element.get_by_role("group", name="3 answers")
    group.press("ArrowRight")
    group.press("ArrowRight")
    expect(columns.nth(2)).to_be_in_viewport(ratio=0.9)
    expect(columns.nth(0)).not_to_be_in_viewport()
    columns.nth(2).get_by_role("button", name="Keep this one").click()
    expect(columns).to_have_count(0)
    expect(chat.messages).to_have_count(2)
    expect(chat.reply).to_contain_text("3 of 3")
    assert chat.focused() == "Message"
    chat.ask("And sunsets?")
    expect(chat.messages).to_have_count(4)
    chat.answered("w0 w1")
    (conversation,) = bench.conversations.list(experience.id).conversations
    messages = bench.conversations.get(conversation.id).messages
    (asked,) = (each for each in messages if each.text == "And sunsets?")
    assert [each.model for each in messages if each.id == asked.parent_id] == ["standin/echo"]


def test_replies_are_compared_again_and_merged(chat: Chat, bench: Workbench, experience: OpenExperience) -> None:
    ask_all(chat, "Why?")
    columns = chat.element.locator(".wb-Column")
    expect(columns.nth(2)).to_have_attribute("aria-busy", "false")
    columns.nth(2).get_by_role("button", name="Keep this one").click()
    chat.messages.last.hover()
    chat.button("Compare the answers").click()
    expect(columns).to_have_count(3)
    columns.nth(1).get_by_role("button", name="Try again").click()
    expect(columns.nth(1)).to_have_attribute("aria-busy", "false")
    expect(columns.nth(1).locator(".wb-Notice")).to_be_visible()
    chat.button("Merge with…").click()
    chat.element.get_by_role("menuitem", name="echo").click()
    expect(columns).to_have_count(0)
    expect(chat.reply).to_contain_text("merged from 2 answers")
    expect(chat.reply).to_contain_text("Reply 1 of 2:")
    (conversation,) = bench.conversations.list(experience.id).conversations
    head = bench.conversations.get(conversation.id).conversation.head_id
    assert len(bench.conversations.message(head or "").merged_from) == 2


@pytest.fixture
def unsteady(bench: Workbench, provider: StandIn) -> Iterator[None]:
    """A model that takes seconds, and one whose connection is lost in mid-reply."""
    models = [add_model(bench, provider, name) for name in ("paced-60-10", "cut-5")]
    yield
    for each in models:
        bench.models.remove(each.id)


@pytest.mark.usefixtures("unsteady")
def test_a_network_that_is_lost_and_back_costs_nothing_of_what_came(chat: Chat) -> None:
    ask_all(chat, "Why?", ("paced-60-10", "cut-5"))
    whole, slow, cut = (chat.element.locator(".wb-Column").nth(number) for number in range(3))
    expect(slow).to_contain_text("w3")
    chat.page.context.set_offline(True)
    chat.page.wait_for_timeout(1500)
    chat.page.context.set_offline(False)
    expect(slow).to_have_attribute("aria-busy", "false")
    expect(slow).to_contain_text("w59")
    expect(whole).to_contain_text("w39")
    expect(whole.locator(".wb-Notice")).to_have_count(0)
    expect(slow.locator(".wb-Notice")).to_have_count(0)
    expect(cut).to_contain_text("w4")
    expect(cut.locator(".wb-Notice")).to_contain_text("cut off")
    expect(chat.element.get_by_role("status").filter(has_text="3 answers, 2 of them whole.")).to_have_count(1)
    look(chat.page, "network-lost")
    expect(whole.get_by_role("button", name="Continue")).to_have_count(0)
    cut.get_by_role("button", name="Continue").click()
    expect(cut.locator(".wb-Notice")).to_have_count(0)
    expect(cut).to_have_attribute("aria-busy", "false")
    expect(cut).to_contain_text("w4")
    cut.get_by_role("button", name="Keep this one").click()
    expect(chat.reply).to_contain_text("w4")


def mirrored(bench: Workbench, provider: StandIn, name: str) -> Iterator[None]:
    """Another provider with a model of this name."""
    bench.models.add_remote(provider="mirror", base_url=provider.base_url, name=name, api_key="sk-test-key")
    yield
    bench.providers.remove("mirror")


@pytest.fixture
def other(bench: Workbench, provider: StandIn) -> Iterator[None]:
    """Another provider with a model that says what it was sent."""
    yield from mirrored(bench, provider, "recall")


@pytest.mark.usefixtures("other")
def test_another_model_goes_on_with_what_was_said(chat: Chat) -> None:
    chat.ask("Why is the sky blue?")
    chat.answered("w39")
    chat.element.get_by_role("button", name="Model: paced-40-0").click()
    chat.element.get_by_role("option", name="recall").click()
    chat.ask("And at night?")
    chat.answered("And at night?")
    expect(chat.messages).to_have_count(4)
    expect(chat.reply).to_contain_text("user: Why is the sky blue? assistant: w0 w1 w2")
    expect(chat.reply).to_contain_text("w39 user: And at night?")
    expect(chat.messages.nth(1).get_by_role("heading")).to_have_text("paced-40-0 · standin")
    expect(chat.reply.get_by_role("heading")).to_have_text("recall · mirror")
    look(chat.page, "another-model")


@pytest.fixture
def twin(bench: Workbench, provider: StandIn) -> Iterator[None]:
    """Another provider with a model of the same name as the one that answers."""
    yield from mirrored(bench, provider, "paced-40-0")


@pytest.mark.usefixtures("twin")
def test_two_models_of_one_name_are_told_apart(chat: Chat) -> None:
    chat.ask("Alone")
    chat.answered("w39")
    expect(chat.reply.get_by_role("heading")).to_have_text("paced-40-0 · standin")
    expect(chat.reply).to_contain_text("cost unknown")
    chat.button("Model: paced-40-0 · standin").click()
    for name in ("standin", "mirror"):
        expect(chat.element.get_by_role("option", name=f"paced-40-0 {name}")).to_have_count(1)
    chat.page.keyboard.press("Escape")
    chat.button("Ask several models").click()
    chat.element.get_by_role("menuitemcheckbox", name="paced-40-0 mirror").press("Enter")
    chat.page.keyboard.press("Escape")
    expect(chat.button("Ask several models: paced-40-0 · standin, paced-40-0 · mirror")).to_be_visible()
    chat.ask("Both")
    columns = chat.element.locator(".wb-Column")
    for number, name in enumerate(("standin", "mirror")):
        expect(columns.nth(number).get_by_role("heading")).to_contain_text(f"paced-40-0 · {name}")
        expect(columns.nth(number)).to_contain_text("cost unknown")
        expect(chat.button(f"Keep this one: paced-40-0 · {name}")).to_be_visible()
    look(chat.page, "one-name")
