"""`{base_url}workbench/chat/chat.<hash>.js`: the chat component, for cells that show it."""

from jupyter_server.base.handlers import FileFindHandler

COMPONENT = r"chat/(chat\.\w+\.js)"


class ComponentHandler(FileFindHandler):
    """Serves it as Jupyter serves JupyterLab's own scripts, which hold nothing of the user's."""

    def set_headers(self) -> None:
        """The name changes with the content, so a browser that has it need not ask again."""
        super().set_headers()
        self.set_header("Cache-Control", "private, max-age=31536000, immutable")
        self.set_header("X-Content-Type-Options", "nosniff")
