"""The chat in a notebook's cell: `Chat`, an anywidget.

It shows the chat component that JupyterLab and the hosted page show. What it asks of the owner goes through Jupyter's
server where the Workbench is switched on there, else through the kernel. The notebook keeps the Experience's id and
name, and none of its text.
"""

from typing import TYPE_CHECKING

from workbench.errors import PackageMissingError

if TYPE_CHECKING:
    from workbench.widget.cell import Chat

__all__ = ["Chat"]


def __getattr__(name: str) -> object:
    """`Chat`, loaded on first use: it brings IPython and ipywidgets. Raises PackageMissingError."""
    if name != "Chat":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        from workbench.widget.cell import Chat  # noqa: PLC0415  (loaded on first use)
    except ModuleNotFoundError as error:
        raise PackageMissingError(
            f"The chat in a cell needs the package {error.name!r}, which is not installed here.",
            remedy="Run `pip install anywidget ipywidgets`, then restart the kernel.",
        ) from error
    return Chat
