"""Who is kept out, as a browser sees it."""

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.dashboards.conftest import Opener
from tests.browser.lab.axe import findings
from tests.dashboards import hosted
from tests.dashboards.hosted import Hosted

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def test_a_used_link_says_so(browser: Browser, server: Hosted) -> None:
    page = browser.new_page()
    page.goto(server.url)
    expect(page.get_by_text("This link has been used")).to_be_visible()
    page.goto(f"http://{server.host}{server.prefix}/usage")
    expect(page.get_by_text("You are not signed in here.")).to_be_visible()
    page.close()


@pytest.mark.usefixtures("workbench")
def test_a_name_and_a_password_sign_in(browser: Browser, pages_home: Path, tmp_path: Path) -> None:
    file = tmp_path / "passwords.json"
    file.touch(mode=0o600)
    file.write_text('{"ada": "a-password"}')
    with hosted.running(pages_home, "--basic-auth", str(file)) as server:
        page = browser.new_page(viewport={"width": 390, "height": 844})
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(server.url)
        assert findings(page, "body") == []
        page.get_by_label("Name").fill("ada")
        page.get_by_label("Password").fill("guessed")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_have_text("The name or the password is wrong.")
        page.get_by_label("Name").fill("ada")
        page.get_by_label("Password").fill("a-password")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Response times, as a table")).to_be_visible()
        assert [url for url in asked if not url.startswith((f"http://{server.host}/", "blob:"))] == []
        page.close()


@pytest.fixture
def foreign() -> Iterator[str]:
    """A page of somebody else's, on another port of this machine: the same site, so that the cookie would be sent."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>Foreign</title>")

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()


def test_a_foreign_page_reaches_nothing_even_with_the_cookie(screen: Opener, server: Hosted, foreign: str) -> None:
    page = screen("/usage").page
    page.goto(foreign)
    address = f"{server.host}{server.prefix}"
    opened = page.evaluate(
        """address => new Promise(tell => {
          const socket = new WebSocket(`ws://${address}/usage/ws`, ['bokeh', 'none']);
          socket.onopen = () => tell('open');
          socket.onerror = () => tell('refused');
        })""",
        address,
    )
    assert opened == "refused"
    asked = page.evaluate(
        """async address => {
          const ask = init => fetch(`http://${address}/api/v1/experiences`, { credentials: 'include', ...init })
            .then(answer => `${answer.type} ${answer.status}`, () => 'refused');
          return [await ask({ headers: { 'Workbench-Page': 'x' } }), await ask({ mode: 'no-cors' }),
                  await ask({ method: 'POST', mode: 'no-cors', body: '{}' })];
        }""",
        address,
    )
    assert asked[0] == "refused"
    assert all(each in {"refused", "opaque 0"} for each in asked)
    page.set_content(f'<iframe src="http://{address}/usage"></iframe>')
    page.wait_for_timeout(1500)
    assert page.frames[1].url.startswith("chrome-error:") or "usage" not in page.frames[1].content()
