"""A notebook with a real kernel, over the test's own home."""

import contextlib
import os
import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

Outputs = list[dict[str, Any]]


class Notebook:
    """Cells that are run one after another."""

    def __init__(self, client: NotebookClient) -> None:
        self.client = client

    async def run(self, source: str) -> Outputs:
        """The outputs of a cell."""
        cell = nbformat.v4.new_code_cell(source)
        self.client.nb.cells.append(cell)
        await self.client.async_execute_cell(cell, len(self.client.nb.cells) - 1)
        return cell.outputs

    async def interrupt(self) -> None:
        """What Jupyter's ■ does."""
        await self.client.km.interrupt_kernel()

    @property
    def latest(self) -> Outputs:
        """What the cell that runs has shown so far."""
        return self.client.nb.cells[-1].outputs if self.client.nb.cells else []


@contextlib.asynccontextmanager
async def running(folder: Path, **environment: str) -> AsyncIterator[Notebook]:
    """A notebook in that folder, whose kernel has these variables too."""
    client = NotebookClient(
        nbformat.v4.new_notebook(), timeout=60, allow_errors=True, resources={"metadata": {"path": str(folder)}}
    )
    async with client.async_setup_kernel(env={**os.environ, **environment}):
        yield Notebook(client)


@pytest.fixture
async def notebook(home: Path, tmp_path: Path) -> AsyncIterator[Notebook]:
    """A notebook that belongs to no Experience."""
    async with running(tmp_path) as notebook:
        yield notebook


def printed(outputs: Outputs) -> str:
    """What a cell wrote."""
    return "".join(output["text"] for output in outputs if output["output_type"] == "stream")


def drawn(outputs: Outputs) -> list[str]:
    """The HTML of a cell's outputs."""
    return [output["data"]["text/html"] for output in outputs if "text/html" in output.get("data", {})]


def words(html: str) -> str:
    """What of HTML is read."""
    return " ".join(unescape(re.sub(r"<style>.*?</style>|<[^>]*>", " ", html, flags=re.DOTALL)).split())


def error(outputs: Outputs) -> str:
    """What a cell that failed shows."""
    return "\n".join("\n".join(output["traceback"]) for output in outputs if output["output_type"] == "error")
