"""A model that answers what it is told to, token by token, over OpenAI's chat completions."""

import contextlib
import json
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Provider:
    """What it answers next, and how fast."""

    base_url: str = ""
    answer: str = "Yes."
    seconds_a_token: float = 0.0
    questions: list[str] = field(default_factory=list)
    asked_at: list[float] = field(default_factory=list)
    """When each question came, in seconds of the Unix epoch."""
    sent_at: list[float] = field(default_factory=list)
    """When each token of the last answer went out."""


@contextlib.contextmanager
def running() -> Iterator[Provider]:
    """The provider, on a port of its own."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            provider.asked_at.append(time.time())
            provider.sent_at.clear()
            provider.questions.append(body["messages"][-1]["content"])
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Connection", "close")
            self.end_headers()
            with contextlib.suppress(ConnectionError):
                for token in re.findall(r"\s*\S+\s*", provider.answer):
                    provider.sent_at.append(time.time())
                    self._event({"delta": {"content": token}, "finish_reason": None})
                    time.sleep(provider.seconds_a_token)
                self._event({"delta": {}, "finish_reason": "stop"})
                self.wfile.write(b"data: [DONE]\n\n")

        def _event(self, choice: dict[str, object]) -> None:
            chunk = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "scripted"}
            data = json.dumps({**chunk, "choices": [{"index": 0, **choice}]})
            self.wfile.write(f"data: {data}\n\n".encode())
            self.wfile.flush()

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        provider.base_url = f"http://127.0.0.1:{server.server_address[1]}/v1"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield provider
        server.shutdown()
