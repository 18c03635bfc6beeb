"""A model that answers what it is told to, token by token, over OpenAI's chat completions."""

import contextlib
import json
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

LONGEST_HOLD_S = 60


@dataclass(frozen=True, kw_only=True)
class Answer:
    """How one answer goes."""

    text: str = "Yes."
    reasoning: str = ""
    hold_at: int | None = None
    """After so many characters, wait until `Provider.release` is called."""
    ends: Literal["complete", "cut", "refused"] = "complete"
    """`cut`: the connection ends before the message does; `refused`: the key is not accepted, and nothing answered."""


@dataclass
class Provider:
    """What it answers next, and how fast."""

    base_url: str = ""
    answer: str = "Yes."
    seconds_a_token: float = 0.0
    answers: list[Answer] = field(default_factory=list)
    """What comes before `answer`, one for each question."""
    questions: list[str] = field(default_factory=list)
    instructions: list[str] = field(default_factory=list)
    """What came before each, as the system's message; empty: nothing did."""
    models: list[str] = field(default_factory=list)
    """Which model each question was for."""
    asked_at: list[float] = field(default_factory=list)
    """When each question came, in seconds of the Unix epoch."""
    sent_at: list[float] = field(default_factory=list)
    """When each token of the last answer went out."""

    def __post_init__(self) -> None:
        self._released = threading.Event()

    def release(self) -> None:
        """Let the answer that is held go on."""
        self._released.set()

    def next(self) -> Answer:
        """What the next question is answered with."""
        self._released.clear()
        return self.answers.pop(0) if self.answers else Answer(text=self.answer)

    def wait(self) -> None:
        """Hold an answer."""
        self._released.wait(LONGEST_HOLD_S)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, provider: Provider, *rest: object) -> None:
        self._provider = provider
        super().__init__(*rest)  # answers the request

    def do_POST(self) -> None:
        provider = self._provider
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        provider.asked_at.append(time.time())
        provider.sent_at.clear()
        answer = provider.next()
        provider.models.append(body["model"])
        provider.questions.append(body["messages"][-1]["content"])
        first = body["messages"][0]
        provider.instructions.append(first["content"] if first["role"] == "system" else "")
        is_refused = answer.ends == "refused"
        self.send_response(401 if is_refused else 200)
        self.send_header("Content-Type", "application/json" if is_refused else "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        with contextlib.suppress(ConnectionError):
            if is_refused:
                self.wfile.write(b'{"error": {"message": "No.", "code": "invalid_api_key"}}')
            else:
                self._answer(answer, body["model"])

    def _answer(self, answer: Answer, model: str) -> None:
        if answer.reasoning:
            self._event(model, {"delta": {"reasoning_content": answer.reasoning}, "finish_reason": None})
        held = len(answer.text) if answer.hold_at is None else answer.hold_at
        self._say(model, answer.text[:held])
        if answer.hold_at is not None:
            self._provider.wait()
        self._say(model, answer.text[held:])
        if answer.ends == "complete":
            count = len(self._provider.sent_at)
            usage = {"prompt_tokens": 10, "completion_tokens": count, "total_tokens": 10 + count}
            self._event(model, {"delta": {}, "finish_reason": "stop"}, usage=usage)
            self.wfile.write(b"data: [DONE]\n\n")

    def _say(self, model: str, text: str) -> None:
        for token in re.findall(r"\s*\S+\s*", text):
            self._provider.sent_at.append(time.time())
            self._event(model, {"delta": {"content": token}, "finish_reason": None})
            time.sleep(self._provider.seconds_a_token)

    def _event(self, model: str, choice: dict[str, object], **more: object) -> None:
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": model, **more}
        data = json.dumps({**chunk, "choices": [{"index": 0, **choice}]})
        self.wfile.write(f"data: {data}\n\n".encode())
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""


@contextlib.contextmanager
def running() -> Iterator[Provider]:
    """The provider, on a port of its own."""
    provider = Provider()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, provider)) as server:
        server.daemon_threads = True
        provider.base_url = f"http://127.0.0.1:{server.server_address[1]}/v1"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield provider
        server.shutdown()
