"""What every route of ours checks before it acts, and how it says that something went wrong."""

import json
from typing import Any

from jupyter_server.auth.utils import HTTP_METHOD_TO_AUTH_ACTION
from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import ensure_async
from tornado.web import HTTPError

from workbench.errors import WorkbenchError

REFUSALS = {
    400: ("invalid_input", "Check the request."),
    403: ("access_denied", "Sign in to Jupyter again and reload the page."),
    404: ("not_found", "Reload the page."),
    405: ("invalid_input", "Check the request."),
}
"""Code and remedy for what Jupyter itself refuses, by HTTP status."""


class DoorHandler(APIHandler):
    """Signed in, of this origin and authorised, or refused with `{code, message, remedy}`."""

    auth_resource = "workbench"

    def set_default_headers(self) -> None:
        """Jupyter's headers; what we answer is never guessed at and never kept."""
        super().set_default_headers()
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cache-Control", "no-store")

    # Narrower than JupyterHandler's, as APIHandler's own is.
    async def prepare(self) -> None:  # type: ignore[override]
        """Refuse here, before a body is read: a handler that streams meets its method only after the upload."""
        await super().prepare()
        if self.request.method == "OPTIONS":
            return
        if not self.current_user:
            raise HTTPError(403, "You are not signed in to Jupyter.")
        await self.require(HTTP_METHOD_TO_AUTH_ACTION[self.request.method or ""], self.auth_resource)

    async def require(self, action: str, resource: str) -> None:
        """Ask Jupyter's authorizer; raises HTTPError 403 if it says no."""
        if not await ensure_async(self.authorizer.is_authorized(self, self.current_user, action, resource)):
            raise HTTPError(403, f"You may not {action} {resource!r} on this Jupyter server.")

    def write_error(self, status_code: int, **kwargs: Any) -> None:  # noqa: ANN401 - tornado's signature
        """The one shape of an error; a WorkbenchError brings its own status."""
        error = kwargs.get("exc_info", (None, None))[1]
        if isinstance(error, WorkbenchError):
            self.set_status(error.status)
            code, message, remedy = error.code, error.message, error.remedy
        else:
            said = error.log_message if isinstance(error, HTTPError) else None
            code, remedy = REFUSALS.get(status_code, ("error", "The log of the Jupyter server says more."))
            message = said or f"The Jupyter server answered {status_code}."
        self.finish(json.dumps({"code": code, "message": message, "remedy": remedy}))

    def log_exception(self, *exc_info: Any) -> None:  # noqa: ANN401 - tornado's signature
        """A traceback for what nobody expected; of what the user is told, the code: names stay out of the log."""
        error = exc_info[1]
        if isinstance(error, WorkbenchError):
            self.log.warning("Workbench: %s refused: %s", self.request.method, error.code)
        else:
            super().log_exception(*exc_info)
