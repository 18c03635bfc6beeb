"""The owner's side of the local engine: which model is loaded, and the process that serves it."""

import asyncio
import contextlib
import os
import secrets
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

import workbench
from workbench.errors import ModelFileError, ProviderError, ProviderUnavailableError, StreamCutError
from workbench.providers.endpoints import Endpoint, LocalFile
from workbench.providers.engine import Listening, Order
from workbench.providers.gguf import Header, damaged, read_header

PARALLEL = 2
"""How many replies the engine writes at once; more wait their turn."""
SMALLEST_CONTEXT_TOKENS = 1024
OVERHEAD_BYTES = 200 << 20
"""What the engine takes beside the model and its context."""
_END_S = 5
_DYING_S = 1


def fitting_context(header: Header, *, wanted_tokens: int, available_bytes: int, name: str) -> int:
    """The context for each conversation: as wanted, or halved until it fits into the memory.

    Raises ModelFileError if the model does not fit even with the smallest context.
    """
    tokens = min(wanted_tokens, header.context_tokens or wanted_tokens)
    while True:
        needed = header.size_bytes + OVERHEAD_BYTES + tokens * PARALLEL * (header.cache_bytes_per_token or 0)
        if needed <= available_bytes:
            return tokens
        if tokens <= SMALLEST_CONTEXT_TOKENS:
            raise ModelFileError(
                f"The model {name!r} is too large for this machine: it needs about {_gigabytes(needed)} of memory, "
                f"and {_gigabytes(available_bytes)} are free.",
                remedy="Close other programs, or choose a smaller model.",
            )
        tokens = max(SMALLEST_CONTEXT_TOKENS, tokens // 2)


def available_memory_bytes() -> int:
    """The memory that a new process can have: the machine's, or less in a container that is limited (cgroup v2)."""
    return min(_machine_memory_bytes(), *_container_memory_bytes())


def engine_threads() -> int:
    """One core stays free: with every core busy, llama.cpp's threads wait for each other and are five times slower."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, usable - 1)


@dataclass(frozen=True, slots=True)
class _Child:
    process: asyncio.subprocess.Process
    file: LocalFile
    endpoint: Endpoint

    @property
    def alive(self) -> bool:
        """Whether the process is not known to have ended."""
        return self.process.returncode is None


class LocalEngine:
    """Loads one model at a time, when it is first asked for. Belongs to the event loop that uses it."""

    def __init__(
        self,
        *,
        available_bytes: Callable[[], int] = available_memory_bytes,
        load_limit_s: float = 300,
        idle_s: float = 15 * 60,
    ) -> None:
        """After `idle_s` without a reply the model is dropped from the memory."""
        self._available_bytes = available_bytes
        self._load_limit_s = load_limit_s
        self._idle_s = idle_s
        self._door = asyncio.Lock()
        self._leases = 0
        self._unused = asyncio.Event()
        self._unused.set()
        self._child: _Child | None = None
        self._drop_later: asyncio.TimerHandle | None = None

    @property
    def pid(self) -> int | None:
        """The engine's process, while it runs."""
        return self._child.process.pid if self._child and self._child.alive else None

    @contextlib.asynccontextmanager
    async def lease(self, file: LocalFile) -> AsyncIterator[Endpoint]:
        """The endpoint of the loaded model, which stays loaded meanwhile.

        Waits for the loading, and, if another model is loaded, for the replies that it still writes.
        Raises ModelFileError, ProviderUnavailableError.
        """
        async with self._door:
            child = await self._loaded(file)
            self._leases += 1
            self._unused.clear()
            if self._drop_later is not None:
                self._drop_later.cancel()
        try:
            yield child.endpoint
        except (ProviderUnavailableError, StreamCutError):
            await _settled(child.process)
            raise
        finally:
            self._leases -= 1
            if not self._leases:
                self._unused.set()
                self._drop_later = asyncio.get_running_loop().call_later(self._idle_s, self._drop)

    async def stop(self) -> None:
        """End the engine's process; it starts again when it is next asked for."""
        if self._drop_later is not None:
            self._drop_later.cancel()
        child, self._child = self._child, None
        if child is not None:
            await _end(child.process)

    async def _loaded(self, file: LocalFile) -> _Child:
        if self._child is not None and self._child.alive:
            if self._child.file == file:
                return self._child
            await self._unused.wait()
        await self.stop()
        self._child = await self._start(file)
        return self._child

    async def _start(self, file: LocalFile) -> _Child:
        header = await asyncio.to_thread(read_header, file.path)
        context_tokens = fitting_context(
            header, wanted_tokens=file.context_tokens, available_bytes=self._available_bytes(), name=file.name
        )
        api_key = secrets.token_urlsafe(32)
        order = Order(
            path=str(file.path),
            name=file.name,
            api_key=api_key,
            context_tokens=context_tokens,
            parallel=PARALLEL,
            threads=engine_threads(),
        )
        process = await _spawn()
        try:
            answer = await self._order(process, order)
        except BaseException:
            await _end(process)
            raise
        if not answer.url:
            await _end(process)
            raise _load_error(answer, file)
        endpoint = Endpoint(provider="local engine", base_url=f"{answer.url}/v1", api_key=api_key, end_mark="both")
        return _Child(process, file, endpoint)

    async def _order(self, process: asyncio.subprocess.Process, order: Order) -> Listening:
        """What the engine answers; an empty answer if it ended without one."""
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("The engine is spawned with pipes.")
        try:
            async with asyncio.timeout(self._load_limit_s):
                process.stdin.write(msgspec.json.encode(order) + b"\n")
                await process.stdin.drain()
                line = await process.stdout.readline()
        except TimeoutError as error:
            raise ProviderUnavailableError(
                f"Loading the model {order.name!r} took longer than {self._load_limit_s:.0f} s.",
                remedy="Try again when the machine is less busy, or choose a smaller model.",
                retryable=False,
            ) from error
        except ConnectionError:
            line = b""
        return msgspec.json.decode(line, type=Listening) if line else Listening()

    def _drop(self) -> None:
        """Let go of the memory: the engine ends with its input."""
        if self._leases or self._door.locked():
            return
        child, self._child = self._child, None
        if child is not None and child.process.stdin is not None:
            child.process.stdin.close()


async def _spawn() -> asyncio.subprocess.Process:
    code = Path(workbench.__file__).parent.parent
    path = os.pathsep.join(filter(None, (str(code), os.environ.get("PYTHONPATH"))))
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "workbench.providers.engine"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": path},
        start_new_session=True,  # Ctrl-C in a terminal is for the owner
    )


async def _settled(process: asyncio.subprocess.Process) -> None:
    """Wait a moment for the end of a process that may be dying: its connections break before its end is seen."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_DYING_S):
            await process.wait()


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.stdin is not None:
        process.stdin.close()
    try:
        async with asyncio.timeout(_END_S):
            await process.wait()
    except TimeoutError:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def _load_error(answer: Listening, file: LocalFile) -> ProviderError:
    if answer.fault == "model":
        return damaged(file.path.name)
    if answer.fault == "engine":
        return ProviderUnavailableError(
            "The local engine is not installed.",
            remedy="Run `pip install xllamacpp` in the Workbench's environment.",
            retryable=False,
        )
    return ModelFileError(
        f"The local engine ended while it loaded {file.path.name!r}.",
        remedy="The file may be damaged, or too large for the memory: choose another model.",
    )


def _machine_memory_bytes() -> int:
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
        return next(int(line.split()[1]) << 10 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError):
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _container_memory_bytes() -> list[int]:
    folder = Path("/sys/fs/cgroup")
    try:
        limit = int((folder / "memory.max").read_text("ascii"))
        used = int((folder / "memory.current").read_text("ascii"))
        stat = dict(line.split() for line in (folder / "memory.stat").read_text("ascii").splitlines())
    except (OSError, ValueError):
        return [sys.maxsize]  # not in a container, or one without a limit
    return [limit - used + int(stat.get("inactive_file", 0))]


def _gigabytes(count: int) -> str:
    return f"{max(count, 0) / (1 << 30):.1f} GB"
