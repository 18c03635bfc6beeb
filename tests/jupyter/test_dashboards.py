"""The hosted pages through Jupyter's server: a real one, under a prefix, with real pages behind it."""

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.conftest import kill_owner

ROOT = Path(__file__).parents[2]
TOKEN = "a-token"
BASE = "/user/me"
PAGES = f"{BASE}/workbench/dashboards"


@dataclass
class Jupyter:
    """A running Jupyter server."""

    port: int
    process: "subprocess.Popen[bytes]"
    home: Path

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def ask(
        self, path: str, *, method: str = "GET", body: str | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=90)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body=body, headers=sent)
        response = connection.getresponse()
        found = response.status, {k.lower(): v for k, v in response.getheaders()}, response.read()
        connection.close()
        return found

    def children(self) -> list[psutil.Process]:
        """The servers of pages that it started."""
        return [
            each for each in psutil.Process(self.process.pid).children() if "workbench.dashboards" in each.cmdline()
        ]


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Jupyter]:
    """Jupyter's server with our extension, over a home of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = folder / "home"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "WORKBENCH"))}
    environment |= {
        "WORKBENCH_HOME": str(home),
        "PYTHONPATH": str(ROOT),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        "JUPYTER_NO_CONFIG": "1",
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
    }
    command = [sys.executable, "-m", "jupyter_server", "--allow-root", f"--port={port}", "--no-browser"]
    command += [f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={folder}", f"--ServerApp.base_url={BASE}/"]
    command += ["--ServerApp.jpserver_extensions={'workbench.jupyter': True}", "--ServerApp.port_retries=0"]
    with (folder / "jupyter.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment, cwd=folder)
    try:
        deadline = time.monotonic() + 60
        while True:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}{BASE}/api", timeout=5).close()
                break
            assert process.poll() is None, (folder / "jupyter.log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.1)
        yield Jupyter(port, process, home)
    finally:
        process.kill()
        process.wait()
        kill_owner(home)


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jupyter]:
    with running(tmp_path_factory.mktemp("jupyter")) as found:
        yield found


@pytest.fixture(scope="module")
def cookie(jupyter: Jupyter) -> str:
    """That of a browser which has signed in to Jupyter."""
    connection = http.client.HTTPConnection("127.0.0.1", jupyter.port, timeout=30)
    connection.request("GET", f"{BASE}/api/me?token={TOKEN}")
    response = connection.getresponse()
    response.read()
    found = [each.partition(";")[0] for name, each in response.getheaders() if name.lower() == "set-cookie"]
    connection.close()
    assert found
    return "; ".join([*found, "_xsrf=0123456789abcdef"])


@pytest.mark.timeout(180)
def test_without_jupyters_sign_in_nothing_starts(jupyter: Jupyter) -> None:
    for path in ("", "/", "/usage", "/api/v1/status", "/component/manifest.json"):
        assert jupyter.ask(f"{PAGES}{path}")[0] == 403
    assert upgrade(jupyter, Origin=f"http://{jupyter.host}") == 403
    assert jupyter.children() == []


@pytest.mark.timeout(180)
def test_a_page_comes_whole_under_the_prefix(jupyter: Jupyter, cookie: str) -> None:
    status, headers, body = jupyter.ask(f"{PAGES}/usage", Cookie=cookie, Accept="text/html")
    assert status == 200
    assert "frame-ancestors 'self'" in headers["content-security-policy"]
    assert "nonce-" in headers["content-security-policy"]
    script = re.search(rb'src="([^"]*bokeh\.min\.js[^"]*)"', body)
    assert script
    address = script[1].decode()
    assert address.startswith((PAGES, "static/", "./static"))
    status, headers, _ = jupyter.ask(address if address.startswith("/") else f"{PAGES}/{address}", Cookie=cookie)
    assert status == 200
    assert "javascript" in headers["content-type"]
    assert "max-age" in headers["cache-control"]
    assert jupyter.ask(PAGES, Cookie=cookie)[1]["location"] == f"{PAGES}/usage"


def upgrade(jupyter: Jupyter, **headers: str) -> int:
    asked = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec_WebSocket_Version": "13",
        "Sec_WebSocket_Key": "MDEyMzQ1Njc4OWFiY2RlZg==",
        "Sec_WebSocket_Protocol": "bokeh, none",
    }
    connection = http.client.HTTPConnection("127.0.0.1", jupyter.port, timeout=60)
    sent = {name.replace("_", "-"): value for name, value in (asked | headers).items()}
    connection.request("GET", f"{PAGES}/usage/ws", headers=sent)
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.timeout(180)
def test_a_websocket_needs_a_page_of_this_server(jupyter: Jupyter, cookie: str) -> None:
    assert upgrade(jupyter, Cookie=cookie) == 403
    assert upgrade(jupyter, Cookie=cookie, Origin="http://evil.example") == 404
    assert upgrade(jupyter, Cookie=cookie, Origin=f"http://127.0.0.1:{jupyter.port - 1}") == 404
    assert upgrade(jupyter, Cookie=cookie, Origin=f"http://{jupyter.host}") == 101


@pytest.mark.timeout(180)
def test_a_change_needs_jupyters_xsrf_token(jupyter: Jupyter, cookie: str) -> None:
    path, body = f"{PAGES}/api/v1/experiences", json.dumps({"name": "Through Jupyter"})
    asked = {"Cookie": cookie, "Content_Type": "application/json", "Workbench_Page": "chat"}
    assert jupyter.ask(path, method="POST", body=body, **asked)[0] == 403
    foreign = {"X_XSRFToken": "0123456789abcdef", "Origin": "http://evil.example"}
    assert jupyter.ask(path, method="POST", body=body, **asked, **foreign)[0] == 404
    made = jupyter.ask(path, method="POST", body=body, **asked, X_XSRFToken="0123456789abcdef")
    assert made[0] == 201


@pytest.mark.timeout(180)
def test_only_the_door_gets_in_behind_it(jupyter: Jupyter, cookie: str) -> None:
    jupyter.ask(f"{PAGES}/usage", Cookie=cookie)
    (child,) = jupyter.children()
    command = " ".join(child.cmdline())
    assert child.net_connections("inet") == []
    assert TOKEN not in command
    (path,) = (jupyter.home / "run").glob("dashboards-*.sock")
    assert path.parent.stat().st_mode & 0o077 == 0
    assert path.stat().st_mode & 0o077 == 0
    with socket.socket(socket.AF_UNIX) as straight:
        straight.connect(str(path))
        straight.sendall(f"GET {PAGES}/usage HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        assert straight.recv(64).startswith(b"HTTP/1.1 403")


@pytest.mark.timeout(180)
def test_a_server_of_pages_that_was_killed_is_started_again(jupyter: Jupyter, cookie: str) -> None:
    jupyter.ask(f"{PAGES}/usage", Cookie=cookie)
    (child,) = jupyter.children()
    child.kill()
    assert jupyter.ask(f"{PAGES}/usage", Cookie=cookie)[0] == 200
    (another,) = jupyter.children()
    assert another.pid != child.pid


@pytest.mark.fault
@pytest.mark.timeout(240)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_it_ends_with_jupyter_however_that_ends(tmp_path: Path, number: int) -> None:
    with running(tmp_path) as own:
        assert own.ask(f"{PAGES}/chat?token={TOKEN}")[0] == 200
        (child,) = own.children()
        own.process.send_signal(number)
        own.process.wait(60)
        child.wait(30)
        assert not list((own.home / "run").glob("dashboards-*.sock"))
