"""The widget itself. What a notebook keeps of it is what is `sync`ed here: no text, no token."""

import gzip
import html
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import anywidget
from IPython.display import display
from traitlets import Int, Unicode, observe
from traitlets.utils.bunch import Bunch

from workbench.config import shipped
from workbench.errors import BuildError, InvalidInputError
from workbench.widget.errands import Errands
from workbench.widget.post import Letter

if TYPE_CHECKING:
    from workbench.client import OpenExperience

LOWEST, HIGHEST = 240, 2000
"""Pixels."""


class Chat(anywidget.AnyWidget):
    """The chat of an Experience, in a cell."""

    _esm = Path(__file__).with_name("cell.js")
    _css = Path(__file__).with_name("cell.css")
    _component = Unicode(help="The file of the chat component.").tag(sync=True)
    experience_id = Unicode().tag(sync=True)
    name = Unicode(help="The Experience's, for when nothing else can be shown.").tag(sync=True)
    height = Int(480, min=LOWEST, max=HIGHEST, help="Pixels.").tag(sync=True)
    _errands: Errands | None = None

    def __init__(self, experience: "OpenExperience", *, height: int = 480) -> None:
        """Show the chat of `experience`.

        Raises InvalidInputError if it is in the trash or `height` is unusable, NotFoundError if it was deleted forever.
        """
        record = experience.refresh().record
        if record.state == "trashed":
            raise InvalidInputError(
                f"{record.name!r} is in the trash.",
                remedy="Restore it in JupyterLab's panel, or with `workbench experiences restore`.",
            )
        if not LOWEST <= height <= HIGHEST:
            raise InvalidInputError(f"A height of {height} cannot be used.", remedy=f"Use {LOWEST} to {HIGHEST}.")
        errands = self._errands = Errands(
            experience.bench.transport.as_door("widget"), record.id, component=_compressed, send=self._send_letters
        )
        super().__init__(_component=_component_file().name, experience_id=record.id, name=record.name, height=height)
        self.on_msg(lambda _, message, __: errands.take(message))

    def close(self) -> None:
        """Take the chat out of the notebook and end its streams; what was said stays in the Workbench."""
        if self._errands is not None:
            self._errands.close()
        super().close()

    def __repr__(self) -> str:
        return f"Chat({self.name!r})"

    def _ipython_display_(self) -> None:
        """Show the chat, and below it what a notebook without its kernel shows instead."""
        if self.comm is None:
            _display({"text/plain": f"The chat of “{self.name}” has been closed."})
            return
        _display({"text/plain": repr(self), "application/vnd.jupyter.widget-view+json": self.get_view_spec()})
        sentence = f"The chat of “{self.name}” is not shown while its kernel is away: run this cell to bring it back."
        _display({"text/plain": sentence, "text/html": f'<p class="wb-ChatCell-away">{html.escape(sentence)}</p>'})

    @observe("comm")
    def _hear_beside_cells(self, change: Bunch) -> None:
        """Hear the page while a cell runs.

        JupyterLab sends a widget's messages to a thread of their own (a subshell); since ipykernel 7.4 a comm sends
        them back to where it last wrote from, which is where cells run, unless it has no such rule.
        """
        if change.new is not None:
            change.new._reply_subshell_for = None  # noqa: SLF001  (there is no public way)

    def _send_letters(self, letters: list[Letter], enclosures: list[bytes]) -> None:
        self.send({"letters": letters}, buffers=enclosures)


def _display(bundle: dict[str, object]) -> None:
    # IPython's `display` carries no types.
    display(bundle, raw=True)  # type: ignore[no-untyped-call]


@cache
def _component_file() -> Path:
    folder = shipped("chat")
    try:
        return folder / str(json.loads((folder / "manifest.json").read_text("utf-8"))["chat"])
    except (OSError, ValueError, KeyError) as error:
        raise BuildError(
            "The chat component has not been built.", remedy="Run `npm run build:chat` in `extension/`."
        ) from error


@cache
def _compressed() -> bytes:
    return gzip.compress(_component_file().read_bytes())
