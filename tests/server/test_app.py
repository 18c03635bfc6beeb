"""What the owner does by itself, and what it survives."""

import asyncio
import threading
from types import SimpleNamespace

from workbench.app import App
from workbench.config import Settings
from workbench.errors import DiskFullError


class Warmed:
    """A gateway that is told to load what it needs."""

    def __init__(self):
        self.told = asyncio.Event()

    async def warm(self):
        self.told.set()


async def test_a_store_that_cannot_be_read_for_a_while_does_not_end_the_owner(tmp_path):
    asked = threading.Event()

    def models():
        if not asked.is_set():
            asked.set()
            raise DiskFullError("The disk is full.", remedy="Free some space.")
        return [SimpleNamespace(kind="openai")]

    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        app = App(Settings(home=tmp_path), group)
        gateway = Warmed()
        app._services = SimpleNamespace(models=SimpleNamespace(list=models), gateway=gateway)
        group.create_task(app.keep_warm())
        await asyncio.to_thread(asked.wait, 5)
        app.changes.publish("models", "openai/any", "add")
        await gateway.told.wait()
