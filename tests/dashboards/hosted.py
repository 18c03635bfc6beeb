"""`workbench dashboards` in a process of its own, and plain requests to it."""

import contextlib
import http.client
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def cookie(self) -> str:
        """`name=value` of the cookie that was set."""
        return self.headers["set-cookie"].partition(";")[0]


@dataclass
class Hosted:
    """A running server."""

    url: str
    """What it printed: with the link, where there is one."""
    process: "subprocess.Popen[str]"
    cookie: str = field(default="")

    @property
    def port(self) -> int:
        return urlsplit(self.url).port or 0

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def prefix(self) -> str:
        return urlsplit(self.url).path.rstrip("/")

    @property
    def link(self) -> str:
        parts = urlsplit(self.url)
        return f"{parts.path}?{parts.query}"

    def ask(self, path: str, *, method: str = "GET", body: str | None = None, **headers: str) -> Answer:
        """One request; a header's name is written with underscores."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body=body, headers=sent)
        response = connection.getresponse()
        told: dict[str, str] = {}
        for name, value in response.getheaders():
            told[name.lower()] = f"{told[name.lower()]}, {value}" if name.lower() in told else value
        answer = Answer(response.status, told, response.read())
        connection.close()
        return answer

    def sign_in(self) -> str:
        """Use the link; the cookie."""
        if not self.cookie:
            self.cookie = self.ask(self.link).cookie
        return self.cookie

    def upgrade(self, path: str, **headers: str) -> int:
        """The status of the answer to a request for a WebSocket."""
        socket = {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec_WebSocket_Version": "13",
            "Sec_WebSocket_Key": "MDEyMzQ1Njc4OWFiY2RlZg==",
            "Sec_WebSocket_Protocol": "bokeh, none",
        }
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        sent = {name.replace("_", "-"): value for name, value in (socket | headers).items()}
        connection.request("GET", path, headers=sent)
        status = connection.getresponse().status
        connection.close()
        return status


@contextlib.contextmanager
def running(home: Path, *options: str, **variables: str) -> Iterator[Hosted]:
    """The server over `home`, ended with the block."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PANEL_", "BOKEH_"))}
    environment |= {"WORKBENCH_HOME": str(home), "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring", **variables}
    command = [sys.executable, "-m", "workbench", "dashboards", "--no-browser", *options]
    log = home.parent / "dashboards.log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True, bufsize=1
        )
    try:
        said = process.stdout.readline()
        found = re.search(r"http://\S+", said)
        assert found, log.read_text()
        yield Hosted(found[0], process)
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()
