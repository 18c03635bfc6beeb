import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from tests.providers.asking import LOCAL, OnePlace, ask, whole
from tests.providers.demo_model import demo_model_file as demo_model_file
from workbench.errors import ContextTooLongError, ModelFileError, ProviderUnavailableError, StreamCutError
from workbench.providers.endpoints import LocalFile
from workbench.providers.gateway import Gateway
from workbench.providers.gguf import read_header
from workbench.providers.local import LocalEngine, fitting_context

pytestmark = pytest.mark.timeout(300)
GIB = 1 << 30


@asynccontextmanager
async def gateway_with(path: Path, **engine) -> AsyncIterator[tuple[Gateway, LocalEngine]]:
    local = LocalEngine(**engine)
    gateway = Gateway(OnePlace(path=path), local)
    try:
        yield gateway, local
    finally:
        await gateway.close()


async def test_the_demo_model_answers_and_costs_nothing(demo_model_file):
    async with gateway_with(demo_model_file) as (gateway, _):
        reply = await whole(gateway, ask("What is the capital of France?", model=LOCAL, max_output_tokens=60))
    assert reply.error is None
    assert len(reply.text.split()) >= 3
    assert reply.finished.reason in ("stop", "length")
    assert reply.finished.model_name == "demo"
    assert reply.finished.output_tokens > 0
    assert reply.finished.cost_usd == 0


async def test_a_reply_is_continued_in_the_middle_of_its_words(demo_model_file):
    request = ask("Count from one to ten, in words.", "One, two, three, four,", model=LOCAL, continues=True)
    async with gateway_with(demo_model_file) as (gateway, _):
        reply = await whole(gateway, request)
    assert reply.text.strip().lower().startswith("five")


async def test_the_engine_is_loaded_once_and_answers_two_at_a_time(demo_model_file):
    async with gateway_with(demo_model_file) as (gateway, engine):
        requests = [ask(f"Say {word}.", model=LOCAL, max_output_tokens=12) for word in ("tea", "milk", "rum")]
        replies = await asyncio.gather(*(whole(gateway, request) for request in requests))
        pid = engine.pid
        assert (await whole(gateway, requests[0])).error is None
        assert engine.pid == pid
    assert all(reply.error is None and reply.finished for reply in replies)


async def test_nobody_without_the_key_can_use_the_engine(demo_model_file):
    async with gateway_with(demo_model_file) as (_, engine):
        file = LocalFile(path=demo_model_file, name="demo", context_tokens=1024)
        async with engine.lease(file) as endpoint, httpx.AsyncClient(trust_env=False) as client:
            assert endpoint.base_url.startswith("http://127.0.0.1:")
            asked = {"messages": [{"role": "user", "content": "hi"}], "max_tokens": 1}
            wrong = {"authorization": "Bearer wrong"}
            assert (await client.post(endpoint.url("any"), json=asked)).status_code == 401
            assert (await client.post(endpoint.url("any"), json=asked, headers=wrong)).status_code == 401
            process = psutil.Process(engine.pid)
            assert endpoint.api_key not in " ".join(process.cmdline())
            assert endpoint.api_key not in json.dumps(process.environ())
            assert endpoint.api_key not in repr(endpoint)


async def test_a_question_longer_than_the_context_is_refused_by_name(demo_model_file):
    async with gateway_with(demo_model_file) as (gateway, _):
        reply = await whole(gateway, ask("word " * 5000, model=LOCAL))
    assert isinstance(reply.error, ContextTooLongError)


async def test_a_reply_is_stopped_at_the_engine_when_its_reader_leaves(demo_model_file):
    async with gateway_with(demo_model_file) as (gateway, engine):
        request = ask("Write a long story about the sea.", model=LOCAL)
        async with aclosing(gateway.stream(request)) as events:
            await anext(events)
        process = psutil.Process(engine.pid)
        await asyncio.sleep(0.5)
        before = process.cpu_times().user
        await asyncio.sleep(1)
        assert process.cpu_times().user - before < 0.5


@pytest.mark.fault
async def test_an_engine_that_dies_in_the_middle_leaves_a_cut_reply_and_starts_again(demo_model_file):
    async with gateway_with(demo_model_file) as (gateway, engine):
        reading = asyncio.create_task(whole(gateway, ask("Write a long story about the sea.", model=LOCAL)))
        async with asyncio.timeout(60):
            while engine.pid is None:  # noqa: ASYNC110  (it says nothing when it starts)
                await asyncio.sleep(0.01)
        await asyncio.sleep(2)
        os.kill(engine.pid, signal.SIGKILL)
        cut = await reading
        assert cut.text
        assert cut.finished is None
        assert isinstance(cut.error, StreamCutError)
        again = await whole(gateway, ask("Say tea.", model=LOCAL, max_output_tokens=5))
        assert again.error is None


@pytest.mark.fault
def test_the_engine_ends_when_its_owner_is_killed(demo_model_file):
    code = f"""
import asyncio, time
from pathlib import Path
from workbench.providers.endpoints import LocalFile
from workbench.providers.local import LocalEngine

async def main():
    engine = LocalEngine()
    file = LocalFile(path=Path({str(demo_model_file)!r}), name="demo", context_tokens=1024)
    async with engine.lease(file):
        print(engine.pid, flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as owner:
        engine = psutil.Process(int(owner.stdout.readline()))
        owner.kill()
        engine.wait(10)
    assert not engine.is_running()


async def test_closing_the_gateway_ends_the_engine(demo_model_file):
    async with gateway_with(demo_model_file) as (gateway, engine):
        await whole(gateway, ask("Say tea.", model=LOCAL, max_output_tokens=3))
        process = psutil.Process(engine.pid)
    assert not process.is_running()


async def test_a_model_that_is_not_used_is_dropped_from_the_memory(demo_model_file):
    async with gateway_with(demo_model_file, idle_s=0.1) as (gateway, engine):
        await whole(gateway, ask("Say tea.", model=LOCAL, max_output_tokens=3))
        process = psutil.Process(engine.pid)
        await asyncio.to_thread(process.wait, 10)
        assert engine.pid is None
        assert (await whole(gateway, ask("Say tea.", model=LOCAL, max_output_tokens=3))).error is None


async def test_another_model_waits_until_the_first_has_answered(demo_model_file, tmp_path):
    other = tmp_path / "other.gguf"
    other.symlink_to(demo_model_file)
    async with gateway_with(demo_model_file) as (_, engine):
        first = LocalFile(path=demo_model_file, name="first", context_tokens=1024)
        second = LocalFile(path=other, name="second", context_tokens=1024)

        async def lease_second() -> int:
            async with engine.lease(second):
                return engine.pid

        async with engine.lease(first):
            pid = engine.pid
            waiting = asyncio.create_task(lease_second())
            await asyncio.sleep(0.3)
            assert not waiting.done()
            assert engine.pid == pid
        assert await waiting != pid


@pytest.mark.parametrize("damage", ["cut", "zeros", "random", "empty"])
async def test_a_damaged_file_is_named(demo_model_file, tmp_path, damage):
    whole_file = demo_model_file.read_bytes()
    broken = {
        "cut": whole_file[: len(whole_file) // 2],
        "zeros": whole_file[:3000] + bytes(100_000),
        "random": os.urandom(50_000),
        "empty": b"",
    }
    path = tmp_path / "broken.gguf"
    path.write_bytes(broken[damage])
    async with gateway_with(path) as (gateway, engine):
        reply = await whole(gateway, ask(model=LOCAL))
        assert engine.pid is None
    assert isinstance(reply.error, ModelFileError)
    assert reply.error.remedy


async def test_damage_that_only_the_engine_sees_is_named(demo_model_file, tmp_path):
    """The vocabulary is destroyed, but every length in the header still fits."""
    data = bytearray(demo_model_file.read_bytes())
    at = data.index(b"tokenizer.ggml.model") + len(b"tokenizer.ggml.model") + 4 + 8
    data[at : at + 2] = b"??"
    path = tmp_path / "broken.gguf"
    path.write_bytes(data)
    async with gateway_with(path) as (gateway, _):
        reply = await whole(gateway, ask(model=LOCAL))
    assert isinstance(reply.error, ModelFileError)


async def test_a_model_too_large_for_the_memory_is_refused_before_it_is_loaded(demo_model_file):
    async with gateway_with(demo_model_file, available_bytes=lambda: 100 << 20) as (gateway, engine):
        reply = await whole(gateway, ask(model=LOCAL))
        assert engine.pid is None
    assert isinstance(reply.error, ModelFileError)
    assert "too large" in reply.error.message


async def test_loading_has_a_limit(demo_model_file):
    async with gateway_with(demo_model_file, load_limit_s=0.001) as (gateway, _):
        reply = await whole(gateway, ask(model=LOCAL))
    assert isinstance(reply.error, ProviderUnavailableError)


def test_the_context_shrinks_until_it_fits(demo_model_file):
    header = read_header(demo_model_file)
    for free, expected in ((4 * GIB, 8192), (500 << 20, 4096), (400 << 20, 2048)):
        assert fitting_context(header, wanted_tokens=8192, available_bytes=free, name="demo") == expected
    with pytest.raises(ModelFileError):
        fitting_context(header, wanted_tokens=8192, available_bytes=200 << 20, name="demo")
