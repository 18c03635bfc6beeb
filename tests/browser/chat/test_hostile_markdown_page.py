"""What a model writes runs nothing and fetches nothing, whole or cut at any point of its stream."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chat.conftest import Chat
from tests.browser.chat.stand_in import Script, StandIn
from tests.browser.hostile_markdown import payloads
from workbench.experiences.records import Experience

pytestmark = pytest.mark.browser

LONGEST_STREAM = 400
ELEMENTS = re.compile(
    r"^(a|blockquote|br|button|code|del|div|em|h4|hr|li|ol|p|pre|s|span|strong|table|tbody|td|th|thead|tr|ul"
    r"|math|m[a-z]+|none)$"
)
ATTRIBUTES = {
    "accent", "accentunder", "aria-label", "class", "columnalign", "columnlines", "columnspan", "data-action", "depth",
    "dir", "display", "displaystyle", "fence", "form", "height", "href", "largeop", "linethickness", "lspace",
    "mathvariant", "maxsize", "minsize", "movablelimits", "notation", "rel", "role", "rowlines", "rowspan", "rspace",
    "scriptlevel", "separator", "start", "stretchy", "symmetric", "tabindex", "target", "title", "type", "voffset",
    "width",
}  # fmt: skip


def test_hostile_replies_run_nothing_and_fetch_nothing(chat: Chat, owner: StandIn, experience: Experience) -> None:
    asked = watch(chat.page)
    hostile = payloads(f"{owner.url}/sink")
    texts = [text for name, payload in hostile.items() for text in (f"Show: {name}", payload)]
    owner.add_conversation(experience, *texts)
    chat.open(experience)
    for _ in range(len(texts) // 24):
        show_earlier(chat)
    expect(chat.messages).to_have_count(len(texts))
    chat.page.mouse.move(600, 300)
    chat.page.wait_for_timeout(500)
    assert_harmless(chat, asked)


def test_hostile_replies_are_harmless_wherever_their_stream_is_cut(opened: Chat, owner: StandIn) -> None:
    asked = watch(opened.page)
    hostile = [text[:LONGEST_STREAM] for text in payloads(f"{owner.url}/sink").values()]
    opened.page.evaluate(STREAM, {"texts": hostile, "piece": 3})
    assert opened.page.locator("wb-chat").count() == len(hostile) + 1
    assert_harmless(opened, asked)


def test_the_same_payloads_are_noticed_where_nothing_tames_them(opened: Chat, owner: StandIn) -> None:
    hostile = payloads(f"{owner.url}/sink")
    opened.page.evaluate("html => document.body.insertAdjacentHTML('beforeend', html)", hostile["image with a handler"])
    opened.page.wait_for_function("window.hacked === 1")
    assert owner.sunk == ["/sink/missing.png"]


def test_an_image_becomes_a_link_that_says_so(opened: Chat, owner: StandIn) -> None:
    owner.script = Script(text="![A chart](https://example.org/chart.png) and ![](data:image/png;base64,AAAA)")
    opened.ask("Draw")
    opened.answered("Image: A chart")
    link = opened.reply.get_by_role("link", name="Image: A chart")
    expect(link).to_have_attribute("href", "https://example.org/chart.png")
    expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
    expect(link).to_have_attribute("target", "_blank")
    expect(opened.reply.locator("img")).to_have_count(0)


def test_links_are_not_looked_up_before_they_are_followed(opened: Chat) -> None:
    meta = opened.page.locator('meta[http-equiv="x-dns-prefetch-control"]')
    expect(meta).to_have_attribute("content", "off")


def watch(page: Page) -> list[str]:
    """The addresses the page asks for from now on."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: asked.append(f"dialog: {dialog.message}"))
    page.on("popup", lambda popup: asked.append(f"popup: {popup.url}"))
    return asked


def show_earlier(chat: Chat) -> None:
    """Draw more of the conversation's beginning, if it is not all there."""
    chat.log.evaluate("log => log.scrollTo(0, 0)")
    chat.page.wait_for_timeout(100)


def assert_harmless(chat: Chat, asked: list[str]) -> None:
    """No script has run, nothing was fetched, and nothing is there that could do either later."""
    assert chat.page.evaluate("window.hacked") is None
    assert chat.owner.sunk == []
    expected = re.compile(rf"^{re.escape(chat.owner.url)}/(\?.*|page\.js|dist/.*|api/v1/.*)$")
    assert [url for url in asked if not expected.match(url)] == []
    elements, attributes, links = chat.page.evaluate(INVENTORY)
    assert [name for name in elements if not ELEMENTS.match(name)] == []
    assert set(attributes) - ATTRIBUTES == set()
    assert [link for link in links if not re.match(r"(https?://|mailto:)", link)] == []


INVENTORY = """() => {
  const chats = [];
  const find = root => root.querySelectorAll('*').forEach(element => {
    if (element.localName === 'wb-chat') chats.push(element);
    else if (element.shadowRoot) find(element.shadowRoot);
  });
  find(document);
  const drawn = chats.flatMap(chat => [...chat.shadowRoot.querySelectorAll('.wb-Markdown *')]);
  const unique = values => [...new Set(values)];
  return [
    unique(drawn.map(element => element.localName)),
    unique(drawn.flatMap(element => element.getAttributeNames())),
    unique(drawn.filter(element => element.hasAttribute('href')).map(element => element.getAttribute('href'))),
  ];
}"""

STREAM = """async ({ texts, piece }) => {
  const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));
  const stamp = new Date().toISOString();
  const experience = { id: 'e', name: 'x', description: '', model: null };
  const conversation = { id: 'c', experience_id: 'e', title: 'x', head_id: 'r', message_count: 2, updated_at: stamp };
  const message = (id, more) => ({
    id, conversation_id: 'c', experience_id: 'e', parent_id: null, author: 'user', text: '?', reasoning: '',
    status: 'complete', fault: null, model: null, model_name: null, output_tokens: null, total_ms: null,
    cost_usd: null, ...more
  });
  const running = message('r', { parent_id: 'q', author: 'assistant', text: '', status: 'running' });
  const answers = path => {
    if (path.startsWith('experiences/')) return experience;
    if (path.startsWith('conversations?')) return { conversations: [conversation], next_cursor: null, total: 1 };
    if (path.startsWith('conversations/')) return { conversation, messages: [message('q'), running] };
    return path === 'models' ? [] : null;
  };
  await Promise.all(texts.map(async text => {
    let end;
    const ended = new Promise(resolve => (end = resolve));
    const transport = {
      request: async (method, path) => answers(path),
      async *events(path) {
        if (path === 'events') return await new Promise(() => undefined);
        try {
          yield { event: 'snapshot', data: JSON.stringify(running) };
          for (let at = 0; at < text.length; at += piece) {
            yield { event: 'delta', data: JSON.stringify({ text: text.slice(at, at + piece) }) };
            await sleep(31);
          }
          yield { event: 'done', data: JSON.stringify({ ...running, text, status: 'complete' }) };
        } finally {
          setTimeout(end, 100);
        }
      }
    };
    const chat = document.createElement('wb-chat');
    chat.model = new page.ChatModel(transport);
    document.body.append(chat);
    await chat.model.open('e');
    await ended;
  }));
}"""
