"""An owner that does what a test scripts, over real HTTP on loopback, together with the bare page that shows the chat.

It keeps everything in memory and speaks the owner's API.
"""

import asyncio
import contextlib
import re
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from pathlib import Path

import msgspec
from aiohttp import web

from workbench.clock import new_id, utc_now
from workbench.conversations.records import (
    Conversation,
    ConversationPage,
    ConversationTree,
    Fault,
    Message,
    SavedDraft,
    Status,
    Tried,
    Turn,
)
from workbench.experiences.records import Experience
from workbench.providers.records import Download, Measured, Model, Suggestion

HERE = Path(__file__).parent
DIST = HERE.parents[2] / "extension" / "dist"
API = "/api/v1"


@dataclass(frozen=True, kw_only=True)
class Script:
    """How a reply goes."""

    text: str = "All is well."
    reasoning: str = ""
    piece: int = 12
    """Characters at a time."""
    pause_s: float = 0.0
    """Between two pieces."""
    delay_s: float = 0.0
    """Before the first."""
    ends: Status = "complete"
    fault: Fault | None = None
    hold_at: int | None = None
    """After so many characters, wait until `release` is called."""
    waiting: str = ""
    """Why nothing comes, said to who looks before there is text."""


@dataclass
class Refusal:
    """An answer that a test wants in the place of the right one."""

    method: str
    path: str
    status: int
    body: dict[str, str] | None
    times: int


@dataclass
class StandIn:
    """What is stored, what happens next, and what was asked."""

    port: int = 0
    experiences: dict[str, Experience] = field(default_factory=dict)
    conversations: dict[str, Conversation] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    models: dict[str, Model] = field(default_factory=dict)
    measured: list[Measured] = field(default_factory=list)
    suggested: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Model and reason, by what is written."""
    default_model: str | None = None
    demo: Download = field(default_factory=lambda: Download(model_id="local/demo", state="idle"))
    scripts: list[Script] = field(default_factory=list)
    script: Script = field(default_factory=Script)
    """What is done when no script is left."""
    drafts: dict[str, str] = field(default_factory=dict)
    """What is written and not sent, by its path."""
    refusals: list[Refusal] = field(default_factory=list)
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._changed = asyncio.Condition()
        self._released = asyncio.Event()
        self._replies: dict[str, asyncio.Task[None]] = {}
        self._waiting: dict[str, str] = {}
        self._listeners: set[asyncio.Queue[dict[str, str]]] = set()
        self._streams: set[asyncio.Transport] = set()
        self._answers: dict[str, web.Response] = {}
        self._loop = asyncio.get_running_loop()

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self.port}"

    # What a test does, from its own thread

    def add_experience(self, name: str = "Astronomy", *, description: str = "", model: str | None = None) -> Experience:
        """An Experience that is there before the page opens."""
        now = utc_now()
        made = Experience(
            id=new_id(), name=name, slug=name.lower(), description=description, model=model,
            created_at=now, updated_at=now, revision=1,
        )  # fmt: skip
        self.experiences[made.id] = made
        return made

    def add_model(self, name: str = "Luna 1B", *, id: str = "local/luna", **facts: object) -> Model:
        """A model, by default a local one, and the default if it is the first."""
        made = msgspec.convert({"id": id, "name": name, "provider": id.split("/")[0], "kind": "local"} | facts, Model)
        self.models[made.id] = made
        self.default_model = self.default_model or made.id
        return made

    def add_conversation(self, experience: Experience, *texts: str, title: str = "") -> Conversation:
        """A conversation of questions and replies in turn."""
        made = self._create(new_id(), experience.id, title or (texts[0] if texts else "Empty"))
        parent: str | None = None
        for number, text in enumerate(texts):
            message = self._message(made, parent, text=text, author="assistant" if number % 2 else "user")
            self.messages[message.id] = message
            parent = message.id
        return self._touch(made.id, head_id=parent)

    def change(self, message_id: str, **changes: object) -> Message:
        """Another version of a message, as if the owner had made it."""
        self.messages[message_id] = replace(self.messages[message_id], **changes)  # type: ignore[arg-type]
        return self.messages[message_id]

    def refuse(
        self, method: str, path: str, *, status: int = 503, body: dict[str, str] | None = None, times: int = 1
    ) -> None:
        """Answer the next `times` requests whose path matches with an error; status 0: cut the connection."""
        self.refusals.append(Refusal(method, path, status, body, times))

    def release(self) -> None:
        """Let replies that are held go on."""
        self._loop.call_soon_threadsafe(self._released.set)

    def cut_streams(self) -> None:
        """Drop every open stream, as a network does; the replies go on."""

        def cut() -> None:
            for transport in list(self._streams):
                transport.abort()

        self._loop.call_soon_threadsafe(cut)

    def announce(self, noun: str, id: str, experience_id: str = "") -> None:
        """Tell all listeners of a change."""
        change = {"noun": noun, "id": id, "action": "update", "experience_id": experience_id}
        self._loop.call_soon_threadsafe(self._announce, change)

    # The API

    def app(self) -> web.Application:
        """Every route."""
        app = web.Application(middlewares=[self._watch])
        get, post, patch, put = app.router.add_get, app.router.add_post, app.router.add_patch, app.router.add_put
        get(f"{API}/experiences/{{id}}", self._get_experience)
        patch(f"{API}/experiences/{{id}}", self._change_experience)
        get(f"{API}/conversations", self._list_conversations)
        post(f"{API}/conversations", self._new_conversation)
        get(f"{API}/conversations/{{id}}", self._get_conversation)
        patch(f"{API}/conversations/{{id}}", self._change_conversation)
        post(f"{API}/conversations/{{id}}/messages", self._send)
        post(f"{API}/messages/{{id}}/stop", self._stop)
        post(f"{API}/messages/{{id}}/retry", self._retry)
        post(f"{API}/messages/{{id}}/continue", self._continue)
        get(f"{API}/messages/{{id}}/stream", self._stream)
        for place in ("conversations", "experiences"):
            get(f"{API}/{place}/{{id}}/draft", self._get_draft)
            put(f"{API}/{place}/{{id}}/draft", self._put_draft)
        get(f"{API}/events", self._events)
        get(f"{API}/models", self._list_models)
        get(f"{API}/models/measured", self._measured)
        post(f"{API}/models/suggestion", self._suggest)
        get(f"{API}/models/default", self._get_default)
        put(f"{API}/models/default", self._put_default)
        get(f"{API}/models/demo", self._get_demo)
        post(f"{API}/models/demo", self._add_demo)
        post(f"{API}/models/demo/cancel", self._cancel_demo)
        get("/", self._page)
        get("/page.js", self._page)
        app.router.add_static("/dist", DIST)
        return app

    @web.middleware
    async def _watch(self, request: web.Request, handler: Callable) -> web.StreamResponse:
        self.requests.append((request.method, request.path, dict(request.headers)))
        for refusal in self.refusals:
            if refusal.times > 0 and request.method == refusal.method and re.search(refusal.path, request.path):
                refusal.times -= 1
                if refusal.status == 0:
                    request.transport.abort()
                return web.json_response(refusal.body or {}, status=refusal.status or 503)
        key = request.headers.get("Idempotency-Key")
        if key is not None and key in self._answers:
            return _copy(self._answers[key])
        response = await handler(request)
        if key is not None and isinstance(response, web.Response):
            self._answers[key] = _copy(response)
        return response

    async def _page(self, request: web.Request) -> web.StreamResponse:
        name = "page.html" if request.path == "/" else "page.js"
        headers = {"Cache-Control": "no-store"}
        if "strict" in request.query:
            headers["Content-Security-Policy"] = "default-src 'none'; script-src 'self'; connect-src 'self'"
        return web.FileResponse(HERE / name, headers=headers)

    async def _answer(self, value: object, status: int = 200) -> web.Response:
        return web.Response(body=msgspec.json.encode(value), status=status, content_type="application/json")

    async def _missing(self) -> web.Response:
        fault = {"code": "not_found", "message": "There is no such record.", "remedy": "Reload the page."}
        return await self._answer(fault, HTTPStatus.NOT_FOUND)

    async def _get_experience(self, request: web.Request) -> web.Response:
        found = self.experiences.get(request.match_info["id"])
        return await (self._missing() if found is None else self._answer(found))

    async def _change_experience(self, request: web.Request) -> web.Response:
        changes = await request.json()
        changed = replace(self.experiences[request.match_info["id"]], **changes)
        self.experiences[changed.id] = changed
        return await self._answer(changed)

    async def _list_conversations(self, request: web.Request) -> web.Response:
        mine = [each for each in self.conversations.values() if each.experience_id == request.query["experience"]]
        mine.sort(key=lambda each: each.updated_at, reverse=True)
        start, limit = int(request.query.get("cursor", 0)), int(request.query.get("limit", 50))
        end = start + limit
        page = ConversationPage(
            conversations=tuple(mine[start:end]), next_cursor=str(end) if end < len(mine) else None, total=len(mine)
        )
        return await self._answer(page)

    async def _new_conversation(self, request: web.Request) -> web.Response:
        body = await request.json()
        return await self._answer(self._create(body["id"], body["experience_id"], body.get("title", "")), 201)

    async def _get_conversation(self, request: web.Request) -> web.Response:
        found = self.conversations.get(request.match_info["id"])
        if found is None:
            return await self._missing()
        mine = tuple(each for each in self.messages.values() if each.conversation_id == found.id)
        return await self._answer(ConversationTree(conversation=found, messages=mine))

    async def _get_draft(self, request: web.Request) -> web.Response:
        return await self._answer(SavedDraft(text=self.drafts.get(request.path, "")))

    async def _put_draft(self, request: web.Request) -> web.Response:
        self.drafts[request.path] = (await request.json())["text"]
        return await self._get_draft(request)

    async def _change_conversation(self, request: web.Request) -> web.Response:
        return await self._answer(self._touch(request.match_info["id"], **await request.json()))

    async def _send(self, request: web.Request) -> web.Response:
        body = await request.json()
        conversation = self.conversations[request.match_info["id"]]
        if conversation.title == "":
            conversation = self._touch(conversation.id, title=body["text"][:60])
        parent = body.get("parent_id", conversation.head_id)
        message = self._message(conversation, parent, text=body["text"], id=body.get("id"))
        self.messages[message.id] = message
        reply = self._start(message, body.get("reply_id"), body.get("model"))
        return await self._answer(Turn(message=message, reply=reply), 201)

    async def _retry(self, request: web.Request) -> web.Response:
        body = await request.json() if request.can_read_body else {}
        question = self.messages[self.messages[request.match_info["id"]].parent_id or ""]
        return await self._answer(self._start(question, body.get("reply_id"), body.get("model")), 201)

    async def _continue(self, request: web.Request) -> web.Response:
        body = await request.json() if request.can_read_body else {}
        before = self.messages[request.match_info["id"]]
        asked = self.models[body.get("model") or before.model or ""]
        left = () if asked.id == before.model else (Tried(model=before.model or "", code="stream_cut"),)
        reply = self.change(before.id, status="running", fault=None, model=asked.id, model_name=asked.name, tried=left)
        self._replies[reply.id] = asyncio.create_task(self._run(reply.id, self._next_script()))
        return await self._answer(reply)

    async def _stop(self, request: web.Request) -> web.Response:
        id = request.match_info["id"]
        if id in self._replies and self.messages[id].status == "running":
            self._replies[id].cancel()
            await self._update(id, status="stopped")
        return await self._answer(self.messages[id])

    async def _measured(self, _: web.Request) -> web.Response:
        return await self._answer(self.measured)

    async def _suggest(self, request: web.Request) -> web.Response:
        asked = await request.json()
        text = self.suggested.get(asked["text"])
        model, why = text or (None, "No model that is set up suits.")
        return await self._answer(Suggestion(model=model, why=(why,), needs=(), ranked=(), rules=()))

    async def _list_models(self, _: web.Request) -> web.Response:
        return await self._answer(list(self.models.values()))

    async def _get_demo(self, _: web.Request) -> web.Response:
        return await self._answer(self.demo)

    async def _get_default(self, _: web.Request) -> web.Response:
        if self.default_model is None:
            fault = {"code": "model_missing", "message": "No model has been set up.", "remedy": "Add a model."}
            return await self._answer(fault, HTTPStatus.CONFLICT)
        return await self._answer(self.models[self.default_model])

    async def _put_default(self, request: web.Request) -> web.Response:
        self.default_model = (await request.json())["id"]
        return await self._answer(self.models[self.default_model or ""])

    async def _add_demo(self, _: web.Request) -> web.Response:
        self.demo = replace(self.demo, state="running", total_bytes=98_000_000, code="", message="", remedy="")
        return await self._answer(self.demo)

    async def _cancel_demo(self, _: web.Request) -> web.Response:
        self.demo = replace(self.demo, state="cancelled")
        return await self._answer(self.demo)

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        id = request.match_info["id"]
        if id not in self.messages:
            return await self._missing()
        async with self._opened(request) as response:
            sent = self.messages[id]
            await _event(response, "snapshot", sent)
            if id in self._waiting and not sent.text:
                await _event(response, "waiting", {"message": self._waiting[id]})
            while self.messages[id].status == "running":
                async with self._changed:
                    await self._changed.wait()
                found = self.messages[id]
                for name in ("text", "reasoning"):
                    more = getattr(found, name)[len(getattr(sent, name)) :]
                    if more:
                        await _event(response, "delta", {name: more})
                sent = found
            await _event(response, "done", self.messages[id])
        return response

    async def _events(self, request: web.Request) -> web.StreamResponse:
        queue: asyncio.Queue[dict[str, str]] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            async with self._opened(request) as response:
                while True:
                    await _event(response, "change", await queue.get())
            return response
        finally:
            self._listeners.discard(queue)

    @contextlib.asynccontextmanager
    async def _opened(self, request: web.Request) -> AsyncIterator[web.StreamResponse]:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        await response.write(b": hello\n\n")
        transport = request.transport
        self._streams.add(transport)
        try:
            yield response
        except ConnectionError:
            pass  # the reader has gone
        finally:
            self._streams.discard(transport)

    # Replies

    def _next_script(self) -> Script:
        return self.scripts.pop(0) if self.scripts else self.script

    def _start(self, question: Message, id: str | None, model: str | None) -> Message:
        conversation = self.conversations[question.conversation_id]
        asked = self.models[model or self.experiences[conversation.experience_id].model or self.default_model or ""]
        reply = self._message(
            conversation, question.id, author="assistant", text="", id=id, status="running",
            model=asked.id, model_name=asked.name,
        )  # fmt: skip
        self.messages[reply.id] = reply
        self._touch(conversation.id, head_id=reply.id)
        script = self._next_script()
        if script.waiting:
            self._waiting[reply.id] = script.waiting
        self._replies[reply.id] = asyncio.create_task(self._run(reply.id, script))
        return reply

    async def _run(self, id: str, script: Script) -> None:
        await asyncio.sleep(script.delay_s)
        if script.reasoning:
            await self._update(id, reasoning=script.reasoning)
        held = len(script.text) if script.hold_at is None else script.hold_at
        await self._say(id, script.text[:held], script)
        if script.hold_at is not None:
            await self._released.wait()
        await self._say(id, script.text[held:], script)
        await self._update(id, status=script.ends, fault=script.fault, output_tokens=42, total_ms=1300)

    async def _say(self, id: str, text: str, script: Script) -> None:
        for start in range(0, len(text), script.piece):
            await self._update(id, text=self.messages[id].text + text[start : start + script.piece])
            await asyncio.sleep(script.pause_s)

    async def _update(self, id: str, **changes: object) -> None:
        message = self.change(id, **changes)
        async with self._changed:
            self._changed.notify_all()
        if message.status != "running":
            self._announce({"noun": "messages", "id": id, "action": "update", "experience_id": message.experience_id})

    def _announce(self, change: dict[str, str]) -> None:
        for queue in self._listeners:
            queue.put_nowait(change)

    # Records

    def _create(self, id: str, experience_id: str, title: str) -> Conversation:
        now = utc_now()
        made = Conversation(
            id=id, experience_id=experience_id, title=title, created_at=now, updated_at=now, revision=1
        )  # fmt: skip
        return self.conversations.setdefault(id, made)

    def _touch(self, id: str, **changes: object) -> Conversation:
        count = sum(each.conversation_id == id for each in self.messages.values())
        old = self.conversations[id]
        changed = replace(
            old, message_count=count, updated_at=utc_now(), revision=old.revision + 1, **changes  # type: ignore[arg-type]
        )  # fmt: skip
        self.conversations[id] = changed
        return changed

    def _message(self, conversation: Conversation, parent: str | None, **fields: object) -> Message:
        now = utc_now()
        values = {"author": "user", "text": ""} | {k: v for k, v in fields.items() if v is not None}
        return Message(
            **{"id": new_id()} | values,  # type: ignore[arg-type]
            conversation_id=conversation.id,
            experience_id=conversation.experience_id,
            parent_id=parent,
            created_at=now,
            updated_at=now,
        )


@contextlib.contextmanager
def running() -> Iterator[StandIn]:
    """A stand-in that serves from a thread of its own."""
    started: list[StandIn] = []
    ready, ended = threading.Event(), threading.Event()

    async def serve() -> None:
        stand_in = StandIn()
        runner = web.AppRunner(stand_in.app(), shutdown_timeout=0.1, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        stand_in.port = runner.addresses[0][1]
        started.append(stand_in)
        ready.set()
        await asyncio.to_thread(ended.wait)
        await runner.cleanup()

    thread = threading.Thread(target=asyncio.run, args=(serve(),), name="stand-in")
    thread.start()
    try:
        if not ready.wait(10):
            raise TimeoutError("The stand-in did not start.")
        yield started[0]
    finally:
        ended.set()
        thread.join(10)


async def _event(response: web.StreamResponse, name: str, value: object) -> None:
    await response.write(b"event: %s\ndata: %s\n\n" % (name.encode(), msgspec.json.encode(value)))


def _copy(response: web.Response) -> web.Response:
    return web.Response(body=response.body, status=response.status, content_type=response.content_type)
