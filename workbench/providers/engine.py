"""The local engine: a process of its own around llama.cpp, and the only door to xllamacpp.

It is started by `workbench.providers.local`, which writes one line to its standard input (what to load, and the key
that every request must carry) and reads one line from its standard output (where it listens, or what went wrong). It
ends when its standard input does, so it never outlives the owner. Its log goes nowhere: it would repeat prompts.
"""

import ctypes
import os
import signal
import sys
import threading
from typing import BinaryIO, Literal

import msgspec

_PR_SET_PDEATHSIG = 1
"""prctl(2): the signal to get when the parent dies."""
PROMPT_CACHE_MB = 64


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What the engine is to load and how it may work."""

    path: str
    name: str
    api_key: str
    context_tokens: int
    """For each of the `parallel` conversations."""
    parallel: int
    threads: int


class Listening(msgspec.Struct, frozen=True, kw_only=True):
    """What the engine answers: its address, or what is at fault."""

    url: str = ""
    fault: Literal["", "engine", "model"] = ""


def main() -> None:
    """Load the model, say where it is served, and stay until the standard input ends."""
    answers = _quiet()
    _die_with_parent()
    order = msgspec.json.decode(sys.stdin.buffer.readline(), type=Order)
    # From here on a thread waits for the end: loading a large model takes long, and must end too.
    threading.Thread(target=_end_with_input, daemon=True).start()
    server, answer = _serve(order)
    answers.write(msgspec.json.encode(answer) + b"\n")
    answers.flush()
    if server is not None:
        threading.Event().wait()


def _serve(order: Order) -> tuple[object | None, Listening]:
    """The running server, which stops when it is dropped, and what to answer."""
    try:
        import xllamacpp  # type: ignore[import-untyped]  # noqa: PLC0415  (100 MB, wanted in this process alone)
    except ImportError:
        return None, Listening(fault="engine")
    params = xllamacpp.CommonParams()
    params.model.path = order.path
    params.model_alias = {order.name}
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.api_keys = [order.api_key]
    # llama.cpp divides the context among the slots.
    params.n_ctx = order.context_tokens * order.parallel
    params.n_parallel = order.parallel
    params.cpuparams.n_threads = order.threads
    params.cpuparams_batch.n_threads = order.threads
    params.cache_ram_mib = PROMPT_CACHE_MB
    params.use_jinja = True
    params.verbosity = 0
    params.ui = False
    params.endpoint_slots = False
    params.endpoint_metrics = False
    params.cors_origins = ""
    params.offline = True
    try:
        server = xllamacpp.Server(params)
    except RuntimeError:
        return None, Listening(fault="model")
    return server, Listening(url=server.listening_address)


def _quiet() -> BinaryIO:
    """Send everything that C++ prints to nowhere; what is returned writes to the real standard output."""
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    return answers


def _end_with_input() -> None:
    while sys.stdin.buffer.read(1):
        pass
    os._exit(0)


def _die_with_parent() -> None:
    """On Linux also if the parent is killed while another process still holds the other end of the input."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    main()
