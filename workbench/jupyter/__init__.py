"""The Jupyter Server extension: the way from JupyterLab to the owner, and an Experience's notebook.

It signs requests in by Jupyter's rules and passes them on. What the answers are is decided in the owner: nothing here
reads the store, and nothing here may make Jupyter's start slower.
"""

from typing import TYPE_CHECKING

from jupyter_server.utils import url_path_join

from workbench.config import shipped
from workbench.jupyter.component import COMPONENT, ComponentHandler
from workbench.jupyter.dashboards import PagesHandler, PagesLine, PagesSocketHandler
from workbench.jupyter.notebook import NotebookHandler, Shelf
from workbench.jupyter.passage import PassageHandler
from workbench.passage.line import Line

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Where the built front end lies, and the name JupyterLab knows it by."""
    return [{"src": "labextension", "dest": "llm-workbench"}]


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """What Jupyter Server loads."""
    return [{"module": "workbench.jupyter"}]


def _load_jupyter_server_extension(serverapp: "ServerApp") -> None:
    """Add our routes. The owner is looked for, and started, when the first request needs it."""
    line = Line()
    shelf = Shelf(serverapp.contents_manager)
    root = url_path_join(serverapp.web_app.settings["base_url"], "workbench")
    dashboards = url_path_join(root, "dashboards")
    pages = PagesLine(dashboards)
    # Jupyter's `add_handlers` carries no types.
    serverapp.web_app.add_handlers(  # type: ignore[no-untyped-call]
        ".*$",
        [
            (url_path_join(root, "api/v1/(.*)"), PassageHandler, {"line": line}),
            (url_path_join(root, "notebook"), NotebookHandler, {"line": line, "shelf": shelf}),
            (url_path_join(dashboards, r"\w+/ws"), PagesSocketHandler, {"line": pages}),
            (f"{dashboards}(?:/.*)?", PagesHandler, {"line": pages}),
            (url_path_join(root, COMPONENT), ComponentHandler, {"path": str(shipped("chat"))}),
        ],
    )
