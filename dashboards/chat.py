"""*Chat*: one Experience's chat, made for a phone as well as for a large screen."""

from pathlib import Path

import panel as pn
from panel_material_ui.template.base import Page

from dashboards.frame import framed, system

_VIEWPORT = "width=device-width, initial-scale=1, interactive-widget=resizes-content"
"""The keyboard on the screen takes its room from the page, so that the composer stays above it."""


class Chat(pn.custom.JSComponent):
    """The chat component, with the list of Experiences to choose from. It speaks to the owner by itself."""

    _esm = Path(__file__).with_name("chat.js")


def page() -> Page:
    """The page, for one session."""
    return framed("chat", system(), Chat(sizing_mode="stretch_both", margin=0), viewport=_VIEWPORT)
