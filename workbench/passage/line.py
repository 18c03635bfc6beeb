"""Finding the other end, and starting it when none runs: off the event loop, once for however many ask."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from workbench.errors import OwnerUnreachableError
from workbench.passage.exchange import Exchange, connect

if TYPE_CHECKING:
    from workbench.client.owner import Owner


def running_owner() -> "Owner":
    """The owner of this user's home, started if need be, replaced if it is of an earlier release and at rest.

    Blocks for as long as a start takes. Raises WorkbenchError.
    """
    # Imported here: kept out of Jupyter's start, and off its event loop.
    from workbench.client import owner  # noqa: PLC0415

    return owner.ensure()


class Line:
    """The way to the other end, kept between requests."""

    def __init__(self, find: "Callable[[], Owner]" = running_owner) -> None:
        """`find` gives the one that runs, started if need be; it may block, and raise WorkbenchError."""
        self._running = find
        self._owner: Owner | None = None
        self._finding: asyncio.Future[Owner] | None = None

    async def connect(self) -> Exchange:
        """A fresh connection. An owner that is gone is started again, once; raises WorkbenchError."""
        owner = await self._find()
        try:
            return await connect(owner)
        except OSError:
            self.forget(owner)
        owner = await self._find()
        try:
            return await connect(owner)
        except OSError as error:
            self.forget(owner)
            raise OwnerUnreachableError(
                "The Workbench process runs and cannot be reached.",
                remedy="Run `workbench stop`, then try again.",
            ) from error

    def forget(self, owner: "Owner") -> None:
        """The next request looks for the owner anew, unless another has already."""
        if self._owner is owner:
            self._owner = None

    async def has_changed(self, owner: "Owner") -> bool:
        """Whether another owner has taken the place of `owner`, whose token is then worth nothing."""
        self.forget(owner)
        return await self._find() != owner

    async def _find(self) -> "Owner":
        if self._owner is not None:
            return self._owner
        if self._finding is None:
            self._finding = asyncio.get_running_loop().run_in_executor(None, self._running)
            self._finding.add_done_callback(self._found)
        return await asyncio.shield(self._finding)

    def _found(self, finding: "asyncio.Future[Owner]") -> None:
        self._finding = None
        if not finding.cancelled() and finding.exception() is None:
            self._owner = finding.result()
