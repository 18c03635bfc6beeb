"""Who gets in, over real HTTP, and what everybody is told."""

import base64
import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import kill_owner
from tests.dashboards import hosted
from tests.dashboards.hosted import ROOT, Hosted


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("dashboards") / "home"
    yield home
    kill_owner(home)


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[Hosted]:
    with hosted.running(home) as running:
        yield running


@pytest.fixture
def cookie(server: Hosted) -> str:
    return server.sign_in()


# The one-time link


def test_without_the_link_nothing_is_shown(server: Hosted) -> None:
    paths = ("/", "/usage", "/chat", "/static/js/bokeh.min.js", "/component/manifest.json", "/usage/ws", "/favicon.ico")
    paths += ("/usage/autoload.js?bokeh-autoload-element=x", "/usage/metadata", "/components/a/b/css/c")
    refused = [server.ask(f"{prefix}{path}").status for prefix in ("", server.prefix) for path in paths]
    assert refused == [403] * len(refused)
    told = server.ask(f"{server.prefix}/api/v1/status", Workbench_Page="x")
    assert told.status == 403
    assert json.loads(told.body)["code"] == "access_denied"


def test_the_link_signs_in_once(server: Hosted, cookie: str) -> None:
    again = server.ask(server.link)
    assert again.status == 403
    assert b"used" in again.body
    assert "set-cookie" not in again.headers
    assert server.ask(f"{server.prefix}/usage", Cookie=cookie).status == 200


def test_the_cookie_is_kept_from_scripts_and_from_other_paths(home: Path) -> None:
    with hosted.running(home) as fresh:
        said = fresh.ask(fresh.link).headers["set-cookie"].lower()
    assert "httponly" in said
    assert "samesite=strict" in said
    assert f"path={fresh.prefix}/".lower() in said
    assert len(fresh.prefix) > 8


def test_looking_at_the_link_does_not_use_it(home: Path) -> None:
    with hosted.running(home) as fresh:
        assert fresh.ask(fresh.link, method="HEAD").status == 403
        assert fresh.ask(fresh.link).status == 200


def test_a_server_that_ended_takes_its_sign_in_with_it(home: Path, server: Hosted, cookie: str) -> None:
    with hosted.running(home) as other:
        assert other.ask(f"{other.prefix}/usage", Cookie=cookie).status == 403
        assert other.ask(f"{other.prefix}/usage", Cookie=f"{cookie.partition('=')[0]}=made-up").status == 403


# Foreign pages


def test_a_websocket_needs_the_cookie_and_our_own_origin(server: Hosted, cookie: str) -> None:
    path, own = f"{server.prefix}/usage/ws", f"http://{server.host}"
    foreign = ("http://evil.example", "http://127.0.0.1:1", f"http://{server.host}.evil.example", "null")
    assert server.upgrade(path, Origin=own) == 403
    assert [server.upgrade(path, Origin=each, Cookie=cookie) for each in foreign] == [403] * len(foreign)
    assert server.upgrade(path, Cookie=cookie) == 403
    assert server.upgrade(path, Origin=own, Cookie=cookie) == 101


def test_another_name_for_this_machine_is_refused(server: Hosted, cookie: str) -> None:
    assert server.ask(f"{server.prefix}/usage", Cookie=cookie, Host="evil.example").status == 403
    assert server.ask(f"{server.prefix}/usage", Cookie=cookie, Host=f"localhost:{server.port}").status == 200


def test_the_way_to_the_owner_is_for_our_own_pages(server: Hosted, cookie: str) -> None:
    path, own = f"{server.prefix}/api/v1/experiences", f"http://{server.host}"
    body, asked = json.dumps({"name": "From outside"}), {"Cookie": cookie, "Content_Type": "application/json"}
    refused = (
        server.ask(path, **asked),
        server.ask(path, method="POST", body=body, **asked, Origin=own),
        server.ask(path, method="POST", body=body, **asked, Workbench_Page="chat"),
        server.ask(path, method="POST", body=body, **asked, Workbench_Page="chat", Origin="http://evil.example"),
    )
    assert [each.status for each in refused] == [403] * 4
    assert server.ask(path, **asked, Workbench_Page="chat").status == 200
    made = server.ask(path, method="POST", body=body, **asked, Workbench_Page="chat", Origin=own)
    assert made.status == 201
    assert json.loads(made.body)["name"] == "From outside"


@pytest.mark.parametrize("path", ["/api/v1/../stop", "/api/v1/%2e%2e/stop", "/api/v2/status", "/component/../usage.py"])
def test_no_path_leads_elsewhere(server: Hosted, cookie: str, path: str) -> None:
    assert server.ask(f"{server.prefix}{path}", Cookie=cookie, Workbench_Page="x").status in {403, 404}


# What an answer says about itself


def test_a_page_may_run_its_own_scripts_and_no_others(server: Hosted, cookie: str) -> None:
    page = server.ask(f"{server.prefix}/usage", Cookie=cookie)
    policy = page.headers["content-security-policy"]
    nonce = re.search(r"'nonce-([\w-]+)'", policy)
    assert nonce
    scripts = re.findall(rb"<script[^>]*>", page.body)
    assert scripts
    assert all(f'nonce="{nonce[1]}"'.encode() in each for each in scripts)
    assert "'unsafe-inline'" not in policy.partition("style-src")[0]
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy
    assert server.ask(f"{server.prefix}/usage", Cookie=cookie).headers["content-security-policy"] != policy


def test_no_page_holds_the_sign_in(server: Hosted, cookie: str) -> None:
    page = server.ask(f"{server.prefix}/usage", Cookie=cookie).body
    secret = cookie.partition("=")[2].encode()
    assert secret not in page
    for token in re.findall(rb'"token":"([\w-]+)', page):
        decoded = base64.urlsafe_b64decode(token + b"=" * (-len(token) % 4))
        assert secret not in decoded


def test_every_answer_is_taken_as_what_it_says(server: Hosted, cookie: str) -> None:
    script = server.ask(f"{server.prefix}/static/js/bokeh.min.js", Cookie=cookie)
    for answer in (script, server.ask("/", Cookie=cookie), server.ask(f"{server.prefix}/chat", Cookie=cookie)):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"


# Panel's own sign-in


@pytest.fixture(scope="module")
def with_passwords(home: Path) -> Iterator[Hosted]:
    file = home.parent / "passwords.json"
    file.touch(mode=0o600)
    file.write_text(json.dumps({"ada": "a-password"}))
    with hosted.running(home, "--basic-auth", str(file)) as running:
        yield running


def test_panels_sign_in_comes_before_everything(with_passwords: Hosted) -> None:
    server = with_passwords
    page = server.ask("/usage")
    assert (page.status, page.headers["location"]) == (302, "./login?next=%2Fusage")
    own = f"http://{server.host}"
    assert server.ask("/api/v1/status", Workbench_Page="chat").status == 403
    assert server.ask("/component/manifest.json").status == 403
    assert server.ask("/components/antigravity/a/css/b").status == 403
    assert server.upgrade("/usage/ws", Origin=own) == 403
    wrong = server.ask("/login", method="POST", body="username=ada&password=b", **_FORM, Origin=own)
    assert "set-cookie" not in wrong.headers or "user=" not in wrong.headers["set-cookie"]


_FORM = {"Content_Type": "application/x-www-form-urlencoded"}


def test_who_has_signed_in_sees_the_pages(with_passwords: Hosted) -> None:
    server = with_passwords
    own = f"http://{server.host}"
    signed_in = server.ask("/login", method="POST", body="username=ada&password=a-password", **_FORM, Origin=own)
    cookie = re.search(r'\buser="?[^;"]+"?', signed_in.headers["set-cookie"])
    assert cookie
    assert server.ask("/usage", Cookie=cookie[0]).status == 200
    assert server.ask("/api/v1/status", Cookie=cookie[0], Workbench_Page="chat").status == 200
    assert server.upgrade("/usage/ws", Cookie=cookie[0], Origin=own) == 101
    assert server.upgrade("/usage/ws", Cookie=cookie[0], Origin="http://evil.example") == 403


def test_the_sign_in_page_shows_nothing_that_comes_with_its_address(with_passwords: Hosted) -> None:
    page = with_passwords.ask("/login?error=%3Cscript%3Ealert(1)%3C/script%3E")
    assert b"alert(1)" not in page.body
    assert b"<script" not in page.body
    assert b"wrong" in page.body
    assert b"http" not in page.body


# The command


def _refusal(home: Path, *options: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "workbench", "dashboards", "--no-browser", *options],
        env=os.environ | {"WORKBENCH_HOME": str(home)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--address", "0.0.0.0"], "anybody on the network"),
        (["--user", "ada"], "go with a sign-in"),
        (["--oauth-provider", "github"], "everybody who has an account"),
        (["--oauth-provider", "github", "--user", "ada", "--address", "0.0.0.0"], "under which name"),
    ],
)
def test_what_would_let_in_anybody_is_refused(home: Path, options: list[str], said: str) -> None:
    code, told = _refusal(home, *options)
    assert code == 2
    assert said in told


def test_a_password_file_that_others_can_read_is_refused(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "passwords.json"
    file.write_text("{}")
    file.chmod(0o644)
    code, told = _refusal(home, "--basic-auth", str(file))
    assert code == 2
    assert "chmod 600" in told


def test_a_port_that_is_taken_is_said_in_a_sentence(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, told = _refusal(home, "--port", str(taken.getsockname()[1]))
    assert code == 2
    assert "is taken by another program" in told
    assert "Traceback" not in told
