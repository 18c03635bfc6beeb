"""The chat in a notebook's cell: `Chat`, an anywidget.

It shows the chat component that JupyterLab and the hosted page show. What it asks of the owner goes through Jupyter's
server where the Workbench is switched on there, else through the kernel. The notebook keeps the Experience's id and
name, and none of its text.
"""

from typing import TYPE_CHECKING

from workbench.errors import PackageMissingError

if TYPE_CHECKING:
    from workbench.client import Workbench
    from workbench.widget.cell import Chat

__all__ = ["Chat", "chat"]


def chat(bench: "Workbench", experience: str, *, height: int = 480) -> "Chat":
    """The chat of an Experience, given its name or id, `height` pixels high.

    Raises NotFoundError, InvalidInputError if it is in the trash, PackageMissingError.
    """
    return _widget()(bench, bench.experiences.find(experience), height=height)


def __getattr__(name: str) -> object:
    if name == "Chat":
        return _widget()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def _widget() -> "type[Chat]":
    """The widget's class, loaded on first use: it brings IPython and ipywidgets."""
    try:
        from workbench.widget.cell import Chat  # noqa: PLC0415  (loaded on first use)
    except ModuleNotFoundError as error:
        raise PackageMissingError(
            f"The chat in a cell needs the package {error.name!r}, which is not installed here.",
            remedy="Run `pip install anywidget ipywidgets`, then restart the kernel.",
        ) from error
    return Chat
