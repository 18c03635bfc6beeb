"""Finding a Chromium for the browser tests."""

import os
import shutil
from pathlib import Path

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""The first is the same engine without a browser around it, and needs a third less of the processor for a page."""


def installed_chromium() -> Path | None:
    """The Chromium of this machine: the one that `WORKBENCH_CHROMIUM` names, else the first on the path."""
    named = os.environ.get("WORKBENCH_CHROMIUM")
    if named:
        return Path(named) if Path(named).exists() else None
    return next((Path(found) for name in NAMES if (found := shutil.which(name))), None)
