"""What a model writes runs nothing and fetches nothing, in every host, whole or cut at any point of its stream."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.hostile_markdown import named, numbered_payloads
from tests.browser.hosts.conftest import Shown, Sink, new_page
from tests.browser.hosts.host import Host
from tests.browser.lab.provider import Answer, Provider
from tests.browser.reader import Chat
from workbench.client import Workbench
from workbench.experiences.records import Experience

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

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
LINKS = re.compile(r"(https?://|mailto:)")


@pytest.fixture(scope="package")
def hostile(sink: Sink, running_model: Provider, workbench: Workbench) -> Experience:
    """An Experience with one conversation, in which the model gave each payload as a reply."""
    made = workbench.experiences.create("Hostile replies")
    conversation = workbench.conversations.create(made.id)
    for name, text in numbered_payloads(sink.url).items():
        running_model.answers = [Answer(text=text)]
        turn = workbench.conversations.send(conversation.id, name)
        *_, done = workbench.conversations.stream(turn.reply.id)
        assert done.message.status == "complete", name
        assert done.message.text == text, name
    return made


@dataclass
class Scene:
    """A page with hostile replies in it, and all that could tell on them."""

    host: Host
    shown: Shown
    sink: Sink

    @property
    def chat(self) -> Chat:
        return Chat(self.shown.page)

    def faults(self) -> list[str]:
        """What ran, what was fetched, and what was drawn that could do either later; each with its payload."""
        ran = self.shown.page.evaluate("window.hacked")
        # What a host makes itself, as a blob of its own origin, is fetched from nowhere.
        own = re.escape(self.host.url)
        allowed = re.compile(rf"{own}/(?!.*sink){self.host.asks.pattern}|blob:{own}/[\w-]+")
        drawn = self.shown.page.evaluate(INVENTORY)
        return [
            *([] if ran is None else [f"{named(ran)}: ran"]),
            *(f"{named(path)}: fetched" for path in self.sink.reached),
            *(f"asked for {url}" for url in self.shown.asked if not allowed.fullmatch(url)),
            *(
                f"{each['payload']}: <{name}>"
                for each in drawn
                for name in each["elements"]
                if not ELEMENTS.match(name)
            ),
            *(f"{each['payload']}: {name}=" for each in drawn for name in set(each["attributes"]) - ATTRIBUTES),
            *(f"{each['payload']}: to {link}" for each in drawn for link in each["links"] if not LINKS.match(link)),
        ]


@pytest.fixture(scope="module")
def opened(browser: Browser, host: Host, hostile: Experience, sink: Sink) -> Iterator[Scene]:
    """The conversation, opened on a page without a past."""
    with browser.new_context(viewport={"width": host.widths[-1], "height": 900}) as context:
        scene = Scene(host, new_page(context), sink)
        host.open(scene.shown.page, hostile)
        yield scene


@pytest.fixture
def scene(opened: Scene) -> Iterator[Scene]:
    """That page; what a test finds on it is not left to the next."""
    opened.shown.errors.clear()
    yield opened
    opened.sink.reached.clear()
    opened.shown.asked.clear()
    opened.shown.page.evaluate("delete window.hacked")
    assert opened.shown.errors == []


def test_hostile_replies_run_nothing_and_fetch_nothing(scene: Scene, sink: Sink) -> None:
    chat = scene.chat
    names = list(numbered_payloads(sink.url))
    expect(chat.button("Show earlier messages")).to_be_attached()
    while chat.button("Show earlier messages").count():
        chat.log.evaluate("log => log.scrollTo(0, 0)")
        chat.page.wait_for_timeout(100)
    expect(chat.messages).to_have_count(2 * len(names))
    assert chat.element.evaluate(QUESTIONS) == names
    expect(chat.element.locator(".wb-Markdown")).to_have_count(len(names))
    chat.log.hover()
    chat.page.wait_for_timeout(500)
    assert scene.faults() == []


def test_hostile_replies_are_harmless_wherever_their_stream_is_cut(scene: Scene, sink: Sink) -> None:
    texts = {name: text[:LONGEST_STREAM] for name, text in numbered_payloads(sink.url).items()}
    streamed = scene.chat.element.evaluate(STREAM, {"texts": texts, "piece": 3})
    assert streamed == len(texts)
    assert scene.faults() == []
    scene.shown.page.evaluate("document.querySelectorAll('[data-payload]').forEach(chat => chat.remove())")


def test_a_payload_that_nothing_tames_is_noticed(scene: Scene, sink: Sink) -> None:
    name = "image with a handler"
    block = scene.chat.element.locator(".wb-Markdown").first
    before = block.evaluate(
        "(block, html) => { const was = block.innerHTML; block.innerHTML = html; return was }",
        numbered_payloads(sink.url)[name],
    )
    drawn = scene.chat.element.evaluate(QUESTIONS)[0]
    noticed = {f"{drawn}: <img>", f"{drawn}: onerror="}
    if scene.host.second_line:
        scene.shown.page.wait_for_timeout(1000)
        faults = set(scene.faults())
        assert noticed <= faults
        assert not faults & {f"{name}: ran", f"{name}: fetched"}
    else:
        scene.shown.page.wait_for_function("'hacked' in window")
        assert {f"{name}: ran", f"{name}: fetched"} | noticed <= set(scene.faults())
    block.evaluate("(block, html) => block.innerHTML = html", before)


def test_an_image_becomes_a_link_that_says_so(chat: Chat, model: Provider) -> None:
    model.answer = "![A chart](https://example.org/chart.png) and ![](data:image/png;base64,AAAA)"
    chat.ask("Draw")
    chat.answered("Image: A chart")
    link = chat.reply.get_by_role("link", name="Image: A chart")
    expect(link).to_have_attribute("href", "https://example.org/chart.png")
    expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
    expect(link).to_have_attribute("target", "_blank")
    expect(chat.reply.locator("img")).to_have_count(0)


def test_links_are_not_looked_up_before_they_are_followed(chat: Chat) -> None:
    meta = chat.page.locator('meta[http-equiv="x-dns-prefetch-control"]')
    expect(meta).to_have_attribute("content", "off")


QUESTIONS = """chat => [...chat.shadowRoot.querySelectorAll('article.wb-mod-user .wb-Message-text')].map(
  each => each.textContent
)"""

INVENTORY = """() => {
  const chats = [];
  const find = root => root.querySelectorAll('*').forEach(element => {
    if (element.localName === 'wb-chat') chats.push(element);
    else if (element.shadowRoot) find(element.shadowRoot);
  });
  find(document);
  const unique = values => [...new Set(values)];
  const question = block => block.closest('article').previousElementSibling.querySelector('.wb-Message-text');
  return chats.flatMap(chat => [...chat.shadowRoot.querySelectorAll('.wb-Markdown')].map(block => {
    const drawn = [...block.querySelectorAll('*')];
    return {
      payload: chat.dataset.payload ?? question(block).textContent,
      elements: unique(drawn.map(element => element.localName)),
      attributes: unique(drawn.flatMap(element => element.getAttributeNames())),
      links: unique(drawn.filter(element => element.hasAttribute('href')).map(element => element.getAttribute('href')))
    };
  }));
}"""

STREAM = """async (host, { texts, piece }) => {
  const ChatModel = host.model.constructor;
  const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));
  const stamp = new Date().toISOString();
  const experience = { id: 'e', name: 'x', description: '', model: null };
  const conversation = { id: 'c', experience_id: 'e', title: 'x', head_id: 'r', message_count: 2, updated_at: stamp };
  const message = (id, more) => ({
    id, conversation_id: 'c', experience_id: 'e', parent_id: null, author: 'user', text: '?', reasoning: '',
    status: 'complete', fault: null, model: null, model_name: null, output_tokens: null, total_ms: null,
    cost_usd: null, attachments: [], tried: [], unsent: [], merged_from: [], verified: true,
    personality: null, prompt: null, ...more
  });
  const running = message('r', { parent_id: 'q', author: 'assistant', text: '', status: 'running' });
  const answers = path => {
    if (path.startsWith('experiences/')) return experience;
    if (path.startsWith('conversations?')) return { conversations: [conversation], next_cursor: null, total: 1 };
    if (path.startsWith('conversations/')) return { conversation, messages: [message('q'), running] };
    return path === 'models' ? [] : null;
  };
  const shown = await Promise.all(Object.entries(texts).map(async ([name, text]) => {
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
    chat.dataset.payload = name;
    chat.model = new ChatModel(transport);
    document.body.append(chat);
    await chat.model.open('e');
    await ended;
    return chat.shadowRoot.querySelectorAll('.wb-Markdown').length;
  }));
  return shown.filter(blocks => blocks === 1).length;
}"""
