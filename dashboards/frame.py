"""What the pages share: the bar with the way to the others, the look in light and dark, and how a fault is told."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from html import escape

import panel as pn
import panel_material_ui as pmui
import param
from panel_material_ui.template.base import Page

from dashboards.text import notice
from workbench.errors import WorkbenchError

LOOK_LIMIT_S = 3.0
PAGES = {"usage": "Usage", "models": "Models", "chat": "Chat"}
"""What the navigation offers: address and name."""
_FONT = {"typography": {"fontFamily": "system-ui, sans-serif", "button": {"textTransform": "none"}}}
_LOOK = {
    "light": _FONT
    | {
        "palette": {
            "primary": {"main": "#2457c5", "contrastText": "#ffffff"},
            "background": {"default": "#ffffff", "paper": "#ffffff"},
            "text": {"primary": "#1c2128", "secondary": "#59626f"},
        }
    },
    "dark": _FONT
    | {
        "palette": {
            "primary": {"main": "#8fb3ff", "contrastText": "#0e1a33"},
            "background": {"default": "#16181d", "paper": "#16181d"},
            "text": {"primary": "#e4e7ec", "secondary": "#a3acba"},
        }
    },
}
_BAR = """
nav { display: flex; align-items: center; gap: 4px; font: 15px/1.2 system-ui, sans-serif }
b { margin-right: 12px; font-size: 17px }
a { display: inline-flex; align-items: center; min-width: 44px; min-height: 44px; padding: 0 10px; color: inherit;
    text-decoration: none; border-radius: 6px; box-sizing: border-box; justify-content: center }
a:hover { text-decoration: underline }
a:focus-visible { outline: 2px solid currentColor; outline-offset: -3px }
a[aria-current] { text-decoration: underline; text-underline-offset: 6px; font-weight: 600 }
:host { color: inherit; margin: 0 }
"""
# Panel's page draws an empty heading for space, and a progress bar without a name: neither is for a screen reader.
_MENDED = """
.main .MuiToolbar-root > .MuiTypography-root, .header .MuiLinearProgress-root { display: none }
.header { color: #fff }
"""


class System(pn.custom.JSComponent):
    """Follows what the reader's system prefers, as long as the page is open."""

    dark = param.Boolean(default=False)
    known = param.Boolean(default=False, doc="The open page has said so itself.")
    _esm = """
export function render({ model, view }) {
  const asked = window.matchMedia('(prefers-color-scheme: dark)');
  const follow = () => { model.dark = asked.matches; };
  const begin = () => { follow(); asked.addEventListener('change', follow); model.known = true; };
  model.on('remove', () => asked.removeEventListener('change', follow));
  // The page takes its first look from the server, and would undo ours while it is drawn for the first time.
  const { document } = view.model;
  document.is_idle ? begin() : document.idle.connect(begin);
}
"""


async def settled(system: System) -> None:
    """Wait for the open page to say what it looks like, so that nothing is drawn twice; not for long."""
    said = asyncio.Event()
    watching = system.param.watch(lambda _: said.set(), "known")
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0 if system.known else LOOK_LIMIT_S):
            await said.wait()
    system.param.unwatch(watching)


def system() -> System:
    """The reader's, to be had before anything is drawn: with what the browser said in its request, where it does."""
    headers = {name.lower(): value for name, value in (pn.state.headers or {}).items()}
    dark = headers.get("sec-ch-prefers-color-scheme") == "dark"
    # Panel's settings take what is set, and call themselves read-only.
    pn.config.theme = "dark" if dark else "default"  # type: ignore[misc]
    return System(dark=dark)


def framed(current: str, system: System, *main: object, viewport: str = "width=device-width, initial-scale=1") -> Page:
    """A whole page."""
    links = "".join(
        f'<a href="{escape(address)}"{" aria-current=page" if address == current else ""}>{escape(name)}</a>'
        for address, name in PAGES.items()
    )
    bar = pn.pane.HTML(f'<nav aria-label="Pages"><b>Workbench</b>{links}</nav>', stylesheets=[_BAR], margin=0)
    page = Page(
        header=[bar, system],
        main=list(main),
        dark_theme=system.dark,
        theme_config=_LOOK,
        theme_toggle=False,
        busy_indicator=None,
        stylesheets=[_MENDED],
        meta_viewport=viewport,
    )

    def follow(event: param.parameterized.Event) -> None:
        page.dark_theme = event.new

    system.param.watch(follow, "dark")
    return page


def fault(error: WorkbenchError, again: Callable[[], Awaitable[None]]) -> pmui.Column:
    """What went wrong, what to do about it, and a button to try again."""

    async def clicked(_: param.parameterized.Event) -> None:
        await again()

    button = pmui.Button(label="Try again", on_click=clicked)
    return pmui.Column(notice(f"{error.message} {error.remedy}", kind="error"), button)
