"""What routes depend on: the app, and its services on an open store."""

from typing import Annotated

from fastapi import Depends, Request

from workbench.app import App, Services


def app(request: Request) -> App:
    """The owner's app, open or not."""
    found: App = request.app.state.app
    return found


def services(found: Annotated[App, Depends(app)]) -> Services:
    """What works on the open store; raises the reason where it is not open."""
    return found.services()


OpenApp = Annotated[App, Depends(app)]
OpenServices = Annotated[Services, Depends(services)]
