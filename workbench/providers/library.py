"""The only door to litellm: loads it, keeps it quiet, and has what it sends carried by us.

Nothing that litellm does may reach the network by itself. What its asynchronous clients send goes through whoever
carries the request that is being made (`carried_by`), and its blocking clients, with which it looks models up, reach
nobody.
"""

import contextlib
import gc
import logging
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextvars import ContextVar
from typing import Any

import httpx

NOT_THE_KEY = "not-the-key"
"""What litellm is given in place of a key, as its errors and logs may repeat it."""
Carry = Callable[[httpx.Request], Awaitable[httpx.Response]]
"""Sends a request of litellm's, and gives the answer with its body still to be read."""

_SETTINGS = {
    # Without these litellm asks the network while it is imported.
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True",
    # Otherwise it reads a .env file from wherever the owner was started.
    "LITELLM_MODE": "PRODUCTION",
}
_carry: ContextVar[Carry | None] = ContextVar("carry", default=None)


@contextlib.contextmanager
def carried_by(carry: Carry) -> Iterator[None]:
    """What litellm sends in here is carried by this."""
    before = _carry.set(carry)
    try:
        yield
    finally:
        _carry.reset(before)


def load() -> Any:  # noqa: ANN401  (a module without types)
    """Litellm, loaded without asking the network: 2.5 s of a core the first time, best in a thread.

    Collecting garbage during the import would stall the event loop of this process for 280-780 ms, so it waits, and
    what was loaded is kept out of later collections.
    """
    known = sys.modules.get("litellm")
    if getattr(known, "sync_transport", None) is not None:
        return known
    os.environ.update(_SETTINGS)
    collecting = gc.isenabled()
    gc.disable()
    try:
        import litellm as loaded  # noqa: PLC0415  (the door: loaded when a remote model is first asked)
        from litellm.llms.custom_httpx.http_handler import AsyncHTTPHandler  # noqa: PLC0415
    finally:
        if collecting:
            gc.freeze()
            gc.enable()
    litellm: Any = loaded
    litellm.suppress_debug_info = True
    litellm.telemetry = False
    litellm.REPEATED_STREAMING_CHUNK_LIMIT = sys.maxsize  # else a reply that says a thing 100 times is broken off
    logging.getLogger("LiteLLM").setLevel(logging.CRITICAL)
    ways: Any = AsyncHTTPHandler
    ways.create_async_transport = ways._create_async_transport = staticmethod(_carried)  # noqa: SLF001  (it has both)
    litellm.sync_transport = _Nowhere()
    return litellm


def http_handler(client: httpx.Client) -> object:
    """The client in the kind that litellm takes for most formats."""
    load()
    from litellm.llms.custom_httpx.http_handler import HTTPHandler  # noqa: PLC0415

    return HTTPHandler(client=client)


def _carried(*_: object, **__: object) -> httpx.AsyncBaseTransport:
    """In place of litellm's own ways; it keeps its clients for an hour, so who carries is asked for each request."""
    return _Carried()


class _Carried(httpx.AsyncBaseTransport):
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        carry = _carry.get()
        if carry is None:
            raise httpx.UnsupportedProtocol("not one of the Workbench's requests", request=request)
        return await carry(request)


class _Nowhere(httpx.BaseTransport):
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("litellm asks nobody by itself", request=request)
