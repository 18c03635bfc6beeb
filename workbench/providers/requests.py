"""What is sent to a model: the bodies of chat requests.

For a remote model litellm knows what its request must look like. The local engine's is built here, so that who only
uses local models never loads litellm (2.5 s of a core, 165 MB).
"""

import asyncio
import base64
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, TypeVar

import httpx
import msgspec

from workbench.errors import RequestRefusedError
from workbench.providers import formats, library
from workbench.providers.endpoints import Endpoint
from workbench.providers.formats import Body, Message, WireFormat
from workbench.providers.library import NOT_THE_KEY
from workbench.providers.records import ChatRequest, Pdf, Picture, Turn

_Made = TypeVar("_Made")

GO_ON = (
    "Your last message was cut off. Continue it from exactly where it stopped, in the middle of a word if need be. "
    "Do not repeat anything and do not comment on the interruption."
)
"""What asks a remote model to go on; there is no other way that all of them understand."""

_DEMO_SAMPLING: dict[str, object] = {"temperature": 0.1, "min_p": 0.2, "dry_multiplier": 0.8, "max_tokens": 768}
"""Cool, as so small a model loses the thread otherwise; DRY keeps it from circling without forbidding it any word."""
DEMO_SYSTEM = "You are a helpful assistant. You always answer in English, in short and clear sentences."
"""For the demo model where nobody else says what it is.

With its template's own words it answers a question about France in broken French. Of four wordings with six ways of
sampling, asked the same ten questions, these were right most often.
"""


class _Shape(NamedTuple):
    """What a body depends on, beside its messages."""

    wire: WireFormat
    base_url: str
    model_name: str
    max_output_tokens: int | None = None


def messages(request: ChatRequest, *, prefill: bool) -> list[Message]:
    """The turns as messages.

    A reply to continue comes last where the server goes on from it (`prefill`), else before a request to do so.
    """
    turns = [turn for turn in request.turns if turn.text or turn.role != "assistant"]
    written = [{"role": turn.role, "content": _content(turn)} for turn in turns]
    continues = request.continues and bool(turns) and turns[-1].role == "assistant"
    return [*written, {"role": "user", "content": GO_ON}] if continues and not prefill else written


def _content(turn: Turn) -> str | list[Body]:
    """A turn's text, or its text, its pictures and its PDFs as parts."""
    if not turn.shown:
        return turn.text
    return [{"type": "text", "text": turn.text}, *map(_picture, turn.pictures), *map(_pdf, turn.pdfs)]


def _picture(picture: Picture) -> Body:
    return {"type": "image_url", "image_url": {"url": _data_url(picture.media_type, picture.data)}}


def _pdf(pdf: Pdf) -> Body:
    return {"type": "file", "file": {"filename": pdf.name, "file_data": _data_url("application/pdf", pdf.data)}}


def _data_url(media_type: str, data: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


def local_body(request: ChatRequest) -> bytes:
    """The request to the local engine, which goes on from a last message of the assistant's by itself."""
    body: Body = {
        "model": request.model.name,
        "messages": messages(request, prefill=True),
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if request.model.demo:
        body |= _DEMO_SAMPLING
        if all(turn.role != "system" for turn in request.turns):
            body["messages"].insert(0, {"role": "system", "content": DEMO_SYSTEM})
    if request.continues:
        # A model that thinks first cannot go on with an answer.
        body["chat_template_kwargs"] = {"enable_thinking": False}
    if request.max_output_tokens is not None:
        body["max_tokens"] = request.max_output_tokens
    if (temperature := sent_temperature(request)) is not None:
        body["temperature"] = temperature
    return msgspec.json.encode(body)


def sent_temperature(request: ChatRequest) -> float | None:
    """The one to send; None: none."""
    return None if "temperature" in request.unsent else request.temperature


class RemoteRequests:
    """Builds remote requests as litellm would send them; the key is never given to it.

    It is handed a client that keeps the request instead of sending it. That takes 9 ms of a core, so it is done once
    for each model and set of options: later requests put their messages into the body it gave, unless litellm is seen
    to rewrite messages for this model.

    The temperature is put in here: litellm leaves it out for some models without a word, and what a reply says was not
    sent must be what was not.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="litellm")
        self._bodies: dict[_Shape, Body] = {}

    async def body(self, endpoint: Endpoint, request: ChatRequest) -> bytes:
        """The body of the request. Raises RequestRefusedError if litellm cannot build one."""
        shape = _Shape(endpoint.wire, endpoint.base_url, request.model.name, request.max_output_tokens)
        written = messages(request, prefill=False)
        known = self._bodies.get(shape)
        if known is None:
            known = await self._in_thread(self._shaped, shape)
        if known == formats.place(shape.wire, known, _PROBE):
            body = formats.place(shape.wire, known, written)
        else:
            body = await self._in_thread(_capture, shape, written)
        return msgspec.json.encode(formats.with_temperature(shape.wire, body, sent_temperature(request)))

    async def warm(self) -> None:
        """Load litellm and build a first request, which costs half a second more."""
        await self._in_thread(_capture, _Shape("openai", "https://provider.invalid/v1", "any"), _PROBE)

    async def library(self) -> Any:  # noqa: ANN401  (a module without types)
        """Litellm itself, loaded in the thread."""
        return await self._in_thread(library.load)

    def close(self) -> None:
        """Let the thread end."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _shaped(self, shape: _Shape) -> Body:
        """The body for a shape; of many who ask at once, the first has it built."""
        if shape not in self._bodies:
            self._bodies[shape] = _capture(shape, _PROBE)
        return self._bodies[shape]

    async def _in_thread(self, build: Callable[..., _Made], *given: object) -> _Made:
        return await asyncio.get_running_loop().run_in_executor(self._thread, build, *given)


_PROBE: list[Message] = [
    {"role": "system", "content": "s"},
    {"role": "user", "content": "u"},
    {"role": "assistant", "content": "a"},
    {"role": "user", "content": "v"},
]


class _Keep(httpx.BaseTransport):
    """Keeps the request and sends nothing."""

    def __init__(self) -> None:
        self.kept: httpx.Request | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.kept = request
        raise httpx.ConnectError("kept, not sent", request=request)


def _capture(shape: _Shape, written: list[Message]) -> Body:
    """The body that litellm makes of these messages."""
    litellm = library.load()
    options: Body = {"max_tokens": shape.max_output_tokens}
    if shape.wire == "openai":
        options["stream_options"] = {"include_usage": True}
    transport = _Keep()
    with httpx.Client(transport=transport) as client:
        try:
            pieces = litellm.completion(
                model=f"{shape.wire}/{shape.model_name}",
                messages=[dict(message) for message in written],
                api_base=shape.base_url,
                api_key=NOT_THE_KEY,
                client=_wrapped(shape, client),
                stream=True,
                drop_params=True,
                num_retries=0,
                **{name: value for name, value in options.items() if value is not None},
            )
            next(iter(pieces), None)  # for some the request is made only when its answer is read
        except Exception as error:
            # A client of the wrong kind is ignored without a word: the request would have been sent.
            if transport.kept is None:
                raise cannot_build(shape.model_name) from error
    if transport.kept is None:
        raise cannot_build(shape.model_name)
    body: Body = msgspec.json.decode(transport.kept.content)
    return body


def _wrapped(shape: _Shape, client: httpx.Client) -> object:
    """The client in the kind that litellm takes for a format; both are loaded by it."""
    if shape.wire == "openai":
        import openai  # noqa: PLC0415

        return openai.OpenAI(api_key=NOT_THE_KEY, base_url=shape.base_url, http_client=client, max_retries=0)
    return library.http_handler(client)


def cannot_build(model_name: str) -> RequestRefusedError:
    """Litellm makes no request of this."""
    return RequestRefusedError(
        f"No request could be built for the model {model_name!r}.", remedy="Check its name, or choose another model."
    )
