"""An Experience's folder and notebook, made or found again through Jupyter's contents manager.

The notebook says in its metadata which Experience it belongs to, so that a person may move and rename it. A file that
exists is never written to.
"""

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Protocol
from uuid import UUID

from jupyter_server.utils import ensure_async
from nbformat import v4
from tornado import web
from tornado.web import HTTPError

from workbench.errors import AccessError, InvalidInputError
from workbench.experiences.notebook import experience_of
from workbench.jupyter.door import DoorHandler
from workbench.passage.errand import Errand
from workbench.passage.exchange import Request
from workbench.passage.line import Line

Model = dict[str, Any]
"""A contents model, as https://jupyter-server.readthedocs.io/en/latest/developers/contents.html describes it."""

EXPERIENCES = "Experiences"
SEARCH_FOLDERS = 400
SEARCH_NOTEBOOKS = 200
SEARCH_TIME_S = 2.0
NOTEBOOK_LIMIT_BYTES = 20 * 1024 * 1024
"""A larger notebook is not opened in the search."""
MARKDOWN_SIGNS = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~$&:])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an Experience's notebook is, as paths below the root of the Jupyter server."""

    folder: str
    path: str
    created: bool
    """Whether it has been made just now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Belonging:
    """What the notebook shows of its Experience."""

    id: str
    name: str
    slug: str
    description: str


def first_notebook(experience: Belonging) -> Model:
    """A notebook that says what it is for, ready to be typed into."""
    heading = f"# {as_written(' '.join(experience.name.split()))}"
    about = as_written(experience.description.strip()).replace("\n", "  \n")
    hint = "*This notebook goes with the chat beside it. What you write and run here stays in this file.*"
    text = "\n\n".join(part for part in (heading, about, hint) if part)
    # nbformat carries types for its own module only.
    notebook: Model = v4.new_notebook(  # type: ignore[no-untyped-call]
        cells=[v4.new_markdown_cell(text), v4.new_code_cell()],  # type: ignore[no-untyped-call]
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"},
            "workbench": {"experience": experience.id},
        },
    )
    return notebook


def as_written(text: str) -> str:
    """`text` as Markdown that shows it sign by sign: a name is a name, not a link or an image."""
    return MARKDOWN_SIGNS.sub(r"\\\1", text)


def free_names(stem: str, suffix: str = "") -> Iterator[str]:
    """`stem`, then `stem-2`, `stem-3`, … ."""
    yield stem + suffix
    yield from (f"{stem}-{number}{suffix}" for number in count(2))


class Contents(Protocol):
    """What we need of a Jupyter contents manager, synchronous or not."""

    def dir_exists(self, path: str) -> Awaitable[bool] | bool:
        """Whether a folder is there."""

    def file_exists(self, path: str) -> Awaitable[bool] | bool:
        """Whether a file is there."""

    def save(self, model: Model, path: str) -> Awaitable[Model] | Model:
        """Make a file or a folder. Raises HTTPError."""

    def get(self, path: str, *, content: bool, type: str, format: str | None = None) -> Awaitable[Model] | Model:  # noqa: A002 - Jupyter's names
        """What is there. Raises HTTPError."""


class Shelf:
    """The notebooks below one Jupyter root. Works with any contents manager, synchronous or not."""

    def __init__(self, contents: Contents) -> None:
        self._contents = contents
        self._one_at_a_time = asyncio.Lock()

    async def open(self, experience: Belonging) -> Place:
        """Find the notebook of `experience`, or make it. Raises AccessError where nothing can be written.

        The place where it was made wins over a copy; else it is looked for in its folder, under `Experiences/`, then
        from the root, within limits of number and time.
        """
        async with self._one_at_a_time:
            found = await _Search(self._contents, experience).run()
            if found is not None:
                return Place(folder=_folder_of(found), path=found, created=False)
            try:
                return await self._make(experience)
            except HTTPError as error:
                said = error.log_message or error.reason or str(error.status_code)
                raise AccessError(
                    f"The notebook of {experience.name!r} could not be made: {said}.",
                    remedy="Start JupyterLab in a folder that you can write.",
                ) from error

    async def _make(self, experience: Belonging) -> Place:
        shelf = await self._folder("", EXPERIENCES)
        folder = await self._folder(shelf, experience.slug)
        for name in free_names(experience.slug, ".ipynb"):
            path = f"{folder}/{name}"
            if not await self._taken(path):
                break
        model = {"type": "notebook", "format": "json", "content": first_notebook(experience)}
        await ensure_async(self._contents.save(model, path))
        return Place(folder=folder, path=path, created=True)

    async def _folder(self, parent: str, wanted: str) -> str:
        """A folder below `parent` with the wanted name, or, where a file has that name, the next that is free."""
        for name in free_names(wanted):
            path = f"{parent}/{name}".lstrip("/")
            if await ensure_async(self._contents.dir_exists(path)):
                break
            if not await self._taken(path):
                await ensure_async(self._contents.save({"type": "directory"}, path))
                break
        return path

    async def _taken(self, path: str) -> bool:
        return bool(
            await ensure_async(self._contents.file_exists(path)) or await ensure_async(self._contents.dir_exists(path))
        )


@dataclass(slots=True)
class _Search:
    """One walk, breadth first, that ends at its limits."""

    contents: Contents
    experience: Belonging
    folders_left: int = SEARCH_FOLDERS
    notebooks_left: int = SEARCH_NOTEBOOKS
    ends_at: float = field(default_factory=lambda: time.monotonic() + SEARCH_TIME_S)
    seen: set[str] = field(default_factory=set)

    async def run(self) -> str | None:
        """The path of the notebook; None if it was not found within the limits."""
        home = f"{EXPERIENCES}/{self.experience.slug}"
        if await self._is_it(f"{home}/{self.experience.slug}.ipynb"):
            return f"{home}/{self.experience.slug}.ipynb"
        for start in (home, EXPERIENCES, ""):
            found = await self._below(start)
            if found is not None:
                return found
        return None

    async def _below(self, start: str) -> str | None:
        waiting = [start]
        for folder in waiting:
            if self.folders_left <= 0 or self.notebooks_left <= 0 or time.monotonic() > self.ends_at:
                return None
            if folder in self.seen:
                continue
            self.seen.add(folder)
            self.folders_left -= 1
            entries = sorted(await self._list(folder), key=lambda entry: str(entry["path"]))
            for entry in entries:
                if _is_small_notebook(entry) and await self._is_it(entry["path"]):
                    return str(entry["path"])
            waiting += [entry["path"] for entry in entries if entry["type"] == "directory"]
        return None

    async def _list(self, folder: str) -> list[Model]:
        try:
            model = await _in_time(self.contents.get(folder, content=True, type="directory"), self.ends_at)
        except (HTTPError, OSError, TimeoutError):
            return []
        return [entry for entry in model["content"] if not entry["name"].startswith(".")]

    async def _is_it(self, path: str) -> bool:
        """Whether the file at `path` says that it belongs to the Experience.

        It is read as text: reading it as a notebook would validate all of it and check its signature.
        """
        if self.notebooks_left <= 0:
            return False
        try:
            if not await ensure_async(self.contents.file_exists(path)):
                return False
            self.notebooks_left -= 1
            reading = self.contents.get(path, content=True, type="file", format="text")
            text = (await _in_time(reading, self.ends_at))["content"]
        except (HTTPError, OSError, TimeoutError):
            return False
        return self.experience.id in text and experience_of(text) == self.experience.id


async def _in_time(reading: Awaitable[Model] | Model, ends_at: float) -> Model:
    """What the contents manager gives; raises TimeoutError if an asynchronous one takes too long."""
    async with asyncio.timeout(max(0.05, ends_at - time.monotonic())):
        model: Model = await ensure_async(reading)
        return model


def _is_small_notebook(entry: Model) -> bool:
    size = entry.get("size")
    return str(entry["path"]).endswith(".ipynb") and (size or 0) <= NOTEBOOK_LIMIT_BYTES


def _folder_of(path: str) -> str:
    return path.rpartition("/")[0]


class NotebookHandler(DoorHandler):
    """`POST {experience_id}` → where that Experience's notebook is."""

    def initialize(self, line: Line, shelf: Shelf) -> None:
        """`line` leads to the owner, `shelf` to the files."""
        self._line = line
        self._shelf = shelf

    @web.authenticated
    async def post(self) -> None:
        """Make the notebook, or find it again."""
        await self.require("write", "contents")
        experience_id = asked_for(self.request.body)
        request = Request(method="GET", target=f"/api/v1/experiences/{experience_id}", door="jupyter")
        errand = Errand(self._line, request)
        try:
            answer = await errand.answer()
            body = b""
            while piece := await errand.piece():
                body += piece
        finally:
            errand.close()
        if answer.status != 200:
            self.set_status(answer.status)
            await self.finish(body)
            return
        told = json.loads(body)
        place = await self._shelf.open(
            Belonging(id=told["id"], name=told["name"], slug=told["slug"], description=told["description"])
        )
        await self.finish(json.dumps({"folder": place.folder, "path": place.path, "created": place.created}))


def asked_for(body: bytes) -> str:
    """The Experience's id in a request. Raises InvalidInputError."""
    try:
        return str(UUID(json.loads(body)["experience_id"]))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InvalidInputError("The request names no Experience.", remedy='Send {"experience_id": "…"}.') from error
