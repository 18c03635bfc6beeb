"""`{base_url}workbench/api/v1/…` → the owner's `/api/v1/…`, and back, as it comes: Jupyter decides who may pass."""

from tornado import web

from workbench.jupyter.door import DoorHandler
from workbench.passage.handler import PassingHandler


class PassageHandler(PassingHandler, DoorHandler):
    """One request from JupyterLab to the owner."""

    DOOR = "jupyter"

    # Narrower than JupyterHandler's, as APIHandler's own is.
    async def prepare(self) -> None:  # type: ignore[override]
        """Let it in or refuse it."""
        await super().prepare()
        if self.request.method != "OPTIONS":
            await self.begin()

    @web.authenticated
    async def get(self, _path: str) -> None:
        """Any method: ask the owner, and give what it answers."""
        await self.pass_on()

    head = post = put = patch = delete = get
