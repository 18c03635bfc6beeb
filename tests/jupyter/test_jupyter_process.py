"""What the way through costs a Jupyter server: at its start, and while large things pass."""

import json
import subprocess
import sys

import pytest
from tornado.testing import bind_unused_port

from tests.jupyter.browser import chunks, read_head, read_reply
from tests.jupyter.fake_owner import FakeOwner
from tests.jupyter.jupyter_process import ROOT, environment, jupyter, memory_mb, publish

START = """
import json, sys, time
from jupyter_server.serverapp import ServerApp
app = ServerApp()
app.initialize(argv=["--allow-root"], new_httpserver=False)
before = set(sys.modules)
began, cpu = time.perf_counter(), time.process_time()
from workbench import jupyter
jupyter._load_jupyter_server_extension(app)
cpu, wall = time.process_time() - cpu, time.perf_counter() - began
print(json.dumps({"cpu_ms": cpu * 1000, "wall_ms": wall * 1000, "new": sorted(set(sys.modules) - before)}))
"""
OURS = {
    "workbench",
    "workbench.config",
    "workbench.errors",
    "workbench.experiences",
    "workbench.experiences.notebook",
    "workbench.jupyter",
    "workbench.jupyter.component",
    "workbench.jupyter.dashboards",
    "workbench.jupyter.door",
    "workbench.jupyter.notebook",
    "workbench.jupyter.passage",
    "workbench.passage",
    "workbench.passage.errand",
    "workbench.passage.exchange",
    "workbench.passage.handler",
    "workbench.passage.line",
}


def test_jupyters_start_loads_nothing_but_the_way_through(tmp_path):
    run = [sys.executable, "-c", START]
    shares = []
    for _ in range(3):
        done = subprocess.run(run, env=environment(tmp_path), cwd=ROOT, capture_output=True, text=True, check=True)
        shares.append(json.loads(done.stdout.splitlines()[-1]))
    print(f"\nshare of Jupyter's start: {sorted(share['cpu_ms'] for share in shares)[1]:.1f} ms CPU (budget 50)")
    assert set(shares[0]["new"]) <= OURS


@pytest.fixture
def owner():
    fake = FakeOwner()
    fake.start()
    yield fake
    fake.close()


@pytest.fixture
def server(tmp_path, owner):
    publish(owner, tmp_path / "home")
    listening, port = bind_unused_port()
    listening.close()
    with jupyter(tmp_path, port) as running:
        yield running


async def test_fifty_megabytes_pass_each_way_and_leave_no_trace_in_memory(server, owner):
    process, browser = server
    await browser.ask("POST", browser.api("x"), browser.by_token, bytes(1_000_000))
    before = memory_mb(process.pid, "VmHWM")

    size = 50_000_000
    reader, writer = await browser.open("POST", browser.api("x"), browser.by_token | {"Content-Length": str(size)})
    for _ in range(size // 100_000):
        writer.write(bytes(100_000))
        await writer.drain()
    assert (await read_reply(reader)).json()["bytes"] == size
    writer.close()
    up = memory_mb(process.pid, "VmHWM") - before

    reader, writer = await browser.open("GET", browser.api("download"), browser.by_token)
    await read_head(reader)
    received = sum([len(piece) async for piece in chunks(reader)])
    writer.close()
    down = memory_mb(process.pid, "VmHWM") - before
    print(f"\nmemory at its most, over what it was: {up:.1f} MB up, {down:.1f} MB down")
    assert received == 800 * 64 * 1024
    assert max(up, down) < 12


async def test_streams_that_are_left_open_end_with_the_server(server, owner):
    process, browser = server
    reader, writer = await browser.open("GET", browser.api("forever"), browser.by_token)
    await read_head(reader)
    process.terminate()
    assert await reader.read() is not None
    writer.close()
    assert process.wait(20) == 0
    assert owner.requests[-1].closed.wait(5)
