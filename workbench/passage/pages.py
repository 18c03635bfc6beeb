"""The server of the dashboards, from outside: what it is started with, and starting it for a door that passes on to it.

It is a process of its own, `python -m workbench.dashboards`: Panel is heavy, and no door waits for it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosting:
    """What a server of dashboards is started with. Its one secret is for a door, which hands it over unseen."""

    home: str
    """The home folder whose Workbench it shows."""
    prefix: str = ""
    """What comes before each path of its own: `/user/me/workbench/dashboards`."""
    address: str = "127.0.0.1"
    port: int | None = None
    """None: the first that is free."""
    origins: tuple[str, ...] = ()
    """`host` or `host:port` under which browsers reach it, where that is not its own address."""
    basic_auth: str | None = None
    """A file of names and passwords, as Panel reads it."""
    oauth_provider: str | None = None
    """A provider by Panel's name; the rest is in Panel's own variables, PANEL_OAUTH_…"""
    users: tuple[str, ...] = ()
    """Whom the provider's sign-in lets in."""
    opens_browser: bool = False
    socket: str | None = None
    """For a door: where it listens, instead of a port."""
    token: str | None = None
    """For a door: whoever sends it is let in, and nobody else."""
