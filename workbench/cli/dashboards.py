"""`workbench dashboards`: the hosted pages, for a browser of this machine or, behind Panel's sign-in, for others."""

import ipaddress
import os
import stat
import sys
from pathlib import Path

import click
import msgspec

from workbench.config import home_folder
from workbench.errors import InvalidInputError
from workbench.passage.pages import Hosting


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="The port to listen on; without it, a free one is found.")
@click.option("--no-browser", is_flag=True, help="Print the link and open no browser.")
@click.option("--address", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--basic-auth",
    type=click.Path(exists=True, dir_okay=False, resolve_path=True),
    help='Sign people in by a file of names and passwords: {"name": "password"}, readable by you alone.',
)
@click.option(
    "--oauth-provider",
    metavar="NAME",
    help="Sign people in by a provider Panel knows, such as github; PANEL_OAUTH_KEY and its like say the rest.",
)
@click.option("--user", "users", multiple=True, metavar="NAME", help="Whom the provider lets in. Repeat it for more.")
@click.option("--origin", "origins", multiple=True, metavar="HOST[:PORT]", help="The name browsers reach it under.")
@click.option("--prefix", default="", metavar="/PATH", help="What a proxy in front of it puts before every path.")
def dashboards(
    *,
    port: int | None,
    no_browser: bool,
    address: str,
    basic_auth: str | None,
    oauth_provider: str | None,
    users: tuple[str, ...],
    origins: tuple[str, ...],
    prefix: str,
) -> None:
    """Serve the pages Usage, Models and Chat until Ctrl-C.

    Without further options they are for this machine: the link that is printed signs in one browser, once. To reach
    them from elsewhere, choose a sign-in; everybody whom it lets in sees and asks in your place.
    """
    hosting = Hosting(
        home=str(home_folder()),
        port=port,
        address=address,
        basic_auth=basic_auth,
        oauth_provider=oauth_provider,
        users=users,
        origins=origins,
        prefix=prefix.rstrip("/"),
        opens_browser=not no_browser,
    )
    check(hosting)
    command = [sys.executable, "-m", "workbench.dashboards", msgspec.json.encode(hosting).decode()]
    os.execv(command[0], command)  # noqa: S606


def check(hosting: Hosting) -> None:
    """Refuse what would let in whom nobody asked. Raises InvalidInputError."""
    signs_in = hosting.basic_auth is not None or hosting.oauth_provider is not None
    if hosting.basic_auth is not None and hosting.oauth_provider is not None:
        raise InvalidInputError("There can be one sign-in.", remedy="Leave out --basic-auth or --oauth-provider.")
    if not signs_in and not _is_loopback(hosting.address):
        raise InvalidInputError(
            f"At {hosting.address!r} anybody on the network could open the link.",
            remedy="Choose a sign-in with --basic-auth or --oauth-provider, or leave out --address.",
        )
    if not signs_in and (hosting.users or hosting.origins or hosting.prefix):
        raise InvalidInputError(
            "--user, --origin and --prefix go with a sign-in.", remedy="Add --basic-auth or --oauth-provider."
        )
    if not _is_loopback(hosting.address) and not hosting.origins:
        raise InvalidInputError(
            "It has to be known under which name browsers come.", remedy="Say so: --origin workbench.example.org"
        )
    if hosting.oauth_provider is not None and not hosting.users:
        raise InvalidInputError(
            f"With {hosting.oauth_provider!r} alone, everybody who has an account there would be let in.",
            remedy="Name those who may: --user NAME, as the provider calls them.",
        )
    if hosting.basic_auth is not None and Path(hosting.basic_auth).stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise InvalidInputError(
            f"Others on this machine can read the passwords in {hosting.basic_auth!r}.",
            remedy=f"Run `chmod 600 {hosting.basic_auth}`.",
        )
    if hosting.prefix and not hosting.prefix.startswith("/"):
        raise InvalidInputError(f"{hosting.prefix!r} is no path.", remedy="Begin it with a slash: --prefix /workbench")


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"
