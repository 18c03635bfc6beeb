"""What routes depend on: the app, and its services on an open store."""

import asyncio
from typing import Annotated

from fastapi import Depends, Request

from workbench.app import App, Services


async def app(request: Request) -> App:
    """The owner's app, open or not."""
    found: App = request.app.state.app
    return found


async def services(found: Annotated[App, Depends(app)]) -> Services:
    """What works on the open store; raises the reason where it is not open."""
    return found.services() if found.is_open else await asyncio.to_thread(found.services)


OpenApp = Annotated[App, Depends(app)]
OpenServices = Annotated[Services, Depends(services)]
