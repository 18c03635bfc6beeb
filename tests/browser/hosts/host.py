"""What a place must offer so that the chat's tests run in it.

To add a host, write a module beside this one with a class that fits `Host`, and a fixture for it in `conftest.py` whose
name stands in `HOSTS`; every test of this folder then runs there too, over the same owner and the same model as
elsewhere. A host is a place that people use: what it serves must be what is shipped. Nothing in a test asks which host
it is in; where hosts may differ, `Host` says how.
"""

import re
from typing import Literal, Protocol

from playwright.sync_api import Page

from workbench.experiences.records import Experience

Scheme = Literal["light", "dark"]


class Host(Protocol):
    """A place of the chat, which is served for as long as the tests of this folder run."""

    url: str
    """Its origin, without a slash at its end."""
    asks: re.Pattern[str]
    """All that the page asks for by itself, as paths without a slash at their beginning, with their queries."""
    ours: tuple[str, ...]
    """Selectors of what axe looks at: all of the page that is not somebody else's."""
    widths: tuple[int, ...]
    """How wide the pages are that it is made for, in pixels, the usual width last."""
    code_actions: tuple[str, ...]
    """The names of the buttons it adds above a block of code."""
    second_line: bool
    """Whether its Content-Security-Policy would stop what nothing had tamed: then that neither runs nor is fetched."""
    may_be_empty: bool
    """Whether its chat can be there while no Experience is open."""

    def open(self, page: Page, experience: Experience | None) -> None:
        """Show the chat of the Experience on `page`, which is loaded if it is new; None: an empty one."""

    def reload(self, page: Page) -> None:
        """Load the page again as its reader would, once it has had the time to remember what it shows."""

    def theme(self, page: Page, scheme: Scheme) -> None:
        """Make the page light or dark while it is open."""
