"""A server that takes note of what reaches it: where hostile content would send what it has found."""

import contextlib
import http.server
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Sink:
    """What reached it."""

    url: str = ""
    reached: list[str] = field(default_factory=list)


@contextlib.contextmanager
def running() -> Iterator[Sink]:
    """The server, on a port of its own."""
    sink = Sink()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            sink.reached.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        sink.url = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield sink
        server.shutdown()
